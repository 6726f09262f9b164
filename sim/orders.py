"""What units are told hour by hour: which stops of a plan hold, and which districts the cars of a shift cover."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.clock import HOURS_PER_WEEK, MINUTES_PER_DAY
from sim.police.force.roster import Duty, Roster
from sim.police.patrol.free_time import Orders
from sim.strategies.plan import ANY_UNIT, PatrolPlan, on_foot_of


def orders_of(plan: PatrolPlan, beats: int, hour: int = 0) -> Orders:
    """Sort the stops of a plan that hold in an hour of the week by beat; those for any unit are listed under each."""
    holds = plan.at(hour)
    everyone = plan.beat[holds] == ANY_UNIT
    own, shared = holds[~everyone], holds[everyone]
    stop = np.concatenate([own, np.tile(shared, beats)])
    beat = np.concatenate([plan.beat[own], np.repeat(np.arange(beats), len(shared))])
    order = np.argsort(beat, kind="stable")
    stop, beat = stop[order], beat[order]
    return Orders(
        start=np.searchsorted(beat, np.arange(beats + 1)).astype(np.int64),
        cell=plan.cell[stop].astype(np.int32),
        cumulative=np.concatenate([[0.0], np.cumsum(plan.weight[stop])]),
        dwell_min=plan.dwell_min[stop].astype(float),
        on_foot=on_foot_of(plan)[stop],
    )


class HourlyOrders:
    """The orders of a plan by hour of the week, worked out when an hour needs them.

    Parameters
    ----------
    plan : PatrolPlan
        The plan.
    beats : int
        Number of beats.
    """

    def __init__(self, plan: PatrolPlan, beats: int) -> None:
        self.plan, self._beats, self._turns, self._of_stops = plan, beats, plan.turns, plan.turns_of_stops
        self._known: dict[int, Orders] = {}

    def at(self, hour: int) -> Orders:
        """Return the orders that hold in an hour of the week."""
        since = self._since(hour)
        if since not in self._known:
            self._known[since] = orders_of(self.plan, self._beats, hour)
        return self._known[since]

    def _since(self, hour: int) -> int:
        """Return the turn from which on the orders of an hour hold; those that never change hold from hour 0."""
        before = np.searchsorted(self._of_stops, hour, side="right") - 1
        return int(self._of_stops[before]) if len(self._of_stops) else 0

    def turn_in(self, hour: int) -> bool:
        """Whether orders change at the beginning of an hour of the week."""
        return hour in self._turns

    def next_turn(self, hour: int) -> int:
        """Return in how many hours, counted from the beginning of an hour of the week, orders change next; a week."""
        return int(((self._turns - hour - 1) % HOURS_PER_WEEK + 1).min()) if len(self._turns) else HOURS_PER_WEEK

    def move_cars(self, hour: int, now_min: float, duties: list[Duty], roster: Roster, units: Array) -> None:
        """Let the units of each duty cover the districts as the plan wants them in an hour of the week.

        Parameters
        ----------
        hour, now_min : int, float
            The hour of the week and when it begins.
        duties : list of Duty
            Those under way, and those that begin within the hour.
        roster : Roster
            Which shares out beats.
        units : Array
            Table of units, whose beats and stations change.
        """
        if self.plan.cars is not None:
            for duty in duties:
                roster.move(duty, self.plan.cars[:, hour], units, duty.start_min < now_min)


def shift_weights(cars: Array, start_weekday: int, shift_starts_hour: tuple[float, ...]) -> Array:
    """Return how many units each shift of a week gets, relative to the mean shift, shape [7 days, shifts].

    Shifts have as many as their hours want in the mean, each hour by how much of it lies in the shift.

    Parameters
    ----------
    cars : array [districts, 168]
        Units wanted.
    start_weekday : int
        Weekday of day 0 of the run: row d of what is returned is for days d, d + 7, … of the run.
    shift_starts_hour : tuple of float
        When shifts begin.
    """
    shifts = len(shift_starts_hour)
    upto = np.concatenate([[0.0], np.cumsum(np.tile(cars.sum(axis=0), 2))])  # wanted since the beginning of the week
    begins = 24.0 * ((np.arange(7) + start_weekday) % 7)[:, None] + np.array(shift_starts_hour)
    edges = np.stack([begins, begins + MINUTES_PER_DAY / 60 / shifts])
    found = np.diff(np.interp(edges, np.arange(len(upto)), upto), axis=0)[0]
    out: Array = found / found.mean()
    return out
