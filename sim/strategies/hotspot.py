"""Dosed hot-spot patrol (热点巡逻): short stops, again and again, in the hottest cells of recorded crime."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from sim.incidents.types import PLACE_CRIMES
from sim.parameters import parameter
from sim.strategies.base import Briefing, PatrolPlan, Strategy, StrategyParameters


class Hotspot(Strategy):
    """Each beat stops in turn at its share of the hottest cells, ranked by smoothed and aged recorded crime."""

    name = "hotspot"

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a hot spot.")
        spots_per_beat: int = parameter(4, unit="cells", ge=1, le=1000, source="assumption", doc="Hot spots that a beat looks after.")
        half_life_days: float = parameter(45.0, unit="days", gt=0, le=3650, source="assumption", doc="Age at which a recorded crime counts half.")
        smoothing_cells: float = parameter(1.0, unit="cells", ge=0, le=20, source="assumption", doc="Width of the Gaussian smoothing.")

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:  # noqa: ARG002
        """Rank cells by aged, smoothed counts of recorded crime at places; give the hottest of the city to the nearest beats with room."""
        chosen, grid, recorded = self.parameters, briefing.grid, briefing.recorded.of(PLACE_CRIMES)
        age_days = (briefing.now_min - recorded.time_min) / 1440
        counts = np.bincount(recorded.cell, weights=0.5 ** (age_days / chosen.half_life_days), minlength=grid.n_cells)
        heat = gaussian_filter(counts.reshape(grid.n_rows, grid.n_cols), chosen.smoothing_cells, mode="constant").ravel()
        heat, centres = np.where(briefing.beats.beat < 0, 0.0, heat), briefing.beats.centre_cell
        hottest = np.argsort(-heat, kind="stable")[: min(chosen.spots_per_beat * len(centres), np.count_nonzero(heat > 0))]
        room = np.full(len(centres), chosen.spots_per_beat)
        beat = np.empty(len(hottest), dtype=int)
        for s, cell in enumerate(hottest):
            distance = np.hypot(grid.x_m[centres] - grid.x_m[cell], grid.y_m[centres] - grid.y_m[cell])
            beat[s] = np.argmin(np.where(room > 0, distance, np.inf))
            room[beat[s]] -= 1
        return PatrolPlan.of(hottest, heat[hottest], chosen.dwell_min, beat)
