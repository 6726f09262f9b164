"""What an effect costs: a price only where there is an effect, and a budget that sorts out what it cannot pay."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from experiments.compare.budget import budget
from experiments.compare.findings import findings
from experiments.compare.unit_costs import unit_costs
from tests.support.made_up_comparison import comparison

COSTS = {"cost_police": (1e6, {"hotspot": 50_000.0}), "cost_others": (2e5, {"hotspot": 30_000.0})}


def prices(**more):
    made = comparison(outcomes={**COSTS, **more.pop("outcomes", {})}, **more)
    found = unit_costs(made)
    return {str(price.per): price for price in found.rows["none"]["hotspot"]}


def test_a_price_is_what_all_pay_more_for_each_crime_that_is_prevented():
    price = prices(crimes={"hotspot": -20.0})["crime prevented"]
    assert price.verdict == "price"
    assert price.yuan == pytest.approx(80_000 / 20, rel=0.05)
    assert price.police_yuan == pytest.approx(50_000 / 20, rel=0.1)
    assert price.low < price.yuan < price.high


def test_without_an_effect_there_is_nothing_to_divide_by():
    price = prices()["crime prevented"]
    assert (price.verdict, price.yuan) == ("no effect", None)
    assert str(price) == "no effect to divide by"


def test_what_is_worse_has_no_price():
    assert prices(crimes={"hotspot": 20.0})["crime prevented"].verdict == "worse"


def test_a_minute_of_response_is_paid_by_the_year():
    price = prices(response={"hotspot": -2.0})["minute of the median P1 response"]
    assert price.yuan == pytest.approx(80_000 * 36.5 / 2, rel=0.1), "the comparison has ten days"


def test_disputes_are_those_resolved_by_anybody():
    resolved = {f"disputes_resolved_{who}": (50.0, {"hotspot": 5.0}) for who in ("village", "town", "station")}
    price = prices(outcomes=resolved)["dispute resolved"]
    assert price.yuan == pytest.approx(80_000 / 15, rel=0.2)


def test_the_file_has_every_price():
    found = unit_costs(comparison(crimes={"hotspot": -20.0}, outcomes=COSTS))
    rows = list(csv.DictReader(io.StringIO(found.csv)))
    assert {row["shortage"] for row in rows} == {"none", "uniform30"}
    assert {row["option"] for row in rows} == {"random_patrol", "hotspot"}


def test_without_whole_accounts_there_are_no_prices():
    assert unit_costs(comparison(outcomes={"cost_police": (1e6, {})})).rows == {}


def test_a_budget_ranks_what_it_pays_for_by_harm_and_names_what_is_beyond():
    """The status quo takes 36.5 M yuan a year, hotspot 1.8 M more."""
    made = comparison(harm={"hotspot": -300.0, "random_patrol": -100.0}, outcomes=COSTS)
    rich = budget(made, 50e6, "none")
    assert [one.name for one in rich.within] == ["hotspot", "random_patrol", "reactive"]
    assert rich.within[0].chance == pytest.approx(1.0)
    assert rich.beyond == []
    short = budget(made, 37.4e6, "none")
    assert [one.name for one in short.within] == ["random_patrol", "reactive"]
    assert [one.name for one in short.beyond] == ["hotspot"]
    assert short.beyond[0].yuan_per_year == pytest.approx(1.05e6 * 36.5, rel=0.01)
    assert budget(made, 1e6, "none").within == []
    assert budget(made, None, "none") is None


def test_what_leaves_calls_without_a_unit_is_not_the_best_that_a_budget_pays_for():
    unserved = {"calls_unserved_share": (0.01, {"hotspot": 0.3})}
    made = comparison(harm={"hotspot": -300.0, "random_patrol": -100.0}, outcomes=COSTS | unserved)
    within = budget(made, 50e6, "none").within
    assert [(one.name, one.chance is None) for one in within] == [
        ("random_patrol", False), ("reactive", False), ("hotspot", True),
    ]  # fmt: skip


def test_what_the_budget_allows_is_in_the_answer():
    made = comparison(harm={"hotspot": -300.0}, outcomes=COSTS, budget=50e6)
    assert findings(made).budget.sentence in [one.text for one in findings(made).answer]
    assert np.isfinite(findings(made).budget.within[0].harm)
