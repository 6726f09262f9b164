"""Patrol units: their table, where they are, what they are doing, and the ledger that books every minute of it."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.grid import cell_on_line
from sim.city.presence import PresenceRule
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.columns import Column, grown, table
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
DRIVES = (Activity.PATROL_DRIVE, Activity.RETURN_DRIVE, Activity.RESPONSE_DRIVE)
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
TRACK_COLUMNS = (
    Column("unit", "i4", "row", "who"),
    Column("call_id", "i4", "row", "the call or post that it serves, −1 if none"),
    Column("start_min", "f8", "min since start", "when it began this"),
    Column("depart_min", "f8", "min since start", "of a drive: when it set off"),
    Column("until_min", "f8", "min since start", "when it was to end"),
    Column("from_cell", "i4", "cell", "where a drive begins, or where the unit is"),
    Column("to_cell", "i4", "cell", "where a drive was to end, or where the unit is"),
    Column("activity", "i1", "Activity", "what it does"),
    Column("on_foot", "?", "1", "its crew has left the car, or will at the stop that it drives to"),
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


class Tracks(NamedTuple):
    """What units have begun to do, in order of time; nothing is written where there are no rows to write into."""

    rows: Array  # table of TRACK_COLUMNS
    used: Array  # int64 [1] rows used


def no_tracks() -> Tracks:
    """Return tracks into which nothing is written."""
    return Tracks(table(TRACK_COLUMNS, 0), np.zeros(1, dtype=np.int64))


def tracks_begun(units: Array) -> Tracks:
    """Return tracks that begin with what each unit is in the middle of."""
    tracks = tracks_with_room(no_tracks(), len(units))
    for u in range(len(units)):
        note_track(units, u, tracks)
    return tracks


def tracks_with_room(tracks: Tracks, spare: int) -> Tracks:
    """Return the tracks with room for at least `spare` more rows."""
    if tracks.used[0] + spare <= len(tracks.rows):
        return tracks
    return tracks._replace(rows=grown(tracks.rows, 2 * (len(tracks.rows) + spare)))


@inner_kernel
def has_room_for_tracks(tracks: Tracks, spare: int) -> bool:
    """Whether nothing is written, or there is room for `spare` more rows."""
    return bool(len(tracks.rows) == 0 or tracks.used[0] + spare <= len(tracks.rows))


@kernel
def note_track(units: Array, u: int, tracks: Tracks) -> None:
    """Write down what a unit has begun to do; one that is off duty is at its station."""
    n = tracks.used[0]
    if n >= len(tracks.rows):
        raise IndexError("the tracks of the units are full")
    tracks.used[0] += 1
    unit, track = units[u], tracks.rows[n]
    track.unit = u
    track.call_id = unit.call_id
    track.start_min = unit.since_min
    track.depart_min = unit.depart_min
    track.until_min = unit.until_min
    track.from_cell = unit.from_cell
    track.to_cell = unit.to_cell
    track.activity = unit.activity
    track.on_foot = unit.on_foot
    if unit.activity == Activity.OFF_DUTY:
        track.from_cell = track.to_cell = unit.next_station_cell


@kernel
def is_about(activity: int) -> bool:
    """Whether a unit is out on patrol, or on its way back."""
    return activity in (Activity.PATROL_DRIVE, Activity.PATROL_STOP, Activity.RETURN_DRIVE)


@kernel
def is_free(activity: int) -> bool:
    """Whether a unit is free for a call: waiting, on patrol, or on its way back."""
    return activity == Activity.STANDBY or is_about(activity)


@kernel
def begin(units: Array, u: int, activity: int, now_min: float, until_min: float, ledger: Array, tracks: Tracks) -> None:
    """End what a unit is doing, book its minutes by day, those of calls on the unit too, and begin something else.

    Where it is, where it goes and which call it serves is written on it before.
    """
    unit = units[u]
    book(ledger, unit.activity, unit.since_min, now_min)
    if unit.activity >= Activity.RESPONSE_DRIVE:
        unit.busy_min += now_min - unit.since_min
    unit.activity = activity
    unit.since_min = now_min
    unit.until_min = until_min
    unit.version += 1
    if len(tracks.rows) > 0:
        note_track(units, u, tracks)


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
    """Return the cell where a unit is."""
    return place_of(units[u], now_min, n_cols)


@inner_kernel
def place_of(unit: Any, now_min: float, n_cols: int) -> int:
    """Return the cell where a unit is by its row, or by one of its tracks.

    On a drive it is the point of the straight line by the share of its time that has passed.

    Assumption: the street path is not followed cell by cell; drives within a beat are short, and times and distances
    are those of the streets.
    """
    if unit.activity not in DRIVES or now_min >= unit.until_min or unit.from_cell == unit.to_cell:
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
