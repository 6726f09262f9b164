"""Draws of a call are keyed by what it is: no two calls of a run share one, whatever sources they come from."""

from __future__ import annotations

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_county

from sim.incident_types import IncidentType
from sim.incidents.log import CALLS, CallState
from sim.model import CityModel

EVENTFUL = {**MUCH_CRIME, "disputes": {"per_1000_year": 100}, "disorder": {"unreported_per_1000_year": 2000.0}}


@pytest.mark.parametrize("strategy", ["integrated", "reactive"])
def test_no_two_calls_have_one_key(strategy: str) -> None:
    changes = ({"calls": ("service", "traffic"), "factor": 1.5},)
    model = CityModel(
        in_county(days=40, warmup_days=0, strategy={"name": strategy}, demand={**EVENTFUL, "changes": changes})
    )
    model.run()
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    keys = calls["key_entity"].astype(np.int64) << 32 | calls["key_time"]
    assert len(np.unique(calls["true_type"])) > 8, "too few sources were tried"
    assert len(np.unique(keys)) == len(calls)


def test_calls_of_two_types_are_diverted_independently() -> None:
    """Call n of a day of both types, half of each diverted: agreement is binomial with one half; false alarm 1e-5."""
    rule = ({"calls": ("service", "disorder"), "share": 0.5},)
    demand = {
        "diversion": rule,
        "service": {"per_1000_year": 100.0},
        "disorder": {"per_1000_year": 100.0},
        "reporting": {"wrong_at_call": 0.0},
    }
    model = CityModel(in_county(days=120, warmup_days=0, demand=demand))
    model.run()
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    diverted = [
        {
            (day, key % (1 << 21)): state == CallState.DIVERTED
            for day, key, state in zip(of["key_time"], of["key_entity"], of["state"], strict=True)
        }
        for of in (
            calls[(calls["true_type"] == kind) & (calls["incident_id"] < 0) & ~calls["on_view"]]
            for kind in (IncidentType.SERVICE, IncidentType.DISORDER)
        )
    ]
    both = diverted[0].keys() & diverted[1].keys()
    agree = np.mean([diverted[0][key] == diverted[1][key] for key in both])
    assert len(both) > 500
    assert abs(agree - 0.5) < 4.42 * 0.5 / np.sqrt(len(both))
