"""Campaigns: when they are, what they ask of everybody, what is given back, and that all of it is paid in minutes."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.log import INCIDENTS, VISITS, new_logs
from sim.model import CityModel
from sim.parameters import BadInput
from sim.people.feelings import Feeling
from sim.police.force.mobilisation import Mobilisation
from sim.police.posts import Post
from sim.programmes.base import Today, Truth
from sim.programmes.campaign.programme import Campaign, rise
from sim.scenario import Scenario, prepared
from sim.strategies.base import Briefing, Recorded, strategy_class
from sim.strategies.hotspot import Hotspot
from sim.strategies.situations import situations

TOWN = {"name": "town", "residents": 5_000, "area_km2": 5, "beats": 2, "districts": 1, "centres": 1}
NO_CHECKS = {"checks_per_min": 0.0}


class Force:
    """Keeps the orders that it gets; each holds from the next day on, as with the real staff."""

    def __init__(self, overtime_share: float = 0.0) -> None:
        self.force = SimpleNamespace(overtime_share=overtime_share)
        self.lent = [np.zeros(3, dtype=np.int64), np.zeros(1, dtype=np.int64)]
        self.orders: list[Mobilisation] = []

    @property
    def overtime_share(self) -> float:
        return min(0.5, self.force.overtime_share + self.orders[-1].overtime_share)

    def order(self, mobilisation: Mobilisation) -> None:
        self.orders.append(mobilisation)


def lived(
    days: int, logs: Any = None, ordered: float = 0.0, since: int = 0, **parameters: Any
) -> tuple[Campaign, Force, np.ndarray]:
    """Let a campaign run for some days from one on without a city; return it, the orders by day, and when it was on."""
    programme, force = Campaign(Campaign.Parameters(**{**NO_CHECKS, **parameters})), Force(ordered)
    bureau = SimpleNamespace(
        belief=None, career=SimpleNamespace(desist_at_arrest=0.0),
        rule=SimpleNamespace(arrest_processing_min=90.0),
        demand=SimpleNamespace(custody_min=None, custody_most_min=None),
    )  # fmt: skip
    scenario = SimpleNamespace(dispatch=SimpleNamespace(arrest_processing_min=90.0))
    programme.begin(SimpleNamespace(staff=force, bureau=bureau, scenario=scenario, first_day=since))
    programme._check = lambda today: None
    on = np.zeros(days, dtype=bool)
    for day in range(days):
        assert len(force.orders) == day + 1
        truth: Any = Truth(*[None] * 6, logs or new_logs(1), None, None)
        programme.day(Today(1, since + day, {}, force, None, None, truth))
        on[day] = programme.on
        assert (force.orders[day].lent_share.sum() > 0) == on[day], "the order of a day is not that of its campaign"
    return programme, force, on


def days_of(on: np.ndarray) -> list[tuple[int, int]]:
    """Return the first day of each spell, and the day after it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@pytest.mark.parametrize(
    ("parameters", "spells"),
    [
        ({"first_day": 28}, [(28, 49), (118, 139), (208, 229)]),
        ({}, [(0, 21), (90, 111), (180, 201)]),
        ({"first_day": 0, "every_days": None, "length_days": 14}, [(0, 14)]),
        ({"first_day": 5, "every_days": 21, "at_most": 2}, [(5, 47)]),
        ({"first_day": 240, "length_days": 30}, [(240, 250)]),
    ],
)
def test_scheduled_campaigns_are_on_their_days(parameters: dict[str, Any], spells: list[tuple[int, int]]) -> None:
    programme, _, on = lived(250, **parameters)
    assert days_of(on) == spells
    assert programme.diary["on"].sum() == on.sum()
    assert programme.diary["lent_duties"].sum() == 4 * on.sum()


@pytest.mark.parametrize("parameters", [{}, {"first_day": 5, "every_days": 21, "at_most": 2}])
def test_the_schedule_counts_from_the_end_of_the_warm_up(parameters: dict[str, Any]) -> None:
    assert days_of(lived(250, since=728, **parameters)[2]) == days_of(lived(250, **parameters)[2])


