"""What headquarters asks of the stations, lessons on cases, and lighter counters: minutes that they cost or free."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import TOWN, after, audit, in_town

from scenarios.shortages import headquarters_heavy, to_the_street
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.scenario import Scenario, prepared

QUIET = {"wellbeing": {"active": False, "heads": {"fatigue_start": 0.0}}, "officers": 80, "auxiliaries": 80}


def ran(scenario: Scenario) -> CityModel:
    model = CityModel(scenario)
    model.run()
    audit(model.results())
    return model


def hours(model: CityModel, post: Post, work: Work) -> float:
    return float(model.posts.ledger[:, post, work].sum()) / 60


def asking(share: float, **posts: float) -> Scenario:
    usual = {"administration_min": 10, "community_min": 20, "counter_min": 20, "orders_share": share, **posts}
    return in_town(days=14, force=QUIET, posts=usual)


def test_idle_headquarters_ask_for_reports_and_stations_answer_minute_for_minute() -> None:
    plain, half = ran(asking(0.0)), ran(asking(0.5))
    idle = hours(plain, Post.HEADQUARTERS, Work.STANDBY)
    asked = hours(half, Post.HEADQUARTERS, Work.ADMINISTRATION) - hours(plain, Post.HEADQUARTERS, Work.ADMINISTRATION)
    assert asked == pytest.approx(0.5 * idle)
    answered = sum(hours(half, post, Work.ADMINISTRATION) for post in (Post.COMMUNITY, Post.DESK))
    assert answered + half.posts.orders.minutes / 60 == pytest.approx(asked)
    assert answered > 0
    twice = ran(asking(0.5, answer_ratio=2.0))
    answers = sum(hours(twice, post, Work.ADMINISTRATION) for post in (Post.COMMUNITY, Post.DESK))
    assert answers + twice.posts.orders.minutes / 60 == pytest.approx(2 * asked)


def test_headquarters_without_a_minute_to_spare_asks_for_nothing() -> None:
    busy = ran(asking(1.0, administration_min=480.0))
    assert hours(busy, Post.HEADQUARTERS, Work.STANDBY) == 0
    assert busy.posts.orders.minutes == 0


def test_too_many_at_headquarters_load_the_stations_twice_and_the_street_relieves_them_twice() -> None:
    """Those who are gone are missing, and those who stay answer orders: their own work gets both less."""

    def own_work(scenario: Scenario) -> float:
        model = ran(scenario)
        return sum(hours(model, post, work) for post in (Post.COMMUNITY, Post.DESK) for work in Work) - sum(
            hours(model, post, Work.ADMINISTRATION) for post in (Post.COMMUNITY, Post.DESK)
        )

    quiet, asked = asking(0.0), asking(1.0)
    missing = own_work(quiet) - own_work(headquarters_heavy(quiet))
    both = own_work(asked) - own_work(headquarters_heavy(asked))
    assert both > 1.3 * missing > 0
    assert own_work(to_the_street(asked, posts=("community",))) - own_work(asked) > 1.1 * (
        own_work(to_the_street(quiet, posts=("community",))) - own_work(quiet)
    )


def test_lessons_on_cases_teach_as_much_and_leave_the_hours_to_case_work() -> None:
    def taught(share: float) -> CityModel:
        training = {"trainees": 3, "hours_per_week": 20.0, "on_cases_share": share}
        return ran(in_town(city=TOWN, days=28, force={**QUIET, "training": training}))

    apart, together = taught(0.0), taught(0.6)
    lessons = [hours(model, Post.DETECTIVES, Work.TRAINING) for model in (apart, together)]
    assert lessons[1] == pytest.approx(0.4 * lessons[0], rel=0.02)
    assert lessons[0] > 10
    skills = [model.staff.officers["skill"] for model in (apart, together)]
    assert (skills[0] == skills[1]).all()
    for model in (apart, together):
        assert model.posts.ledger[:, Post.DETECTIVES].sum() == pytest.approx(
            apart.posts.ledger[:, Post.DETECTIVES].sum()
        )


def test_lighter_counters_free_hours_at_desks_and_of_community_officers_for_money() -> None:
    def programme(*names: str, **settings: Any) -> Scenario:
        return in_town(strategy={"name": "reactive", "programmes": names}, programmes=settings, days=14)

    lighter = prepared(programme("lighter_counters"))
    assert lighter.posts.counter_min == pytest.approx(0.6 * in_town().posts.counter_min)
    plain, freed = after(programme()), after(programme("lighter_counters"))
    audit(freed)
    assert worked(freed, "counter") < 0.75 * worked(plain, "counter")
    assert worked(freed, "community_work") < 0.9 * worked(plain, "community_work")
    assert freed.indicators["on_duty_hours"] == pytest.approx(plain.indicators["on_duty_hours"], rel=0.02)
    assert freed.indicators["cost_police_lighter_counters"] == pytest.approx(10_000 * 3 / 365 * 14, rel=1e-6)
    dear = after(programme("lighter_counters", lighter_counters={"yuan_per_resident_year": 6}))
    assert dear.indicators["cost_police_lighter_counters"] == pytest.approx(10_000 * 6 / 365 * 14, rel=1e-6)


def worked(results: Results, activity: str) -> float:
    ledger = results.tables["ledger"]
    return float(np.sum(ledger["officer_minutes"][ledger["activity"] == activity]))
