"""The roster of the patrol units: how many a shift has, when they sign on, and which beats each covers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.beats import BeatPlan
from sim.clock import HOURS_PER_WEEK, MINUTES_PER_DAY
from sim.parameters import BadInput
from sim.periods import turns
from sim.police.force.establishment import ForceParameters
from sim.police.force.hours_of_week import (
    LOOK_BACK_MIN,
    MOST_TIMES,
    REVIEW_DAYS,
    at_most,
    duties_of_week,
    unit_hours_of_calls,
    wanted_for_calls,
)
from sim.police.patrol.units import new_units

_ROUNDING = 1e-9


class Duty(NamedTuple):
    """The patrol units of a shift of a day."""

    shift: int
    start_min: float
    units: Array  # rows
    district: Array  # of the middle of its beats, by unit


class Roster:
    """Who works when.

    Each shift has its own units. A mean of 8.4 units on duty means 8 in some shifts and 9 in others, spread evenly
    (rounding errors are carried over), so that headcounts between whole numbers of units can be compared. Beats are
    shared out by the personnel of their districts.

    Parameters
    ----------
    force : ForceParameters
        The parameters.
    plan : BeatPlan
        Beats and districts.
    slots : int
        The most units that a shift can ever have by the establishment.
    spare : int
        As many more that it can have with personnel who are lent or redistributed. Their rows come after all others, so
        that nobody's row, by which draws are keyed, depends on what might be ordered; `with_room` makes more of them.
    start_weekday : int
        Weekday of the first day of the run, 0 is Monday.

    Attributes
    ----------
    of_week : array [7, shifts]
        Duties of each shift on each day of the week, relative to their mean, as they are rostered now.
    beats_share : array [districts]
        Of the beats of the city, those of each district.
    """

    def __init__(
        self, force: ForceParameters, plan: BeatPlan, slots: int, spare: int = 0, start_weekday: int = 0
    ) -> None:
        self.force, self.plan, self.slots, self.start_weekday = force, plan, slots, start_weekday
        self._keep(force.duties_of_week)
        self.shifts = len(force.shift_starts_hour)
        last = self.shifts * (slots + force.reserve_units)
        self._spare = [last + shift * spare + np.arange(spare) for shift in range(self.shifts)]
        self.on_duty = 0.0
        self._due = 0.0
        self._shared: dict[tuple[int, bytes], tuple[Array, Array, Array]] = {}
        self._beats_of_district = np.bincount(plan.district)
        self.beats_share = self._beats_of_district / len(plan.district)
        self._beat_weight = np.ones(len(plan.district))
        self._crewed = np.zeros((self.shifts, len(plan.station_cell)))  # units, by personnel
        self._shift_weight: Array | None = None

    def units(self) -> Array:
        """Return the units of all shifts, then the reserve, then the spare units; all off duty."""
        spare = len(self._spare[0])
        regular, reserve = self.shifts * self.slots, self.shifts * self.force.reserve_units
        units = self._parked(self.slots, self.force.reserve_units, spare)
        units["reserve"][regular : regular + reserve] = True
        return units

    def _parked(self, *of_shift: int) -> Array:
        """Return units that are off duty: for each number, so many of the first shift, of the second, and so on."""
        units = new_units(self.shifts * sum(of_shift))
        units["shift"] = np.concatenate([np.repeat(np.arange(self.shifts), n) for n in of_shift])
        units["next_station_cell"] = self.plan.station_cell[0]
        return units

    def with_room(self, units: Array, most: int) -> Array:
        """Return the units with so many spare ones more that a shift can have `most`; the rows of all others stay."""
        lack = most - self.slots - len(self._spare[0])
        if lack <= 0:
            return units
        rows = np.arange(len(units), len(units) + self.shifts * lack).reshape(self.shifts, lack)
        self._spare = [np.concatenate([old, new]) for old, new in zip(self._spare, rows, strict=True)]
        return np.concatenate([units, self._parked(lack)])

    def draw_up(self, day: int, calls: Array) -> bool:
        """Draw up the roster of the week anew where it follows the calls, or has done so till now; say whether.

        Parameters
        ----------
        day : int
            Day of the run, from 0.
        calls : Array
            Table of the calls so far, which police records have.
        """
        changes, force = self.force.roster_changes, self.force
        share = sum(change.share * change.weight(day) for change in changes)
        if not (turns(changes, day) or (share > 0 and day % REVIEW_DAYS == 0)):
            return False
        now_min = float(day * MINUTES_PER_DAY)
        since_min = max(now_min - LOOK_BACK_MIN, 0.0)
        hours = unit_hours_of_calls(calls, since_min, now_min, self.start_weekday)
        of_week = force.duties_of_week
        if share > 0 and hours.any():
            wanted = wanted_for_calls(hours, (now_min - since_min) / (7 * MINUTES_PER_DAY))
            asked = duties_of_week(wanted, force.shift_starts_hour, force.duty_hours)
            asked = at_most(asked, MOST_TIMES, force.most_on_a_day)
            of_week = of_week + share * (asked - of_week)
        self._keep(of_week)
        return True

    def _keep(self, of_week: Array) -> None:
        """Go on by a roster of the week, and note what each of its days is to the mean one."""
        mean = of_week.mean(axis=0)
        self.of_week = of_week
        self._relative = np.divide(of_week, mean, out=np.zeros_like(of_week), where=mean > 0)

    def shifts_of(self, day: int, on_duty: Array, units: Array) -> list[Duty]:
        """Return the shifts that begin on a day, and give their units the beats that they cover.

        Parameters
        ----------
        day : int
            Day of the run, from 0.
        on_duty : Array
            Units that each shift and district has today, real numbers, shape [shifts, districts].
        units : Array
            Table of units; stations and beats of their next duty are written.
        """
        self.on_duty = float(on_duty.sum() / self.shifts * self.force.shifts_at_once)
        duties = []
        for s, hour in enumerate(self.force.shift_starts_hour):
            if self.shifts == 1 and day > 0:
                break
            n = self._whole(float(on_duty[s].sum())) if self.shifts > 1 else self.slots
            rows = self._rows(s)[:n]
            duties.append(Duty(s, day * 1440 + hour * 60, rows, self.give_beats(rows, on_duty[s], units)))
        return duties

    def weigh_shifts(self, weights: Array | None) -> None:
        """Let the units of a week be spread over its shifts by these weights from the next day on.

        Parameters
        ----------
        weights : array [7, shifts] or None
            Of the days d, d + 7, … of the run, mean 1; none: those of the roster of the force.
        """
        self._shift_weight = weights

    def spread(self, day: int, crewed: Array) -> Array:
        """Return the units of each shift of a day and district, of those that personnel can crew on a mean day.

        Shape [shifts, districts]. Over a week they are as many as those.
        """
        self._crewed = crewed
        return self._on(day)

    def _on(self, days: Any) -> Array:
        """Return the units of each shift and district on a day, or on some days, shape [(days,) shifts, districts]."""
        if self._shift_weight is not None:
            weighted: Array = self._crewed.mean(axis=0) * self._shift_weight[days % 7][..., None]
            return weighted
        units: Array = self._crewed * self._relative[(self.start_weekday + days) % 7][..., None]
        return units

    def by_hour(self, day: int) -> Array:
        """Return the units on duty in the week from a day on, by district and hour of the week, [districts, 168].

        They are those of the latest day's personnel; ordered overtime comes on top.
        """
        covered = _covered_of_week(self.force.shift_starts_hour, min(self.force.shift_min / 60, 24.0))
        weekday = (day + self.start_weekday) % 7
        units = self._on(day + (np.arange(7) - weekday) % 7)  # of the week, from its start
        found: Array = np.tensordot(units, covered, axes=((0, 1), (0, 1)))
        return found

    def reserve(self, shift: int) -> Array:
        """Return the rows of the reserve of a shift."""
        first: int = self.shifts * self.slots + shift * self.force.reserve_units
        return np.arange(first, first + self.force.reserve_units)

    def _rows(self, shift: int) -> Array:
        """Return the rows of the units of a shift, the spare ones last."""
        return np.concatenate([shift * self.slots + np.arange(self.slots), self._spare[shift]])

    def weigh_beats(self, weights: Array) -> None:
        """Let the beats be shared out by these weights from the next shift on.

        They multiply those that the personnel of the districts give.

        Parameters
        ----------
        weights : array [beats]
            Above 0; only their ratios count.

        Raises
        ------
        BadInput
            If there is not one such number a beat.
        """
        given = np.asarray(weights, dtype=float)
        if given.shape != self._beat_weight.shape or not np.isfinite(given).all() or given.min() <= 0:
            raise BadInput("weights", given.tolist(), f"{len(self._beat_weight)} numbers above 0, one a beat")
        self._beat_weight = given / given.mean()
        self._shared.clear()

    def give_beats(self, rows: Array, on_duty: Array, units: Array) -> Array:
        """Share the beats out to units by the weight of districts; return the district of each one's middle beat."""
        first, end, district = self._shares(len(rows), on_duty)
        units["next_beat_first"][rows], units["next_beat_end"][rows] = first, end
        units["next_station_cell"][rows] = np.asarray(self.plan.station_cell)[district]
        return district

    def move(self, duty: Duty, on_duty: Array, units: Array, begun: bool) -> None:
        """Share the beats out anew to the units of a duty; those who have begun it go at once.

        Parameters
        ----------
        duty : Duty
            Under way, or about to begin.
        on_duty : array [districts]
            Units wanted; only their ratios count.
        units : Array
            Table of units.
        begun : bool
            Whether it is under way.
        """
        self.give_beats(duty.units, on_duty, units)
        if begun:
            for name in ("beat_first", "beat_end", "station_cell"):
                units[name][duty.units] = units[f"next_{name}"][duty.units]

    def _whole(self, on_duty: float) -> int:
        """Return a whole number of units, which carries over what rounding took from the last."""
        self._due += on_duty
        n = int(np.floor(self._due + 0.5 + _ROUNDING))
        self._due -= n
        return n

    def _shares(self, n: int, on_duty: Array) -> tuple[Array, Array, Array]:
        """Share the beats out to n units: first beat, one after the last, and district of each.

        Worked out once for each case.

        A beat weighs what its district has of the units, divided by the beats of the district, times its own weight.
        """
        weight = on_duty / self._beats_of_district
        weight = weight / weight.max() if weight.max() > 0 else np.ones_like(weight)
        case = n, weight.round(6).tobytes()
        if case not in self._shared:
            beats, district = len(self.plan.district), np.asarray(self.plan.district)
            upto = np.cumsum(weight[district] * self._beat_weight)
            cuts = np.searchsorted(upto, np.arange(n + 1) / max(n, 1) * upto[-1] + _ROUNDING, side="right")
            first = np.minimum(cuts[:-1], beats - 1)
            end = np.minimum(np.maximum(first + 1, cuts[1:]), beats)
            if n:
                first[0], end[-1] = 0, beats
            self._shared[case] = first, end, district[(first + end - 1) // 2]
        return self._shared[case]


@lru_cache(maxsize=16)
def _covered_of_week(starts_hour: tuple[float, ...], hours: float) -> Array:
    """Return which part of each hour of the week the duty of a shift on a weekday covers, [7, shifts, 168]."""
    begins = 24.0 * np.arange(7)[:, None] + np.array(starts_hour)
    since = (np.arange(HOURS_PER_WEEK) - begins[:, :, None]) % HOURS_PER_WEEK
    return frozen(np.clip(hours - since, 0, 1) + np.clip(since - HOURS_PER_WEEK + 1, 0, 1))
