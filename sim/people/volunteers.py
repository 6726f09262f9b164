"""Volunteers: residents who keep watch near their homes for a few hours a week, see and report."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import HOURS_PER_WEEK, hour_of_week
from sim.columns import Column, table
from sim.kernels import kernel
from sim.parameters import Parameters, parameter
from sim.population import RowAgent
from sim.randomness import Stream, uniform4, uniforms

VOLUNTEER_COLUMNS = (
    Column("resident_id", "i4", "row", "the resident"),
    Column("home_cell", "i4", "cell", "cell of the home"),
    Column("cell", "i4", "cell", "where on watch, −1 when off"),
    Column("start_hour", "i2", "hour of week", "when the weekly watch begins"),
    Column("hours", "i2", "h", "length of the weekly watch"),
)


class Volunteer(RowAgent):
    """A resident who keeps watch near home."""


class VolunteerParameters(Parameters):
    """The plain watch; organised teams come with their programmes."""

    share: float = parameter(0.005, unit="of residents", ge=0, le=0.2, source="assumption: 1–3 % where organised, fewer where not", doc="Volunteers.")
    hours_per_week: int = parameter(2, unit="h", ge=1, le=20, source="assumption: 2–4 hours", doc="Length of the weekly watch of each.")
    reach_m: float = parameter(250.0, unit="m", ge=0, le=5000, source="assumption: near home", doc="How far from home they walk.")


def draw_volunteers(residents: Array, parameters: VolunteerParameters, seed: int) -> Array:
    """Draw the volunteers of a replication among adult residents, each as likely as the other, with evening watches (assumption).

    Returns
    -------
    Array
        Table of `VOLUNTEER_COLUMNS`.
    """
    eligible = np.flatnonzero(residents["age"] >= 18)
    n = min(round(parameters.share * len(residents)), len(eligible))
    volunteers = table(VOLUNTEER_COLUMNS, n)
    if n == 0:
        return volunteers
    lot = uniforms(seed, Stream.VOLUNTEER, len(eligible), 0, 0)
    volunteers["resident_id"] = np.sort(eligible[np.argpartition(lot, n - 1)[:n]])
    volunteers["home_cell"] = residents["home_cell"][volunteers["resident_id"]]
    volunteers["cell"] = -1
    day = (uniforms(seed, Stream.VOLUNTEER, n, 0, 1) * 7).astype(int)
    evening = 18 + (uniforms(seed, Stream.VOLUNTEER, n, 0, 2) * 5).astype(int)
    volunteers["start_hour"] = (day * 24 + evening) % HOURS_PER_WEEK
    volunteers["hours"] = parameters.hours_per_week
    return volunteers


@kernel
def keep_watch(seed: int, now_min: float, volunteers: Array, reach_cells: float, ground: Ground) -> None:
    """Move the watch to where it walks in this hour: a point within reach of each home, drawn by volunteer and hour."""
    hour = hour_of_week(now_min, ground.start_weekday)
    since = int(now_min // 60)
    for v in range(len(volunteers)):
        if volunteers[v].cell >= 0:
            ground.cells[volunteers[v].cell].watch_now -= 1
            volunteers[v].cell = -1
        if (hour - volunteers[v].start_hour) % HOURS_PER_WEEK < volunteers[v].hours:
            u_row, u_col, _, _ = uniform4(seed, Stream.WATCH, v, since, 0)
            home = volunteers[v].home_cell
            row = int(home // ground.n_cols + (2.0 * u_row - 1.0) * reach_cells + 0.5)
            col = int(home % ground.n_cols + (2.0 * u_col - 1.0) * reach_cells + 0.5)
            row, col = min(max(row, 0), ground.n_rows - 1), min(max(col, 0), ground.n_cols - 1)
            volunteers[v].cell = row * ground.n_cols + col
            ground.cells[volunteers[v].cell].watch_now += 1
