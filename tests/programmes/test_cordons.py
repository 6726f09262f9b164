"""Cordons in a town: more are caught in flight, by minutes of the units, and what is conserved is conserved."""

from __future__ import annotations

from typing import Any

import numpy as np
from small_runs import audit, in_town

from sim.model import CityModel
from sim.outcomes.results import Results

ROBBED = {"robbery": {"rate_per_1000": 30, "report_probability": 0.9}, "snatching": {"rate_per_1000": 50}}
MANY_CARS = {"officers": 150, "auxiliaries": 100, "patrol_units": 20}
SLOW_FLIGHT = {"on_foot_kmh": 3.0, "by_vehicle": 0.0, "open_min": 60.0, "reach_m": 300.0, "recognises": 1.0}


def town(programmes: tuple[str, ...], **cordons: Any) -> tuple[CityModel, Results]:
    settings = {"cordons": cordons} if cordons else {}
    scenario = in_town(
        days=90, demand=ROBBED, seed=5, dispatch={"pursuit": SLOW_FLIGHT}, programmes=settings,
        people={"offenders": {"share": 0.02}}, force=MANY_CARS, strategy={"name": "reactive", "programmes": programmes},
    )  # fmt: skip
    model = CityModel(scenario)
    model.run(90)
    return model, model.results()


def in_flight(results: Results) -> int:
    """Return how many crimes were cleared after the call without a case and not on scene."""
    crimes, calls, cases = (results.tables[name] for name in ("incidents", "calls", "cases"))
    cleared = crimes["incident_id"][crimes["cleared"]]
    arrived = calls["arrived_min"].compressed()
    on_scene = np.isin(crimes["arrest_time_min"][crimes["cleared"]].compressed(), arrived)
    return int((~np.isin(cleared, cases["incident_id"]) & ~on_scene).sum())


def test_cars_at_posts_catch_some_who_fled_and_none_without() -> None:
    model, found = town(("cordons",), units=6)
    assert model.prepared.dispatch.pursuit.units == 6
    audit(found)
    _, without = town(())
    audit(without)
    assert in_flight(without) == 0
    assert in_flight(found) > 5
    assert found.indicators["utilisation"] > without.indicators["utilisation"]
