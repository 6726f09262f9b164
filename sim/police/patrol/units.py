"""Patrol units: their table, where they are, what they are doing, and the ledger that books every minute of it."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.arrays import Array
from sim.city.grid import cell_on_line
from sim.city.presence import PresenceRule
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.columns import Column, table
from sim.incidents.log import PLANNED_KEYS, Logs
from sim.kernels import inner_kernel, kernel
from sim.row_agent import RowAgent


class Activity(IntEnum):
    """What a unit is doing; each is a column of the ledger."""

    OFF_DUTY = 0
    STANDBY = 1
    PATROL_DRIVE = 2
    PATROL_STOP = 3
    RETURN_DRIVE = 4
    BREAK = 5
    RESPONSE_DRIVE = 6
    ON_SCENE = 7
    PAPERWORK = 8
    ARREST_PROCESSING = 9
    TURN_OUT = 10
    FOLLOW_UP = 11


HOUR_MIN = 60.0
ON_DUTY = tuple(Activity)[1:]
ACTIVITY_NAMES = tuple(activity.name.lower() for activity in Activity)

UNIT_COLUMNS = (
    Column("shift", "i1", "shift", "shift that it works"),
    Column("reserve", "?", "1", "stays at its station and is never sent"),
    Column("activity", "i1", "Activity", "what it is doing"),
    Column("version", "i4", "1", "number of its plan; an event of an older plan is void"),
    Column("from_cell", "i4", "cell", "where its drive began, or where it is"),
    Column("to_cell", "i4", "cell", "where its drive ends, or where it is"),
    Column("depart_min", "f8", "min since start", "when the drive began"),
    Column("until_min", "f8", "min since start", "when the activity ends if nothing intervenes"),
    Column("since_min", "f8", "min since start", "since when it has done it, for the ledger"),
    Column("drive_km", "f4", "km", "length of the drive"),
    Column("call_id", "i4", "row", "the call it serves, −1 if none"),
    Column("stop_min", "f4", "min", "planned stop at the end of a patrol drive"),
    Column("on_foot", "?", "1", "at this stop the crew leaves the car and walks"),
    Column("station_cell", "i4", "cell", "its station"),
    Column("beat_first", "i2", "beat", "first beat that it covers"),
    Column("beat_end", "i2", "beat", "one after the last beat that it covers"),
    Column("next_station_cell", "i4", "cell", "its station from the next duty on"),
    Column("next_beat_first", "i2", "beat", "first beat from the next duty on"),
    Column("next_beat_end", "i2", "beat", "one after the last beat from the next duty on"),
    Column("stands_in", "?", "1", "covers the beats of a unit of another district for a while"),
    Column("sign_on_min", "f8", "min since start", "when its present duty began"),
    Column("regular_end_min", "f8", "min since start", "when its shift ends; what is worked from then on is overtime"),
    Column(
        "shift_end_min", "f8", "min since start", "when it may go home: the end of its shift and of ordered overtime"
    ),
    Column("break_due_min", "f8", "min since start", "when its meal is due, infinity once taken"),
    Column(
        "meal_shift_min",
        "f4",
        "min",
        "how much later than halfway through its shift its meal is due, from the next duty on",
    ),
    Column("meals_at_once", "i2", "units", "units of its shift that may be at their meal at once"),
    Column("decisions", "i4", "1", "number of patrol decisions so far"),
    Column("seen_cell", "i4", "cell", "where residents see it in this tick, −1 if nowhere"),
    Column("on_duty_min", "f8", "min", "minutes of completed duties"),
    Column("overtime_min", "f8", "min", "of these, minutes after the end of the shift"),
    Column("duties", "i4", "1", "completed duties"),
    Column("meals_missed", "i4", "1", "of these, duties in which calls left no time for the meal"),
    Column("busy_min", "f8", "min", "minutes of calls so far: on the way, on scene, paperwork, arrests"),
    Column("arrests", "i4", "1", "crimes so far for which it made an arrest on scene"),
    Column("slow", "f4", "times", "time that its crew needs for a piece of work, 1 when rested"),
    Column("mistakes", "f4", "of pieces of work", "share of the work of its crew that goes wrong"),
    Column("effort", "f4", "of free time", "share of its free time that its crew spends as ordered"),
    Column("trained", "f4", "0 to 1", "what training in fair treatment takes off the crew's unfair contacts"),
    Column("busy_before_min", "f8", "min", "of the busy minutes, those before its present duty"),
)


class PatrolUnit(RowAgent):
    """A car with its crew."""


def new_units(n: int) -> Array:
    """Return n units off duty, at cell 0, with rested crews that follow their orders and make no mistakes."""
    units = table(UNIT_COLUMNS, n)
    units["call_id"] = -1
    units["seen_cell"] = -1
    units["break_due_min"] = np.inf
    units["slow"] = units["effort"] = 1.0
    units["meals_at_once"] = 1
    return units


def new_ledger(days: int) -> Array:
    """Return an empty ledger of unit-minutes, shape [days, activities]."""
    return np.zeros((days, len(Activity)))


@kernel
def is_about(activity: int) -> bool:
    """Whether a unit is out on patrol, or on its way back."""
    return activity in (Activity.PATROL_DRIVE, Activity.PATROL_STOP, Activity.RETURN_DRIVE)


@kernel
def is_free(activity: int) -> bool:
    """Whether a unit is free for a call: waiting, on patrol, or on its way back."""
    return activity == Activity.STANDBY or is_about(activity)


@kernel
def begin(units: Array, u: int, activity: int, now_min: float, until_min: float, ledger: Array) -> None:
    """End what a unit is doing, book its minutes by day, those of calls on the unit too, and begin something else."""
    unit = units[u]
    book(ledger, unit.activity, unit.since_min, now_min)
    if unit.activity >= Activity.RESPONSE_DRIVE:
        unit.busy_min += now_min - unit.since_min
    unit.activity = activity
    unit.since_min = now_min
    unit.until_min = until_min
    unit.version += 1


@inner_kernel
def busy_share(units: Array, u: int, now_min: float) -> float:
    """Return the share of its duty so far, of an hour at least, that calls took of a unit."""
    unit = units[u]
    return float(min(1.0, (unit.busy_min - unit.busy_before_min) / max(now_min - unit.sign_on_min, HOUR_MIN)))


@kernel
def book(ledger: Array, activity: int, from_min: float, to_min: float) -> None:
    """Book minutes to an activity, split at midnight."""
    if activity == Activity.OFF_DUTY:
        return
    last = len(ledger) - 1
    day = min(int(from_min / MINUTES_PER_DAY), last)
    end = (day + 1.0) * MINUTES_PER_DAY
    while to_min > end and day < last:
        ledger[day, activity] += end - from_min
        from_min = end
        end += MINUTES_PER_DAY
        day += 1
    ledger[day, activity] += to_min - from_min


@kernel
def book_open(units: Array, now_min: float, ledger: Array) -> None:
    """Book what every unit is in the middle of, up to now, into a ledger that nobody goes on writing."""
    for u in range(len(units)):
        book(ledger, units[u].activity, units[u].since_min, now_min)


@kernel
def position(units: Array, u: int, now_min: float, n_cols: int) -> int:
    """Return the cell where a unit is.

    On a drive it is the point of the straight line by the share of its time that has passed.

    Assumption: the street path is not followed cell by cell; drives within a beat are short, and times and distances
    are those of the streets.
    """
    unit = units[u]
    driving = unit.activity in (Activity.PATROL_DRIVE, Activity.RETURN_DRIVE, Activity.RESPONSE_DRIVE)
    if not driving or now_min >= unit.until_min:
        return int(unit.to_cell)
    gone_min = max(now_min - unit.depart_min, 0.0)  # who still turns out is where the drive begins
    share = gone_min / (unit.until_min - unit.depart_min)
    return cell_on_line(unit.from_cell, unit.to_cell, share, n_cols)


@kernel
def show_police(units: Array, ground: Ground, now_min: float, tick_min: float, rule: PresenceRule, logs: Logs) -> None:
    """Put every visible unit on the map as it stands now.

    One that drives without urgency, stops on patrol or stands at a planned post counts fully, and more of those who
    pass see it when its crew walks. One at a call counts for the share of its stay in which its officers are seen,
    while they arrive and leave. One that waits, or is on its way to a call and stops for
    nothing that it passes, is no patrol that puts anybody off; but who passes can see it, and remembers.
    """
    cells = ground.cells
    for u in range(len(units)):
        if units[u].seen_cell >= 0:
            cells[units[u].seen_cell].police_now = 0.0
            units[u].seen_cell = -1
    for u in range(len(units)):
        a = units[u].activity
        patrols, shown = 0.0, 0.0
        if is_about(a):
            on_foot = a == Activity.PATROL_STOP and units[u].on_foot
            patrols, shown = 1.0, rule.seen_on_foot_times if on_foot else 1.0
        elif a == Activity.ON_SCENE:
            at_post = logs.calls[units[u].call_id].key_entity >= PLANNED_KEYS
            patrols = shown = 1.0 if at_post else rule.seen_at_call_share
        elif a == Activity.RESPONSE_DRIVE:
            shown = 1.0
        elif a == Activity.STANDBY:
            shown = rule.seen_waiting_share
        if shown > 0.0:
            cell = position(units, u, now_min, ground.n_cols)
            cells[cell].shown_min += shown * tick_min
            if patrols > 0.0:
                units[u].seen_cell = cell
                cells[cell].police_now += patrols
