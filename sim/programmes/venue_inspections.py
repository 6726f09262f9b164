"""Venues (旅馆业、网吧、娱乐场所管理): hotels and net cafés enter who their guests are, if they are inspected.

A register is compared with the names in the files of the police, so that who is wanted is met where he sleeps or plays.
Places of entertainment have none; while they are inspected they keep order at their doors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.draws import Draw
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.police.cases.parameters import REQUIRED
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.inspections import Inspections
from sim.programmes.wanted import Proof, Wanted, at_large, bring_in, circle_of
from sim.randomness import uniform, uniform4

KINDS = ("hotels", "net_cafes", "entertainment")


class VenueParameters(ProgrammeParameters):
    """Venues of one kind."""

    per_1000: float = parameter(
        REQUIRED, unit="per 1,000 residents", ge=0, le=100, source="assumption", doc="How many there are."
    )
    visits_per_month: float = parameter(
        REQUIRED, unit="per 30 days", ge=0, le=30, source="assumption; 0: nobody's name is taken",
        doc="Visits of somebody who is wanted, to the one that he usually goes to.",
    )  # fmt: skip
    order: float = parameter(
        REQUIRED, unit="log-odds", ge=0, le=10,
        source="assumption: bouncers, lights and a closing hour do less than half a patrol in sight",
        doc="What those of a cell take off a brawl there right after all were inspected; 0: none starts at them.",
    )  # fmt: skip
    owners_yuan: float = parameter(
        REQUIRED, unit="yuan per year", ge=0, le=1e6, source="assumption: a terminal, and the clerk's minutes",
        doc="What rules and registers cost the owner of one.",
    )  # fmt: skip


def _venues(per_1000: float, visits: float, order: float, yuan: float) -> VenueParameters:
    return VenueParameters(per_1000=per_1000, visits_per_month=visits, order=order, owners_yuan=yuan)


class Registers(NamedTuple):
    """The venues, those of a kind in one range of rows, and what is entered in their registers."""

    first: Array  # int64 [kinds + 1]: first row of each kind, and the end
    visits: Array  # f8 [kinds]: probability that somebody who is wanted comes on a day
    last_min: Array  # f8 [venues]: when each was inspected last
    usual: float  # probability that a guest's own name is entered where nobody inspects
    inspected: float  # the same right after an inspection
    half_life_min: float


class VenueInspections(Programme):
    """Community officers inspect venues in turn; detectives go where a register names somebody who is wanted.

    Wanted is whom the victim or evidence names in an open case, rightly or wrongly. The longer the last inspection of a
    venue is ago, the more often a borrowed card, or none, will do there. A hit is worth nothing if detectives have no
    time for it, or come too late. The case against the right one holds or does not; the wrong one is let go, and will
    not forget it.
    """

    name = "venue_inspections"
    totals = ("inspections", "hits", "brought_in", "solved", "cost", "others_cost")
    means = ("own_names",)

    class Parameters(ProgrammeParameters):
        """How many venues there are, how often they are inspected, and what comes of it."""

        hotels: VenueParameters = _venues(0.3, 3.0, 0.0, 6000.0)
        net_cafes: VenueParameters = _venues(0.1, 6.0, 0.1, 4000.0)
        entertainment: VenueParameters = _venues(0.2, 0.0, 0.3, 1000.0)
        hours_share: float = parameter(
            0.1, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for inspections, of those that the programmes listed before leave.",
        )  # fmt: skip
        inspection_min: float = parameter(
            60.0, unit="min", ge=1, le=6000, source="assumption: the register, the rooms, and the way",
            doc="Time of an inspection.",
        )  # fmt: skip
        least_days: float = parameter(
            14.0, unit="days", ge=0.1, le=3650, source="assumption: twice a month",
            doc="Days from one inspection of a venue to the next, at least.",
        )  # fmt: skip
        usual_share: float = parameter(
            0.4, unit="probability", ge=0, le=1, source="assumption: a card is soon read, but a guest is a guest",
            doc="A guest's own name is entered where nobody inspects.",
        )  # fmt: skip
        inspected_share: float = parameter(
            0.9, unit="probability", ge=0, le=1, source="assumption: a licence is at stake",
            doc="The same right after an inspection.",
        )  # fmt: skip
        half_life_days: float = parameter(
            45.0, unit="days", ge=0.1, le=3650, source="assumption",
            doc="Half-life of what an inspection adds to it, and of the order that it brings.",
        )  # fmt: skip
        hit_min: float = parameter(
            120.0, unit="officer-min", ge=0, le=10_000, source="assumption: two officers for an hour, the way included",
            doc="Time of detectives to follow a hit up.",
        )  # fmt: skip
        most_of_detectives: float = parameter(
            0.1, unit="share of detectives' hours", ge=0, le=1, source="assumption: cases have to be worked as well",
            doc="Hours that hits may take.",
        )  # fmt: skip
        still_there: float = parameter(
            0.6, unit="probability", ge=0, le=1, source="assumption: some see them come",
            doc="Those who come find him.",
        )  # fmt: skip
        holds: float = parameter(
            0.5, unit="probability", ge=0, le=1, source="assumption, as of known persons",
            doc="The case against somebody who is brought in, and did it, is cleared; otherwise he is let go.",
        )  # fmt: skip
        trust_loss: float = parameter(
            0.1, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: many times a check in the street",
            doc="Trust that somebody loses who is brought in for what he did not do.",
        )  # fmt: skip
        yuan_per_venue: float = parameter(
            300.0, unit="yuan per venue per year", ge=0, le=1e6, source="assumption: lines, servers, support",
            doc="What the police pay for the system that reads the registers.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Put the venues where night life is; none has been inspected."""
        self._bureau, residents = site.bureau, site.city.residents
        kinds = [getattr(self.parameters, kind) for kind in KINDS]
        numbers = np.array([round(kind.per_1000 * residents / 1000) for kind in kinds])
        self._first = np.concatenate([[0], np.cumsum(numbers)]).astype(np.int64)
        self._visits = np.array([kind.visits_per_month / 30.0 for kind in kinds])
        self._order = np.repeat([kind.order for kind in kinds], numbers)
        self._others_yuan = float(numbers @ np.array([kind.owners_yuan for kind in kinds])) / 365
        nightlife = np.where(site.city.inside, site.city.land.nightlife, 0.0)
        self._cells = cells_of(site.seed, nightlife, self._first)
        self.inspections, self._wanted = Inspections(int(numbers.sum())), Wanted()

    def day(self, today: Today) -> None:
        """Inspect what is due, and go where a register of last night names somebody."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        due = self.inspections.due(today.now_min, hours, p.hours_share, p.inspection_min, p.least_days)
        self.inspections.done(due, today.now_min)
        self.note(today.day, "inspections", float(len(due)))
        age_days = (today.now_min - self.inspections.last_min) / 1440.0
        fresh = 0.5 ** (age_days / p.half_life_days)
        registered = fresh[: self._first[-2]]
        if len(registered):
            own = p.usual_share + (p.inspected_share - p.usual_share) * float(registered.mean())
            self.note(today.day, "own_names", own)
        keep_order(today.truth.ground, self._cells, self._order, fresh)
        self._follow_up(today)
        self.note(today.day, "cost", len(fresh) * p.yuan_per_venue / 365)
        self.note(today.day, "others_cost", self._others_yuan)

    def end(self, today: Today) -> None:
        """Leave the venues to themselves."""
        keep_order(today.truth.ground, self._cells, self._order, np.zeros(len(self._order)))

    def _follow_up(self, today: Today) -> None:
        """Go to those whom a register names, first to whom most cases name, and confront them with their cases."""
        p, hours = self.parameters, today.hours[Post.DETECTIVES]
        left_min = p.most_of_detectives * hours.able(sworn_only=True)
        files, named = self._wanted.today(today)
        whom, times = np.unique(named, return_counts=True)
        people = at_large(whom[np.argsort(-times, kind="stable")], today.truth, today.now_min)
        chances = p.usual_share, p.inspected_share, 1440.0 * p.half_life_days
        registers = Registers(self._first, self._visits, self.inspections.last_min, *chances)
        seen, there = np.zeros(len(people), dtype=bool), np.zeros(len(people))
        sign_in(today.seed, today.day, people, registers, seen, there)
        self.note(today.day, "hits", float(seen.sum()))
        circle, proof = circle_of(today.truth, today.cases, self._bureau), Proof(p.holds, p.trust_loss)
        for k in np.flatnonzero(seen).tolist():
            if p.hit_min > left_min:
                return
            left_min -= p.hit_min
            hours.spend(Work.CASE_WORK, p.hit_min, sworn_only=True)
            if there[k] >= p.still_there:
                continue
            self.note(today.day, "brought_in", 1.0)
            who = int(people[k])
            for c in files[named == who].tolist():
                self._wanted.brought_in(c)
                self.note(today.day, "solved", float(bring_in(today.seed, today.day, c, who, proof, circle)))


def cells_of(seed: int, nightlife: Array, first: Array) -> Array:
    """Return the cell of each venue, int64 [venues]: drawn by its number, in proportion to night life.

    Parameters
    ----------
    seed : int
        Of the replication.
    nightlife : array [cells]
        How much there is; where there is none at all, anywhere will do.
    first : array [kinds + 1]
        First row of each kind.
    """
    shares = np.cumsum(nightlife if nightlife.sum() > 0.0 else np.ones(len(nightlife)))
    cells = np.zeros(int(first[-1]), dtype=np.int64)
    for kind in range(len(first) - 1):
        for number in range(int(first[kind + 1] - first[kind])):
            lot = uniform(seed, Draw.VENUE_CELL, number, kind) * shares[-1]
            cells[first[kind] + number] = np.searchsorted(shares, lot, side="right")
    return cells


def keep_order(ground: Ground, cells: Array, order: Array, fresh: Array) -> None:
    """Let the venues of a cell take off a brawl there: the mean over those where some start.

    Parameters
    ----------
    ground : Ground
        Whose column `kept_order` is written.
    cells, order, fresh : array [venues]
        The cell; what a fresh inspection takes off in log-odds; what is left of the last one, 0 to 1.
    """
    rowdy, n = order > 0.0, len(ground.cells)
    there = np.bincount(cells[rowdy], minlength=n)
    taken = np.bincount(cells[rowdy], (order * fresh)[rowdy], minlength=n)
    ground.cells["kept_order"] = taken / np.maximum(there, 1)


@kernel
def sign_in(seed: int, day: int, people: Array, registers: Registers, seen: Array, there: Array) -> None:
    """Note which of those who are wanted a register has named since yesterday, and the lot of whether they stay.

    Each has one venue of a kind to which he goes, on a day with the probability `visits`. His own name is entered with
    probability `usual + (inspected − usual) · 0.5^(time since the last inspection / half-life)`.

    Parameters
    ----------
    seed, day
        Of the replication; of the run.
    people : array of int
        Rows of residents.
    registers : Registers
        The venues.
    seen, there : array [people]
        Are written: bool; uniform, for those who are seen.
    """
    more = registers.inspected - registers.usual
    for k in range(len(people)):
        who = row(people[k])
        for kind in range(len(registers.visits)):
            n = registers.first[kind + 1] - registers.first[kind]
            if n == 0 or registers.visits[kind] == 0.0:
                continue
            u_visit, u_name, u_there, _ = uniform4(seed, Draw.VENUE_VISIT + kind, who, day)
            if u_visit >= registers.visits[kind]:
                continue
            v = registers.first[kind] + int(uniform(seed, Draw.USUAL_VENUE + kind, who, 0) * n)
            age_min = day * 1440.0 - registers.last_min[v]
            if u_name < registers.usual + more * 0.5 ** (age_min / registers.half_life_min):
                seen[k] = True
                there[k] = u_there
