"""Tips (线索): the table of what residents tell the leader of their ten-household group, and the groups of a city."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.columns import Column, grown, table
from sim.incidents.log import TIP_KEYS
from sim.kernels import inner_kernel

CELL_KEYS = TIP_KEYS + (1 << 27)  # of what those hear who live in a cell; victims have the numbers below


class TipKind(IntEnum):
    """What a tip is about."""

    CRIME = 0  # that nobody reported
    WITNESS = 1  # somebody who knows something about a reported crime
    DISPUTE = 2  # that mediators do not know of
    FRAUD = 3  # a persuasion under way


class TipState(IntEnum):
    """Where a tip is."""

    OUTSIDE = 0  # on its way to the police, or waiting there until somebody deals with it
    INSIDE = 1  # on its way from there to the unit that can act
    ARRIVED = 2
    LOST = 3


TIP_COLUMNS = (
    Column("kind", "i1", "TipKind", "what it is about"),
    Column("subject_id", "i4", "row", "the crime, the dispute or the fraud"),
    Column("grid", "i4", "grid", "where it was heard"),
    Column("key_entity", "i4", "1", "with key_time: identity that no strategy changes, for its draws"),
    Column("key_time", "i4", "1", "see key_entity"),
    Column("start_min", "f8", "min since start", "when the leader of the group hears of it"),
    Column(
        "entry_min",
        "f8",
        "min since start",
        "when it gets to the police, or for disputes to the mediators; infinity if it never does",
    ),
    Column("taken_min", "f8", "min since start", "when somebody there dealt with it, −1 while nobody has"),
    Column(
        "inside_min", "f8", "min", "time that it takes from there to the unit that can act, infinity if it gets lost"
    ),
    Column("unit_min", "f8", "min since start", "when it gets to that unit, −1 while that is not known"),
    Column("state", "i1", "TipState", "where it is"),
)


class Tips(NamedTuple):
    """All tips of a run; rows never move."""

    rows: Array  # TIP_COLUMNS
    used: Array  # int64 [1]


class Neighbourhoods(NamedTuple):
    """The ten-household groups of a city by grid, and the grids by community and district.

    A grid here is what one grid worker (网格员) looks after, not the cells of the city (`sim.city.grid.Grid`).
    """

    grid_of: Array  # int32 [groups]
    start: Array  # int32 [grids + 1]: the groups of grid g are groups[start[g]] … groups[start[g + 1] − 1]
    groups: Array  # int32 [groups]
    district: Array  # int32 [grids]
    community: Array  # int32 [grids]


def new_tips(capacity: int = 64) -> Tips:
    """Return an empty table."""
    return Tips(table(TIP_COLUMNS, capacity), np.zeros(1, dtype=np.int64))


def tips_with_room(tips: Tips, spare: int) -> Tips:
    """Return the table with room for this many more."""
    needed = int(tips.used[0]) + spare
    return tips if needed <= len(tips.rows) else tips._replace(rows=grown(tips.rows, 2 * needed))


@inner_kernel
def add_tip(tips: Tips, kind: int, subject: int, grid: int, key_entity: int, key_time: int, start_min: float) -> None:
    """Write down a tip of which the leader of a group hears at `start_min`."""
    if tips.used[0] >= len(tips.rows):
        raise IndexError("the table of tips is full")
    tip = tips.rows[tips.used[0]]
    tips.used[0] += 1
    tip.kind = kind
    tip.subject_id = subject
    tip.grid = grid
    tip.key_entity = key_entity
    tip.key_time = key_time
    tip.start_min = start_min
    tip.entry_min = np.inf
    tip.taken_min = -1.0
    tip.inside_min = 0.0
    tip.unit_min = -1.0
    tip.state = TipState.OUTSIDE
