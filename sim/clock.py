"""Time: ticks, the hour of the week, days. Everything is minutes since the start of the run."""

from __future__ import annotations

from pydantic import field_validator

from sim.kernels import kernel
from sim.parameters import BadInput, Parameters, parameter

MINUTES_PER_DAY = 1440
HOURS_PER_WEEK = 168


class ClockParameters(Parameters):
    """How time is cut."""

    tick_min: int = parameter(
        10, unit="min", ge=1, le=60, source="assumption: shorter than a patrol stop",
        doc="Length of a tick; offenders see the police as they stood at its start. It must divide 60.",
    )  # fmt: skip
    start_weekday: int = parameter(
        0, unit="day of week", ge=0, le=6, source="assumption", doc="Weekday of the first day, 0 is Monday."
    )

    @field_validator("tick_min")
    @classmethod
    def _divides_an_hour(cls, value: int) -> int:
        if 60 % value:
            raise BadInput("clock.tick_min", value, "a number of minutes that divides 60")
        return value


@kernel
def hour_of_week(time_min: float, start_weekday: int) -> int:
    """Return the hour of the week, 0 (Monday, midnight) to 167, at a time in minutes since the start."""
    return (int(time_min // 60) + 24 * start_weekday) % HOURS_PER_WEEK
