"""The anti-fraud centre at work (反诈中心).

A desk that warns, people who go there if a call does not help, and quick freezes of payments.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field, field_validator

from sim.arrays import Array
from sim.incidents.fraud.campaigns import Frauds
from sim.incidents.fraud.centre import Alert, Desk, Done, open_centre
from sim.incidents.fraud.persuasion import tip_off
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today

Share = Annotated[float, Field(ge=0, le=1)]


class AntiFraud(Programme):
    """A desk warns residents who talk to fraudsters, sends officers to those who do not listen, and stops payments.

    The posts that work by day staff two desks; alerts and calls of victims come to them in the ticks, see
    `sim.incidents.fraud.centre`. Measures are of the day before, whose books are closed in the morning. A warning that
    nobody needed teaches nobody (assumption: it is forgotten).
    """

    name = "anti_fraud"
    totals = (
        "alerts",
        "warnings",
        "warnings_succeeded",
        "dissuasions",
        "dissuasions_succeeded",
        "hotline_calls",
        "freezes",
        "tips",
    )
    means = ("warning_minutes", "dissuasion_minutes", "alerts_accepted_share")

    class Parameters(ProgrammeParameters):
        """What alerts come in, and what the centre does about them."""

        desk_share: float = parameter(
            0.15, unit="share of the centre's hours", ge=0, le=1,
            source="assumption: one or two people at the telephones while the centre works",
            doc=(
                "Hours of the anti-fraud centre for calls and freezes. They are booked whole: "
                "staff at the desk wait for the next alert."
            ),
        )  # fmt: skip
        visit_share: float = parameter(
            0.03,
            unit="share of the centre's hours",
            ge=0,
            le=1,
            source="assumption: a call a day that does not help",
            doc="Hours of the anti-fraud centre for visits.",
        )
        community_share: float = parameter(
            0.03,
            unit="share of community officers' free hours",
            ge=0,
            le=1,
            source="assumption: they live nearer",
            doc="Hours of community officers for these visits.",
        )
        alert_share: tuple[Share, Share, Share, Share] = parameter(
            (0.5, 0.4, 0.25, 0.25), unit="probability",
            source=(
                "assumption: operators see long calls from strange numbers best, banks see odd payments, "
                "and some residents ask; apps are closed to them"
            ),
            doc=(
                "A persuasion comes to the centre's knowledge if it lasts long enough; order: "
                "phone call, text message, messaging app, online shop."
            ),
        )  # fmt: skip
        alert_delay_min: float = parameter(
            60.0,
            unit="min",
            ge=0.1,
            le=10_000,
            source="assumption: a pattern has to show",
            doc="Mean time from the contact to the alert; exponential.",
        )
        empty_alerts: float = parameter(
            3.0, unit="per 1,000 contacts", ge=0, le=1000,
            source=(
                "assumption: face-to-face talks alone were 0.4 per 1,000 contacts of this model (13.89 million; "
                "Ministry of Public Security, January 2024), and a call is the milder and more frequent step"
            ),
            doc=(
                "Alerts about contacts that engage nobody. "
                "The desk cannot tell them from real ones and has to call as well."
            ),
        )  # fmt: skip
        alert_hours: tuple[float, float] | None = parameter(
            None,
            unit="hour of day",
            source="absent: demand.fraud.waking_hours",
            doc="First and last hour in which such alerts come in.",
        )
        call_min: float = parameter(
            10.0,
            unit="min",
            ge=0.1,
            le=600,
            source="assumption",
            doc="Time of a warning call, with the search for the number.",
        )
        call_success: tuple[Share, Share] = parameter(
            (0.35, 0.65), unit="probability",
            source=(
                "assumption: 0.55 for the usual mixture of specialists and others; "
                "0.75 is the highest that we know of (recalled, not read)"
            ),
            doc=(
                "A call ends a persuasion, for callers of skill 0 and of skill 1; "
                "between them in proportion to the mean skill of the centre."
            ),
        )  # fmt: skip
        visit_min: float = parameter(
            60.0, unit="min", ge=0.1, le=600, source="assumption", doc="Time of a face-to-face talk, including travel."
        )
        visit_success: float = parameter(
            0.8, unit="probability", ge=0, le=1,
            source="assumption: an officer at the door is hard to take for a fraudster",
            doc="It ends a persuasion that a call did not.",
        )  # fmt: skip
        freeze_min: float = parameter(
            20.0, unit="min", ge=0.1, le=600, source="assumption", doc="Time for the requests that freeze a payment."
        )
        hotline_min: float = parameter(
            30.0, unit="min", ge=0, le=1440, source="assumption: the way to the station and the wait there",
            doc=(
                "How much earlier a victim who reports a fraud calls the centre, though not before noticing it; "
                "banks are asked once somebody is at the desk."
            ),
        )  # fmt: skip
        lesson: float = parameter(
            0.2,
            unit="points on a 0–1 scale",
            ge=0,
            le=1,
            source="assumption: below the 0.5 that a loss teaches",
            doc="Awareness of fraud that a real warning teaches, at none before.",
        )

        @field_validator("alert_hours")
        @classmethod
        def _of_one_day(cls, hours: tuple[float, float] | None) -> tuple[float, float] | None:
            if hours is not None and not 0 <= hours[0] < hours[1] <= 24:
                raise ValueError("two hours of a day, the earlier first, within 0 and 24")
            return hours

    def begin(self, site: Site) -> None:
        """See who else hears of frauds, and when people are awake for fraudsters."""
        self._alert_hours = self.parameters.alert_hours or site.scenario.demand.fraud.waking_hours
        self._informant: Any = site.programmes.get("social_governance")
        self._told: Array = np.zeros(len(Done))

    def day(self, today: Today) -> None:
        """Close yesterday's accounts, staff the desks, and take the tips of the residents' network."""
        p, centre = self.parameters, today.centre
        rule = centre.rule
        rule["alert_delay_min"], rule["call_min"], rule["visit_min"], rule["freeze_min"] = (
            p.alert_delay_min,
            p.call_min,
            p.visit_min,
            p.freeze_min,
        )
        rule["visit_success"], rule["hotline_min"], rule["lesson"] = p.visit_success, p.hotline_min, p.lesson
        rule["call_success"] = np.interp(self._skill(today), (0.0, 1.0), p.call_success)
        centre.alert_share[:] = p.alert_share
        minutes = np.zeros(len(Desk))
        minutes[Desk.CALLS] = self._reserve(today, Post.ANTI_FRAUD, Work.FRAUD_WARNING, p.desk_share)
        minutes[Desk.VISITS] = self._reserve(
            today, Post.ANTI_FRAUD, Work.DISSUASION, p.visit_share / max(1.0 - p.desk_share, 1e-9)
        )
        at_work = today.staff.hours[today.day, Post.ANTI_FRAUD]
        capacity = minutes[:, None] * at_work / max(at_work.sum(), 1e-9)
        on_foot = today.staff.hours[today.day, Post.COMMUNITY]
        capacity[Desk.VISITS] += (
            self._reserve(today, Post.COMMUNITY, Work.DISSUASION, p.community_share)
            * on_foot
            / max(on_foot.sum(), 1e-9)
        )
        real = centre.done[Done.ALERTS] - self._told[Done.ALERTS]
        empty = [alerts_about_nothing(today.truth.frauds, day, p.empty_alerts) for day in (today.day - 1, today.day)]
        others = empty[1] * p.call_min * _evenly(*self._alert_hours)
        expected_min = (empty[0] + real) * p.call_min  # as many as came in yesterday: the desk cannot tell them apart
        accepted = open_centre(centre, today.now_min, capacity, others, expected_min)
        self._close_books(today.day, centre.done)
        self.note(today.day, "alerts_accepted_share", accepted)
        for f, at_min in getattr(self._informant, "fraud_tips", ()):
            in_time = take_tip(today.truth.frauds, int(f), max(float(at_min), today.now_min), p.call_min)
            self.note(today.day, "tips", in_time)

    def end(self, today: Today) -> None:
        """Close the centre: of zeros it is as if there were none."""
        centre = today.centre
        for part in (centre.rule, centre.alert_share, centre.capacity, centre.others, centre.waiting, centre.saved):
            part[...] = np.zeros_like(part)

    def _reserve(self, today: Today, post: Post, work: Work, share: float) -> float:
        """Book a share of the hours that a post has left, and return its minutes of work."""
        hours = today.hours[post]
        minutes = min(share, 1.0) * hours.able()
        hours.spend(work, minutes)
        return minutes

    def _skill(self, today: Today) -> float:
        """Return the mean skill of the personnel of the post who have duty today."""
        officers = today.staff.officers
        on_duty = (officers["post"] == Post.ANTI_FRAUD) & (officers["last_duty_day"] == today.day)
        return float(officers["skill"][on_duty].mean()) if on_duty.any() else 0.0

    def _close_books(self, day: int, done: Array) -> None:
        """Note what was done since the last morning."""
        new = done - self._told
        self._told = done.copy()
        for measure, what in (
            ("alerts", Done.ALERTS), ("warnings", Done.CALLS), ("warnings_succeeded", Done.CALLS_HEEDED),
            ("dissuasions", Done.VISITS),
            ("dissuasions_succeeded", Done.VISITS_HEEDED), ("hotline_calls", Done.HOTLINE), ("freezes", Done.FREEZES),
            ("warning_minutes", Done.CALL_MIN), ("dissuasion_minutes", Done.VISIT_MIN),
        ):  # fmt: skip
            self.note(day, measure, float(new[what]))


def alerts_about_nothing(frauds: Frauds, day: int, per_1000: float) -> float:
    """Return how many alerts come in on a day about contacts that engage nobody, `per_1000` of them; 0 before day 0.

    They are known at the end of the day.
    """
    return per_1000 / 1000 * float(frauds.contacts[day]) if day >= 0 else 0.0


def take_tip(frauds: Frauds, f: int, at_min: float, call_min: float) -> bool:
    """Let the desk follow up a tip, and return whether it is in time.

    If the persuasion is over the desk does not know it, and makes a call in vain.
    """
    in_time = tip_off(frauds, f, at_min)
    if not in_time and frauds.rows["alert"][f] <= Alert.RAISED:
        frauds.centre.waiting[Desk.CALLS] += call_min
    return in_time


def _evenly(first_hour: float, last_hour: float) -> Array:
    """Return the share of each hour of the day of what comes in evenly between two hours, shape [24]."""
    hour = np.arange(24)
    found: Array = np.clip(last_hour - hour, 0, 1) - np.clip(first_hour - hour, 0, 1)
    return found / (last_hour - first_hour)
