"""How an order is handed down from the city to its districts and their stations, and what is lost on the way.

A district passes on a part of a new order as it was meant, and its stations carry out a part of what reaches them; the
rest is done as it always was. What is lost shrinks with practice; officers of headquarters who come and look mend what
districts pass on, training mends what stations do. Both take hours from other work.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.clock import MINUTES_PER_DAY
from sim.parameters import Parameters, parameter
from sim.police.force.establishment import ForceParameters
from sim.police.force.roster import Duty
from sim.police.force.staff import Staff
from sim.police.post_ledger import PostHours, Work
from sim.police.posts import STATION_POSTS, Post

HARDLY_ANY = 0.01  # a smaller loss is nobody's concern: assumption
BY_THE_DAY = tuple(post for post in STATION_POSTS if post != Post.PATROL)  # whose hours are counted by the day


class HandingDown(Parameters):
    """What of a new order reaches the street, at first and later."""

    district_share: float = parameter(
        1.0, unit="share of what is ordered", ge=0, le=1, source="assumption: everything, unless you say else",
        doc="What of a new order a district passes on to its stations as it was meant, at first.",
    )  # fmt: skip
    station_share: float = parameter(
        1.0, unit="share of what reaches it", ge=0, le=1, source="assumption: everything, unless you say else",
        doc=(
            "What of that a station carries out, at first. Crews wait for calls in the rest of their free time, "
            "and officers leave the rest of their programmes' hours to other work."
        ),
    )  # fmt: skip
    half_life_days: float = parameter(
        60.0, unit="days", ge=0.1, le=36_500, source="assumption: two months of practice",
        doc="Days of practice in which half of what is lost, on both levels, comes to be carried out.",
    )  # fmt: skip
    supervision_hours: float = parameter(
        0.0, unit="h per district per week", ge=0, le=1000, source="assumption: none, unless you say else",
        doc=(
            "Hours in which officers of headquarters see in a district how the order is carried out, "
            "for as long as its commanders do not pass all of it on, and as far as headquarters has the hours."
        ),
    )  # fmt: skip
    supervision_mends: float = parameter(
        0.03, unit="share of the loss per hour", ge=0, le=1, source="assumption",
        doc="What an hour of supervision mends of what a district does not pass on.",
    )  # fmt: skip
    training_min: float = parameter(
        0.0, unit="min per duty", ge=0, le=240, source="assumption: none, unless you say else",
        doc=(
            "Minutes of each duty at the stations that go into training for a new order; "
            "crews are trained in their free time, at the station, where calls reach them."
        ),
    )  # fmt: skip
    training_days: int = parameter(
        28, unit="days", ge=0, le=36_500, source="assumption: four weeks", doc="Days for which there is training."
    )
    training_mends: float = parameter(
        0.05, unit="share of the loss per hour", ge=0, le=1, source="assumption",
        doc="What an hour of training of each of its people mends of what a station does not carry out.",
    )  # fmt: skip


class Fidelity:
    """How much of what is ordered each district carries out.

    Parameters
    ----------
    districts : int
        How many there are.

    Attributes
    ----------
    lost_by_district, lost_at_station : array [districts]
        Shares of the present order that are not passed on, and of what is passed on, not carried out.
    """

    def __init__(self, districts: int) -> None:
        self.lost_by_district, self.lost_at_station = np.zeros(districts), np.zeros(districts)
        self._rules = [HandingDown()] * districts
        self._training_left = np.zeros(districts, dtype=np.int64)
        self._kept = np.ones((2, districts))  # of both losses from today to tomorrow

    @property
    def carried_out(self) -> Array:
        """The share of what is ordered that is carried out, shape [districts]."""
        share: Array = (1.0 - self.lost_by_district) * (1.0 - self.lost_at_station)
        return share

    def begin(self, districts: Array, rule: HandingDown) -> None:
        """Hand a new order down to some districts."""
        self.lost_by_district[districts] = 1.0 - rule.district_share
        self.lost_at_station[districts] = 1.0 - rule.station_share
        self._training_left[districts] = rule.training_days if rule.training_min > 0.0 else 0
        self._kept[:, districts] = 1.0
        self.go_on(districts, rule)

    def go_on(self, districts: Array, rule: HandingDown) -> None:
        """Hand an order that these districts know down by another rule; what is lost so far stays lost."""
        for d in districts.tolist():
            self._rules[d] = rule

    def forget(self, districts: Array) -> None:
        """Let districts do as they always did: nothing of that is lost, and there is nothing to train."""
        self.lost_by_district[districts] = self.lost_at_station[districts] = 0.0
        self._training_left[districts] = 0

    def in_free_time(self, shift_min: float) -> Array:
        """Return the share of its free time that a crew spends as ordered, shape [districts]: training takes a part."""
        if not self._training_left.any():
            return self.carried_out
        minutes = np.array([rule.training_min for rule in self._rules])
        trains = np.minimum(minutes / shift_min, 1.0) * (self._training_left > 0)
        share: Array = self.carried_out * (1.0 - trains)
        return share

    def day(self, day: int, hours: PostHours, staff: Staff) -> None:
        """Supervise, train and practise for a day, with the hours that are left; what is learnt counts from the next.

        `lost ← lost · 2^(−1/half-life) · (1 − mended per hour)^hours`, on each level with the hours that are its own.

        Parameters
        ----------
        day : int
            Of the run.
        hours : PostHours
            Of the day; those of headquarters and of the stations' day work are booked.
        staff : Staff
            The personnel, who are on duty.
        """
        self.lost_by_district *= self._kept[0]
        self.lost_at_station *= self._kept[1]
        if not (self.lost_by_district.any() or self.lost_at_station.any() or self._training_left.any()):
            return
        supervised = self._supervise(hours[Post.HEADQUARTERS].able() if self.lost_by_district.any() else 0.0)
        if supervised.any():
            hours[Post.HEADQUARTERS].spend(Work.SUPERVISION, 60.0 * float(supervised.sum()))
        trained = self._training_left > 0
        if trained.any():
            self._train(day, hours, staff)
        duties_a_day = staff.force.duty_share * MINUTES_PER_DAY / staff.force.wellbeing.working_day_min
        for d, rule in enumerate(self._rules):
            practised = 0.5 ** (1.0 / rule.half_life_days)
            lesson_h = rule.training_min / 60.0 * duties_a_day * trained[d]
            self._kept[0, d] = practised * (1.0 - rule.supervision_mends) ** supervised[d]
            self._kept[1, d] = practised * (1.0 - rule.training_mends) ** lesson_h
        self._training_left -= trained

    def _supervise(self, able_min: float) -> Array:
        """Return the hours of supervision that each district gets today, in proportion if there are too few."""
        wanted = np.array([rule.supervision_hours / 7.0 for rule in self._rules])
        wanted *= self.lost_by_district > HARDLY_ANY
        return wanted * min(1.0, able_min / 60.0 / max(float(wanted.sum()), 1e-9))

    def _train(self, day: int, hours: PostHours, staff: Staff) -> None:
        """Book the training of those at the stations who work by the hours of a day; crews train in their free time."""
        minutes = np.array([rule.training_min for rule in self._rules]) * (self._training_left > 0)
        for post in BY_THE_DAY:
            wanted = float(on_duty(day, post, staff) @ minutes)
            hours[post].spend(Work.TRAINING, min(wanted, hours[post].able()))


def on_duty(day: int, post: Post, staff: Staff) -> Array:
    """Return how many people of a post of the stations have duty on a day, shape [districts]."""
    officers = staff.officers
    there = officers["district"][(officers["post"] == post) & (officers["last_duty_day"] == day)]
    return np.bincount(there[there >= 0], minlength=staff.districts)


def limit_effort(units: Array, duties: Sequence[Duty], force: ForceParameters, beats: BeatPlan, share: Array) -> None:
    """Let crews spend only a part of the free time that they would spend as ordered, by the district of their beats.

    Parameters
    ----------
    units : Array
        Table of `UNIT_COLUMNS`, whose effort is written.
    duties : sequence of Duty
        Those that begin today.
    force : ForceParameters
        By which crews have an effort of their own, or not, and change by shift, or never.
    beats : BeatPlan
        Beats and their districts.
    share : array [districts]
        The part.
    """
    never_relieved = len(force.shift_starts_hour) == 1
    own_effort = force.wellbeing.active and not never_relieved
    if own_effort and share.min() == 1.0:  # it stays what it is
        return
    rows = np.arange(len(units)) if never_relieved else np.concatenate([duty.units for duty in duties])
    middle = (units["next_beat_first"][rows] + units["next_beat_end"][rows] - 1) // 2
    own = units["effort"][rows] if own_effort else 1.0
    units["effort"][rows] = own * share[beats.district[middle]]


def hours_within(reach: Array, day: int, staff: Staff) -> dict[Post, float]:
    """Return the share of the hours of each post of the stations that a programme can ask for on a day.

    That of those on duty in its districts, times what these carry out.

    Parameters
    ----------
    reach : array [districts]
        Share of what is ordered that each district carries out, 0 where it is not ordered.
    day : int
        Of the run.
    staff : Staff
        The personnel.
    """
    found: dict[Post, float] = {}
    for post in BY_THE_DAY:
        there = on_duty(day, post, staff)
        found[post] = float(there @ reach) / float(there.sum()) if there.any() else 0.0
    return found
