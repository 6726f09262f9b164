"""A branch: the past of the run to the bit, another future, and the same future where nothing else is ordered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, different_columns, in_county, in_town

import beatlab as bl
from sim import registry
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.parameters import BadInput
from sim.scenario import Scenario
from sim.strategies.base import Strategy, StrategyParameters
from sim.strategies.plan import ANY_UNIT, PatrolPlan

DAYS, DAY = 7, 4
AT_MIN = 1440.0 * (DAY - 1) + 400.0  # a morning: what is new begins on the next
OTHERWISE: dict[str, dict[str, Any]] = {
    "strategy": {"strategy": "hotspot"},
    "mix": {"strategy": {"name": "integrated", "deployment": "hotspot"}},
    "fewer": {"heads": [{"factor": 0.6}]},
    "more": {"heads": [{"post": "patrol", "heads": 60}]},
    "campaign": {"programmes": {"campaign": {"length_days": 2}}},
    "visits": {"programmes": "visits"},
    "rules": {"changes": [{"name": "force.overtime_share", "value": 0.3}]},
}


def county(**changes: Any) -> Scenario:
    return in_county(warmup_days=2, days=DAYS, demand=MUCH_CRIME, **changes)


def results(model: CityModel, days: float) -> Results:
    model.keep_tracks()
    model.run(days)
    return model.results()


def past(found: Results) -> dict[str, Any]:
    """Return the tables of a run that has come to the moment, but for the one that a course alone has."""
    return {name: table for name, table in found.tables.items() if name != "course"}


@pytest.fixture(scope="module")
def base() -> Scenario:
    return county()


@pytest.fixture(scope="module")
def until_then(base: Scenario) -> Results:
    return results(CityModel(base), DAY)


@pytest.fixture(scope="module")
def whole(base: Scenario) -> Results:
    return results(CityModel(base), DAYS)


@pytest.mark.parametrize("order", OTHERWISE.values(), ids=OTHERWISE)
def test_the_past_is_the_same_to_the_bit_and_the_future_is_not(
    order: dict[str, Any], base: Scenario, until_then: Results, whole: Results
) -> None:
    other = bl.branch(base, AT_MIN, **order)
    model = CityModel(other)
    there = results(model, DAY)
    assert past(there).keys() == past(until_then).keys()
    assert different_columns(there, until_then, tuple(past(until_then))) == []
    model.run(DAYS - DAY)
    found = model.results()
    for name, time in (("incidents", "time_min"), ("calls", "received_min"), ("visits", "start_min")):
        known = [table[time] < 1440.0 * DAY for table in (found.tables[name], whole.tables[name])]
        one, same = (
            table[time][rows] for table, rows in zip((found.tables[name], whole.tables[name]), known, strict=True)
        )
        assert np.array_equal(one, same)
    assert different_columns(found, whole, ("tracks", "calls", "ledger"))


@pytest.mark.parametrize("order", OTHERWISE.values(), ids=OTHERWISE)
def test_from_where_a_model_stands_it_is_the_same_as_from_the_start(order: dict[str, Any], base: Scenario) -> None:
    model = CityModel(base)
    model.keep_tracks()
    model.run(AT_MIN / 1440)
    other = bl.branch(model, **order)
    other.run(DAYS - AT_MIN / 1440)
    again = results(CityModel(bl.branch(base, AT_MIN, **order)), DAYS)
    found = other.results()
    assert found.tables.keys() == again.tables.keys()
    assert different_columns(found, again) == []
    assert repr(found.indicators) == repr(again.indicators)
    assert model.now_min == 2 * 1440 + AT_MIN


@pytest.mark.parametrize(
    "scenario",
    [
        county(),
        county(strategy={"name": "hotspot"}),
        county(strategy={"name": "integrated", "programmes": ["intelligence", "visits"]}),
        county(strategy_course={"phases": [{"days": 6, "handing_down": {"station_share": 0.6}}]}),
        county(strategy_course={"phases": [{}, {"start_day": 2, "strategy": {"name": "community"}}]}),
    ],
    ids=["reactive", "hotspot", "mix", "handed down", "course"],
)
def test_a_branch_to_the_same_is_identical_to_the_end(scenario: Scenario) -> None:
    days = 6 if scenario.strategy_course.phases and scenario.strategy_course.phases[0].days else DAYS
    one, other = (results(CityModel(each), days) for each in (scenario, bl.branch(scenario, AT_MIN)))
    assert different_columns(one, other, tuple(past(one))) == []
    assert repr(one.indicators) == repr(other.indicators)


def test_a_branch_to_the_strategy_that_holds_by_name_is_identical_too(base: Scenario, whole: Results) -> None:
    found = results(CityModel(bl.branch(base, AT_MIN, strategy="reactive")), DAYS)
    assert different_columns(found, whole, tuple(past(whole))) == []


def test_what_was_ordered_begins_on_the_next_morning(base: Scenario) -> None:
    for at_min, day in ((0, 1), (1, 1), (1440, 1), (1441, 2), (1440 * (DAYS - 1), DAYS - 1)):
        phase = bl.branch(base, at_min, strategy="hotspot").strategy_course.phases[-1]
        assert phase.start_day == day


def test_more_and_fewer_personnel_and_a_campaign_do_what_they_say(base: Scenario) -> None:
    model = CityModel(base)
    model.run(AT_MIN / 1440)

    def after(**order: Any) -> Results:
        other = bl.branch(model, **order)
        other.run(DAYS - AT_MIN / 1440)
        return other.results()

    def on_duty_h(found: Results, after_day: int) -> float:
        ledger = found.tables["ledger"]
        rows = (ledger["post"] == "patrol") & (ledger["day"] >= after_day)
        return float(ledger["officer_minutes"][rows].sum()) / 60

    same, fewer, more, campaign = (
        after(**order) for order in ({}, OTHERWISE["fewer"], OTHERWISE["more"], OTHERWISE["campaign"])
    )
    assert on_duty_h(fewer, DAY) < 0.75 * on_duty_h(same, DAY) < 0.9 * on_duty_h(more, DAY)
    diary = campaign.tables["programmes"]
    on = diary["day"][(diary["programme"] == "campaign") & (diary["measure"] == "on")]
    assert on.tolist() == [DAY, DAY + 1]


def test_phases_that_were_to_come_give_way() -> None:
    course = {"phases": [{"days": 5}, {"start_day": 5, "strategy": {"name": "community"}}]}
    branched = bl.branch(in_town(days=DAYS, strategy_course=course), AT_MIN, strategy="hotspot")
    assert [(phase.start_day, phase.days) for phase in branched.strategy_course.phases] == [(0, None), (DAY, None)]
    assert branched.strategy_course.phases[1].strategy.name == "hotspot"


SAID: dict[str, tuple[Callable[[], Any], str]] = {
    "before": (lambda: bl.branch(in_town(), -1.0), "at_min: -1.0 is not allowed: 0 to 1440"),
    "after": (lambda: bl.branch(in_town(), 1441), "at_min: 1441 is not allowed: 0 to 1440"),
    "one day": (lambda: bl.branch(in_town(days=1), 0), "at_min: 0 is not allowed"),
    "text": (lambda: bl.branch(in_town(), "noon"), "at_min: 'noon' is not allowed"),
    "no number": (lambda: bl.branch(in_town(), float("nan")), "at_min: nan is not allowed"),
    "strategy": (lambda: bl.branch(in_town(), 10, strategy="hotspots"), "strategy: 'hotspots' is not allowed"),
    "programme": (lambda: bl.branch(in_town(), 10, programmes=["campain"]), "campain"),
    "parameters": (
        lambda: bl.branch(in_town(), 10, programmes={"campaign": {"length_days": 0}}),
        "programmes.campaign.length_days: 0 is not allowed",
    ),
    "twice": (
        lambda: bl.branch(in_town(strategy={"name": "campaign"}), 10, programmes={"campaign": {"length_days": 9}}),
        "programmes.campaign: {'length_days': 9} is not allowed: left out",
    ),
    "heads": (lambda: bl.branch(in_town(), 10, heads=[{"post": "patrols"}]), "heads.0.post: 'patrols' is not allowed"),
    "unclear": (
        lambda: bl.branch(in_county(strategy_course={"phases": [{"districts": [1]}]}), 10),
        "strategy: None is not allowed: the name of one",
    ),
}


@pytest.mark.parametrize(("call", "said"), SAID.values(), ids=SAID)
def test_what_cannot_be_is_refused_in_one_line(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(BadInput) as raised:
        call()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


class OfTheTest(Strategy):
    """Stops in the first cells of the city."""

    name = "of_the_branch"
    Parameters = StrategyParameters

    def plan(self, briefing: Any, _rng: np.random.Generator) -> PatrolPlan:
        """Return a plan."""
        return PatrolPlan.of(np.flatnonzero(briefing.beats.beat >= 0)[:3], 1.0, 10.0, ANY_UNIT)


def test_a_strategy_that_was_handed_over_goes_on_without_programmes_alone() -> None:
    before = registry.by_hand()
    bl.register(OfTheTest)
    try:
        model, whole = (CityModel(in_town(days=4), OfTheTest()) for _ in range(2))
        model.run(1.5)
        whole.run(4)
        other = bl.branch(model)
        other.run(2.5)
        assert isinstance(other.strategy, OfTheTest)
        assert different_columns(other.results(), whole.results(), tuple(whole.results().tables)) == []
        with pytest.raises(BadInput, match=r"programmes: \['visits'\] is not allowed: left out"):
            bl.branch(model, programmes=["visits"])
    finally:
        for kind, _ in registry.by_hand():
            if (kind, "") not in before:
                registry.take_back(kind)


def test_a_model_cannot_be_told_before_it_stands() -> None:
    model = CityModel(in_town())
    model.run(0.5)
    with pytest.raises(BadInput, match="at_min: 719 is not allowed: 720 to 1440"):
        bl.branch(model, 719)
