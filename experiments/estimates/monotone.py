"""How far one has to go along a monotone curve to reach a value, with an interval by turning a paired test round.

What is reached at a place between two points is taken from each replication by a straight line between its own two
values. A place is in the 95 % interval where Student's paired t does not tell what is reached there from the wanted
value; the interval goes from the least such place to the greatest. Four reasons for this and nothing cleverer:

- a test that errs in 5 of 100 cases at the true place makes an interval that misses it in 5 of 100 (Fieller 1954 is the
  case of one straight line): nothing is assumed of how often a fitted curve bends, and five replications are allowed
  for by t;
- the bootstrap of an isotonic regression is inconsistent (Kosorok 2008), and worst where the curve is nearly flat: its
  intervals held what ten officers are worth by crimes in 8 of 71 repetitions in a town;
- paired, what replications share (a city, its offenders, its bad luck) falls out;
- the set may be an interval, a half-line or everything, and says so itself, where a standard error would lie.

If the ends of the curve are not told apart, no place on it is told from another, and the interval is everything, unless
the value lies beyond the whole curve. The point within is read off the isotonic regression of the means (pool adjacent
violators, Barlow et al. 1972).
"""

from __future__ import annotations

import numpy as np

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL, Floats

_NONE = 1e-9  # of the range of a curve: less is rounding


def place(at: Floats, values: Floats, wanted: Floats, rises: bool) -> tuple[float, float, float]:
    """Return where a curve reaches a value, with the limits of the 95 % interval.

    Parameters
    ----------
    at : array [points]
        Where the curve was measured, in order, 0 among them.
    values : array [points, replications]
        Paired: a replication has the same seed at all points.
    wanted : array [replications]
        The value to reach, paired with these, or the same in all.
    rises : bool
        Whether the curve never falls; else it never rises.

    Returns
    -------
    value, low, high : float
        Infinite beyond the points; limits not-a-number below three replications. The value is 0 if what is wanted is
        what there is at 0, and else the nearest to 0 of those that are as good.
    """
    means, start = values.mean(axis=1), at == 0
    value = worth(at, monotone(means, rises), float(wanted.mean() - means[start][0]), rises)
    if len(wanted) < FEWEST_FOR_INTERVAL:
        return value, np.nan, np.nan
    missing = (wanted - values) * (1.0 if rises else -1.0)  # what each point lacks: the further, the less
    low, high = _least(at, missing), -_least(-at[::-1], -missing[::-1])
    beyond = low == high and np.isinf(low)
    if not beyond and _surely(missing[0] - missing[-1]) <= 0:
        return value, -np.inf, np.inf
    return value, min(low, value), max(high, value)


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


def _least(at: Floats, missing: Floats) -> float:
    """Return the least place at which something is not surely missing; infinite if that is before, or behind, all."""
    from scipy.optimize import brentq

    surely = np.array([_surely(one) for one in missing])
    if surely[0] <= 0:
        return -np.inf
    if (surely > 0).all():
        return np.inf
    k = int(np.argmax(surely <= 0))

    def between(part: float) -> float:
        return _surely((1 - part) * missing[k - 1] + part * missing[k])

    return float(at[k - 1] + brentq(between, 0.0, 1.0) * (at[k] - at[k - 1]))


def _surely(missing: Floats) -> float:
    """Return the lower limit of the mean, which Student's t puts above the truth in 2.5 of 100 cases."""
    from scipy import stats

    n = len(missing)
    return float(missing.mean() - stats.t.isf((1 - LEVEL) / 2, n - 1) * missing.std(ddof=1) / n**0.5)
