"""Nothing is lost: officer-minutes, calls and crimes are conserved in every run; `audit` says what that means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import after, audit, in_county, in_town

from sim import model as model_module
from sim.model import CityModel
from sim.scenario import Scenario

NAMES = ("reactive", "random_patrol", "hotspot")


def planned_officer_minutes(model: CityModel) -> float:
    """Return the officer-minutes of all rostered duties that fall into the measured days so far, overtime not counted."""
    scenario = model.scenario
    first, last = 1440.0 * scenario.warmup_days, model.now_min
    units = model.world.police.units.copy()
    starts = np.concatenate([model.roster.of_day(day, units)["start_min"] for day in range(int(np.ceil(last / 1440)))])
    ends = starts + scenario.force.shift_min
    return float(scenario.force.crew * np.maximum(np.minimum(ends, last) - np.maximum(starts, first), 0).sum())


def assert_duty_is_roster_and_overtime(model: CityModel) -> None:
    found = model.results().indicators
    expected = planned_officer_minutes(model) / 60 + found["overtime_hours"]
    assert found["on_duty_hours"] == pytest.approx(expected, abs=1e-6)


scenarios = st.builds(
    in_town,
    seed=st.integers(0, 2**32 - 1),
    days=st.integers(1, 2),
    warmup_days=st.integers(0, 1),
    strategy=st.sampled_from([*({"name": name} for name in NAMES), {"name": "hotspot", "dwell_min": 0.0}, {"name": "random_patrol", "dwell_min": 240.0}]),
    clock=st.builds(dict, tick_min=st.sampled_from([5, 10, 30, 60]), start_weekday=st.integers(0, 6)),
    force=st.builds(
        dict,
        patrol_units=st.floats(0.2, 5.0),
        reserve_units=st.integers(0, 2),
        crew=st.integers(1, 4),
        shift_starts_hour=st.sampled_from([(0.0, 8.0, 16.0), (6.0, 14.0, 22.0), (7.5, 19.5), (8.0,)]),
    ),
    shortage=st.sampled_from([{}, {"kind": "uniform", "fraction": 0.3}, {"kind": "uniform", "fraction": 0.75}]),
    dispatch=st.builds(
        dict,
        pooling=st.sampled_from(["city", "beat"]),
        patience_min=st.sampled_from([(0.0, 0.0, 0.0), (5.0, 10.0, 20.0), (240.0, 480.0, 1440.0)]),
        help_after_min=st.sampled_from([(0.0, 0.0, 0.0), (0.0, 5.0, 20.0), (1e5, 1e5, 1e5)]),
    ),
    patrol=st.builds(dict, break_min=st.sampled_from([0.0, 30.0, 240.0])),
)


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(scenario=scenarios)
def test_whatever_the_force_and_the_rules_nothing_is_lost(scenario: Scenario) -> None:
    model = CityModel(scenario)
    model.run()
    audit(model.results())
    assert_duty_is_roster_and_overtime(model)


@pytest.mark.parametrize("strategy", NAMES)
def test_duty_is_the_roster_and_the_overtime(strategy: str) -> None:
    model = CityModel(in_county(strategy={"name": strategy}, days=5, warmup_days=2))
    model.run()
    assert_duty_is_roster_and_overtime(model)


def test_a_fraction_of_a_unit_is_on_duty_that_share_of_the_time() -> None:
    model = CityModel(in_town(days=30, force={"patrol_units": 1.37}))
    model.run()
    found = model.results().indicators
    units = (found["on_duty_hours"] - found["overtime_hours"]) / (model.scenario.force.crew * 24 * 30)
    assert units == pytest.approx(1.37, abs=1 / (30 * 3))  # the roster rounds to whole units in each of 90 shifts, and carries the error over


def test_a_unit_whom_a_call_keeps_past_its_next_duty_is_paid_for_all_of_it_and_goes_home_in_the_end() -> None:
    long_calls = {"service": {"on_scene_min": (600, 600, 600), "per_1000_year": 60}, "reporting": {"service_shape": 0.06}}
    model = CityModel(in_town(days=60, force={"patrol_units": 2, "shift_starts_hour": (0.0, 12.0)}, demand=long_calls))
    model.run()
    units, working = model.world.police.units, model.results().tables["calls"]
    kept = (working["cleared_min"] - working["arrived_min"]).max()
    assert kept > 24 * 60, "no call in this run is long enough for the test"
    assert_duty_is_roster_and_overtime(model)
    idle_late = (units["activity"] >= 1) & (units["activity"] <= 5) & (units["shift_end_min"] < model.now_min)
    assert not idle_late.any(), "a unit waits at its station although its shift is over"


@pytest.mark.parametrize("starts", [(0.0, 8.0, 16.0), (6.0, 14.0, 22.0)])
def test_every_beat_belongs_to_exactly_one_unit_on_shift_at_every_hour(starts: tuple[float, ...]) -> None:
    model = CityModel(in_county(days=6, force={"patrol_units": 2.5, "shift_starts_hour": starts}))
    model.run(8.5 / 24)
    while model.now_min < 5 * 1440:
        units = model.world.police.units
        on_shift = units[(units["activity"] != 0) & (units["shift_end_min"] > model.now_min)]
        covered = np.zeros(len(model.city.beats.district), dtype=int)
        for first, end in zip(on_shift["beat_first"], on_shift["beat_end"], strict=True):
            covered[first:end] += 1
        assert (covered == 1).all(), f"at minute {model.now_min} the beats have {covered.tolist()} units"
        model.run(1 / 24)


def test_a_lost_minute_a_second_outcome_an_unknown_crime_and_a_lost_record_would_be_noticed() -> None:
    results = after(in_county(days=10, warmup_days=0))
    audit(results)
    calls, ledger, incidents, books, frauds = (results.tables[name] for name in ("calls", "ledger", "incidents", "recorded", "frauds"))
    served = int(np.flatnonzero(calls["outcome"] == "served")[0])

    def doctored(table: str, **columns: object) -> object:
        return replace(results, tables={**results.tables, table: {**results.tables[table], **columns}})

    less = ledger["officer_minutes"].copy()
    less[np.argmax(less)] -= 1
    outcome, twice, arrived = calls["outcome"].copy(), calls["call_id"].copy(), calls["arrived_min"].copy()
    outcome[served], twice[1], arrived[served] = "open", twice[0], calls["received_min"][served] - 1
    crime = int(np.flatnonzero(~np.ma.getmaskarray(calls["incident_id"]))[0])
    at_desk, other_type, dated = outcome.copy(), calls["true_type"].copy(), incidents["arrest_time_min"].copy()
    at_desk[crime], other_type[crime], dated[np.argmin(incidents["cleared"])] = "desk", "traffic", 5.0
    assert (frauds["outcome"] == "paid").any()
    for wrong in (
        doctored("calls", outcome=at_desk),
        doctored("calls", true_type=other_type),
        doctored("calls", discovered_by=np.full(len(outcome), "patrol")),
        doctored("incidents", arrest_time_min=dated),
        doctored("incidents", cleared=incidents["cleared"] | True),
        doctored("recorded", **{name: column[1:] for name, column in books.items()}),
        doctored("recorded", cell=books["cell"] + 1),
        doctored("frauds", loss=2 * frauds["loss"]),
        doctored("frauds", outcome=np.full(len(frauds["loss"]), "open")),
        doctored("ledger", officer_minutes=less),
        doctored("calls", outcome=outcome),
        doctored("calls", call_id=twice),
        doctored("calls", arrived_min=arrived),
        doctored("incidents", incident_id=incidents["incident_id"] + 1_000_000),
        doctored("incidents", incident_id=np.zeros_like(incidents["incident_id"])),
    ):
        with pytest.raises(AssertionError):
            audit(wrong)


class Diary(CityModel):
    """Notes the days of which it draws the calls."""

    def _draw_calls(self, day: int) -> None:
        self.days_drawn = [*getattr(self, "days_drawn", []), day]
        super()._draw_calls(day)


@pytest.mark.parametrize("crowded", [{"force": {"patrol_units": 300}}, {"people": {"offenders": {"share": 0.2}}}])
def test_a_day_begins_once_even_if_the_logs_are_full_at_its_first_tick(crowded: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    run_ticks = model_module.advance
    monkeypatch.setattr(model_module, "advance", lambda *given: done.append(run_ticks(*given)) or done[-1])
    model = Diary(in_town(days=3, city=in_town().city.model_copy(update={"residents": 20_000}), **crowded))
    model.run()
    assert 0 in done, "the logs had room at the first tick: nothing was tried"
    assert model.days_drawn == [0, 1, 2]
    audit(model.results())
