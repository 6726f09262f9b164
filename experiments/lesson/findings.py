"""What a class sees: the mean of each measure by arm, how far it is from the baseline, and what became of a promise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL, half_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.lesson.kept import Measured
    from scenarios.lessons.parts import Promise


class Seen(NamedTuple):
    """A measure of an arm.

    Attributes
    ----------
    mean : float
        Over the replications.
    difference, half : float
        To the first arm, and half of the 95 % interval of the paired difference; not a number where there is none.
    percent : float
        The difference in % of the first arm; not a number where that is 0.
    """

    mean: float
    difference: float
    half: float
    percent: float


class Kept(NamedTuple):
    """What became of a promise: the difference, in its unit, and whether it lies within the bounds."""

    promise: Promise
    difference: float
    holds: bool


def seen(measured: Measured) -> dict[str, dict[str, Seen]]:
    """Return arm → measure → what is seen of it."""
    baseline = next(iter(measured.values()))
    return {
        arm: {name: _seen([run[name] for run in runs], [run[name] for run in baseline]) for name in runs[0]}
        for arm, runs in measured.items()
    }


def promises_kept(promises: Sequence[Promise], measured: Measured) -> list[Kept]:
    """Return what became of each promise."""
    return [_kept(one, measured) for one in promises]


def _seen(after: Sequence[float], before: Sequence[float]) -> Seen:
    differences = np.subtract(after, before)
    n, mean = len(differences), float(np.mean(differences))
    half = math.nan
    if n >= FEWEST_FOR_INTERVAL:
        error = np.atleast_1d(differences.std(ddof=1) / math.sqrt(n))
        half = float(half_width(error, np.zeros(1), n, 1 - LEVEL)[0])
    return Seen(float(np.mean(after)), mean, half, _percent(mean, float(np.mean(before))))


def _kept(promise: Promise, measured: Mapping[str, Sequence[Mapping[str, float]]]) -> Kept:
    arm, against = (
        float(np.mean([run[promise.measure] for run in measured[name]])) for name in (promise.arm, promise.against)
    )
    difference = _percent(arm - against, against) if promise.percent else arm - against
    return Kept(promise, difference, promise.at_least <= difference <= promise.at_most)


def _percent(difference: float, of: float) -> float:
    return 100 * difference / of if of else math.nan
