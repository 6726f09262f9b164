"""Disputes (矛盾纠纷) between residents with ties: a day of their lives.

They arise, grow, cool, escalate, are reported, found and mediated.
"""

from __future__ import annotations

import math

import numpy as np

from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.disputes.assaults import escalate
from sim.incidents.disputes.log import (
    OPEN,
    PLANNED,
    Disputes,
    Finder,
    Level,
    Outcome,
    Subject,
    add_dispute,
    age_days,
    disputes_have_room,
    disputes_with_room,
    drop_ended,
    end_dispute,
    new_dispute_log,
    plan_assault,
)
from sim.incidents.disputes.mediation import hand_over, mediate
from sim.incidents.disputes.parameters import TIES_OF, DisputeRule
from sim.incidents.log import (
    CALLS,
    DISPUTE_KEYS,
    INCIDENTS,
    NEVER,
    CallState,
    Logs,
    add_call,
    has_room,
    new_logs,
    with_room,
)
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import as_told, expect_unit
from sim.incidents.town import Town
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import BadInput
from sim.people.feelings import Feelings, felt_trust
from sim.people.residents import Society
from sim.people.ties import N_KINDS
from sim.randomness import choose, exponential, gamma, happens, normal, uniform4

HISTORY_DAYS = 200  # before the run, four mean lives of a dispute, so that it begins with disputes of all ages
ADULT_AGE = 18
TRIES = 64  # residents asked for a tie of the right kind before a dispute comes to nothing
TENSION_SHAPE = 2.0
DAY_MIN = float(MINUTES_PER_DAY)


@kernel
def room_for_a_day(disputes: Disputes, rule: DisputeRule) -> tuple[int, int]:
    """Return numbers that a day does not reach: of new disputes; of crimes, calls and entries of the agenda."""
    return 50 + int(rule.per_day + 12 * math.sqrt(rule.per_day)), int(disputes.used[OPEN])


def begin_disputes(
    seed: int, society: Society, ground: Ground, demand: DemandRule, feelings: Feelings, rule: DisputeRule
) -> Disputes:
    """Return the disputes of a city at the start of a run, of all ages.

    The time before is played by the same rules; calls are served by the next day, nobody is arrested, and nobody's
    feelings are moved by it. Of that time only the disputes stay.

    Parameters
    ----------
    seed : int
        Seed of the replication.
    society : Society
        The people of the city.
    ground : Ground
        Its cells.
    demand : DemandRule
        The rules of reporting.
    feelings : Feelings
        The rules of feelings.
    rule : DisputeRule
        The rules of disputes.

    Raises
    ------
    BadInput
        If disputes are to arise from ties that nobody has.
    """
    ties = np.bincount(society.ties.kind, minlength=N_KINDS)
    for subject, share in zip(Subject, np.diff(rule.subject_cumulative, prepend=0.0), strict=True):
        if rule.per_day > 0 and share > 1e-9 and not ties[rule.between[subject]].any():
            kinds = " or ".join(kind.name.lower() for kind in TIES_OF[subject])
            name = subject.name.lower()
            raise BadInput(
                "demand.disputes.subjects",
                round(float(share), 4),
                f"nobody has a tie of {kinds}, so that no dispute about {name} can arise; make it 0",
            )
    unmoved = feelings.rule._replace(victim_safety_loss=0.0, victim_trust_loss=0.0, victim_awareness_gain=0.0)
    felt = Feelings(unmoved, np.zeros_like(feelings.total), np.zeros_like(feelings.since_min))
    disputes, logs = new_dispute_log(), new_logs(256)
    day = -HISTORY_DAYS
    while (day := _live_on(seed, day, disputes, Town(society, felt, ground, logs), demand, rule)) < 0:
        new, events = room_for_a_day(disputes, rule)
        disputes, logs = disputes_with_room(disputes, new), with_room(logs, events)
    hear(0, disputes, logs, rule)
    drop_ended(disputes)
    disputes.rows["incident_id"] = -1
    disputes.hours[:] = 0.0
    return disputes


