"""What is lost on the way down comes back by practice, supervision and training, each by its formula and price."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from sim.columns import table
from sim.course.handing_down import Fidelity, HandingDown, hours_within
from sim.police.force.establishment import ForceParameters
from sim.police.force.officers import OFFICER_COLUMNS
from sim.police.post_ledger import Hours, PostHours, Work
from sim.police.posts import Post

FORCE = ForceParameters()
DUTIES_A_DAY = FORCE.duty_share * 1440 / FORCE.wellbeing.working_day_min
BOTH = np.array([0, 1])
SLOW = 36_500.0


class Days:
    """Two districts with three and one community officers on duty each day, and as many minutes as a test wants."""

    def __init__(self, rule: HandingDown, headquarters_min: float = 1e6) -> None:
        self.ledger, self.headquarters_min, self.day = np.zeros((len(Post), len(Work))), headquarters_min, 0
        officers = table(OFFICER_COLUMNS, 4)
        officers["post"], officers["district"] = Post.COMMUNITY, [0, 0, 0, 1]
        self.staff: Any = SimpleNamespace(officers=officers, districts=2, force=FORCE)
        self.fidelity = Fidelity(2)
        self.fidelity.begin(BOTH, rule)

    def pass_by(self, days: int) -> Days:
        for _ in range(days):
            minutes = dict.fromkeys(Post, 1e6) | {Post.HEADQUARTERS: self.headquarters_min}
            hours = PostHours({post: Hours(self.ledger[post], left, 0.0, 1.0) for post, left in minutes.items()})
            self.staff.officers["last_duty_day"] = self.day
            self.fidelity.day(self.day, hours, cast("Any", self.staff))
            self.day += 1
        return self


def test_an_order_is_passed_on_and_carried_out_in_parts_at_first() -> None:
    days = Days(HandingDown(district_share=0.9, station_share=0.8)).pass_by(1)
    assert days.fidelity.carried_out == pytest.approx([0.72, 0.72])


def test_practice_halves_both_losses_in_its_half_life() -> None:
    days = Days(HandingDown(district_share=0.6, station_share=0.5, half_life_days=7.0)).pass_by(8)
    assert days.fidelity.lost_by_district == pytest.approx([0.2, 0.2])
    assert days.fidelity.lost_at_station == pytest.approx([0.25, 0.25])


@pytest.mark.parametrize(("headquarters_min", "given"), [(1e6, 2.0), (120.0, 1.0), (0.0, 0.0)])
def test_supervision_mends_what_districts_lose_by_the_hours_that_headquarters_has(
    headquarters_min: float, given: float
) -> None:
    rule = HandingDown(district_share=0.5, half_life_days=SLOW, supervision_hours=14.0, supervision_mends=0.1)
    days = Days(rule, headquarters_min).pass_by(2)
    assert days.ledger[Post.HEADQUARTERS, Work.SUPERVISION] == pytest.approx(2 * 2 * given * 60)
    assert days.fidelity.lost_by_district == pytest.approx(0.5 * 0.9**given, rel=1e-4)
    assert not days.fidelity.lost_at_station.any()


def test_training_mends_what_stations_lose_for_as_long_as_it_lasts_and_takes_time_of_each_duty() -> None:
    rule = HandingDown(station_share=0.5, half_life_days=SLOW, training_min=60.0, training_days=5, training_mends=0.1)
    days = Days(rule)
    assert days.fidelity.in_free_time(480.0) == pytest.approx(0.5 * (1 - 60 / 480))
    days.pass_by(8)
    assert days.ledger[Post.COMMUNITY, Work.TRAINING] == pytest.approx(5 * 4 * 60)
    assert days.fidelity.lost_at_station == pytest.approx(0.5 * 0.9 ** (5 * DUTIES_A_DAY), rel=1e-3)
    assert days.fidelity.in_free_time(480.0) == pytest.approx(days.fidelity.carried_out)


def test_what_was_always_done_is_not_lost() -> None:
    days = Days(HandingDown(station_share=0.2, training_min=60.0))
    days.fidelity.forget(np.array([1]))
    assert days.fidelity.in_free_time(480.0)[1] == 1.0
    assert days.pass_by(3).fidelity.carried_out[1] == 1.0


def test_hours_are_those_of_the_people_on_duty_in_reach() -> None:
    days = Days(HandingDown()).pass_by(1)
    assert hours_within(np.array([1.0, 0.0]), 0, days.staff)[Post.COMMUNITY] == 0.75
    assert hours_within(np.array([0.5, 1.0]), 0, days.staff)[Post.COMMUNITY] == pytest.approx(0.625)
    assert hours_within(np.array([1.0, 1.0]), 1, days.staff)[Post.COMMUNITY] == 0.0
