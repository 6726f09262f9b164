"""A plan of patrol: where free units stop, in which hours, by car or on foot, and which districts get the cars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.clock import HOURS_PER_WEEK

ANY_UNIT = -1
MOST_STOPS_A_CELL = 100


@dataclass(frozen=True)
class PatrolPlan:
    """Where free units go; equal shapes [stops]. No stops: they wait at their stations.

    A unit that is free draws a stop among those of the beats that it covers and those for any unit, with probability ∝
    weight, drives there and stays `dwell_min`. A dwell of zero is a drive-through. A stop holds in some hours of the
    week or in all: when it ends, units go elsewhere. On foot, the crew leaves its car at the stop and walks: more
    people see it, and it takes a while back to the car when it is called.
    """

    cell: Array
    weight: Array
    dwell_min: Array
    beat: Array  # whose stop it is; ANY_UNIT for any unit
    hours: Array | None = None  # [stops, 168] bool, whether it holds in an hour of the week; absent: in all
    on_foot: Array | None = None  # [stops] bool; absent: by car
    cars: Array | None = None  # [districts, 168] units wanted, only ratios count; absent: as the roster has them

    @classmethod
    def none(cls) -> PatrolPlan:
        """Return the plan to wait at the stations."""
        return cls.of([], [], [], [])

    @classmethod
    def of(cls, cell: Any, weight: Any, dwell_min: Any, beat: Any, on_foot: Any = None) -> PatrolPlan:
        """Return a plan from anything that broadcasts to the shape of `cell`."""
        cells = np.atleast_1d(np.asarray(cell, dtype=np.int32))
        columns = [
            np.broadcast_to(np.asarray(value, dtype=kind), cells.shape)
            for value, kind in ((weight, float), (dwell_min, float), (beat, np.int32))
        ]
        walked = None if on_foot is None else np.broadcast_to(np.asarray(on_foot, dtype=bool), cells.shape)
        return cls(cells, columns[0], columns[1], columns[2], on_foot=walked)

    def during(self, hours: Array) -> PatrolPlan:
        """Return the plan whose stops hold in some hours of the week only.

        Parameters
        ----------
        hours : array of bool [168], or [stops, 168]
            For all of its stops, or for each; such as `hours_of_week(range(5), 7, 9)`, or hours of `briefing.places`.
        """
        given = np.asarray(hours, dtype=bool)
        return replace(self, hours=np.broadcast_to(given, (len(self.cell), len(given))) if given.ndim == 1 else given)

    def with_cars(self, wanted: Any) -> PatrolPlan:
        """Return the plan that moves cars, too.

        Shifts get as many units as their hours ask for, of all that the week has, and within a shift the units on duty
        cover the districts as the hour asks.

        Parameters
        ----------
        wanted : array [districts, 168]
            Units wanted by district and hour of the week; there are not more of them, so that only ratios count.
        """
        return replace(self, cars=np.asarray(wanted, dtype=float))

    def __add__(self, other: PatrolPlan) -> PatrolPlan:
        """Return the plan of the stops of both, with the cars of whichever moves any."""
        if self.cars is not None and other.cars is not None:
            raise ValueError("cars: both of two plans that are added move cars; let one do so")
        cell, weight, dwell_min, beat = (
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("cell", "weight", "dwell_min", "beat")
        )
        hours, on_foot = None, None
        if self.hours is not None or other.hours is not None:
            hours = np.concatenate([_by_hour(self), _by_hour(other)])
        if self.on_foot is not None or other.on_foot is not None:
            on_foot = np.concatenate([on_foot_of(self), on_foot_of(other)])
        cars = other.cars if self.cars is None else self.cars
        return PatrolPlan(cell, weight, dwell_min, beat, hours, on_foot, cars)

    def at(self, hour: int) -> Array:
        """Return the stops that hold in an hour of the week, as rows."""
        rows = np.arange(len(self.cell))
        return rows if self.hours is None else rows[self.hours[:, hour]]

    @property
    def turns_of_stops(self) -> Array:
        """The hours of the week at which stops begin or end, in order."""
        if self.hours is None:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero((self.hours != np.roll(self.hours, 1, axis=1)).any(axis=0))

    @property
    def turns(self) -> Array:
        """The hours of the week at which stops begin or end, or cars move, in order; none: nothing ever changes."""
        return np.arange(HOURS_PER_WEEK) if self.cars is not None else self.turns_of_stops


def _by_hour(plan: PatrolPlan) -> Array:
    return np.ones((len(plan.cell), HOURS_PER_WEEK), dtype=bool) if plan.hours is None else plan.hours


def on_foot_of(plan: PatrolPlan) -> Array:
    """Return which stops of a plan are on foot, shape [stops], bool."""
    return np.zeros(len(plan.cell), dtype=bool) if plan.on_foot is None else plan.on_foot


def hours_of_week(days: Iterable[int], first: int, end: int) -> Array:
    """Return the hours of some days as `PatrolPlan.during` takes them, shape [168], bool.

    Parameters
    ----------
    days : iterable of int
        Days of the week on which they begin, 0 for Monday to 6.
    first, end : int
        The first hour, 0 to 23, and the one after the last, up to 24; hours that end before they begin go on into the
        next day, as 22 to 2.

    Raises
    ------
    ValueError
        If a day or hour does not exist, or there is none between.
    """
    chosen = list(days)
    if not all(0 <= day < 7 for day in chosen):
        raise ValueError(f"days: {chosen} is not allowed; 0 for Monday to 6 for Sunday")
    if not (0 <= first < 24 and 0 <= end <= 24 and first != end):
        raise ValueError(f"hours: {first} to {end} is not allowed; from 0 to 23, to another hour, at most 24")
    length = (end - first) % 24 or 24
    found = np.zeros(HOURS_PER_WEEK, dtype=bool)
    for day in chosen:
        found[(24 * day + first + np.arange(length)) % HOURS_PER_WEEK] = True
    return found


def check_plan(plan: PatrolPlan, beats: BeatPlan) -> None:
    """Check that a plan is legal in a city.

    Raises
    ------
    TypeError
        If it is no plan, or not made of arrays.
    ValueError
        If shapes differ, there are more than 100 stops for each cell, a stop lies outside the city, a weight is
        negative or not a number, a dwell is negative, a beat does not exist, a stop has no hour, a crew walks outside
        of its beat or does not stay, or the cars that are wanted are no numbers or nowhere.
    """
    if not isinstance(plan, PatrolPlan) or not all(
        isinstance(column, np.ndarray) for column in vars(plan).values() if column is not None
    ):
        raise TypeError("plan() returns a PatrolPlan of arrays; make it with PatrolPlan.of")
    if len({a.shape for a in (plan.cell, plan.weight, plan.dwell_min, plan.beat)}) != 1 or plan.cell.ndim != 1:
        raise ValueError("a plan has one cell, weight, dwell_min and beat for each stop")
    _check_cars(plan, len(beats.station_cell))
    if plan.cell.size == 0:
        return
    if plan.cell.size > MOST_STOPS_A_CELL * len(beats.beat):
        raise ValueError(
            f"a plan has at most {MOST_STOPS_A_CELL} stops for each cell of the city; this one has {plan.cell.size:,}"
        )
    if plan.cell.min() < 0 or plan.cell.max() >= len(beats.beat) or (beats.beat[plan.cell] < 0).any():
        raise ValueError("a stop lies outside the city")
    if not np.isfinite(plan.weight).all() or plan.weight.min() < 0:
        raise ValueError("weights are finite and not negative")
    if np.isnan(plan.dwell_min).any() or plan.dwell_min.min() < 0:
        raise ValueError("dwell_min is not negative")
    if plan.beat.min() < ANY_UNIT or plan.beat.max() >= len(beats.district):
        raise ValueError(f"beats are 0 to {len(beats.district) - 1}, or ANY_UNIT")
    _check_hours(plan)
    _check_on_foot(plan, beats)


def _check_hours(plan: PatrolPlan) -> None:
    if plan.hours is None:
        return
    if plan.hours.shape != (len(plan.cell), HOURS_PER_WEEK) or plan.hours.dtype != bool:
        raise ValueError(
            f"hours: {plan.hours.dtype} of shape {plan.hours.shape} is not allowed; a truth value for each of "
            f"{len(plan.cell)} stops and {HOURS_PER_WEEK} hours of the week, as PatrolPlan.during makes them"
        )
    never = np.flatnonzero(~plan.hours.any(axis=1))
    if len(never):
        s = never[0]
        raise ValueError(f"hours: stop {s}, in cell {plan.cell[s]}, has none; give it one or leave it out")


def _check_on_foot(plan: PatrolPlan, beats: BeatPlan) -> None:
    if plan.on_foot is None:
        return
    if plan.on_foot.shape != plan.cell.shape or plan.on_foot.dtype != bool:
        raise ValueError(
            f"on_foot: {plan.on_foot.dtype} of shape {plan.on_foot.shape} is not allowed; a truth value for each of "
            f"{len(plan.cell)} stops"
        )
    afar = np.flatnonzero(plan.on_foot & (plan.beat != beats.beat[plan.cell]))
    if len(afar):
        s = afar[0]
        whose = "any unit" if plan.beat[s] == ANY_UNIT else f"beat {plan.beat[s]}"
        raise ValueError(
            f"on_foot: stop {s}, in cell {plan.cell[s]} of beat {beats.beat[plan.cell[s]]}, is for {whose}; a crew "
            "walks in its own beat"
        )
    brief = np.flatnonzero(plan.on_foot & (plan.dwell_min == 0))
    if len(brief):
        raise ValueError(
            f"on_foot: stop {brief[0]}, in cell {plan.cell[brief[0]]}, has a dwell_min of 0; a crew that walks stays"
        )


def _check_cars(plan: PatrolPlan, districts: int) -> None:
    if plan.cars is None:
        return
    if plan.cars.shape != (districts, HOURS_PER_WEEK):
        raise ValueError(
            f"cars: shape {plan.cars.shape} is not allowed; a number for each of {districts} districts and "
            f"{HOURS_PER_WEEK} hours of the week"
        )
    odd = plan.cars[~(np.isfinite(plan.cars) & (plan.cars >= 0))]
    if len(odd):
        raise ValueError(f"cars: {odd[0]:g} is not allowed; numbers from 0 on")
    nowhere = np.flatnonzero(plan.cars.sum(axis=0) == 0)
    if len(nowhere):
        raise ValueError(f"cars: no district gets one in hour {nowhere[0]} of the week; let one be above 0")
