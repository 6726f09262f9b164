"""Intervals and tests of means: Student's t, as far as unseen events may reach, of ratios, and Holm's correction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.estimates.student import t_beyond, t_limit

LEVEL = 0.95
FEWEST_FOR_INTERVAL = 3
CLEAR = 4.0  # standard errors from 0 below which a denominator is too near 0 for a ratio to mean anything

Floats = NDArray[np.float64]


def half_width(error: Floats, step: Floats, n: NDArray[np.intp] | int, alpha: float) -> Floats:
    """Half of an interval that misses with probability alpha.

    Student's t, and no less than unseen events of size `step` may reach.
    """
    half: Floats = np.maximum(t_limit(alpha / 2, n - 1) * error, np.log(2 / alpha) * step / n)
    return half


def p_value_of(mean: Floats, error: Floats, step: Floats, n: NDArray[np.intp] | int) -> Floats:
    """Return the alpha at which `half_width` reaches from the mean to 0."""
    size = np.abs(mean)
    of_t = 2 * t_beyond(np.divide(size, error, out=np.zeros_like(size), where=error > 0), n - 1)
    of_unseen = 2 * np.exp(-np.divide(n * size, step, out=np.full_like(size, np.inf), where=step > 0))
    p_value: Floats = np.minimum(np.maximum(of_t, of_unseen), 1.0)
    return p_value


def ratio_interval(above: Floats, below: Floats, step: Floats | float = 0.0) -> tuple[Floats, Floats]:
    """Return the 95 % interval of mean(above) / mean(below) for each row.

    Student's t of the influence of each pair on the ratio.

    Parameters
    ----------
    above, below : array [rows, pairs]
        Numerator and denominator of each pair; the mean of `below` is not near 0.
    step : array [rows], optional
        Size of an event in the numerator that may be so rare that no pair shows it; 0: there is none.

    Returns
    -------
    low, high : arrays [rows]
        Not-a-number where the ratio is the same in all pairs and no event can be unseen.
    """
    n, size = above.shape[1], below.mean(axis=1)
    centre = above.mean(axis=1) / size
    influence = (above - centre[:, None] * below) / size[:, None]
    still = np.ptp(influence, axis=1) <= 1e-12 * (1 + np.abs(centre))
    half = half_width(
        np.where(still, 0.0, influence.std(axis=1, ddof=1) / np.sqrt(n)), np.abs(step / size), n, 1 - LEVEL
    )
    half[half == 0] = np.nan
    return centre - half, centre + half


def fieller(above: Floats, below: Floats) -> tuple[float, float] | None:
    """Return the 95 % interval of mean(above) / mean(below) by Fieller's theorem.

    All ratios ρ for which the mean of `above` − ρ `below` is 0 by Student's t (Fieller 1954): exact for normal pairs,
    however uncertain the denominator.

    Parameters
    ----------
    above, below : array [pairs]
        Numerator and denominator of each pair.

    Returns
    -------
    (low, high), or None
        None where the interval of the denominator holds 0, so that any ratio is possible, and below three pairs.
    """
    n = len(above)
    if n < FEWEST_FOR_INTERVAL:
        return None
    (xx, xy), (_, yy) = np.cov(above, below) * t_limit((1 - LEVEL) / 2, n - 1) ** 2 / n
    x, y = float(above.mean()), float(below.mean())
    a, b, c = y * y - yy, x * y - xy, x * x - xx
    if a <= 0:
        return None
    root = np.sqrt(max(b * b - a * c, 0.0))
    return float((b - root) / a), float((b + root) / a)


def jackknife(statistic: Callable[[Floats], Floats], parts: Floats) -> tuple[Floats, Floats, Floats]:
    """Return a statistic of a sum over independent replications, with the limits of its 95 % interval.

    Student's t with the standard error of the jackknife: √((n − 1)/n Σ(θ₋ᵢ − mean θ₋ᵢ)²), θ₋ᵢ being the statistic
    without replication i (Efron & Tibshirani 1993, chapter 11).

    Parameters
    ----------
    statistic : callable
        Of a sum, shape [...], not-a-number where it is not defined.
    parts : array [replications, ...]
        What is added up.

    Returns
    -------
    value, low, high : arrays
        In the shape of the statistic; limits not-a-number below three replications, and where the statistic is not
        defined without some replication.
    """
    n, total = len(parts), parts.sum(axis=0)
    value = statistic(total)
    if n < FEWEST_FOR_INTERVAL:
        return value, np.full_like(value, np.nan), np.full_like(value, np.nan)
    without = np.array([statistic(total - part) for part in parts])
    error = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    half = t_limit((1 - LEVEL) / 2, n - 1) * error
    return value, value - half, value + half


def holm(p_values: Floats) -> Floats:
    """Adjust the p-values of one family for multiple comparisons by Holm's step-down rule.

    With m p-values in ascending order p_1 … p_m, the adjusted p_i is the largest of (m − j + 1) p_j over j ≤ i, at most
    1 (Holm 1979, doi:10.2307/4615733).

    Parameters
    ----------
    p_values : array [tests]
        In any order, from 0 to 1.

    Returns
    -------
    array [tests]
        In the order given.
    """
    order = np.argsort(p_values)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * np.arange(p_values.size, 0, -1)), 1.0)
    return adjusted
