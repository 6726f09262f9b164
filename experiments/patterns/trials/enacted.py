"""The field experiments that are carried out again, in the order in which they are shown."""

from __future__ import annotations

from experiments.patterns.trials.experiment import FieldExperiment
from experiments.patterns.trials.kansas_city import KansasCity
from experiments.patterns.trials.minneapolis import Minneapolis
from experiments.patterns.trials.philadelphia import Philadelphia
from experiments.patterns.trials.watch import WatchSchemeAreas

EXPERIMENTS: tuple[type[FieldExperiment], ...] = (Minneapolis, Philadelphia, KansasCity, WatchSchemeAreas)
