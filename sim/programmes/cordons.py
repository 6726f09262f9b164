"""Cordons (设卡布控): free cars take posts round the scene of a crime that has just been done."""

from __future__ import annotations

from typing import Any

from sim.parameters import parameter
from sim.programmes.base import Programme, ProgrammeParameters


class Cordons(Programme):
    """Who fled has to pass posts, patrols that have heard of him and screens, see `sim.police.patrol.pursuit`.

    The minutes are those of the units, who are not free for other calls meanwhile.
    """

    name = "cordons"

    class Parameters(ProgrammeParameters):
        """How many cars; how people flee and are met stands in `dispatch.pursuit`."""

        units: int = parameter(
            4, unit="units", ge=1, le=50, source="assumption: one for each direction",
            doc="Free cars that are sent to posts, beside those that the call needs.",
        )  # fmt: skip

    def prepare(self, scenario: Any) -> Any:
        """Have the dispatcher send them."""
        pursuit = scenario.dispatch.pursuit.model_copy(update={"units": self.parameters.units})
        return scenario.model_copy(update={"dispatch": scenario.dispatch.model_copy(update={"pursuit": pursuit})})
