"""Intelligence-led patrol (情报主导警务): stops where analysts say, day by day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.parameters import parameter
from sim.strategies.base import Briefing, Strategy, StrategyParameters
from sim.strategies.heat import stops
from sim.strategies.plan import PatrolPlan


class IntelligenceLed(Strategy):
    """Stops where the latest alerts warn, and at the hot spots of the latest weekly surface."""

    name = "intelligence_led"
    review_days = 1
    programmes: ClassVar[tuple[str, ...]] = ("intelligence",)
    organisation = "joint_room"
    needs = ("intelligence",)

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(
            12.0,
            unit="min",
            ge=0,
            le=240,
            source="Koper 1995: 10–16 min, contested",
            doc="Stop at a hot spot, or where an alert warns.",
        )
        spots_per_beat: int = parameter(
            4, unit="areas", ge=1, le=1000, source="assumption, as hotspot", doc="Hot spots that a beat looks after."
        )
        spot_m: float = parameter(
            200.0, unit="m", ge=10, le=2000, source="assumption, as hotspot", doc="Side of a hot spot, a square."
        )
        alert_share: float = parameter(
            0.4,
            unit="share of stops",
            ge=0,
            lt=1,
            source="assumption",
            doc="Weight of alerts, if there are any, among all stops.",
        )

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Return stops at alerts, each of the beat in which it lies, and at hot spots, shared out to near beats."""
        chosen, beats, analysis = self.parameters, briefing.beats, briefing.analysis
        surface = np.zeros(briefing.grid.n_cells) if analysis.surface is None else analysis.surface
        cell, hot, beat = stops(surface, briefing.grid, beats, chosen.spot_m, chosen.spots_per_beat)
        warned = (beats.beat[analysis.alert_cell] >= 0) & (analysis.alert_weight > 0)
        alerts, urgency = analysis.alert_cell[warned], analysis.alert_weight[warned]
        urgency = urgency / max(urgency.sum(), 1e-12) * (chosen.alert_share if len(cell) else 1.0)
        hot = hot / max(hot.sum(), 1e-12) * (1.0 - chosen.alert_share if len(alerts) else 1.0)
        return PatrolPlan.of(
            np.concatenate([alerts, cell]),
            np.concatenate([urgency, hot]),
            chosen.dwell_min,
            np.concatenate([beats.beat[alerts], beat]),
        )
