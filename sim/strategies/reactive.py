"""Reactive policing (被动警务): wait at the station, serve calls."""

from __future__ import annotations

import numpy as np

from sim.strategies.base import Briefing, Strategy
from sim.strategies.plan import PatrolPlan


class Reactive(Strategy):
    """No prevention: free units wait at their stations."""

    name = "reactive"

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Return the empty plan."""
        return PatrolPlan.none()
