"""A course: the phases of a strategy, and the ways in which they can contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import SerializeAsAny, ValidationError, field_validator, model_validator

from sim.course.evidence import ScaleUp
from sim.course.handing_down import HandingDown
from sim.parameters import CHOSEN, BadInput, Parameters, one_line, parameter
from sim.periods import FAR_DAY
from sim.police.force.head_changes import HeadChange
from sim.police.parameter_changes import ParameterChange
from sim.strategies.base import StrategyParameters
from sim.strategies.chosen import chosen

FIELD = "strategy_course.phases"
ALL = None  # the districts of a phase that says none


class CoursePhase(Parameters):
    """A strategy that holds in some districts from some day on, until its days are over or another takes its place."""

    name: str = parameter("", unit="name", source=CHOSEN, doc="Name of the phase, for tables.", max_length=60)
    start_day: int = parameter(
        0, unit="days after the warm-up", ge=0, le=FAR_DAY, source=CHOSEN,
        doc="First day, 0 is the first measured day; with scale_up the first on which it is decided.",
    )  # fmt: skip
    days: int | None = parameter(
        None, unit="days", ge=1, le=FAR_DAY, source=CHOSEN,
        doc="How many days it lasts; absent: until a later phase begins in its districts, or to the end of the run.",
    )  # fmt: skip
    districts: tuple[int, ...] | None = parameter(
        ALL, unit="districts", source=CHOSEN, doc="Where it holds; absent: in the whole city.", min_length=1
    )
    strategy: SerializeAsAny[StrategyParameters] | None = parameter(
        None, unit="{name: …, <its parameters>}", source=CHOSEN,
        doc="Strategy of the phase, with its programmes and organisation; absent: that of the scenario.",
    )  # fmt: skip
    heads: tuple[HeadChange, ...] = parameter(
        (), unit="changes", source=CHOSEN,
        doc="Personnel that are missing, moved or added in its districts; days count from the start of the phase.",
    )  # fmt: skip
    changes: tuple[ParameterChange, ...] = parameter(
        (), unit="changes", source=CHOSEN,
        doc="Parameters of the police that differ, in the whole city; days count from the start of the phase.",
    )  # fmt: skip
    handing_down: HandingDown = HandingDown()
    scale_up: ScaleUp | None = parameter(
        None, unit="{fall: …, days: …, review_days: …}", source=CHOSEN,
        doc="Rule by which it begins, when the phase before it is a pilot; absent: it begins on its start_day.",
    )  # fmt: skip

    @field_validator("strategy", mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return None if given is None else chosen(given)

    def holds_in(self, district: int) -> bool:
        """Return whether a district is one of its districts."""
        return self.districts is ALL or district in self.districts

    def meets(self, other: CoursePhase) -> int | None:
        """Return the first district that both have, None if there is none."""
        if self.districts is ALL or other.districts is ALL:
            return min(self.districts or other.districts or (0,))
        return min(set(self.districts) & set(other.districts), default=None)


class CourseParameters(Parameters):
    """The phases of a strategy, for roll-outs and trials, pilots and what follows them; without any, it holds at once.

    Where no phase holds, units go on as in the warm-up: by the status quo, without programmes.
    """

    phases: tuple[CoursePhase, ...] = parameter(
        (),
        unit="phases",
        source=CHOSEN,
        doc="Phases in the order of their days; a later one takes the place of others.",
    )

    @field_validator("phases", mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise BadInput(FIELD, given, "a list of phases, [{start_day: …, districts: […], strategy: {…}}, …]")
        return tuple(_phase(number, one) for number, one in enumerate(given))

    @model_validator(mode="after")
    def _in_order(self) -> CourseParameters:
        for number, phase in enumerate(self.phases):
            if phase.districts is not ALL and len(set(phase.districts)) < len(phase.districts):
                raise BadInput(f"{FIELD}.{number}.districts", list(phase.districts), "each district once")
            before = self.phases[number - 1] if number else None
            if before is not None and phase.start_day < before.start_day:
                raise BadInput(
                    f"{FIELD}.{number}.start_day",
                    phase.start_day,
                    f"{before.start_day} or later: phases stand in the order of their days",
                )
            if phase.scale_up is not None and (before is None or before.districts is ALL):
                raise BadInput(
                    f"{FIELD}.{number}.scale_up",
                    phase.scale_up.model_dump(),
                    "after a pilot, a phase in some districts",
                )
        for (i, one), (j, other) in combinations(enumerate(self.phases), 2):
            _check_pair(i, one, j, other)
        return self

    @property
    def strategies(self) -> tuple[StrategyParameters, ...]:
        """The strategies of the phases that have one of their own, in order."""
        return tuple(phase.strategy for phase in self.phases if phase.strategy is not None)

    def check_districts(self, districts: int) -> None:
        """Refuse a district that the city does not have.

        Raises
        ------
        BadInput
            For the first one.
        """
        for number, phase in enumerate(self.phases):
            for district in phase.districts or ():
                if not 0 <= district < districts:
                    there = "there is 1" if districts == 1 else f"there are {districts}"
                    raise BadInput(f"{FIELD}.{number}.districts", district, f"0 to {districts - 1}: {there}")


def _phase(number: int, given: Any) -> CoursePhase:
    """Read a phase; a complaint says in which phase it is."""
    if isinstance(given, CoursePhase):
        return given
    field = f"{FIELD}.{number}"
    if not isinstance(given, Mapping):
        raise BadInput(field, given, "{start_day: …, districts: […], strategy: {…}}")
    try:
        return CoursePhase.model_validate(dict(given))
    except ValidationError as error:
        bad = one_line(error, field)
        if bad.field.startswith(field):
            raise bad from error
        kind, (below, *said) = bad.__reduce__()
        raise kind(f"{field}.{below}", *said) from error


def _check_pair(i: int, one: CoursePhase, j: int, other: CoursePhase) -> None:
    """Refuse two phases that would hold in one district at one time."""
    district = one.meets(other)
    if district is None:
        return
    if one.start_day == other.start_day:
        raise BadInput(
            f"{FIELD}.{j}.start_day",
            other.start_day,
            f"another day than that of {called(i, one)}, or other districts: both would begin in district {district}",
        )
    if one.days is not None and other.start_day < one.start_day + one.days:
        end = one.start_day + one.days
        raise BadInput(
            f"{FIELD}.{j}.start_day",
            other.start_day,
            f"{end} or later, or other districts: {called(i, one)} lasts until then in district {district}; without "
            "`days` it gives way to the later one",
        )


def called(number: int, phase: CoursePhase) -> str:
    """Return how a message calls a phase."""
    return f"phase {number}" + (f" ({phase.name})" if phase.name else "")
