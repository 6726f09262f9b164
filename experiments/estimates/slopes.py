"""What parameters do to an outcome over sets of them: a linear fit, and where its line crosses 0."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from experiments.estimates.intervals import LEVEL, Floats
from experiments.estimates.student import t_limit


class Slopes(NamedTuple):
    """The slopes of a linear fit, with their standard errors, shape [parameters], and its degrees of freedom."""

    slope: Floats
    error: Floats
    freedom: int


class Crossing(NamedTuple):
    """Where a line crosses 0.

    Attributes
    ----------
    change : float
        From where its level is known, in the unit of the parameter.
    low, high : float
        Its 95 % interval by Fieller's theorem; infinite where the slope may be 0.
    """

    change: float
    low: float
    high: float


def slopes(points: Floats, values: Floats) -> Slopes:
    """Fit values by a constant and the parameters (least squares).

    Parameters
    ----------
    points : array [sets, parameters]
        At least two more sets than parameters.
    values : array [sets]
        What is fitted.
    """
    with_constant = np.column_stack([np.ones(len(points)), points])
    inverse = np.linalg.pinv(with_constant)
    fitted = inverse @ values
    freedom = len(points) - with_constant.shape[1]
    rest = float(((values - with_constant @ fitted) ** 2).sum()) / freedom
    errors = np.sqrt(rest * (inverse**2).sum(axis=1))
    return Slopes(fitted[1:], errors[1:], freedom)


def crossing(level: float, level_error: float, slope: float, slope_error: float, freedom: int) -> Crossing:
    """Return the change at which `level + slope · change` is 0, the two being independent estimates.

    Parameters
    ----------
    level, level_error : float
        Where nothing is changed, with its standard error.
    slope, slope_error : float
        Per unit of change, with its standard error; not 0.
    freedom : int
        Degrees of freedom of the less certain of the two.
    """
    t = float(t_limit((1 - LEVEL) / 2, freedom))
    change = -level / slope
    a, b, c = slope**2 - (t * slope_error) ** 2, -level * slope, level**2 - (t * level_error) ** 2
    if a <= 0:
        return Crossing(change, -np.inf, np.inf)
    root = float(np.sqrt(max(b * b - a * c, 0.0)))
    return Crossing(change, (b - root) / a, (b + root) / a)