def test_overtime_is_given_back_in_part_and_to_the_hour() -> None:
    _, force, on = lived(
        200, first_day=10, every_days=None, length_days=20, overtime_share=0.4, lieu_share=0.5, lieu_days=40
    )
    off = np.array([1 - order.duty_share for order in force.orders[:200]])
    assert (off[on] == 0).all()
    assert off.sum() == pytest.approx(0.5 * 0.4 * 20)
    assert off[30:70] == pytest.approx(0.1)
    assert off[70:].sum() == pytest.approx(0)


def test_only_what_a_campaign_adds_is_given_back_and_what_is_still_owed_stays_owed() -> None:
    _, force, on = lived(
        400, ordered=0.3, first_day=0, every_days=30, at_most=3, length_days=20, lieu_share=1.0, lieu_days=50
    )
    assert on.sum() == 60
    assert sum(1 - order.duty_share for order in force.orders) == pytest.approx(
        (0.5 - 0.3) * 60
    )  # no duty is longer than 1.5 times


def test_time_off_never_leaves_the_city_without_police() -> None:
    _, force, _ = lived(100, first_day=0, every_days=None, length_days=20, lieu_share=1.0, lieu_days=1)
    assert min(order.duty_share for order in force.orders) == 0.5
    assert sum(1 - order.duty_share for order in force.orders) == pytest.approx(0.4 * 20)


def books(days: int, a_day: Any, kind: IncidentType = IncidentType.BURGLARY) -> Any:
    """Return logs with so many recorded crimes on each day, each of them at noon, and many that nobody recorded."""
    logs = new_logs(20 * days)
    times = np.concatenate([np.full(a_day(day), day * 1440.0 + 720) for day in range(days)])
    crimes = logs.incidents
    crimes["recorded_time_min"], crimes["recorded_type"] = -1.0, kind
    crimes["recorded_time_min"][: len(times)] = times
    logs.used[INCIDENTS] = len(times) + days
    return logs


def risen(logs: Any, day: int, recent_days: int = 28, before_days: int = 84) -> float:
    """Return how much more was recorded lately, by the books of the morning of a day."""
    known = Recorded.by(logs.incidents[: logs.used[INCIDENTS]], day * 1440.0).of(PLACE_CRIMES)
    return rise(known, day * 1440.0, recent_days, before_days)


def test_a_rise_is_that_of_the_books_at_places() -> None:
    logs = books(112, lambda day: 2 if day < 84 else 3)
    assert risen(logs, 112) == pytest.approx(1.5)
    assert risen(logs, 84, 28, 56) == pytest.approx(1.0)
    assert np.isnan(risen(books(112, lambda day: 3, IncidentType.FRAUD), 112))


