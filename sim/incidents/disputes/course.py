"""Disputes (矛盾纠纷) between residents with ties.

They arise, grow, cool, come to blows, are reported, found and mediated, a day at a time.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, field_validator, model_validator

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.disputes.assaults import escalate
from sim.incidents.disputes.log import (
    BLOWS,
    OPEN,
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
    plan_blows,
)
from sim.incidents.disputes.mediation import MediationParameters, MediationRule, hand_over, mediate, mediation_rule
from sim.incidents.log import CALLS, DISPUTE_KEYS, INCIDENTS, NEVER, CallState, Logs, has_room, new_logs, with_room
from sim.incidents.profiles import DemandRule, HandlingParameters
from sim.incidents.reporting import as_told, make_call
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import BadInput, adding_up, parameter, rule_of
from sim.people.feelings import Feelings, felt_trust
from sim.people.ties import N_KINDS, TieKind
from sim.randomness import choose, exponential, gamma, normal, uniform4

HISTORY_DAYS = 200  # before the run, four mean lives of a dispute, so that it begins with disputes of all ages
ADULT_AGE = 18
TRIES = 64  # residents asked for a tie of the right kind before a dispute comes to nothing
TENSION_SHAPE = 2.0
DAY_MIN = float(MINUTES_PER_DAY)
Share = Annotated[float, Field(ge=0, le=1)]

TIES_OF = {  # between whom a dispute about a subject can arise
    Subject.FAMILY: (TieKind.HOUSEHOLD, TieKind.KIN),
    Subject.NEIGHBOUR: (TieKind.NEIGHBOUR,),
    Subject.DEBT: (TieKind.KIN, TieKind.FRIEND),
    Subject.WORK: (TieKind.WORK,),
    Subject.LAND: (TieKind.NEIGHBOUR,),
}
# Quarrels by hour of day, only ratios count; assumption: at home when both are in, most in the evening; at work in
# working hours
AT_HOME_BY_HOUR = (
    1.0,
    0.6,
    0.35,
    0.25,
    0.2,
    0.3,
    0.6,
    0.9,
    0.9,
    0.9,
    1.0,
    1.2,
    1.4,
    1.1,
    1.0,
    1.1,
    1.3,
    1.7,
    2.2,
    2.6,
    2.8,
    2.7,
    2.2,
    1.5,
)
AT_WORK_BY_HOUR = (
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.1,
    0.4,
    1.0,
    1.3,
    1.4,
    1.4,
    0.9,
    0.9,
    1.2,
    1.3,
    1.4,
    1.5,
    0.9,
    0.4,
    0.3,
    0.2,
    0.1,
    0.0,
)


class DisputeParameters(HandlingParameters):
    """How disputes arise, grow and end; a call about one takes the times of `HandlingParameters`."""

    per_1000_year: float = parameter(
        20.0,
        unit="new disputes per 1,000 residents a year",
        ge=0,
        le=2000,
        source="assumption: three times the 6 that are mediated",
        doc="New disputes.",
    )
    subjects: tuple[Share, Share, Share, Share, Share] = parameter(
        (0.3, 0.3, 0.15, 0.15, 0.1), unit="shares",
        source="assumption: family and neighbours first, as in the statistics of people's mediation",
        doc="Shares of disputes about family, neighbours, debt, work and land; they add up to 1.",
    )  # fmt: skip
    first_tension: float = parameter(
        1.0,
        unit="1",
        ge=0.001,
        le=100,
        source="assumption: it sets the scale of tension",
        doc="Mean tension of a new dispute; gamma, shape 2.",
    )
    shown_spread: float = parameter(
        0.5, unit="sd of log", ge=0, le=4,
        source="assumption: some parties complain of little, others keep quiet about much",
        doc="Spread of how tense a dispute looks to mediators, relative to how tense it is; lognormal, of mean 1.",
    )  # fmt: skip
    drift_per_day: float = parameter(
        0.01, unit="1/day", ge=-10, le=10, source="assumption", doc="Mean growth of the tension."
    )
    volatility: float = parameter(
        0.1, unit="per square root of a day", ge=0, le=10, source="assumption", doc="Spread of the growth of a day."
    )
    cooling_per_day: float = parameter(
        0.04, unit="probability a day", ge=0, le=1, source="assumption", doc="The parties give way by themselves."
    )
    cooled_by: float = parameter(
        0.6,
        unit="1",
        ge=0,
        le=100,
        source="assumption",
        doc="Tension that goes when they do. At tension 0 the dispute is over.",
    )
    assault_per_day: float = parameter(
        0.0013, unit="1/day at tension 1", ge=0, le=10,
        source="assumption, so that 5–10 % of unmediated disputes escalate within two months",
        doc="Hazard of assault of a new dispute: × tension × (1 + age / assault_age_days).",
    )  # fmt: skip
    assault_age_days: float = parameter(
        60.0, unit="days", ge=0.01, le=36_500, source="assumption", doc="Age at which this hazard has doubled."
    )
    assault_relief: float = parameter(
        0.4, unit="of tension", ge=0, le=1, source="assumption", doc="Share of the tension that an assault lets off."
    )
    report_per_day: float = parameter(
        0.0025, unit="1/day at tension 1 and trust 0.5", ge=0, le=10,
        source="assumption, so that about 0.15 of disputes are reported",
        doc="Hazard of a call to the police: × tension × exp(slope · (trust − 0.5)) with the slope of reporting.",
    )  # fmt: skip
    urgent_tension: float = parameter(
        2.5,
        unit="1",
        ge=0,
        le=1000,
        source="assumption",
        doc="From this tension a call about it is priority 2, below 3.",
    )
    calmed_by_police: float = parameter(
        0.4,
        unit="of tension",
        ge=0,
        le=1,
        source="assumption",
        doc="Share of the tension that a unit on scene takes off.",
    )
    found_by_grid_per_day: float = parameter(
        0.003, unit="1/day", ge=0, le=10,
        source="assumption: with calls, about 6 a year per 1,000 residents reach mediators (China 2017)",
        doc="Hazard that grid workers or visits find a dispute, without any programme.",
    )  # fmt: skip
    mediation: MediationParameters = MediationParameters()

    @field_validator("subjects")
    @classmethod
    def _add_up(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        return adding_up(shares)

    @model_validator(mode="after")
    def _can_be(self) -> DisputeParameters:
        if self.drift_per_day >= self.cooling_per_day * self.cooled_by:
            raise ValueError(
                "drift_per_day must be below cooling_per_day × cooled_by, or disputes never end by themselves"
            )
        return self


class DisputeRule(NamedTuple):
    """The parameters for the kernels."""

    per_day: float
    subject_cumulative: Array  # [subjects]
    between: Array  # bool [subjects, tie kinds]
    hour_cumulative: Array  # [subjects, 24]
    first_tension: float
    shown_spread: float
    drift_per_day: float
    volatility: float
    cooling_per_day: float
    cooled_by: float
    assault_per_day: float
    assault_age_days: float
    assault_relief: float
    report_per_day: float
    urgent_tension: float
    calmed_by_police: float
    found_by_grid_per_day: float
    mediation: MediationRule


def dispute_rule(parameters: DisputeParameters, residents: int) -> DisputeRule:
    """Return the parameters as kernels take them, for a city of so many residents."""
    between = np.zeros((len(Subject), N_KINDS), dtype=np.bool_)
    for subject, kinds in TIES_OF.items():
        between[subject, list(kinds)] = True
    hours = np.array([AT_WORK_BY_HOUR if subject == Subject.WORK else AT_HOME_BY_HOUR for subject in Subject])
    return rule_of(
        DisputeRule,
        parameters,
        per_day=parameters.per_1000_year * residents / 1000 / 365,
        subject_cumulative=np.cumsum(parameters.subjects),
        between=between,
        hour_cumulative=np.cumsum(hours, axis=1) / hours.sum(axis=1, keepdims=True),
        mediation=mediation_rule(parameters.mediation, residents),
    )


@kernel
def room_for_a_day(disputes: Disputes, rule: DisputeRule) -> tuple[int, int]:
    """Return a number of new disputes that a day does not reach.

    And one of crimes, calls and entries of the agenda that it cannot.
    """
    return 50 + int(rule.per_day + 12 * math.sqrt(rule.per_day)), int(disputes.used[OPEN])


def begin_disputes(
    seed: int, society: Any, ground: Ground, demand: DemandRule, feelings: Feelings, rule: DisputeRule
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
    while (day := _live_on(seed, day, society, disputes, ground, logs, demand, felt, rule)) < 0:
        new, events = room_for_a_day(disputes, rule)
        disputes, logs = disputes_with_room(disputes, new), with_room(logs, events)
    hear(0, disputes, logs, rule)
    drop_ended(disputes)
    disputes.rows["incident_id"] = -1
    disputes.hours[:] = 0.0
    return disputes


@kernel
def _live_on(
    seed: int,
    day: int,
    society: Any,
    disputes: Disputes,
    ground: Ground,
    logs: Logs,
    demand: DemandRule,
    feelings: Feelings,
    rule: DisputeRule,
) -> int:
    """Let disputes live from a day of the past up to the run.

    Return the day for which there was no room, 0 if there always was.
    """
    while day < 0:
        new, events = room_for_a_day(disputes, rule)
        if not (disputes_have_room(disputes, new) and has_room(logs, events)):
            break
        first_call, first_crime = logs.used[CALLS], logs.used[INCIDENTS]
        quarrel(seed, day, society, disputes, ground, logs, demand, feelings, rule)
        escalate(seed, (day + 1) * DAY_MIN, society, disputes, ground, logs, demand, feelings, rule.assault_relief)
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
def quarrel(
    seed: int,
    day: int,
    society: Any,
    disputes: Disputes,
    ground: Ground,
    logs: Logs,
    demand: DemandRule,
    feelings: Feelings,
    rule: DisputeRule,
) -> None:
    """Let the disputes of the city live through a day, at its start.

    What the police did is heard, open ones grow, cool and are found, mediators work, those still open may come to blows
    (they are planned here, see `sim.incidents.disputes.assaults`) or to the police in the course of the day, and new
    ones arise. Draws are keyed by row and age in days, and no strategy changes which disputes arise, so that what is
    done to one never shifts another.
    """
    disputes.used[BLOWS] = 0
    hear(day, disputes, logs, rule)
    for k in range(disputes.used[OPEN]):
        _grow(seed, day, row(disputes.open[k]), disputes, rule)
    mediate(seed, day, disputes, rule.mediation, Level.VILLAGE)
    drop_ended(disputes)
    for k in range(disputes.used[OPEN]):
        _boil_over(seed, day, row(disputes.open[k]), society, disputes, ground, logs, demand, feelings, rule)
    _arise(seed, day, society, disputes, rule)


@kernel
def hear(day: int, disputes: Disputes, logs: Logs, rule: DisputeRule) -> None:
    """Let mediators hear of disputes from the police: calls that a unit or a desk took, assaults in the books.

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
    elif u_found < 1.0 - math.exp(-rule.found_by_grid_per_day):
        hand_over(disputes, d, Finder.GRID, day, rule.mediation)


