"""Tracks: what each unit did where, noted without moving anything, and in agreement with ledger, calls and visits."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, different_columns, in_county, in_town

import beatlab as bl
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.police.patrol.units import ACTIVITY_NAMES, DRIVES, ON_DUTY
from sim.scenario import Scenario

NEW = ("tracks", "watches")
MINUTES = 1e-6
SCENARIOS = {
    "reactive": in_town(days=3, demand=MUCH_CRIME),
    "hotspot": in_county(warmup_days=1, days=4, strategy={"name": "hotspot"}),
    "cordons": in_county(warmup_days=1, days=3, strategy={"name": "reactive", "programmes": ["cordons"]}),
    "foot patrol": in_town(days=3, demand=MUCH_CRIME, strategy={"name": "campaign"}),
    "other organisation": in_county(
        warmup_days=0, days=3, strategy_course={"phases": [{}, {"start_day": 1, "strategy": {"name": "integrated"}}]}
    ),
}


def run(scenario: Scenario, tracked: bool = True) -> tuple[CityModel, Results]:
    model = CityModel(scenario)
    if tracked:
        model.keep_tracks()
    model.run()
    return model, model.results()


@pytest.fixture(scope="module", params=SCENARIOS)
def tracked(request: pytest.FixtureRequest) -> tuple[CityModel, Results]:
    return run(SCENARIOS[request.param])


def minutes_by_activity(tracks: dict[str, Any]) -> dict[str, float]:
    long = tracks["end_min"] - tracks["start_min"]
    return {name: float(long[tracks["activity"] == name].sum()) for name in ACTIVITY_NAMES}


def test_a_run_is_the_same_to_the_bit_with_and_without_them(tracked: tuple[CityModel, Results]) -> None:
    model, found = tracked
    _, without = run(model.scenario, tracked=False)
    assert set(found.tables) - set(without.tables) == set(NEW)
    assert different_columns(found, without, tuple(without.tables)) == []
    assert repr(found.indicators) == repr(without.indicators)


def test_the_rows_of_a_unit_touch_over_the_whole_run(tracked: tuple[CityModel, Results]) -> None:
    model, found = tracked
    tracks, end = found.tables["tracks"], 1440.0 * model.scenario.days
    assert (np.diff(tracks["start_min"]) >= 0).all()
    assert (tracks["end_min"] > tracks["start_min"]).all()
    assert np.array_equal(np.unique(tracks["unit"]), np.arange(len(model.world.police.units)))
    for unit in np.unique(tracks["unit"]):
        mine = tracks["unit"] == unit
        start, stop = tracks["start_min"][mine], tracks["end_min"][mine]
        assert start[0] == 0
        assert stop[-1] == end
        assert np.array_equal(stop[:-1], start[1:])


def test_minutes_by_activity_are_those_of_the_ledger(tracked: tuple[CityModel, Results]) -> None:
    model, found = tracked
    ledger, minutes = found.tables["ledger"], minutes_by_activity(found.tables["tracks"])
    for name in (ACTIVITY_NAMES[activity] for activity in ON_DUTY):
        booked = ledger["officer_minutes"][(ledger["post"] == "patrol") & (ledger["activity"] == name)].sum()
        assert minutes[name] * model.scenario.force.crew == pytest.approx(booked, abs=MINUTES * booked + MINUTES)


def test_a_unit_is_at_its_call_when_it_arrives(tracked: tuple[CityModel, Results]) -> None:
    calls, tracks = (tracked[1].tables[name] for name in ("calls", "tracks"))
    end = 1440.0 * tracked[0].scenario.days
    arrived = {
        (int(row), float(start), int(unit)): int(cell)
        for row, start, unit, cell, activity in zip(
            *(np.ma.filled(tracks[name], -1) for name in ("call", "start_min", "unit", "from_cell", "activity")),
            strict=True,
        )
        if activity == "on_scene"
    }
    known = ~np.ma.getmaskarray(calls["arrived_min"]) & (calls["received_min"] >= 0)
    known &= np.ma.filled(calls["cleared_min"], end) > np.ma.filled(calls["arrived_min"], 0.0)
    assert known.any()
    for row, unit, cell, minute in zip(
        *(calls[name][known] for name in ("call_id", "unit_id", "cell", "arrived_min")), strict=True
    ):
        assert arrived[int(row), float(minute), int(unit)] == cell


def test_what_a_unit_does_next_begins_where_it_was(tracked: tuple[CityModel, Results]) -> None:
    tracks = tracked[1].tables["tracks"]
    told = list(zip(*(tracks[name] for name in ("unit", "activity", "from_cell", "to_cell")), strict=True))
    drives = {ACTIVITY_NAMES[activity] for activity in DRIVES}
    for unit in np.unique(tracks["unit"]):
        mine = [row for row in told if row[0] == unit]
        for (_, before, _, was), (_, activity, begins, ends) in pairwise(mine):
            assert activity in drives or begins == ends
            if not {"off_duty", "follow_up"} & {before, activity}:  # at their stations: the way there has no row
                assert begins == was, (unit, before, activity)


def test_stops_are_the_visits(tracked: tuple[CityModel, Results]) -> None:
    visits, tracks = (tracked[1].tables[name] for name in ("visits", "tracks"))
    stops = tracks["activity"] == "patrol_stop"
    over = stops & (tracks["end_min"] < 1440.0 * tracked[0].scenario.days) & (tracks["start_min"] > 0)
    noted = {(u, c, s) for u, c, s in zip(visits["unit_id"], visits["cell"], visits["start_min"], strict=True)}
    assert noted >= {
        (u, c, s) for u, c, s in zip(*(tracks[n][over] for n in ("unit", "to_cell", "start_min")), strict=True)
    }


def test_volunteers_on_watch_are_those_of_each_hour() -> None:
    model, found = run(in_county(warmup_days=0, days=3))
    watches = found.tables["watches"]
    hours = np.bincount((watches["start_min"] // 60).astype(int), weights=watches["volunteers"], minlength=72)
    volunteers = model.world.volunteers
    for hour in range(72):
        begun = (hour - volunteers["start_hour"]) % 168 < volunteers["hours"]
        assert hours[hour] == np.count_nonzero(volunteers["active"] & begun)
    assert (watches["end_min"] - watches["start_min"] == 60).all()


@pytest.mark.parametrize("at_tick", [1, 75, 301])
def test_they_begin_when_somebody_asks_and_go_on_through_a_snapshot(at_tick: int) -> None:
    scenario = in_county(warmup_days=0, days=3, strategy={"name": "hotspot"})
    (_, whole), begin = run(scenario), 10.0 * at_tick
    model = CityModel(scenario)
    model.run_ticks(at_tick)
    model.keep_tracks()
    model.keep_tracks()
    model.run_ticks(30)
    model = bl.resume(bl.snapshot(model))
    model.run_ticks(3 * 144 - 30 - at_tick)
    assert compared(model.results(), begin) == compared(whole, begin)


def compared(found: Results, since_min: float) -> list[tuple[Any, ...]]:
    """Return the tracks after a moment, without where a unit was just then, and its station at that time."""
    tracks = found.tables["tracks"]
    columns = [np.ma.filled(tracks[name], -1) for name in tracks if name != "from_cell"]
    rows = [row for row in zip(*columns, strict=True) if row[3] > since_min and row[1] != "off_duty"]
    return sorted((unit, max(start, since_min), activity, *rest) for unit, activity, start, *rest in rows)


def test_step_by_step_they_are_the_same() -> None:
    scenario = in_town(days=1, demand=MUCH_CRIME, strategy={"name": "hotspot"})
    _, whole = run(scenario)
    model = CityModel(scenario)
    model.keep_tracks()
    for _ in range(144):
        model.step()
    assert different_columns(model.results(), whole) == []
