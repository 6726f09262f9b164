"""Rare events: a mass incident (群体性事件) that binds many units for hours, and an offender with a series of crimes.

They come on given days, or by chance with a rate per year. Both have draws of their own, keyed by day, so that all
strategies meet the same ones and nobody else's draws are shifted.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Field

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.parameters import CHOSEN, Parameters, parameter
from sim.people.offenders import CareerRule
from sim.people.residents import Places
from sim.periods import FAR_DAY
from sim.randomness import choose, lognormal, uniform4

Day = Annotated[int, Field(ge=0, le=FAR_DAY)]
WEEK_DAYS = 7


class RareParameters(Parameters):
    """When there is one."""

    on_days: tuple[Day, ...] = parameter(
        (), unit="days after the warm-up", source=CHOSEN, doc="Days with one for certain; 0 is the first measured day."
    )
    per_year: float = parameter(
        0.0, unit="1/year", ge=0, le=100, source="assumption: none, unless you say else",
        doc="Mean number a year of those that come by chance, at most one on a day.",
    )  # fmt: skip

    def falls_on(self, day: int, u: float) -> bool:
        """Return whether there is one on a measured day with this lot, from 0 to 1; before day 0 there is none."""
        return day in self.on_days or (day >= 0 and u < 1.0 - math.exp(-self.per_year / 365))


class MassIncidentParameters(RareParameters):
    """A crowd that gathers where and when most people are out."""

    units: int = parameter(
        10, unit="units", ge=1, le=100, source="assumption: twenty officers for some hundred people",
        doc="Units that are asked for at once; they stay to the end, or until headquarters' people take their places.",
    )  # fmt: skip
    hours: float = parameter(
        4.0, unit="h", ge=0.1, le=72, source="assumption", doc="Mean time until the crowd is gone; lognormal."
    )
    hours_cv: float = parameter(
        0.5, unit="1", ge=0.01, le=10, source="assumption",
        doc="Standard deviation of that time relative to its mean.",
    )  # fmt: skip


class SerialOffenderParameters(RareParameters):
    """An offender who for some weeks does one type of crime and searches far more often than others."""

    type: Literal["burglary", "pickpocketing", "shoplifting", "vehicle_theft", "robbery", "snatching"] = parameter(
        "burglary", unit="name", source=CHOSEN, doc="Type of his crimes."
    )
    weeks: int = parameter(6, unit="weeks", ge=1, le=520, source="assumption", doc="Length of the series.")
    times: float = parameter(
        20.0, unit="times", ge=1, le=1000,
        source="assumption: with the mean of the default city ten moments of search a day",
        doc="How many times as often as the mean offender he searches.",
    )  # fmt: skip


class MassIncident(NamedTuple):
    """A crowd that has gathered."""

    start_min: float
    cell: int
    units: int
    minutes: float


class CrimeSeries(NamedTuple):
    """A series under way: whose it is, and what he was like before."""

    offender: int  # row
    resident: int  # row
    since_day: int
    until_day: int
    rate_per_min: float
    preference: Array  # [place crimes] cumulative


class RareEvents:
    """The rare events of a run.

    Parameters
    ----------
    seed : int
        Of the replication.
    first_day : int
        The first measured day; before it there are none.
    demand : DemandParameters
        Which ones there are.

    Attributes
    ----------
    crowds, series : list of MassIncident, list of CrimeSeries
        So far, those under way among them.
    """

    def __init__(self, seed: int, first_day: int, demand: Any) -> None:
        self.crowds: list[MassIncident] = []
        self.series: list[CrimeSeries] = []
        self._seed, self._first_day = seed, first_day
        self._mass: MassIncidentParameters = demand.mass_incidents
        self._serial: SerialOffenderParameters = demand.serial_offenders

    def crowd_on(self, day: int, places: Places, ground: Ground) -> MassIncident | None:
        """Return the mass incident of a day of the run, None on almost all: where and when most people are out."""
        p, seed = self._mass, self._seed
        u_day, u_hour, u_minute, u_cell = uniform4(seed, Draw.MASS_INCIDENT, 0, day)
        if not p.falls_on(day - self._first_day, u_day):
            return None
        first = 24 * ((day + ground.start_weekday) % WEEK_DAYS)
        by_hour = np.cumsum(places.out[first : first + 24].sum(axis=1), dtype=float)
        hour = choose(by_hour, 0, 24, u_hour * by_hour[-1])
        by_cell = np.cumsum(np.where(ground.cells["beat"] >= 0, places.out[first + hour], 0.0), dtype=float)
        cell = choose(by_cell, 0, len(by_cell), u_cell * by_cell[-1])
        minutes = 60.0 * p.hours * lognormal(p.hours_cv, seed, Draw.MASS_INCIDENT_TIME, 0, day)
        start_min = day * float(MINUTES_PER_DAY) + 60.0 * (hour + u_minute)
        self.crowds.append(MassIncident(start_min, int(cell), p.units, minutes))
        return self.crowds[-1]

    def turn_series(self, day: int, offenders: Array, rule: CareerRule) -> None:
        """End the series that end on a day, and let an offender begin one, if one does.

        The lot names a row, whoever holds it and wherever he is, so that it is the same one whatever the police have
        done. Nobody has two series at a time.
        """
        for one in self.series:
            if one.until_day == day:
                _end(one, offenders)
        u_day, u_who, _, _ = uniform4(self._seed, Draw.SERIAL_OFFENDER, 0, day)
        who = int(u_who * len(offenders))
        busy = [one.offender for one in self.series if day < one.until_day]
        if self._serial.falls_on(day - self._first_day, u_day) and who not in busy:
            self.series.append(_begin(who, day, self._serial, offenders, rule))


def _begin(i: int, day: int, parameters: SerialOffenderParameters, offenders: Array, rule: CareerRule) -> CrimeSeries:
    """Let an offender begin a series, and return what he was like before."""
    kind, one = PLACE_CRIMES.index(IncidentType[parameters.type.upper()]), offenders[i]
    until_day, before = day + WEEK_DAYS * parameters.weeks, one["preference"].copy()
    series = CrimeSeries(i, int(one["resident_id"]), day, until_day, float(one["rate_per_min"]), before)
    offenders["preference"][i] = np.arange(len(PLACE_CRIMES)) >= kind
    _search_at(i, day, parameters.times * rule.mean_rate_per_min, offenders)
    return series


def _end(series: CrimeSeries, offenders: Array) -> None:
    """Let an offender, or whoever has his row by now, be as he was."""
    offenders["preference"][series.offender] = series.preference
    _search_at(series.offender, series.until_day, series.rate_per_min, offenders)


def _search_at(i: int, day: int, rate_per_min: float, offenders: Array) -> None:
    """Let an offender search at another rate from a day on; the rest of the gap that he is in shrinks or grows with it.

    Gaps are exponential, so that it is as if he had searched at that rate all the time.
    """
    one, now_min = offenders[i], day * float(MINUTES_PER_DAY)
    left_min = max(float(one["next_search_min"]) - now_min, 0.0)
    offenders["next_search_min"][i] = now_min + left_min * float(one["rate_per_min"]) / rate_per_min
    offenders["rate_per_min"][i] = rate_per_min
