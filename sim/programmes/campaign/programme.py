"""Campaigns (运动式治理: 大排查、大清查、大巡防).

For some weeks everybody works longer, many work on patrol, and patrol stops check people.

Nothing says what a campaign does to crime. Visible police put offenders off and raise the believed risk of arrest;
checks without an arrest teach those who are checked that nothing happens; residents who are checked trust less; longer
duties tire; work of the posts whose people are out waits; and part of the overtime is given back as time off. Longer
duties run into the next shift, so that for some hours after each change of shift there are the units of both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from pydantic import model_validator

from sim.clock import MINUTES_PER_DAY
from sim.incident_types import PLACE_CRIMES
from sim.parameters import CHOSEN, BadInput, parameter, rule_of
from sim.periods import FAR_DAY
from sim.police.force.head_changes import PostName
from sim.police.force.mobilisation import MOST_OVERTIME, Mobilisation
from sim.police.post_ledger import Queue, Work
from sim.police.posts import POST_NAMES, Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.campaign.checks import MOST_LOOKS, CheckRule, check_since, stops_so_far
from sim.strategies.base import Briefing, Recorded

MOST_OFF = 0.5  # of the usual duties: assumption, more time off in lieu at once would leave the city without police


class Campaign(Programme):
    """Mass crackdowns by everybody, on schedule or after a rise of recorded crime.

    Attributes
    ----------
    on : bool
        There is a campaign today.
    """

    name = "campaign"
    totals = ("checks", "searches", "arrests", "other_arrests", "lent_duties")
    means = ("on",)

    class Parameters(ProgrammeParameters):
        """When there is a campaign, and what it asks of whom."""

        first_day: int | None = parameter(
            0, unit="days after the warm-up", ge=0, le=FAR_DAY, source="assumption: at once",
            doc="Start of the first scheduled campaign, 0 is the first measured day; absent: none is scheduled.",
        )  # fmt: skip
        every_days: int | None = parameter(
            90,
            unit="days",
            ge=1,
            le=FAR_DAY,
            source="assumption: one a season",
            doc=("From the start of one scheduled campaign to the start of the next; absent: only one is scheduled."),
        )
        at_most: int | None = parameter(
            None,
            unit="campaigns",
            ge=1,
            le=10_000,
            source=CHOSEN,
            doc="Largest number of campaigns; absent: any number.",
        )
        length_days: int = parameter(
            21, unit="days", ge=1, le=365, source="assumption: two to four weeks", doc="How long a campaign lasts."
        )
        trigger_ratio: float | None = parameter(
            None, unit="times", ge=0.01, le=100, source=CHOSEN,
            doc=(
                "A campaign begins when the recorded rate of crimes at places exceeds this multiple "
                "of the earlier rate; absent: never for that reason."
            ),
        )  # fmt: skip
        recent_days: int = parameter(
            28,
            unit="days",
            ge=1,
            le=FAR_DAY,
            source="assumption: the figures of a month",
            doc="Recent days in that comparison.",
        )
        before_days: int = parameter(
            84,
            unit="days",
            ge=1,
            le=FAR_DAY,
            source="assumption: the three months before",
            doc="Earlier days in that comparison.",
        )
        pause_days: int = parameter(
            56,
            unit="days",
            ge=0,
            le=FAR_DAY,
            source="assumption",
            doc="Time after a campaign during which no rise triggers another.",
        )
        overtime_share: float = parameter(
            0.4, unit="share of the hours of a duty", ge=0, le=MOST_OVERTIME, source="assumption: hours × 1.3 to 1.5",
            doc="Hours beyond each duty of everybody; with force.overtime_share no more than 0.5 in all.",
        )  # fmt: skip
        lent_share: float = parameter(
            0.5,
            unit="share of duties",
            ge=0,
            le=1,
            source="assumption: every other",
            doc="Duties of these assignments that become patrol duties.",
        )
        posts: tuple[PostName, ...] = parameter(
            ("headquarters", "detectives", "anti_fraud", "community"), unit="names",
            source="assumption: analysts and desks are needed where they are",
            doc="Assignments whose personnel go on patrol; their own work waits.",
        )  # fmt: skip
        checks_per_min: float = parameter(
            0.1, unit="people per minute of a stop", ge=0, le=10,
            source="assumption: card, bag and questions take five minutes, half of the time",
            doc="People whom a unit checks at its stops.",
        )  # fmt: skip
        looks: int = parameter(
            5, unit="people", ge=1, le=MOST_LOOKS, source="assumption",
            doc=(
                "People whom officers look over for each check; "
                "they check the first whom they have a reason to suspect."
            ),
        )  # fmt: skip
        trust_loss: float = parameter(
            0.03, unit="points of trust on a 0–1 scale", ge=0, le=1,
            source="assumption: that of a slow response; that stops cost legitimacy: Tyler, Fagan & Geller 2014",
            doc="Trust in the police that a check takes.",
        )  # fmt: skip
        sign: float = parameter(
            0.05, unit="probability", ge=0, le=1,
            source="assumption; people tell liars little better than chance (Bond & DePaulo 2006, recalled)",
            doc="A person who carries stolen goods behaves suspiciously when officers look them over, and is searched.",
        )  # fmt: skip
        false_sign: float = parameter(
            0.01, unit="probability", ge=0, le=1, source="assumption: one check in twenty becomes a search",
            doc="Anybody else behaves suspiciously.",
        )  # fmt: skip
        carried: float = parameter(
            0.2, unit="probability", ge=0, le=1, source="assumption",
            doc="A thief who still has stolen goods carries some of them, and a search finds them.",
        )  # fmt: skip
        goods_days: float = parameter(
            14.0, unit="days", ge=0, le=3650, source="assumption: what is left after two weeks is sold",
            doc="Time after the offence for which a thief has stolen goods.",
        )  # fmt: skip
        other_arrest: float = parameter(
            0.12, unit="probability", ge=0, le=1,
            source=(
                "England and Wales, year to March 2020: some 13 % of searches led to an arrest for anything, "
                "most for drugs (Home Office 2020, recalled)"
            ),
            doc=(
                "A search that finds no stolen goods ends in an arrest for drugs, "
                "a weapon, a warrant or another thing that is no crime of the model: "
                "it takes the desk as long as an arrest on scene takes a unit, and clears nothing."
            ),
        )  # fmt: skip
        detention_days: float = parameter(
            7.0, unit="days", ge=0.01, le=3650, source="assumption: about half of the most",
            doc="Mean detention after such an arrest.",
        )  # fmt: skip
        detention_most_days: float = parameter(
            15.0, unit="days", ge=0.01, le=3650,
            source="Public Security Administration Punishments Law of China 2005: up to 15 days for one act",
            doc="The longest of these; who is arrested for a crime of the model is away as after any arrest for it.",
        )  # fmt: skip
        lieu_share: float = parameter(
            0.5,
            unit="share of the overtime",
            ge=0,
            le=1,
            source="assumption: the rest is paid, or forgotten",
            doc="Overtime of a campaign that is given back as time off.",
        )
        lieu_days: int = parameter(
            42,
            unit="days",
            ge=1,
            le=FAR_DAY,
            source="assumption: as soon as duty allows",
            doc="Days after a campaign in which it is.",
        )

        @model_validator(mode="after")
        def _makes_sense(self) -> Campaign.Parameters:
            if self.first_day is None and self.trigger_ratio is None:
                raise BadInput("first_day", None, "a day, or else a trigger_ratio: there would never be a campaign")
            if self.every_days is not None and self.every_days < self.length_days:
                raise BadInput(
                    "every_days", self.every_days, f"at least length_days, {self.length_days}: campaigns do not overlap"
                )
            if "patrol" in self.posts:
                raise BadInput("posts", "patrol", "other posts: patrol is on patrol already")
            if self.detention_days >= self.detention_most_days:
                most = self.detention_most_days
                raise BadInput("detention_days", self.detention_days, f"less than detention_most_days, {most}")
            return self

    def prepare(self, scenario: Any) -> Any:
        """Have cars for those who are lent to patrol."""
        force = scenario.force
        room = force.model_copy(update={"most_lent_share": max(force.most_lent_share, self.parameters.lent_share)})
        return scenario.model_copy(update={"force": room})

    def begin(self, site: Site) -> None:
        """Learn what an arrest is like here, and begin at once if the schedule says so."""
        p, bureau = self.parameters, site.bureau
        self._rule = rule_of(
            CheckRule,
            p,
            per_min=p.checks_per_min,
            custody_min=bureau.demand.custody_min,
            custody_most_min=bureau.demand.custody_most_min,
            processing_min=bureau.rule.arrest_processing_min,
            other_processing_min=site.scenario.dispatch.arrest_processing_min,
            belief=bureau.belief,
            desist_at_arrest=bureau.career.desist_at_arrest,
        )
        self.on = False
        self._begun, self._end = 0, -FAR_DAY  # campaigns so far, and the day after the latest
        self._owed = self._a_day = 0.0  # time off in lieu, in duties of everybody: what is owed, what is given on a day
        self._seen = 0  # visits of the log
        self._minor = Queue()  # arrests for what is no crime of the model
        self._from = site.first_day
        self._begin_if(self._scheduled(self._from), self._from)
        site.staff.order(self._order(self._from))

    def day(self, today: Today) -> None:
        """Reckon with the checks of yesterday, and give the orders of tomorrow."""
        p, day, staff = self.parameters, today.day, today.staff
        if self.on:
            self._check(today)
        if self._minor.minutes:
            desk = today.hours[Post.DESK]
            desk.spend(Work.OTHER_CASES, self._minor.take(desk.able(sworn_only=True))[0], sworn_only=True)
        self._seen = stops_so_far(today.truth.logs)
        self.on = day < self._end
        if self.on:
            self.note(day, "on", 1.0)
            self.note(day, "lent_duties", float(sum(len(rows) for rows in staff.lent)))
            self._owed += p.lieu_share * (staff.overtime_share - staff.force.overtime_share)
            self._a_day = min(self._owed / p.lieu_days, MOST_OFF)
        if day + 1 >= self._end:
            self._begin_if(self._scheduled(day + 1) or self._provoked(today), day + 1)
        staff.order(self._order(day + 1))

    def brief(self, briefing: Briefing) -> Briefing:
        """Say whether a campaign is on."""
        return replace(briefing, campaign=self.on)

    def _scheduled(self, day: int) -> bool:
        """Whether a campaign is to begin on a day by the schedule."""
        p = self.parameters
        if p.first_day is None or day < self._from + p.first_day:
            return False
        since = day - self._from - p.first_day
        return bool(since == 0 or (p.every_days is not None and since % p.every_days == 0))

    def _provoked(self, today: Today) -> bool:
        """Whether recorded crime has risen so much that one begins tomorrow."""
        p, day = self.parameters, today.day + 1
        if p.trigger_ratio is None or day < self._end + p.pause_days or day < p.recent_days + p.before_days:
            return False
        recorded = today.recorded(p.recent_days + p.before_days, PLACE_CRIMES)
        return bool(rise(recorded, today.now_min, p.recent_days, p.before_days) > p.trigger_ratio)

    def _begin_if(self, wanted: bool, day: int) -> None:
        if wanted and (self.parameters.at_most is None or self._begun < self.parameters.at_most):
            self._begun, self._end = self._begun + 1, day + self.parameters.length_days

    def _order(self, day: int) -> Mobilisation:
        """Return what is asked of everybody on a day: a campaign, time off in lieu, or nothing."""
        p = self.parameters
        if day < self._end:
            lent = np.zeros(len(Post))
            lent[[POST_NAMES.index(name) for name in p.posts]] = p.lent_share
            return Mobilisation(p.overtime_share, lent)
        off = min(self._a_day, self._owed)
        self._owed -= off
        return Mobilisation(duty_share=1.0 - off)

    def _check(self, today: Today) -> None:
        """Let yesterday's stops have checked people.

        Detectives deal with arrests for crimes of the model, desks with others.
        """
        tally = check_since(today.seed, today.now_min, self._seen, self._rule, today.truth, today.cases)
        today.cases.owed_min[Post.DETECTIVES] += tally.owed_min
        self._minor.add(today.day, tally.other_owed_min)
        for measure in ("checks", "searches", "arrests", "other_arrests"):
            self.note(today.day - 1, measure, float(getattr(tally, measure)))


def rise(recorded: Recorded, now_min: float, recent_days: int, before_days: int) -> float:
    """Return the recent rate of recorded crimes relative to that of the time before; not a number without any.

    Parameters
    ----------
    recorded : Recorded
        The crimes that count.
    now_min : float
        Minutes since the start.
    recent_days, before_days : int
        Lengths of both periods.
    """
    age_days = (now_min - recorded.entered_min) / MINUTES_PER_DAY
    recent = np.count_nonzero((age_days >= 0) & (age_days < recent_days)) / recent_days
    before = np.count_nonzero((age_days >= recent_days) & (age_days < recent_days + before_days)) / before_days
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(recent, before))
