"""The roster by hour of the week: how many patrol units are wanted when, and which duties of which shifts give that.

Duties are conserved: a roster moves them between the hours of a week and makes none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array, frozen
from sim.clock import HOURS_PER_WEEK, MINUTES_PER_DAY
from sim.incidents.log import PLANNED_KEYS
from sim.parameters import CHOSEN, BadInput, Parameters, parameter
from sim.periods import Period

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {"every": range(7), "workdays": range(5), "weekend": range(5, 7)} | {
    name: range(number, number + 1) for number, name in enumerate(DAY_NAMES)
}
MOST_TIMES = 2.0  # the most duties of a shift that follows the calls, relative to the mean: cars are there for so many
REVIEW_DAYS = 28  # how often a roster that follows the calls is drawn up anew
LOOK_BACK_MIN = 364.0 * MINUTES_PER_DAY  # of the calls that it follows

DayHour = Annotated[float, Field(ge=0, le=24)]


class RosterBand(Parameters):
    """Hours of the week with more or fewer units on duty than in others; where bands overlap, factors multiply."""

    days: Literal["every", "workdays", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                  "sunday"] = parameter(
        "every", unit="name", source=CHOSEN, doc="Days on which the hours begin; the weekend is Saturday and Sunday."
    )  # fmt: skip
    from_hour: DayHour = parameter(0.0, unit="hour of day", source=CHOSEN, doc="When they begin.")
    to_hour: DayHour = parameter(
        24.0, unit="hour of day", source=CHOSEN, doc="When they end; not after from_hour: on the next day."
    )
    factor: float = parameter(
        1.0, unit="times", ge=0, le=10, source=CHOSEN, doc="Units wanted on duty, relative to hours without a band."
    )

    @model_validator(mode="after")
    def _some_hours(self) -> RosterBand:
        if self.from_hour == self.to_hour or self.from_hour == 24:
            raise BadInput(
                "force.roster.from_hour",
                self.from_hour,
                f"0 to below 24, and another hour than to_hour, which is {self.to_hour:g}",
            )
        return self


class RosterChange(Period):
    """Days in which the roster of the patrol units follows the calls of the last year, as police records have them."""

    has_one_value = True

    share: float = parameter(
        1.0, unit="1", ge=0, le=1, source=CHOSEN,
        doc="How far it goes from the usual roster, 0, to the one that the calls ask for, 1.",
    )  # fmt: skip

    @property
    def target(self) -> tuple[object, ...]:
        """What it is about: the roster, of which there is one."""
        return ()

    def whom(self) -> str:
        """Say what it is about."""
        return "the roster that follows the calls"


def wanted_by_hour(bands: tuple[RosterBand, ...]) -> Array:
    """Return the units wanted in each hour of the week, relative to hours without a band, shape [168]."""
    wanted = np.ones(HOURS_PER_WEEK)
    for band in bands:
        length = band.to_hour - band.from_hour + 24.0 * (band.to_hour <= band.from_hour)
        for day in _DAYS[band.days]:
            wanted *= 1.0 + (band.factor - 1.0) * hours_covered(24.0 * day + band.from_hour, length)
    return wanted


def hours_covered(begins: float, hours: float, around: int = HOURS_PER_WEEK) -> Array:
    """Return which part of each hour of a week, or of so many hours, a spell covers; after the last it goes on at 0."""
    hour = np.arange(2 * around)
    upto = np.clip(begins + hours - hour, 0, 1) - np.clip(begins - hour, 0, 1)
    covered: Array = upto.reshape(2, around).sum(axis=0)
    return covered


@lru_cache(maxsize=64)
def duties_of_bands(bands: tuple[RosterBand, ...], starts_hour: tuple[float, ...], duty_hours: float) -> Array:
    """Return `duties_of_week` of the bands of a force; without any, each shift of each day has its even part."""
    if not bands:
        return frozen(np.ones((7, len(starts_hour))))
    return frozen(duties_of_week(wanted_by_hour(bands), starts_hour, duty_hours))


def duties_of_week(wanted: Array, starts_hour: tuple[float, ...], duty_hours: float) -> Array:
    """Return the duties of each shift on each day of the week, relative to their mean, shape [7, shifts].

    Of all rosters with these shifts it is the one whose units on duty come nearest to those wanted: the sum of the
    squares of the differences over the hours of the week is least (Dantzig 1954 covers the hours; Green & Kolesar 1991
    set what is wanted hour by hour). Shifts that do not overlap get the mean of their hours.

    Parameters
    ----------
    wanted : array [168]
        Units by hour of the week; only their ratios count.
    starts_hour : tuple of float
        Hours of the day at which shifts begin.
    duty_hours : float
        Length of a duty, overtime included.

    Raises
    ------
    BadInput
        If nobody is wanted at all.
    """
    from scipy.optimize import nnls

    if not wanted.max() > 0:
        raise BadInput("force.roster", 0.0, "a factor above 0 in some hour of the week")
    covers = np.array([hours_covered(24.0 * day + hour, duty_hours) for day in range(7) for hour in starts_hour])
    duties, _ = nnls(covers.T, np.asarray(wanted, dtype=float))
    found: Array = (duties / duties.mean()).reshape(7, len(starts_hour))
    return found


def at_most(duties: Array, most: float, most_on_a_day: float) -> Array:
    """Return duties of a week brought so near to an even spread that no shift and no day has too many.

    Parameters
    ----------
    duties : array [7, shifts]
        Relative to their mean.
    most, most_on_a_day : float
        At least 1: the most of a shift, and of a day as a mean over its shifts.
    """
    peak, day = float(duties.max()), float(duties.mean(axis=1).max())
    share = min(
        1.0,
        (most - 1.0) / (peak - 1.0) if peak > most else 1.0,
        (most_on_a_day - 1.0) / (day - 1.0) if day > most_on_a_day else 1.0,
    )
    found: Array = 1.0 + share * (duties - 1.0)
    return found


def wanted_for_calls(unit_hours: Array, weeks: float) -> Array:
    """Return the units that the calls ask for in each hour of the week: those busy, and the square root of them free.

    Green & Kolesar 1991 staff each hour for its own load; how many have to be free beyond it grows with its square root
    (Whitt 1992). The load is that of the hours in which units are busy, which lags behind that of the calls' arrival.

    Parameters
    ----------
    unit_hours : array [168]
        Hours that units were at calls, from the dispatch on, by hour of the week.
    weeks : float
        In how many weeks.
    """
    busy = unit_hours / weeks
    found: Array = busy + np.sqrt(busy)
    return found


def unit_hours_of_calls(calls: Array, from_min: float, to_min: float, start_weekday: int) -> Array:
    """Return the hours that units were at calls of a period, by hour of the week, shape [168].

    Parameters
    ----------
    calls : Array
        Table of calls; those that were dispatched and cleared count, each with all units sent, but for planned posts.
    from_min, to_min : float
        The calls were dispatched in this period, minutes since the start.
    start_weekday : int
        Weekday of the first day.
    """
    known = (calls["dispatched_min"] >= from_min) & (calls["cleared_min"] >= 0) & (calls["cleared_min"] < to_min)
    rows = calls[known & (calls["key_entity"] < PLANNED_KEYS)]
    begins = rows["dispatched_min"] / 60 + 24 * start_weekday
    ends = rows["cleared_min"] / 60 + 24 * start_weekday
    found = np.zeros(HOURS_PER_WEEK)
    for step in range(int(np.ceil((ends - begins).max(initial=0.0))) + 1):
        hour = np.floor(begins) + step
        part = np.clip(np.minimum(ends, hour + 1) - np.maximum(begins, hour), 0.0, None) * rows["sent"]
        np.add.at(found, hour.astype(np.int64) % HOURS_PER_WEEK, part)
    return found
