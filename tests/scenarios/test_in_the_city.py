"""Every shortage and lever runs in the town and keeps what every run must keep.

Each takes or gives the hours that it says.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from scenarios.shortages import apply, kinds
from sim.city.city import CityParameters
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.police.posts import POST_NAMES
from sim.scenario import Scenario

TOWN = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=2, centres=1)
COUNTY = CityParameters()
COMBINED = yaml.safe_load(
    (Path(__file__).parents[2] / "configs" / "shortage" / "combined_example.yaml").read_text(encoding="utf-8")
)


def ran(parts: Any, city: CityParameters, days: int, **settings: Any) -> CityModel:
    model = CityModel(apply(Scenario(city=city, days=days, warmup_days=0, **settings), parts))
    model.run()
    return model


@cache
def county(kind: str) -> Results:
    return ran({"kind": kind}, COUNTY, 28, seed=3).results()


def hours(results: Results, post: str) -> float:
    ledger = results.tables["ledger"]
    return float(ledger["officer_minutes"][ledger["post"] == post].sum()) / 60


@pytest.mark.parametrize("parts", [*({"kind": kind} for kind in kinds()), COMBINED], ids=[*kinds(), "combined_example"])
def test_it_runs_in_the_town_and_every_minute_is_booked(parts: dict[str, Any]) -> None:
    model = ran(parts, TOWN, 20, strategy={"name": "hotspot"})
    results = model.results()
    booked = np.bincount(results.tables["ledger"]["day"], results.tables["ledger"]["officer_minutes"], minlength=20)
    assert results.tables["force"]["worked_hours"] * 60 == pytest.approx(booked, rel=1e-4, abs=0.1)
    assert results.indicators["on_duty_hours"] * 60 == pytest.approx(booked.sum())
    assert set(results.tables["ledger"]["post"]) <= set(POST_NAMES)
    assert results.indicators["calls_total"] > 0


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        ("uniform", dict.fromkeys(POST_NAMES, 0.7)),
        (
            "specialists",
            {"detectives": 0.6, "anti_fraud": 0.6, "intelligence": 0.6, "patrol": 1.0, "headquarters": 1.0},
        ),
        ("headquarters_heavy", {"patrol": 0.8, "community": 0.8, "desk": 0.8, "detectives": 1.0}),
        ("to_the_street", {"headquarters": 0.75, "detectives": 1.0}),
        ("overtime", dict.fromkeys(POST_NAMES, 1.15)),
        ("training", {"patrol": 0.97, "detectives": 1.1}),
    ],
)
def test_hours_on_duty_follow_the_heads(kind: str, share: dict[str, float]) -> None:
    """Within 6 %: of a few heads, sick leave in four weeks differs by some per cent from run to run."""
    full, short = county("none"), county(kind)
    for post, expected in share.items():
        assert hours(short, post) / hours(full, post) == pytest.approx(expected, rel=0.06), post


@pytest.mark.parametrize(
    ("kind", "cost"),
    [
        ("to_the_street", "administration_backlog_hours"),
        ("auxiliaries", "cost_police_pay"),
        ("diversion", "crimes_diverted"),
        ("overtime", "overtime_hours"),
        ("pooling", "response_distance_mean_km"),
        ("training", "officer_hours_training"),
        ("incentives", "cost_police_incentives"),
    ],
)
def test_every_lever_has_its_price(kind: str, cost: str) -> None:
    free, paid = county("none").indicators.get(cost) or 0.0, county(kind).indicators[cost]
    assert paid > 1.01 * free  # pooling least: while one unit eats, its neighbour drives further without pooling, too
