"""Intelligence-led patrol (情报主导警务): stops where analysts say, day by day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.parameters import parameter
from sim.strategies.base import Briefing, PatrolPlan, Strategy, StrategyParameters
from sim.strategies.heat import hottest, share_out


class IntelligenceLed(Strategy):
    """Stops at cells of which the latest alerts warn, and at the hottest cells of the latest weekly surface."""

    name = "intelligence_led"
    review_days = 1
    programmes: ClassVar[tuple[str, ...]] = ("intelligence",)
    organisation = "joint_room"
    needs = ("intelligence",)

    class Parameters(StrategyParameters):
        """Where and how long."""

        dwell_min: float = parameter(
            12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a cell."
        )
        spots_per_beat: int = parameter(
            4, unit="cells", ge=1, le=1000, source="assumption, as hotspot", doc="Hot spots that a beat looks after."
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
        surface = (
            np.zeros(briefing.grid.n_cells)
            if analysis.surface is None
            else np.where(beats.beat < 0, 0.0, analysis.surface)
        )
        spots = hottest(surface, chosen.spots_per_beat * len(beats.centre_cell))
        warned = (beats.beat[analysis.alert_cell] >= 0) & (analysis.alert_weight > 0)
        alerts, urgency, hot = analysis.alert_cell[warned], analysis.alert_weight[warned], surface[spots]
        urgency = urgency / max(urgency.sum(), 1e-12) * (chosen.alert_share if len(spots) else 1.0)
        hot = hot / max(hot.sum(), 1e-12) * (1.0 - chosen.alert_share if len(alerts) else 1.0)
        beat = np.concatenate([beats.beat[alerts], share_out(spots, briefing.grid, beats, chosen.spots_per_beat)])
        return PatrolPlan.of(np.concatenate([alerts, spots]), np.concatenate([urgency, hot]), chosen.dwell_min, beat)
