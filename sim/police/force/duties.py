"""The duties of those who do not patrol, and who has them on a day."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.kernels import kernel
from sim.police.force.crews import covered
from sim.police.force.officers import NONE, begin_duty, night_minutes

DAY_BEGINS_HOUR = 8.0  # of posts that work by day; the week is flat (assumption)


class Turns(NamedTuple):
    """The duties of those who do not patrol: one of each shift, then day work."""

    shift: Array  # int64 [turns] `NONE` for day work
    length_min: Array  # [turns]
    extra_min: Array  # [turns] of these, ordered overtime
    night_min: Array  # [turns] of these, at night
    hours: Array  # [turns, 24] which part of each hour of the day it covers


@lru_cache(maxsize=64)
def turns_of(starts_hour: tuple[float, ...], shift_min: float, working_day_min: float, overtime_share: float) -> Turns:
    """Return the duties of those who do not patrol, with this much ordered overtime.

    In a shift that never ends nobody but patrol has duty.
    """
    shifts = len(starts_hour)
    begins_min = 60 * np.array([*starts_hour, DAY_BEGINS_HOUR])
    regular_min = np.array([*(shifts * [shift_min if shift_min < np.inf else 0.0]), working_day_min])
    extra_min = regular_min * overtime_share
    length_min = regular_min + extra_min
    night_min = [night_minutes(begins, begins + length) for begins, length in zip(begins_min, length_min, strict=True)]
    hours = [covered(begins, length) for begins, length in zip(begins_min / 60, length_min / 60, strict=True)]
    shift = np.append(np.arange(shifts), NONE)
    found: Turns = frozen(Turns(shift, length_min, extra_min, np.array(night_min), np.array(hours)))
    return found


class OnDuty(NamedTuple):
    """Who has duty on a day, by post."""

    heads: Array  # int64: rows of the officers
    ends: Array  # int64 [posts] where those of each post end in it
    minutes: Array  # [posts, 2] head-minutes by kind
    like: Array  # [posts, 4] `Effects`, means over the heads
    hours: Array  # [posts, 24] heads by hour of day, to which they are added


@kernel
def begin_duties(
    day: int, able: Array, starts: Array, duties: Array, turns: Turns, officers: Array, like: Array, found: OnDuty
) -> float:
    """Put the personnel of all posts but patrol on the duties of a day, those who are next in turn.

    Return the ordered overtime, head-minutes.

    Parameters
    ----------
    day : int
        The day.
    able : array of int
        Rows of those who can work, by kind, post and turn.
    starts : array of int [2 · posts + 1]
        Where those of each kind and post begin in it, and the end of all.
    duties : array of int [2, posts, turns]
        How many duties there are.
    turns : Turns
        What they are.
    officers, like : Array
        The force, and its `character`.
    found : OnDuty
        Who is on duty, which is written.
    """
    n, posts, overtime_min = 0, duties.shape[1], 0.0
    for post in range(posts):
        begun = n
        for kind in range(2):
            place = kind * posts + post
            first = starts[place]
            for t in range(duties.shape[2]):
                heads = able[first : min(first + duties[kind, post, t], starts[place + 1])]
                first += len(heads)
                begin_duty(
                    officers, heads, day, turns.shift[t], turns.length_min[t], turns.extra_min[t], turns.night_min[t]
                )
                overtime_min += len(heads) * turns.extra_min[t]
                found.minutes[post, kind] += len(heads) * turns.length_min[t]
                for hour in range(24):
                    found.hours[post, hour] += len(heads) * turns.hours[t, hour]
                for head in heads:
                    found.heads[n] = head
                    n += 1
                    for effect in range(len(like)):
                        found.like[post, effect] += like[effect, head]
        found.ends[post] = n
        for effect in range(len(like)):
            found.like[post, effect] /= max(n - begun, 1)
    return overtime_min
