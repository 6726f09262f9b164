"""Headcount to patrol units on duty: posts, relief factor, shifts, shortage, and which beats a unit covers."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.parameters import BadInput, Parameters, parameter
from sim.police.units import new_units

OFFICERS_PER_1000 = 1.4  # assumption: a Chinese county


HourOfDay = Annotated[float, Field(ge=0, lt=24)]


class ForceParameters(Parameters):
    """The force at full strength."""

    officers: int | None = parameter(
        None, unit="officers", ge=0, le=1_000_000, source="absent: 1.4 per 1,000 residents (assumption, a Chinese county)", doc="Headcount of sworn officers."
    )
    patrol_share: float = parameter(
        0.45,
        unit="of officers",
        gt=0,
        le=1,
        source="assumption: stations hold 60 % of officers, three quarters of them patrol",
        doc="Officers on patrol units.",
    )
    relief_factor: float = parameter(
        5.0, unit="officers per round-the-clock post", ge=1, le=10, source="assumption: leave, training and rest included", doc="Heads needed for one post."
    )
    patrol_units: float | None = parameter(
        None,
        unit="units",
        ge=0,
        le=100_000,
        source="absent: officers × patrol_share / relief_factor",
        doc="Units on duty at full strength, mean over shifts.",
    )
    crew: int = parameter(2, unit="heads", ge=1, le=4, source="assumption: an officer and an auxiliary", doc="People in a unit, whose minutes are booked.")
    shift_starts_hour: tuple[HourOfDay, ...] = parameter(
        (0.0, 8.0, 16.0), unit="hour of day", source="assumption", doc="When shifts begin, in order; one shift alone never ends: for queueing studies."
    )
    reserve_units: int = parameter(0, unit="units", ge=0, le=1000, source="user", doc="Extra units a shift that stay at their station and are never sent.")

    @model_validator(mode="after")
    def _shifts_in_order(self) -> ForceParameters:
        starts = self.shift_starts_hour
        if not starts or list(starts) != sorted(set(starts)):
            raise ValueError("shift_starts_hour must be different hours, in order")
        if len(starts) > 1 and len({round((b - a) % 24, 6) for a, b in zip(starts, (*starts[1:], starts[0]), strict=True)}) > 1:
            raise ValueError("shift_starts_hour must be evenly spaced")
        return self

    @property
    def shift_min(self) -> float:
        """Length of a shift in minutes, infinity with one shift alone."""
        return 1440.0 / len(self.shift_starts_hour) if len(self.shift_starts_hour) > 1 else np.inf


class ShortageParameters(Parameters):
    """How the force is short of its full strength."""

    kind: Literal["none", "uniform"] = parameter("none", unit="name", source="user", doc="`uniform` takes the same share from every post and shift.")
    fraction: float = parameter(0.0, unit="of heads", ge=0, lt=1, source="user", doc="Share of the headcount that is missing.")

    @model_validator(mode="after")
    def _none_means_none(self) -> ShortageParameters:
        if self.kind == "none" and self.fraction > 0:
            raise BadInput("shortage.fraction", self.fraction, "0 with shortage=none; a fraction goes with shortage=uniform")
        return self


def units_on_duty(force: ForceParameters, shortage: ShortageParameters, residents: int) -> float:
    """Return the mean number of patrol units on duty, a real number: the roster makes it true on average.

    Raises
    ------
    BadInput
        If no unit is left.
    """
    if force.patrol_units is not None:
        full = force.patrol_units
        field, value = "force.patrol_units", float(force.patrol_units)
    else:
        officers = force.officers if force.officers is not None else OFFICERS_PER_1000 * residents / 1000
        full = officers * force.patrol_share / force.relief_factor
        field, value = "force.officers", float(officers)
    if full <= 0:
        raise BadInput(field, round(value, 2), "it leaves no patrol unit on duty; at least a part of one is needed")
    return full * (1 - shortage.fraction)


SIGNING = np.dtype([("unit", "i4"), ("start_min", "f8")])


class Roster:
    """Who works when.

    Each shift has its own units. A mean of 8.4 units on duty means 8 in some shifts and 9 in others, spread evenly (rounding errors are
    carried over), so that headcounts between whole numbers of units can be compared.
    """

    def __init__(self, force: ForceParameters, on_duty: float, plan: BeatPlan) -> None:
        self.force, self.on_duty, self.plan = force, on_duty, plan
        self.shifts = len(force.shift_starts_hour)
        self.slots = int(np.ceil(on_duty - 1e-9))
        self._shared: dict[int, tuple[Array, Array, Array]] = {}

    def units(self) -> Array:
        """Return the units of all shifts, then the reserve; all off duty."""
        regular = self.shifts * self.slots
        units = new_units(regular + self.shifts * self.force.reserve_units)
        units["shift"][:regular] = np.repeat(np.arange(self.shifts), self.slots)
        units["shift"][regular:] = np.repeat(np.arange(self.shifts), self.force.reserve_units)
        units["reserve"][regular:] = True
        units["next_station_cell"] = self.plan.station_cell[0]
        return units

    def of_day(self, day: int, units: Array) -> Array:
        """Return who signs on in a day, and give each the beats that it covers.

        Parameters
        ----------
        day : int
            Day of the run, from 0.
        units : Array
            Table of units; stations and beats of their next duty are written.

        Returns
        -------
        Array
            Structured (unit, start_min), in order of time.
        """
        signing = []
        for s, hour in enumerate(self.force.shift_starts_hour):
            if self.shifts == 1 and day > 0:
                break
            number = day * self.shifts + s
            n = int(np.floor((number + 1) * self.on_duty + 0.5) - np.floor(number * self.on_duty + 0.5)) if self.shifts > 1 else self.slots
            n = min(n, self.slots)
            regular = slice(s * self.slots, s * self.slots + n)
            units["next_beat_first"][regular], units["next_beat_end"][regular], units["next_station_cell"][regular] = self._shares(n)
            reserve = self.shifts * self.slots + s * self.force.reserve_units + np.arange(self.force.reserve_units)
            found = np.zeros(n + len(reserve), dtype=SIGNING)
            found["unit"] = np.concatenate([np.arange(regular.start, regular.stop), reserve])
            found["start_min"] = day * 1440 + hour * 60
            signing.append(found)
        return np.concatenate(signing) if signing else np.zeros(0, dtype=SIGNING)

    def _shares(self, n: int) -> tuple[Array, Array, Array]:
        """Share the beats out to n units: first beat, one after the last, and station of each; worked out once for each n."""
        if n not in self._shared:
            beats, j = len(self.plan.district), np.arange(n)
            first = j * beats // max(n, 1)
            end = np.maximum(first + 1, (j + 1) * beats // max(n, 1))
            self._shared[n] = first, end, np.asarray(self.plan.station_cell)[self.plan.district[(first + end - 1) // 2]]
        return self._shared[n]
