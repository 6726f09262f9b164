"""Dosed hot-spot patrol (热点巡逻): short stops, again and again, where recorded crime is hottest."""

from __future__ import annotations

import numpy as np

from sim.incident_types import PLACE_CRIMES
from sim.parameters import parameter
from sim.strategies.base import Briefing, Strategy, StrategyParameters
from sim.strategies.heat import heat, stops
from sim.strategies.plan import PatrolPlan


class Hotspot(Strategy):
    """Each beat stops in turn at its share of the hottest areas, ranked by smoothed and aged recorded crime."""

    name = "hotspot"

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(
            12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a hot spot."
        )
        spots_per_beat: int = parameter(
            4, unit="areas", ge=1, le=1000, source="assumption", doc="Hot spots that a beat looks after."
        )
        spot_m: float = parameter(
            200.0,
            unit="m",
            ge=10,
            le=2000,
            source="assumption: a street block or two, as in trials of hot spots",
            doc="Side of a hot spot, a square.",
        )
        half_life_days: float = parameter(
            45.0, unit="days", ge=0.01, le=3650, source="assumption", doc="Age at which a recorded crime counts half."
        )
        smoothing_m: float = parameter(
            100.0, unit="m", ge=0, le=2000, source="assumption", doc="Width of the Gaussian smoothing."
        )

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Rank areas by aged, smoothed counts of recorded crime at places; give the hottest to the nearest beats."""
        chosen, grid, beats = self.parameters, briefing.grid, briefing.beats
        values = heat(
            briefing.recorded.of(PLACE_CRIMES),
            briefing.now_min,
            grid,
            beats,
            chosen.half_life_days,
            chosen.smoothing_m,
        )
        cell, weight, beat = stops(values, grid, beats, chosen.spot_m, chosen.spots_per_beat)
        return PatrolPlan.of(cell, weight, chosen.dwell_min, beat)
