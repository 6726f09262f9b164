"""What is due and when: a binary heap of future events, in exact order of time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.columns import Column, grown, table
from sim.kernels import kernel

EVENT_COLUMNS = (
    Column("time_min", "f8", "min since start", "when it is due"),
    Column("order", "i8", "1", "number of the entry: of two events at one time the earlier entry goes first"),
    Column("subject", "i4", "row", "the call or unit that it concerns"),
    Column("version", "i4", "1", "plan of the subject that it belongs to; stale events are passed over"),
    Column("kind", "i1", "1", "what is due; its meaning belongs to whoever handles it"),
)


class Agenda(NamedTuple):
    """The heap: `events` is ordered as a heap up to `size[0]`; `size[1]` counts entries ever made."""

    events: Array
    size: Array  # int64 [2]


def new_agenda(capacity: int) -> Agenda:
    """Return an empty agenda."""
    return Agenda(table(EVENT_COLUMNS, capacity), np.zeros(2, dtype=np.int64))


def with_room(agenda: Agenda, spare: int) -> Agenda:
    """Return the agenda with room for at least `spare` more events."""
    if agenda.size[0] + spare <= len(agenda.events):
        return agenda
    return Agenda(grown(agenda.events, 2 * (len(agenda.events) + spare)), agenda.size)


@kernel
def put(agenda: Agenda, time_min: float, kind: int, subject: int, version: int) -> None:
    """Enter an event."""
    events, size = agenda.events, agenda.size
    i = size[0]
    if i >= len(events):
        raise IndexError("the agenda is full")
    size[0] += 1
    order = size[1]
    size[1] += 1
    while i > 0:
        parent = (i - 1) >> 1
        if events[parent].time_min <= time_min:
            break
        events[i] = events[parent]
        i = parent
    events[i].time_min = time_min
    events[i].order = order
    events[i].subject = subject
    events[i].version = version
    events[i].kind = kind


@kernel
def next_time(agenda: Agenda) -> float:
    """Return when the next event is due, infinity if there is none."""
    return float(agenda.events[0].time_min) if agenda.size[0] > 0 else np.inf


@kernel
def take(agenda: Agenda) -> tuple[float, int, int, int]:
    """Remove the next event and return its (time_min, kind, subject, version)."""
    events, size = agenda.events, agenda.size
    first = events[0]
    out = (first.time_min, first.kind, first.subject, first.version)
    size[0] -= 1
    last = size[0]
    time_min, order = events[last].time_min, events[last].order
    i = 0
    while True:
        child = 2 * i + 1
        if child >= last:
            break
        if child + 1 < last and _before(events, child + 1, events[child].time_min, events[child].order):
            child += 1
        if not _before(events, child, time_min, order):
            break
        events[i] = events[child]
        i = child
    if i != last:
        events[i] = events[last]
    return out


@kernel
def _before(events: Array, i: int, time_min: float, order: int) -> bool:
    """Whether event i comes before an event with this time and order."""
    return bool(events[i].time_min < time_min or (events[i].time_min == time_min and events[i].order < order))
