"""What a course did where: one row a district and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import PLACE_CRIMES, TYPE_NAMES
from sim.outcomes.tables import Columns

AT_PLACES = tuple(TYPE_NAMES[kind] for kind in PLACE_CRIMES)


class CourseDay(NamedTuple):
    """What held on a day of the run."""

    day: int
    phase: Array  # [districts] number of the phase, −1 for the status quo
    strategy: tuple[str, ...]  # [districts] its name
    carried_out: Array  # [districts] share of what is ordered


def course_table(days: Sequence[CourseDay], district: Array, first: int, tables: Mapping[str, Columns]) -> Columns:
    """Return one row a measured day and district in the format of `course.parquet`.

    Parameters
    ----------
    days : sequence of CourseDay
        In order, from the first measured day on.
    district : array of int [cells]
        The district of each cell, −1 outside the city.
    first : int
        The first measured day, counted from the start of the run.
    tables : mapping
        The tables of the run: its crimes, records and visits are counted by district and day.
    """
    districts, n = len(days[0].phase), len(days)

    def counted(cell: Array, time_min: Array, amount: Array | None = None) -> Array:
        day, where = (time_min // MINUTES_PER_DAY).astype(int), district[cell]
        rows = (day >= 0) & (day < n) & (where >= 0)
        place = day[rows] * districts + where[rows]
        return np.bincount(place, None if amount is None else amount[rows], minlength=n * districts)

    crimes, recorded, visits = tables["incidents"], tables["recorded"], tables["visits"]
    true, known = (np.isin(one["type"], AT_PLACES) for one in (crimes, recorded))
    return {
        "day": np.repeat([one.day - first for one in days], districts),
        "district": np.tile(np.arange(districts), n),
        "phase": np.concatenate([one.phase for one in days]),
        "strategy": np.array([name for one in days for name in one.strategy]),
        "carried_out": np.concatenate([one.carried_out for one in days]),
        "crimes_at_places": counted(crimes["cell"][true], crimes["time_min"][true]),
        "recorded_at_places": counted(recorded["cell"][known], recorded["recorded_time_min"][known]),
        "visits": counted(visits["cell"], visits["start_min"]),
        "patrol_stop_min": counted(visits["cell"], visits["start_min"], visits["dwell_min"]),
    }
