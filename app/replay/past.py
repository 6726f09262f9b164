"""What a run and its branch have in common: the past, compared row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.languages.speech import say
from sim.clock import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.replay.recording import Recording

SAME = {  # of what began before a branch: the columns in which its two runs agree
    "incidents": ("time_min", "incident_id", "type", "cell", "x_m", "y_m", "offender_id", "victim_id"),
    "calls": ("received_min", "call_id", "type", "priority", "cell"),
    "tracks": ("start_min", "unit", "activity", "from_cell", "to_cell"),
}


class Past(NamedTuple):
    """What two runs of a branch have in common.

    Attributes
    ----------
    at, begins : float
        The moment of the branch, and when it begins to hold, minutes since the first measured day began.
    crimes, calls, movements : int
        How many rows before that were compared, column by column.
    """

    at: float
    begins: float
    crimes: int
    calls: int
    movements: int


def past_of(pairs: Sequence[Sequence[Recording]]) -> Past | None:
    """Compare the past of runs with that of their branches; None: there is no branch among them.

    Parameters
    ----------
    pairs : sequence of sequence of Recording
        The run, and its branch, for each replication.

    Raises
    ------
    RuntimeError
        If anything differs, which would be a fault of ours.
    """
    found = pairs[0][-1].branch
    if found is None:
        return None
    begins = float(found.first_day * MINUTES_PER_DAY)
    counts = [sum(_same_rows(one, other, table, begins) for one, other in pairs) for table in SAME]
    return Past(float(found.at_min), begins, *counts)


def _same_rows(one: Recording, other: Recording, table: str, before_min: float) -> int:
    """Return how many rows two runs have before a moment, all of which are the same to the bit."""
    parts = []
    for run in (one, other):
        columns = [np.ma.asarray(run.results.tables[table][name]) for name in SAME[table]]
        early = np.asarray(columns[0]) < before_min
        order = np.lexsort([np.ma.getdata(column)[early] for column in reversed(columns[:2])])
        parts.append([column[early][order] for column in columns])
    for name, mine, its in zip(SAME[table], *parts, strict=True):
        same = np.array_equal(np.ma.getmaskarray(mine), np.ma.getmaskarray(its)) and np.ma.allequal(mine, its)
        if not same or len(mine) != len(its):
            raise RuntimeError(f"the past of a branch is not that of its run: {table}.{name}")
    return len(parts[0][0])


def said_of(past: Past) -> str:
    """Say what the two have in common."""
    return say(
        "Up to the morning of day {day} both are the same to the bit ({crimes:,} crimes, {calls:,} calls and "
        "{movements:,} movements of units were compared); from that briefing on B is otherwise.",
        day=round(past.begins / MINUTES_PER_DAY) + 1, crimes=past.crimes, calls=past.calls, movements=past.movements,
    )  # fmt: skip
