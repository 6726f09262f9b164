"""Dated changes of parameters: those that the model reads again every day may have another value for some days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from sim.parameters import CHOSEN, parameter
from sim.periods import Number, Period, Word, one_of

CHANGEABLE = (  # what the model reads again every day; all else is fixed for a run
    "force.wellbeing.attrition_per_year",
    "force.wellbeing.incentive_per_month",
    "force.training.trainees",
    "force.training.months",
    "force.training.hours_per_week",
    "force.overtime_share",
    "dispatch.pooling",
)


Changeable = Annotated[str, one_of(CHANGEABLE, "; others are fixed for a run")]


class ParameterChange(Period):
    """Another value of a parameter for some days."""

    has_one_value = True

    name: Changeable = parameter(
        "dispatch.pooling",
        unit="dotted name",
        source=CHOSEN,
        doc="The parameter, one of those that the model reads every day.",
    )
    value: Number | Word = parameter(0.0, unit="that of the parameter", source=CHOSEN, doc="Its value at full size.")

    @property
    def target(self) -> tuple[object, ...]:
        """Which parameter it is about."""
        return (self.name,)

    def whom(self) -> str:
        """Say which parameter it is about."""
        return self.name


def value_on(changes: Sequence[ParameterChange], name: str, usual: float | str, day: int) -> float | str:
    """Return a parameter's value on a day.

    Numbers go from the usual to the new value within the ramp, a name changes at its end.
    """
    for change in changes:
        if change.name == name and (weight := change.weight(day)) > 0:
            if isinstance(usual, str) or isinstance(change.value, str):
                return change.value if weight == 1 else usual
            return usual + (change.value - usual) * weight
    return usual
