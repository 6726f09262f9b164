"""Fatigue, sick leave, attrition, hiring and buy-in of each person, day by day, and what they do to its work.

Overload tires, the tired are slower, sick more often and leave more often, and the same work falls on fewer: a spiral
where those who leave are more than those who can be hired, a steady state where they are not. Neither is put in; both
follow from the rules about one head.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.columns import Column, table
from sim.draws import Draw
from sim.kernels import inlined, inner_kernel, kernel
from sim.police.force.officers import HeadRule, draw_character
from sim.police.force.wellbeing_parameters import DAYS_PER_YEAR, WellbeingRule
from sim.police.posts import Post
from sim.randomness import happens, uniform, uniform4

FORCE_DAY_COLUMNS = (
    Column("heads", "i4", "heads", "on the strength: fit, sick or in basic training"),
    Column("auxiliaries", "i4", "heads", "of these, auxiliaries"),
    Column("sick", "i4", "heads", "of these, on sick leave"),
    Column("recruits", "i4", "heads", "of these, in basic training"),
    Column("left", "i4", "heads", "personnel who left at the end of the day"),
    Column("hired", "i4", "heads", "recruits who join the next day"),
    Column("fatigue_sum", "f8", "1", "sum of fatigue over the personnel, before the day's work"),
    Column("buy_in_sum", "f8", "1", "sum of buy-in over the personnel, before the day's work"),
    Column("worked_min", "f8", "min", "head-minutes on duty"),
    Column("overtime_min", "f8", "min", "of these, overtime"),
    Column("incentive_cost", "f8", "yuan", "incentives paid"),
    Column(
        "auxiliaries_without_duty",
        "f8",
        "heads",
        "fit auxiliaries of patrol, lent ones included, for whom no crew has a place beside an officer",
    ),
)


def new_force_days(days: int) -> Array:
    """Return an empty table of `FORCE_DAY_COLUMNS`, a row per day."""
    return table(FORCE_DAY_COLUMNS, days)


class Effects(NamedTuple):
    """What crews or posts are like, means over their personnel."""

    slow: Array  # service takes so many times as long: 1 + slower · F
    mistakes: Array  # share of pieces of work that go wrong: mistakes · (1 + gain · F), at most 1
    effort: Array  # share of free time that is spent as planned: b · (1 − loss · F); the rest is spent at the station
    skill: Array


def effects(like: Array, heads: Array) -> Effects:
    """Return what crews are like.

    Parameters
    ----------
    like : Array
        The `character` of the whole force.
    heads : array of int [..., crew]
        Rows of the members.

    Returns
    -------
    Effects
        Arrays of the shape of `heads` without its last axis.
    """
    return Effects(*np.add.reduce(like[:, heads], axis=-1) / heads.shape[-1])


def character(officers: Array, rule: WellbeingRule) -> Array:
    """Return what each person is like, the fields of `Effects` of it alone, shape [4, heads]."""
    tired = officers["fatigue"].astype(float)
    return np.array([
        1.0 + rule.slower * tired,
        np.minimum(1.0, rule.mistakes * (1.0 + rule.mistakes_gain * tired)),
        officers["buy_in"] * (1.0 - rule.effort_loss * tired),
        officers["skill"],
    ])  # fmt: skip


@kernel
def load(officers: Array, i: int, rule: WellbeingRule) -> float:
    """Return one person's load of today: minutes of calls and cases relative to those of a sustainable working day.

    1 is just sustainable.
    """
    most_min = rule.sustainable_min if officers[i].post == Post.PATROL else rule.sustainable_office_min
    return float(officers[i].demanding_min / most_min)


@kernel
def live(seed: int, day: int, officers: Array, days: Array, rule: WellbeingRule) -> None:
    """End a day for every person: it tires and recovers, is won over or put off, falls sick, leaves; places are filled.

    Run once a day, after the day's work was booked on the personnel; that is set to zero here. Who is sick or has left
    is so from `day + 1` on.

    Parameters
    ----------
    seed, day : int
        The replication, and the day that ends.
    officers : Array
        The force.
    days : Array
        Table of `FORCE_DAY_COLUMNS`; its row of the day is written.
    rule : WellbeingRule
        The parameters.
    """
    count(day, officers, days, rule)
    today = days[min(day, len(days) - 1)]
    for i in range(len(officers)):
        one = officers[i]
        if one.left_day >= 0 or one.away:
            continue
        _feel(i, officers, rule)
        u_leave, u_sick, u_length, _ = uniform4(seed, Draw.OFFICERS_DAY, one.key, day)
        hazard = rule.attrition[1] if one.auxiliary else rule.attrition[0]
        if happens(u_leave, hazard * (1.0 + rule.attrition_gain * one.fatigue * one.fatigue)):
            one.left_day = day
            one.trainee = False
            today.left += 1
        elif one.sick_until_day <= day and happens(u_sick, rule.sick * (1.0 + rule.sick_gain * one.fatigue)):
            length = (
                1
                if rule.sick_days <= 1.0
                else max(1, math.ceil(math.log(u_length) / math.log(1.0 - 1.0 / rule.sick_days)))
            )
            one.sick_until_day = day + 1 + length
    forget(officers)
    _hire(seed, day, officers, today, rule)


@kernel
def count(day: int, officers: Array, days: Array, rule: WellbeingRule) -> None:
    """Record the personnel of a day, as they were before its work told on them.

    Minutes count for whoever worked them: a duty that goes past midnight may be that of somebody who has left since.

    Parameters
    ----------
    day : int
        The day that ends.
    officers : Array
        The force.
    days : Array
        Table of `FORCE_DAY_COLUMNS`; its row of the day is written.
    rule : WellbeingRule
        The parameters.
    """
    today = days[min(day, len(days) - 1)]
    for i in range(len(officers)):
        one = officers[i]
        today.worked_min += one.worked_min
        today.overtime_min += one.overtime_min
        if one.left_day >= 0 or one.away:
            continue
        today.heads += 1
        today.auxiliaries += one.auxiliary
        today.fatigue_sum += one.fatigue
        today.buy_in_sum += one.buy_in
        today.incentive_cost += rule.incentive_per_day
        if one.ready_day > day:
            today.recruits += 1
        elif one.sick_until_day > day:
            today.sick += 1


@kernel
def forget(officers: Array) -> None:
    """Begin a new day, in which nobody has worked yet."""
    for i in range(len(officers)):
        one = officers[i]
        one.worked_min = 0.0
        one.demanding_min = 0.0
        one.overtime_min = 0.0
        one.night_min = 0.0
        one.successes = 0


@inner_kernel
def _feel(i: int, officers: Array, rule: WellbeingRule) -> None:
    """Let the day's work tire one person and its free hours restore it, and let buy-in drift.

    Fatigue: F ← [1 − (1 − F) e^(−strain)] e^(−recovery · free minutes). Strain is gain · max(load − 1, 0) on a duty,
    with the mean load of recent duties, plus nights, plus overtime; free minutes are what the day leaves beside work
    and necessary hours. Buy-in: a step to its goal, a step up by each success, a step down by overload.
    """
    one = officers[i]
    beyond = 0.0
    if one.worked_min > 0.0:
        one.recent_load += rule.load_memory * (load(officers, i, rule) - one.recent_load)
        beyond = max(0.0, one.recent_load - 1.0)
    strain = (
        rule.overload_gain * beyond
        + rule.night_gain_per_min * one.night_min
        + rule.overtime_gain_per_min * one.overtime_min
    )
    tired = 1.0 - (1.0 - one.fatigue) * math.exp(-strain)
    one.fatigue = tired * math.exp(-rule.recovery_per_min * max(0.0, rule.free_min - one.worked_min))
    goal = (one.buy_in_base + rule.raised * (1.0 - one.buy_in_base)) * (1.0 - rule.lowered)
    believes = one.buy_in + rule.buy_in_step * (goal - one.buy_in)
    believes = 1.0 - (1.0 - believes) * (1.0 - rule.success_gain) ** one.successes
    one.buy_in = believes * math.exp(-rule.overload_doubt * beyond)


@inlined
def _hire(seed: int, day: int, officers: Array, today: Any, rule: WellbeingRule) -> None:
    """Fill vacant places, the longest vacant first, with as many recruits as this day brings.

    The yearly number of each kind is spread evenly.
    """
    for kind in range(2):
        places, vacant = 0, 0
        for i in range(len(officers)):
            if officers[i].auxiliary == (kind == 1) and not officers[i].away:
                places += 1
                vacant += officers[i].left_day >= 0
        due = rule.hires[kind] * places
        begun = uniform(seed, Draw.HIRES_BEGUN, kind, 0)
        recruits = min(vacant, math.floor(begun + due * (day + 1)) - math.floor(begun + due * day))
        for _ in range(recruits):
            longest = -1
            for i in range(len(officers)):
                vacancy = officers[i].left_day >= 0 and not officers[i].away
                if (
                    officers[i].auxiliary == (kind == 1)
                    and vacancy
                    and (longest < 0 or officers[i].left_day < officers[longest].left_day)
                ):
                    longest = i
            _join(seed, day + 1, longest, officers, rule.basic_training_days[kind], rule.heads)
            today.hired += 1


@inner_kernel
def _join(seed: int, day: int, i: int, officers: Array, training_days: int, heads: HeadRule) -> None:
    """Let a recruit take a vacant place: rested, with the skill of a generalist, ready after basic training."""
    one = officers[i]
    one.left_day = -1
    one.joined_day = day
    one.ready_day = day + training_days
    one.sick_until_day = day
    one.fatigue = 0.0
    one.recent_load = 0.0
    draw_character(seed, day, i, officers, 0.0, heads)


def wellbeing_indicators(days: Array, first: int, end: int) -> dict[str, float]:
    """Return indicators of days first … end − 1; a ratio without personnel is not a number.

    Parameters
    ----------
    days : Array
        Table of `FORCE_DAY_COLUMNS`.
    first, end : int
        The days looked at.

    Returns
    -------
    dict
        `headcount` on the last day, `attrition` (who left per person and year), `hires` (number), `sick_share` (of
        personnel, mean over days), `fatigue_mean`, `buy_in_mean`, `overtime_share` (of minutes on duty).
    """
    rows = days[first:end]
    heads = float(rows["heads"].sum())

    def per_head(name: str) -> float:
        return float(rows[name].sum()) / heads if heads > 0 else np.nan

    worked = float(rows["worked_min"].sum())
    return {
        "headcount": float(rows["heads"][-1]) if len(rows) else np.nan,
        "attrition": per_head("left") * DAYS_PER_YEAR,
        "hires": float(rows["hired"].sum()),
        "sick_share": per_head("sick"),
        "fatigue_mean": per_head("fatigue_sum"),
        "buy_in_mean": per_head("buy_in_sum"),
        "overtime_share": float(rows["overtime_min"].sum()) / worked if worked > 0 else np.nan,
    }