@inner_kernel
def _boil_over(
    seed: int,
    day: int,
    d: int,
    society: Any,
    disputes: Disputes,
    ground: Ground,
    logs: Logs,
    demand: DemandRule,
    feelings: Feelings,
    rule: DisputeRule,
) -> None:
    """Plan blows in the course of the day with hazard `h₀ · tension · (1 + age / age₀)`.

    Or else let one party call the police.
    """
    one = disputes.rows[d]
    age = age_days(disputes, d, day)
    u_assault, u_report, u_who, u_hour = uniform4(seed, Draw.DISPUTE_BOILS, d, age)
    u_minute, u_said, _, _ = uniform4(seed, Draw.DISPUTE_MINUTE, d, age)
    at_min = day * DAY_MIN + 60.0 * (choose(rule.hour_cumulative[one.subject], 0, 24, u_hour) + u_minute)
    if u_assault < 1.0 - math.exp(-rule.assault_per_day * one.tension * (1.0 + age / rule.assault_age_days)):
        plan_blows(disputes, d, at_min)
    elif one.call_id < 0:
        caller = row(one.party_id) if u_who < 0.5 else row(one.other_id)
        trust = felt_trust(society.residents, caller, day * DAY_MIN, feelings.rule)
        if u_report < 1.0 - math.exp(-rule.report_per_day * one.tension * math.exp(demand.trust_slope * (trust - 0.5))):
            kind = row(IncidentType.DISPUTE)
            priority = 2 if one.tension >= rule.urgent_tension else 3
            said, cell, key = as_told(kind, u_said, demand), row(one.cell), DISPUTE_KEYS + d
            one.calls += 1
            one.call_id = make_call(
                seed, said, kind, priority, 1, cell, -1, caller, key, 2 * age + 1, at_min, at_min, ground, logs, demand
            )


@inner_kernel
def _arise(seed: int, day: int, society: Any, disputes: Disputes, rule: DisputeRule) -> None:
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
def _counterpart(party: int, subject: int, u: float, society: Any, rule: DisputeRule) -> int:
    """Return one of the adult's ties to adults that a dispute about the subject can go with, each as likely as the other, or −1."""
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
