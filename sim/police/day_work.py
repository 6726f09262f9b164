"""A day of the posts that do not patrol: headquarters, detectives, anti-fraud, analysts, community officers, desks."""

from __future__ import annotations

import numpy as np

from sim.clock import MINUTES_PER_DAY
from sim.incidents.call_changes import Diversion, diverted
from sim.incidents.log import CALLS, CallState
from sim.parameters import Parameters, parameter
from sim.police.cases.case_log import Bureau, Cases, Situation, Squad, cases_with_room
from sim.police.cases.investigation import investigate
from sim.police.cases.opening import open_cases
from sim.police.cases.ownership import of_owners, of_post
from sim.police.cases.series import hear_of_series, link_series
from sim.police.force.establishment import ForceParameters
from sim.police.force.staff import Staff, Watch
from sim.police.force.training import train, training_rule
from sim.police.post_ledger import Hours, PostHours, Queue, Work, new_post_ledger
from sim.police.posts import SPECIALIST_POSTS, Post

BY_DAY = (
    Post.DETECTIVES,
    Post.ANTI_FRAUD,
    Post.INTELLIGENCE,
    Post.COMMUNITY,
)  # those to whom headquarters' overdue work falls
ANSWERING = (Post.COMMUNITY, Post.DESK)  # of the stations, which answer what headquarters asks of them


class PostParameters(Parameters):
    """What the assignments have to do in addition to what the model's people cause."""

    administration_min: float = parameter(
        33.0, unit="min per person per day", ge=0, le=480,
        source="assumption: keeps headquarters nine tenths busy at full strength",
        doc="Administration, supplies, orders and reports that headquarters handles for each member of personnel.",
    )  # fmt: skip
    administration_patience_days: int = parameter(
        7,
        unit="days",
        ge=0,
        le=365,
        source="assumption",
        doc=(
            "Headquarters' work that waits longer falls to the assignments that need it, which do it before their own."
        ),
    )
    orders_share: float = parameter(
        0.0, unit="share of idle time", ge=0, le=1, source="assumption: none; more than is needed of it is 机关化",
        doc="Time that headquarters has left over and spends on orders and reports that it asks of the stations.",
    )  # fmt: skip
    answer_ratio: float = parameter(
        1.0, unit="min per min", ge=0, le=100, source="assumption: who asks takes as long as those who answer",
        doc="Work of community officers and desks for a minute of such orders; they do it before their own.",
    )  # fmt: skip
    called_out_share: float = parameter(
        0.5, unit="share of personnel", ge=0, le=1, source="assumption: every other; the rest keep headquarters going",
        doc="Personnel of headquarters who go to a mass incident and do nothing else on that day.",
    )  # fmt: skip
    called_out_after_min: float = parameter(
        90.0, unit="min", ge=0, le=1440, source="assumption: they have to be gathered, equipped and driven there",
        doc="Time until they take the place of as many units of patrol as they would crew.",
    )  # fmt: skip
    other_cases_share: float = parameter(
        0.40, unit="share of detectives' hours", ge=0, lt=1,
        source="assumption: drugs, economic crime, sexual offences, court",
        doc="Hours for cases of types that are not simulated.",
    )  # fmt: skip
    community_min: float = parameter(
        55.0, unit="min per 1,000 residents per day", ge=0, le=1000,
        source="assumption: takes three quarters of community officers at full strength",
        doc=(
            "Registers, licences and residents who come, which community officers do first; "
            "the rest of their hours is for programmes."
        ),
    )  # fmt: skip
    call_taking_min: float = parameter(
        3.0, unit="min per call", ge=0, le=60, source="assumption", doc="Time of a desk to take a call and note it."
    )
    handed_over_yuan: float = parameter(
        60.0, unit="yuan per call", ge=0, le=100_000,
        source="assumption: an hour and a half of a worker of another service, including travel",
        doc="Cost of a diverted call to the agency that takes it; not paid by the police.",
    )  # fmt: skip
    counter_min: float = parameter(
        30.0, unit="min per 1,000 residents per day", ge=0, le=1000,
        source="assumption: registers and certificates keep the desks busy",
        doc="Business at the counters of the stations.",
    )  # fmt: skip


