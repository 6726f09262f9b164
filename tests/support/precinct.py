"""A made-up precinct round the real detectives.

Crimes in the books, with calls of which the tests choose all that matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.city.state import CELL_COLUMNS, Ground
from sim.columns import table
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.log import CALLS, INCIDENTS, NEVER, CallState, Discoverer, Logs, new_logs
from sim.people.feelings import FeelingParameters, new_feelings
from sim.people.offenders import OFFENDER_COLUMNS, OffenderParameters, belief_rule, career_rule
from sim.people.residents import RESIDENT_COLUMNS
from sim.police.cases.case_log import (
    Bureau,
    Cases,
    CaseState,
    Channels,
    Hands,
    Route,
    Situation,
    Squad,
    cases_with_room,
    new_cases,
    open_channels,
)
from sim.police.cases.investigation import investigate
from sim.police.cases.opening import open_cases
from sim.police.cases.ownership import of_post
from sim.police.cases.parameters import InvestigationParameters, investigation_rule
from sim.police.cases.series import hear_of_series, link_series
from sim.police.posts import Post

DAY = 1440.0
SIDE, CELL_M = 20, 100.0
PLENTY = 1e9  # minutes or heads without end
PEOPLE = 64  # residents; each is an offender of the same number


class Precinct:
    """Detectives with crimes recorded at the start of the run.

    Parameters
    ----------
    kind : IncidentType or array
        Type of each crime.
    response_min, call_min : array or float
        Minutes from call to arrival, negative if nobody came, and from offence to call.
    culprit : array or int
        Resident and offender who did it, −1 if none of the city.
    recorded_day : array or float
        When it entered the books.
    caller, by, cell, key
        Who reports, who discovered it, where it was, and its identity, by default its number.
    bureau
        Parts of the bureau that are not the default: `channels`.
    """

    def __init__(
        self, n: int, kind: Any = IncidentType.BRAWL, *, response_min: Any = 10.0, call_min: Any = 5.0,
        culprit: Any = -1, recorded_day: Any = 0.0,
        caller: Any = -1, by: Any = Discoverer.VICTIM, cell: Any = 0, key: Any = None, seed: int = 1,
        bureau: dict[str, Any] | None = None,
        beats: Sequence[int] | Array | int = 0, **parameters: Any,
    ) -> None:  # fmt: skip
        self.seed, self.n = seed, n
        self.key = np.arange(n) if key is None else np.asarray(key)
        cells = table(CELL_COLUMNS, SIDE * SIDE)
        cells["beat"], cells["residents"] = beats, 1
        self.ground = Ground(cells, SIDE, SIDE, CELL_M, 0)
        self.residents = table(RESIDENT_COLUMNS, PEOPLE)
        self.residents["age"] = 30
        for name in ("trust", "trust_base"):
            self.residents[name] = 0.5
        self.offenders = table(OFFENDER_COLUMNS, PEOPLE)
        self.offenders["resident_id"] = np.arange(PEOPLE)
        self.offenders["custody_until_min"], self.offenders["desist_min"], self.offenders["associate"] = (
            -np.inf,
            np.inf,
            -1,
        )
        self.feelings = new_feelings(FeelingParameters())
        self.logs = self._books(kind, response_min, call_min, culprit, recorded_day, caller, by, cell)
        offending = OffenderParameters()
        rules = Bureau(
            rule=investigation_rule(InvestigationParameters(**parameters)),
            demand=demand_rule(DemandParameters(), CELL_M),
            belief=belief_rule(offending, CELL_M),
            career=career_rule(offending, self.residents, 1.0),
            channels=open_channels(int(np.max(beats)) + 1),
        )
        self.bureau = rules._replace(**(bureau or {}))
        self.cases: Cases = new_cases()
        self.used_min: list[float] = []

    def _books(
        self,
        kind: Any,
        response_min: Any,
        call_min: Any,
        culprit: Any,
        recorded_day: Any,
        caller: Any,
        by: Any,
        cell: Any,
    ) -> Logs:
        logs = new_logs(max(self.n, 1))
        logs.used[INCIDENTS] = logs.used[CALLS] = self.n
        crimes, calls = logs.incidents[: self.n], logs.calls[: self.n]
        crimes["recorded_time_min"] = np.asarray(recorded_day) * DAY
        crimes["time_min"] = crimes["recorded_time_min"] - 100_000.0
        crimes["type"] = crimes["recorded_type"] = kind
        crimes["cell"] = crimes["recorded_cell"] = cell
        crimes["call_id"] = calls["incident_id"] = np.arange(self.n)
        crimes["culprit_id"] = crimes["offender_id"] = culprit
        for name in ("co_culprit_id", "co_offender_id", "victim_id", "dispute_id"):
            crimes[name] = -1
        crimes["arrest_time_min"], crimes["discovered_by"] = NEVER, by
        came = np.broadcast_to(np.asarray(response_min) >= 0, self.n)
        calls["state"] = np.where(came, CallState.SERVED, CallState.EXPIRED)
        calls["occurred_min"] = crimes["time_min"]
        calls["received_min"] = crimes["time_min"] + call_min
        calls["arrived_min"] = np.where(came, calls["received_min"] + response_min, NEVER)
        calls["key_entity"], calls["caller_id"] = self.key, caller
        return logs

    @property
    def crimes(self) -> Array:
        """The crimes."""
        return self.logs.incidents[: self.n]

    @property
    def rows(self) -> Array:
        """The cases so far."""
        return self.cases.rows[: self.cases.used[0]]

    def of_crime(self, column: str) -> Array:
        """Return a column of the cases in the order of the crimes' keys; each must have a case."""
        out: Array = self.rows[column][self.cases.case_of[np.argsort(self.key)] - 1]
        return out

    @property
    def city(self) -> Situation:
        """What the posts meet."""
        return Situation(self.logs, self.offenders, self.residents, self.ground, self.feelings)

    def open(self, day: int = 0) -> None:
        """Open the cases of what is in the books."""
        self.cases = cases_with_room(self.cases, self.logs)
        open_cases(self.seed, day * DAY, self.bureau, self.cases, self.city)

    def work(
        self,
        day: int,
        minutes: float = PLENTY,
        heads: float = PLENTY,
        skill: float = 0.8,
        post: int = Post.DETECTIVES,
        mistakes: float = 0.0,
        hands: Hands | None = None,
    ) -> float:
        """Let a post work for a day, after it heard the news of series."""
        hear_of_series(day * DAY, self.bureau, self.cases, self.logs)
        squad = Squad(post, heads, minutes, skill, mistakes, of_post(skill, 0.0, 0) if hands is None else hands)
        used = investigate(self.seed, day, squad, self.bureau, self.cases, self.city)
        self.used_min.append(used)
        return used

    def link(self, day: int, minutes: float = PLENTY, skill: float = 0.8) -> float:
        """Let the analysts compare cases."""
        squad = Squad(Post.INTELLIGENCE, PLENTY, minutes, skill, 0.0, of_post(skill, 0.0, 0))
        return link_series(self.seed, day, squad, self.bureau, self.cases, self.city)

    def run(
        self,
        days: int,
        minutes: float = PLENTY,
        heads: float = PLENTY,
        skill: float = 0.8,
        series: bool = False,
        mistakes: float = 0.0,
    ) -> Precinct:
        """Open and work all cases for some days, detectives and anti-fraud alike."""
        for day in range(days):
            self.open(day)
            if series:
                self.link(day)
            for post in (Post.DETECTIVES, Post.ANTI_FRAUD):
                self.work(day, minutes, heads, skill, post, mistakes)
        return self

    def cleared(self) -> Array:
        """Whether each crime, in the order of its key, is cleared."""
        out: Array = self.crimes["cleared"][np.argsort(self.key)]
        return out

    def states(self, *states: CaseState) -> int:
        """Return how many cases are in one of these states."""
        return int(np.isin(self.rows["state"], states).sum())


def open_but_for(beats: int, **channels: Any) -> Channels:
    """Return channels without delay and loss, but for what is given."""
    return open_channels(beats)._replace(**channels)


def route(delay_min: Sequence[float], loss: Sequence[float]) -> Route:
    """Return a route of one edge with these mean delays and losses, one a sender."""
    return Route(np.array(delay_min, dtype=float)[:, None], np.array(loss, dtype=float))
