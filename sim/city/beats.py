"""Beats and districts: compact pieces of the city with about the same demand, and the stations of the districts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.grid import Grid
from sim.parameters import BadInput

MIN_CELLS_PER_BEAT = 4


class BeatPlan(NamedTuple):
    """Which cell belongs to which beat and district.

    Beats with neighbouring numbers are neighbours, as are those of a district.
    """

    beat: Array  # [cells] −1 outside the city
    district: Array  # [beats]
    centre_cell: Array  # [beats] the cell nearest to the centroid of the beat
    station_cell: Array  # [districts]


def divide(grid: Grid, inside: Array, weight: Array, beats: int, districts: int) -> BeatPlan:
    """Divide a city into beats of about equal weight by halving it again and again along its longer side.

    Parameters
    ----------
    grid, inside : Grid, array of bool [cells]
        The cells, and those that belong to the city.
    weight : array of float [cells]
        Demand by cell, any unit; a small constant is added so that empty land is shared out too.
    beats, districts : int
        How many of each.

    Raises
    ------
    BadInput
        If the city is too small for its beats, or has fewer beats than districts.
    """
    cells = np.flatnonzero(inside)
    if len(cells) < MIN_CELLS_PER_BEAT * beats:
        most = len(cells) // MIN_CELLS_PER_BEAT
        raise BadInput(
            "city.beats",
            beats,
            f"a city of {len(cells)} cells has room for at most {most} beats; enlarge it or lower city.cell_m",
        )
    if districts > beats:
        raise BadInput("city.districts", districts, f"at most one district a beat, that is {beats}")
    share = weight / max(weight.sum(), 1e-12) + 0.1 / len(cells)
    beat = np.full(grid.n_cells, -1, dtype=np.int16)
    _halve(grid, cells, share, 0, beats, beat)
    district = (np.arange(beats) * districts // beats).astype(np.int16)
    return plan_of_cells(grid, beat, district)


def plan_of_cells(grid: Grid, beat: Array, district: Array) -> BeatPlan:
    """Return the plan of beats [cells] and their districts [beats]; stations stand in the middle of their districts."""
    x, y, cells = grid.x_m, grid.y_m, np.flatnonzero(beat >= 0)
    centres = np.array([_central(cells[beat[cells] == b], x, y) for b in range(len(district))], dtype=np.int32)
    of_cell = district[beat[cells]]
    stations = np.array([_central(cells[of_cell == d], x, y) for d in range(district.max() + 1)], dtype=np.int32)
    return BeatPlan(beat, district, centres, stations)


def in_line(points: Array) -> Array:
    """Return an order [points] in which neighbours follow each other: halved again and again along the longer side."""

    def halved(which: Array) -> list[int]:
        if len(which) < 2:
            return [int(i) for i in which]
        spread = np.ptp(points[which], axis=0)
        ordered = which[np.argsort(points[which, int(spread[1] > spread[0])], kind="stable")]
        middle = len(which) // 2
        return halved(ordered[:middle]) + halved(ordered[middle:])

    return np.array(halved(np.arange(len(points))), dtype=np.int64)


def _halve(grid: Grid, cells: Array, share: Array, first: int, n: int, beat: Array) -> None:
    """Give `cells` the beats first … first + n − 1."""
    if n == 1:
        beat[cells] = first
        return
    x, y = grid.x_m[cells], grid.y_m[cells]
    along = x if np.ptp(x) >= np.ptp(y) else y
    order = cells[np.lexsort((cells, along))]
    left = n // 2
    cumulative = np.cumsum(share[order])
    cut = int(np.searchsorted(cumulative, cumulative[-1] * left / n)) + 1
    cut = min(max(cut, MIN_CELLS_PER_BEAT * left), len(order) - MIN_CELLS_PER_BEAT * (n - left))
    _halve(grid, order[:cut], share, first, left, beat)
    _halve(grid, order[cut:], share, first + left, n - left, beat)


def _central(cells: Array, x: Array, y: Array) -> int:
    """Return the cell nearest to the centroid of `cells`."""
    return int(cells[np.argmin((x[cells] - x[cells].mean()) ** 2 + (y[cells] - y[cells].mean()) ** 2)])
