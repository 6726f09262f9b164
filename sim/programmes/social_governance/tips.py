"""Tips (线索).

What residents know and tell the leader of their ten-household group, and messages that come down to the groups.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.columns import Column, grown, table
from sim.draws import TIPS_APART, Draw
from sim.incident_types import IncidentType
from sim.incidents.disputes.log import OPEN, Disputes, Outcome
from sim.incidents.fraud.campaigns import NEXT, Frauds, Stage
from sim.incidents.log import DISPUTE_KEYS, FRAUD_KEYS, TIP_KEYS, Discoverer, Logs, add_call
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import recorded_cell, take_down
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import Feelings, felt_awareness, felt_fraud_awareness, felt_trust, shift_feelings, teach_fraud
from sim.people.residents import Society
from sim.people.ties import GROUP_DWELLINGS, group_of
from sim.people.visiting import ADULT_AGE
from sim.randomness import exponential, uniform, uniform4

CELL_KEYS = TIP_KEYS + (1 << 27)  # of what those hear who live in a cell; victims have the numbers below
WAKING_MIN, WAKING_LENGTH_MIN = 480.0, 900.0  # when people talk: from 8 to 23 h, as fraudsters have it
HALF_TRUST = 0.5  # trust at which the base chances hold


class TipKind(IntEnum):
    """What a tip is about."""

    CRIME = 0  # that nobody reported
    WITNESS = 1  # somebody who knows something about a reported crime
    DISPUTE = 2  # that mediators do not know of
    FRAUD = 3  # a persuasion under way


class TipState(IntEnum):
    """Where a tip is."""

    OUTSIDE = 0  # on its way to the police, or waiting there until somebody deals with it
    INSIDE = 1  # on its way from there to the unit that can act
    ARRIVED = 2
    LOST = 3


TIP_COLUMNS = (
    Column("kind", "i1", "TipKind", "what it is about"),
    Column("subject_id", "i4", "row", "the crime, the dispute or the fraud"),
    Column("grid", "i4", "grid", "where it was heard"),
    Column("key_entity", "i4", "1", "with key_time: identity that no strategy changes, for its draws"),
    Column("key_time", "i4", "1", "see key_entity"),
    Column("start_min", "f8", "min since start", "when the leader of the group hears of it"),
    Column(
        "entry_min",
        "f8",
        "min since start",
        "when it gets to the police, or for disputes to the mediators; infinity if it never does",
    ),
    Column("taken_min", "f8", "min since start", "when somebody there dealt with it, −1 while nobody has"),
    Column(
        "inside_min", "f8", "min", "time that it takes from there to the unit that can act, infinity if it gets lost"
    ),
    Column("unit_min", "f8", "min since start", "when it gets to that unit, −1 while that is not known"),
    Column("state", "i1", "TipState", "where it is"),
)


class Tips(NamedTuple):
    """All tips of a run; rows never move."""

    rows: Array  # TIP_COLUMNS
    used: Array  # int64 [1]


class Neighbourhoods(NamedTuple):
    """The ten-household groups of a city by grid, and the grids by community and district.

    A grid here is what one grid worker (网格员) looks after, not the cells of the city (`sim.city.grid.Grid`).
    """

    grid_of: Array  # int32 [groups]
    start: Array  # int32 [grids + 1]: the groups of grid g are groups[start[g]] … groups[start[g + 1] − 1]
    groups: Array  # int32 [groups]
    district: Array  # int32 [grids]
    community: Array  # int32 [grids]


class TipRule(NamedTuple):
    """How readily residents tell their group; chances hold at trust 0.5 of those who tell."""

    crime: float  # probability that the group hears of a crime that was not reported
    witness: float  # probability that somebody by whose home a reported crime happened knows something
    dispute_per_day: float  # hazard of a dispute at tension 1
    fraud: float  # probability that a person who is persuaded for a whole waking day tells
    trust_slope: float
    hear_min: float  # mean time from a crime until the leader hears of it


def new_tips(capacity: int = 64) -> Tips:
    """Return an empty table."""
    return Tips(table(TIP_COLUMNS, capacity), np.zeros(1, dtype=np.int64))


def tips_with_room(tips: Tips, spare: int) -> Tips:
    """Return the table with room for so many more."""
    needed = int(tips.used[0]) + spare
    return tips if needed <= len(tips.rows) else tips._replace(rows=grown(tips.rows, 2 * needed))


@inner_kernel
def _add_tip(tips: Tips, kind: int, subject: int, grid: int, key_entity: int, key_time: int, start_min: float) -> None:
    if tips.used[0] >= len(tips.rows):
        raise IndexError("the table of tips is full")
    tip = tips.rows[tips.used[0]]
    tips.used[0] += 1
    tip.kind = kind
    tip.subject_id = subject
    tip.grid = grid
    tip.key_entity = key_entity
    tip.key_time = key_time
    tip.start_min = start_min
    tip.entry_min = np.inf
    tip.taken_min = -1.0
    tip.inside_min = 0.0
    tip.unit_min = -1.0
    tip.state = TipState.OUTSIDE


@inner_kernel
def _odds_at(trust: float, slope: float) -> float:
    return math.exp(slope * (trust - HALF_TRUST))


@inner_kernel
def _chance(base: float, odds: float) -> float:
    """Return a probability whose odds are so many times those of `base`."""
    return base * odds / (1.0 - base + base * odds)


@inner_kernel
def _group_trust(group: int, now_min: float, society: Society, feelings: Feelings) -> float:
    """Return the mean trust of the residents of a group."""
    dwellings = society.dwellings
    first, end = group * GROUP_DWELLINGS, min((group + 1) * GROUP_DWELLINGS, len(dwellings))
    total, people = 0.0, 0
    for h in range(first, end):
        for r in range(dwellings[h].first_resident, dwellings[h].first_resident + dwellings[h].residents):
            total += felt_trust(society.residents, r, now_min, feelings.rule)
            people += 1
    return total / people if people > 0 else HALF_TRUST


@inner_kernel
def _trust_of(resident: int, now_min: float, society: Society, feelings: Feelings) -> float:
    """Return the mean of the trust of a resident and of the group: the one tells, the others pass it on."""
    group = group_of(row(society.residents[resident].dwelling))
    return 0.5 * (
        felt_trust(society.residents, resident, now_min, feelings.rule)
        + _group_trust(group, now_min, society, feelings)
    )


@kernel
def hear_of_crimes(
    seed: int,
    first: int,
    end: int,
    now_min: float,
    society: Society,
    hoods: Neighbourhoods,
    active: Array,
    logs: Logs,
    feelings: Feelings,
    rule: TipRule,
    tips: Tips,
) -> None:
    """Let the groups of active grids hear of the crimes first … end − 1, each of which is met once.

    Of a crime that was not reported the group of its victim hears with `odds P = odds p₀ · exp(slope · (trust − 0.5))`;
    of a reported one somebody by whose home it happened knows something by the same rule. It takes an exponential time
    from when the crime was found. Frauds are told while they are under way.
    """
    for n in range(first, end):
        crime = logs.incidents[n]
        if crime.type == IncidentType.FRAUD:
            continue
        time = int(crime.time_min)
        if crime.call_id < 0:
            kind, base, who = row(TipKind.CRIME), rule.crime, row(crime.victim_id)
            if who < 0:
                continue
            entity = TIP_KEYS + who
            group = group_of(row(society.residents[who].dwelling))
        else:
            kind, base, who, entity = row(TipKind.WITNESS), rule.witness, row(-1), CELL_KEYS + row(crime.cell)
            homes, after = (
                row(society.places.dwelling_start[crime.cell]),
                row(society.places.dwelling_start[crime.cell + 1]),
            )
            if after == homes:
                continue
            u_home, _, _, _ = uniform4(seed, Draw.TIP_HOME + TIPS_APART * kind, entity, time)
            group = group_of(homes + int(u_home * (after - homes)))
        grid = row(hoods.grid_of[group])
        if not active[grid]:
            continue
        trust = (
            _trust_of(who, now_min, society, feelings) if who >= 0 else _group_trust(group, now_min, society, feelings)
        )
        u_told, _, _, _ = uniform4(seed, Draw.TIP_TOLD + TIPS_APART * kind, entity, time)
        if u_told < _chance(base, _odds_at(trust, rule.trust_slope)):
            waits = exponential(seed, Draw.TIP_HEARD + TIPS_APART * kind, entity, time) * rule.hear_min
            _add_tip(tips, kind, n, grid, entity, time, crime.latest_min + waits)


@kernel
def hear_of_disputes(
    seed: int,
    day: int,
    society: Society,
    hoods: Neighbourhoods,
    active: Array,
    disputes: Disputes,
    feelings: Feelings,
    rule: TipRule,
    tips: Tips,
) -> None:
    """Let the groups of active grids hear of open disputes that mediators do not have.

    With hazard `h₀ · tension · exp(slope · (trust − 0.5))` a day.
    """
    now_min = day * float(MINUTES_PER_DAY)
    for k in range(disputes.used[OPEN]):
        d = row(disputes.open[k])
        one = disputes.rows[d]
        who = row(one.party_id)
        grid = row(hoods.grid_of[group_of(row(society.residents[who].dwelling))])
        if one.in_mediation or one.outcome != Outcome.OPEN or not active[grid]:
            continue
        u_told, u_when, _, _ = uniform4(seed, Draw.TIP_TOLD + TIPS_APART * TipKind.DISPUTE, DISPUTE_KEYS + d, day)
        hazard = (
            rule.dispute_per_day * one.tension * _odds_at(_trust_of(who, now_min, society, feelings), rule.trust_slope)
        )
        if u_told < 1.0 - math.exp(-hazard):
            _add_tip(
                tips,
                row(TipKind.DISPUTE),
                d,
                grid,
                DISPUTE_KEYS + d,
                day,
                now_min + WAKING_MIN + u_when * WAKING_LENGTH_MIN,
            )


@kernel
def hear_of_frauds(
    seed: int,
    day: int,
    first: int,
    society: Society,
    hoods: Neighbourhoods,
    active: Array,
    frauds: Frauds,
    feelings: Feelings,
    rule: TipRule,
    tips: Tips,
) -> None:
    """Let those who are being persuaded talk about it to their group, once, after an exponential waking time from the first word on.

    The hazard is that of `hear_of_crimes` for a waking day. Met at the start of a day are persuasions that began
    yesterday, rows `first` and later, for the time up to now, however short they were, and those that are open now for
    the day to come.
    """
    now_min = day * float(MINUTES_PER_DAY)
    for f in range(frauds.used[NEXT]):
        one = frauds.rows[f]
        if one.told_min >= 0.0 or one.stage < Stage.OPEN or (f < first and one.stage != Stage.OPEN):
            continue
        who = row(one.victim_id)
        grid = row(hoods.grid_of[group_of(row(society.residents[who].dwelling))])
        if not active[grid]:
            continue
        a_day = _chance(rule.fraud, _odds_at(_trust_of(who, now_min, society, feelings), rule.trust_slope))
        for later in range(2):
            if (later == 0 and f < first) or (later == 1 and one.stage != Stage.OPEN):
                continue
            begins = now_min if later == 1 else one.contact_min
            ends = one.next_min if one.stage == Stage.OPEN else one.ended_min
            ends = min(ends, now_min + later * float(MINUTES_PER_DAY))
            u_told = uniform(seed, Draw.TIP_TOLD + TIPS_APART * TipKind.FRAUD, FRAUD_KEYS + f, day + later)
            waits = (
                np.inf
                if a_day <= 0.0
                else 0.0
                if a_day >= 1.0
                else math.log(u_told) / math.log1p(-a_day) * WAKING_LENGTH_MIN
            )
            if waits < _awake_between(begins, ends):
                one.told_min = _after(begins, waits)
                _add_tip(
                    tips,
                    row(TipKind.FRAUD),
                    f,
                    grid,
                    FRAUD_KEYS + f,
                    int(one.contact_min // MINUTES_PER_DAY),
                    one.told_min,
                )
                break


@inner_kernel
def _awake_between(begins: float, ends: float) -> float:
    """Return the waking minutes between two moments of one day."""
    midnight = math.floor(begins / MINUTES_PER_DAY) * MINUTES_PER_DAY
    dawn, dusk = midnight + WAKING_MIN, midnight + WAKING_MIN + WAKING_LENGTH_MIN
    return max(0.0, min(ends, dusk) - max(begins, dawn))


@inner_kernel
def _after(begins: float, waking_min: float) -> float:
    """Return the moment after so many waking minutes of the same day."""
    return max(begins, math.floor(begins / MINUTES_PER_DAY) * MINUTES_PER_DAY + WAKING_MIN) + waking_min


@kernel
def report_by_tip(
    seed: int,
    n: int,
    key_entity: int,
    key_time: int,
    received_min: float,
    ground: Ground,
    logs: Logs,
    demand: DemandRule,
) -> bool:
    """Let the desk take down a crime that nobody had reported, and return whether it was so.

    No unit is sent, and no caller judges the response.

    Place and type may be wrong in the books as those of any report.
    """
    crime = logs.incidents[n]
    cell, kind = row(crime.cell), row(crime.type)
    if crime.call_id >= 0 or ground.cells[cell].beat < 0:
        return False
    c = add_call(logs, kind, cell, row(ground.cells[cell].beat), key_entity, key_time, crime.time_min, received_min)
    logs.calls[c].incident_id = n
    take_down(seed, c, logs, demand)
    u_place, u_type, _, _ = uniform4(seed, Draw.REPORT, key_entity, key_time)
    crime.call_id = c
    crime.discovered_by = Discoverer.TIP
    crime.recorded_cell = recorded_cell(seed, key_entity, key_time, cell, u_place, crime.time_min, ground, demand)
    if u_type < demand.wrong_type_probability:
        crime.recorded_type = demand.booked_as[kind]
    return True


class Message(NamedTuple):
    """A message to the groups of a grid: what it is about, and what it does to those who read it."""

    about_fraud: bool
    key_time: int  # identity that no strategy changes, for the draws of who reads it
    read_share: float  # probability that an adult does
    step: float  # awareness that it teaches who has had none lately
    tired_at: float  # awareness above the own baseline at which messages teach nothing more


@kernel
def send_message(
    seed: int,
    grid: int,
    message: Message,
    now_min: float,
    society: Society,
    hoods: Neighbourhoods,
    feelings: Feelings,
    ground: Ground,
) -> int:
    """Warn the message groups of a grid (邻里群), and return how many read it.

    Each adult with a probability, whom it teaches the less the more others did.

    Awareness rises by `step · (1 − risen / tired_at)`, with `risen` the awareness above the own baseline: people tire
    of messages.
    """
    residents, dwellings = society.residents, society.dwellings
    about = int(message.about_fraud)
    readers = 0
    for k in range(hoods.start[grid], hoods.start[grid + 1]):
        first = hoods.groups[k] * GROUP_DWELLINGS
        for h in range(first, min(first + GROUP_DWELLINGS, len(dwellings))):
            for r in range(dwellings[h].first_resident, dwellings[h].first_resident + dwellings[h].residents):
                one = residents[r]
                if (
                    one.age < ADULT_AGE
                    or uniform(seed, Draw.MESSAGE_READ + about, TIP_KEYS + r, message.key_time) >= message.read_share
                ):
                    continue
                readers += 1
                if message.about_fraud:
                    risen = felt_fraud_awareness(residents, r, now_min, feelings.rule) - one.fraud_awareness_base
                else:
                    risen = felt_awareness(residents, r, now_min, feelings.rule) - one.awareness_base
                if risen >= message.tired_at:
                    continue
                rise = message.step * (1.0 - max(risen, 0.0) / message.tired_at)
                if message.about_fraud:
                    teach_fraud(residents, r, now_min, rise, feelings)
                else:
                    shift_feelings(residents, r, now_min, 0.0, 0.0, rise, feelings, ground)
    return readers
