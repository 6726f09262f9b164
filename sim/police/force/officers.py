"""The personnel of the force, officers and auxiliaries, one row each.

Who they are, where they belong, who is fit and who works today.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.columns import Column, table
from sim.draws import Draw
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import BadInput, Parameters, parameter, rule_of
from sim.police.posts import Post
from sim.randomness import gamma, normal, uniform
from sim.row_agent import RowAgent

NONE = -1  # a head without a district serves the whole city; a duty without a shift is day work
NIGHT_BEGINS_MIN, NIGHT_ENDS_MIN = (
    23 * 60,
    6 * 60,
)  # night time: seven hours with midnight to five, as in EU directive 2003/88

_MOST_DUTIES = 2**20  # in a day

OFFICER_COLUMNS = (
    Column(
        "key",
        "i8",
        "1",
        "identity of the place: post, auxiliary, district and number at the start; draws depend on it and not on the "
        "row",
    ),
    Column("post", "i1", "Post", "post"),
    Column("auxiliary", "?", "1", "an auxiliary, not a sworn officer"),
    Column("origin", "i1", "Post", "post at the start of the run"),
    Column("district", "i2", "district", "district, −1 for the whole city"),
    Column("skill", "f4", "0 to 1", "skill in specialist work: investigation, fraud, analysis"),
    Column("fatigue", "f4", "0 to 1", "fatigue: 0 rested, 1 burnt out"),
    Column("buy_in", "f4", "0 to 1", "share of free time that it spends as ordered, when rested"),
    Column("buy_in_base", "f4", "0 to 1", "what buy-in relaxes to, without leadership and incentives"),
    Column("recent_load", "f4", "1", "mean load of the latest duties, see `sim.police.force.wellbeing`"),
    Column("joined_day", "i4", "day", "first day in the force"),
    Column("ready_day", "i4", "day", "first day of work after basic training"),
    Column("sick_until_day", "i4", "day", "first day fit for work again"),
    Column("left_day", "i4", "day", "day on which it left and the row became vacant, −1 while it serves"),
    Column(
        "away", "?", "1", "a place that is not filled at present, or whose head serves elsewhere: not on the strength"
    ),
    Column("trainee", "?", "1", "learns specialist work at present"),
    Column("course_until_day", "i4", "day", "first day of work after a course"),
    Column("fair", "f4", "0 to 1", "what training in fair treatment takes off its unfair contacts"),
    Column("last_duty_day", "i4", "day", "day of the latest duty, −1 if there was none"),
    Column("turn", "i8", "1", "order of the latest duties: whose number is lowest has the next one"),
    Column("shift", "i1", "shift", "shift of the latest duty, −1 for day work"),
    Column("worked_min", "f4", "min", "minutes on duty today, overtime included"),
    Column("demanding_min", "f4", "min", "of these, minutes of calls and cases"),
    Column("overtime_min", "f4", "min", "of these, minutes after the end of the shift"),
    Column("night_min", "f4", "min", "of these, minutes in night time"),
    Column("successes", "i2", "1", "arrests and cleared cases today"),
)


class Officer(RowAgent):
    """A head of the force: a sworn officer or an auxiliary."""


class HeadParameters(Parameters):
    """What personnel are like when the run begins, and when they join."""

    specialist_share: float = parameter(
        0.7,
        unit="share of personnel",
        ge=0,
        le=1,
        source="assumption: some work there part-time or are new",
        doc="Specialists in the specialist assignments at the start.",
    )
    specialist_skill: float = parameter(
        0.8, unit="0 to 1", ge=0, le=1, source="assumption", doc="Mean skill of a specialist."
    )
    generalist_skill: float = parameter(
        0.4, unit="0 to 1", ge=0, le=1, source="assumption", doc="Mean skill of everybody else, recruits too."
    )
    skill_spread: float = parameter(
        0.1, unit="standard deviation", ge=0, le=1, source="assumption", doc="How unequal skills are; cut at 0 and 1."
    )
    buy_in_mean: float = parameter(
        0.6, unit="0 to 1", ge=0.01, le=0.99, source="assumption: part of the officers do not believe in it",
        doc=(
            "Mean buy-in: the share of free time that rested personnel spend as ordered, "
            "on patrol and on the programmes of every assignment."
        ),
    )  # fmt: skip
    buy_in_concentration: float = parameter(
        4.0,
        unit="1",
        gt=0.05,
        le=10_000,
        source="assumption: between doubters and believers, sd 0.22",
        doc="Sum of the two shapes of its beta distribution.",
    )
    fatigue_start: float = parameter(
        0.1,
        unit="0 to 1",
        ge=0,
        le=0.5,
        source="assumption: near the steady state of a normal week",
        doc="Mean fatigue at the start, uniform from 0 to twice it.",
    )


class HeadRule(NamedTuple):
    """The parameters for the kernels."""

    specialist_share: float
    specialist_skill: float
    generalist_skill: float
    skill_spread: float
    buy_in_for: float  # shapes of the beta distribution
    buy_in_against: float
    fatigue_start: float


def head_rule(parameters: HeadParameters) -> HeadRule:
    """Return the parameters as kernels take them."""
    total, mean = parameters.buy_in_concentration, parameters.buy_in_mean
    return rule_of(HeadRule, parameters, buy_in_for=total * mean, buy_in_against=total * (1 - mean))


def draw_officers(heads: Array, parameters: HeadParameters, seed: int) -> Array:
    """Draw the personnel of a force.

    A head's character depends on its post, kind, district and number there, so one head more or less anywhere leaves
    all others as they were.

    Parameters
    ----------
    heads : array of int [2, posts, districts + 1]
        Sworn officers and auxiliaries by post and district; the last place is for those who serve the whole city.
    parameters : HeadParameters
        What personnel are like.
    seed : int
        Seed of the replication.

    Returns
    -------
    Array
        Table of `OFFICER_COLUMNS`, by kind, post, district and number.

    Raises
    ------
    BadInput
        If a number of personnel is negative or no whole number, or the shape is not that of the posts.
    """
    counts = np.asarray(heads)
    if counts.ndim != 3 or counts.shape[:2] != (2, len(Post)) or counts.shape[2] < 1:
        raise BadInput("heads", counts.shape, f"shape [2, {len(Post)}, districts + 1]")
    if counts.dtype.kind not in "iu" or (counts < 0).any() or (counts >= 2**18).any() or counts.shape[2] > 2**10:
        worst = counts.flat[np.abs(counts).argmax()]
        allowed = (
            "whole numbers from 0 to 262,143 people per assignment, in at most 1,023 districts; see force.officers, "
            "force.auxiliaries and force.patrol_units"
        )
        raise BadInput("force", worst.item(), allowed)
    kind, post, place = (axis.ravel() for axis in np.indices(counts.shape))
    n = counts.ravel()
    officers = table(OFFICER_COLUMNS, int(n.sum()))
    number = np.arange(len(officers)) - np.repeat(np.cumsum(n) - n, n)
    officers["post"], officers["auxiliary"] = np.repeat(post, n), np.repeat(kind, n) == 1
    officers["origin"] = officers["post"]
    officers["district"] = np.repeat(np.where(place == counts.shape[2] - 1, NONE, place), n)
    officers["key"] = (
        (np.repeat(post, n) * 2 + np.repeat(kind, n)) * 2**10 + officers["district"] + 1
    ) * 2**18 + number
    for column in ("left_day", "last_duty_day", "shift"):
        officers[column] = -1
    _draw_all(seed, officers, head_rule(parameters))
    return officers


@kernel
def _draw_all(seed: int, officers: Array, rule: HeadRule) -> None:
    """Give every person its character at the start."""
    for i in range(len(officers)):
        post = officers[i].post
        specialist = Post.DETECTIVES <= post and post <= Post.INTELLIGENCE
        draw_character(seed, 0, i, officers, rule.specialist_share if specialist else 0.0, rule)
        officers[i].fatigue = 2.0 * rule.fatigue_start * uniform(seed, Draw.FATIGUE_AT_START, officers[i].key, 0)


@inner_kernel
def draw_character(seed: int, time: int, i: int, officers: Array, specialist_share: float, rule: HeadRule) -> None:
    """Draw skill and buy-in of one person.

    Skill normal about that of a specialist or a generalist and cut to 0 … 1, buy-in beta.
    """
    one = officers[i]
    specialist = uniform(seed, Draw.SPECIALIST, one.key, time) < specialist_share
    mean = rule.specialist_skill if specialist else rule.generalist_skill
    one.skill = min(1.0, max(0.0, mean + rule.skill_spread * normal(seed, Draw.SKILL, one.key, time)))
    x = gamma(rule.buy_in_for, seed, Draw.BUY_IN_FOR, one.key, time)
    y = gamma(rule.buy_in_against, seed, Draw.BUY_IN_AGAINST, one.key, time)
    one.buy_in_base = x / (x + y) if x + y > 0.0 else 0.5
    one.buy_in = one.buy_in_base


@kernel
def is_fit(officers: Array, i: int, day: int) -> bool:
    """Whether an officer can work on a day.

    It serves, its basic training is over, and it is neither sick, nor on a course, nor lent elsewhere.
    """
    one = officers[i]
    there = one.left_day < 0 and not one.away and one.ready_day <= day
    return bool(there and one.sick_until_day <= day and one.course_until_day <= day)


@kernel
def _note_fit(officers: Array, day: int, found: Array) -> None:
    """Write down for each person whether it can work on a day."""
    for i in range(len(officers)):
        found[i] = is_fit(officers, i, day)


def fit_for_duty(officers: Array, day: int) -> Array:
    """Return who can work on a day, see `is_fit`, shape [heads]."""
    found: Array = np.empty(len(officers), dtype=np.bool_)
    _note_fit(officers, day, found)
    return found


def in_turn(officers: Array, wanted: Array) -> Array:
    """Return the rows of the personnel of a mask in the order in which duties come to them.

    Whoever had the latest duty longest ago goes first.

    So duties and days off are shared out evenly, whoever falls sick or joins meanwhile.
    """
    rows = np.flatnonzero(wanted)
    found: Array = rows[np.argsort(officers["turn"][rows], kind="stable")]
    return found


@kernel
def begin_duty(
    officers: Array, heads: Array, day: int, shift: int, worked_min: float, overtime_min: float, night_min: float
) -> None:
    """Put personnel on duty for a day and book the minutes that are known beforehand.

    Parameters
    ----------
    officers : Array
        The force.
    heads : array of int
        Rows, each once.
    day, shift : int
        The day, and the shift or `NONE` for day work.
    worked_min, overtime_min, night_min : float
        Minutes of each.
    """
    for n in range(len(heads)):
        one = officers[row(heads[n])]
        one.last_duty_day = day
        one.turn = (day + 1) * _MOST_DUTIES + n
        one.shift = shift
        one.worked_min += np.float32(worked_min)
        one.overtime_min += np.float32(overtime_min)
        one.night_min += np.float32(night_min)


@lru_cache(maxsize=256)
def night_minutes(from_min: float, to_min: float) -> float:
    """Return how many minutes of a duty lie in night time, from 23 to 6 o'clock; times are minutes since a midnight."""
    total = 0.0
    first = int(from_min // MINUTES_PER_DAY)
    for night in range(first, int(to_min // MINUTES_PER_DAY) + 2):
        begins = (night - 1) * MINUTES_PER_DAY + NIGHT_BEGINS_MIN
        total += max(0.0, min(to_min, float(night * MINUTES_PER_DAY + NIGHT_ENDS_MIN)) - max(from_min, float(begins)))
    return float(total)
