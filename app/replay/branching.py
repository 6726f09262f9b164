"""From here, otherwise: what is ordered anew at a moment of a replay, and that the past up to there is the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.languages.speech import listed, say
from experiments.presentation.names import noun, programme_name, strategy_name
from sim.branch import branch
from sim.clock import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.replay.recording import Recording
    from sim.scenario import Scenario

SAME = {  # of what began before a branch: the columns in which its two runs agree
    "incidents": ("time_min", "incident_id", "type", "cell", "x_m", "y_m", "offender_id", "victim_id"),
    "calls": ("received_min", "call_id", "type", "priority", "cell"),
    "tracks": ("start_min", "unit", "activity", "from_cell", "to_cell"),
}


@dataclass(frozen=True)
class Branch:
    """What is ordered anew, see `sim.branch.branch`.

    Attributes
    ----------
    at_min : float
        The moment, minutes since the first measured day began.
    strategy : str or mapping, optional
        Which; absent: that which holds.
    programmes : mapping or list of str
        Added to it.
    heads, changes : sequence of mapping
        Personnel and parameters of the police that differ.
    """

    at_min: float
    strategy: str | Mapping[str, Any] | None = None
    programmes: Mapping[str, Mapping[str, Any]] | Sequence[str] = ()
    heads: Sequence[Mapping[str, Any]] = ()
    changes: Sequence[Mapping[str, Any]] = ()

    def of(self, scenario: Scenario) -> Scenario:
        """Return a run that is the same up to the moment, and goes on as is ordered.

        Raises
        ------
        BadInput
            See `sim.branch.branch`.
        """
        return branch(
            scenario, self.at_min, strategy=self.strategy, programmes=self.programmes, heads=self.heads,
            changes=self.changes,
        )  # fmt: skip

    @property
    def first_day(self) -> int:
        """The measured day, from 0, from whose briefing on it holds."""
        return max(math.ceil(self.at_min / MINUTES_PER_DAY), 1)

    @property
    def words(self) -> str:
        """What is otherwise, in the language that is spoken."""
        name = self.strategy if isinstance(self.strategy, str) or self.strategy is None else self.strategy["name"]
        parts = [] if name is None else [strategy_name(name)]
        parts += [programme_name(one) for one in self.programmes]
        parts += [_heads_words(one) for one in self.heads]
        parts += [say("other parameters")] if self.changes else []
        what = listed(parts) if parts else say("as before")
        return say("from day {day} on: {what}", day=self.first_day + 1, what=what)


def _heads_words(change: Mapping[str, Any]) -> str:
    """Say how many more or fewer there are, and where."""
    where = noun(change["post"]) if change.get("post") else say("everywhere")
    if (heads := change.get("heads")) is None:
        return say("{share:.0%} of the personnel ({post})", share=float(change.get("factor", 1)), post=where)
    if change.get("move_to"):
        return say("{n} moved ({post} → {to})", n=f"{heads:g}", post=where, to=noun(change["move_to"]))
    words = "{n} more ({post})" if heads > 0 else "{n} fewer ({post})"
    return say(words, n=f"{abs(heads):g}", post=where)


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
