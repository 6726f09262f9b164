"""More or fewer calls for some days: a call is the same in every scenario in which it is made."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from scenarios.shortages import apply
from sim.incident_types import IncidentType
from sim.incidents.calls import FIRST_EXTRA, OF_SOURCE
from sim.incidents.log import CALLS
from sim.model import CityModel
from sim.scenario import Scenario

DAYS, FROM_DAY = 12, 6
TOWN = {"residents": 10_000, "area_km2": 8, "beats": 2, "districts": 1, "centres": 1}
COLUMNS = ["true_type", "key_entity", "key_time", "received_min", "cell", "priority", "caller_id", "on_scene_min"]


@cache
def calls(factor: float, kind: str = "") -> Any:
    """Return the calls that nothing causes, what nobody calls about left out, with a change from day 6 on."""
    base = Scenario.model_validate({"city": TOWN, "days": DAYS, "warmup_days": 0})
    change = [{"factor": factor, "calls": [kind] if kind else [], "start_day": FROM_DAY}]
    scenario = (
        base
        if factor == 1
        else base.model_copy(
            update={"demand": type(base.demand).model_validate({**dict(base.demand), "changes": change})}
        )
    )
    model = CityModel(scenario)
    model.run()
    found = model.world.logs.calls[: model.world.logs.used[CALLS]]
    return found[(found["incident_id"] < 0) & (found["true_type"] >= IncidentType.TRAFFIC) & ~found["on_view"]]


def as_set(found: Any) -> set[Any]:
    return set(found[COLUMNS].tolist())


def after(found: Any) -> Any:
    return found[found["key_time"] >= FROM_DAY]


def test_fewer_calls_are_some_of_the_usual_ones_and_the_first_days_are_as_usual() -> None:
    usual, fewer = calls(1.0), calls(0.5)
    assert as_set(fewer) < as_set(usual)
    assert as_set(usual[usual["key_time"] < FROM_DAY]) <= as_set(fewer)
    n, kept = len(after(usual)), len(after(fewer))
    assert abs(kept - 0.5 * n) < 5 * np.sqrt(0.25 * n)  # binomial: false alarm below one in a million


def test_more_calls_come_on_top_of_the_usual_ones() -> None:
    usual, more = calls(1.0), calls(2.0)
    assert as_set(usual) < as_set(more)
    extra = more[more["key_entity"] % OF_SOURCE >= FIRST_EXTRA]
    assert len(extra) + len(usual) == len(more)
    assert (extra["key_time"] >= FROM_DAY).all()
    n = len(after(usual))
    assert abs(len(extra) - n) < 5 * np.sqrt(
        2 * n
    )  # two Poisson numbers of one mean: false alarm below one in a million


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_change_of_one_type_leaves_the_others_alone(factor: float) -> None:
    usual, changed = calls(1.0), calls(factor, "service")
    assert as_set(usual[usual["true_type"] != IncidentType.SERVICE]) == as_set(
        changed[changed["true_type"] != IncidentType.SERVICE]
    )
    assert len(usual) != len(changed)


def test_pooling_and_a_surge_reach_the_model() -> None:
    base = Scenario.model_validate({"city": TOWN, "days": 3, "warmup_days": 0})
    model = CityModel(apply(base, [{"kind": "pooling"}, {"kind": "surge", "days": 3}]))
    model.run()
    usual = CityModel(base)
    usual.run()
    assert model.world.desk.rule.pooling != usual.world.desk.rule.pooling
    assert model.results().indicators["calls_total"] > usual.results().indicators["calls_total"]
