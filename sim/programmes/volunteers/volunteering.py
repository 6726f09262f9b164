"""How residents become volunteers and cease to be; how some of them teach about fraud, and others mediate."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.kernels import kernel, row
from sim.people.feelings import FeelingRule, Feelings, felt_fraud_awareness, felt_trust, teach_fraud
from sim.people.residents import Society
from sim.people.ties import GROUP_DWELLINGS, Ties, group_of
from sim.people.volunteers import Team
from sim.programmes.public import ADULT_AGE
from sim.randomness import exponential, happens, uniform, uniform4

NEVER = -(1 << 20)  # day on which somebody was asked who never was


class Standing(IntEnum):
    """What a resident has to do with volunteering."""

    NONE = 0
    WAITING = 1  # has joined and not been trained yet
    SERVING = 2


class Register(NamedTuple):
    """What residents have to do with volunteering, and when they were last asked, or left."""

    standing: Array  # int8 [residents] Standing
    asked_day: Array  # int32 [residents]
    asked: Array  # bool [residents] whether organisers ask there today


class Corps(NamedTuple):
    """A day of volunteers: who they are, and the residents whom they win and teach."""

    seed: int
    day: int
    weekday: int  # Monday 0
    volunteers: Array  # VOLUNTEER_COLUMNS
    society: Society
    feelings: Feelings


class JoiningRule(NamedTuple):
    """What makes residents join."""

    asks_per_hour: float  # residents whom an organiser's hour reaches
    joins: float  # probability that who is asked joins, who trusts fully, knows no volunteer and is not paid
    ask_again_days: int  # who has said no, or has left, says no for so long
    attraction: float  # so many times as many because of rewards
    tie_weight: float
    most_ties: int


class StayingRule(NamedTuple):
    """What makes volunteers leave."""

    per_day: float  # hazard of those who are looked after, unpaid
    attraction: float  # so many times as few because of rewards
    overload: float  # per hour asked beyond those wished
    neglect: float  # so many times as many
    neglect_days: int
    disappointment: float  # per unit of trust lost


class Mediators(NamedTuple):
    """What the mediation team gives on a day."""

    hours: float
    skill: float  # mean over its hours, 0 if there are none


@kernel
def volunteer_ties(r: int, ties: Ties, standing: Array) -> int:
    """Return the ties of a resident to people who serve."""
    n = 0
    for t in range(ties.start[r], ties.start[r + 1]):
        if standing[ties.other[t]] == Standing.SERVING:
            n += 1
    return n


@kernel
def recruit(
    seed: int,
    day: int,
    hours: float,
    society: Society,
    register: Register,
    rule: JoiningRule,
    feelings: FeelingRule,
    joined: Array,
) -> int:
    """Ask residents to join on a day, and mark those who do as waiting.

    A Poisson number of residents is reached, each as likely as the other. An adult who is `asked`, does not serve, and
    was not asked and did not leave for `ask_again_days`, joins with probability `joins · attraction · trust · (1 +
    tie_weight · min(volunteer ties, most_ties))`; others have said no already, so that organisers find fewer the more
    they have asked. The n-th resident whom they reach on a day is the same whatever the hours and the rewards.

    Parameters
    ----------
    seed, day : int
        Of the replication; of the run.
    hours : float
        Organisers' hours that were spent on recruiting, or would be if they asked everywhere.
    society : Society
        The residents and their ties.
    register : Register
        Standings and days by resident; is written.
    rule, feelings : JoiningRule, FeelingRule
        The rules.
    joined : Array
        Written: rows of the residents who join; at most as many as it has room for.

    Returns
    -------
    int
        How many they are.
    """
    residents, ties = society.residents, society.ties
    n, end = 0, rule.asks_per_hour * hours
    k, moment = 0, exponential(seed, Draw.JOINING_GAP, 0, day)
    while moment < end and n < len(joined):
        u_who, u_joins, _, _ = uniform4(seed, Draw.JOINING, k, day)
        r = int(u_who * len(residents))
        free = (
            register.asked[r]
            and register.standing[r] == Standing.NONE
            and day - register.asked_day[r] >= rule.ask_again_days
        )
        if free and residents[r].age >= ADULT_AGE:
            register.asked_day[r] = day
            drawn = 1.0 + rule.tie_weight * min(volunteer_ties(r, ties, register.standing), rule.most_ties)
            trust = felt_trust(residents, r, day * float(MINUTES_PER_DAY), feelings)
            if u_joins < rule.joins * rule.attraction * trust * drawn:
                register.standing[r] = Standing.WAITING
                joined[n] = r
                n += 1
        k += 1
        moment += exponential(seed, Draw.JOINING_GAP, k, day)
    return n


@kernel
def leavers(
    seed: int,
    day: int,
    volunteers: Array,
    residents: Array,
    register: Register,
    rule: StayingRule,
    feelings: FeelingRule,
    left: Array,
) -> int:
    """Let organised volunteers leave, write their rows to `left`, shape [volunteers], and return how many they are.

    The daily hazard is `per_day / attraction · (1 + overload · hours asked beyond those wished) · (neglect if no
    organiser has been in touch for more than neglect_days) · (1 + disappointment · trust lost)`. Trust falls by what
    happens to them, such as a call that nobody answers.
    """
    n = 0
    for v in range(len(volunteers)):
        one = volunteers[v]
        if not one.active or one.team == Team.WATCH:
            continue
        r = row(one.resident_id)
        hazard = rule.per_day / rule.attraction * (1.0 + rule.overload * max(0.0, one.hours - one.wished_hours))
        neglect = rule.neglect if day - one.contact_day > rule.neglect_days else 1.0
        u_leaves = uniform(seed, Draw.VOLUNTEER_LEAVES, r, day)
        if not happens(u_leaves, hazard * (1.0 + rule.disappointment) * neglect):
            continue  # would stay whatever trust is lost
        lost = max(0.0, residents[r].trust_base - felt_trust(residents, r, day * float(MINUTES_PER_DAY), feelings))
        if happens(u_leaves, hazard * (1.0 + rule.disappointment * lost) * neglect):
            one.active = False
            register.standing[r] = Standing.NONE
            register.asked_day[r] = day
            left[n] = v
            n += 1
    return n


@kernel
def teach_about_fraud(
    seed: int,
    day: int,
    weekday: int,
    volunteers: Array,
    society: Society,
    feelings: Feelings,
    lessons_per_hour: int,
    step: float,
) -> int:
    """Let the fraud-prevention team teach, with equal chance, ties or the ten-household group; return the lessons.

    A lesson moves its pupil by `step · skill` of the way to full awareness of fraud.
    """
    residents, dwellings, ties = society.residents, society.dwellings, society.ties
    now_min = day * float(MINUTES_PER_DAY)
    n = 0
    for v in range(len(volunteers)):
        one = volunteers[v]
        if one.active and one.team == Team.FRAUD_PREVENTION and one.start_hour // 24 == weekday:
            r = row(one.resident_id)
            first = group_of(residents[r].dwelling) * GROUP_DWELLINGS
            last = min(first + GROUP_DWELLINGS, len(dwellings)) - 1
            group = dwellings[first].first_resident
            members = dwellings[last].first_resident + dwellings[last].residents - group
            tied = ties.start[r + 1] - ties.start[r]
            for lesson in range(one.hours * lessons_per_hour):
                u_group, u_who, _, _ = uniform4(seed, Draw.VOLUNTEERS_LESSON + lesson, r, day)
                pupil = (
                    int(group + int(u_who * members))
                    if u_group < 0.5 or tied == 0
                    else row(ties.other[ties.start[r] + int(u_who * tied)])
                )
                if pupil != r:
                    gap = 1.0 - felt_fraud_awareness(residents, pupil, now_min, feelings.rule)
                    teach_fraud(residents, pupil, now_min, step * one.skill * gap, feelings)
                    n += 1
    return n


@kernel
def head_count(volunteers: Array, day: int, weekday: int, neglect_days: int, serve: Array, hours: Array) -> int:
    """Count volunteers and their hours of a day by team; return how many organised ones had no contact for too long.

    Parameters
    ----------
    volunteers : Array
        The table of volunteers.
    day, weekday : int
        The day of the run, and of the week.
    neglect_days : int
        Days without contact that are not too long yet.
    serve, hours : array [teams]
        Zeros; those who are active, and the hours of the organised who serve on the day. A watch counts for the day on
        which it begins.
    """
    neglected = 0
    for v in range(len(volunteers)):
        one = volunteers[v]
        if one.active:
            serve[one.team] += 1.0
            if one.team != Team.WATCH:
                neglected += day - one.contact_day > neglect_days
                if one.start_hour // 24 == weekday:
                    hours[one.team] += one.hours
    return neglected


def mediator_hours(volunteers: Array, weekday: int) -> Mediators:
    """Return the hours that the mediation team gives on a day of the week, and their mean skill.

    Nothing without the programme `volunteers`.
    """
    there = volunteers["active"] & (volunteers["team"] == Team.MEDIATION) & (volunteers["start_hour"] // 24 == weekday)
    hours = volunteers["hours"][there].astype(float)
    total = float(hours.sum())
    return Mediators(total, float((hours * volunteers["skill"][there]).sum()) / total if total else 0.0)


def new_register(residents: int, volunteers: Array) -> Register:
    """Return what residents have to do with volunteering when only the plain watch serves, and nobody was asked."""
    register = Register(
        np.zeros(residents, dtype=np.int8), np.full(residents, NEVER, dtype=np.int32), np.ones(residents, dtype=bool)
    )
    register.standing[volunteers["resident_id"][volunteers["active"]]] = Standing.SERVING
    return register
