"""Rotate by neglect: of the cells with most recorded crime, stop at those where patrol has been least of late."""

import numpy as np

import beatlab as bl

AT_PLACES = range(bl.IncidentType.BRAWL + 1)  # crimes that a patrol can meet


class ByNeglect(bl.Strategy):
    """Every day each beat looks after those of its spots that it has neglected."""

    name = "by_neglect"
    review_days = 1

    class Parameters(bl.Strategy.Parameters):
        """Where and how long."""

        dwell_min: float = bl.parameter(
            12.0, unit="min", ge=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a spot."
        )
        spots: int = bl.parameter(12, unit="cells", ge=1, le=1000, source="assumption", doc="Spots of a beat.")
        a_day: int = bl.parameter(
            4, unit="cells", ge=1, le=1000, source="assumption", doc="Of these, visited on a day."
        )
        half_life_days: float = bl.parameter(
            7.0, unit="days", ge=0.1, le=365, source="assumption", doc="Age at which a stop of patrol counts half."
        )

    def plan(self, briefing: bl.Briefing, rng: np.random.Generator) -> bl.PatrolPlan:
        """Return the spots of each beat with the fewest minutes of patrol, recent ones counting more."""
        chosen, visits, cells = self.parameters, briefing.visits, briefing.grid.n_cells
        age_days = (briefing.now_min - visits.start_min) / 1440
        fresh_min = visits.dwell_min * 0.5 ** (age_days / chosen.half_life_days)
        patrolled = np.bincount(visits.cell, fresh_min, cells)
        crimes = np.bincount(briefing.recorded.of(AT_PLACES).cell, minlength=cells)
        plan = bl.PatrolPlan.none()
        for beat in range(len(briefing.beats.district)):
            own = np.flatnonzero((briefing.beats.beat == beat) & (crimes > 0))
            spots = own[np.argsort(-crimes[own], kind="stable")][: chosen.spots]
            neglected = spots[np.argsort(patrolled[spots], kind="stable")][: chosen.a_day]
            plan += bl.PatrolPlan.of(neglected, 1.0, chosen.dwell_min, beat)
        return plan
