"""Where recorded crime has been hot, which areas are the hot spots, and whose beat is to look after which of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.kernels import inner_kernel, kernel
from sim.strategies.base import Recorded


def heat(
    recorded: Recorded, now_min: float, grid: Grid, beats: BeatPlan, half_life_days: float, smoothing_m: float
) -> Array:
    """Return aged, smoothed counts of recorded crime, shape [cells]; 0 outside the city.

    Parameters
    ----------
    recorded : Recorded
        The records that count.
    now_min : float
        Minutes since the start of the run.
    grid, beats : Grid, BeatPlan
        The city.
    half_life_days : float
        Age at which a record counts half.
    smoothing_m : float
        Width of the Gaussian smoothing.
    """
    from scipy.ndimage import gaussian_filter

    age_days = (now_min - recorded.time_min) / 1440
    counts = np.bincount(recorded.cell, weights=0.5 ** (age_days / half_life_days), minlength=grid.n_cells)
    smooth = gaussian_filter(
        counts.reshape(grid.n_rows, grid.n_cols), smoothing_m / grid.cell_m, mode="constant"
    ).ravel()
    found: Array = np.where(beats.beat < 0, 0.0, smooth)
    return found


class Spots(NamedTuple):
    """Areas, the hottest first, as the cells of which they consist."""

    heat: Array  # [spots] sum over the area
    x_m: Array  # [spots] of the middle
    y_m: Array  # [spots]
    spot: Array  # [parts] row of the area of which a cell is a part
    cell: Array  # [parts]
    share: Array  # [parts] of the area that lies in the cell; they add up to 1 for each


def hot_spots(values: Array, where: Array, grid: Grid, side_m: float, most: int, apart_m: float = 0.0) -> Spots:
    """Return the squares of a side in which most of the values lies, at most this many, none in another.

    A square begins at a corner of a cell; of cells at its other sides it may have a part. So as many squares are as
    large an area on small cells as on large ones. They are taken one after the other, the hottest first, and among
    equals that of the lowest number.

    Parameters
    ----------
    values : array [cells]
        Such as of `heat`, not negative.
    where : array of bool [cells]
        Cells that are looked after, such as those of the city.
    grid : Grid
        The cells.
    side_m : float
        Side of a square.
    most : int
        How many there are at most; areas without a value above 0 are none.
    apart_m : float
        Least distance between two of them.
    """
    from scipy.ndimage import correlate1d

    cells = side_m / grid.cell_m
    n = min(max(1, math.ceil(cells - 1e-9)), grid.n_rows, grid.n_cols)
    profile = np.clip(cells - np.arange(n), 0.0, 1.0)
    surface = np.where(where, values, 0.0).reshape(grid.n_rows, grid.n_cols)
    inside = correlate1d(correlate1d(surface, profile, axis=0, mode="constant"), profile, axis=1, mode="constant")
    back = n // 2
    squares = inside[back : back + grid.n_rows - n + 1, back : back + grid.n_cols - n + 1].copy()
    chosen, hottest = np.empty(most, dtype=np.int64), np.empty(most)
    away = n + math.ceil(apart_m / grid.cell_m - 1e-9)
    found = _hottest(squares, away, np.empty(len(squares), dtype=np.int64), chosen, hottest)
    row, col = np.divmod(chosen[:found], squares.shape[1])
    north, east = np.divmod(np.arange(n * n), n)
    cell = (row[:, None] + north) * grid.n_cols + col[:, None] + east
    share = np.where(where[cell], np.outer(profile, profile).ravel(), 0.0)
    spot = np.broadcast_to(np.arange(len(row))[:, None], cell.shape)
    kept = share > 0.0
    share = share / share.sum(axis=1, keepdims=True)
    middle = profile.sum() / 2.0
    return Spots(
        hottest[:found], (col + middle) * grid.cell_m, (row + middle) * grid.cell_m, spot[kept], cell[kept], share[kept]
    )


@kernel
def _hottest(squares: Array, away: int, best_col: Array, chosen: Array, heat_of: Array) -> int:
    """Write down the hottest squares one after the other, none in another, and return how many have any heat.

    The best of each row is kept, so that only rows in which a square was taken are searched again.

    Parameters
    ----------
    squares : array [rows, cols]
        Heat of the square that begins at each cell; of those that are taken, or too near to them, it becomes 0.
    away : int
        Cells from the beginning of a square to that of the next one that is not too near.
    best_col : array of int [rows]
        Room for the best of each row.
    chosen, heat_of : array of int, array [most]
        Are written: numbers of the squares, row by row, and their heat.
    """
    rows, cols = squares.shape
    for r in range(rows):
        best_col[r] = _argmax(squares, r)
    for k in range(len(chosen)):
        first = 0
        for r in range(rows):
            if squares[r, best_col[r]] > squares[first, best_col[first]]:
                first = r
        c = best_col[first]
        heat_of[k], chosen[k] = squares[first, c], first * cols + c
        if heat_of[k] <= 0.0:
            return k
        for r in range(max(0, first - away + 1), min(rows, first + away)):
            squares[r, max(0, c - away + 1) : c + away] = 0.0
            best_col[r] = _argmax(squares, r)
    return len(chosen)


@inner_kernel
def _argmax(table: Array, r: int) -> int:
    """Return the first column in which a row of a table is highest."""
    best = 0
    for c in range(1, table.shape[1]):
        if table[r, c] > table[r, best]:
            best = c
    return best


def share_out(spots: Spots, grid: Grid, beats: BeatPlan, each: int) -> Array:
    """Give each spot in turn to the nearest beat, by its centre, that has fewer than `each`.

    Return the beats, shape [spots].

    Parameters
    ----------
    spots : Spots
        At most `each` times as many as there are beats.
    grid, beats : Grid, BeatPlan
        The city.
    each : int
        Spots that a beat can look after.
    """
    centres = beats.centre_cell
    distance = np.hypot(spots.x_m[:, None] - grid.x_m[centres], spots.y_m[:, None] - grid.y_m[centres])
    beat = np.empty(len(spots.heat), dtype=np.int64)
    _give_to_nearest(distance, np.full(len(centres), each), beat)
    return beat


@kernel
def _give_to_nearest(distance: Array, room: Array, beat: Array) -> None:
    """Write down for each spot in turn the nearest beat that has room, which then has less of it."""
    for s in range(len(beat)):
        nearest = -1
        for b in range(len(room)):
            if room[b] > 0 and (nearest < 0 or distance[s, b] < distance[s, nearest]):
                nearest = b
        beat[s] = nearest
        room[nearest] -= 1


def stops(values: Array, grid: Grid, beats: BeatPlan, side_m: float, each: int) -> tuple[Array, Array, Array]:
    """Return (cell, weight, beat) of stops at the hot spots of a city, `each` for a beat and given to the near ones.

    A spot is as likely to be stopped at as it is hot, and wherever in it.

    Parameters
    ----------
    values : array [cells]
        Such as of `heat`.
    grid, beats : Grid, BeatPlan
        The city.
    side_m : float
        Side of a spot.
    each : int
        Spots that a beat can look after.
    """
    spots = hot_spots(values, beats.beat >= 0, grid, side_m, each * len(beats.centre_cell))
    beat = share_out(spots, grid, beats, each)
    return spots.cell, spots.heat[spots.spot] * spots.share, beat[spots.spot]
