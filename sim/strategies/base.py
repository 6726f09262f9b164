"""The protocol of a strategy: where free patrol time goes, what goes with it, and how the force is organised for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.clock import MINUTES_PER_DAY
from sim.incidents.log import said_min
from sim.parameters import CHOSEN, Parameters, parameter
from sim.registry import Registry, found

ANY_UNIT = -1
MOST_STOPS_A_CELL = 100


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
        entered = crimes["recorded_time_min"]
        since_min = max(now_min - days * MINUTES_PER_DAY, np.nextafter(0.0, -1.0))
        known = np.flatnonzero((entered <= now_min) & (entered > since_min))
        return cls._from_rows(crimes, known[np.argsort(entered[known], kind="stable")])

    @classmethod
    def from_books(cls, crimes: Array) -> Recorded:
        """Return what police records say of rows of the log of incidents that are in them."""
        return cls._from_rows(crimes, np.arange(len(crimes)))

    @classmethod
    def _from_rows(cls, crimes: Array, rows: Array) -> Recorded:
        """Return what police records say of some rows; these are wide, and only the columns are copied."""
        columns = (
            crimes["recorded_type"],
            said_min(crimes),
            crimes["recorded_cell"],
            crimes["earliest_min"],
            crimes["latest_min"],
            crimes["recorded_time_min"],
            crimes["victim_id"],
        )
        return cls(*(column[rows] for column in columns))

    def of(self, types: Iterable[int]) -> Recorded:
        """Return the records of some types, such as `PLACE_CRIMES`: those that a patrol can meet."""
        wanted = np.isin(self.type, list(types))
        return Recorded(*(getattr(self, column.name)[wanted] for column in fields(self)))


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
    campaign: bool = False
    programmes: Mapping[str, Any] = field(default_factory=dict)
    truth: Array | None = None

    def with_word_of(self, programme: str, word: Any) -> Briefing:
        """Return this briefing with a copy of what a programme has to say: an array, a number, or a dict of these."""
        return replace(self, programmes={**self.programmes, programme: deepcopy(word)})


@dataclass(frozen=True)
class PatrolPlan:
    """Where free units go; equal shapes [stops]. No stops: they wait at their stations.

    A unit that is free draws a stop among those of the beats that it covers and those for any unit, with probability ∝
    weight, drives there and stays `dwell_min`. A dwell of zero is a drive-through.
    """

    cell: Array
    weight: Array
    dwell_min: Array
    beat: Array  # whose stop it is; ANY_UNIT for any unit

    @classmethod
    def none(cls) -> PatrolPlan:
        """Return the plan to wait at the stations."""
        return cls.of([], [], [], [])

    @classmethod
    def of(cls, cell: Any, weight: Any, dwell_min: Any, beat: Any) -> PatrolPlan:
        """Return a plan from anything that broadcasts to the shape of `cell`."""
        cells = np.atleast_1d(np.asarray(cell, dtype=np.int32))
        columns = [
            np.broadcast_to(np.asarray(value, dtype=kind), cells.shape)
            for value, kind in ((weight, float), (dwell_min, float), (beat, np.int32))
        ]
        return cls(cells, *columns)


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


def check_plan(plan: PatrolPlan, briefing: Briefing) -> None:
    """Check that a plan is legal.

    Raises
    ------
    TypeError
        If it is no plan, or not made of arrays.
    ValueError
        If shapes differ, there are more than 100 stops for each cell, a stop lies outside the city, a weight is
        negative or not a number, a dwell is negative, or a beat does not exist.
    """
    if not isinstance(plan, PatrolPlan) or not all(isinstance(column, np.ndarray) for column in vars(plan).values()):
        raise TypeError("plan() returns a PatrolPlan of arrays; make it with PatrolPlan.of")
    if len({a.shape for a in (plan.cell, plan.weight, plan.dwell_min, plan.beat)}) != 1 or plan.cell.ndim != 1:
        raise ValueError("a plan has one cell, weight, dwell_min and beat for each stop")
    if plan.cell.size == 0:
        return
    if plan.cell.size > MOST_STOPS_A_CELL * briefing.grid.n_cells:
        raise ValueError(
            f"a plan has at most {MOST_STOPS_A_CELL} stops for each cell of the city; this one has {plan.cell.size:,}"
        )
    if plan.cell.min() < 0 or plan.cell.max() >= briefing.grid.n_cells or (briefing.beats.beat[plan.cell] < 0).any():
        raise ValueError("a stop lies outside the city")
    if not np.isfinite(plan.weight).all() or plan.weight.min() < 0:
        raise ValueError("weights are finite and not negative")
    if np.isnan(plan.dwell_min).any() or plan.dwell_min.min() < 0:
        raise ValueError("dwell_min is not negative")
    if plan.beat.min() < ANY_UNIT or plan.beat.max() >= len(briefing.beats.district):
        raise ValueError(f"beats are 0 to {len(briefing.beats.district) - 1}, or ANY_UNIT")
