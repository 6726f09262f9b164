"""The desks of an anti-fraud centre (反诈中心) as the frauds meet them.

What comes in waits in order until somebody has the minutes for it.

The centre is written each morning by the programme `anti_fraud`; of zeros it is as if there were none. Calls about
nothing, which are many, flow evenly through an hour; those about real frauds are few and happen at their moments,
behind all that came in before them.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.columns import Column, table
from sim.kernels import inner_kernel, kernel

HOUR_MIN, DAY_MIN = 60.0, 1440.0


class Alert(IntEnum):
    """What the centre does next about a fraud; up to RAISED it has not begun."""

    NONE = 0
    RAISED = 1  # an alert comes in
    TO_CALL = 2  # somebody has to call the resident, who waits since yesterday or was named by a tip
    CALLED = 3  # the warning call ends
    TO_VISIT = 4  # somebody has to go there, on another day
    VISITED = 5  # the visit ends
    HOTLINE = 6  # the victim calls the centre after the payment
    CLOSED = 7  # all was tried


class Desk(IntEnum):
    """Who does it: those on the telephone, and those who go there."""

    CALLS = 0
    VISITS = 1


class Done(IntEnum):
    """What the centre counts; times are minutes of rested personnel."""

    ALERTS = 0  # about residents who are being persuaded
    CALLS = 1
    CALLS_HEEDED = 2
    VISITS = 3
    VISITS_HEEDED = 4
    HOTLINE = 5
    FREEZES = 6  # payments that came back after a call of the victim to the centre
    CALL_MIN = 7
    VISIT_MIN = 8


CENTRE_COLUMNS = (
    Column("alert_delay_min", "f8", "min", "mean time from the contact to an alert"),
    Column("accepted", "f8", "probability", "an alert of today is taken up, the desk having time for so many"),
    Column("call_min", "f8", "min", "a warning call takes"),
    Column("call_success", "f8", "probability", "it stops a persuasion"),
    Column("visit_min", "f8", "min", "a face-to-face talk takes, with the way"),
    Column("visit_success", "f8", "probability", "it stops a persuasion that a call did not"),
    Column("freeze_min", "f8", "min", "a request to the banks to freeze a payment takes"),
    Column(
        "hotline_min",
        "f8",
        "min",
        "a call to the centre is so much earlier than the report at the desk; 0: nobody calls the centre",
    ),
    Column("lesson", "f8", "of 1", "awareness of fraud that a real warning teaches, at none; less the more there is"),
)


class Centre(NamedTuple):
    """The centre today."""

    rule: Array  # CENTRE_COLUMNS, one row
    alert_share: Array  # [channels] probability that an alert about a persuasion comes in
    capacity: Array  # [desks, 24] minutes of work in each hour of the day
    others: Array  # [24] minutes of calls about nothing that come in, in each hour of the day
    since_min: Array  # [desks] when the queue was last brought up to date
    waiting: Array  # [desks] minutes of work that wait
    saved: Array  # [desks] minutes of today that nobody needed yet; those on the telephones cannot save theirs
    done: Array  # f8 [len(Done)] so far


def no_centre(channels: int) -> Centre:
    """Return the centre of a city that has none."""
    desks = len(Desk)
    since_min, waiting, saved = np.zeros((3, desks))
    return Centre(
        table(CENTRE_COLUMNS, 1),
        np.zeros(channels),
        np.zeros((desks, 24)),
        np.zeros(24),
        since_min,
        waiting,
        saved,
        np.zeros(len(Done)),
    )


@kernel
def bring_up_to_date(centre: Centre, desk: int, now_min: float) -> None:
    """Let a desk work until now, hour by hour.

    What comes in joins the queue, and the minutes that there are shorten it.
    """
    t = centre.since_min[desk]
    while t < now_min:
        hour = int(t // HOUR_MIN)
        until = min((hour + 1) * HOUR_MIN, now_min)
        part = (until - t) / HOUR_MIN
        work = centre.waiting[desk] + (centre.others[hour % 24] * part if desk == Desk.CALLS else 0.0)
        can = centre.capacity[desk, hour % 24] * part
        worked = min(work, can)
        centre.waiting[desk] = work - worked
        if desk == Desk.VISITS:
            centre.saved[desk] += can - worked
        centre.done[Done.CALL_MIN + desk] += worked
        t = until
    centre.since_min[desk] = max(now_min, centre.since_min[desk])


@inner_kernel
def join(centre: Centre, desk: int, now_min: float, work_min: float, at_once: bool) -> float:
    """Put work into the queue of a desk.

    Return when somebody begins with it today, infinity if the hours of the day do not suffice.

    It begins when all before it is done, or `at_once` when there is somebody at the desk. Minutes saved today are used
    first.
    """
    bring_up_to_date(centre, desk, now_min)
    saved = min(centre.saved[desk], work_min)
    ahead = 0.0 if at_once else centre.waiting[desk]
    begins, spare, t = np.inf, 0.0, now_min
    while t % DAY_MIN > 0.0 or t == now_min:
        hour = int(t // HOUR_MIN)
        until = (hour + 1) * HOUR_MIN
        can = centre.capacity[desk, hour % 24] * (until - t) / HOUR_MIN
        if begins < np.inf:
            spare += can
        elif can > ahead:
            begins = t + ahead / can * (until - t)
            spare = can - ahead
        else:
            ahead -= can
        t = until
    if begins == np.inf or spare < work_min - saved:
        return np.inf
    centre.saved[desk] -= saved
    centre.done[Done.CALL_MIN + desk] += saved
    centre.waiting[desk] += work_min - saved
    return begins


@inner_kernel
def tomorrow(now_min: float) -> float:
    """Return the first moment of the next day."""
    return (math.floor(now_min / DAY_MIN) + 1.0) * DAY_MIN


def open_centre(centre: Centre, now_min: float, capacity: Array, others: Array, expected_min: float) -> float:
    """Close the accounts of yesterday, and staff the desks of the centre for a day that begins now.

    What came in before the end of yesterday's work and was not done is dropped; what came in later waits. If the calls
    that the desk expects take more minutes than it has, it takes up a share of the alerts by lot, which keeps the queue
    short. What the day will bring, it does not know.

    Parameters
    ----------
    centre : Centre
        The centre, which is written.
    now_min : float
        The beginning of the day, minutes since the start of the run.
    capacity : Array
        Minutes of work by desk and hour of the day, shape [desks, 24].
    others : Array
        Minutes of calls about nothing that would come in by hour of the day, shape [24].
    expected_min : float
        Minutes of calls that the desk expects of the day, from those before.

    Returns
    -------
    float
        The share of alerts that the desk takes up.
    """
    for desk in Desk:
        bring_up_to_date(centre, int(desk), now_min)
    worked = np.flatnonzero(centre.capacity[Desk.CALLS])
    after_work = centre.others[worked[-1] + 1 :].sum() if worked.size else 0.0
    centre.waiting[Desk.CALLS] = min(centre.waiting[Desk.CALLS], after_work)
    centre.waiting[Desk.VISITS] = centre.saved[Desk.VISITS] = 0.0
    able = float(capacity[Desk.CALLS].sum())
    accepted = min(1.0, able / expected_min) if expected_min > 0.0 else float(able > 0.0)
    centre.rule["accepted"] = accepted
    centre.capacity[:] = capacity
    centre.others[:] = accepted * others
    return accepted
