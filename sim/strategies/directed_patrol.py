"""Directed patrol (定点巡逻): treated places of a field trial get their dose of presence, the rest goes on."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.parameters import BadInput, parameter
from sim.strategies.base import Briefing, Strategy, StrategyParameters
from sim.strategies.plan import PatrolPlan, hours_of_week

Weekday = Annotated[int, Field(ge=0, le=6)]


class DirectedPatrol(Strategy):
    """Units stop at the treated places of a field trial, and drive through their beats at random between the stops.

    A place is looked after by all cars of its district, on foot by the crews of its beat alone. How strongly they are
    drawn to it the programme says, so that each gets its dose.
    """

    name = "directed_patrol"
    programmes = ("field_trial",)
    needs = ("field_trial",)

    class Parameters(StrategyParameters):
        """How long, when, and by car or on foot."""

        dwell_min: float = parameter(
            15.0, unit="min", ge=1, le=240, source="Koper 1995: 10–16 min, contested", doc="Stop at a treated place."
        )
        first_hour: int = parameter(
            11, unit="h", ge=0, le=23, source="Sherman & Weisburd 1995: from 11 to 03", doc="Hour at which stops begin."
        )
        end_hour: int = parameter(
            3, unit="h", ge=0, le=24, source="Sherman & Weisburd 1995: from 11 to 03",
            doc="Hour at which they end, of the next day if it is before first_hour.",
        )  # fmt: skip
        weekdays: tuple[Weekday, ...] = parameter(
            (0, 1, 2, 3, 4, 5, 6), unit="days of the week", source="Sherman & Weisburd 1995: all", min_length=1,
            doc="Days on which they begin, 0 for Monday to 6.",
        )  # fmt: skip
        on_foot: bool = parameter(
            False, unit="1", source="Sherman & Weisburd 1995: by car", doc="Crews leave their cars there and walk."
        )

        @model_validator(mode="after")
        def _has_hours(self) -> DirectedPatrol.Parameters:
            if self.first_hour == self.end_hour:
                raise BadInput("end_hour", self.end_hour, "another hour than first_hour")
            return self

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Give each beat its cells with weight 1 together, and its treated places as the programme asks."""
        beat, p = briefing.beats.beat, self.parameters
        cells = np.flatnonzero(beat >= 0)
        between = PatrolPlan.of(cells, 1.0 / np.bincount(beat[cells])[beat[cells]], 0.0, beat[cells])
        word = briefing.programmes.get("field_trial")
        if word is None or not len(word["cell"]):
            return between
        place, of = _who(word["cell"], briefing.beats, p.on_foot)
        weight = word["weight"][place] / np.bincount(place)[place]
        stops = PatrolPlan.of(word["cell"][place], weight, p.dwell_min, of, p.on_foot)
        return between + stops.during(hours_of_week(p.weekdays, p.first_hour, p.end_hour))


def _who(cells: Array, beats: BeatPlan, on_foot: bool) -> tuple[Array, Array]:
    """Return (row of a cell, beat whose units go there) for each: its own, or all of its district."""
    if on_foot:
        return np.arange(len(cells)), beats.beat[cells]
    place, beat = np.nonzero(beats.district_of_cell[cells][:, None] == beats.district)
    return place, beat
