"""A monotone curve through means, its inverse, and an interval of what it says by a bootstrap over replications.

The curve is the isotonic regression of the means (pool adjacent violators, Barlow et al. 1972), straight between the
points at which it was measured. The interval is an expanded percentile interval (Hesterberg 2015): replications are
drawn with replacement, the same for all points, and what a draw says of the means is moved away from the mean of all by
√(n / (n − 1)) times the ratio of Student's to the normal quantile, without which few replications give too narrow ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL, Floats

DRAWS, SEED = 4_000, 1  # of the bootstrap; the same runs give the same interval
_NONE = 1e-9  # of the range of a curve: less is rounding


def monotone(means: Floats, rises: bool) -> Floats:
    """Return the nearest values to means, in the sense of least squares, that never fall, or never rise."""
    from scipy.optimize import isotonic_regression

    found: Floats = isotonic_regression(means, increasing=rises).x
    return found


def worth(at: Floats, curve: Floats, change: float, rises: bool) -> float:
    """Return by how much one has to go along a monotone curve from 0 to change its value there by so much.

    Parameters
    ----------
    at, curve : array [points]
        Where the curve is known, in order, 0 among them, and its values.
    change : float
        Of the value.
    rises : bool
        Whether the curve never falls.

    Returns
    -------
    float
        The nearest to 0 of those that do; infinite where the curve does not get so far.
    """
    sign = 1.0 if rises else -1.0
    values = sign * (curve - curve[np.flatnonzero(at == 0)[0]])
    wanted, slack = sign * change, _NONE * (1.0 + np.ptp(values))
    if abs(wanted) <= slack:
        return 0.0
    if wanted > 0:
        beyond = np.flatnonzero(values >= wanted - slack)
        if not len(beyond):
            return np.inf
        i = int(beyond[0])
        before = i - 1
    else:
        beyond = np.flatnonzero(values <= wanted + slack)
        if not len(beyond):
            return -np.inf
        i = int(beyond[-1])
        before = i + 1
    part = (wanted - values[before]) / (values[i] - values[before])
    return float(at[before] + part * (at[i] - at[before]))


def ends(at: Floats, curve: Floats, change: float, rises: bool) -> tuple[float, float]:
    """Return the least and the greatest of all that `worth` may be: where a curve is flat, many are as good.

    Parameters
    ----------
    at, curve, change, rises
        See `worth`.

    Returns
    -------
    least, greatest : float
        Equal where the curve is not flat; infinite where it is flat to its end, or does not get so far.
    """
    sign = 1.0 if rises else -1.0
    values = sign * (curve - curve[np.flatnonzero(at == 0)[0]])
    wanted, slack = sign * change, _NONE * (1.0 + np.ptp(values))

    def between(i: int) -> float:
        part = (wanted - values[i]) / (values[i + 1] - values[i])
        return float(at[i] + min(max(part, 0.0), 1.0) * (at[i + 1] - at[i]))

    below, beyond = np.flatnonzero(values < wanted - slack), np.flatnonzero(values > wanted + slack)
    least = -np.inf if not len(below) else np.inf if len(below) == len(at) else between(int(below[-1]))
    greatest = np.inf if not len(beyond) else -np.inf if len(beyond) == len(at) else between(int(beyond[0]) - 1)
    return float(least), float(greatest)


def bootstrapped(
    statistic: Callable[[Floats], float], values: Floats, limits: Callable[[Floats], tuple[float, float]] | None = None
) -> tuple[float, float, float]:
    """Return a statistic of means over replications with the limits of its 95 % interval.

    Parameters
    ----------
    statistic : callable
        Of means, shape [points]; it may be infinite.
    limits : callable, optional
        Of means: between what the statistic may be, where they do not say; absent: it is what it is.
    values : array [points, replications]
        Paired: a replication has the same seed at all points.

    Returns
    -------
    value, low, high : float
        Limits not-a-number below three replications.
    """
    from scipy import stats

    n, means = values.shape[1], values.mean(axis=1)
    value = statistic(means)
    if n < FEWEST_FOR_INTERVAL:
        return value, np.nan, np.nan
    tail = (1 - LEVEL) / 2
    wider = np.sqrt(n / (n - 1)) * stats.t.isf(tail, n - 1) / stats.norm.isf(tail)
    times = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), DRAWS)
    drawn = means + wider * ((values - means[:, None]) @ times.T / n).T  # [draws, points]
    found = [(statistic(one),) * 2 if limits is None else limits(one) for one in drawn]
    least, greatest = np.sort(np.array(found), axis=0).T
    low, high = least[int(tail * DRAWS)], greatest[-1 - int(tail * DRAWS)]
    return value, min(float(low), value), max(float(high), value)
