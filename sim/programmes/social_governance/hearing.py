"""What groups hear of: crimes, disputes and frauds of which their members tell, the readier the more they trust."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import TIPS_APART, Draw
from sim.incident_types import IncidentType
from sim.incidents.disputes.log import OPEN, Disputes, Outcome
from sim.incidents.fraud.campaigns import NEXT, Frauds, Stage
from sim.incidents.log import DISPUTE_KEYS, FRAUD_KEYS, INCIDENTS, TIP_KEYS, Logs
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import Feelings, felt_trust
from sim.people.residents import Society
from sim.people.ties import GROUP_DWELLINGS, group_of
from sim.people.trusting import INDIFFERENT, at_odds, odds_by_trust
from sim.programmes.base import Truth
from sim.programmes.social_governance.tips import (
    CELL_KEYS,
    Neighbourhoods,
    TipKind,
    Tips,
    add_tip,
    tips_with_room,
)
from sim.randomness import exponential, happens, uniform, uniform4

WAKING_MIN, WAKING_LENGTH_MIN = 480.0, 900.0  # when people talk: from 8 to 23 h, as fraudsters have it


class TipRule(NamedTuple):
    """How readily residents tell their group; chances hold at trust 0.5 of those who tell."""

    crime: float  # probability that the group hears of a crime that was not reported
    witness: float  # probability that somebody by whose home a reported crime happened knows something
    dispute_per_day: float  # hazard of a dispute at tension 1
    fraud: float  # probability that a person who is persuaded for a whole waking day tells
    trust_slope: float
    hear_min: float  # mean time from a crime until the leader hears of it


class Groups(NamedTuple):
    """Who may hear of something: the people, their groups, which grids are active, and how readily people tell."""

    society: Society
    feelings: Feelings
    hoods: Neighbourhoods
    active: Array  # bool [grids]
    rule: TipRule


class Heard(NamedTuple):
    """How far groups have listened: rows of the log of crimes and of the contacts of fraudsters, each met once."""

    crimes: int = 0
    contacts: int = 0


def listen(
    seed: int, day: int, heard: Heard, hoods: Neighbourhoods, active: Array, rule: TipRule, truth: Truth, tips: Tips
) -> tuple[Heard, Tips]:  # fmt: skip
    """Let the groups of active grids hear of what happened since the last time, and of what goes on.

    Parameters
    ----------
    seed, day : int
        Of the replication; of the run.
    heard : Heard
        How far they have listened before.
    hoods, active, rule : Neighbourhoods, Array, TipRule
        The groups, whether each grid is active (shape [grids]), and how readily people tell.
    truth : Truth
        What happened and goes on.
    tips : Tips
        What was told before.

    Returns
    -------
    heard, tips : Heard, Tips
        How far they have listened now, and the tips with the new ones at the end.
    """
    crimes, contacts = int(truth.logs.used[INCIDENTS]), int(truth.frauds.used[NEXT])
    if active.any():
        tips = tips_with_room(tips, crimes - heard.crimes + int(truth.disputes.used[OPEN]) + contacts)
        groups = Groups(truth.society, truth.feelings, hoods, active, rule)
        now_min = day * float(MINUTES_PER_DAY)
        hear_of_crimes(seed, heard.crimes, crimes, now_min, groups, truth.logs, tips)
        hear_of_disputes(seed, day, groups, truth.disputes, tips)
        hear_of_frauds(seed, day, heard.contacts, groups, truth.frauds, tips)
    return Heard(crimes, contacts), tips


@kernel
def hear_of_crimes(
    seed: int, first: int, end: int, now_min: float, groups: Groups, logs: Logs, tips: Tips
) -> None:  # fmt: skip
    """Let the groups of active grids hear of the crimes first … end − 1, each of which is met once.

    Of a crime that was not reported the group of its victim hears with `odds P = odds p₀ · exp(slope · (trust − 0.5))`;
    of a reported one somebody by whose home it happened knows something by the same rule. It takes an exponential time
    from when the crime was found. Frauds are told while they are under way.
    """
    society, rule = groups.society, groups.rule
    readiest = _readiest(rule)
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
            starts = society.places.dwelling_start
            homes, after = row(starts[crime.cell]), row(starts[crime.cell + 1])
            if after == homes:
                continue
            u_home, _, _, _ = uniform4(seed, Draw.TIP_HOME + TIPS_APART * kind, entity, time)
            group = group_of(homes + int(u_home * (after - homes)))
        grid = row(groups.hoods.grid_of[group])
        if not groups.active[grid]:
            continue
        u_told, _, _, _ = uniform4(seed, Draw.TIP_TOLD + TIPS_APART * kind, entity, time)
        if u_told >= at_odds(base, readiest):
            continue  # nobody would tell, whatever their trust
        trust = _trust_of(who, now_min, groups) if who >= 0 else _group_trust(group, now_min, groups)
        if u_told < at_odds(base, odds_by_trust(trust, rule.trust_slope)):
            waits = exponential(seed, Draw.TIP_HEARD + TIPS_APART * kind, entity, time) * rule.hear_min
            add_tip(tips, kind, n, grid, entity, time, crime.latest_min + waits)


@kernel
def hear_of_disputes(seed: int, day: int, groups: Groups, disputes: Disputes, tips: Tips) -> None:
    """Let the groups of active grids hear of open disputes that mediators do not have.

    The hazard is `h₀ · tension · exp(slope · (trust − 0.5))` per day.
    """
    rule = groups.rule
    now_min = day * float(MINUTES_PER_DAY)
    readiest = _readiest(rule)
    for k in range(disputes.used[OPEN]):
        d = row(disputes.open[k])
        one = disputes.rows[d]
        if one.in_mediation or one.outcome != Outcome.OPEN:
            continue
        u_told, u_when, _, _ = uniform4(seed, Draw.TIP_TOLD + TIPS_APART * TipKind.DISPUTE, DISPUTE_KEYS + d, day)
        hazard = rule.dispute_per_day * one.tension
        if not happens(u_told, hazard * readiest):
            continue  # nobody would tell, whatever their trust
        who = row(one.party_id)
        grid = row(groups.hoods.grid_of[group_of(row(groups.society.residents[who].dwelling))])
        if not groups.active[grid]:
            continue
        hazard *= odds_by_trust(_trust_of(who, now_min, groups), rule.trust_slope)
        if happens(u_told, hazard):
            start_min = now_min + WAKING_MIN + u_when * WAKING_LENGTH_MIN
            add_tip(tips, row(TipKind.DISPUTE), d, grid, DISPUTE_KEYS + d, day, start_min)


@kernel
def hear_of_frauds(seed: int, day: int, first: int, groups: Groups, frauds: Frauds, tips: Tips) -> None:
    """Let those who are being persuaded talk about it to their group, once.

    It takes an exponential waking time from the first word on, with the hazard of `hear_of_crimes` for a waking day.
    Met at the start of a day are persuasions that began yesterday, rows `first` and later, for the time up to now,
    however short they were, and those that are open now for the day to come.
    """
    rule = groups.rule
    now_min = day * float(MINUTES_PER_DAY)
    for f in range(frauds.used[NEXT]):
        one = frauds.rows[f]
        if one.told_min >= 0.0 or one.stage < Stage.OPEN or (f < first and one.stage != Stage.OPEN):
            continue
        who = row(one.victim_id)
        grid = row(groups.hoods.grid_of[group_of(row(groups.society.residents[who].dwelling))])
        if not groups.active[grid]:
            continue
        a_day = at_odds(rule.fraud, odds_by_trust(_trust_of(who, now_min, groups), rule.trust_slope))
        for later in range(2):
            if (later == 0 and f < first) or (later == 1 and one.stage != Stage.OPEN):
                continue
            begins = now_min if later == 1 else one.contact_min
            ends = one.next_min if one.stage == Stage.OPEN else one.ended_min
            ends = min(ends, now_min + later * float(MINUTES_PER_DAY))
            u_told = uniform(seed, Draw.TIP_TOLD + TIPS_APART * TipKind.FRAUD, FRAUD_KEYS + f, day + later)
            waits = _waits(a_day, u_told)
            if waits < _awake_between(begins, ends):
                one.told_min = _after(begins, waits)
                key_time = int(one.contact_min // MINUTES_PER_DAY)
                add_tip(tips, row(TipKind.FRAUD), f, grid, FRAUD_KEYS + f, key_time, one.told_min)
                break


@inner_kernel
def _readiest(rule: TipRule) -> float:
    """Return the odds, relative to those at indifference, at the trust at which people tell the readiest."""
    return max(odds_by_trust(0.0, rule.trust_slope), odds_by_trust(1.0, rule.trust_slope))


@inner_kernel
def _group_trust(group: int, now_min: float, groups: Groups) -> float:
    """Return the mean trust of the residents of a group."""
    dwellings, residents = groups.society.dwellings, groups.society.residents
    first, end = group * GROUP_DWELLINGS, min((group + 1) * GROUP_DWELLINGS, len(dwellings))
    total, people = 0.0, 0
    for h in range(first, end):
        for r in range(dwellings[h].first_resident, dwellings[h].first_resident + dwellings[h].residents):
            total += felt_trust(residents, r, now_min, groups.feelings.rule)
            people += 1
    return total / people if people > 0 else INDIFFERENT


@inner_kernel
def _trust_of(resident: int, now_min: float, groups: Groups) -> float:
    """Return the mean of the trust of a resident and of the group: the one tells, the others pass it on."""
    residents = groups.society.residents
    own = felt_trust(residents, resident, now_min, groups.feelings.rule)
    return 0.5 * (own + _group_trust(group_of(row(residents[resident].dwelling)), now_min, groups))


@inner_kernel
def _waits(a_day: float, u: float) -> float:
    """Return the waking minutes until somebody tells who does so within a waking day with probability `a_day`."""
    if a_day <= 0.0:
        return np.inf
    if a_day >= 1.0:
        return 0.0
    return math.log(u) / math.log1p(-a_day) * WAKING_LENGTH_MIN


@inner_kernel
def _awake_between(begins: float, ends: float) -> float:
    """Return the waking minutes between two moments of one day."""
    midnight = math.floor(begins / MINUTES_PER_DAY) * MINUTES_PER_DAY
    dawn, dusk = midnight + WAKING_MIN, midnight + WAKING_MIN + WAKING_LENGTH_MIN
    return max(0.0, min(ends, dusk) - max(begins, dawn))


@inner_kernel
def _after(begins: float, waking_min: float) -> float:
    """Return the moment after this many waking minutes of the same day."""
    return max(begins, math.floor(begins / MINUTES_PER_DAY) * MINUTES_PER_DAY + WAKING_MIN) + waking_min
