"""What the police themselves have written down, besides their records of crime: calls that came in, stops of patrol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from sim.arrays import Array
from sim.columns import table
from sim.incidents.log import CALL_COLUMNS, VISIT_COLUMNS, calls_between


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
        return cls.by(table(CALL_COLUMNS, 0), 0.0)

    @classmethod
    def by(cls, calls: Array, now_min: float) -> Calls:
        """Return what is known by now of rows of the log of calls.

        Parameters
        ----------
        calls : array of CALL_COLUMNS
            The log, calls that nobody has made yet among them.
        now_min : float
            Minutes since the start of the run.
        """
        rows = calls_between(calls, 0.0, now_min)
        columns = ("type", "cell", "received_min", "priority", "on_view")
        return cls(*(calls[name][rows] for name in columns))

    def of(self, types: Iterable[int]) -> Calls:
        """Return the calls of some types, such as `[IncidentType.DISORDER]`."""
        wanted = np.isin(self.type, list(types))
        return Calls(*(getattr(self, column.name)[wanted] for column in fields(self)))


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
        return cls.by(table(VISIT_COLUMNS, 0))

    @classmethod
    def by(cls, visits: Array) -> Visits:
        """Return rows of the log of visits; `visits` is an array of VISIT_COLUMNS."""
        return cls(*(visits[column.name].copy() for column in fields(cls)))
