"""Sight in metres: what of a place is in view from another one, averaged over the cells in which they lie."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from sim.arrays import Array, frozen

REACH = 3.0  # sights; beyond it less than 1 % is left
NODES = 32  # of the quadrature on each side of a cell's own distance 0


def in_view(sight_m: float, cell_m: float) -> Array:
    """Return how much of a place is in view from another one, by how many cells they lie apart.

    In the open it is `k(d) = exp(−d² / 2ℓ²)` at d metres, with the sight ℓ; where in their cells the two are is not
    known, and the mean is taken over both.

    Parameters
    ----------
    sight_m : float
        The sight ℓ.
    cell_m : float
        Side of a cell.

    Returns
    -------
    Array
        Shape [2 r + 1, 2 r + 1], north and east, in the middle for the cell itself; r cells are `REACH` sights or more.
        The sum over all, times the area of a cell, is the area in view, `2 π ℓ²`, whatever the side of a cell is.
    """
    return _mean(sight_m, cell_m, lambda k: k)


@lru_cache(maxsize=64)
def taken_off(weight: float, sight_m: float, cell_m: float) -> Array:
    """Return by how much the log-odds of an offence at a place fall by what is at another one, shape as `in_view`.

    In full view it is `weight`, at a distance `weight · k(d)`. Over the cells it is the odds that are averaged,
    `−log E[exp(−weight · k)]`, for it is offences that must come out alike on small cells and on large ones.
    """
    return frozen(-np.log(_mean(sight_m, cell_m, lambda k: np.exp(-weight * k))))


@lru_cache(maxsize=64)
def taken_off_while_it_fades(weight: float, sight_m: float, cell_m: float) -> Array:
    """Return `taken_off` of what fades exponentially, for the whole of it, so that what is left counts in proportion.

    The less is left, the less the odds differ between points of a cell, and the nearer their mean log is to the log of
    the mean: it is the mean of `taken_off(r · weight) / r` over the shares r from 1 to 0, in each of which it is as
    long.
    """
    t, share = np.polynomial.legendre.leggauss(5)
    left = (1.0 + t) / 2.0
    parts = [part / 2.0 / r * taken_off(r * weight, sight_m, cell_m) for r, part in zip(left, share, strict=True)]
    return frozen(np.sum(parts, axis=0))


def _mean(sight_m: float, cell_m: float, of: Callable[[Array], Array]) -> Array:
    """Return the mean of a function of k over two uniform points of two cells: their difference is triangular."""
    t, weight = np.polynomial.legendre.leggauss(NODES)
    away = np.concatenate([-(1.0 - t) / 2.0, (1.0 + t) / 2.0])  # in cells, from −1 to 1
    weight = np.concatenate([weight, weight]) / 2.0 * (1.0 - np.abs(away))
    reach = math.ceil(REACH * sight_m / cell_m)
    apart = (np.arange(reach + 1)[:, None] + away) * (cell_m / sight_m)
    k = np.exp(-0.5 * apart**2)
    quarter = np.array([[weight @ of(np.outer(north, east)) @ weight for east in k] for north in k])
    side = np.abs(np.arange(-reach, reach + 1))
    out: Array = quarter[np.ix_(side, side)]
    return out
