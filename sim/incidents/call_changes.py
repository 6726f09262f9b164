"""Dated changes of calls: more or fewer of them, and those that the desk diverts to other services (警情分流)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.incident_types import OTHER_CALLS, IncidentType
from sim.parameters import CHOSEN, parameter
from sim.periods import Period, one_of

CALL_NAMES = tuple(kind.name.lower() for kind in OTHER_CALLS)


CallName = Annotated[str, one_of(CALL_NAMES, "; crimes and disputes follow from people, not from a rate of calls")]


class _CallChange(Period):
    """A change of some types of calls."""

    calls: tuple[CallName, ...] = parameter(
        (), unit="names", source=CHOSEN, doc="Types of calls; none listed: all that nothing in the model causes."
    )

    @property
    def target(self) -> tuple[object, ...]:
        """Which calls it is about."""
        return tuple(sorted(set(self.calls or CALL_NAMES)))

    def concerns(self, call: str) -> bool:
        """Return whether it is about this type of call."""
        return not self.calls or call in self.calls

    def whom(self) -> str:
        """Say which calls it is about."""
        return f"calls of {', '.join(self.calls)}" if self.calls else "all calls"


class DemandChange(_CallChange):
    """More or fewer calls of some types than usual: what people ask for, not what the police do with it."""

    factor: float = parameter(1.0, unit="times", ge=0, le=100, source=CHOSEN, doc="Calls relative to the usual number.")


class DiversionChange(_CallChange):
    """Calls that the desk diverts to other agencies (警情分流), at a price in time and trust."""

    share: float = parameter(
        0.0,
        unit="share of calls",
        ge=0,
        lt=1,
        source=CHOSEN,
        doc="Probability that a call described as one of these types is diverted to another agency.",
    )
    desk_min: float = parameter(
        3.0,
        unit="min per call",
        ge=0,
        le=240,
        source="assumption: a talk, and a call to the other service",
        doc="Desk minutes for a call of these types.",
    )
    trust_loss: float = parameter(
        0.005,
        unit="points of trust on a 0–1 scale",
        ge=0,
        le=1,
        source="assumption: a quarter of that of a slow response",
        doc="Trust lost by a caller who is diverted.",
    )


def demand_factor(changes: Sequence[DemandChange], call: str, day: int) -> float:
    """Return the number of calls of a type on a day, relative to the usual one: the product over the changes."""
    return float(
        np.prod([1.0 + (change.factor - 1.0) * change.weight(day) for change in changes if change.concerns(call)])
    )


class Diversion(NamedTuple):
    """What the desk diverts to other agencies today, by type of call as told; all arrays [types]."""

    share: Array  # chance that it does
    desk_min: Array  # desk minutes for every call of the type
    trust_loss: Array  # of a caller who is handed over


def diverted(changes: Sequence[DiversionChange], day: int) -> Diversion:
    """Return what the desk diverts on a day.

    Several diversions of a type each have their chance; the larger minutes and loss count.
    """
    found = Diversion(*(np.zeros(len(IncidentType)) for _ in range(3)))
    for kind, name in zip(OTHER_CALLS, CALL_NAMES, strict=True):
        for change in changes:
            weight = change.weight(day)
            if weight > 0 and change.concerns(name):
                found.share[kind] = 1 - (1 - found.share[kind]) * (1 - change.share * weight)
                found.desk_min[kind] = max(found.desk_min[kind], change.desk_min)
                found.trust_loss[kind] = max(found.trust_loss[kind], change.trust_loss)
    return found