class PostsAtWork:
    """The posts that do not patrol, what they have done, and the work that waits for them.

    Parameters
    ----------
    parameters : PostParameters
        What there is to do.
    staff : Staff
        The personnel.
    bureau : Bureau
        Rules of investigation.
    cases : Cases
        The log of cases, empty.
    residents : int
        Of the city.
    days : int
        Days of the run.

    Attributes
    ----------
    ledger : Array
        Head-minutes, shape [days, posts, works].
    diversion : Diversion
        Calls that the desk diverts today.
    administration, orders, call_notes, reports, counter, registers : Queue
        Work that waits; orders are those of headquarters that its stations have to answer.
    called_out : int
        Personnel of headquarters who are at a mass incident today.
    """

    def __init__(
        self, parameters: PostParameters, staff: Staff, bureau: Bureau, cases: Cases, residents: int, days: int
    ) -> None:
        self.staff, self.cases, self.residents = staff, cases, residents
        self.reorganise(parameters, bureau)
        self.follow(staff.force, diverted((), 0))
        self.ledger = new_post_ledger(days)
        self.administration, self.orders = Queue(), Queue()
        self.call_notes, self.reports, self.counter, self.registers = (Queue() for _ in range(4))
        self._watches: dict[Post, Watch] = {}
        self._hours = PostHours()
        self._seen = self.called_out = 0
        self._to_come = np.zeros(0, dtype=np.int64)  # calls that are known to come in later
        self._successes = np.zeros(len(Post), dtype=np.int64)

    def reorganise(self, parameters: PostParameters, bureau: Bureau) -> None:
        """Go on with other work to do and other rules of investigation; what waits goes on waiting."""
        self.parameters, self.bureau = parameters, bureau
        self.counter_min_a_day = parameters.counter_min * self.residents / 1000
        self.community_min_a_day = parameters.community_min * self.residents / 1000

    def follow(self, force: ForceParameters, diversion: Diversion) -> None:
        """Go on with other parameters of training, and another diversion of calls."""
        self.training, self.diversion = training_rule(force.training, force.wellbeing.heads.generalist_skill), diversion
        self._lessons_apart = 1.0 - force.training.on_cases_share

    def begin_day(self, day: int, city: Situation, crowd: bool = False) -> PostHours:
        """Put the personnel of all posts to their daily duties, and open the cases of what entered police records.

        Return the hours left for programmes. On a day with a crowd headquarters sends people there first.

        What nobody calls for and no case asks for is done by those who believe in it: as crews on patrol do, personnel
        spend free time as ordered in the share of their effort. The rest is kept back from programmes, for cases if the
        post has any; what they leave is standby.
        """
        if day >= len(self.ledger):
            self.ledger = np.concatenate([self.ledger, np.zeros_like(self.ledger)])
        self._watches = self.staff.watches(day)
        self._hours = PostHours(
            {
                post: Hours(self.ledger[day, post], it.sworn_min, it.auxiliary_min, float(it.effects.slow))
                for post, it in self._watches.items()
            }
        )
        self._call_out(crowd)
        self._administer(day)
        for post in SPECIALIST_POSTS if self.training.trainees else ():
            hours = self._hours[post]
            lessons = train(day, self.staff.officers, post, hours.able(sworn_only=True), self.training)
            hours.spend(Work.TRAINING, lessons * self._lessons_apart, sworn_only=True)
        self._man_the_desks(day, self._hours[Post.DESK], city)
        community = self._hours[Post.COMMUNITY]
        self.registers.add(day, self.community_min_a_day)
        community.spend(Work.COMMUNITY_WORK, self.registers.take(community.able())[0])
        self.cases = cases_with_room(self.cases, city.logs)
        open_cases(self.staff.seed, day * float(MINUTES_PER_DAY), self.bureau, self.cases, city)
        for post, watch in self._watches.items():
            self._hours[post].keep_back(1.0 - self.staff.effort(watch))
        return self._hours

    def end_day(self, seed: int, day: int, city: Situation) -> None:
        """Let detectives and the anti-fraud centre work on cases, and book what nobody needed as standby."""
        for hours in self._hours.values():
            hours.give_back()
        self._investigate(seed, day, city)
        for post, watch in self._watches.items():
            self.staff.credit(watch, self._hours[post].close(), int(self.cases.successes[post] - self._successes[post]))
        self._successes = self.cases.successes.copy()

    def _call_out(self, crowd: bool) -> None:
        """Send a share of headquarters' people to a crowd, if there is one, for the whole of their day."""
        own, heads = self._hours[Post.HEADQUARTERS], len(self._watches[Post.HEADQUARTERS].heads)
        self.called_out = int(self.parameters.called_out_share * heads) if crowd else 0
        if self.called_out:
            own.spend(Work.OPERATIONS, own.able() * self.called_out / heads)

    def _administer(self, day: int) -> None:
        """Let headquarters work for all personnel.

        What has waited too long falls to the posts that need it, in proportion to their hours.
        """
        hours = self._hours
        self.administration.add(day, self.parameters.administration_min * int(self.staff.strength.sum()))
        own = hours[Post.HEADQUARTERS]
        own.spend(Work.ADMINISTRATION, self.administration.take(own.able())[0])
        able = {post: hours[post].able() for post in BY_DAY}
        overdue = min(
            self.administration.older_than(day - self.parameters.administration_patience_days), sum(able.values())
        )
        if overdue > 0.0:
            for post in BY_DAY:
                hours[post].spend(
                    Work.ADMINISTRATION, self.administration.take(overdue * able[post] / sum(able.values()))[0]
                )
        if self.parameters.orders_share:
            self._give_orders(day, own)

    def _give_orders(self, day: int, headquarters: Hours) -> None:
        """Let headquarters spend a share of its idle time on orders, which the stations answer before their own work.

        The more people sit there beyond the need, the more is asked of the fewer who are left at the stations (机关化).
        """
        ordering = self.parameters.orders_share * headquarters.able()
        headquarters.spend(Work.ADMINISTRATION, ordering)
        self.orders.add(day, ordering * self.parameters.answer_ratio)
        able = {post: self._hours[post].able() for post in ANSWERING}
        due = min(self.orders.minutes, sum(able.values()))
        if due > 0.0:
            for post in ANSWERING:
                self._hours[post].spend(Work.ADMINISTRATION, self.orders.take(due * able[post] / sum(able.values()))[0])

    def _man_the_desks(self, day: int, hours: Hours, city: Situation) -> None:
        """Take yesterday's calls and those who come to the counter.

        A report enters police records when a desk has got to it.
        """
        p, calls, now_min = self.parameters, city.logs.calls, day * MINUTES_PER_DAY
        rows = np.concatenate([self._to_come, np.arange(self._seen, city.logs.used[CALLS])])
        self._seen = int(city.logs.used[CALLS])
        received = calls["received_min"][rows] < now_min
        self._to_come, rows = rows[~received], rows[received & ~calls["on_view"][rows]]
        self.call_notes.add(
            day, p.call_taking_min * len(rows) + float(self.diversion.desk_min[calls["type"][rows]].sum())
        )
        hours.spend(Work.CALL_TAKING, self.call_notes.take(hours.able())[0])
        for c in rows[calls["state"][rows] == CallState.AT_DESK]:
            self.reports.add(day, float(calls["on_scene_min"][c] + calls["paperwork_min"][c]), int(c))
        done, finished = self.reports.take(hours.able())
        hours.spend(Work.REPORTS, done)
        for c in finished:
            city.logs.incidents["recorded_time_min"][calls["incident_id"][c]] = now_min
        self.counter.add(day, self.counter_min_a_day)
        hours.spend(Work.COUNTER, self.counter.take(hours.able())[0])

    def _investigate(self, seed: int, day: int, city: Situation) -> None:
        """Look for series, and let the detectives and the anti-fraud centre work on cases."""
        hours, analysts = self._hours, self._hours[Post.INTELLIGENCE]
        squad = self._squad(Post.INTELLIGENCE, analysts.able())
        analysts.spend(Work.SERIES_ANALYSIS, link_series(seed, day, squad, self.bureau, self.cases, city))
        hear_of_series(day * float(MINUTES_PER_DAY), self.bureau, self.cases, city.logs)
        detectives = hours[Post.DETECTIVES]
        detectives.spend(
            Work.OTHER_CASES, self.parameters.other_cases_share * detectives.able(sworn_only=True), sworn_only=True
        )
        for post in (Post.DETECTIVES, Post.ANTI_FRAUD):
            squad = self._squad(post, hours[post].able(sworn_only=True))
            used = investigate(seed, day, squad, self.bureau, self.cases, city)
            hours[post].spend(Work.CASE_WORK, used, sworn_only=True)

    def _squad(self, post: Post, available_min: float) -> Squad:
        """Return what a post has today for cases."""
        watch, officers, strength = self._watches[post], self.staff.officers, float(self.staff.strength[0, post])
        skill, mistakes = float(watch.effects.skill), float(watch.effects.mistakes)
        on_duty = watch.heads[~officers["auxiliary"][watch.heads]]
        if self.bureau.rule.owned and post != Post.INTELLIGENCE:
            return Squad(int(post), 1.0, available_min, skill, mistakes, of_owners(on_duty, officers, post))
        hands = of_post(skill, 1.0 - min(len(on_duty) / max(strength, 1.0), 1.0), len(officers))
        return Squad(int(post), strength, available_min, skill, mistakes, hands)
