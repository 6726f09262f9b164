"""Problem-oriented policing (SARA): pick a recurring problem, analyse it, change what makes it, assess, and go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.disputes.log import OPEN, Disputes
from sim.incidents.hardening import harden
from sim.incidents.profiles import DemandRule
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import Public
from sim.programmes.squares import squares

HOME_PROBLEM = IncidentType.BURGLARY  # it is met with locks, any other by lighting, parking, or a manager of the place


class Problem(NamedTuple):
    """A type of crime that recurs in a square of cells."""

    kind: int
    cells: Array
    recorded_before: float  # crimes of the type there in police records, in the time that counts


class Quarrel(NamedTuple):
    """A dispute about which the police are called again and again."""

    dispute: int
    calls: int


class Solved(NamedTuple):
    """A response that is in place and wears off."""

    problem: Problem
    since_day: int


class ProblemSolving(Programme):
    """Community officers solve one problem after another, as far as their hours go.

    Scanning: a dispute about which the police were called again and again, or else the square of some hundred metres
    and the type of crime with most entries in police records, away from what has been dealt with. Analysis and response
    cost hours, and others pay for the response. Against burglary all homes of the square get new locks, which wear as
    others do; against anything else the place is changed, which takes log-odds off an offence of that type there and
    wears off; a dispute is eased, and may grow again. Assessment: what has not lowered the entries of a place is given
    up, and the square may be picked again.
    """

    name = "problem_solving"
    totals = ("opened", "solved", "failed", "homes_hardened", "disputes_eased", "others_cost")
    means = ("in_place",)

    class Parameters(ProgrammeParameters):
        """How problems are picked, and what solving one takes and does."""

        hours_share: float = parameter(
            0.2, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for problems, of those that the programmes listed before leave.",
        )  # fmt: skip
        square_m: float = parameter(
            200.0, unit="m", ge=10, le=5000, source="assumption: a block and the streets around it",
            doc="Side of the square of a problem, at least a cell.",
        )  # fmt: skip
        scan_days: int = parameter(
            180, unit="days", ge=7, le=3650, source="assumption: long enough to tell what recurs from chance",
            doc="Entries in police records within this time count.",
        )  # fmt: skip
        least: int = parameter(
            3, unit="crimes", ge=1, le=1000, source="assumption: less is no pattern",
            doc="Entries that make a problem.",
        )  # fmt: skip
        dispute_calls: int = parameter(
            2, unit="calls", ge=1, le=1000, source="assumption: the second call shows that the first settled nothing",
            doc="Calls about a dispute since it was last dealt with that make it a problem.",
        )  # fmt: skip
        dispute_relief: float = parameter(
            0.5, unit="share of its tension", ge=0, le=1,
            source="assumption: what feeds it is found and changed, such as a wall, a bill, a working hour",
            doc="What solving a dispute takes off its tension; 0 is off.",
        )  # fmt: skip
        work_hours: float = parameter(
            40.0, unit="h per problem", ge=0.1, le=10_000,
            source="assumption: a week of one officer for analysis, partners and the response",
            doc="Work of community officers for a problem from scanning to response.",
        )  # fmt: skip
        response: float = parameter(
            0.5, unit="log-odds", ge=0, le=10,
            source="assumption: as much as half a volunteer on watch in sight",
            doc="What a change of the place takes off an offence of the type there at first; 0 is off.",
        )  # fmt: skip
        half_life_days: float = parameter(
            365.0, unit="days", ge=1, le=36_500,
            source="assumption: lamps break, managers leave, offenders find ways around",
            doc="Half-life of that.",
        )  # fmt: skip
        place_yuan: float = parameter(
            20_000.0, unit="yuan", ge=0, le=1e7, source="assumption: a dozen street lamps, or barriers",
            doc="Cost of a change of a place, which others pay.",
        )  # fmt: skip
        home_yuan: float = parameter(
            150.0, unit="yuan", ge=0, le=10_000, source="assumption: a lock and its fitting",
            doc="Cost of new locks for a home, which others pay.",
        )  # fmt: skip
        assess_days: int = parameter(
            180, unit="days", ge=7, le=3650, source="assumption: as long as was looked back",
            doc="Days after the response until it is assessed.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Lay squares over the grid."""
        self._square = squares(site.city.grid, self.parameters.square_m)
        self._squares = int(self._square.max()) + 1
        self._home_cells, self._demand = site.society.dwellings["cell"], site.bureau.demand
        self.open: Problem | Quarrel | None = None
        self._eased: dict[int, int] = {}  # dispute → calls about it when it was dealt with
        self.solved: list[Solved] = []
        self._done_min = 0.0

    def day(self, today: Today) -> None:
        """Work on the problem of the day, put its response in place when it is ready, and assess older ones."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        self._assess(today)
        if self.open is None:
            self.open = self._scan(today)
        if self.open is not None:
            minutes = min(p.hours_share * hours.able(), 60.0 * p.work_hours - self._done_min)
            hours.spend(Work.COMMUNITY_WORK, minutes)
            self._done_min += minutes
            if self._done_min >= 60.0 * p.work_hours - 1e-6:
                self._respond(today, self.open)
                self.open, self._done_min = None, 0.0
        self._keep_up(today)
        self.note(today.day, "in_place", float(len(self.solved)))

    def _counts(self, today: Today, days: float) -> Array:
        """Return the entries in police records by type of place crime and square, shape [types, squares]."""
        recorded = today.recorded(days, PLACE_CRIMES)
        counts = np.zeros((len(PLACE_CRIMES), self._squares))
        np.add.at(counts, (recorded.type, self._square[recorded.cell]), 1.0)
        return counts

    def _scan(self, today: Today) -> Problem | Quarrel | None:
        """Return what recurs: a dispute, or the type and square with most entries that nobody has dealt with."""
        quarrel = most_called(today.truth.disputes, self._eased, self.parameters.dispute_calls)
        if quarrel is not None:
            self.note(today.day, "opened", 1.0)
            return quarrel
        counts = self._counts(today, self.parameters.scan_days)
        for one in self.solved:
            counts[one.problem.kind, self._square[one.problem.cells[0]]] = 0.0
        kind, square = np.unravel_index(int(np.argmax(counts)), counts.shape)
        if counts[kind, square] < self.parameters.least:
            return None
        self.note(today.day, "opened", 1.0)
        return Problem(int(kind), np.flatnonzero(self._square == square), float(counts[kind, square]))

    def _respond(self, today: Today, problem: Problem | Quarrel) -> None:
        """Put a response in place: a dispute is eased, homes get locks against burglary, else the place is changed."""
        p = self.parameters
        self.note(today.day, "solved", 1.0)
        if isinstance(problem, Quarrel):
            self._eased[problem.dispute] = problem.calls
            ease(today.truth.disputes, problem.dispute, p.dispute_relief)
            self.note(today.day, "disputes_eased", 1.0)
            return
        if problem.kind == HOME_PROBLEM:
            homes = np.flatnonzero(np.isin(self._home_cells, problem.cells))
            fit_locks(today.now_min, homes, today.truth.public, self._demand)
            self.note(today.day, "homes_hardened", float(len(homes)))
            self.note(today.day, "others_cost", p.home_yuan * len(homes))
        else:
            self.note(today.day, "others_cost", p.place_yuan)
        self.solved.append(Solved(problem, today.day))

    def _assess(self, today: Today) -> None:
        """Compare entries after a response with those before; what has failed, or worn off, may be picked again."""
        p = self.parameters
        kept: list[Solved] = []
        for one in self.solved:
            age = today.day - one.since_day
            if age == p.assess_days:
                after = self._counts(today, p.assess_days)[one.problem.kind, self._square[one.problem.cells[0]]]
                if after / p.assess_days >= one.problem.recorded_before / p.scan_days:
                    self.note(today.day, "failed", 1.0)
                    continue
            if age < 3 * p.half_life_days:
                kept.append(one)
        self.solved = kept

    def _keep_up(self, today: Today) -> None:
        """Let what was changed at places count for what is left of it."""
        p = self.parameters
        taken = np.zeros((len(self._square), len(PLACE_CRIMES)))
        for one in self.solved:
            if one.problem.kind != HOME_PROBLEM:
                left = p.response * 0.5 ** ((today.day - one.since_day) / p.half_life_days)
                taken[one.problem.cells, one.problem.kind] = left
        change_places(today.truth.ground, taken)


def most_called(disputes: Disputes, eased: Mapping[int, int], least: int) -> Quarrel | None:
    """Return the open dispute with most calls since it was dealt with, if there are so many; of equals the oldest."""
    rows = disputes.open[: disputes.used[OPEN]]
    calls = disputes.rows["calls"][rows].astype(int)
    new = calls - np.array([eased.get(int(d), 0) for d in rows], dtype=int)
    if not len(rows) or new.max() < least:
        return None
    first = int(np.argmax(new))
    return Quarrel(int(rows[first]), int(calls[first]))


def ease(disputes: Disputes, dispute: int, relief: float) -> None:
    """Take a share of its tension off a dispute."""
    disputes.rows["tension"][dispute] *= 1.0 - relief


def change_places(ground: Ground, taken: Array) -> None:
    """Let changed places take log-odds off an offence there by type, shape [cells, types]."""
    ground.cells["design"] = taken


@kernel
def fit_locks(now_min: float, homes: Array, public: Public, demand: DemandRule) -> None:
    """Give homes new locks."""
    for k in range(len(homes)):
        harden(row(homes[k]), 1.0, now_min, public.society, public.ground, demand, public.feelings.rule.hardening)
