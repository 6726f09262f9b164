"""Beats and districts: compact pieces of the city with about the same demand, and the stations of the districts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.grid import Grid
from sim.city.notices import Notice
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

    @property
    def district_of_cell(self) -> Array:
        """The district of each cell, −1 outside the city, shape [cells]."""
        return np.where(self.beat >= 0, self.district[self.beat], -1)


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
    _check_room(len(cells), beats, districts)
    beat = np.full(grid.n_cells, -1, dtype=np.int16)
    _halve(grid, cells, _shares(weight, cells), 0, beats, MIN_CELLS_PER_BEAT, beat)
    return plan_of_cells(grid, beat, _districts(beats, districts))


def divide_plots(plots: Grid, grid: Grid, weight: Array, beats: int, districts: int) -> BeatPlan:
    """Divide a city by its plots, so that beats are the same whatever the cells; a cell belongs to that at its middle.

    Parameters
    ----------
    plots, grid : Grid
        What the weight is known of, and the cells, all of them of the city.
    weight : array of float [plots]
        As for `divide`.
    beats, districts : int
        How many of each.

    Raises
    ------
    BadInput
        As for `divide`, or if the cells are so large that a beat has none.
    """
    _check_room(grid.n_cells, beats, districts)
    of_plot, all_plots = np.empty(plots.n_cells, dtype=np.int16), np.arange(plots.n_cells)
    room = min(int(MIN_CELLS_PER_BEAT * (grid.cell_m / plots.cell_m) ** 2), plots.n_cells // beats)
    _halve(plots, all_plots, _shares(weight, all_plots), 0, beats, max(1, room), of_plot)
    beat = of_plot[plots.cell_at(grid.x_m, grid.y_m)]
    if not np.bincount(beat, minlength=beats).all():
        said = Notice("smaller cells, so that each of {beats} beats has some", beats=beats)
        raise BadInput("city.cell_m", grid.cell_m, said)
    return plan_of_cells(grid, beat, _districts(beats, districts))


def _check_room(cells: int, beats: int, districts: int) -> None:
    if cells < MIN_CELLS_PER_BEAT * beats:
        most = cells // MIN_CELLS_PER_BEAT
        said = "a city of {cells} cells has room for at most {most} beats; enlarge it or lower city.cell_m"
        raise BadInput("city.beats", beats, Notice(said, cells=cells, most=most))
    if districts > beats:
        raise BadInput("city.districts", districts, Notice("at most one district a beat, that is {beats}", beats=beats))


def _shares(weight: Array, cells: Array) -> Array:
    out: Array = weight / max(weight.sum(), 1e-12) + 0.1 / len(cells)
    return out


def _districts(beats: int, districts: int) -> Array:
    return (np.arange(beats) * districts // beats).astype(np.int16)


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


def _halve(grid: Grid, cells: Array, share: Array, first: int, n: int, room: int, beat: Array) -> None:
    """Give `cells` the beats first … first + n − 1, at least `room` of them to each."""
    if n == 1:
        beat[cells] = first
        return
    x, y = grid.x_m[cells], grid.y_m[cells]
    along = x if np.ptp(x) >= np.ptp(y) else y
    order = cells[np.lexsort((cells, along))]
    left = n // 2
    cumulative = np.cumsum(share[order])
    cut = int(np.searchsorted(cumulative, cumulative[-1] * left / n)) + 1
    cut = min(max(cut, room * left), len(order) - room * (n - left))
    _halve(grid, order[:cut], share, first, left, room, beat)
    _halve(grid, order[cut:], share, first + left, n - left, room, beat)


def _central(cells: Array, x: Array, y: Array) -> int:
    """Return the cell nearest to the centroid of `cells`."""
    return int(cells[np.argmin((x[cells] - x[cells].mean()) ** 2 + (y[cells] - y[cells].mean()) ** 2)])
