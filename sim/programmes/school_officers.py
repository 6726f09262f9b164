"""Police officers for schools (法治副校长、护学岗): they teach, hear who is hurt, step in, stand at the gate."""

from __future__ import annotations

from collections import deque

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.school import School
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.people.feelings import felt_trust
from sim.people.routine import RoutineClass
from sim.people.trusting import at_odds, odds_by_trust
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import Public
from sim.randomness import uniform

SCHOOL_DAYS = 5  # of a week, from Monday on
FIRST_DAY = -(1 << 20)  # of the last lesson at a school that had none


class SchoolOfficers(Programme):
    """Community officers look after the schools, first those from which most violence is known.

    A pupil who is hurt may tell the officer at a lesson, as may the police records. Then the officer talks with both
    pupils, their parents and teachers, which may end it. In the hour after lessons officers stand at gates, where
    pupils see them as they see a patrol.
    """

    name = "school_officers"
    totals = ("lessons", "told", "talks", "stopped", "gate_hours")

    class Parameters(ProgrammeParameters):
        """How much time schools get, and what it does there."""

        hours_share: float = parameter(
            0.2, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for schools, of those that the programmes listed before leave.",
        )  # fmt: skip
        gate_share: float = parameter(
            0.5, unit="share of these hours", ge=0, le=1, source="assumption",
            doc="Part of these hours, on school days, for gates; the rest is for talks, then for lessons.",
        )  # fmt: skip
        gate_officers: float = parameter(
            2.0, unit="officers", ge=1, le=20, source="assumption: one on each side of the road",
            doc="Officers at a gate in the hour after lessons, each seen as a patrol unit is.",
        )  # fmt: skip
        gate_min: float = parameter(
            75.0, unit="min per officer", ge=60, le=240, source="assumption: the hour after lessons and the way there",
            doc="Time that a gate takes of an officer.",
        )  # fmt: skip
        lesson_min: float = parameter(
            120.0, unit="min", ge=1, le=6000, source="assumption: a lesson for a grade, and who wants to talk after it",
            doc="Time of a visit to a school with a lesson.",
        )  # fmt: skip
        lesson_days: int = parameter(
            30, unit="days", ge=1, le=3650, source="assumption: once a month",
            doc="Days from one lesson at a school to the next.",
        )  # fmt: skip
        tells: float = parameter(
            0.15, unit="probability", ge=0, lt=1, source="assumption: as many as report an incident to the police",
            doc="A pupil who has been hurt tells the officer at a lesson, at trust 0.5.",
        )  # fmt: skip
        trust_slope: float = parameter(
            1.5, unit="log-odds", ge=0, le=10, source="assumption, as in reporting",
            doc="Change of the log-odds of that per unit of trust.",
        )  # fmt: skip
        talk_min: float = parameter(
            180.0, unit="min", ge=1, le=6000, source="assumption: pupils, parents and teachers, and a second look",
            doc="Time to take up what is known of a pair of pupils.",
        )  # fmt: skip
        talk_success: float = parameter(
            0.5, unit="probability", ge=0, le=1,
            source=(
                "assumption; programmes for whole schools lower bullying by a fifth (Gaffney, Ttofi & Farrington "
                "2019), and firm work with those who are known does more than lessons do"
            ),
            doc="That ends it.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """List the schools."""
        residents = site.society.residents
        pupils = residents["routine"] == RoutineClass.PUPIL
        self._school_of = np.where(pupils, residents["work_cell"], -1)
        self._schools, self._pupils = np.unique(residents["work_cell"][pupils], return_counts=True)
        self._known = np.zeros(len(site.city.beats.beat))  # pupils who are known to have been hurt, by school
        self._last_lesson_day = np.full(len(self._schools), FIRST_DAY)
        self._waiting: deque[int] = deque()  # pupils who are known to be hurt, and whom nobody has taken up
        self._looked_min = -np.inf
        self._begun_min = 0.0

    def day(self, today: Today) -> None:
        """Read the records of yesterday, stand at gates, talk to pupils, and teach."""
        self._read(today)
        gates = np.zeros(len(self._known))
        if today.weekday < SCHOOL_DAYS and len(self._schools):
            minutes = self.parameters.hours_share * today.hours[Post.COMMUNITY].able()
            at_gates = self._stand(today, self.parameters.gate_share * minutes, gates)
            self._work(today, minutes - at_gates)
        open_gates(today.truth.school, gates)

    def end(self, today: Today) -> None:
        """Leave the gates."""
        open_gates(today.truth.school, np.zeros(len(self._known)))

    def _learn(self, victims: Array) -> None:
        """Let pupils wait for a talk who are known to be hurt."""
        victims = victims[self._school_of[victims] >= 0]
        np.add.at(self._known, self._school_of[victims], 1.0)
        self._waiting.extend(who for who in victims.tolist() if who not in self._waiting)

    def _read(self, today: Today) -> None:
        """Take up victims who have entered police records since the last time."""
        recorded = today.recorded(types=(IncidentType.SCHOOL_VIOLENCE,))
        new = (recorded.entered_min > self._looked_min) & (recorded.victim >= 0)
        if np.isfinite(self._looked_min):
            self._learn(recorded.victim[new])
        self._looked_min = today.now_min

    def _stand(self, today: Today, minutes: float, gates: Array) -> float:
        """Put officers at as many gates as the minutes allow; return the minutes that they take."""
        p = self.parameters
        a_gate: float = p.gate_officers * p.gate_min
        n = min(len(self._schools), int(minutes / a_gate + 1e-9))
        order = np.lexsort((self._schools, -self._pupils, -self._known[self._schools]))
        gates[self._schools[order[:n]]] = p.gate_officers
        today.hours[Post.COMMUNITY].spend(Work.COMMUNITY_WORK, n * a_gate)
        self.note(today.day, "gate_hours", n * a_gate / 60.0)
        return n * a_gate

    def _work(self, today: Today, minutes: float) -> None:
        """Spend minutes on talks, then on lessons that are due; what remains goes into one that is held later."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        due = np.flatnonzero(today.day - self._last_lesson_day >= p.lesson_days)
        due = due[np.lexsort((due, self._last_lesson_day[due], -self._known[self._schools[due]]))]
        lessons = deque(due.tolist())
        wanted = len(self._waiting) * p.talk_min + len(lessons) * p.lesson_min - self._begun_min
        spent = min(minutes, max(0.0, wanted))
        hours.spend(Work.EDUCATION, spent)
        self._begun_min += spent
        while self._waiting and self._begun_min >= p.talk_min - 1e-9:
            self._begun_min -= p.talk_min
            stopped = take_up(today.seed, self._waiting.popleft(), p.talk_success, today.truth.school)
            self.note(today.day, "talks", 1.0)
            self.note(today.day, "stopped", float(stopped))
        while not self._waiting and lessons and self._begun_min >= p.lesson_min - 1e-9:
            self._begun_min -= p.lesson_min
            school = lessons.popleft()
            self._last_lesson_day[school] = today.day
            self.note(today.day, "lessons", 1.0)
            self._hear(today, int(self._schools[school]))

    def _hear(self, today: Today, school: int) -> None:
        """Listen to pupils of a school after a lesson."""
        tells = self.parameters.tells, self.parameters.trust_slope
        victims = who_tells(today.seed, today.day, school, tells, today.truth.school, today.truth.public)
        self.note(today.day, "told", float(len(victims)))
        self._learn(victims)


def open_gates(school: School, gates: Array) -> None:
    """Put officers at the gates of schools for today, by cell."""
    school.gates[:] = gates


def who_tells(seed: int, day: int, cell: int, tells: tuple[float, float], school: School, public: Public) -> Array:
    """Return the pupils of the school in a cell who tell that they are hurt, once a pair; see `hear`."""
    told = np.zeros(len(school.pairs), dtype=bool)
    hear(seed, day, cell, tells, school, public, told)
    victims: Array = school.pairs["victim_id"][told]
    return victims


@kernel
def hear(
    seed: int, day: int, cell: int, tells: tuple[float, float], school: School, public: Public, told: Array
) -> None:
    """Let pupils of the school in a cell who are hurt by another tell of it.

    `logit P = logit p₀ + κ·(trust − 0.5)`, for whom it has happened to and nobody has stopped it; `tells` is p₀ and κ.
    Who tells is noted by pair in `told`.
    """
    residents, rule = public.society.residents, public.feelings.rule
    for p in range(len(school.pairs)):
        pair = school.pairs[p]
        who = row(pair.victim_id)
        if residents[who].work_cell == cell and pair.incidents > 0 and not pair.stopped:
            odds = odds_by_trust(felt_trust(residents, who, day * 1440.0, rule), tells[1])
            told[p] = uniform(seed, Draw.TOLD_AT_LESSON, p, day) < at_odds(tells[0], odds)


@kernel
def take_up(seed: int, victim: int, success: float, school: School) -> int:
    """Talk to those who hurt a pupil; return how many pairs that ends."""
    stopped = 0
    for p in range(len(school.pairs)):
        pair = school.pairs[p]
        if pair.victim_id == victim and not pair.stopped:
            pair.stopped = uniform(seed, Draw.TALK_AT_SCHOOL, p, row(pair.generation)) < success
            stopped += int(pair.stopped)
    return stopped
