"""Who drives with whom, what a crew is booked for its unit's day, and which hours of the day a duty covers."""

from __future__ import annotations

from collections import deque
from functools import lru_cache

import numpy as np

from sim.arrays import Array, frozen
from sim.kernels import kernel, row
from sim.police.force.hours_of_week import hours_covered
from sim.police.force.officers import NONE
from sim.police.patrol.units import Activity


def form_crews(
    districts: Array, sworn: list[deque[int]], auxiliary: list[deque[int]], size: int, mode: str
) -> list[list[int]]:
    """Form a crew for each unit, in the order of the units, until no officer or nobody else is left.

    An officer of the district leads it, or of another if it has none; with him go auxiliaries, officers only where
    these lack. When no officer is left, auxiliaries go alone if they may.

    Parameters
    ----------
    districts : array of int [units]
        District of each unit.
    sworn, auxiliary : list of deque
        Rows of the personnel who are ready, by district; those who get a unit are taken out.
    size : int
        Personnel of a crew.
    mode : str
        `auxiliary_crews` of the force.
    """
    mates: list[deque[int]] = [deque() for _ in auxiliary] if mode == "never" else auxiliary
    crews: list[list[int]] = []
    for d in districts.tolist():
        leader = _next(sworn, d)
        crew = [_next(mates, d) if leader is None and mode == "alone" else leader]
        while None not in crew and len(crew) < size:
            mate = _next(mates, d)
            crew.append(_next(sworn, d) if mate is None else mate)
        if None in crew:
            break
        crews.append([head for head in crew if head is not None])
    return crews


def _next(ready: list[deque[int]], district: int) -> int | None:
    """Return the next head of a district, or of the one that has most left; None if nobody is."""
    if ready[district]:
        return ready[district].popleft()
    most = max(ready, key=len)
    return most.popleft() if most else None


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
