"""Verdicts: whether what the model makes lies in a published band, as far as its interval can tell."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from experiments.estimates.estimate import Estimate, estimate
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL
from experiments.estimates.student import t_limit
from experiments.patterns.pattern import Band

WITHIN, OUTSIDE, UNDECIDED, NO_BAND, NOT_MEASURED = "within", "outside", "not decided", "no band", "not measured"
MOST_NEEDED = 10_000  # replications; more are not named
SLACK = 1e-9  # of a limit, for numbers that are a limit but for rounding


class Judged(NamedTuple):
    """What the replications of a study say of a pattern."""

    value: Estimate
    n: int  # replications in which there was something to measure
    verdict: str
    needed: int | None  # replications that would decide, where these do not; None: more than `MOST_NEEDED`, or unknown


def judge(values: Iterable[float | None], band: Band, exact: bool = False) -> Judged:
    """Hold the 95 % interval of a mean against a band.

    It lies within when the whole interval does, outside when all of it does, and else is not decided.

    Parameters
    ----------
    values : iterable of float or None
        One a replication; None where there was nothing to measure.
    band : (float or None, float or None)
        Limits, which belong to it; None: open.
    exact : bool
        The number is a parameter: where all replications agree it has no error.
    """
    there = [value for value in values if value is not None and math.isfinite(value)]
    value = estimate(there)
    if exact and value.mean is not None and np.ptp(there) <= SLACK * abs(value.mean):
        value = Estimate(value.mean, value.mean, value.mean)
    low, high = (-math.inf if band[0] is None else band[0], math.inf if band[1] is None else band[1])
    if band == (None, None):
        return Judged(value, len(there), NO_BAND, None)
    if value.mean is None:
        return Judged(value, 0, NOT_MEASURED, None)
    if value.lower is not None and value.upper is not None:
        if value.lower >= low - SLACK * abs(low) and value.upper <= high + SLACK * abs(high):
            return Judged(value, len(there), WITHIN, None)
        if value.upper < low or value.lower > high:
            return Judged(value, len(there), OUTSIDE, None)
    distance = min(abs(value.mean - limit) for limit in (low, high))
    return Judged(value, len(there), UNDECIDED, needed(there, distance))


def needed(values: list[float], distance: float) -> int | None:
    """Return how many replications like these have an interval that reaches less far than a distance from the mean."""
    if len(values) < 2 or not np.ptp(values):
        return None
    n = np.unique(np.geomspace(max(FEWEST_FOR_INTERVAL, len(values)), MOST_NEEDED, 2000).round())
    reach = t_limit((1 - LEVEL) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n)
    enough = n[reach < distance]
    return int(enough[0]) if len(enough) else None
