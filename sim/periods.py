"""Periods: when a dated change holds, how it grows, and that two changes of one thing never hold at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sim.parameters import CHOSEN, BadInput, Parameters, parameter

FAR_DAY = 100_000


def one_of(names: Sequence[str], also: str) -> AfterValidator:
    """Return a validator of a name; `also` ends the message of what is allowed."""

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"one of {', '.join(names)}{also}")
        return name

    return AfterValidator(check)


Number = Annotated[float, Field(ge=0, le=100_000)]


Word = Annotated[str, StringConstraints(min_length=1, max_length=30)]


class Period(Parameters):
    """When a change holds."""

    has_one_value: ClassVar[bool] = False  # at a time, whatever it comes from; others of different causes are combined

    start_day: int = parameter(
        0,
        unit="days after the warm-up",
        ge=0,
        le=FAR_DAY,
        source=CHOSEN,
        doc="First day; 0 is the first measured day.",
    )
    days: int | None = parameter(
        None, unit="days", ge=1, le=FAR_DAY, source=CHOSEN, doc="How many days it lasts; absent: to the end of the run."
    )
    ramp_days: int = parameter(
        0,
        unit="days",
        ge=0,
        le=FAR_DAY,
        source=CHOSEN,
        doc="Days in which it grows from nothing to its full size, linearly.",
    )
    cause: str = parameter(
        "",
        unit="name",
        source=CHOSEN,
        doc="The shortage or lever that it comes from, for tables and messages.",
        max_length=60,
    )

    @model_validator(mode="after")
    def _ramp_within(self) -> Period:
        if self.days is not None and self.ramp_days > self.days:
            raise BadInput("ramp_days", self.ramp_days, f"at most the {self.days} days that the change lasts")
        return self

    @property
    def target(self) -> tuple[object, ...]:
        """What it is about; two changes of one target and cause never hold at once."""
        raise NotImplementedError

    def whom(self) -> str:
        """Say what it is about."""
        raise NotImplementedError

    @property
    def end_day(self) -> float:
        """First day after it, infinity if there is none."""
        return np.inf if self.days is None else self.start_day + self.days

    def weight(self, day: int) -> float:
        """Return how much of the change holds on a day: 0 before and after it, between 0 and 1 in its ramp, then 1."""
        if not self.start_day <= day < self.end_day:
            return 0.0
        return min((day - self.start_day) / self.ramp_days, 1.0) if self.ramp_days else 1.0

    def overlaps(self, other: Period) -> bool:
        """Return whether some day belongs to both."""
        return self.start_day < other.end_day and other.start_day < self.end_day

    def when(self) -> str:
        """Say when it holds."""
        return (
            f"from day {self.start_day} on"
            if self.days is None
            else f"from day {self.start_day} to day {self.start_day + self.days - 1}"
        )


def turns(changes: Sequence[Period], day: int) -> bool:
    """Return whether anything differs from the day before; on day 0, from the usual."""
    return any(change.weight(day) != (change.weight(day - 1) if day else 0.0) for change in changes)


def turning_days(changes: Sequence[Period]) -> list[int]:
    """Return the days between which every change only grows or stays as it is.

    First and last days, the days after, and the ends of ramps.
    """
    ends = {
        change.start_day + change.days - before for change in changes if change.days is not None for before in (0, 1)
    }
    return sorted(ends.union(*({change.start_day, change.start_day + change.ramp_days} for change in changes)))


def check_no_contradiction(changes: Sequence[Period], field: str) -> None:
    """Refuse two changes of one thing at one time.

    Changes of different shortages or levers are combined, but a parameter has one value.

    Raises
    ------
    BadInput
        Naming the later one in the list.
    """
    for (_, a), (j, b) in combinations(enumerate(changes), 2):
        if a.target == b.target and (a.cause == b.cause or a.has_one_value) and a.overlaps(b):
            given = f"{b.cause}: " if b.cause else ""
            raise BadInput(
                f"{field}.{j}",
                f"{given}{b.whom()} {b.when()}",
                f"at most one at a time, and another holds {a.when()}; let one end before the other",
            )
