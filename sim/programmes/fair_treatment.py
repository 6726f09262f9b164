"""Training in fair treatment (公正文明执法培训): crews learn to listen and explain, and are missed meanwhile."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.parameters import parameter
from sim.police.force.officers import fit_for_duty
from sim.police.force.staff import NOBODY
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today

COURSES_BEGIN = 0  # on Mondays


class FairTreatment(Programme):
    """Patrol personnel are sent on a course, a few each week, those first whose last course is longest ago.

    On the days of the course they drive no car. Afterwards fewer of their contacts with people are unfair, for a time.
    """

    name = "fair_treatment"
    totals = ("courses", "course_days", "cost")
    means = ("effect",)

    class Parameters(ProgrammeParameters):
        """Who is sent, for how long, and what it does."""

        share_a_week: float = parameter(
            0.03, unit="share of patrol personnel", ge=0, le=0.5, source="assumption: everybody once in eight months",
            doc="Personnel of patrol who begin a course each Monday.",
        )  # fmt: skip
        course_days: int = parameter(
            5, unit="days", ge=1, le=60, source="five days (Weisburd et al. 2022)",
            doc="Days of the course, on which they are not on patrol.",
        )  # fmt: skip
        course_yuan: float = parameter(
            800.0, unit="yuan per person", ge=0, le=1e6, source="assumption: trainers and rooms",
            doc="Cost of a course, which the police pay.",
        )  # fmt: skip
        effect: float = parameter(
            0.6, unit="share of unfair contacts", ge=0, le=1,
            source=(
                "assumption: below the trial, in which observers saw disrespect 0.04 times in a contact with trained "
                "crews and 0.25 times with others (Weisburd et al. 2022), of 28 officers in all"
            ),
            doc="Part of its own unfair contacts that a person avoids after the course.",
        )  # fmt: skip
        half_life_days: float = parameter(
            365.0, unit="days", ge=1, le=36_500, source="assumption: habits come back", doc="Half-life of that."
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Begin without courses."""
        self._back: dict[int, Array] = {}  # day → who comes back from a course
        self._due = 0.0  # places on courses that rounding owes

    def day(self, today: Today) -> None:
        """Let what was learnt fade, put it to use after a course, and send the next on one each Monday."""
        p, officers = self.parameters, today.staff.officers
        officers["fair"] *= 0.5 ** (1.0 / p.half_life_days)
        officers["fair"][self._back.pop(today.day, NOBODY)] = p.effect
        officers["fair"][officers["left_day"] >= 0] = 0.0  # whoever takes the place has had no course
        crews = (officers["post"] == Post.PATROL) & ~officers["away"] & (officers["left_day"] < 0)
        if today.weekday == COURSES_BEGIN:
            sent, back_day = self._next(officers, crews, today.day), today.day + 1 + p.course_days
            officers["course_until_day"][sent] = back_day
            self._back[back_day] = sent
            self.note(today.day, "courses", float(len(sent)))
            self.note(today.day, "course_days", float(len(sent) * p.course_days))
            self.note(today.day, "cost", p.course_yuan * len(sent))
        self.note(today.day, "effect", float(officers["fair"][crews].mean()) if crews.any() else 0.0)

    def _next(self, officers: Array, crews: Array, day: int) -> Array:
        """Return who begins a course: of those who are fit, whoever has kept least of the last one."""
        fit = np.flatnonzero(crews & fit_for_duty(officers, day))
        self._due += self.parameters.share_a_week * np.count_nonzero(crews)
        found: Array = fit[np.lexsort((officers["key"][fit], officers["fair"][fit]))][: int(self._due + 1e-9)]
        self._due -= len(found)
        return found