def test_a_recorded_rise_begins_a_campaign_and_the_next_one_waits_for_the_pause() -> None:
    logs = books(400, lambda day: 2 if day < 200 else 4)
    trigger = {"first_day": None, "trigger_ratio": 1.3, "length_days": 10}
    _, _, on = lived(400, logs, pause_days=5, **trigger)
    spells = days_of(on)
    first = spells[0][0]
    assert 200 < first < 230
    assert risen(logs, first - 1) > 1.3
    assert risen(logs, first - 2) <= 1.3
    assert all(later[0] >= earlier[1] + 5 for earlier, later in pairwise(spells))
    assert len(spells) > 2
    assert len(days_of(lived(400, logs, pause_days=100, **trigger)[2])) == 1
    assert not lived(400, logs, pause_days=0, **{**trigger, "trigger_ratio": 2.5})[2].any()
    assert not lived(111, books(111, lambda day: day // 5), pause_days=0, **trigger)[2].any(), (
        "the books do not go back far enough"
    )


def test_campaigns_that_cannot_be_are_refused() -> None:
    posts = {"posts": ("patrol",)}, {"posts": ("pigs",)}
    for wrong in ({"first_day": None}, {"every_days": 10}, *posts, {"overtime_share": 0.6}, {"detention_days": 15.0}):
        with pytest.raises((BadInput, ValidationError)):
            Campaign.Parameters(**wrong)
    with pytest.raises(ValidationError, match=r"strategy\.deployment: 'campaign' .* programme campaign"):
        Scenario(strategy={"name": "campaign", "programmes": ()})


def test_preparing_is_pure_and_has_cars_for_those_who_are_lent() -> None:
    scenario = Scenario(city=TOWN, strategy={"name": "campaign"}, programmes={"campaign": {"lent_share": 0.7}})
    assert prepared(scenario).force.most_lent_share == 0.7
    assert scenario.force.most_lent_share == 0.0
    assert list(scenario.programmes) == ["campaign"]


def test_the_deployment_is_hot_spots_while_a_campaign_is_on_and_nothing_otherwise() -> None:
    campaign, hotspot, rng = strategy_class("campaign")(), Hotspot(), np.random.default_rng(1)
    with_stops = 0
    for situation in list(situations())[:20]:
        briefing: Briefing = situation.briefing
        plan, same = campaign.plan(briefing, rng), hotspot.plan(briefing, rng)
        with_stops += len(plan.cell) > 0
        assert np.array_equal(plan.cell, same.cell if briefing.campaign else [])
        assert np.array_equal(plan.beat, same.beat if briefing.campaign else [])
    assert with_stops > 5


@cache
def town(**given: Any) -> CityModel:
    """Return a town with hot spots after 14 days: a campaign from day 5 to 8, one that never comes, or none."""
    first_day = given.get("first_day")
    programmes = (
        {}
        if first_day is None
        else {"campaign": {"first_day": first_day, "every_days": None, "length_days": 4, "lent_share": 0.8}}
    )
    strategy = {"name": "hotspot", "programmes": tuple(programmes)}
    people = {"offenders": {"share": 0.05}}
    model = CityModel(
        Scenario(city=TOWN, strategy=strategy, programmes=programmes, people=people, days=14, warmup_days=0, seed=2)
    )
    model.run()
    return model


def test_a_campaign_that_never_comes_changes_nothing_at_all() -> None:
    without, idle = town().results(), town(first_day=1000).results()
    different = [
        f"{table}.{name}"
        for table, columns in without.tables.items()
        for name, column in columns.items()
        if not np.array_equal(np.ma.filled(column, -9), np.ma.filled(idle.tables[table][name], -9))
    ]
    assert different == []
    assert repr({name: idle.indicators[name] for name in without.indicators}) == repr(without.indicators)
    assert [idle.indicators[f"campaign_{name}"] for name in ("on", "checks", "arrests", "lent_duties")] == [0, 0, 0, 0]


def test_a_campaign_is_paid_for_and_every_minute_of_it_is_booked_once() -> None:
    plain, model = town(), town(first_day=5)
    found, tables = model.results().indicators, model.results().tables
    on = slice(5, 9)
    assert found["campaign_on"] == pytest.approx(4 / 14)
    assert found["campaign_lent_duties"] > 4
    booked = np.bincount(tables["ledger"]["day"], tables["ledger"]["officer_minutes"], minlength=14)
    assert tables["force"]["worked_hours"] * 60 == pytest.approx(booked, rel=1e-4, abs=0.1)
    assert booked.sum() / 60 == pytest.approx(found["on_duty_hours"])

    def hours_of(which: CityModel, post: str) -> np.ndarray:
        ledger = which.results().tables["ledger"]
        mask = ledger["post"] == post
        return np.bincount(ledger["day"][mask], ledger["officer_minutes"][mask], minlength=14)[on].sum() / 60

    assert hours_of(model, "headquarters") < 0.5 * hours_of(
        plain, "headquarters"
    )  # a fifth of the duties, 1.4 times as long
    assert hours_of(model, "patrol") > 1.4 * hours_of(plain, "patrol")
    assert model.staff.overtime_share == 0
    assert model.world.desk.overtime_share == 0
    assert model.staff.days["overtime_min"][on].sum() > 0.2 * model.staff.days["worked_min"][on].sum()


def test_stops_of_a_campaign_check_people_who_trust_less_and_offenders_who_get_used_to_it() -> None:
    plain, model = town(), town(first_day=5)
    visits = model.world.logs.visits[: model.world.logs.used[VISITS]]
    ended = visits["start_min"] + visits["dwell_min"]
    minutes = visits["dwell_min"][(ended >= 5 * 1440) & (ended < 9 * 1440)].sum()
    checks = model.results().indicators["campaign_checks"]
    assert 0.6 * 0.1 * minutes < checks < 0.1 * minutes + 5 * np.sqrt(len(visits))
    assert checks == model.programmes[0].diary["checks"][5:9].sum() > 20
    days = model.moods[9][Feeling.TRUST] - plain.moods[9][Feeling.TRUST]
    assert days < 0
    assert model.moods[5][Feeling.TRUST] == plain.moods[5][Feeling.TRUST]
    assert (model.world.offenders["habituation"] > 0).sum() > 0
    assert (plain.world.offenders["habituation"] == 0).all()
    assert model.programmes[0].diary["arrests"].sum() <= model.world.offenders["arrests"].sum()


def ran(campaign: dict[str, Any], warmup_days: int) -> CityModel:
    """Return the county after a campaign."""
    programmes = {"campaign": campaign}
    model = CityModel(
        Scenario(strategy={"name": "campaign"}, programmes=programmes, days=28, warmup_days=warmup_days, seed=3)
    )
    model.run()
    return model


@cache
def searching() -> CityModel:
    """Return the county after a campaign of three weeks in which thieves are easy to tell."""
    checks = {"sign": 0.5, "carried": 1.0, "goods_days": 60.0}
    return ran({"first_day": 7, **checks}, warmup_days=0)


def test_every_arrest_at_a_check_clears_a_crime_and_is_counted() -> None:
    model = searching()
    found, incidents = model.results().indicators, model.results().tables["incidents"]
    at_checks = incidents["arrest_time_min"].filled(-1) % 1440 == 0  # or by detectives; nobody is at midnight on scene
    assert found["campaign_arrests"] > 10
    assert np.count_nonzero(at_checks) >= found["campaign_arrests"]
    assert found["arrests"] == incidents["arrest_time_min"].count() >= found["campaign_arrests"]
    arrested = ~np.ma.getmaskarray(incidents["arrest_time_min"])
    assert np.array_equal(arrested, incidents["cleared"]), "arrested for nothing, or cleared without an arrest"
    assert not np.ma.getmaskarray(incidents["recorded_time_min"])[arrested & at_checks].any(), "cleared and in no book"
    unreported = arrested & ~incidents["reported"]
    assert unreported.any()
    assert (incidents["discovered_by"][unreported] == "patrol").all()
    records = model.results().tables["recorded"]
    assert len(records["type"]) == found["recorded_total"] == incidents["recorded_time_min"].count()


def test_searches_of_the_default_campaign_end_in_an_arrest_about_as_often_as_their_source_says() -> None:
    """About 13 % (Home Office 2020): of 1,100 searches it has a standard error of one point; false alarm below 1e-3."""
    model = ran({"first_day": 7}, warmup_days=7)
    found = model.results().indicators
    hits = found["campaign_arrests"] + found["campaign_other_arrests"]
    assert found["campaign_searches"] > 800
    assert 0.09 < hits / found["campaign_searches"] < 0.17
    assert 0.03 < found["campaign_searches"] / found["campaign_checks"] < 0.07, "most checks are no searches"
    ledger = model.results().tables["ledger"]
    takes = model.scenario.dispatch.arrest_processing_min
    processing = ledger["officer_minutes"][(ledger["post"] == "desk") & (ledger["activity"] == "other_cases")].sum()
    owed = pytest.approx(takes * found["campaign_other_arrests"], rel=0.35)
    assert processing == owed, "what is no crime of the model is dealt with for free"


def test_the_work_of_posts_whose_people_are_out_waits() -> None:
    plain, model = town(), town(first_day=5)
    assert model.staff.strength.sum() == pytest.approx(plain.staff.strength.sum(), abs=1)
    for which, least in ((plain, 0.0), (model, 1.0)):
        ledger = which.posts.ledger[5:9, Post.HEADQUARTERS]
        assert ledger.sum() > 0
        assert which.posts.administration.minutes >= least
    assert model.posts.administration.minutes > plain.posts.administration.minutes
