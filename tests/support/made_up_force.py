"""Made-up forces for the tests, and years of patrol whose work does not depend on how many are left to do it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.police.force.officers import HeadParameters, begin_duty, draw_officers, fit_for_duty, in_turn, night_minutes
from sim.police.force.wellbeing import character, effects, live, load, new_force_days
from sim.police.force.wellbeing_parameters import WellbeingParameters, WellbeingRule, wellbeing_rule
from sim.police.posts import Post

SHIFTS = 3
STARTS_MIN = (0.0, 480.0, 960.0)
DUTY_MIN = 480.0
WORKING_DAYS = 5 / 7
STEADY = {
    "sick_per_year": 0.0,
    "attrition_per_year": 0.0,
    "auxiliary_attrition_per_year": 0.0,
}  # nobody is absent, nobody leaves
UNTIRING = {
    "overload_gain": 0.0,
    "night_gain": 0.0,
    "overtime_gain": 0.0,
    "recovery_per_hour": 0.0,
}  # fatigue stays as it is


def beat_plan(beats: int = 8, districts: int = 4) -> BeatPlan:
    district = np.arange(beats) * districts // beats
    return BeatPlan(
        np.zeros(1, dtype=np.int16),
        district.astype(np.int16),
        np.zeros(beats, dtype=np.int32),
        np.arange(districts, dtype=np.int32),
    )


def full_force() -> Array:
    counts = np.zeros((2, len(Post), 4), dtype=int)
    counts[0, :4, 3] = 20, 30, 7, 5
    counts[0, 4:, :3] = [[30, 20, 10], [6, 5, 4], [3, 3, 3]]
    counts[1, Post.ANTI_FRAUD, 3] = 10
    counts[1, Post.PATROL, :3] = 30, 20, 10
    return counts


def patrol(n: int, auxiliaries: int = 0, seed: int = 1, **heads: float) -> Array:
    """Return a force of patrol only, in one district."""
    counts = np.zeros((2, len(Post), 2), dtype=int)
    counts[:, Post.PATROL, 0] = n, auxiliaries
    return draw_officers(counts, HeadParameters(**heads), seed)


def rule_of(**parameters: Any) -> WellbeingRule:
    return wellbeing_rule(WellbeingParameters(**parameters))


def book(
    officers: Array,
    heads: Array,
    worked: float,
    demanding: float,
    overtime: float = 0.0,
    night: float = 0.0,
    successes: int = 0,
) -> None:
    """Add minutes and successes to today's work of some heads."""
    begin_duty(officers, heads, 0, 0, worked, overtime, night)
    officers["demanding_min"][heads] += demanding
    officers["successes"][heads] += successes


def serving(officers: Array) -> Array:
    return officers["left_day"] < 0


class Years(NamedTuple):
    """What some years of patrol left."""

    officers: Array
    days: Array
    load: Array  # [days] mean over those on duty

    @property
    def heads(self) -> Array:
        return self.days["heads"]

    def fatigue(self, day: int) -> float:
        return float(self.days["fatigue_sum"][day] / self.days["heads"][day])

    def loss(self, first: int, end: int) -> float:
        """Return the rate a year at which the headcount shrinks."""
        return float(np.log(self.heads[first] / self.heads[end]) * 365 / (end - first))


def patrol_years(
    shortage: float,
    years: float = 2,
    full: int = 2000,
    full_load: float = 0.8,
    fed_back: bool = True,
    lumpiness: float = 0.0,
    seed: int = 1,
    **parameters: Any,
) -> Years:
    """Run a patrol force whose personnel take the duties of all shifts in turn, five per week, at full strength.

    The work of a day is shared by those on duty; beyond the shift there are up to two hours of overtime, the rest is
    not done. `fed_back=False` cuts the loop: the work shrinks with the heads present, and the tired are as quick as the
    rested, so that nobody feels that others have left. `lumpiness` is the relative spread of the work of a head from
    duty to duty.
    """
    rule = rule_of(**parameters)
    officers = patrol(round(full * (1 - shortage)), seed=seed)
    at_start = len(officers)
    days = new_force_days(round(365 * years))
    work_min = full * WORKING_DAYS * full_load * rule.sustainable_min / SHIFTS  # of a shift
    loads = np.zeros(len(days))
    rng = np.random.default_rng(seed)
    for day in range(len(days)):
        able = in_turn(officers, fit_for_duty(officers, day))
        on_duty = np.array_split(able[: round(len(able) * WORKING_DAYS)], SHIFTS)
        for start_min, heads in zip(STARTS_MIN, on_duty, strict=True):
            n = len(heads)
            sharing = (
                max(n, 1) / float(effects(character(officers, rule), heads).slow if n else 1.0)
                if fed_back
                else at_start / SHIFTS * WORKING_DAYS
            )
            each_min = work_min / sharing
            extra_min = min(120.0, max(0.0, each_min - DUTY_MIN))
            begin_duty(
                officers,
                heads,
                day,
                0,
                DUTY_MIN + extra_min,
                extra_min,
                night_minutes(start_min, start_min + DUTY_MIN + extra_min),
            )
            officers["demanding_min"][heads] += min(each_min, DUTY_MIN + extra_min)
            if lumpiness > 0:
                officers["demanding_min"][heads] *= rng.gamma(lumpiness**-2, lumpiness**2, n)
            loads[day] += load(officers, heads[0], rule) / SHIFTS if n else 0.0
        live(seed, day, officers, days, rule)
    return Years(officers, days, loads)
