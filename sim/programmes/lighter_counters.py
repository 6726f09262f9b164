"""Lighter counters and registers (放管服): residents do online what they came to a counter for.

Desks and community officers keep their hours for other work; the services cost money.
"""

from __future__ import annotations

from typing import Any

from sim.parameters import parameter
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today


class LighterCounters(Programme):
    """Certificates, registers and licences go online, and some are no longer asked for."""

    name = "lighter_counters"
    totals = ("cost",)

    class Parameters(ProgrammeParameters):
        """What it saves, and what it costs."""

        counter_factor: float = parameter(
            0.6,
            unit="times",
            ge=0.01,
            le=1,
            source="assumption: two fifths of those who come can do it online",
            doc="Business at the counters of the stations, relative to that without it.",
        )
        registers_factor: float = parameter(
            0.8,
            unit="times",
            ge=0.01,
            le=1,
            source="assumption: visits and paper remain",
            doc="Registers and licences of community officers, relative to those without it.",
        )
        yuan_per_resident_year: float = parameter(
            3.0,
            unit="yuan",
            ge=0,
            le=10_000,
            source="assumption",
            doc="Platform, data exchange and help desk, per resident per year.",
        )

    def prepare(self, scenario: Any) -> Any:
        """Take work off counters and registers."""
        posts, chosen = scenario.posts, self.parameters
        less = {
            "counter_min": posts.counter_min * chosen.counter_factor,
            "community_min": posts.community_min * chosen.registers_factor,
        }
        return scenario.model_copy(update={"posts": posts.model_copy(update=less)})

    def begin(self, site: Site) -> None:
        """Note for how many residents it is paid."""
        self._residents = site.city.residents

    def day(self, today: Today) -> None:
        """Pay for the services."""
        self.note(today.day, "cost", self._residents * self.parameters.yuan_per_resident_year / 365)
