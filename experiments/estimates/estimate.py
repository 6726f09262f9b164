"""The estimate of a mean over replications, with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL
from experiments.estimates.student import t_limit


class Estimate(NamedTuple):
    """A mean over replications with its 95 % interval; None where it cannot be known."""

    mean: float | None
    lower: float | None
    upper: float | None


def estimate(values: Iterable[float | None]) -> Estimate:
    """Return the mean and Student's t interval of the values that are there.

    No interval of fewer than three, or of equal ones, which do not show chance.
    """
    there = [value for value in values if value is not None and math.isfinite(value)]
    if not there:
        return Estimate(None, None, None)
    mean = float(np.mean(there))
    if len(there) < FEWEST_FOR_INTERVAL or np.ptp(there) <= 1e-12 * abs(mean):
        return Estimate(mean, None, None)
    half = float(t_limit((1 - LEVEL) / 2, len(there) - 1) * np.std(there, ddof=1) / math.sqrt(len(there)))
    return Estimate(mean, mean - half, mean + half)
