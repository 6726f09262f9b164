"""The log of disputes (矛盾纠纷): one row each, found or not, and the list of those that are open."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.columns import Column, grown, table
from sim.kernels import kernel


class Subject(IntEnum):
    """What a dispute is about."""

    FAMILY = 0
    NEIGHBOUR = 1
    DEBT = 2
    WORK = 3
    LAND = 4


class Outcome(IntEnum):
    """How a dispute ended."""

    OPEN = 0
    COOLED = 1  # by itself
    MEDIATED = 2
    ARREST = 3  # of one party for an assault on the other


class Finder(IntEnum):
    """Through whom mediators heard of a dispute first."""

    NOBODY = 0
    GRID = 1  # grid workers (网格员) and visits
    POLICE = 2  # who were called to it
    ASSAULT = 3  # that the police recorded
    VISIT = 4  # of community officers
    VOLUNTEER = 5


class Level(IntEnum):
    """Where a dispute is mediated (人民调解): near home, in the town, or at the police station."""

    VILLAGE = 0
    TOWN = 1
    STATION = 2


DISPUTE_COLUMNS = (
    Column("subject", "i1", "Subject", "what it is about"),
    Column("party_id", "i4", "row", "resident"),
    Column("other_id", "i4", "row", "resident with a tie to the first"),
    Column("cell", "i4", "cell", "where it lives: the work place of the first, else the home"),
    Column("tension", "f8", "1", "how tense it is; 1 is the mean of new disputes"),
    Column(
        "shown",
        "f8",
        "times",
        "how tense it looks to others, relative to how tense it is: some parties complain, others keep quiet",
    ),
    Column("impression", "f8", "1", "how tense it looked when mediators last met the parties, 0 before"),
    Column("began_min", "f8", "min since start", "when it arose; negative before the run"),
    Column("outcome", "i1", "Outcome", "how it ended"),
    Column("ended_min", "f8", "min since start", "when it ended, if it did"),
    Column("found_by", "i1", "Finder", "through whom mediators heard of it first"),
    Column("found_min", "f8", "min since start", "when they did, if they did"),
    Column("in_mediation", "?", "1", "it waits for a session or has one"),
    Column("ready_day", "i4", "day", "first day on which the next session can begin"),
    Column("level", "i1", "Level", "whose mediators it waits for, or waited for last"),
    Column("handed_up", "i1", "steps", "times that it was handed to the next level"),
    Column("sessions", "i2", "sessions", "sessions begun"),
    Column("hours_left", "f8", "h", "mediator-hours that the session begun still takes, 0 between sessions"),
    Column("calls", "i2", "calls", "calls to the police about it"),
    Column("call_id", "i4", "row", "the latest of them while nothing is known of how it ended, else −1"),
    Column("assaults", "i2", "assaults", "times it escalated"),
    Column("incident_id", "i4", "row", "the latest assault while the police may still act on it, else −1"),
    Column("heard", "?", "1", "mediators have heard of that assault"),
    Column("assault_min", "f8", "min since start", "when it last escalated, if it did"),
    Column("planned_min", "f8", "min since start", "when it will escalate today, infinity if it will not"),
)


class Disputes(NamedTuple):
    """All disputes since the start and before, in order of their beginning; rows never move."""

    rows: Array  # DISPUTE_COLUMNS
    open: Array  # int32, rows of open disputes in order
    planned: Array  # int32, rows of those that escalate today
    used: Array  # int64 [3]: rows used, open ones, those that escalate today
    hours: Array  # f8 [levels, 3]: mediator-hours used and available so far, and of those used the ones that are paid
    joined: Array  # f8 [3]: how the levels work together today, see below; zeros: the village works alone


ROWS, OPEN, PLANNED = 0, 1, 2  # positions in Disputes.used
WORKED, AVAILABLE, PAID = 0, 1, 2  # positions in Disputes.hours, of each level
TOP, FROM_POLICE, HELP_HOURS = (
    0,
    1,
    2,
)  # in Disputes.joined: highest level in reach; where disputes that the police found begin; hours of volunteers


def new_dispute_log(capacity: int = 1024) -> Disputes:
    """Return an empty log."""
    listed, planned = np.zeros((2, capacity), dtype=np.int32)
    return Disputes(
        table(DISPUTE_COLUMNS, capacity),
        listed,
        planned,
        np.zeros(3, dtype=np.int64),
        np.zeros((len(Level), 3)),
        np.zeros(3),
    )


def disputes_with_room(disputes: Disputes, spare: int) -> Disputes:
    """Return the log with room for at least `spare` more disputes."""
    rows, listed, planned = disputes.rows, disputes.open, disputes.planned
    if disputes.used[ROWS] + spare > len(rows):
        rows = grown(rows, 2 * (len(rows) + spare))
    if disputes.used[OPEN] + spare > len(listed):
        listed, planned = (grown(lines, 2 * (len(lines) + spare)) for lines in (listed, planned))
    return disputes._replace(rows=rows, open=listed, planned=planned)


@kernel
def disputes_have_room(disputes: Disputes, spare: int) -> bool:
    """Whether the log has room for `spare` more disputes."""
    return bool(disputes.used[ROWS] + spare <= len(disputes.rows) and disputes.used[OPEN] + spare <= len(disputes.open))


@kernel
def add_dispute(
    disputes: Disputes, subject: int, party: int, other: int, cell: int, tension: float, began_min: float
) -> int:
    """Write a dispute that nobody knows of yet, and return its row."""
    d, k = disputes.used[ROWS], disputes.used[OPEN]
    if d >= len(disputes.rows) or k >= len(disputes.open):
        raise IndexError("the log of disputes is full")
    disputes.used[ROWS] += 1
    disputes.used[OPEN] += 1
    disputes.open[k] = d
    one = disputes.rows[d]
    one.subject = subject
    one.party_id = party
    one.other_id = other
    one.cell = cell
    one.tension = tension
    one.shown = 1.0
    one.impression = 0.0
    one.began_min = began_min
    one.outcome = Outcome.OPEN
    one.ended_min = 0.0
    one.found_by = Finder.NOBODY
    one.found_min = 0.0
    one.in_mediation = False
    one.ready_day = 0
    one.level = Level.VILLAGE
    one.handed_up = 0
    one.sessions = 0
    one.hours_left = 0.0
    one.calls = 0
    one.call_id = -1
    one.assaults = 0
    one.incident_id = -1
    one.heard = False
    one.assault_min = 0.0
    one.planned_min = np.inf
    return int(d)


@kernel
def age_days(disputes: Disputes, d: int, day: int) -> int:
    """Return the age of a dispute in days: 0 on the day on which it arises."""
    return int(day - math.floor(disputes.rows[d].began_min / MINUTES_PER_DAY))


@kernel
def plan_assault(disputes: Disputes, d: int, at_min: float) -> None:
    """Note that a dispute will escalate at a time of this day."""
    disputes.rows[d].planned_min = at_min
    disputes.planned[disputes.used[PLANNED]] = d
    disputes.used[PLANNED] += 1


@kernel
def end_dispute(disputes: Disputes, d: int, outcome: int, day: int) -> None:
    """End a dispute at the start of a day; it stays on the list of open ones until `drop_ended`."""
    one = disputes.rows[d]
    one.outcome = outcome
    one.ended_min = day * float(MINUTES_PER_DAY)
    one.in_mediation = False
    one.hours_left = 0.0


@kernel
def drop_ended(disputes: Disputes) -> None:
    """Take the disputes that have ended off the list of open ones, whose order stays."""
    kept = 0
    for k in range(disputes.used[OPEN]):
        if disputes.rows[disputes.open[k]].outcome == Outcome.OPEN:
            disputes.open[kept] = disputes.open[k]
            kept += 1
    disputes.used[OPEN] = kept
