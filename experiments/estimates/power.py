"""How likely a paired t test finds an effect, and how many replications or how large an effect it takes."""

from __future__ import annotations

import math

from experiments.estimates.intervals import LEVEL

MOST = 100_000  # replications; more are not looked for


def power(effect: float, deviation: float, replications: int) -> float:
    """Return the probability that the two-sided paired t test at the 5 % level finds an effect.

    Parameters
    ----------
    effect, deviation : float
        True mean of the paired differences and their standard deviation, in one unit.
    replications : int
        Pairs, at least 2.
    """
    from scipy import stats

    if deviation == 0:
        return float(effect != 0)
    free = replications - 1
    critical = stats.t.isf((1 - LEVEL) / 2, free)
    shift = effect / deviation * math.sqrt(replications)
    return float(stats.nct.sf(critical, free, shift) + stats.nct.cdf(-critical, free, shift))


def replications_for(effect: float, deviation: float, wanted: float) -> int | None:
    """Return the fewest replications whose power is at least as wanted; None beyond `MOST`."""
    low, high = 1, 2
    while power(effect, deviation, high) < wanted:
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(effect, deviation, middle) >= wanted else (middle, high)
    return high


def deviation_factors(replications: int) -> tuple[float, float]:
    """Return how many times as large the true deviation may be as one measured over some replications (95 %)."""
    from scipy import stats

    free = replications - 1
    low, high = (math.sqrt(free / stats.chi2.isf(tail, free)) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return low, high
