"""People in crisis (精神障碍患者): whose crises come how often, who calls, and which of them come to violence.

Some residents have a lasting illness of the mind. Now and then one of them has a crisis. Somebody of the household
mostly calls the police; two units talk to him for long, and take some to a hospital. Some crises come to violence
against whoever is near, unless a unit is there first.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.agenda import put
from sim.arrays import Array
from sim.city.state import faded, point_in
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.columns import Column, grown, table
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import CALL_RECEIVED, CRISIS_KEYS, CallState, Logs, add_call, add_incident
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import harm_of, report
from sim.incidents.town import Town
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import Parameters, decay_min, parameter, rule_of
from sim.people.aftermath import aftermath
from sim.people.feelings import felt_trust
from sim.people.residents import Society
from sim.people.trusting import INDIFFERENT, at_odds, odds_by_trust
from sim.people.whereabouts import person_at
from sim.randomness import gamma, happens, lognormal, uniform4, uniforms

DAY_MIN = float(MINUTES_PER_DAY)
GROWN_UP = 18  # years

PERSON_COLUMNS = (
    Column("resident_id", "i4", "row", "the resident"),
    Column("rate_per_day", "f8", "1/day", "rate of crises without care"),
    Column("care", "f8", "0 to 1", "part of them that care prevents, at care_min"),
    Column("care_min", "f8", "min since start", "when it was last brought up to date"),
    Column("away_until_min", "f8", "min since start", "in hospital until then"),
)
CRISIS_COLUMNS = (
    Column("person", "i4", "row", "whose it is"),
    Column("time_min", "f8", "min since start", "when it began"),
    Column("cell", "i4", "cell", "where"),
    Column("at_home", "?", "1", "at home, and not in public"),
    Column("call_id", "i4", "row", "the call about it, −1 if nobody called"),
    Column("violent_min", "f8", "min since start", "when it will come to violence, infinity if it will not any more"),
    Column("incident_id", "i4", "row", "the violence, −1 if none"),
    Column("averted", "?", "1", "a unit was there before it came to violence"),
    Column("hospital", "?", "1", "whoever serves the call takes him to a hospital"),
    Column("over", "?", "1", "all that comes of it has come"),
)


class CrisisParameters(Parameters):
    """Residents in crisis now and then, and what a call about one of them takes."""

    per_1000: float = parameter(
        0.0, unit="people per 1,000 residents", ge=0, le=100,
        source=(
            "assumption: none, so that they are a mechanism of their own; some 4.3 per 1,000 were on the national "
            "register of severe mental disorders in 2018 (recalled)"
        ),
        doc="Grown-up residents with a lasting illness of the mind who are in crisis now and then.",
    )  # fmt: skip
    per_year: float = parameter(
        0.5, unit="crises per person per year", ge=0, le=100, source="assumption: one in two years",
        doc="Mean crises of one of them without any care.",
    )  # fmt: skip
    inequality: float = parameter(
        0.5, unit="1", ge=0.05, le=100, source="assumption: few people have most crises",
        doc="Shape of the gamma of these rates over people; small is unequal.",
    )  # fmt: skip
    call_probability: float = parameter(
        0.6, unit="probability", gt=0, lt=1, source="assumption: many families cope alone",
        doc="Somebody calls the police about a crisis, at trust 0.5.",
    )  # fmt: skip
    violent_probability: float = parameter(
        0.1, unit="probability", ge=0, le=1, source="assumption: nine in ten hurt nobody",
        doc="A crisis comes to violence if no unit is there first.",
    )  # fmt: skip
    violent_after_min: float = parameter(
        45.0, unit="min", ge=0.1, le=1440, source="assumption",
        doc="Mean time until it does; exponential.",
    )  # fmt: skip
    on_scene_min: float = parameter(
        75.0, unit="min", ge=1, le=600, source="assumption: twice a call about violence",
        doc="Mean time for which two units talk to him; lognormal.",
    )  # fmt: skip
    on_scene_cv: float = parameter(
        0.6, unit="1", ge=0.01, le=10, source="assumption",
        doc="Standard deviation of that time relative to its mean.",
    )  # fmt: skip
    paperwork_min: float = parameter(
        40.0, unit="min", ge=0, le=600, source="assumption", doc="Time of paperwork of one unit after it."
    )
    hospital_probability: float = parameter(
        0.35, unit="probability", ge=0, le=1, source="assumption: where he is a danger to himself or others",
        doc="The units take him to a hospital (送医).",
    )  # fmt: skip
    transfer_min: float = parameter(
        120.0, unit="min", ge=0, le=1000, source="assumption: the way there, papers and the wait for a bed",
        doc="Time which that takes of both units.",
    )  # fmt: skip
    hospital_yuan: float = parameter(
        800.0, unit="yuan per transfer", ge=0, le=100_000,
        source="assumption: an ambulance and the first examination, which the station pays in advance",
        doc="Cost of a transfer to the police.",
    )  # fmt: skip
    hospital_days: float = parameter(
        28.0, unit="days", ge=0, le=3650, source="assumption: four weeks", doc="Time for which he stays there."
    )
    calmed: float = parameter(
        0.3, unit="share of crises", ge=0, le=1, source="assumption: as much as a visit",
        doc="Crises that units who came to one prevent at first.",
    )  # fmt: skip
    care_half_life_days: float = parameter(
        21.0, unit="days", ge=0.1, le=3650, source="assumption: some weeks",
        doc="Half-life of what units and visits prevent.",
    )  # fmt: skip


class CrisisRule(NamedTuple):
    """The parameters for the kernels; times in minutes."""

    call_probability: float
    violent_probability: float
    violent_after_min: float
    on_scene_min: float
    on_scene_cv: float
    paperwork_min: float
    hospital_probability: float
    transfer_min: float
    away_min: float
    calmed: float
    care_decay_min: float


class Crises(NamedTuple):
    """The people, their crises in order of days, and the rules."""

    people: Array  # PERSON_COLUMNS, by resident
    rows: Array  # CRISIS_COLUMNS
    used: Array  # int64 [2]: crises so far, and the first of them that may not be over
    rule: CrisisRule


ROWS, FIRST_OPEN = 0, 1  # positions in Crises.used


def draw_crises(parameters: CrisisParameters, society: Society, seed: int) -> Crises:
    """Draw who is in crisis now and then, each grown-up with the same chance."""
    p, residents = parameters, society.residents
    lots = uniforms(seed, Draw.CRISIS_LOT, len(residents), 0)
    grown_up = residents["age"] >= GROWN_UP
    share = p.per_1000 / 1000 * len(residents) / max(int(grown_up.sum()), 1)
    who = np.flatnonzero(grown_up & (lots < share))
    people = table(PERSON_COLUMNS, len(who))
    people["resident_id"] = who
    spread = [gamma(p.inequality, seed, Draw.CRISIS_RATE, int(one), 0) for one in who]
    people["rate_per_day"] = np.array(spread) / p.inequality * p.per_year / 365
    people["away_until_min"] = -np.inf
    rule = rule_of(
        CrisisRule, p, away_min=p.hospital_days * DAY_MIN, care_decay_min=decay_min(p.care_half_life_days * DAY_MIN)
    )
    return Crises(people, table(CRISIS_COLUMNS, len(who)), np.zeros(2, dtype=np.int64), rule)


def crises_with_room(crises: Crises) -> Crises:
    """Return the crises with room for one more of each person."""
    if crises.used[ROWS] + len(crises.people) <= len(crises.rows):
        return crises
    return crises._replace(rows=grown(crises.rows, 2 * len(crises.rows) + len(crises.people)))


@kernel
def care_for(p: int, now_min: float, effect: float, crises: Crises) -> None:
    """Let care prevent a share of the crises of a person from now on, beside what earlier care still prevents."""
    one = crises.people[p]
    before = faded(one.care, one.care_min, now_min, crises.rule.care_decay_min)
    one.care = 1.0 - (1.0 - before) * (1.0 - effect)
    one.care_min = now_min


@kernel
def suffer(seed: int, day: int, crises: Crises, town: Town, demand: DemandRule) -> None:
    """Let people live through a day, at its start: what units did for them yesterday, and the crises of the day.

    The chance of a crisis is `1 − exp(−rate · (1 − care))`. Draws are keyed by person and day, so that care of one
    shifts nobody else's.
    """
    now_min = day * DAY_MIN
    _hear(crises, town.logs)
    for p in range(len(crises.people)):
        one = crises.people[p]
        if now_min < one.away_until_min:
            continue
        u_crisis, u_minute, u_place, u_call = uniform4(seed, Draw.CRISIS, p, day)
        care = faded(one.care, one.care_min, now_min, crises.rule.care_decay_min)
        if happens(u_crisis, one.rate_per_day * (1.0 - care)):
            e = _begin(seed, p, now_min + DAY_MIN * u_minute, u_place, crises, town)
            _call(seed, e, u_call, crises, town, demand)


@inner_kernel
def _hear(crises: Crises, logs: Logs) -> None:
    """Let calls that were served calm those whom they were about, some in hospital, and put aside what is over."""
    used, rule = crises.used, crises.rule
    for e in range(used[FIRST_OPEN], used[ROWS]):
        one = crises.rows[e]
        state = row(logs.calls[one.call_id].state) if one.call_id >= 0 else row(CallState.EXPIRED)
        if one.over or state < CallState.SERVED or one.violent_min < np.inf:
            continue
        one.over = True
        if state == CallState.SERVED:
            ended_min, person = logs.calls[one.call_id].cleared_min, row(one.person)
            care_for(person, ended_min, rule.calmed, crises)
            if one.hospital:
                crises.people[person].away_until_min = ended_min + rule.away_min
    while used[FIRST_OPEN] < used[ROWS] and crises.rows[used[FIRST_OPEN]].over:
        used[FIRST_OPEN] += 1


@inner_kernel
def _begin(seed: int, p: int, at_min: float, u_place: float, crises: Crises, town: Town) -> int:
    """Write a crisis that nobody knows of yet: where his routine has him at that hour, and when it turns violent."""
    society, rule = town.society, crises.rule
    me, day = society.residents[crises.people[p].resident_id], int(at_min // DAY_MIN)
    u_violent, u_soon, u_hospital, _ = uniform4(seed, Draw.CRISIS_COURSE, p, day)
    hour = hour_of_week(at_min, town.ground.start_weekday)
    e = row(crises.used[ROWS])
    crises.used[ROWS] += 1
    one = crises.rows[e]
    one.person, one.time_min = p, at_min
    one.at_home = u_place < society.places.routine.home[me.routine, hour]
    one.cell = me.home_cell if one.at_home else me.leisure_cell
    one.call_id, one.incident_id = -1, -1
    one.violent_min = np.inf
    if u_violent < rule.violent_probability:
        one.violent_min = at_min - rule.violent_after_min * math.log(u_soon)
    one.hospital = u_hospital < rule.hospital_probability
    one.averted, one.over = False, False
    return e


@inner_kernel
def _call(seed: int, e: int, u: float, crises: Crises, town: Town, demand: DemandRule) -> None:
    """Let the household, or whoever is there, call: `logit P = logit p₀ + κ·(trust − 0.5)`, of the household's trust.

    Nobody can tell whether it will come to violence, so that every such call is urgent and gets two units.
    """
    one, rule, logs = crises.rows[e], crises.rule, town.logs
    trust, p, day = INDIFFERENT, row(one.person), int(one.time_min // DAY_MIN)
    if one.at_home:
        who = _another(row(crises.people[p].resident_id), town.society)
        if who >= 0:
            trust = felt_trust(town.society.residents, who, one.time_min, town.feelings.rule)
    if u >= at_odds(rule.call_probability, odds_by_trust(trust, demand.trust_slope)):
        return
    kind, beat = row(IncidentType.SERVICE), row(town.ground.cells[one.cell].beat)
    c = add_call(logs, kind, row(one.cell), beat, CRISIS_KEYS + p, 2 * day, one.time_min, one.time_min)
    call = logs.calls[c]
    call.priority, call.needed = 1, 2
    call.on_scene_min = rule.on_scene_min * lognormal(rule.on_scene_cv, seed, Draw.CRISIS_SCENE_TIME, p, day)
    if one.hospital:
        call.on_scene_min += rule.transfer_min
    call.paperwork_min = rule.paperwork_min
    put(logs.agenda, one.time_min, CALL_RECEIVED, c, 0)
    one.call_id = c


@inner_kernel
def _another(who: int, society: Society) -> int:
    """Return the eldest of those with whom somebody lives, −1 if he lives alone."""
    home, found = society.dwellings[society.residents[who].dwelling], row(-1)
    for m in range(home.first_resident, home.first_resident + home.residents):
        if m != who and (found < 0 or society.residents[m].age > society.residents[found].age):
            found = row(m)
    return found


@kernel
def lose_control(seed: int, until_min: float, crises: Crises, town: Town, demand: DemandRule) -> None:
    """Let each crisis whose moment comes before `until_min` come to violence, unless a unit is there by then.

    A unit that arrives within the same tick comes too late.
    """
    for e in range(crises.used[FIRST_OPEN], crises.used[ROWS]):
        one = crises.rows[e]
        if one.violent_min < until_min:
            arrived = town.logs.calls[one.call_id].arrived_min if one.call_id >= 0 else -1.0
            if 0.0 <= arrived and arrived <= one.violent_min:
                one.averted = True
            else:
                _hurt(seed, e, crises, town, demand)
            one.violent_min = np.inf


@inner_kernel
def _hurt(seed: int, e: int, crises: Crises, town: Town, demand: DemandRule) -> None:
    """Write the violence down: at home against one of the household, in public against whoever is there.

    Where nobody is, nobody is hurt.
    """
    society, feelings, ground, logs = town
    one, kind = crises.rows[e], row(IncidentType.BRAWL)
    p, cell, now_min = row(one.person), row(one.cell), one.violent_min
    day, culprit = int(one.time_min // DAY_MIN), row(crises.people[one.person].resident_id)
    u_kind, u_who, u_x, u_y = uniform4(seed, Draw.CRISIS_VICTIM, p, day)
    victim = _another(culprit, society)
    x_m, y_m = point_in(cell, ground, u_x, u_y)
    if one.at_home:
        home = society.dwellings[society.residents[culprit].dwelling]
        x_m, y_m = float(home.x_m), float(home.y_m)
    else:
        hour = hour_of_week(now_min, ground.start_weekday)
        victim = row(person_at(society.places, society.dwellings, cell, hour, u_kind, u_who))
    if victim < 0 or victim == culprit:
        return
    key = CRISIS_KEYS + p
    harm = harm_of(seed, kind, key, 2 * day + 1, demand)
    n = add_incident(logs, kind, now_min, cell, x_m, y_m, harm)
    logs.incidents[n].culprit_id, logs.incidents[n].victim_id = culprit, victim
    one.incident_id = n
    report(seed, n, key, 2 * day + 1, town, demand)
    aftermath(victim, harm, now_min, society, feelings, ground)
