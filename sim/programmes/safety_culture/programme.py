"""Safety culture (安全文化).

Community officers teach at meetings, residents pass it on, and homes are checked with rewards and penalties (奖罚并举).
"""

from __future__ import annotations

import numpy as np

from sim.draws import Draw
from sim.parameters import parameter
from sim.people.feelings import BASELINES, Feeling, city_means
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import FIRST_AGE
from sim.programmes.safety_culture.culture import draw_listeners, spread_awareness
from sim.programmes.safety_culture.home_checks import (
    CHECKED,
    FINED,
    HARDENED,
    NEVER,
    OUTCOMES,
    SAFE_ALREADY,
    WARNED,
    CheckRule,
    Turns,
    check_homes,
    share_hardened,
)
from sim.randomness import uniforms

LOOK_DAYS = 7  # between two counts of all homes that are hardened, which changes in years
_INCENTIVE = "assumption: 100 yuan, about half a lock, doubles the odds"


class SafetyCulture(Programme):
    """Community officers teach at meetings, so that residents know and talk about safety, and check homes.

    Who comes to a meeting learns. Talk goes along ties once a week, in proportion to the share of the week's meetings
    that found hours, and spreads what was learnt without adding to it: without hours nobody learns, nor talks more than
    usual, which is in the baselines. A check takes minutes and leads to a harder home, which the police reward, or to
    a warning; and the check after it perhaps to a penalty, which goes from the household to the treasury.
    """

    name = "safety_culture"
    local = True
    totals = ("listeners", "contacts", "checked", "safe_already", "hardened", "warned", "fined", "penalties", "cost")
    means = ("awareness", "fraud_awareness", "hardened_share")

    class Parameters(ProgrammeParameters):
        """How a culture of safety is made."""

        meeting_hours_per_1000_week: float = parameter(
            0.1, unit="h per 1,000 residents per week", ge=0.001, le=100,
            source="assumption: some 6 hours per week in a county of 60,000",
            doc="Hours for meetings that teach safety and keep it a subject of talk.",
        )  # fmt: skip
        listeners_per_hour: float = parameter(
            13.0, unit="people per hour", ge=0, le=1000,
            source="assumption, as a session of education: 40 people for three hours of officers",
            doc=(
                "Residents who come to meetings, each as likely as the other; half of it is about crime at places, "
                "half about fraud."
            ),
        )  # fmt: skip
        lesson: float = parameter(
            0.3, unit="points on a 0–1 scale", ge=0, le=1, source="assumption, as a session of education",
            doc=(
                "Awareness that a meeting on one subject alone would teach, at none before; less the more there is. "
                "It fades with the half-life of awareness."
            ),
        )  # fmt: skip
        contact_rate: float = parameter(
            0.01, unit="per tie per week", ge=0, le=7, source="assumption: 0.5–2 %",
            doc="Talks about safety along a tie in a week whose meetings all found their hours; in proportion below.",
        )  # fmt: skip
        step: float = parameter(
            0.3,
            unit="share of the difference",
            ge=0,
            le=0.5,
            source="assumption; 0.5: both think alike after it",
            doc=(
                "Share of the difference of awareness by which the less aware rises in a talk, "
                "and the more aware falls."
            ),
        )
        fraud_share: float = parameter(
            0.5,
            unit="share of talks",
            ge=0,
            le=1,
            source="assumption",
            doc="Talks that are about fraud; others are about places.",
        )
        checks_per_1000_day: float = parameter(
            0.25,
            unit="homes per 1,000 residents per day",
            ge=0,
            le=50,
            source="assumption: each home in some four years",
            doc="Homes to be checked, those seen again after a warning among them.",
        )
        check_every_days: int = parameter(
            1095, unit="days", ge=1, le=36_500, source="assumption: three years; officers keep a list",
            doc="Time between two checks of a home, but for the one after a warning.",
        )  # fmt: skip
        check_again_days: int = parameter(
            60, unit="days", ge=0, le=3650, source="assumption: time to see to it",
            doc="Time from a warning until the home is checked again.",
        )  # fmt: skip
        check_min: float = parameter(
            12.0, unit="min", ge=0.1, le=480, source="assumption", doc="Minutes of an officer for a home."
        )
        harden_logit: float = parameter(
            -3.5, unit="log-odds", ge=-20, le=20,
            source="assumption: one household in eleven at mean awareness, without reward and penalty",
            doc="Log-odds that a checked household without any awareness hardens its home.",
        )  # fmt: skip
        harden_awareness: float = parameter(
            3.0, unit="log-odds", ge=0, le=50, source="assumption", doc="Rise of these log-odds at full awareness."
        )
        reward_yuan: float = parameter(
            50.0,
            unit="yuan",
            ge=0,
            le=10_000,
            source="assumption: points for goods",
            doc="Reward for a home made safe, which the police pay.",
        )
        penalty_yuan: float = parameter(
            50.0,
            unit="yuan",
            ge=0,
            le=10_000,
            source="assumption: points lost",
            doc="Penalty for one that is not in spite of a warning; it goes to the treasury.",
        )
        fined_share: float = parameter(
            0.1, unit="probability", ge=0, le=1,
            source="assumption: officers mostly leave it at words; penalties of neighbours are rare events",
            doc="A household that has done nothing after a warning is fined.",
        )  # fmt: skip
        reward_effect: float = parameter(
            0.7, unit="log-odds per 100 yuan", ge=0, le=20, source=_INCENTIVE, doc="Rise of the log-odds by the reward."
        )
        penalty_effect: float = parameter(
            0.7,
            unit="log-odds per 100 yuan",
            ge=0,
            le=20,
            source=_INCENTIVE,
            doc="Rise of the log-odds by the penalty, of households that were warned of it.",
        )
        penalty_trust_loss: float = parameter(
            0.03,
            unit="points on a 0–1 scale, per 100 yuan",
            ge=0,
            le=1,
            source="assumption: about a slow response",
            doc="Trust that each member of a household loses by it.",
        )

    def begin(self, site: Site) -> None:
        """Note how large the city is and how its people feel when nothing has happened."""
        p, residents = self.parameters, site.society.residents
        self.residents = len(residents)
        self.demand = site.bureau.demand
        self.old_enough = np.flatnonzero(residents["age"] >= FIRST_AGE)
        self.came_day = np.full(len(self.old_enough), NEVER, dtype=np.int32)
        self.baseline = np.array([residents[name].mean(dtype=float) for name in BASELINES])
        self.meeting_min_a_day = p.meeting_hours_per_1000_week * len(residents) / 1000 / 7 * 60
        self.district = site.city.beats.district_of_cell[residents["home_cell"]]
        self.home_district = site.city.beats.district_of_cell[site.society.dwellings["cell"]]
        self.by_district = np.bincount(self.district, minlength=len(site.city.beats.station_cell))
        self.contacts_a_week = p.contact_rate * len(site.society.ties.other) / 2
        self.check_rule = CheckRule(
            logit=p.harden_logit,
            awareness=p.harden_awareness,
            reward=p.reward_effect * p.reward_yuan / 100,
            penalty=p.penalty_effect * p.penalty_yuan / 100,
            fined=p.fined_share if p.penalty_yuan > 0 else 0.0,
            trust_loss=p.penalty_trust_loss * p.penalty_yuan / 100,
        )
        order = np.argsort(uniforms(site.seed, Draw.CHECK_ORDER, len(site.society.dwellings), 0), kind="stable")
        self.turns = Turns(order, p.check_every_days, p.check_again_days)
        self.next_look = 0  # at all homes
        self.checks_to_do = 0.0
        self.held_min = 0.0
        self.to_come = 0.0  # listeners of whom a part is still to come

    def day(self, today: Today) -> None:
        """Hold meetings and teach who comes, let the week's talks happen on its last day, and check homes."""
        hours = today.hours[Post.COMMUNITY]
        held = min(today.carried_out(self.by_district) * self.meeting_min_a_day, hours.able())
        hours.spend(Work.EDUCATION, held)
        self.held_min += held
        self._meet(today, held)
        if today.day % 7 == 6:
            self._talk(today)
        self._check(today, hours)
        means = city_means(today.truth.feelings, self.baseline, self.residents, today.now_min)
        self.note(today.day, "awareness", float(means[Feeling.AWARENESS]))
        self.note(today.day, "fraud_awareness", float(means[Feeling.FRAUD_AWARENESS]))
        if today.day >= self.next_look:
            self.next_look = today.day + LOOK_DAYS
            self.hardened_share = share_hardened(today.truth.public, today.now_min)
        self.note(today.day, "hardened_share", self.hardened_share)

    def _meet(self, today: Today, held_min: float) -> None:
        """Teach those who come to the meetings of a day, drawn among all who are old enough to listen."""
        self.to_come += self.parameters.listeners_per_hour * held_min / 60
        n = int(self.to_come + 1e-9)
        self.to_come -= n
        if n == 0:
            return
        people = today.within(self.old_enough, self.district)
        listeners = np.empty(min(n, len(people)), dtype=np.int64)
        draw_listeners(today.seed, today.day, people, self.came_day, listeners)
        today.teach(listeners, 0.5 * self.parameters.lesson, 0.5 * self.parameters.lesson)
        self.note(today.day, "listeners", float(len(listeners)))

    def _talk(self, today: Today) -> None:
        """Let residents talk, as often as the meetings of the week gave them reason to."""
        p, part, begins = self.parameters, today.carried_out(self.by_district), today.reaches(self.district)
        contacts = self.contacts_a_week * self.held_min / (7 * max(part, 1e-9) * self.meeting_min_a_day)
        self.held_min = 0.0
        met = spread_awareness(
            today.seed, today.day // 7, today.now_min, contacts, p.step, p.fraud_share, begins, today.truth.public
        )
        self.note(today.day, "contacts", met)

    def _check(self, today: Today, hours: Hours) -> None:
        """Check as many homes as are due and as the hours allow; what finds no hours is not made up for."""
        p = self.parameters
        self.checks_to_do += today.carried_out(self.by_district) * p.checks_per_1000_day * self.residents / 1000
        due = int(self.checks_to_do)
        self.checks_to_do -= due
        able = min(due, int(hours.able() / p.check_min))
        homes = self.turns.take(today.day, able, today.reaches(self.home_district))
        hours.spend(Work.EDUCATION, len(homes) * p.check_min)
        counts = np.zeros(OUTCOMES, dtype=np.int64)
        check_homes(
            today.seed, today.day, homes, self.turns.warned, today.truth.public, self.demand, self.check_rule, counts
        )
        self.turns.see_again(homes)
        for measure, at in (
            ("checked", CHECKED),
            ("safe_already", SAFE_ALREADY),
            ("hardened", HARDENED),
            ("warned", WARNED),
            ("fined", FINED),
        ):
            self.note(today.day, measure, float(counts[at]))
        self.note(today.day, "cost", p.reward_yuan * float(counts[HARDENED]))
        self.note(today.day, "penalties", p.penalty_yuan * float(counts[FINED]))
