"""Go where the hour says: schools at the gate, shops and markets by day, night life on foot, cars where calls come."""

import numpy as np

import beatlab as bl


class ByTheHour(bl.Strategy):
    """Every beat looks after its largest schools, markets and places of night life in the hours that matter."""

    name = "by_the_hour"

    class Parameters(bl.Strategy.Parameters):
        """Where and how long."""

        dwell_min: float = bl.parameter(
            15.0, unit="min", gt=0, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a place."
        )
        each: int = bl.parameter(3, unit="cells", ge=1, le=100, source="assumption", doc="Places of a kind and beat.")
        move_cars: bool = bl.parameter(
            True, unit="yes/no", source="assumption", doc="Shifts and districts get cars as they have calls by hour."
        )

    def plan(self, briefing: bl.Briefing, rng: np.random.Generator) -> bl.PatrolPlan:
        """Return stops by kind of place and hour, and the cars wanted by district and hour of the week."""
        schools, shops, bars = briefing.places
        gate = schools.before | schools.after
        late = bl.hours_of_week(range(7), 20, 2)
        plan = (
            self._largest(schools, briefing, on_foot=False).during(gate)
            + self._largest(shops, briefing, on_foot=False).during(shops.open & ~gate & ~late)
            + self._largest(bars, briefing, on_foot=True).during(late)
        )
        return plan.with_cars(self._wanted(briefing)) if self.parameters.move_cars else plan

    def _largest(self, venues: tuple, briefing: bl.Briefing, on_foot: bool) -> bl.PatrolPlan:
        """Return stops at the largest places of a kind in each beat, on foot or by car."""
        beat = briefing.beats.beat[venues.cell]
        order = np.lexsort((-venues.size, beat))
        rank = np.arange(len(beat)) - np.searchsorted(beat[order], beat[order])
        best = order[rank < self.parameters.each]
        return bl.PatrolPlan.of(venues.cell[best], 1.0, self.parameters.dwell_min, beat[best], on_foot)

    def _wanted(self, briefing: bl.Briefing) -> np.ndarray:
        """Return calls by district and hour of the week, those an hour before and after too, shape [districts, 168]."""
        calls, beats = briefing.calls, briefing.beats
        ago = (briefing.now_min - calls.received_min) // 60
        hour = (briefing.hour_of_week - 1 - ago).astype(int) % 168
        wanted = np.ones((len(beats.station_cell), 168))
        np.add.at(wanted, (beats.district[beats.beat[calls.cell]], hour), 1.0)
        return wanted + np.roll(wanted, 1, axis=1) + np.roll(wanted, -1, axis=1)
