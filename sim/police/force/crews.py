"""Who drives with whom, what a crew is booked for its unit's day, and which hours of the day a duty covers."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.kernels import inner_kernel, kernel, row
from sim.police.force.hours_of_week import hours_covered
from sim.police.force.officers import NONE
from sim.police.patrol.units import Activity


class Ready(NamedTuple):
    """Personnel who are ready to go on patrol: a chain for each kind and district, the next in turn at its head."""

    first: Array  # int64 [2, districts] row of the next in turn, `NONE` if nobody is left
    after: Array  # int64 [officers] who comes after each
    waiting: Array  # int64 [2, districts] people in each chain


def nobody_ready(officers: int, districts: int) -> Ready:
    """Return empty chains for a force of so many people."""
    shape = 2, districts
    return Ready(np.full(shape, NONE), np.full(officers, NONE), np.zeros(shape, dtype=np.int64))


@kernel
def go_first(heads: Array, districts: Array, kind: int, ready: Ready) -> None:
    """Put personnel of a kind before all others of their districts, in this order."""
    for k in range(len(heads) - 1, -1, -1):
        d = districts[k]
        ready.after[heads[k]] = ready.first[kind, d]
        ready.first[kind, d] = heads[k]
        ready.waiting[kind, d] += 1


@kernel
def form_crews(districts: Array, ready: Ready, assisted: bool, alone: bool, crews: Array) -> int:
    """Form a crew for each unit, in the order of the units, until no officer or nobody else is left.

    An officer of the district leads it, or of another if it has none; with him go auxiliaries, officers only where
    these lack. When no officer is left, auxiliaries go alone if they may. Return how many crews are complete.

    Parameters
    ----------
    districts : array of int [units]
        District of each unit.
    ready : Ready
        The officers, then the auxiliaries who are ready; those who get a unit are taken out.
    assisted, alone : bool
        Whether auxiliaries go with officers, and alone.
    crews : array of int [units, crew]
        Rows of their members, which are written.
    """
    for u in range(len(districts)):
        for m in range(crews.shape[1]):
            head = _next(1, districts[u], ready) if m > 0 and assisted else row(NONE)
            if head == NONE:
                head = _next(0, districts[u], ready)
            if head == NONE and m == 0 and alone:
                head = _next(1, districts[u], ready)
            if head == NONE:
                return u
            crews[u, m] = head
    return len(districts)


@inner_kernel
def _next(kind: int, district: int, ready: Ready) -> int:
    """Take the next head of a district, or of the one that has most left; `NONE` if nobody is."""
    d = district
    if ready.waiting[kind, d] == 0:
        d = int(np.argmax(ready.waiting[kind]))
    head = row(ready.first[kind, d])
    if head != NONE:
        ready.first[kind, d] = ready.after[head]
        ready.waiting[kind, d] -= 1
    return head


@kernel
def man(rows: Array, crews: Array, officers: Array, like: Array, units: Array) -> None:
    """Make each unit what the mean of its crew is, in the order of `Effects`, and in fair treatment.

    Without the feelings of personnel, `like` has no columns, and all crews are rested.
    """
    for k in range(len(rows)):
        unit, size = units[rows[k]], crews.shape[1]
        slow, mistakes, effort, fair = 0.0, 0.0, 0.0, np.float32(0.0)
        for m in range(size):
            head = crews[k, m]
            fair += officers[head].fair
            if like.shape[1] > 0:
                slow += like[0, head]
                mistakes += like[1, head]
                effort += like[2, head]
        unit.trained = fair / size
        if like.shape[1] > 0:
            unit.slow, unit.mistakes, unit.effort = slow / size, mistakes / size, effort / size


@kernel
def settle(units: Array, now_min: float, crews: Array, account: Array, officers: Array) -> None:
    """Book on every member of a crew what its unit worked, worked late, was busy and arrested since the last time.

    Parameters
    ----------
    units : Array
        The patrol units.
    now_min : float
        When it is settled, minutes since the start.
    crews : array of int [units, crew]
        Rows of the officers; `NONE` where a unit never had any.
    account : array [units, 4]
        The totals of the units as settled so far, which are brought up to now.
    officers : Array
        The force, whose minutes and successes of the day grow.
    """
    for u in range(len(units)):
        unit = units[u]
        off_duty = unit.activity == Activity.OFF_DUTY
        worked = unit.on_duty_min + (0.0 if off_duty else now_min - unit.sign_on_min)
        busy = unit.busy_min + (now_min - unit.since_min if unit.activity >= Activity.RESPONSE_DRIVE else 0.0)
        late = unit.overtime_min + (0.0 if off_duty else max(now_min - unit.regular_end_min, 0.0))
        for m in range(crews.shape[1]):
            if crews[u, m] != NONE:
                one = officers[row(crews[u, m])]
                one.worked_min += np.float32(worked - account[u, 0])
                one.demanding_min += np.float32(busy - account[u, 1])
                one.overtime_min += np.float32(late - account[u, 2])
                one.successes += np.int16(unit.arrests - account[u, 3])
        account[u, 0], account[u, 1], account[u, 2], account[u, 3] = worked, busy, late, unit.arrests


@kernel
def credit_heads(officers: Array, heads: Array, busy_min: float, successes: int) -> None:
    """Give each of these personnel as many busy minutes, and successes one by one in their order."""
    for k in range(len(heads)):
        officers[row(heads[k])].demanding_min += np.float32(busy_min)
    for k in range(successes):
        officers[row(heads[k % len(heads)])].successes += np.int16(1)


@lru_cache(maxsize=256)
def covered(begins_hour: float, hours: float) -> Array:
    """Return which part of each hour of the day a duty covers, shape [24]; after midnight it goes on at 0."""
    return frozen(hours_covered(begins_hour, hours, 24))
