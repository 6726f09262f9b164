"""What no call and no case asks for is done by those who believe in it, at a desk as on patrol."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from small_runs import in_county, in_town

from sim.model import CityModel
from sim.police.post_ledger import Hours, Work, new_post_ledger
from sim.police.posts import Post
from sim.programmes.base import Programme, Today

ORDERED = (
    Work.VISITS,
    Work.EDUCATION,
    Work.MEDIATION,
    Work.ORGANISING,
    Work.BASE_DATA,
    Work.DAILY_ANALYSIS,
    Work.VIDEO_PATROL,
)


class Ledgers(Programme):
    """Takes every hour that it is offered, and remembers how many there were."""

    name: ClassVar[str] = "takes_all"

    def __init__(self) -> None:
        super().__init__()
        self.offered: dict[Post, float] = {}

    def day(self, today: Today) -> None:
        """Take what is there."""
        self.offered = {post: hours.left_min for post, hours in today.hours.items()}
        for hours in today.hours.values():
            hours.spend(Work.LIAISON, hours.able())


def a_day(buy_in: float, **force: Any) -> tuple[CityModel, dict[Post, float]]:
    taker = Ledgers()
    heads = {"buy_in_mean": buy_in}
    model = CityModel(
        in_county(days=1, warmup_days=0, force={"wellbeing": {"heads": heads, **force}}), programmes=[taker]
    )
    model.run()
    return model, taker.offered


def test_programmes_get_the_share_of_free_hours_that_the_heads_of_the_post_give() -> None:
    model, offered = a_day(0.5)
    rows = model.posts.ledger[0]
    for post in (Post.COMMUNITY, Post.INTELLIGENCE):
        free = offered[post] + rows[post, Work.STANDBY] + rows[post, Work.SERIES_ANALYSIS]
        effort = model.staff.effort(model.posts._watches[post])
        assert 0.2 < effort < 0.8
        assert rows[post, Work.LIAISON] == pytest.approx(effort * free)
        assert rows[post, Work.STANDBY] > 0


def test_cases_desks_and_headquarters_take_all_their_hours_whatever_people_believe() -> None:
    by_heart, without = a_day(0.95)[0].posts.ledger[0], a_day(0.05)[0].posts.ledger[0]
    assert by_heart[Post.COMMUNITY, Work.LIAISON] > 5 * without[Post.COMMUNITY, Work.LIAISON] > 0
    for post, work in (
        (Post.HEADQUARTERS, Work.ADMINISTRATION),
        (Post.DESK, Work.COUNTER),
        (Post.COMMUNITY, Work.COMMUNITY_WORK),
    ):
        assert without[post, work] == pytest.approx(by_heart[post, work])
        assert without[post, work] > 0
    assert (
        without[Post.DETECTIVES, Work.OTHER_CASES] > by_heart[Post.DETECTIVES, Work.OTHER_CASES]
    )  # of what programmes leave


def test_nobody_holds_back_where_wellbeing_is_not_simulated() -> None:
    model, offered = a_day(0.3, active=False)
    assert model.posts.ledger[0, Post.COMMUNITY, Work.LIAISON] == pytest.approx(offered[Post.COMMUNITY])
    assert model.posts.ledger[0, Post.COMMUNITY, Work.STANDBY] == pytest.approx(0.0)


@pytest.mark.parametrize("strategy", ["community", "co_governance", "integrated"])
def test_every_strategy_of_programmes_does_less_where_fewer_believe_in_it(strategy: str) -> None:
    hours = []
    for buy_in in (0.9, 0.3):
        wellbeing = {"heads": {"buy_in_mean": buy_in}}
        model = CityModel(
            in_town(
                days=14, force={"wellbeing": wellbeing, "officers": 60, "auxiliaries": 60}, strategy={"name": strategy}
            )
        )
        model.run()
        model.results()
        hours.append(model.posts.ledger[:, :, ORDERED].sum())
    assert hours[1] < 0.6 * hours[0]


def test_hours_kept_back_and_given_back_are_conserved() -> None:
    hours = Hours(new_post_ledger(1)[0, 0], 300.0, 100.0, 1.25)
    hours.keep_back(0.4)
    assert (hours.left_min, hours.able(), hours.able(sworn_only=True)) == pytest.approx((240.0, 192.0, 144.0))
    with pytest.raises(ValueError, match="cannot be booked"):
        hours.spend(Work.VISITS, 193.0)
    hours.spend(Work.VISITS, 192.0)
    hours.give_back()
    assert (hours.sworn_min, hours.auxiliary_min) == pytest.approx((120.0, 40.0))
    assert hours.close() == pytest.approx(240.0)
    assert np.isclose(hours._ledger.sum(), 400.0)
