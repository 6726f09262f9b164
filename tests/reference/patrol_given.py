"""What the twin of the offender–patrol core takes as given, noted while the model runs, and what the twin has to match.

Given are the place, its people and offenders as they begin (of a model that has been built and not run), and, noted
tick by tick: the orders and duties of units, the calls that they serve and where, the volunteers on watch, who was
arrested for what, and the violence of disputes and schools.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.streets import drive_minutes
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS, VISITS
from sim.model import CityModel
from sim.people.custody import custody_time
from sim.people.residents import Society
from sim.police.patrol.free_time import Orders
from sim.police.patrol.units import Activity
from sim.randomness import uniform
from sim.scenario import Scenario


class Arrest(NamedTuple):
    """An offender who is taken away."""

    now_min: float
    offender: int
    cell: int  # of the crime
    crime_min: float
    until_min: float  # end of custody


class Violence(NamedTuple):
    """What disputes, pupils or crises led to."""

    now_min: float
    victim: int
    harm_days: float


class Leg(NamedTuple):
    """A part of the work on a call; `activity` is None once the unit is free."""

    start_min: float
    unit: int
    activity: Activity | None
    depart_min: float
    until_min: float
    from_cell: int
    to_cell: int


class Day(NamedTuple):
    """What units are told on a day."""

    orders: Orders
    units: Array  # the table of units: shift, effort, beats, station and meal of each
    duties: list[tuple[float, int]]  # when which unit signs on, in the order of the roll call
    shift_min: float
    overtime_share: float


class Given(NamedTuple):
    """All that the twin takes as given."""

    society: Society
    offenders: Array
    hardness: list[float]  # of cells, at the start
    appeal: Array  # [types, hours of the week, cells]
    activity: Array  # [types, hours of the week], of peak 1
    intercept: list[float]  # [types]
    eligible: list[int]  # residents who may begin to offend
    age_cumulative: list[float]
    n_rows: int
    n_cols: int
    cell_m: float
    inside: Array  # bool [cells] of the city
    minutes: Callable[[int, int], float]  # of a drive
    days: list[Day]
    legs: list[Leg]
    watch: list[dict[int, int]]  # by hour: volunteers by cell
    arrests: list[Arrest]
    violence: list[Violence]


class Offence(NamedTuple):
    """A crime at a place."""

    now_min: float
    cell: int
    offender: int
    kind: int
    partner: int  # who joined in, −1 if nobody
    victim: int  # resident, of a household the eldest; −1 if none


class Stop(NamedTuple):
    """A stop of a patrol."""

    unit: int
    cell: int
    start_min: float
    dwell_min: float  # in single precision, as in the table of visits


class Noted(NamedTuple):
    """A run of the model."""

    given: Given
    offences: list[Offence]
    stops: list[Stop]
    chances: list[float]  # [types] of what offenders met, added up


def noted(scenario: Scenario, days: int) -> Noted:
    """Run the model, tick by tick, and note what is given and what happened."""
    begun, model = CityModel(scenario).world, CityModel(scenario)
    model.keep_tracks()
    told: list[Day] = []
    watch: list[dict[int, int]] = []
    arrests: list[Arrest] = []
    tick_min = scenario.clock.tick_min
    for tick in range(days * MINUTES_PER_DAY // tick_min):
        before = model.world.offenders["arrests"].copy()
        model.step()
        if tick * tick_min % MINUTES_PER_DAY == 0:
            told.append(_day(model))
        if tick * tick_min % 60 == 0:
            on_watch = model.world.ground.cells["watch_now"]
            watch.append({int(c): int(on_watch[c]) for c in np.flatnonzero(on_watch)})
        arrests += _arrests(model, before, tick * tick_min)
    world, career, city = begun, begun.rules.career, model.city
    given = Given(
        world.society, world.offenders, world.ground.cells["hardness"].tolist(), world.opportunity.appeal,
        world.opportunity.activity, world.rules.search.intercept.tolist(), career.eligible.tolist(),
        career.age_cumulative.tolist(), city.grid.n_rows, city.grid.n_cols, city.grid.cell_m,
        world.ground.cells["beat"] >= 0, lambda a, b: drive_minutes(city.travel, a, b), told, _legs(model), watch,
        arrests, _violence(model),
    )  # fmt: skip
    return Noted(given, _offences(model), _stops(model), model.world.logs.chances.tolist())


def _day(model: CityModel) -> Day:
    """Return what units are told on the day that has begun."""
    duties = [
        (duty.start_min, int(u))
        for duty in model.duties
        for rows in (duty.units, model.staff.roster.reserve(duty.shift))
        for u in rows
    ]
    police, desk = model.world.police, model.world.desk
    return Day(police.orders, police.units.copy(), duties, desk.shift_min, desk.overtime_share)


def _arrests(model: CityModel, before: Array, since_min: float) -> list[Arrest]:
    """Return who was taken away in the tick that is over, in order of time."""
    offenders, logs = model.world.offenders, model.world.logs
    crimes, found = logs.incidents[: logs.used[INCIDENTS]], []
    for i in np.flatnonzero(offenders["arrests"] > before):
        mine = (crimes["offender_id"] == i) | (crimes["co_offender_id"] == i)
        cleared = crimes[mine & (crimes["arrest_time_min"] >= since_min)]
        until_min = offenders["custody_until_min"][i].item()
        if len(cleared) > 1:  # he confessed others than that for which he was taken away
            cleared = [crime for crime in cleared if _custody_ends(model, crime) == until_min]
        if len(cleared) != 1 or offenders["arrests"][i] != before[i] + 1:
            raise ValueError(f"offender {i} was taken away in a way that is not noted")
        crime = cleared[0]
        taken = crime["arrest_time_min"].item(), int(i), crime["cell"].item(), crime["time_min"].item()
        found.append(Arrest(*taken, until_min))
    return sorted(found)


def _custody_ends(model: CityModel, crime: Array) -> float:
    """Return when the custody ends of whom detectives took away for a crime."""
    call, demand = model.world.logs.calls[crime["call_id"]], model.world.rules.demand
    u = uniform(model.scenario.seed, Draw.CLEARANCE_CUSTODY, int(call["key_entity"]), int(call["key_time"]))
    kind = crime["type"]
    return crime["arrest_time_min"].item() + custody_time(u, demand.custody_min[kind], demand.custody_most_min[kind])


def _legs(model: CityModel) -> list[Leg]:
    """Return the work on calls, each piece until the next or until the unit is free, in order of time."""
    tracks = model.world.police.tracks
    rows = tracks.rows[: tracks.used[0]]
    found = []
    for u in range(len(model.world.police.units)):
        busy = False
        for r in rows[rows["unit"] == u]:
            serves = r["activity"] >= Activity.RESPONSE_DRIVE
            if serves or busy:
                what = Activity(r["activity"]) if serves else None
                when = (r[name].item() for name in ("depart_min", "until_min", "from_cell", "to_cell"))
                found.append(Leg(r["start_min"].item(), u, what, *when))
            busy = serves
    return sorted(found, key=lambda leg: leg.start_min)


def _violence(model: CityModel) -> list[Violence]:
    """Return the violence that no offender searched for, in order of time."""
    logs = model.world.logs
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    others = crimes[(crimes["offender_id"] < 0) & (crimes["type"] != IncidentType.FRAUD)]
    return sorted(Violence(*(c[name].item() for name in ("time_min", "victim_id", "harm"))) for c in others)


def _offences(model: CityModel) -> list[Offence]:
    """Return the crimes of offenders who searched for a place, in order of time."""
    logs = model.world.logs
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    columns = ("time_min", "cell", "offender_id", "type", "co_offender_id", "victim_id")
    return sorted(Offence(*(c[name].item() for name in columns)) for c in crimes[crimes["offender_id"] >= 0])


def _stops(model: CityModel) -> list[Stop]:
    """Return the stops of patrols, by unit and in order of time."""
    logs = model.world.logs
    visits = logs.visits[: logs.used[VISITS]]
    return sorted(Stop(*(v[name].item() for name in ("unit_id", "cell", "start_min", "dwell_min"))) for v in visits)
