"""A patrol unit as a Mesa agent: its duty, its meal, its orders, its drives and stops, and where it is seen."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING

import mesa
import numpy as np
from patrol_given import Stop

from sim.draws import Draw
from sim.police.patrol.units import Activity
from sim.randomness import uniform

if TYPE_CHECKING:
    from patrol_twin import Twin

ON_PATROL = (Activity.PATROL_DRIVE, Activity.PATROL_STOP)
ABOUT = (*ON_PATROL, Activity.RETURN_DRIVE)
DRIVES = (Activity.PATROL_DRIVE, Activity.RETURN_DRIVE, Activity.RESPONSE_DRIVE)
GOLDEN = (math.sqrt(5) - 1) / 2
DUE, SIGN_ON, SIGN_OFF, MEAL, WORK = range(5)  # what is on the agenda


class Unit(mesa.Agent):
    """A car with its crew."""

    def __init__(self, model: Twin, row: int) -> None:
        super().__init__(model)
        self.m, self.row = model, row
        self.activity = Activity.OFF_DUTY
        self.version = self.decisions = 0
        self.from_cell = self.to_cell = self.station = 0
        self.since_min = self.depart_min = self.until_min = 0.0
        self.shift_end_min, self.meal_due_min = -math.inf, math.inf
        self.stop_min, self.on_foot, self.beats = 0.0, False, (0, 0)
        self.work = deque(leg for leg in model.given.legs if leg.unit == row)
        for leg in self.work:
            model.enter(leg.start_min, WORK, row)

    @property
    def told(self):
        """What the unit is told today."""
        return self.m.today.units[self.row]

    def where(self, now: float) -> int:
        """Return the cell where the unit is: on the straight line, by the share of its time that has passed."""
        if self.activity not in DRIVES or now >= self.until_min or self.from_cell == self.to_cell:
            return self.to_cell
        return self._on_the_way(max(now - self.depart_min, 0.0) / (self.until_min - self.depart_min))

    def _on_the_way(self, share: float) -> int:
        n = self.m.given.n_cols
        (r0, c0), (r1, c1) = divmod(self.from_cell, n), divmod(self.to_cell, n)
        return int(r0 + (r1 - r0) * share + 0.5) * n + int(c0 + (c1 - c0) * share + 0.5)

    def be_shown(self, now: float) -> None:
        """Stand on the map for a tick."""
        p, places = self.m.scenario.presence, self.m.places
        seen, shown = 0.0, 0.0
        if self.activity in ABOUT:
            walks = self.activity == Activity.PATROL_STOP and self.on_foot
            seen, shown = 1.0, p.seen_on_foot_times if walks else 1.0
        elif self.activity == Activity.ON_SCENE:
            seen = shown = p.seen_at_call_share
        elif self.activity == Activity.RESPONSE_DRIVE:
            shown = 1.0
        elif self.activity == Activity.STANDBY:
            shown = p.seen_waiting_share
        if shown:
            cell = self.where(now)
            places.cells[cell].shown_min += shown * self.m.tick_min
            if seen:
                places.police[cell] = places.police.get(cell, 0.0) + seen

    def begin(self, activity: Activity, now: float, until: float = math.inf) -> None:
        """Begin something that ends by itself, or does not."""
        self.activity, self.since_min, self.until_min = activity, now, until
        self.version += 1
        if until < math.inf:
            self.m.enter(until, DUE, self.row, self.version)

    def _drive(self, activity: Activity, cell: int, now: float) -> None:
        minutes = max(self.m.given.minutes(self.to_cell, cell) / self.m.scenario.patrol.speed_share, 0.5)
        self.from_cell, self.to_cell, self.depart_min = self.to_cell, cell, now
        self.begin(activity, now, now + minutes)

    def sign_on(self, now: float) -> None:
        """Begin a duty at the station; who is still on a call goes on with it."""
        told, today = self.told, self.m.today
        self.beats = int(told["next_beat_first"]), int(told["next_beat_end"])
        self.station = int(told["next_station_cell"])
        if self.activity == Activity.OFF_DUTY:
            self.from_cell = self.to_cell = self.station
            self.begin(Activity.STANDBY, now)
            self.m.enter(now, DUE, self.row, self.version)
        self.shift_end_min = now + today.shift_min * (1 + today.overtime_share)
        self.m.enter(self.shift_end_min, SIGN_OFF, self.row)
        if self.m.scenario.patrol.break_min:
            self.meal_due_min = now + min(today.shift_min, 1440.0) / 2 + float(told["meal_shift_min"])
            self.m.enter(self.meal_due_min, MEAL, self.row)

    def sign_off_if_free(self, now: float) -> None:
        if now >= self.shift_end_min and self.activity in (*ABOUT, Activity.STANDBY, Activity.BREAK):
            self._end_leg(now)
            self.to_cell = self.where(now)
            self.begin(Activity.OFF_DUTY, now)

    def be_due(self, now: float) -> None:
        """End an activity and begin the next."""
        if self.activity == Activity.PATROL_DRIVE and self.stop_min and now < self.shift_end_min and self._obeys(now):
            self._end_leg(now)
            self._stop(now)
        elif not self.work_if_sent(now):
            self._end_leg(now)
            self._decide(now)

    def work_if_sent(self, now: float) -> bool:
        """Return whether a call asks for something from now on, and do it as it is given; once free, decide oneself."""
        if not self.work or self.work[0].start_min > now:
            return False
        leg = self.work.popleft()
        self._end_leg(now)
        if leg.activity is None:
            self._decide(now)
        else:
            self.begin(leg.activity, now)
            self.depart_min, self.until_min, self.from_cell, self.to_cell = leg[3:]
        return True

    def _end_leg(self, now: float) -> None:
        """Leave behind what a patrol drive or stop did up to now."""
        minutes, places = now - self.since_min, self.m.places
        if self.activity == Activity.PATROL_STOP:
            places.leave_behind(self.to_cell, minutes, now)
            self.m.stops.append(Stop(self.row, self.to_cell, self.since_min, float(np.float32(minutes))))
        elif self.activity == Activity.PATROL_DRIVE and minutes:
            n, cell_m = self.m.given.n_cols, self.m.given.cell_m
            (r0, c0), (r1, c1) = divmod(self.from_cell, n), divmod(self.where(now), n)
            pieces = 1 + int(math.hypot(r1 - r0, c1 - c0) * cell_m / (2 * self.m.scenario.presence.sight_m))
            gone = min(1.0, minutes / (self.until_min - self.depart_min))
            for s in range(pieces):
                places.leave_behind(self._on_the_way(gone * (s + 0.5) / pieces), minutes / pieces, now, least=0.005)

    def _decide(self, now: float) -> None:
        """Go home, eat, go to a stop, or wait at the station."""
        p, told, orders = self.m.scenario.patrol, self.told, self.m.today.orders
        self.from_cell = self.to_cell = self.where(now)
        if now >= self.shift_end_min:
            self.begin(Activity.OFF_DUTY, now)
            return
        if now >= self.meal_due_min:
            seat_min = self._seat(now)
            if seat_min <= now:
                self.meal_due_min = math.inf
                self.begin(Activity.BREAK, now, now + p.break_min)
                return
            self.m.enter(seat_min, MEAL, self.row)
        first, end = (int(orders.start[beat]) for beat in self.beats)
        weights = [float(w) for w in orders.cumulative[first : end + 1]]
        ordered = not told["reserve"] and weights[-1] > weights[0]
        if ordered and self._obeys(now):
            u = uniform(self.m.draws_seed, Draw.PATROL_STOP + self.decisions, self.row, 0)
            self.decisions += 1
            nth = bisect_right(weights, weights[0] + u * (weights[-1] - weights[0]), 1, len(weights) - 1) - 1
            self.stop_min, self.on_foot = float(orders.dwell_min[first + nth]), bool(orders.on_foot[first + nth])
            self._drive(Activity.PATROL_DRIVE, int(orders.cell[first + nth]), now)
        elif self.to_cell != self.station:
            self._drive(Activity.RETURN_DRIVE, self.station, now)
        else:
            self.begin(Activity.STANDBY, now, self._spell_end(now) if ordered else math.inf)

    def _seat(self, now: float) -> float:
        """Return when the unit may eat: now, or when the first of its shift has eaten."""
        shift = [u for u in self.m.units if u.told["shift"] == self.told["shift"] and not u.told["reserve"]]
        eat = [u.until_min for u in shift if u.activity == Activity.BREAK]
        return now if self.told["reserve"] or len(eat) < self.told["meals_at_once"] else min(eat)

    def _spell(self, now: float) -> int:
        return math.floor(now / self.m.scenario.patrol.spell_min + (self.row * GOLDEN) % 1 + 1e-6)

    def _spell_end(self, now: float) -> float:
        return (self._spell(now) + 1 - (self.row * GOLDEN) % 1) * self.m.scenario.patrol.spell_min

    def _obeys(self, now: float) -> bool:
        """Whether the crew follows orders in this spell."""
        return uniform(self.m.draws_seed, Draw.EFFORT, self.row, self._spell(now)) < float(self.told["effort"])

    def _stop(self, now: float) -> None:
        """Stay as long as ordered, at most to the end of the duty or of the last spell in which orders are followed."""
        self.from_cell = self.to_cell
        until, over = min(now + self.stop_min, self.shift_end_min), self._spell_end(now)
        while over < until:
            until, over = (until, self._spell_end(over)) if self._obeys(over) else (over, math.inf)
        self.begin(Activity.PATROL_STOP, now, until)
