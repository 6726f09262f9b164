"""Where recorded crime has been hot, and whose beat is to look after which of the hot cells."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.strategies.base import Recorded


def heat(
    recorded: Recorded, now_min: float, grid: Grid, beats: BeatPlan, half_life_days: float, smoothing_cells: float
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
    smoothing_cells : float
        Width of the Gaussian smoothing.
    """
    age_days = (now_min - recorded.time_min) / 1440
    counts = np.bincount(recorded.cell, weights=0.5 ** (age_days / half_life_days), minlength=grid.n_cells)
    smooth = gaussian_filter(counts.reshape(grid.n_rows, grid.n_cols), smoothing_cells, mode="constant").ravel()
    found: Array = np.where(beats.beat < 0, 0.0, smooth)
    return found


def hottest(values: Array, most: int) -> Array:
    """Return the cells with the highest values above 0, at most this many, the highest first.

    Among equals the lowest number comes first.
    """
    found: Array = np.argsort(-values, kind="stable")[: min(most, np.count_nonzero(values > 0))]
    return found


def share_out(cells: Array, grid: Grid, beats: BeatPlan, each: int) -> Array:
    """Give each cell in turn to the nearest beat, by its centre, that has fewer than `each`.

    Return the beats, shape [cells].

    Parameters
    ----------
    cells : array of int
        At most `each` times as many as there are beats.
    grid, beats : Grid, BeatPlan
        The city.
    each : int
        Cells that a beat can look after.
    """
    centres = beats.centre_cell
    room = np.full(len(centres), each)
    beat = np.empty(len(cells), dtype=int)
    distance = np.hypot(grid.x_m[cells][:, None] - grid.x_m[centres], grid.y_m[cells][:, None] - grid.y_m[centres])
    for s in range(len(cells)):
        beat[s] = np.argmin(distance[s])
        room[beat[s]] -= 1
        if not room[beat[s]]:
            distance[:, beat[s]] = np.inf
    return beat
