"""What changes in a cell during a run: police presence and its residue, volunteers, and the aftermath of burglaries."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.columns import Column, table
from sim.incident_types import PLACE_CRIMES
from sim.kernels import inner_kernel, kernel

CELL_COLUMNS = (
    Column("beat", "i2", "beat", "beat of the cell, −1 outside the city"),
    Column("police_now", "f4", "units", "visible units at the start of the tick; one at a call counts in part"),
    Column("watch_now", "i2", "people", "volunteers on watch in this hour"),
    Column("shown_min", "f4", "unit-minutes", "of police that passers-by could see since midnight"),
    Column("usual_min", "f4", "unit-minutes a day", "the same on a day, as a mean over past days that fades"),
    Column("felt", "f4", "log", "presence that is felt by those who pass, see `sim.city.presence.take_notice`"),
    Column("deterrence", "f4", "stops", "residual deterrence of so many full stops at deterrence_min"),
    Column("deterrence_min", "f8", "min since start", "when it was last brought up to date"),
    Column("boost", "f4", "times", "extra appeal of dwellings around a burgled one at boost_min"),
    Column(
        "own_boost", "f4", "times", "extra appeal of the cell by the flags of its own burgled dwellings at boost_min"
    ),
    Column("boost_min", "f8", "min since start", "when both were last brought up to date"),
    Column("patrol_min", "f8", "unit-minutes", "preventive patrol so far, driving and stopping"),
    Column("residents", "i4", "people", "residents of the cell"),
    Column("alert", "f4", "0 to 1", "mean awareness of its residents above their baseline at alert_min"),
    Column("alert_min", "f8", "min since start", "when it was last brought up to date"),
    Column(
        "reassurance",
        "f4",
        "−1 to 1",
        "perceived safety of its residents by patrols seen and disorder left unsettled, at reassured_min",
    ),
    Column("reassured_min", "f8", "min since start", "when it was last brought up to date"),
    Column("camera", "f4", "0 to 1", "chance that a camera shows who does something here"),
    Column("operator", "f4", "probability", "an operator notices an offence here while it happens, in this hour"),
    Column("lookouts", "f4", "people", "members of watch schemes, if all were in, who would notice an offence here"),
    Column("design", f"({len(PLACE_CRIMES)},)f4", "log-odds", "taken off an offence by type where problems are solved"),
    Column("kept_order", "f4", "log-odds", "taken off a brawl where places of entertainment are inspected"),
    Column(
        "data_gain",
        "f4",
        "0 to 1",
        "share of the errors of place in police records that fresh base data prevent, at data_min",
    ),
    Column("data_min", "f8", "min since start", "when it was last brought up to date"),
    Column("hardness", "f4", "1", "share of the appeal of its dwellings that hardening takes away, at hardened_min"),
    Column("hardened_min", "f8", "min since start", "when it was last brought up to date"),
    Column("safer_road", "f4", "0 to 1", "share of the traffic accidents here that changed roads and controls prevent"),
)


ONLY_HERE = np.ones((1, 1))


class Ground(NamedTuple):
    """The grid as the kernels see it; by default nothing is in view beyond a cell."""

    cells: Array  # CELL_COLUMNS
    n_rows: int
    n_cols: int
    cell_m: float
    start_weekday: int
    in_view: Array = ONLY_HERE  # [cells north, cells east], see `sim.city.sight.in_view`


def new_cells(city: City, residents: Array) -> Array:
    """Return the table of a city's cells at the start of a run; `residents` is their number by cell, shape [cells]."""
    cells = table(CELL_COLUMNS, city.grid.n_cells)
    cells["beat"] = city.beats.beat
    cells["residents"] = residents
    return cells


@kernel
def faded(value: float, since_min: float, now_min: float, decay_min: float) -> float:
    """Return a value that fades exponentially with a decay time, brought up to date; it may be negative."""
    if abs(value) < 1e-6:
        return 0.0
    return value * math.exp(-(now_min - since_min) / decay_min)


@inner_kernel
def point_in(cell: int, ground: Ground, u_x: float, u_y: float) -> tuple[float, float]:
    """Return a point of a cell by two uniform numbers, in metres east and north."""
    return (cell % ground.n_cols + u_x) * ground.cell_m, (cell // ground.n_cols + u_y) * ground.cell_m


@inner_kernel
def window(cell: int, ground: Ground) -> tuple[int, int, int, int]:
    """Return the rows and columns of the grid in view of a cell: (first row, end, first column, end)."""
    row, col, reach = cell // ground.n_cols, cell % ground.n_cols, len(ground.in_view) // 2
    return (
        max(0, row - reach),
        min(ground.n_rows, row + reach + 1),
        max(0, col - reach),
        min(ground.n_cols, col + reach + 1),
    )


@kernel
def people_in_view(cell: int, ground: Ground) -> tuple[float, float]:
    """Return (police units, volunteers on watch) in view of a place in a cell: each counts by how much of it is."""
    first, end, west, east = window(cell, ground)
    row, col, reach = cell // ground.n_cols, cell % ground.n_cols, len(ground.in_view) // 2
    units, watch = 0.0, 0.0
    for r in range(first, end):
        for c in range(west, east):
            there = ground.cells[r * ground.n_cols + c]
            if there.police_now > 0 or there.watch_now > 0:
                k = ground.in_view[r - row + reach, c - col + reach]
                units += k * there.police_now
                watch += k * there.watch_now
    return units, watch


@kernel
def view_of(cell: int, other: int, ground: Ground) -> float:
    """Return how much of a place in a cell is in view from another cell."""
    reach = len(ground.in_view) // 2
    north, east = other // ground.n_cols - cell // ground.n_cols, other % ground.n_cols - cell % ground.n_cols
    if abs(north) > reach or abs(east) > reach:
        return 0.0
    return float(ground.in_view[north + reach, east + reach])
