"""The oracle: a bound on what patrol can do, with stops where the true risk is highest."""

from __future__ import annotations

import numpy as np

from sim.parameters import parameter
from sim.strategies.base import Briefing, Strategy, StrategyParameters
from sim.strategies.heat import stops
from sim.strategies.plan import PatrolPlan


class Oracle(Strategy):
    """Hot-spot patrol by the true expected risk instead of police records, with the same officers, stops and beats."""

    name = "oracle"
    knows_truth = True

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(
            12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a hot spot."
        )
        spots_per_beat: int = parameter(
            4, unit="areas", ge=1, le=1000, source="assumption, as hotspot", doc="Hot spots that a beat looks after."
        )
        spot_m: float = parameter(
            200.0, unit="m", ge=10, le=2000, source="assumption, as hotspot", doc="Side of a hot spot, a square."
        )

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Rank areas by the true risk; give the highest of the city to the nearest beats with room."""
        if briefing.truth is None:
            raise ValueError("the oracle plans by the truth, which its briefing lacks")
        chosen = self.parameters
        cell, weight, beat = stops(briefing.truth, briefing.grid, briefing.beats, chosen.spot_m, chosen.spots_per_beat)
        return PatrolPlan.of(cell, weight, chosen.dwell_min, beat)
