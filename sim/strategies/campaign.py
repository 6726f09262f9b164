"""Campaign (运动式): units wait for calls, but while one is on they stop where recorded crime is hottest."""

from __future__ import annotations

import numpy as np

from sim.strategies.base import Briefing
from sim.strategies.hotspot import Hotspot
from sim.strategies.plan import PatrolPlan


class Campaign(Hotspot):
    """Reactive policing between campaigns, hot spots while one is on."""

    name = "campaign"
    review_days = 1
    programmes = ("campaign",)
    needs = ("campaign",)

    class Parameters(Hotspot.Parameters):
        """Where and how long units stop while a campaign is on."""

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Send units to the hot spots while a campaign is on, and to their stations otherwise."""
        return super().plan(briefing, rng) if briefing.campaign else PatrolPlan.none()
