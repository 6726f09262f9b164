"""Dosed hot-spot patrol (热点巡逻): short stops, again and again, in the hottest cells of recorded crime."""

from __future__ import annotations

import numpy as np

from sim.incident_types import PLACE_CRIMES
from sim.parameters import parameter
from sim.strategies.base import Briefing, PatrolPlan, Strategy, StrategyParameters
from sim.strategies.heat import heat, hottest, share_out


class Hotspot(Strategy):
    """Each beat stops in turn at its share of the hottest cells, ranked by smoothed and aged recorded crime."""

    name = "hotspot"

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(
            12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a hot spot."
        )
        spots_per_beat: int = parameter(
            4, unit="cells", ge=1, le=1000, source="assumption", doc="Hot spots that a beat looks after."
        )
        half_life_days: float = parameter(
            45.0, unit="days", ge=0.01, le=3650, source="assumption", doc="Age at which a recorded crime counts half."
        )
        smoothing_cells: float = parameter(
            1.0, unit="cells", ge=0, le=20, source="assumption", doc="Width of the Gaussian smoothing."
        )

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Rank cells by aged, smoothed counts of recorded crime at places; give the hottest to the nearest beats."""
        chosen, grid, beats = self.parameters, briefing.grid, briefing.beats
        values = heat(
            briefing.recorded.of(PLACE_CRIMES),
            briefing.now_min,
            grid,
            beats,
            chosen.half_life_days,
            chosen.smoothing_cells,
        )
        cells = hottest(values, chosen.spots_per_beat * len(beats.centre_cell))
        return PatrolPlan.of(
            cells, values[cells], chosen.dwell_min, share_out(cells, grid, beats, chosen.spots_per_beat)
        )
