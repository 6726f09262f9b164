"""What the police themselves have written down, besides their records of crime: calls that came in, stops of patrol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import numpy as np

from sim.arrays import Array, frozen
from sim.columns import grown, table
from sim.incident_types import IncidentType
from sim.incidents.log import CALL_COLUMNS, PLANNED_KEYS, VISIT_COLUMNS, CallState

NOTHING = frozen(np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Calls:
    """Calls for service by now, and what patrols came upon; equal shapes [calls], in order of receipt.

    Times are minutes since the start of the run.
    """

    type: Array  # IncidentType, as the caller said; what it turned out to be is not told
    cell: Array  # where a unit is wanted
    received_min: Array
    priority: Array  # 1 is urgent
    by_patrol: Array  # nobody called: a patrol came upon it

    @classmethod
    def none(cls) -> Calls:
        """Return no calls."""
        return cls.read(table(CALL_COLUMNS, 0), NOTHING)

    @classmethod
    def read(cls, log: Array, rows: Array) -> Calls:
        """Return the calls in some rows of the log, an array of CALL_COLUMNS."""
        return cls(*(log[name][rows] for name in ("type", "cell", "received_min", "priority", "on_view")))

    def of(self, types: Iterable[int]) -> Calls:
        """Return the calls of some types, such as `[IncidentType.DISORDER]`."""
        return of_types(self, types)


@dataclass(frozen=True)
class Visits:
    """Stops of patrol that have ended by now; equal shapes [stops], in the order in which they ended.

    A drive through a cell is no stop. Times are minutes since the start of the run.
    """

    cell: Array
    start_min: Array
    dwell_min: Array
    on_foot: Array  # the crew walked

    @classmethod
    def none(cls) -> Visits:
        """Return no stops."""
        return cls.read(table(VISIT_COLUMNS, 0))

    @classmethod
    def read(cls, rows: Array) -> Visits:
        """Return the stops of some rows of the log, an array of VISIT_COLUMNS."""
        return cls(*(rows[column.name].copy() for column in fields(cls)))


Known = TypeVar("Known", Calls, Visits)
Rows = TypeVar("Rows", bound=Any)


def of_types(rows: Rows, types: Iterable[int]) -> Rows:
    """Return those of some rows with a `type` that are of these types."""
    chosen = set(types)
    wanted = np.flatnonzero(np.array([kind in chosen for kind in IncidentType])[rows.type])
    found: Rows = type(rows)(*(getattr(rows, column.name)[wanted] for column in fields(rows)))
    return found


class Pages(Generic[Known]):
    """Rows that are only ever added to: what was handed out of them is read-only and stays as it was.

    Attributes
    ----------
    written : Calls or Visits
        All of them so far.
    """

    def __init__(self, none: Known) -> None:
        self.written: Known = frozen(none)
        self._room = list(vars(none).values())  # columns, with rows to spare

    def add(self, new: Known) -> None:
        """Write these rows behind the others."""
        first = len(self.written.cell)
        end = first + len(new.cell)
        if end == first:
            return
        for k, column in enumerate(vars(new).values()):
            if end > len(self._room[k]):
                self._room[k] = grown(self._room[k], 2 * end)
            self._room[k].flags.writeable = True
            self._room[k][first:end] = column
        self.written = frozen(type(new)(*(column[:end] for column in self._room)))


class Books:
    """What the police write down besides crime, kept from briefing to briefing: only what is new is looked at.

    Attributes
    ----------
    calls, visits : Pages
        As far as they have been brought up to date.
    """

    def __init__(self) -> None:
        self.calls, self.visits = Pages(Calls.none()), Pages(Visits.none())
        self._seen = 0
        self._to_come = NOTHING  # rows of calls that nobody has made yet, or come upon

    def bring_up_to(self, now_min: float, calls: Array, visits: Array) -> None:
        """Write down the calls that came in by now, and the stops that have ended.

        Parameters
        ----------
        now_min : float
            Minutes since the start of the run, never less than before.
        calls, visits : array of CALL_COLUMNS, array of VISIT_COLUMNS
            The logs as far as they are used, calls that nobody has made yet among them.
        """
        rows = np.concatenate([self._to_come, np.arange(self._seen, len(calls))])
        self._seen = len(calls)
        received, state, on_view = (calls[name][rows] for name in ("received_min", "state", "on_view"))
        never = (received < 0.0) | (on_view & (state == CallState.UNNOTICED))
        never |= calls["key_entity"][rows] >= PLANNED_KEYS
        here = (received < now_min) & ~never & ~(on_view & (state == CallState.EXPECTED))
        self._to_come = rows[~here & ~never]
        self.calls.add(Calls.read(calls, rows[here][np.argsort(received[here], kind="stable")]))
        self.visits.add(Visits.read(visits[len(self.visits.written.cell) :]))
