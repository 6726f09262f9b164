"""Random preventive patrol (随机巡逻): drive from one random place of the beat to another."""

from __future__ import annotations

import numpy as np

from sim.parameters import parameter
from sim.strategies.base import Briefing, Strategy, StrategyParameters
from sim.strategies.plan import PatrolPlan


class RandomPatrol(Strategy):
    """Free units drive through their beats at random, as in the Kansas City experiment (Kelling et al. 1974)."""

    name = "random_patrol"
    review_days = 36_500  # the plan never changes

    class Parameters(StrategyParameters):
        """How it patrols."""

        dwell_min: float = parameter(
            0.0, unit="min", ge=0, le=240, source="assumption: keep driving", doc="Stop at each place."
        )

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Return every cell of every beat with the same weight."""
        cells = np.flatnonzero(briefing.beats.beat >= 0)
        return PatrolPlan.of(cells, 1.0, self.parameters.dwell_min, briefing.beats.beat[cells])
