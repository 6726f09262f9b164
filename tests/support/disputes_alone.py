"""A town in which nothing but disputes happens, run for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.state import Ground, new_cells
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.disputes.assaults import escalate
from sim.incidents.disputes.course import begin_disputes, quarrel, room_for_a_day
from sim.incidents.disputes.log import (
    OPEN,
    ROWS,
    Disputes,
    disputes_with_room,
)
from sim.incidents.disputes.mediation import MediationParameters
from sim.incidents.disputes.parameters import DisputeParameters, dispute_rule
from sim.incidents.log import CALLS, INCIDENTS, NEVER, CallState, Logs, new_logs, with_room
from sim.incidents.town import Town
from sim.people.feelings import FeelingParameters, new_feelings
from sim.people.residents import ResidentParameters, Society, settle

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim about a mean on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))
MANY = 400.0  # disputes per 1,000 residents a year, for many disputes in a small town; they do not know of each other
NOBODY = MediationParameters(mediator_hours_per_1000_week=0)
PERFECT = MediationParameters(mediator_hours_per_1000_week=10_000, notice_days=0, success_fresh=1, success_stale=1)
DAY = 1440.0


class Run(NamedTuple):
    """What a run left."""

    start: Disputes  # as it was at the start
    disputes: Disputes
    logs: Logs
    open: Array  # [days] open disputes at the end of each
    society: Society

    @property
    def rows(self) -> Array:
        return self.disputes.rows[: self.disputes.used[ROWS]]

    @property
    def crimes(self) -> Array:
        return self.logs.incidents[: self.logs.used[INCIDENTS]]

    @property
    def calls(self) -> Array:
        return self.logs.calls[: self.logs.used[CALLS]]


@cache
def town() -> tuple[City, Society]:
    place = build_city(CityParameters(name="town", residents=20_000, area_km2=16, beats=2, districts=1, centres=1))
    return place, settle(place, ResidentParameters(), seed=1)


def served(logs: Logs) -> None:
    """Police who serve every call within the day and arrest nobody."""
    logs.calls["state"][: logs.used[CALLS]] = CallState.SERVED
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    crimes["recorded_time_min"] = np.where(crimes["call_id"] >= 0, crimes["time_min"], NEVER)


def live(
    parameters: DisputeParameters,
    days: int = 365,
    seed: int = 1,
    police: Callable[[Logs], None] = served,
    watch: Callable[[int, Disputes], None] | None = None,
) -> Run:
    """Let the disputes of the town live, with somebody who watches before the first day and after each."""
    city, shared = town()
    society = shared._replace(residents=shared.residents.copy())
    cells = new_cells(city, np.bincount(society.residents["home_cell"], minlength=city.grid.n_cells))
    ground = Ground(cells, city.grid.n_rows, city.grid.n_cols, city.grid.cell_m, 0)
    demand, feelings = demand_rule(DemandParameters(), city.grid.cell_m), new_feelings(FeelingParameters())
    rule = dispute_rule(parameters, city.residents)
    disputes = begin_disputes(seed, society, ground, demand, feelings, rule)
    start = Disputes(*(part.copy() for part in disputes))
    logs, left_open = new_logs(16), []
    if watch:
        watch(-1, disputes)
    for day in range(days):
        new, events = room_for_a_day(disputes, rule)
        disputes, logs = disputes_with_room(disputes, new), with_room(logs, events)
        quarrel(seed, day, disputes, Town(society, feelings, ground, logs), demand, rule)
        escalate(seed, (day + 1) * DAY, disputes, Town(society, feelings, ground, logs), demand, rule.assault_relief)
        police(logs)
        left_open.append(int(disputes.used[OPEN]))
        if watch:
            watch(day, disputes)
    return Run(start, disputes, logs, np.array(left_open), society)


@cache
def many(mediation: MediationParameters = NOBODY, days: int = 730, seed: int = 1) -> Run:
    """Many disputes, run once for all tests that only read."""
    return live(DisputeParameters(per_1000_year=MANY, mediation=mediation), days, seed)


def share_with_margin(happened: Array) -> tuple[float, float]:
    """Return the share of independent yes-or-no cases and its margin at the confidence 1 − FALSE_ALARM."""
    share = float(happened.mean())
    return share, Z * float(np.sqrt(share * (1 - share) / len(happened)))


def grown_old(run: Run, days: int, at_least: int) -> Array:
    """Return which disputes began in the run and at least so many days before its end."""
    began: Array = run.rows["began_min"]
    return (began >= 0) & (began < (days - at_least) * DAY)
