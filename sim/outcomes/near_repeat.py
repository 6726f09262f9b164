"""Whether crimes that are near in space are also near in time more often than chance would have it: the Knox test.

A pair of crimes falls into a band of distance and a band of time. If places and times had nothing to do with each
other, each pair of places would carry a random pair of the times, so the expected pairs of a cell of the table are
(pairs in the distance band) × (pairs in the time band) / (all pairs). This is the exact mean over all permutations of
the times, whatever the concentration in space and whatever the seasons. A ratio of observed to expected pairs above 1
at short distance and short time is the near repeat (Knox 1964; Johnson et al. 2007).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY

DISTANCES_M = (0.0, 100.0, 200.0, 300.0, 400.0)  # upper limits of the bands; 0 is the same place
DAYS = (7.0, 14.0, 21.0, 28.0, 35.0, 42.0, 49.0, 56.0)


class Knox(NamedTuple):
    """Pairs of crimes by band, as observed, as expected, and as found with times permuted."""

    observed: Array  # [distances, times]
    expected: Array  # [distances, times] exact mean over all permutations
    permuted: Array  # [permutations, distances, times]


def knox_table(
    x_m: Array,
    y_m: Array,
    time_min: Array,
    permutations: int,
    seed: int,
    distances_m: tuple[float, ...] = DISTANCES_M,
    days: tuple[float, ...] = DAYS,
) -> Knox:
    """Count the pairs of crimes in every band of distance and time.

    Parameters
    ----------
    x_m, y_m : Array
        Places, m, shape [crimes].
    time_min : Array
        Times, min, shape [crimes].
    permutations : int
        How often the times are permuted, for tests; 0 for none.
    seed : int
        Seed of the permutations.
    distances_m, days : tuple of float
        Upper limits of the bands, ascending. A band holds its upper limit and not its lower one; the first holds 0 too.

    Returns
    -------
    Knox
        Zeros everywhere when there are fewer than two crimes.
    """
    from scipy.spatial import KDTree

    times = np.asarray(time_min, dtype=float) / MINUTES_PER_DAY
    n, shape = len(times), (len(distances_m), len(days))
    if n < 2:
        return Knox(np.zeros(shape), np.zeros(shape), np.zeros((permutations, *shape)))
    places = np.column_stack([x_m, y_m]).astype(float)
    first, second = KDTree(places).query_pairs(distances_m[-1], output_type="ndarray").T
    distance = np.hypot(*(places[first] - places[second]).T)
    band = np.minimum(
        np.searchsorted(distances_m, distance), len(distances_m) - 1
    )  # a rounding error must not lose a pair at the last limit
    near_in_time = np.diff([0, *(_pairs_within(times, limit) for limit in days)])
    expected = np.bincount(band, minlength=shape[0])[:, None] * near_in_time[None, :] / (n * (n - 1) / 2)

    def count(times: Array) -> Array:
        period = np.searchsorted(days, np.abs(times[first] - times[second]))
        within = period < shape[1]
        out: Array = (
            np.bincount(band[within] * shape[1] + period[within], minlength=shape[0] * shape[1])
            .reshape(shape)
            .astype(float)
        )
        return out

    rng = np.random.default_rng(seed)
    permuted = [count(rng.permutation(times)) for _ in range(permutations)]
    return Knox(count(times), expected, np.array(permuted).reshape(permutations, *shape))


def _pairs_within(times: Array, limit: float) -> int:
    """Count the pairs of times that are at most `limit` apart."""
    ordered = np.sort(times)
    return int((np.searchsorted(ordered, ordered + limit, side="right") - np.arange(len(ordered)) - 1).sum())


def knox_test(
    x_m: Array, y_m: Array, time_min: Array, distance_m: float, days: float, permutations: int, seed: int
) -> Knox:
    """Count the pairs within one distance and one time, and test them with pointpats.

    Parameters
    ----------
    x_m, y_m, time_min : Array
        Places and times, shape [crimes].
    distance_m, days : float
        Pairs at most so far apart count; the same place is among them.
    permutations : int
        How often pointpats permutes the times.
    seed : int
        Seed of the permutations, below 2³².

    Returns
    -------
    Knox
        Of shapes [1, 1] and [permutations, 1, 1].
    """
    if len(time_min) < 2:
        return knox_table(x_m, y_m, time_min, permutations, seed, (distance_m,), (days,))
    from pointpats.spacetime import Knox as KnoxTest  # with pandas and geopandas behind it, it takes seconds to load

    places, times = (
        np.column_stack([x_m, y_m]).astype(float),
        np.asarray(time_min, dtype=float)[:, None] / MINUTES_PER_DAY,
    )
    before = np.random.get_state()  # noqa: NPY002 — pointpats draws from numpy's global generator
    try:
        np.random.seed(seed)  # noqa: NPY002
        test = KnoxTest(places, times, distance_m, days, permutations, keep=True)
    finally:
        np.random.set_state(before)  # noqa: NPY002
    return Knox(
        test.observed[:1, :1], test.expected[:1, :1], np.asarray(test.sim, dtype=float).reshape(permutations, 1, 1)
    )


def pooled(tables: list[Knox]) -> Knox:
    """Add up the tables of independent runs, permutation by permutation."""
    return Knox(*(np.sum([table[part] for table in tables], axis=0) for part in range(len(Knox._fields))))


def ratio(table: Knox, distances: slice = slice(None), times: slice = slice(None)) -> float | None:
    """Return observed / expected pairs over some bands; None where none are expected."""
    expected = float(table.expected[distances, times].sum())
    return float(table.observed[distances, times].sum()) / expected if expected > 0 else None


def p_values(table: Knox) -> Array:
    """Return, by band, the Monte Carlo p of so many pairs or more.

    1 + permutations with as many / (1 + permutations).
    """
    out: Array = (1 + (table.permuted >= table.observed).sum(axis=0)) / (1 + len(table.permuted))
    return out
