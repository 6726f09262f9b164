"""The protocol of a programme, and what it is given to see of a run and of a day.

A programme is an activity beside patrol that spends hours of the posts, or changes what the police work with.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.city.state import Ground
from sim.draws import Stream
from sim.incidents.crises import Crises
from sim.incidents.disputes.log import Disputes
from sim.incidents.fraud.campaigns import Frauds
from sim.incidents.fraud.centre import Centre
from sim.incidents.log import INCIDENTS, Logs
from sim.incidents.school import School
from sim.parameters import Parameters
from sim.people.feelings import Feelings
from sim.people.residents import Society
from sim.police.cases.case_log import Bureau, Cases
from sim.police.force.staff import Staff
from sim.police.post_ledger import PostHours
from sim.programmes.public import Public, Talk, move, teach
from sim.randomness import generator
from sim.registry import Registry, found
from sim.strategies.base import Briefing, Recorded

MOST_NOTED = 1e15  # so that totals of a long run, and their squares, are numbers
LAST_DAY = 14_600  # of twenty years of warm-up and twenty years after it


class ProgrammeParameters(Parameters):
    """What a user may set for a programme; each programme adds its own."""


@dataclass(frozen=True)
class Site:
    """What a programme may look at, and keep, when a run begins.

    Attributes
    ----------
    seed : int
        Of the replication.
    city : City
        The place.
    society : Society
        The people, as registers and surveys have them at the beginning: who lives, works and learns where.
    staff, bureau, volunteers : Staff, Bureau, Array
        The force, the rules of investigation, the volunteers.
    scenario : Scenario
        As it is carried out: the rules by which people and units work.
    programmes : dict
        Those of the run by name, in the order in which they get their hours.
    first_day : int
        The day of the run on which they begin, counted from the start of the warm-up.
    """

    seed: int
    city: City
    society: Society
    staff: Staff
    bureau: Bureau
    volunteers: Array
    scenario: Any
    programmes: dict[str, Programme]
    first_day: int = 0


class Truth(NamedTuple):
    """The city as it is, which no police know.

    A programme reads nothing of it. It hands it, or a table of it, to a function that acts on the world, such as a
    visit or a check, and that returns what the police learn by it; so that whoever reviews a programme has to read
    these functions alone.
    """

    society: Society
    offenders: Array
    frauds: Frauds
    disputes: Disputes
    feelings: Feelings
    ground: Ground
    logs: Logs
    school: School
    crises: Crises

    @property
    def public(self) -> Public:
        """The residents, how they feel, and the cells in which they live."""
        return Public(self.society, self.feelings, self.ground)


class Today(NamedTuple):
    """A day as programmes see it, at its first minute.

    Attributes
    ----------
    seed, day : int
        Of the replication; of the run, the warm-up included, from 0.
    hours : PostHours
        What the posts have left for programmes: `hours[Post.…].able()` minutes, of which `spend(Work.…, minutes)` books
        some.
    staff, cases, volunteers : Staff, Cases, Array
        The force, its case files and the volunteers; of the files the column `true_links` is not for police to know.
    truth : Truth
        For functions that act on the world, and for nothing else.
    reach : array [districts] or None
        For a programme that may be `local`: the share of what is ordered that each district carries out, 0 where it is
        not ordered; None: everything everywhere. Its hours are limited to these already.
    """

    seed: int
    day: int
    hours: PostHours
    staff: Staff
    cases: Cases
    volunteers: Array
    truth: Truth
    reach: Array | None = None

    @property
    def now_min(self) -> float:
        """Minutes since the start of the run."""
        return self.day * 1440.0

    @property
    def weekday(self) -> int:
        """Day of the week, Monday 0."""
        return (self.day + self.truth.ground.start_weekday) % 7

    @property
    def centre(self) -> Centre:
        """The desks of the anti-fraud centre, and what they have done so far."""
        return self.truth.frauds.centre

    def reaches(self, district: Array) -> Array:
        """Return whether the programme is carried out in each of these districts; −1 is none."""
        return np.full(np.shape(district), True) if self.reach is None else (np.append(self.reach, 0.0) > 0.0)[district]

    def within(self, rows: Array, district: Array) -> Array:
        """Return those of some rows that are reached, where `district` [all rows] says where each is."""
        return rows if self.reach is None else rows[self.reaches(district[rows])]

    def carried_out(self, residents: Array) -> float:
        """Return what is carried out of what the whole city would be given, by its residents [districts] in reach."""
        return 1.0 if self.reach is None else float(residents @ self.reach) / float(residents.sum())

    def recorded(self, days: float = math.inf, types: Iterable[int] | None = None) -> Recorded:
        """Return what police records say by now.

        Parameters
        ----------
        days : float
            Crimes that entered police records in this many days before now; by default all.
        types : iterable of IncidentType, optional
            Of these types, as police records have them; by default of all.
        """
        logs = self.truth.logs
        known = Recorded.by(logs.incidents[: logs.used[INCIDENTS]], self.now_min, days)
        return known if types is None else known.of(types)

    def residents_of(self, cells: Array | Iterable[int]) -> Array:
        """Return the rows of all who live in these cells, in order, shape [residents there]."""
        there: Array = np.flatnonzero(np.isin(self.truth.society.residents["home_cell"], np.asarray(cells, dtype=int)))
        return there

    def move(self, residents: Any, trust: float = 0.0, safety: float = 0.0, awareness: float = 0.0) -> None:
        """Move feelings of residents by these steps, within 0 and 1; they fade as all changes of feelings do.

        Parameters
        ----------
        residents : array of int, or int
            Rows of the residents.
        trust, safety, awareness : float
            Steps of trust in the police, perceived safety, and awareness of crime at places, each from −1 to 1.

        Raises
        ------
        ValueError
            If a row is none of a resident, or a step is no number from −1 to 1.
        """
        _check_steps("move", trust=trust, safety=safety, awareness=awareness)
        move(self._rows("move", residents), self.now_min, trust, safety, awareness, self.truth.public)

    def teach(self, residents: Any, awareness: float = 0.0, fraud_awareness: float = 0.0) -> None:
        """Teach residents: awareness rises by `step · (1 − awareness)`, so that the aware learn little.

        Parameters
        ----------
        residents : array of int, or int
            Rows of the residents.
        awareness, fraud_awareness : float
            Steps of awareness of crime at places and of fraud, each from 0 to 1.

        Raises
        ------
        ValueError
            As `move` does.
        """
        _check_steps("teach", awareness=awareness, fraud_awareness=fraud_awareness)
        talk = Talk(0.0, 0.0, awareness, fraud_awareness)
        teach(self._rows("teach", residents), self.now_min, talk, self.truth.public)

    def _rows(self, what: str, residents: Any) -> Array:
        """Return rows of residents that exist."""
        rows, n = np.atleast_1d(np.asarray(residents)), len(self.truth.society.residents)
        if not rows.size:
            return np.zeros(0, dtype=np.int64)
        if rows.dtype.kind not in "iu" or rows.min() < 0 or rows.max() >= n:
            raise ValueError(f"today.{what}(): residents are rows, whole numbers from 0 to {n - 1:,}")
        return rows.astype(np.int64)


def _check_steps(what: str, **steps: float) -> None:
    for name, step in steps.items():
        if not abs(step) <= 1.0:
            raise ValueError(f"today.{what}(): {name} = {step}; a step is a number from -1 to 1")


class Programme:
    """Base of every programme.

    A programme is one class with a `name`, its `Parameters` and any of the five methods below. It gets its hours after
    the daily duties of the posts and before investigation, in the order of `strategy.programmes`: what is listed first
    is served first. What it does has to be booked: `today.hours[post].spend(Work.…, minutes)`, at most
    `today.hours[post].able()`.

    Attributes
    ----------
    needs : tuple of str
        Programmes without which this one means nothing.
    structures : tuple of str
        Values of `coordination.structure` with which it can be carried out; empty: all.
    local : bool
        It can be limited to some districts: it does nothing where `today.reaches(…)` says no.
    totals, means : tuple of str
        What it notes day by day; indicators are the total or the mean over the measured days, under `<name>_<measure>`.
        The totals `cost`, yuan that the police pay, and `others_cost`, yuan that others pay, enter the accounts
        instead, as `cost_police_<name>` and `cost_others_<name>`.
    diary : dict
        Measure → values, shape [days].
    """

    name: ClassVar[str] = ""
    needs: ClassVar[tuple[str, ...]] = ()
    structures: ClassVar[tuple[str, ...]] = ()
    local: ClassVar[bool] = False
    totals: ClassVar[tuple[str, ...]] = ()
    means: ClassVar[tuple[str, ...]] = ()

    class Parameters(ProgrammeParameters):
        """What a user may set for this programme."""

    def __init__(self, parameters: Any = None) -> None:
        self.parameters: Any = type(self).Parameters() if parameters is None else parameters
        self.diary: dict[str, Array] = {measure: np.zeros(64) for measure in (*self.totals, *self.means)}

    def prepare(self, scenario: Any) -> Any:
        """Return the scenario with what the programme changes for good: equipment, rules, investments.

        It must be pure.
        """
        return scenario

    def begin(self, site: Site) -> None:
        """Look at the city once, when a run begins."""

    def day(self, today: Today) -> None:
        """Spend hours of a day and do what they pay for."""

    def end(self, today: Today) -> None:
        """Take down what would go on without the programme, on the first morning without it."""

    def brief(self, briefing: Briefing) -> Briefing:
        """Return the briefing of a strategy with what this programme has to say: `briefing.with_word_of(self.name, …)`.

        It must be pure, and the police's own knowledge.
        """
        return briefing

    def rng(self, today: Today) -> np.random.Generator:
        """Return a generator for the day, which no other programme, strategy or replication shares."""
        return generator(today.seed, Stream.PROGRAMME, (zlib.crc32(self.name.encode()) & 0xFFFF) << 16 | today.day)

    def note(self, day: int, measure: str, value: float) -> None:
        """Add to a measure of a day.

        Raises
        ------
        ValueError
            If there is no such measure or day, or the value is no number from -1e15 to 1e15.
        """
        if not abs(value) <= MOST_NOTED:
            raise ValueError(
                f"programme {self.name!r} notes {measure} = {value} on day {day}: a measure is a finite number from "
                "-1e15 to 1e15"
            )
        if not 0 <= day <= LAST_DAY:
            raise ValueError(
                f"programme {self.name!r} notes {measure} on day {day}: a day of the run is one from 0 to {LAST_DAY:,}"
            )
        if measure not in self.diary:
            raise ValueError(f"programme {self.name!r} notes {measure!r}, which is in neither totals nor means")
        values = self.diary[measure]
        if day >= len(values):
            values = self.diary[measure] = np.concatenate(
                [values, np.zeros(max(day + 1, 2 * len(values)) - len(values))]
            )
        values[day] += value


@cache
def registry() -> Registry:
    """Return what was found, what could not be loaded, and which names are taken twice."""
    return found(Programme, "sim.programmes", "beatlab.programmes")


def programmes() -> dict[str, type[Programme]]:
    """Return the programmes by name.

    The modules of this package, then the entry points `beatlab.programmes` of other packages.
    """
    return registry().kinds


def programme_class(name: str, field: str = "strategy.programmes") -> type[Programme]:
    """Return the programme of a name.

    Raises
    ------
    BadInput
        If there is none, or two have this name.
    """
    return registry().pick(name, field)
