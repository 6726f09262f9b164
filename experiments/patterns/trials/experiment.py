"""What the field experiments have in common: a place, two arms, police records, and the change against controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from experiments.patterns.pattern import Experiment
from experiments.patterns.trials.kept import RECORDS, Enacted
from experiments.patterns.trials.records import Told, relative_change, totals
from sim.arrays import Array

if TYPE_CHECKING:
    from sim.scenario import Scenario

YEAR = 364  # days, whole weeks
LARGE = {"residents": 200_000, "area_km2": 220.0, "beats": 32, "districts": 8}  # the western city twice


class FieldExperiment(Experiment):
    """Base of the experiments, which are judged by the change of treated units against that of their controls."""

    about = "Field experiments carried out again"
    unit = "% against controls"
    use = "validate"
    records: ClassVar = RECORDS

    def judge(self, results: Sequence[Enacted]) -> list[float | None]:
        """Return what each replication adds to the published estimate, from police records alone."""
        return self.of_records([result.treatment for result in results])

    def of_records(self, said: Sequence[Told]) -> list[float | None]:
        """Return what each replication adds to the relative change of all of them together, see `parts`."""
        return parts(
            [np.stack(totals(one.counts[0], one.treated)) for one in said], lambda both: relative_change(*both)
        )


def parts(counts: Sequence[Array], estimator: Callable[[Array], float | None]) -> list[float | None]:
    """Return n·θ − (n − 1)·θ₋ᵢ for each replication i, θ being an estimate from the counts of all n added up.

    The mean of these pseudo-values of the jackknife is θ without most of the bias that a ratio of small counts has, and
    Student's t of them its interval (Efron & Tibshirani 1993, chapter 11).

    Parameters
    ----------
    counts : sequence of array
        Of each replication.
    estimator : callable
        Of added counts, None where it is not defined.
    """
    n, every = len(counts), np.sum(counts, axis=0)
    whole = estimator(every)
    without = [estimator(every - one) if n > 1 else whole for one in counts]
    if whole is None:
        return [None] * n
    return [None if other is None else n * whole - (n - 1) * other for other in without]


def place_of(tree: Mapping[str, Any], before_days: int, made_up: Mapping[str, Any]) -> Scenario:
    """Return the place of a tree of settings, which has patrolled at random for long enough before.

    Parameters
    ----------
    tree : mapping
        Of the place.
    before_days : int
        Days before the start of which records are needed.
    made_up : mapping
        How large the city is if it is a made-up one.
    """
    from experiments.settings.compose import scenario_of

    scenario = scenario_of(tree, tree.keys())
    warmup_days = max(scenario.warmup_days, before_days)
    city = scenario.city.model_copy(update=made_up if scenario.city.kind == "synthetic" else {})
    return scenario.model_copy(update={"city": city, "warmup_days": warmup_days, "status_quo": "random_patrol"})


def residents_of(place: Scenario) -> int:
    """Return how many people a place has, also one that is read from files."""
    from sim.city.build import build_city

    return place.city.residents or build_city(place.city).residents


def scaled(published: int, residents: int, of_residents: int) -> int:
    """Return how many places a city has, of a published number in a city of another size; an even number."""
    return max(2, 2 * round(published * residents / of_residents / 2))
