"""The load of patrol is measured as its rows on the scoreboard say, on tables of a few calls."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from experiments.patterns.portrait.load import load_portrait_of
from sim.police.force.establishment import ForceParameters

CALLS: dict[str, Any] = {
    "incident_id": np.ma.masked_array([7, 0, 0, 8], [False, True, True, False]),
    "true_type": np.array(["theft", "service", "dispute", "theft"]),
    "discovered_by": np.array(["caller", "caller", "caller", "caller"]),
    "priority": np.array([1, 3, 3, 1]),
    "received_min": np.array([600.0, 605.0, 660.0, 700.0]),
    "taken_min": np.ma.masked_array([601.0, 606.0, 662.0, 701.0]),
    "dispatched_min": np.ma.masked_array([602.0, 615.0, 700.0, 0.0], [False, False, False, True]),
    "under_way_min": np.ma.masked_array([602.5, 616.0, 702.0, 0.0], [False, False, False, True]),
    "arrived_min": np.ma.masked_array([606.0, 625.0, 710.0, 0.0], [False, False, False, True]),
    "freed_min": np.ma.masked_array([662.0, 645.0, 850.0, 0.0], [False, False, False, True]),
}
CRIMES = {
    "incident_id": np.array([7, 8, 9]),
    "cleared": np.array([True, False, True]),
    "arrest_time_min": np.ma.masked_array([606.0, 0.0, 5000.0], [False, True, False]),
}
LEDGER = {
    "post": np.array(["patrol", "patrol", "desk"]),
    "activity": np.array(["standby", "on_scene", "standby"]),
    "officer_minutes": np.array([3_600.0, 10_800.0, 99.0]),
}
TABLES = {"calls": CALLS, "incidents": CRIMES, "ledger": LEDGER, "force": {"heads": np.full(10, 20.0)}}


def model(**force: Any) -> Any:
    scenario = SimpleNamespace(days=10, force=ForceParameters(**force))
    return cast("Any", SimpleNamespace(scenario=scenario, city=SimpleNamespace(residents=1000)))


def test_each_number_is_what_its_name_says() -> None:
    found = load_portrait_of(TABLES, {"utilisation": 0.5, "attrition": 0.06}, model())
    assert found.calls_per_1000 == pytest.approx(3 * 36.5)
    assert found.kinds == pytest.approx({"crime": 100 / 3, "disputes": 100 / 3, "traffic": 0.0, "help": 100 / 3})
    assert found.unit_min == pytest.approx((60 + 30 + 150) / 3)
    assert found.long_percent == pytest.approx(100 / 3)
    assert (found.sent_p1_s, found.response_p1_min, found.soon_p1_percent) == (120, 6, 100)
    assert found.response_p3_min == 35
    parts = (found.taken_p1_s, found.queued_p1_s, found.turned_out_p1_s, found.driven_p1_min)
    assert parts == (60, 60, 30, 3.5), "call-taking of both urgent calls, the rest of the one that got a unit"
    assert found.phoned_per_1000 == pytest.approx(4 * 36.5)
    assert (found.unit_median_min, found.uncommitted_percent) == (60, 25)
    assert found.unit_spread == pytest.approx(np.std([60, 30, 150]) / 80)
    assert found.on_road_percent == pytest.approx(100 * 1 / 20)
    assert (found.busy_percent, found.leavers_percent) == (50, 6)
    assert found.on_scene_percent == 50, "of the crimes cleared, 7 at arrival and 9 later"


def test_the_busiest_hours_are_those_in_which_units_are_at_calls_relative_to_units_on_duty() -> None:
    """Of 240 minutes at calls 88 fall in the hour from 10, and 60 in those from 12 and from 13."""
    even = load_portrait_of(TABLES, {"utilisation": 0.05}, model())
    assert even.busiest_percent == pytest.approx(100 * 0.05 * 24 * np.mean([88.0, 60.0]) / 240)
    bands = [{"from_hour": 8, "to_hour": 16, "factor": 2.0}]
    more = load_portrait_of(TABLES, {"utilisation": 0.05}, model(roster=bands))
    assert more.busiest_percent == pytest.approx(even.busiest_percent * (4 / 3) / 2)


def test_nothing_to_measure_leaves_gaps_and_no_error() -> None:
    none = {name: column[:0] for name, column in CALLS.items()}
    crimes = {name: column[:0] for name, column in CRIMES.items()}
    found = load_portrait_of({**TABLES, "calls": none, "incidents": crimes}, {"utilisation": 0.0}, model())
    assert found.calls_per_1000 == found.busiest_percent == 0
    assert (found.response_p1_min, found.unit_min, found.on_scene_percent) == (None, None, None)
