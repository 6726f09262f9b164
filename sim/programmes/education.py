"""Education (宣传): sessions on crime and fraud in villages and streets, at schools and companies."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.parameters import CHOSEN, parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import FIRST_AGE, draw_lots
from sim.strategies.base import Recorded

FEWEST = 10  # people of a venue; smaller ones are not visited
GRID_HOUSEHOLDS = 300  # of a village or street, as in the grids of social governance
NEVER = -(1 << 20)  # day of the last session of a venue that had none


class Education(Programme):
    """Sessions about crime and fraud where police records show most victims, then everywhere in turn.

    Venues are grids of 300 households that live side by side (a village, a street) and the work places of a cell (a
    company, a school).
    """

    name = "education"
    local = True
    totals = ("sessions", "listeners")

    class Parameters(ProgrammeParameters):
        """How many sessions, where, and what one teaches."""

        community_share: float = parameter(
            0.2, unit="share of community officers' free hours", ge=0, le=1, source="assumption",
            doc=(
                "Hours for sessions, of those that the programmes listed before leave. "
                "Half of such a session is about crime at places, half about fraud."
            ),
        )  # fmt: skip
        anti_fraud_share: float = parameter(
            0.1,
            unit="share of the anti-fraud centre's free hours",
            ge=0,
            le=1,
            source="assumption: its first work is warning",
            doc="Hours for sessions about fraud alone.",
        )
        session_min: float = parameter(
            180.0,
            unit="min",
            ge=0.1,
            le=6000,
            source="assumption: two speakers for an hour and a half including travel",
            doc="Time of a session.",
        )
        audience: int = parameter(
            40,
            unit="people",
            ge=1,
            le=10_000,
            source="assumption: a class, a shop floor, a village hall",
            doc="Largest audience.",
        )
        choice: Literal["need", "list"] = parameter(
            "need", unit="name", source=CHOSEN,
            doc=(
                "Where sessions are held: where most recorded victims live, work or learn, or in rotation. "
                "Without any victims, in rotation."
            ),
        )  # fmt: skip
        need_days: int = parameter(
            90,
            unit="days",
            ge=1,
            le=3650,
            source="assumption: a quarter's review",
            doc="Victims recorded within this time count.",
        )
        pause_days: int = parameter(
            60, unit="days", ge=0, le=3650, source="assumption", doc="Time before a place is chosen by need again."
        )
        lesson: float = parameter(
            0.3, unit="points on a 0–1 scale", ge=0, le=1,
            source="assumption: below the 0.5 that a loss teaches; it fades with the half-life of awareness",
            doc="Awareness that a whole session on one subject teaches, at none before; less the more there is.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """List the people of each venue: of the grids of homes, then of the cells in which people work or learn."""
        residents = site.society.residents
        self._grid, self._work_cell = residents["dwelling"] // GRID_HOUSEHOLDS, residents["work_cell"]
        self._grids = int(self._grid.max()) + 1
        self._commutes = residents["work_cell"] != residents["home_cell"]
        away = np.flatnonzero(self._commutes)
        venue = np.concatenate([self._grid, self._grids + self._work_cell[away]])
        people = np.concatenate([np.arange(len(residents)), away])
        fits = residents["age"][people] >= FIRST_AGE
        venue, people = venue[fits], people[fits]
        venues = self._grids + len(site.city.beats.beat)
        self._people = people[np.argsort(venue, kind="stable")]
        self._start = np.searchsorted(np.sort(venue), np.arange(venues + 1))
        self._open = np.flatnonzero(np.diff(self._start) >= FEWEST)
        district, homes = site.city.beats.district_of_cell, site.society.dwellings["cell"]
        self._district = np.concatenate([district[homes[::GRID_HOUSEHOLDS][: self._grids]], district])
        self.last_session_day = np.full(venues, NEVER, dtype=np.int64)
        self._begun_min = {Post.COMMUNITY: 0.0, Post.ANTI_FRAUD: 0.0}

    def day(self, today: Today) -> None:
        """Spend the hours of a day on sessions; what remains goes into the preparation of one on another day."""
        p = self.parameters
        subjects = {Post.COMMUNITY: (0.5, 0.5), Post.ANTI_FRAUD: (0.0, 1.0)}
        recorded: Recorded | None = None
        for post, share in ((Post.COMMUNITY, p.community_share), (Post.ANTI_FRAUD, p.anti_fraud_share)):
            hours = today.hours[post]
            minutes = share * hours.able()
            hours.spend(Work.EDUCATION, minutes)
            self._begun_min[post] += minutes
            n = int(self._begun_min[post] / p.session_min + 1e-9)
            self._begun_min[post] -= n * p.session_min
            if n == 0:
                continue
            of_places, of_fraud = subjects[post]
            recorded = recorded or today.recorded(p.need_days)
            for venue in self._chosen(today, n, recorded if of_places else recorded.of((IncidentType.FRAUD,))).tolist():
                listeners = self._listeners(today, post, venue)
                today.teach(listeners, p.lesson * of_places, p.lesson * of_fraud)
                self.last_session_day[venue] = today.day
                self.note(today.day, "sessions", 1.0)
                self.note(today.day, "listeners", len(listeners))

    def _chosen(self, today: Today, n: int, recorded: Recorded) -> Array:
        """Return the n venues that come first by recorded victims, day of the last session, and number."""
        there = today.within(self._open, self._district)
        need = self._need(today.day, recorded)[there]
        if np.count_nonzero(need) >= n:  # venues without victims come after all of these
            there, need = there[need > 0], need[need > 0]
        chosen: Array = there[np.lexsort((there, self.last_session_day[there], -need))[:n]]
        return chosen

    def _need(self, day: int, recorded: Recorded) -> Array:
        """Return the recorded victims who live, work or learn at each venue that is not pausing, shape [venues]."""
        need = np.zeros(len(self.last_session_day), dtype=np.int64)
        if self.parameters.choice == "need":
            victims = recorded.victim[recorded.victim >= 0]
            np.add.at(need, self._grid[victims], 1)
            np.add.at(need, self._grids + self._work_cell[victims[self._commutes[victims]]], 1)
            need[day - self.last_session_day < self.parameters.pause_days] = 0
        return need

    def _listeners(self, today: Today, post: Post, venue: int) -> Array:
        """Return an audience drawn from the people of a venue, for each session of a day anew."""
        people = self._people[self._start[venue] : self._start[venue + 1]]
        lot = np.empty(len(people))
        draw_lots(today.seed, today.day, people, Draw.SESSION_LOT + len(Post) * venue + post, lot)
        listeners: Array = people[np.argsort(lot)[: self.parameters.audience]]
        return listeners
