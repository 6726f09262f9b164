"""Volunteers in four teams (防盗, 反扒, 反电诈, 纠纷调解), whom community officers win, train and look after."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from pydantic import field_validator

from sim.arrays import Array
from sim.draws import Draw
from sim.parameters import adding_up, parameter, rule_of
from sim.people.residents import Society
from sim.people.volunteers import Team
from sim.police.post_ledger import Hours, Queue, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.volunteers.volunteering import (
    Corps,
    JoiningRule,
    Standing,
    StayingRule,
    head_count,
    leavers,
    new_register,
    recruit,
    teach_about_fraud,
    volunteer_ties,
)
from sim.randomness import uniform4

TEAMS = (Team.BURGLARY_WATCH, Team.PICKPOCKET_WATCH, Team.FRAUD_PREVENTION, Team.MEDIATION)  # those that are organised
FIRST_HOURS = {  # assumption: earliest start of a watch or session, and how many hours later it may begin
    Team.BURGLARY_WATCH: (19, 5), Team.PICKPOCKET_WATCH: (9, 9), Team.FRAUD_PREVENTION: (9, 11),
    Team.MEDIATION: (9, 11),
}  # fmt: skip


class Volunteers(Programme):
    """Community officers organise volunteers, who join by trust, ties and rewards, and leave by overload or neglect.

    A day: those who have had enough leave; organisers get in touch with those whose last contact is longest ago, train
    recruits, and win new ones with what is left of their share of the hours. The watch walks by
    `sim.people.volunteers`; teachers teach. Mediators give their hours to the programme `mediation`. The plain watch is
    nobody's work and stays as it is.
    """

    name = "volunteers"
    local = True
    totals = ("joined", "left", "hours", "watch_hours", "lessons", "cost")
    means = ("active", "waiting", "neglected", *(team.name.lower() for team in TEAMS))

    class Parameters(ProgrammeParameters):
        """How volunteers are won, kept and used."""

        share_of_hours: float = parameter(
            0.5, unit="share of remaining hours", ge=0, le=1,
            source="assumption: community officers have other programmes too",
            doc="Most of community officers' hours left that goes into organising volunteers.",
        )  # fmt: skip
        recruiting_hours_per_1000_week: float = parameter(
            0.3,
            unit="h per 1,000 residents per week",
            ge=0,
            le=100,
            source="assumption: some 18 hours per week in a county of 60,000",
            doc="Hours for recruiting.",
        )
        contact_min: float = parameter(
            20.0,
            unit="min",
            ge=0.1,
            le=480,
            source="assumption",
            doc="An organiser's minutes for a volunteer, each time.",
        )
        contact_every_days: int = parameter(
            21,
            unit="days",
            ge=1,
            le=365,
            source="assumption: sooner than in the month after which people feel neglected",
            doc="Time between contacts.",
        )
        training_min: float = parameter(
            120.0,
            unit="min",
            ge=0.1,
            le=4800,
            source="assumption: an evening",
            doc="Minutes that it takes to train a recruit.",
        )
        joins_per_hour: float = parameter(
            1.0, unit="people", ge=0, le=100,
            source="assumption: an hour reaches some twenty households, one person in some forty who trust joins",
            doc="Residents whom an hour of recruiting wins, if all trusted fully, knew no volunteer and were not paid.",
        )  # fmt: skip
        asks_per_hour: float = parameter(
            40.0, unit="people", ge=1, le=10_000, source="assumption: the adults of some twenty households",
            doc="Residents whom an hour of recruiting reaches.",
        )  # fmt: skip
        ask_again_days: int = parameter(
            730, unit="days", ge=0, le=36_500, source="assumption: two years; lives change",
            doc=("Days for which who has said no, or has left, is not won; 0: whoever is asked may join, and numbers "
                "grow for as long as there is room."),
        )  # fmt: skip
        tie_weight: float = parameter(
            0.5, unit="per tie", ge=0, le=20,
            source="assumption: being asked by somebody one knows is the usual way in (Musick & Wilson 2008)",
            doc="Rise of the hazard to join by each tie to a volunteer, times that without ties.",
        )  # fmt: skip
        most_ties: int = parameter(
            5, unit="ties", ge=0, le=100, source="assumption", doc="Ties beyond this number have no further effect."
        )
        leave_per_year: float = parameter(
            0.4, unit="per year", ge=0, le=50,
            source="a third of US volunteers do not return the next year (Eisner et al. 2009): −log(2/3)",
            doc="Hazard to leave of volunteers who are looked after, asked for no more than they wish, and not paid.",
        )  # fmt: skip
        overload: float = parameter(
            0.5,
            unit="per weekly hour",
            ge=0,
            le=20,
            source="assumption",
            doc="Rise of the hazard to leave by each hour asked beyond those wished.",
        )
        neglect: float = parameter(
            4.0, unit="times", ge=1, le=100,
            source="assumption: poor management is the reason most often given (Eisner et al. 2009)",
            doc="Hazard to leave of volunteers whom no organiser has contacted for long, relative to the others.",
        )  # fmt: skip
        neglect_days: int = parameter(
            30,
            unit="days",
            ge=1,
            le=365,
            source="assumption: a month",
            doc="Days without contact after which a volunteer counts as neglected.",
        )
        disappointment: float = parameter(
            5.0, unit="per unit of trust", ge=0, le=100, source="assumption",
            doc=(
                "Rise of the hazard to leave by trust in the police that a volunteer has lost below the own baseline: "
                "bad experiences."
            ),
        )  # fmt: skip
        reward_yuan_per_hour: float = parameter(
            5.0,
            unit="yuan/h",
            ge=0,
            le=500,
            source="assumption: points for goods, a meal",
            doc="Reward for an hour served.",
        )
        reward_gain: float = parameter(
            1.0, unit="1", ge=-0.9, le=20,
            source="assumption; money may crowd out good will (Frey & Goette 1999), which is a value below 0",
            doc="Rise of joining, and of staying, by very high rewards; lower ones by y / (y + half_reward).",
        )  # fmt: skip
        half_reward_yuan: float = parameter(
            15.0, unit="yuan/h", ge=0.01, le=1000, source="assumption", doc="Reward that has half of that effect."
        )
        hours_asked: int = parameter(
            2,
            unit="h per week",
            ge=1,
            le=20,
            source="assumption: 2–4 hours",
            doc="Length of the weekly watch or session.",
        )
        wished_hours: float = parameter(
            3.0,
            unit="h per week",
            ge=0.01,
            le=20,
            source="assumption: 2–4 hours",
            doc="Mean of the hours that people wish to serve, evenly from 0.5 to 1.5 times it.",
        )
        interests: tuple[float, float, float, float] = parameter(
            (0.35, 0.20, 0.25, 0.20), unit="share of recruits", source="assumption",
            doc="Shares of recruits drawn to burglary watch, pickpocket watch, fraud prevention, mediation.",
        )  # fmt: skip
        crowd_reach_m: float = parameter(
            1000.0,
            unit="m",
            ge=0,
            le=10_000,
            source="assumption: the nearest market or station",
            doc="How far pickpocket watchers go for crowds.",
        )
        home_reach_m: float = parameter(
            250.0, unit="m", ge=0, le=5000, source="assumption: near home", doc="How far burglary watchers walk."
        )
        lessons_per_hour: int = parameter(
            3,
            unit="lessons",
            ge=0,
            le=60,
            source="assumption: twenty minutes at a door",
            doc="People taught in an hour.",
        )
        lesson_step: float = parameter(
            0.2, unit="points on a 0–1 scale", ge=0, le=1,
            source="assumption: less than half of what being a victim teaches",
            doc=(
                "Way to full awareness of fraud that a professional's lesson takes a pupil; "
                "a volunteer's in proportion to skill."
            ),
        )  # fmt: skip
        least_skill: float = parameter(
            0.3,
            unit="points on a 0–1 scale",
            ge=0,
            le=1,
            source="assumption",
            doc="Skill of the least skilled recruits; the most have 0.4 more.",
        )
        learning: float = parameter(
            0.05,
            unit="points on a 0–1 scale",
            ge=0,
            le=1,
            source="assumption",
            doc="Way to full skill that a contact with an organiser takes.",
        )

        @field_validator("interests")
        @classmethod
        def _all_recruits(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
            if min(shares) < 0:
                raise ValueError("shares are not negative")
            return adding_up(shares)

    def begin(self, site: Site) -> None:
        """Take over the volunteers of a city."""
        self.take_over(site.society, site.volunteers, site.city.grid.cell_m)
        self._district = site.city.beats.district_of_cell

    def day(self, today: Today) -> None:
        """Organise, teach, and count what volunteers do today."""
        self._ask_where(today.reaches(self._district))
        corps = Corps(today.seed, today.day, today.weekday, today.volunteers, today.truth.society, today.truth.feelings)
        self.carry_out(corps, today.hours[Post.COMMUNITY])

    def end(self, today: Today) -> None:
        """Let the organised teams go home; the plain watch goes on."""
        today.volunteers["active"] &= today.volunteers["team"] == Team.WATCH

    def take_over(self, society: Society, volunteers: Array, cell_m: float) -> None:
        """Begin with the plain watch and the spare rows of a table of volunteers."""
        p, residents = self.parameters, society.residents
        attraction = 1.0 + p.reward_gain * p.reward_yuan_per_hour / (p.reward_yuan_per_hour + p.half_reward_yuan)
        self.joining = rule_of(JoiningRule, p, joins=p.joins_per_hour / p.asks_per_hour, attraction=attraction)
        self.staying = rule_of(StayingRule, p, per_day=p.leave_per_year / 365, attraction=attraction)
        self.register = new_register(len(residents), volunteers)
        self.free = deque(int(v) for v in np.flatnonzero(~volunteers["active"]))
        self.training = Queue()
        self.waiting = 0
        self.reach = {Team.BURGLARY_WATCH: p.home_reach_m / cell_m, Team.PICKPOCKET_WATCH: p.crowd_reach_m / cell_m}
        self.recruiting_min = p.recruiting_hours_per_1000_week * len(residents) / 1000 / 7 * 60
        self._home_cell, self._ties = residents["home_cell"], society.ties
        # [cells] in reach today, and the part of the residents who live there; the new register asks all of them
        self._there, self._part = np.ones(int(residents["home_cell"].max()) + 1, dtype=bool), 1.0

    def _ask_where(self, there: Array) -> None:
        """Let organisers work in these cells alone; who lives there is looked up on the day on which they change."""
        if np.array_equal(there, self._there):
            return
        asked = there[self._home_cell]
        self._there, self._part, self.register = there, float(asked.mean()), self.register._replace(asked=asked)

    def carry_out(self, corps: Corps, hours: Hours) -> None:
        """Do a day's work with the hours of a post, whatever the rest of the city does."""
        p = self.parameters
        self._let_go(corps)
        left = p.share_of_hours * hours.able()
        left -= self._keep_in_touch(corps, left, hours)
        left -= self._train(corps, left, hours)
        self._win(corps, left, hours)
        lessons = teach_about_fraud(
            corps.seed, corps.day, corps.weekday, corps.volunteers, corps.society, corps.feelings,
            p.lessons_per_hour, p.lesson_step,
        )  # fmt: skip
        self.note(corps.day, "lessons", lessons)
        self._count(corps)

    def _let_go(self, corps: Corps) -> None:
        """Let those leave who have had enough; their rows become free."""
        rows = np.zeros(len(corps.volunteers), dtype=np.int64)
        n = leavers(
            corps.seed, corps.day, corps.volunteers, corps.society.residents, self.register, self.staying,
            corps.feelings.rule, rows,
        )  # fmt: skip
        self.free.extend(int(v) for v in rows[:n])
        self.note(corps.day, "left", n)

    def _keep_in_touch(self, corps: Corps, most_min: float, hours: Hours) -> float:
        """Spend minutes on volunteers whose turn it is, the oldest contact first; who is seen gains skill.

        Return the minutes.
        """
        p, day, volunteers = self.parameters, corps.day, corps.volunteers
        due = np.flatnonzero(
            volunteers["active"]
            & (volunteers["team"] != Team.WATCH)
            & (day - volunteers["contact_day"] >= p.contact_every_days)
            & self._there[volunteers["home_cell"]]
        )
        due = due[np.argsort(volunteers["contact_day"][due], kind="stable")][: int(most_min / p.contact_min)]
        volunteers["contact_day"][due] = day
        volunteers["skill"][due] += p.learning * (1.0 - volunteers["skill"][due])
        spent = p.contact_min * len(due)
        hours.spend(Work.ORGANISING, spent)
        return float(spent)

    def _train(self, corps: Corps, most_min: float, hours: Hours) -> float:
        """Train those who wait, the first first; whose training is over serves from today on. Return the minutes."""
        day, volunteers = corps.day, corps.volunteers
        spent, trained = self.training.take(most_min)
        hours.spend(Work.ORGANISING, spent)
        volunteers["active"][trained] = True
        volunteers["joined_day"][trained] = volunteers["contact_day"][trained] = day
        self.register.standing[volunteers["resident_id"][trained]] = Standing.SERVING
        self.waiting -= len(trained)
        self.note(day, "joined", len(trained))
        return spent

    def _win(self, corps: Corps, most_min: float, hours: Hours) -> None:
        """Recruit with what is left of the minutes; who joins waits for training."""
        spent = min(self._part * self.recruiting_min, most_min) if self.free else 0.0
        hours.spend(Work.ORGANISING, spent)
        joined = np.zeros(len(self.free), dtype=np.int64)
        n = recruit(
            corps.seed, corps.day, spent / 60 / max(self._part, 1e-9), corps.society, self.register, self.joining,
            corps.feelings.rule, joined,
        )  # fmt: skip
        for resident in joined[:n].tolist():
            v = self.free.popleft()
            self._enlist(corps, resident, corps.volunteers[v])
            self.training.add(corps.day, self.parameters.training_min, v)
        self.waiting += n

    def _enlist(self, corps: Corps, resident: int, one: Any) -> None:
        """Write a recruit into a free row; team, hours and skill belong to the resident, whoever recruits when."""
        p = self.parameters
        u_team, u_wish, u_skill, _ = uniform4(corps.seed, Draw.VOLUNTEER_CHARACTER, resident, 0)
        u_day, u_hour, _, _ = uniform4(corps.seed, Draw.VOLUNTEER_HOURS, resident, 0)
        team = TEAMS[min(int(np.searchsorted(np.cumsum(p.interests), u_team, side="right")), len(TEAMS) - 1)]
        first, spread = FIRST_HOURS[team]
        one["resident_id"], one["home_cell"], one["team"] = resident, self._home_cell[resident], team
        one["start_hour"], one["hours"] = 24 * int(7 * u_day) + first + int(spread * u_hour), p.hours_asked
        one["reach"], one["wished_hours"] = self.reach.get(team, 0.0), p.wished_hours * (0.5 + u_wish)
        one["skill"] = min(p.least_skill + 0.4 * u_skill, 1.0)
        one["ties"] = volunteer_ties(resident, self._ties, self.register.standing)
        one["joined_day"] = one["contact_day"] = corps.day

    def _count(self, corps: Corps) -> None:
        """Note who serves and for how many hours corps."""
        p, day = self.parameters, corps.day
        serve, hours = np.zeros((2, len(Team)))
        neglected = head_count(corps.volunteers, day, corps.weekday, p.neglect_days, serve, hours)
        served = float(hours.sum())
        self.note(day, "active", float(serve.sum()))
        self.note(day, "waiting", self.waiting)
        self.note(day, "neglected", neglected)
        for each in TEAMS:
            self.note(day, each.name.lower(), float(serve[each]))
        self.note(day, "hours", served)
        self.note(day, "watch_hours", float(sum(hours[each] for each in TEAMS if each <= Team.PICKPOCKET_WATCH)))
        self.note(day, "cost", p.reward_yuan_per_hour * served)
