"""Who fled: posts on the circle that he has reached, patrols and cameras meet him as geometry has it, or nobody."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from laboratory import Laboratory, streets_of

from sim.city.grid import Grid
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters
from sim.police.patrol.stages import StageParameters
from sim.police.patrol.units import Activity
from sim.strategies.plan import ANY_UNIT, PatrolPlan

SIDE, CELL_M, APART_MIN = 49, 20.0, 1000.0
SCENE = SIDE * (SIDE // 2) + SIDE // 2
QUICK = streets_of(nx.grid_2d_graph(SIDE, SIDE), Grid(SIDE, SIDE, CELL_M), 600.0)  # cars are there at once
FLIGHT = {
    "by_vehicle": 0.0,
    "on_foot_kmh": 3.6,
    "open_min": 1440.0,
    "ahead_min": 4.0,
    "reach_m": 60.0,
    "recognises": 1.0,
}
AWAY_AT_ONCE = {"robbery": {"arrest_probability": 0.0, "custody_days": 0.0}}


def robberies(
    n: int, delay_min: float = 0.0, *, cars: int = 6, station: int = SCENE, turn_out_min: float = 0.0, **pursuit: Any
) -> Laboratory:
    """Let so many robberies happen in the middle of a town, of which somebody calls after a delay."""
    lab = Laboratory(
        [station] * cars, QUICK, days=1, demand=DemandParameters.model_validate(AWAY_AT_ONCE), pursuit=FLIGHT | pursuit,
        stages=StageParameters(turn_out_station_min=turn_out_min, turn_out_cv=0.01),
    )  # fmt: skip
    for i in range(n):
        crime = lab.crime(IncidentType.ROBBERY, APART_MIN * i)
        lab.call(APART_MIN * i + delay_min, cell=SCENE, priority=1, on_scene_min=30.0, incident=crime)
    return lab


def caught(lab: Laboratory) -> float:
    lab.serve(APART_MIN * len(lab.calls))
    return float(lab.incidents["cleared"].mean())


@pytest.mark.parametrize(("posts", "delay_min"), [(1, 0.0), (4, 0.0), (4, 3.0)])
def test_posts_catch_whoever_passes_within_their_reach_so_that_they_catch_fewer_the_wider_the_circle_is(
    posts: int, delay_min: float
) -> None:
    """Of 3,000 flights within 4.5 standard errors, and a tenth for cells of 20 m; false alarm 1e-5."""
    n, radius_m = 3000, 60.0 * (4.0 + delay_min)
    exact = posts * np.arcsin(60.0 / radius_m) / np.pi
    found = caught(robberies(n, delay_min, units=posts))
    assert abs(found - exact) < 4.5 * np.sqrt(exact * (1 - exact) / n) + 0.1 * exact


def test_a_unit_that_turns_out_at_its_station_is_at_its_post_so_much_later() -> None:
    """He passes the posts in the fourth minute: those who leave after ten meet him on their way at most."""
    at_once, late = (caught(robberies(300, station=0, turn_out_min=minutes, units=4)) for minutes in (0.0, 10.0))
    assert at_once > 0.2
    assert late < 0.25 * at_once


def test_each_unit_that_meets_him_recognises_him_with_the_stated_probability() -> None:
    """Of 3,000 flights within 4.5 standard errors of half of those that are met; false alarm 1e-5."""
    surely, half = (caught(robberies(3000, units=4, recognises=chance)) for chance in (1.0, 0.5))
    assert abs(half - 0.5 * surely) < 4.5 * np.sqrt(surely / 3000)


def test_nobody_is_caught_who_is_out_of_sight_before_he_comes_to_a_post_or_has_a_head_start_in_a_car() -> None:
    assert caught(robberies(300, units=4, open_min=0.2)) == 0.0
    assert caught(robberies(300, 20.0, units=4, by_vehicle=1.0, by_vehicle_kmh=60.0)) == 0.0
    assert caught(robberies(300, units=0)) == 0.0


def test_a_camera_at_which_somebody_looks_moves_the_posts_ahead_of_him() -> None:
    blind = caught(robberies(500, units=2, reach_m=30.0))
    watched = robberies(500, units=2, reach_m=30.0)
    watched.cells["operator"] = 1.0
    assert caught(watched) > 0.95 > 0.3 > blind


def test_a_patrol_that_he_passes_has_heard_of_him() -> None:
    everywhere = np.arange(SIDE * SIDE, dtype=np.int32)[:: SIDE // 4]
    same = np.ones(len(everywhere))
    plan = PatrolPlan(everywhere, same, 20.0 * same, np.full(len(everywhere), ANY_UNIT, dtype=np.int64))
    lab = Laboratory(
        [SCENE] * 40, QUICK, days=1, plan=plan, demand=DemandParameters.model_validate(AWAY_AT_ONCE),
        pursuit=FLIGHT | {"units": 1, "ahead_min": 1.0, "reach_m": 30.0},
    )  # fmt: skip
    for i in range(200):
        at_min = 50.0 * (i + 1)
        lab.call(at_min, cell=SCENE, priority=1, on_scene_min=30.0, incident=lab.crime(IncidentType.ROBBERY, at_min))
        lab.serve(at_min + 49.0)
    at_posts = np.arcsin(0.5) / np.pi
    assert lab.incidents["cleared"].mean() > at_posts + 0.15


def test_pursuit_takes_minutes_of_units_that_are_booked_and_leaves_the_call_to_whom_it_needs() -> None:
    lab, alone = robberies(20, units=3, ahead_min=6.0), robberies(20, units=0)
    for each in (lab, alone):
        each.serve(20 * APART_MIN)
        assert each.ledger.sum() == pytest.approx(6 * 20 * APART_MIN)
    for name in ("arrived_min", "cleared_min", "sent"):
        assert np.array_equal(lab.calls[name], alone.calls[name])
    at_posts = lab.ledger[:, Activity.ON_SCENE].sum() - alone.ledger[:, Activity.ON_SCENE].sum()
    let_go = int((~lab.incidents["cleared"]).sum())
    assert 3 * 15.0 * let_go <= at_posts < 3 * 15.0 * 20
    assert (lab.units["call_id"] == -1).all()
    assert lab.units["arrests"].sum() == 20 - let_go > 0


def test_calls_that_are_not_urgent_or_about_no_crime_are_not_pursued_and_no_more_units_than_are_free() -> None:
    demand = DemandParameters.model_validate(AWAY_AT_ONCE)
    lab = Laboratory([SCENE] * 3, QUICK, days=1, demand=demand, pursuit=FLIGHT | {"units": 4})
    lab.call(1.0, cell=SCENE, priority=1, on_scene_min=5.0)
    lab.call(11.0, cell=SCENE, priority=2, on_scene_min=5.0, incident=lab.crime(IncidentType.ROBBERY, 11.0))
    lab.serve(20.0)
    assert (lab.units["busy_min"] > 0.0).sum() <= 2
    assert lab.ledger[:, Activity.ON_SCENE].sum() == pytest.approx(10.0)
    lab.call(30.0, cell=SCENE, priority=1, on_scene_min=5.0, incident=lab.crime(IncidentType.ROBBERY, 30.0))
    lab.serve(30.5)
    assert (lab.units["activity"] == Activity.ON_SCENE).all()
