"""The protocol of a programme.

An activity beside patrol that spends hours of the posts, or changes what the police work with.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.city.state import Ground
from sim.draws import Stream
from sim.incidents.disputes.log import Disputes
from sim.incidents.fraud.campaigns import Frauds
from sim.incidents.log import Logs
from sim.parameters import Parameters
from sim.people.feelings import Feelings
from sim.people.residents import Society
from sim.police.cases.case_log import Bureau, Cases
from sim.police.force.staff import Staff
from sim.police.post_ledger import PostHours
from sim.randomness import generator
from sim.registry import Registry, found

MOST_NOTED = 1e15  # so that totals of a long run, and their squares, are numbers
LAST_DAY = 14_600  # of twenty years of warm-up and twenty years after it
SHIPPED = {  # all others are tried before they are compared
    "anti_fraud", "base_data", "cameras", "campaign", "diversion", "education", "equipment", "intelligence",
    "joint_strike", "mediation", "safety_culture",
    "social_governance", "visits", "volunteers",
}  # fmt: skip


class ProgrammeParameters(Parameters):
    """What a user may set for a programme; each programme adds its own."""


@dataclass(frozen=True)
class Site:
    """What a programme may look at, and keep, when a run begins."""

    seed: int
    city: City
    society: Society
    staff: Staff
    bureau: Bureau
    volunteers: Array
    scenario: Any  # as it is carried out: the rules by which the people and units work
    programmes: dict[str, Programme]  # those of the run by name, in the order in which they get their hours


class Today(NamedTuple):
    """A day, as programmes see it.

    What the city is like at its beginning, and the hours that posts have left for them.
    """

    seed: int
    day: int
    hours: PostHours
    society: Society
    offenders: Array
    volunteers: Array
    frauds: Frauds
    disputes: Disputes
    feelings: Feelings
    ground: Ground
    logs: Logs
    cases: Cases
    staff: Staff

    @property
    def now_min(self) -> float:
        """Minutes since the start of the run."""
        return self.day * 1440.0


class Programme:
    """Base of every programme.

    A programme is one class with a `name`, its `Parameters` and any of the three methods below. It gets its hours after
    the daily duties of the posts and before investigation, in the order of `strategy.programmes`: what is listed first
    is served first. What it does has to be booked: `today.hours[post].spend(Work.…, minutes)`, at most
    `today.hours[post].able()`.

    Attributes
    ----------
    needs : tuple of str
        Programmes without which this one means nothing.
    structures : tuple of str
        Values of `coordination.structure` with which it can be carried out; empty: all.
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
