"""Diversion of calls (警情分流): the desk hands calls that are no police matter over to other services."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sim.incidents.call_changes import CallName, DiversionChange
from sim.parameters import parameter
from sim.programmes.base import Programme, ProgrammeParameters


class DiversionOfCalls(Programme):
    """Calls for help that are no police matter go to other services, at a price in desk minutes and trust."""

    name = "diversion"

    class Parameters(ProgrammeParameters):
        """Which calls, how many, at what price."""

        share: float = parameter(
            0.5,
            unit="share of calls",
            ge=0,
            lt=1,
            source="assumption",
            doc="Probability that the desk diverts such a call to another agency.",
        )
        calls: Annotated[tuple[CallName, ...], Field(min_length=1)] = parameter(
            ("service",),
            unit="names",
            source="assumption: 非警务求助",
            doc="Types of calls, as the caller describes them.",
        )
        desk_min: float = parameter(
            3.0,
            unit="min per call",
            ge=0,
            le=240,
            source="assumption",
            doc="Desk minutes for every call of these types.",
        )
        trust_loss: float = parameter(
            0.005,
            unit="points of trust on a 0–1 scale",
            ge=0,
            le=1,
            source="assumption: a quarter of that of a slow response",
            doc="Trust lost by a caller who is diverted.",
        )

    def prepare(self, scenario: Any) -> Any:
        """Let the desk hand calls over from the first day on."""
        chosen = self.parameters
        change = DiversionChange(
            calls=chosen.calls,
            share=chosen.share,
            desk_min=chosen.desk_min,
            trust_loss=chosen.trust_loss,
            cause=f"programme {self.name}",
        )
        demand = scenario.demand.model_copy(update={"diversion": (*scenario.demand.diversion, change)})
        return scenario.model_copy(update={"demand": demand})