@kernel
def _live_on(seed: int, day: int, disputes: Disputes, town: Town, demand: DemandRule, rule: DisputeRule) -> int:
    """Let disputes live from a day of the past up to the run.

    Return the day for which there was no room, 0 if there always was.
    """
    logs = town.logs
    while day < 0:
        new, events = room_for_a_day(disputes, rule)
        if not (disputes_have_room(disputes, new) and has_room(logs, events)):
            break
        first_call, first_crime = logs.used[CALLS], logs.used[INCIDENTS]
        quarrel(seed, day, disputes, town, demand, rule)
        escalate(seed, (day + 1) * DAY_MIN, disputes, town, demand, rule.assault_relief)
        _serve_all(first_call, first_crime, logs)
        day += 1
    return day


@inner_kernel
def _serve_all(first_call: int, first_crime: int, logs: Logs) -> None:
    """Let the police of the past serve all calls of a day, and book the assaults that were reported."""
    for c in range(first_call, logs.used[CALLS]):
        logs.calls[c].state = CallState.SERVED
    for n in range(first_crime, logs.used[INCIDENTS]):
        if logs.incidents[n].call_id >= 0:
            logs.incidents[n].recorded_time_min = logs.incidents[n].time_min


@kernel
def quarrel(seed: int, day: int, disputes: Disputes, town: Town, demand: DemandRule, rule: DisputeRule) -> None:
    """Let the disputes of the city live through a day, at its start.

    What the police did is heard, open ones grow, cool and are found, mediators work, those still open may escalate
    (they are planned here, see `sim.incidents.disputes.assaults`) or to the police in the course of the day, and new
    ones arise. Draws are keyed by row and age in days, and no strategy changes which disputes arise, so that what is
    done to one never shifts another.
    """
    disputes.used[PLANNED] = 0
    hear(day, disputes, town.logs, rule)
    for k in range(disputes.used[OPEN]):
        _grow(seed, day, row(disputes.open[k]), disputes, rule)
    mediate(seed, day, disputes, rule.mediation, Level.VILLAGE)
    drop_ended(disputes)
    for k in range(disputes.used[OPEN]):
        _escalate_or_report(seed, day, row(disputes.open[k]), disputes, town, demand, rule)
    _arise(seed, day, town.society, disputes, rule)


@kernel
def hear(day: int, disputes: Disputes, logs: Logs, rule: DisputeRule) -> None:
    """Let mediators hear of disputes from the police: calls that a unit or a desk took, recorded assaults.

    An arrest ends a dispute.
    """
    for k in range(disputes.used[OPEN]):
        d = row(disputes.open[k])
        one = disputes.rows[d]
        if one.incident_id >= 0:
            crime = logs.incidents[one.incident_id]
            if crime.cleared:
                end_dispute(disputes, d, Outcome.ARREST, day)
            elif crime.recorded_time_min != NEVER and not one.heard:
                one.heard = True
                hand_over(disputes, d, Finder.ASSAULT, day, rule.mediation)
        if one.call_id >= 0 and one.outcome == Outcome.OPEN:
            state = logs.calls[one.call_id].state
            if state == CallState.SERVED:
                one.tension *= 1.0 - rule.calmed_by_police
            if one.tension <= 0.0:
                end_dispute(disputes, d, Outcome.COOLED, day)
            elif state in (CallState.SERVED, CallState.AT_DESK):
                hand_over(disputes, d, Finder.POLICE, day, rule.mediation)
            if state in (CallState.SERVED, CallState.AT_DESK, CallState.EXPIRED, CallState.DIVERTED):
                one.call_id = -1


@inner_kernel
def _grow(seed: int, day: int, d: int, disputes: Disputes, rule: DisputeRule) -> None:
    """Take a day's step of tension, a random walk with drift.

    It may cool, end at tension 0, or be found by the grid.
    """
    one = disputes.rows[d]
    if one.outcome != Outcome.OPEN:
        return
    age = age_days(disputes, d, day)
    u_cools, u_found, _, _ = uniform4(seed, Draw.DISPUTE_TURN, d, age)
    one.tension += rule.drift_per_day + rule.volatility * normal(seed, Draw.DISPUTE_GROWTH, d, age)
    if u_cools < rule.cooling_per_day:
        one.tension -= rule.cooled_by
    if one.tension <= 0.0:
        end_dispute(disputes, d, Outcome.COOLED, day)
    elif happens(u_found, rule.found_by_grid_per_day):
        hand_over(disputes, d, Finder.GRID, day, rule.mediation)


