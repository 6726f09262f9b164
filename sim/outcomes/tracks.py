"""Where units and volunteers were, minute by minute, of a run in which it was noted."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.grid import Grid
from sim.kernels import kernel
from sim.outcomes.tables import Columns
from sim.police.patrol.units import ACTIVITY_NAMES, DRIVES, Activity, Tracks, place_of

HOUR_MIN = 60


class Tracking:
    """What is noted of a run beside its logs, since somebody asked for it.

    Parameters
    ----------
    since_min : float
        When that was, minutes since the start of the run.
    """

    def __init__(self, since_min: float) -> None:
        self.since_min = since_min
        self._watches: dict[int, tuple[Array, Array]] = {}  # hour of the run → cells, and volunteers in each

    def look(self, hour: int, volunteers: Array) -> None:
        """Note where volunteers walk in an hour of the run."""
        if hour not in self._watches:
            cell = volunteers["cell"]
            self._watches[hour] = np.unique(cell[cell >= 0], return_counts=True)

    def watches(self) -> tuple[Array, Array, Array]:
        """Return hour, cell and number of the volunteers who walked there, in order of time."""
        cells = [cell for cell, _ in self._watches.values()]
        hours = np.repeat(list(self._watches), [len(cell) for cell in cells]).astype(np.int64)
        numbers = [number for _, number in self._watches.values()]
        none = np.zeros(0, dtype=np.int32)
        return hours, np.concatenate([none, *cells]), np.concatenate([none, *numbers])


def watch_table(tracking: Tracking, start_min: float, now_min: float) -> Columns:
    """Return where volunteers walked, hour by hour, in the format of `watches.parquet`."""
    hour, cell, number = tracking.watches()
    start, end = (np.clip((hour + late) * HOUR_MIN, start_min, now_min) for late in (0, 1))
    start = np.maximum(start, tracking.since_min)
    some = end > start
    return {
        "cell": cell[some],
        "start_min": start[some] - start_min,
        "end_min": end[some] - start_min,
        "volunteers": number[some],
    }


def track_table(
    tracks: Tracks, tracking: Tracking, grid: Grid, measured: tuple[float, float], calls: Columns
) -> Columns:
    """Return what each unit did where, in the format of `tracks.parquet`, in the order in which it began.

    The rows of a unit follow each other without a gap, those of one that came later from its first duty on. One that
    waits where a drive will begin has a row of its own before it; what goes on in one place is one row; and what takes
    no time has none.

    Parameters
    ----------
    tracks : Tracks
        Of the units, unfinished as they are.
    tracking : Tracking
        Since when there are any.
    grid : Grid
        The cells.
    measured : tuple of float
        From when to when, minutes since the start of the run.
    calls : dict
        Columns of `call_table`.
    """
    start_min, now_min = measured
    first_min = max(start_min, tracking.since_min)
    rows = tracks.rows[: tracks.used[0]]
    rows = rows[np.argsort(rows["unit"], kind="stable")]
    next_min = np.append(rows["start_min"][1:], now_min)
    last = np.append(rows["unit"][1:] != rows["unit"][:-1], True)
    end = np.where(last, now_min, next_min)
    start = np.maximum(rows["start_min"], first_min)
    here, there = _cell_at(rows, start, grid.n_cols), _cell_at(rows, end, grid.n_cols)
    drives = np.isin(rows["activity"], DRIVES)
    off = np.where(drives, np.clip(rows["depart_min"], start, np.maximum(start, end)), start)  # when it really sets off
    parts = (start, off, here, here), (off, end, here, there)
    unit, activity, call, on_foot = (
        np.concatenate([rows[name]] * 2) for name in ("unit", "activity", "call_id", "on_foot")
    )
    start, end, here, there = (np.concatenate(column) for column in zip(*parts, strict=True))
    table = {
        "unit": unit,
        "activity": activity,
        "start_min": start - start_min,
        "end_min": end - start_min,
        "from_cell": here,
        "to_cell": there,
        "call": np.where((activity >= Activity.RESPONSE_DRIVE) & np.isin(call, calls["call_id"]), call, -1),
        "on_foot": on_foot & (activity == Activity.PATROL_STOP),
    }
    table = _joined({name: column[end > start] for name, column in table.items()})
    table["call"] = np.ma.masked_array(table["call"], mask=table["call"] < 0)
    table["activity"] = np.array(ACTIVITY_NAMES)[table["activity"]]
    return table


def _cell_at(rows: Array, at_min: Array, n_cols: int) -> Array:
    """Return where units are at a moment of each of their rows."""
    cell = np.empty(len(rows), dtype=np.int32)
    _note_cells(rows, at_min, n_cols, cell)
    return cell


@kernel
def _note_cells(rows: Array, at_min: Array, n_cols: int, cell: Array) -> None:
    """Write down where a unit is at a moment of each row."""
    for i in range(len(rows)):
        cell[i] = place_of(rows[i], at_min[i], n_cols)


def _joined(table: Columns) -> Columns:
    """Return a table of rows in order of time, in which what a unit goes on doing in one place is one row."""
    order = np.lexsort((table["start_min"], table["unit"]))
    table = {name: column[order] for name, column in table.items()}
    same = np.ones(len(order), dtype=bool)
    for name in ("unit", "activity", "call", "on_foot"):
        same[1:] &= table[name][1:] == table[name][:-1]
    stands = table["from_cell"] == table["to_cell"]
    same[1:] &= stands[1:] & stands[:-1] & (table["to_cell"][1:] == table["from_cell"][:-1])
    same[:1] = False
    end = np.append(np.flatnonzero(~same)[1:], len(order)) - 1
    table = {name: column[end if name == "end_min" else ~same] for name, column in table.items()}
    order = np.lexsort((table["unit"], table["start_min"]))
    return {name: column[order] for name, column in table.items()}
