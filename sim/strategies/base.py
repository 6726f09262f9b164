"""The protocol of a strategy: where free patrol time goes, what goes with it, and how the force is organised for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.clock import HOURS_PER_WEEK, MINUTES_PER_DAY
from sim.incidents.log import entries, said_min
from sim.parameters import CHOSEN, Parameters, parameter
from sim.people.venues import PublicPlaces
from sim.registry import Registry, found
from sim.strategies.knowledge import Calls, Visits, of_types
from sim.strategies.plan import PatrolPlan


@dataclass(frozen=True)
class Recorded:
    """Crimes in police records by now, with the errors of these records; equal shapes [crimes], oldest entry first.

    Few victims can say when it was. A burglary was between the leaving of the last of the household and the coming home
    of the first, half a day or more; who saw a crime, or suffered it awake, knows the minute. Times are minutes since
    the start of the run.
    """

    type: Array  # IncidentType
    time_min: Array  # best guess of when it happened: the middle of the two below
    cell: Array  # where it is said to have happened
    earliest_min: Array  # it had not happened before
    latest_min: Array  # it had happened by then
    entered_min: Array  # when it entered the books
    victim: Array  # row of the resident who suffered it, −1 where there is none or the books name nobody
    discovered_by: Array  # Discoverer: who told the police, or PATROL or CAMERA where they came upon it themselves

    @classmethod
    def by(cls, crimes: Array, now_min: float, days: float = math.inf) -> Recorded:
        """Return what police records say by now of rows of the log of incidents.

        Parameters
        ----------
        crimes : array of INCIDENT_COLUMNS
            The log.
        now_min : float
            Minutes since the start of the run.
        days : float
            Crimes that entered police records in this many days before now alone.
        """
        since_min = max(now_min - days * MINUTES_PER_DAY, np.nextafter(0.0, -1.0))
        known, entered_min = entries(crimes, since_min, now_min)
        return cls._from_rows(crimes, known[np.argsort(entered_min, kind="stable")])

    @classmethod
    def from_books(cls, crimes: Array) -> Recorded:
        """Return what police records say of rows of the log of incidents that are in them."""
        return cls._from_rows(crimes, np.arange(len(crimes)))

    @classmethod
    def _from_rows(cls, crimes: Array, rows: Array) -> Recorded:
        """Return what police records say of some rows, which are wide: each is read once, then its columns."""
        known = crimes.take(rows)
        columns = (
            known["recorded_type"],
            said_min(known),
            known["recorded_cell"],
            known["earliest_min"],
            known["latest_min"],
            known["recorded_time_min"],
            known["victim_id"],
            known["discovered_by"],
        )
        return cls(*(column.copy() for column in columns))

    def of(self, types: Iterable[int]) -> Recorded:
        """Return the records of some types, such as `PLACE_CRIMES`: those that a patrol can meet."""
        return of_types(self, types)


@dataclass(frozen=True)
class Analysis:
    """What analysts have released by now; without analysis there is no surface and no alert.

    Attributes
    ----------
    surface : array [cells] or None
        Expected crimes at places, relative to other cells, as of the latest weekly analysis.
    alert_cell, alert_weight : arrays [alerts]
        Cells that the latest daily analysis or the news of a series warns of, and how urgently; the weights of the
        surface are no measure for these.
    """

    surface: Array | None = None
    alert_cell: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    alert_weight: Array = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Briefing:
    """All that a strategy may know when it plans.

    Attributes
    ----------
    now_min, hour_of_week : float, int
        When it is.
    grid, beats : Grid, BeatPlan
        The city.
    units_on_duty : float
        Mean number of patrol units.
    recorded : Recorded
        The books.
    calls : Calls
        Calls that came in, and what patrols came upon.
    visits : Visits
        Where patrol has stopped.
    places : PublicPlaces
        Where schools, shops and night life are, and their hours.
    units_by_hour : array [districts, 168]
        Patrol units that the roster has on duty, by district and hour of the week.
    analysis : Analysis
        What analysts have released.
    campaign : bool
        A campaign is on.
    programmes : dict
        What other programmes have to say, by their name; read it with `.get`, for a programme may not be part of a run.
    truth : array [cells] or None
        Expected true crimes at places a day without patrol, for strategies that say `knows_truth` alone: no police know
        it.
    """

    now_min: float
    hour_of_week: int
    grid: Grid
    beats: BeatPlan
    units_on_duty: float
    recorded: Recorded
    analysis: Analysis = field(default_factory=Analysis)
    calls: Calls = field(default_factory=Calls.none)
    visits: Visits = field(default_factory=Visits.none)
    places: PublicPlaces = field(default_factory=PublicPlaces)
    units_by_hour: Array = field(default_factory=lambda: np.zeros((0, HOURS_PER_WEEK)))
    campaign: bool = False
    programmes: Mapping[str, Any] = field(default_factory=dict)
    truth: Array | None = None

    def with_word_of(self, programme: str, word: Any) -> Briefing:
        """Return this briefing with a copy of what a programme has to say: an array, a number, or a dict of these."""
        return replace(self, programmes={**self.programmes, programme: deepcopy(word)})


class StrategyParameters(Parameters):
    """What a user may set for a strategy; each deployment adds its own."""

    name: str = parameter(
        "reactive", unit="name", source=CHOSEN, doc="Name of a registered strategy; it can never point to code."
    )
    deployment: str | None = parameter(
        None,
        unit="name",
        source="absent: the strategy's own",
        doc="Registered strategy whose plan the units follow, and whose parameters stand here.",
    )
    programmes: tuple[str, ...] | None = parameter(
        None,
        unit="names",
        source="absent: the strategy's own",
        doc="Registered programmes that go with it; what is listed first gets its hours first.",
    )
    organisation: str | None = parameter(
        None, unit="name", source="absent: the strategy's own", doc="How posts, lines and pooling are set for it."
    )


class Strategy:
    """Base of every strategy.

    A strategy is one class with a `name`, its `Parameters`, how often it plans, and `plan`. It must be pure: the plan
    depends on the briefing, the parameters and the given generator, and on nothing else.

    Attributes
    ----------
    programmes : tuple of str
        Programmes that go with it unless the user lists others.
    organisation : str
        How the force is organised for it, see `sim.strategies.organisations`, unless the user says else.
    needs : tuple of str
        Programmes without which its plan means nothing.
    knows_truth : bool
        It is a bound, not a policy: its briefing holds the truth.
    """

    name: ClassVar[str] = ""
    review_days: ClassVar[int] = 7
    programmes: ClassVar[tuple[str, ...]] = ()
    organisation: ClassVar[str] = "usual"
    needs: ClassVar[tuple[str, ...]] = ()
    knows_truth: ClassVar[bool] = False

    class Parameters(StrategyParameters):
        """What a user may set for this strategy."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters: Any = type(self).Parameters(**{"name": self.name, **parameters})

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Return where free units go until the next review."""
        raise TypeError(f"strategy {self.name!r} does not say where its units go: write plan()")


@cache
def registry() -> Registry:
    """Return what was found, what could not be loaded, and which names are taken twice."""
    return found(Strategy, "sim.strategies", "beatlab.strategies")


def registered() -> dict[str, type[Strategy]]:
    """Return the strategies by name.

    The modules of this package, then the entry points `beatlab.strategies` of other packages.
    """
    return registry().kinds


def strategy_class(name: str, field: str = "strategy") -> type[Strategy]:
    """Return the strategy of a name.

    Raises
    ------
    BadInput
        If there is none, or two have this name.
    """
    return registry().pick(name, field)


def parameters_class(name: str) -> type[StrategyParameters]:
    """Return the class of a strategy's parameters."""
    return strategy_class(name).Parameters