@inner_kernel
def _escalate_or_report(
    seed: int, day: int, d: int, disputes: Disputes, town: Town, demand: DemandRule, rule: DisputeRule
) -> None:
    """Plan an assault in the course of the day with hazard `h₀ · tension · (1 + age / age₀)`, or let one party call."""
    society, feelings, ground, logs = town
    one = disputes.rows[d]
    age = age_days(disputes, d, day)
    u_assault, u_report, u_who, u_hour = uniform4(seed, Draw.DISPUTE_OUTBREAK, d, age)
    attacks = happens(u_assault, rule.assault_per_day * one.tension * (1.0 + age / rule.assault_age_days))
    calls, most = rule.report_per_day * one.tension, math.exp(0.5 * demand.trust_slope)
    may_call = one.call_id < 0 and happens(u_report, calls * most)
    if not (attacks or may_call):  # as of nearly all: nothing else is looked up
        return
    u_minute, u_said, _, _ = uniform4(seed, Draw.DISPUTE_MINUTE, d, age)
    at_min = day * DAY_MIN + 60.0 * (choose(rule.hour_cumulative[one.subject], 0, 24, u_hour) + u_minute)
    if attacks:
        plan_assault(disputes, d, at_min)
    else:
        caller = row(one.party_id) if u_who < 0.5 else row(one.other_id)
        trust = felt_trust(society.residents, caller, day * DAY_MIN, feelings.rule)
        if happens(u_report, calls * math.exp(demand.trust_slope * (trust - 0.5))):
            kind = row(IncidentType.DISPUTE)
            said, cell, key = as_told(kind, u_said, demand), row(one.cell), DISPUTE_KEYS + d
            c = add_call(logs, said, cell, row(ground.cells[cell].beat), key, 2 * age + 1, at_min, at_min)
            call = logs.calls[c]
            call.true_type = kind
            call.priority = 2 if one.tension >= rule.urgent_tension else 3
            call.caller_id = caller
            expect_unit(seed, c, logs, demand)
            one.calls += 1
            one.call_id = c


@inner_kernel
def _arise(seed: int, day: int, society: Society, disputes: Disputes, rule: DisputeRule) -> None:
    """Let the disputes of a day arise, a Poisson number at any time of it.

    A subject, an adult, and one of the ties that go with it.
    """
    key = day + HISTORY_DAYS
    minute, number = 0.0, 0
    while rule.per_day > 0.0:
        minute += exponential(seed, Draw.DISPUTE_GAP, number, key) * DAY_MIN / rule.per_day
        if minute >= DAY_MIN:
            break
        u_subject, _, _, _ = uniform4(seed, Draw.DISPUTE_SUBJECT, number, key)
        subject = choose(rule.subject_cumulative, 0, len(rule.subject_cumulative), u_subject)
        for attempt in range(TRIES):
            u_party, u_tie, _, _ = uniform4(seed, Draw.DISPUTE_PARTIES + attempt, number, key)
            party = int(u_party * len(society.residents))
            other = _counterpart(party, subject, u_tie, society, rule)
            if other >= 0:
                one = society.residents[party]
                cell = row(one.work_cell) if subject == Subject.WORK else row(one.home_cell)
                tension = (
                    gamma(TENSION_SHAPE, seed, Draw.DISPUTE_TENSION, number, key) / TENSION_SHAPE * rule.first_tension
                )
                d = add_dispute(disputes, subject, party, other, cell, tension, day * DAY_MIN + minute)
                deviation = rule.shown_spread * normal(seed, Draw.DISPUTE_SHOWN, number, key)
                disputes.rows[d].shown = math.exp(deviation - 0.5 * rule.shown_spread**2)
                break
        number += 1


@inner_kernel
def _counterpart(party: int, subject: int, u: float, society: Society, rule: DisputeRule) -> int:
    """Return somebody with whom an adult can quarrel about the subject: any such tie to an adult alike, −1 if none."""
    residents, ties = society.residents, society.ties
    if residents[party].age < ADULT_AGE:
        return -1
    found = 0
    for t in range(ties.start[party], ties.start[party + 1]):
        found += rule.between[subject, ties.kind[t]] and residents[ties.other[t]].age >= ADULT_AGE
    pick = int(u * found)
    for t in range(ties.start[party], ties.start[party + 1]):
        if rule.between[subject, ties.kind[t]] and residents[ties.other[t]].age >= ADULT_AGE:
            if pick == 0:
                return row(ties.other[t])
            pick -= 1
    return -1
