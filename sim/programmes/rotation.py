"""Job rotation (轮岗): specialists change places with community officers, and skill is lost and learnt anew."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import SPECIALIST_POSTS, Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today

DAYS_PER_YEAR, DAYS_PER_MONTH = 365.0, 365.0 / 12


class Rotation(Programme):
    """Officers who have been detectives, analysts or at the anti-fraud centre for longest go to the stations.

    A community officer takes the place of each, whoever has been at his post for longest. He brings no more skill than
    he has and learns by practice; what the other knew fades where nobody needs it. Both are keener for a while. How
    specialists are trained beside that stands in `force.training`.
    """

    name = "rotation"
    totals = ("exchanged", "handover_hours")
    means = ("skill",)

    class Parameters(ProgrammeParameters):
        """How many change places, and what it does to them."""

        share_per_year: float = parameter(
            0.2, unit="share of specialists per year", ge=0, le=12, source="assumption: everybody once in five years",
            doc="Sworn specialists who change places with a community officer.",
        )  # fmt: skip
        personnel_min: float = parameter(
            10.0, unit="min per day", ge=0, le=480, source="assumption: talks, lists and decisions of the year",
            doc="Work of headquarters on it, or of community officers if headquarters has none; none, none changes.",
        )  # fmt: skip
        handover_hours: float = parameter(
            16.0, unit="h per person", ge=0, le=1000, source="assumption: two days to pass files and contacts on",
            doc="Time that each of the two spends, as far as the assignment has it on the day.",
        )  # fmt: skip
        practice_months: float = parameter(
            9.0, unit="months", ge=0.1, le=120, source="assumption: as long as training takes",
            doc="Time in which practice gives a newcomer half of the skill that he lacks to a specialist.",
        )  # fmt: skip
        fades_months: float = parameter(
            24.0, unit="months", ge=0.1, le=1200, source="assumption",
            doc="Half-life of the skill that somebody has beyond a generalist's and no longer needs.",
        )  # fmt: skip
        keener: float = parameter(
            0.1, unit="share of what is lacking", ge=0, le=1, source="assumption: new work interests",
            doc="Rise of the buy-in of both, which then relaxes as always.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """See who is where; nobody has changed places yet."""
        skills = site.scenario.force.wellbeing.heads
        self._skilled, self._unskilled = skills.specialist_skill, skills.generalist_skill
        n = len(site.staff.officers)
        self._since_day = np.full(n, site.first_day, dtype=np.int64)
        self._moved = np.zeros(n, dtype=bool)
        self._due = 0.0  # exchanges that rounding owes

    def day(self, today: Today) -> None:
        """Let those who have changed places learn and forget, and let the next ones change."""
        p, officers = self.parameters, today.staff.officers
        self._make_room(len(officers), today.day)
        self._practise(officers)
        specialists = self._there(officers, SPECIALIST_POSTS)
        if self._decided(today):
            self._due += p.share_per_year / DAYS_PER_YEAR * len(specialists)
        locals_ = self._there(officers, (Post.COMMUNITY,))
        n = min(int(self._due + 1e-9), len(specialists), len(locals_))
        self._due -= n
        for leaves, comes in zip(specialists[:n], locals_[:n], strict=True):
            self._exchange(int(leaves), int(comes), today)
        self.note(today.day, "exchanged", float(n))
        self.note(today.day, "skill", float(officers["skill"][specialists].mean()) if len(specialists) else 0.0)

    def _make_room(self, n: int, day: int) -> None:
        """Have a place for those whom a course may have added to the force."""
        more = n - len(self._moved)
        self._moved = np.concatenate([self._moved, np.zeros(more, dtype=bool)])
        self._since_day = np.concatenate([self._since_day, np.full(more, day)])

    def _there(self, officers: Array, posts: tuple[Post, ...]) -> Array:
        """Return the sworn officers of some posts, those first who have been there for longest."""
        rows = np.flatnonzero(
            np.isin(officers["post"], posts) & ~officers["auxiliary"] & ~officers["away"] & (officers["left_day"] < 0)
        )
        found: Array = rows[np.lexsort((officers["key"][rows], self._since_day[rows]))]
        return found

    def _practise(self, officers: Array) -> None:
        """Let newcomers gain skill, and those who were specialists lose it; who has left takes his skill along."""
        p, skill = self.parameters, officers["skill"]
        self._moved &= officers["left_day"] < 0
        special = np.isin(officers["post"], SPECIALIST_POSTS)
        learns, forgets = self._moved & special, self._moved & ~special
        lack = np.maximum(self._skilled - skill[learns], 0.0)
        skill[learns] += lack * (1.0 - 0.5 ** (1.0 / (p.practice_months * DAYS_PER_MONTH)))
        extra = np.maximum(skill[forgets] - self._unskilled, 0.0)
        skill[forgets] -= extra * (1.0 - 0.5 ** (1.0 / (p.fades_months * DAYS_PER_MONTH)))

    def _decided(self, today: Today) -> bool:
        """Whether somebody has had the minutes to decide who changes."""
        needed: float = self.parameters.personnel_min
        for post in (Post.HEADQUARTERS, Post.COMMUNITY):
            if today.hours[post].able() >= needed:
                today.hours[post].spend(Work.ADMINISTRATION, needed)
                return True
        return False

    def _exchange(self, leaves: int, comes: int, today: Today) -> None:
        """Let two officers change places, and pay for it."""
        officers = today.staff.officers
        for row in (leaves, comes):
            hours = today.hours[Post(int(officers["post"][row]))]
            spent = min(60.0 * self.parameters.handover_hours, hours.able(sworn_only=True))
            hours.spend(Work.TRAINING, spent, sworn_only=True)
            self.note(today.day, "handover_hours", spent / 60.0)
        pair = [leaves, comes]
        for column in ("post", "district"):
            officers[column][pair] = officers[column][pair[::-1]].copy()
        officers["trainee"][pair] = False
        officers["buy_in"][pair] += self.parameters.keener * (1.0 - officers["buy_in"][pair])
        self._moved[pair], self._since_day[pair] = True, today.day
