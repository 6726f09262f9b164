"""How far one has to go along a monotone curve to reach a value, with an interval by turning a paired test round.

At each place at which the curve was measured, Student's paired t says whether what is reached there is surely short of
the value that is wanted, or surely beyond it. The 95 % interval goes from the last place of those at the beginning that
are all surely short, to the first of those at the end that are all surely beyond. The reasons:

- it misses the truth in at most 5 of 100 cases, if t does: to err on the low side, the first measured place beyond the
  true one must be called short, which it is not, as the curve never turns. Nothing else is assumed of the curve, and
  five replications are allowed for by t;
- straight lines between the places would make it narrower, and wrong where more of the same does less and less: over
  500 towns they made ten officers worth 13.7 by clearance (`tests/equivalents/study.py`);
- the bootstrap of an isotonic regression is inconsistent (Kosorok 2008), and worst where the curve is nearly flat: its
  intervals held what ten officers are worth by crimes in 8 of 71 repetitions;
- paired, what replications share (a city, its offenders, its bad luck) falls out;
- it may be an interval, a half-line or everything, and says so, where a standard error would lie.

The value within is read off the isotonic regression of the means (pool adjacent violators, Barlow et al. 1972), with
straight lines between the places.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL, Floats, half_width

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
    beyond = (values - wanted) * (1.0 if rises else -1.0)
    short, passed = _surely_positive(-beyond), _surely_positive(beyond)
    low = np.inf if short.all() else [-np.inf, *at][np.argmin(short)]
    high = -np.inf if passed.all() else [np.inf, *at[::-1]][np.argmin(passed[::-1])]
    return value, min(float(low), value), max(float(high), value)


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


def _surely_positive(values: Floats) -> NDArray[np.bool_]:
    """Say of each row whether its mean is above 0 by Student's t, which errs in 2.5 of 100 cases."""
    n = values.shape[1]
    half = half_width(values.std(axis=1, ddof=1) / n**0.5, np.zeros(len(values)), n, 1 - LEVEL)
    found: NDArray[np.bool_] = values.mean(axis=1) > half
    return found
