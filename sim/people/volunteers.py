"""Volunteers: residents who serve a few hours per week in a team.

The teams that keep watch walk, see, report and put offenders off.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import HOURS_PER_WEEK, hour_of_week
from sim.columns import Column, table
from sim.draws import Draw
from sim.kernels import inner_kernel, kernel
from sim.parameters import Parameters, parameter
from sim.randomness import uniform4, uniforms
from sim.row_agent import RowAgent

VIEWS = 4  # pairs of places that pickpocket watchers compare in an hour (assumption)


class Team(IntEnum):
    """Teams of volunteers; those up to PICKPOCKET_WATCH walk, the others serve indoors."""

    WATCH = 0  # the plain watch, which nobody organises
    BURGLARY_WATCH = 1  # 防盗
    PICKPOCKET_WATCH = 2  # 反扒
    FRAUD_PREVENTION = 3  # 反电诈
    MEDIATION = 4  # 纠纷调解


VOLUNTEER_COLUMNS = (
    Column("resident_id", "i4", "row", "the resident"),
    Column("home_cell", "i4", "cell", "cell of the home"),
    Column("cell", "i4", "cell", "where on watch, −1 when off"),
    Column("start_hour", "i2", "hour of week", "when the weekly watch or session begins"),
    Column("hours", "i2", "h per week", "hours asked of the volunteer: length of the weekly watch or session"),
    Column("team", "i1", "Team", "the team"),
    Column("active", "?", "1", "serves; rows of those who left, who wait for training, or that are spare, do nothing"),
    Column("reach", "f8", "cells", "how far from home the volunteer walks"),
    Column("wished_hours", "f4", "h per week", "hours that the volunteer would like to serve"),
    Column("skill", "f4", "0 to 1", "what an hour of teaching or mediating is worth beside a professional's"),
    Column("ties", "i2", "ties", "ties to people who served when the volunteer joined"),
    Column("joined_day", "i4", "day", "day on which the service began, −1 before the run"),
    Column("contact_day", "i4", "day", "day of the last contact with an organiser, −1 before the run"),
)


class Volunteer(RowAgent):
    """A resident who serves in a team while `active`; a row whose volunteer has left may serve another one later."""


class VolunteerParameters(Parameters):
    """The plain watch, and room for the teams that the programme `volunteers` organises."""

    share: float = parameter(
        0.005,
        unit="share of residents",
        ge=0,
        le=0.2,
        source="assumption: 1–3 % where organised, fewer where not",
        doc="Volunteers of the plain neighbourhood watch.",
    )
    hours_per_week: int = parameter(
        2, unit="h", ge=1, le=20, source="assumption: 2–4 hours", doc="Length of the weekly watch of each."
    )
    reach_m: float = parameter(
        250.0, unit="m", ge=0, le=5000, source="assumption: near home", doc="How far from home they walk."
    )
    most_share: float = parameter(
        0.03,
        unit="share of residents",
        ge=0,
        le=0.2,
        source="assumption: 1–3 % where organised",
        doc="Volunteers of all teams that there is room for.",
    )


def draw_volunteers(residents: Array, parameters: VolunteerParameters, cell_m: float, seed: int) -> Array:
    """Draw the plain watch of a replication among adult residents, each equally likely; it walks in the evening.

    Returns
    -------
    Array
        Table of `VOLUNTEER_COLUMNS`: the plain watch, then spare rows, up to `most_share` of the residents together.
    """
    eligible = np.flatnonzero(residents["age"] >= 18)
    n = min(round(parameters.share * len(residents)), len(eligible))
    volunteers = table(VOLUNTEER_COLUMNS, max(n, round(parameters.most_share * len(residents))))
    volunteers["cell"] = volunteers["resident_id"] = volunteers["joined_day"] = volunteers["contact_day"] = -1
    if n == 0:
        return volunteers
    watch = volunteers[:n]
    lot = uniforms(seed, Draw.WATCH_LOT, len(eligible), 0)
    watch["resident_id"] = np.sort(eligible[np.argpartition(lot, n - 1)[:n]])
    watch["home_cell"] = residents["home_cell"][watch["resident_id"]]
    day = (uniforms(seed, Draw.WATCH_DAY, n, 0) * 7).astype(int)
    evening = 18 + (uniforms(seed, Draw.WATCH_HOUR, n, 0) * 5).astype(int)
    watch["start_hour"] = (day * 24 + evening) % HOURS_PER_WEEK
    watch["hours"] = watch["wished_hours"] = parameters.hours_per_week
    watch["reach"] = parameters.reach_m / cell_m
    watch["team"], watch["active"] = Team.WATCH, True
    return volunteers


@kernel
def keep_watch(seed: int, now_min: float, volunteers: Array, out: Array, ground: Ground) -> None:
    """Move those on watch to where they walk in this hour: within reach of home.

    Pickpocket watchers where most people are out.

    Draws of the plain watch are keyed by row, those of organised teams by resident, so that who joins or leaves moves
    nobody else.

    Parameters
    ----------
    seed : int
        Of the replication.
    now_min : float
        Beginning of an hour.
    volunteers : Array
        Table of `VOLUNTEER_COLUMNS`.
    out : Array
        People expected out on the street, shape [168, cells].
    ground : Ground
        The cells, whose `watch_now` is kept.
    """
    hour = hour_of_week(now_min, ground.start_weekday)
    since = int(now_min // 60)
    for v in range(len(volunteers)):
        one = volunteers[v]
        if one.cell >= 0:
            ground.cells[one.cell].watch_now -= 1
            one.cell = -1
        if one.active and one.team <= Team.PICKPOCKET_WATCH and (hour - one.start_hour) % HOURS_PER_WEEK < one.hours:
            if one.team == Team.WATCH:
                u_row, u_col, _, _ = uniform4(seed, Draw.WATCH_PLACE, v, since)
                cell = _near(one.home_cell, one.reach, u_row, u_col, ground.n_rows, ground.n_cols)
            else:
                cell = _beat(seed, since, hour, v, volunteers, out, ground)
            one.cell = cell
            ground.cells[cell].watch_now += 1


@inner_kernel
def _near(home: int, reach: float, u_row: float, u_col: float, n_rows: int, n_cols: int) -> int:
    """Return a cell in the square within reach of home."""
    row = int(home // n_cols + (2.0 * u_row - 1.0) * reach + 0.5)
    col = int(home % n_cols + (2.0 * u_col - 1.0) * reach + 0.5)
    row, col = min(max(row, 0), n_rows - 1), min(max(col, 0), n_cols - 1)
    return int(row * n_cols + col)


@inner_kernel
def _beat(seed: int, since: int, hour: int, v: int, volunteers: Array, out: Array, ground: Ground) -> int:
    """Return where an organised volunteer walks: a place near home, against pickpockets the most crowded of several."""
    one = volunteers[v]
    home, reach, team, best = one.home_cell, one.reach, one.team, -1
    for view in range(VIEWS if team == Team.PICKPOCKET_WATCH else 1):
        u_row, u_col, v_row, v_col = uniform4(seed, Draw.WATCH_VIEW + view, one.resident_id, since)
        here = _near(home, reach, u_row, u_col, ground.n_rows, ground.n_cols)
        if best < 0 or out[hour, here] > out[hour, best]:
            best = here
        there = _near(home, reach, v_row, v_col, ground.n_rows, ground.n_cols)
        if team == Team.PICKPOCKET_WATCH and out[hour, there] > out[hour, best]:
            best = there
    return best
