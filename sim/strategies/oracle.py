"""The oracle: a bound on what patrol can do, with stops where the true risk is highest."""

from __future__ import annotations

import numpy as np

from sim.parameters import parameter
from sim.strategies.base import Briefing, PatrolPlan, Strategy, StrategyParameters
from sim.strategies.heat import hottest, share_out


class Oracle(Strategy):
    """Hot-spot patrol by the true expected risk instead of police records, with the same officers, stops and beats."""

    name = "oracle"
    knows_truth = True

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(
            12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a cell."
        )
        spots_per_beat: int = parameter(
            4, unit="cells", ge=1, le=1000, source="assumption, as hotspot", doc="Cells that a beat looks after."
        )

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Rank cells by the true risk; give the highest of the city to the nearest beats with room."""
        if briefing.truth is None:
            raise ValueError("the oracle plans by the truth, which its briefing lacks")
        beats, each = briefing.beats, self.parameters.spots_per_beat
        risk = np.where(beats.beat < 0, 0.0, briefing.truth)
        cells = hottest(risk, each * len(beats.centre_cell))
        return PatrolPlan.of(
            cells, risk[cells], self.parameters.dwell_min, share_out(cells, briefing.grid, beats, each)
        )
