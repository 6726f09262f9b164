"""What the police themselves have written down, besides their records of crime: calls that came in, stops of patrol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from sim.arrays import Array, frozen
from sim.columns import table
from sim.incidents.log import CALL_COLUMNS, VISIT_COLUMNS, CallState

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
        return cls._read(table(CALL_COLUMNS, 0), NOTHING)

    @classmethod
    def _read(cls, log: Array, rows: Array) -> Calls:
        return cls(*(log[name][rows] for name in ("type", "cell", "received_min", "priority", "on_view")))

    def and_those(self, log: Array, rows: Array) -> Calls:
        """Return these calls and those in some rows of the log, an array of CALL_COLUMNS."""
        return _joined(self, self._read(log, rows)) if len(rows) else self

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
        return cls._read(table(VISIT_COLUMNS, 0))

    @classmethod
    def _read(cls, rows: Array) -> Visits:
        return cls(*(rows[column.name].copy() for column in fields(cls)))

    def and_those(self, rows: Array) -> Visits:
        """Return these stops and those of some rows of the log, an array of VISIT_COLUMNS."""
        return _joined(self, self._read(rows)) if len(rows) else self


Known = TypeVar("Known", Calls, Visits)
Rows = TypeVar("Rows", bound=Any)


def of_types(rows: Rows, types: Iterable[int]) -> Rows:
    """Return those of some rows with a `type` that are of these types."""
    wanted = np.isin(rows.type, list(types))
    found: Rows = type(rows)(*(getattr(rows, column.name)[wanted] for column in fields(rows)))
    return found


def _joined(before: Known, new: Known) -> Known:
    columns = (column.name for column in fields(before))
    return frozen(type(before)(*(np.concatenate([getattr(before, name), getattr(new, name)]) for name in columns)))


class Books:
    """What the police write down besides crime, kept from briefing to briefing: only what is new is looked at.

    Attributes
    ----------
    calls, visits : Calls, Visits
        As far as they have been brought up to date.
    """

    def __init__(self) -> None:
        self.calls, self.visits = Calls.none(), Visits.none()
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
        here = (received < now_min) & ~never & ~(on_view & (state == CallState.EXPECTED))
        self._to_come = rows[~here & ~never]
        self.calls = self.calls.and_those(calls, rows[here][np.argsort(received[here], kind="stable")])
        self.visits = self.visits.and_those(visits[len(self.visits.cell) :])
