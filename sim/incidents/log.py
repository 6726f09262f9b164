"""The logs: every true crime has one row, every call has one row and ends in exactly one outcome."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.agenda import Agenda, new_agenda
from sim.agenda import with_room as agenda_with_room
from sim.arrays import Array
from sim.columns import Column, grown, table
from sim.incident_types import PLACE_CRIMES, Target
from sim.kernels import kernel, row

NEVER = -1.0  # inside the tables only: results carry null


# Draws are keyed by (entity, time). Each kind of source numbers its own entities, and adds its key to them, so that no
# two share a draw; offenders have the numbers below the first.
SCHOOL_KEYS, DISPUTE_KEYS, FRAUD_KEYS, TIP_KEYS, CALL_KEYS = 1 << 28, 2 << 28, 3 << 28, 4 << 28, 5 << 28
CRISIS_KEYS, MASS_KEYS, PLANNED_KEYS = 12 << 27, 13 << 27, 14 << 27  # the last: what the police have planned themselves


class Discoverer(IntEnum):
    """Who brought something to the notice of the police."""

    NOBODY = 0
    VICTIM = 1
    WITNESS = 2
    VOLUNTEER = 3
    PATROL = 4
    CAMERA = 5  # an operator who looked at its picture
    TIP = 6  # from the social governance network, long after it happened


class CallState(IntEnum):
    """Where a call stands; those from SERVED on are final, and others at the end of the run are cut off by it."""

    EXPECTED = 0
    WAITING = 1
    SENT = 2
    ON_SCENE = 3
    SERVED = 4
    EXPIRED = 5  # its caller gave up
    AT_DESK = 6  # taken down at the desk of a station or on the telephone: no unit is sent
    UNNOTICED = 7  # nobody called, and no patrol came by: it is no call, and in no table
    DIVERTED = 8  # handed over to another service: no unit is sent, and nothing is written down


INCIDENT_COLUMNS = (
    Column("type", "i1", "IncidentType", "type of crime"),
    Column("recorded_type", "i1", "IncidentType", "what police records call it"),
    Column("time_min", "f8", "min since start", "when it happened"),
    Column("cell", "i4", "cell", "where"),
    Column("x_m", "f4", "m", "east"),
    Column("y_m", "f4", "m", "north"),
    Column("offender_id", "i4", "row", "row of the offender who did it, −1 if it was none of them"),
    Column("co_offender_id", "i4", "row", "row of the offender who joined in, −1 if none"),
    Column("culprit_id", "i4", "row", "resident who did it, −1 if none of the city"),
    Column("co_culprit_id", "i4", "row", "resident who joined in, −1 if none"),
    Column("victim_id", "i4", "row", "resident who suffered it, −1 if none; of a household the eldest"),
    Column("target", "i1", "Target", "what it was done to, if at a place"),
    Column("shop_id", "i4", "row", "shop that was burgled or stolen from, −1 if none"),
    Column("dispute_id", "i4", "row", "dispute that it came from, −1 if none"),
    Column("call_id", "i4", "row", "the call about it, −1 if never reported"),
    Column("discovered_by", "i1", "Discoverer", "who told the police"),
    Column("recorded_time_min", "f8", "min since start", "when it entered police records, −1 if never"),
    Column("recorded_cell", "i4", "cell", "where police records say it was"),
    Column(
        "earliest_min",
        "f8",
        "min since start",
        "before it nothing had happened yet, as who tells the police can say; what was seen is known to the minute",
    ),
    Column("latest_min", "f8", "min since start", "by then it had happened, as they can say"),
    Column("cleared", "?", "1", "an offender was arrested for it"),
    Column("arrest_time_min", "f8", "min since start", "when, −1 if never"),
    Column("harm", "f4", "days", "severity"),
    Column("loss", "f4", "currency", "loss"),
    Column("told", "?", "1", "an officer has told its victim what became of the case"),
)
CALL_COLUMNS = (
    Column("type", "i1", "IncidentType", "as reported"),
    Column("true_type", "i1", "IncidentType", "what it turns out to be on arrival"),
    Column("on_view", "?", "1", "nobody calls: a free patrol may come upon it, or it was planned"),
    Column("priority", "i1", "1 to 3", "1 is urgent"),
    Column("state", "i1", "CallState", "where it stands"),
    Column("needed", "i1", "units", "units it asks for"),
    Column("sent", "i1", "units", "units sent so far"),
    Column("far", "?", "1", "the first unit sent does not cover the beat"),
    Column("cell", "i4", "cell", "where"),
    Column("beat", "i2", "beat", "beat of the cell"),
    Column("incident_id", "i4", "row", "the crime it is about, −1 if none"),
    Column("caller_id", "i4", "row", "resident who will judge the response, −1 if none"),
    Column("key_entity", "i4", "1", "with key_time: identity of the call that no strategy changes, for its draws"),
    Column("key_time", "i4", "1", "see key_entity"),
    Column("occurred_min", "f8", "min since start", "when what it is about happened"),
    Column("received_min", "f8", "min since start", "when it was made"),
    Column("taken_min", "f8", "min since start", "when the dispatcher had it, −1 if never"),
    Column("dispatched_min", "f8", "min since start", "when the first unit was sent, −1 if never"),
    Column("under_way_min", "f8", "min since start", "when the first unit to arrive set off, −1 if never"),
    Column("arrived_min", "f8", "min since start", "when the first unit arrived, −1 if never"),
    Column("cleared_min", "f8", "min since start", "when the last of its work on scene ended, −1 if never"),
    Column("freed_min", "f8", "min since start", "when that unit had done all that came of it, −1 if never"),
    Column("unit_id", "i4", "row", "first unit to arrive, −1 if none"),
    Column("distance_km", "f4", "km", "street distance that this unit drove"),
    Column("on_scene_min", "f4", "min", "time it will take on scene"),
    Column("paperwork_min", "f4", "min", "time of paperwork after it"),
    Column("next_waiting", "i4", "row", "next call in its queue, −1 if last"),
    Column("judged", "?", "1", "its caller has made up an opinion of the response"),
    Column("crew_busy", "f4", "0 to 1", "share of its duty, up to its arrival, that calls took of the first unit"),
    Column("held", "?", "1", "who did it is held by those who call, until a unit comes"),
)
VISIT_COLUMNS = (
    Column("unit_id", "i4", "row", "who"),
    Column("cell", "i4", "cell", "where"),
    Column("start_min", "f8", "min since start", "when the unit stopped there"),
    Column("dwell_min", "f4", "min", "how long it stayed"),
    Column("on_foot", "?", "1", "its crew had left the car and walked"),
)


class Logs(NamedTuple):
    """The logs of a run, their fill, and the agenda that calls enter."""

    incidents: Array
    calls: Array
    visits: Array
    used: Array  # int64 [4]: rows used of incidents, calls, visits; number of expected calls that have been received
    expected: Array  # rows of calls known beforehand to come in, in order of time
    agenda: Agenda
    chances: Array  # [place crimes] expected offences so far: the chances of what offenders met, added up


INCIDENTS, CALLS, VISITS, RECEIVED = 0, 1, 2, 3  # positions in Logs.used
CALL_RECEIVED = 0  # kind of event on the agenda; the dispatcher handles it


def new_logs(capacity: int = 4096) -> Logs:
    """Return empty logs."""
    incidents, calls, visits = (table(columns, capacity) for columns in (INCIDENT_COLUMNS, CALL_COLUMNS, VISIT_COLUMNS))
    return Logs(
        incidents, calls, visits, np.zeros(4, dtype=np.int64), np.zeros(0, dtype=np.int32), new_agenda(capacity),
        np.zeros(len(PLACE_CRIMES)),
    )  # fmt: skip


def with_room(logs: Logs, spare: int) -> Logs:
    """Return the logs with room for at least `spare` more rows in each and on the agenda."""
    incidents, calls, visits = (
        rows if used + spare <= len(rows) else grown(rows, 2 * (len(rows) + spare))
        for rows, used in zip((logs.incidents, logs.calls, logs.visits), logs.used[:3], strict=True)
    )
    return with_room_for_events(logs._replace(incidents=incidents, calls=calls, visits=visits), spare)


def with_room_for_events(logs: Logs, spare: int) -> Logs:
    """Return the logs with room for at least `spare` more entries on the agenda."""
    return logs._replace(agenda=agenda_with_room(logs.agenda, spare))


@kernel
def has_room(logs: Logs, spare: int) -> bool:
    """Whether each log and the agenda have room for `spare` more rows."""
    return bool(
        logs.used[INCIDENTS] + spare <= len(logs.incidents)
        and logs.used[CALLS] + spare <= len(logs.calls)
        and logs.used[VISITS] + spare <= len(logs.visits)
        and logs.agenda.size[0] + spare <= len(logs.agenda.events)
    )


@kernel
def add_incident(logs: Logs, kind: int, time_min: float, cell: int, x_m: float, y_m: float, harm_days: float) -> int:
    """Write a crime that nobody knows of yet, and return its row; who was in it is for the caller to write there."""
    n = logs.used[INCIDENTS]
    if n >= len(logs.incidents):
        raise IndexError("the log of crimes is full")
    logs.used[INCIDENTS] += 1
    crime = logs.incidents[n]
    crime.type = kind
    crime.recorded_type = kind
    crime.time_min = time_min
    crime.cell = cell
    crime.x_m = x_m
    crime.y_m = y_m
    crime.offender_id = -1
    crime.co_offender_id = -1
    crime.culprit_id = -1
    crime.co_culprit_id = -1
    crime.victim_id = -1
    crime.target = Target.NONE
    crime.shop_id = -1
    crime.dispute_id = -1
    crime.call_id = -1
    crime.discovered_by = Discoverer.NOBODY
    crime.recorded_time_min = NEVER
    crime.recorded_cell = -1
    crime.earliest_min = time_min
    crime.latest_min = time_min
    crime.cleared = False
    crime.arrest_time_min = NEVER
    crime.harm = harm_days
    crime.loss = 0.0
    return int(n)


def said_min(crimes: Array) -> Array:
    """Return when crimes are said to have happened.

    The middle of what is known to bound each, the police's best guess (aoristic; Ratcliffe 2002).
    """
    middle: Array = (crimes["earliest_min"] + crimes["latest_min"]) / 2
    return middle


def entries(crimes: Array, since_min: float, now_min: float) -> tuple[Array, Array]:
    """Return which crimes entered police records after one moment and by another, and when; equal shapes [entries]."""
    rows, entered_min = np.empty(len(crimes), dtype=np.int64), np.empty(len(crimes))
    n = _note_entries(crimes, since_min, now_min, rows, entered_min)
    return rows[:n], entered_min[:n]


@kernel
def _note_entries(crimes: Array, since_min: float, now_min: float, rows: Array, entered_min: Array) -> int:
    """Write down the crimes that entered the records in between; return how many."""
    n = 0
    for i in range(len(crimes)):
        entered = crimes[i].recorded_time_min
        if since_min < entered <= now_min:
            rows[n], entered_min[n] = i, entered
            n += 1
    return n


def calls_between(calls: Array, start_min: float, end_min: float) -> Array:
    """Return the rows of calls that came in between two moments, in order of receipt.

    What patrols came upon counts from then; what nobody calls about and no patrol has seen is no call, nor is what was
    planned.
    """
    known = ~calls["on_view"] | ((calls["state"] != CallState.UNNOTICED) & (calls["state"] != CallState.EXPECTED))
    known &= calls["key_entity"] < PLANNED_KEYS
    rows = np.flatnonzero((calls["received_min"] >= start_min) & (calls["received_min"] < end_min) & known)
    found: Array = rows[np.argsort(calls["received_min"][rows], kind="stable")]
    return found


@kernel
def add_call(
    logs: Logs,
    kind: int,
    cell: int,
    beat: int,
    key_entity: int,
    key_time: int,
    occurred_min: float,
    received_min: float,
) -> int:
    """Write a call that will be received at `received_min`, and return its row.

    It is what its caller says, of priority 3, for one unit, about no crime and by nobody who judges the response; what
    is otherwise, and how long it takes, is for the caller to write there, who also says when it is due.
    """
    c = logs.used[CALLS]
    if c >= len(logs.calls):
        raise IndexError("the log of calls is full")
    logs.used[CALLS] += 1
    call = logs.calls[c]
    call.type = kind
    call.true_type = kind
    call.on_view = False
    call.priority = 3
    call.state = CallState.EXPECTED
    call.needed = 1
    call.sent = 0
    call.far = False
    call.cell = cell
    call.beat = beat
    call.incident_id = -1
    call.caller_id = -1
    call.key_entity = key_entity
    call.key_time = key_time
    call.occurred_min = occurred_min
    call.received_min = received_min
    call.taken_min = NEVER
    call.dispatched_min = NEVER
    call.under_way_min = NEVER
    call.arrived_min = NEVER
    call.cleared_min = NEVER
    call.freed_min = NEVER
    call.unit_id = -1
    call.distance_km = 0.0
    call.on_scene_min = 0.0
    call.paperwork_min = 0.0
    call.held = False
    call.next_waiting = -1
    call.judged = False
    return int(c)


def expect(logs: Logs, first: int) -> Logs:
    """Return logs that expect the calls from row `first` on, in order of time, after those not yet received."""
    pending = logs.expected[logs.used[RECEIVED] :]
    rows = np.concatenate([pending, np.arange(first, logs.used[CALLS], dtype=np.int32)])
    logs.used[RECEIVED] = 0
    return logs._replace(expected=rows[np.argsort(logs.calls["received_min"][rows], kind="stable")])


@kernel
def next_expected(logs: Logs) -> float:
    """Return when the next expected call comes in, infinity if there is none."""
    if logs.used[RECEIVED] >= len(logs.expected):
        return np.inf
    return float(logs.calls[logs.expected[logs.used[RECEIVED]]].received_min)


@kernel
def take_expected(logs: Logs) -> int:
    """Take the next expected call off the list and return its row."""
    c = row(logs.expected[logs.used[RECEIVED]])
    logs.used[RECEIVED] += 1
    return c
