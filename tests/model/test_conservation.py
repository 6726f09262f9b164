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
from sim.police.patrol.units import Activity
from sim.scenario import Scenario

NAMES = ("reactive", "random_patrol", "hotspot")


class Rostered(CityModel):
    """Notes the duties for which its units are rostered, those that have begun in the warm-up among them."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        units = self.world.police.units
        on_duty = units["sign_on_min"][units["activity"] != Activity.OFF_DUTY]
        self.planned = [(start_min, 1) for start_min in on_duty.tolist()]

    def _change_shifts(self, day: int) -> None:
        super()._change_shifts(day)
        reserve = self.scenario.force.reserve_units
        self.planned = [
            *self.planned,
            *((duty.start_min, len(duty.units) + reserve) for duty in self.duties),
        ]


def ran(scenario: Scenario) -> Rostered:
    model = Rostered(scenario)
    model.run()
    return model


def planned_officer_minutes(model: Rostered) -> float:
    """Return the officer-minutes of rostered duties of patrol in the measured days so far, without chance overtime."""
    force = model.scenario.force
    first, last = 1440.0 * model.scenario.warmup_days, model.now_min
    starts, units = np.array(model.planned).T
    ends = starts + force.shift_min
    return float(force.crew * (units * np.maximum(np.minimum(ends, last) - np.maximum(starts, first), 0)).sum())


def assert_duty_is_roster_and_overtime(model: Rostered) -> None:
    results = model.results()
    of_patrol = results.tables["ledger"]["post"] == "patrol"
    on_duty_min = results.tables["ledger"]["officer_minutes"][of_patrol].sum()
    ordered_min = model.staff.overtime_min[model.scenario.warmup_days :].sum()
    assert on_duty_min / 60 == pytest.approx(
        planned_officer_minutes(model) / 60 + results.indicators["overtime_hours"] - ordered_min / 60, abs=1e-6
    )


def assert_heads_worked_what_the_ledger_says(model: CityModel) -> None:
    """The heads have clocks of their own: what they worked on a day is what all posts booked on it."""
    tables = model.results().tables
    booked = np.bincount(tables["ledger"]["day"], tables["ledger"]["officer_minutes"], minlength=model.scenario.days)
    assert tables["force"]["worked_hours"] * 60 == pytest.approx(booked, rel=1e-4, abs=0.1)


scenarios = st.builds(
    in_town,
    seed=st.integers(0, 2**32 - 1),
    days=st.integers(1, 2),
    warmup_days=st.integers(0, 1),
    strategy=st.sampled_from(
        [
            *({"name": name} for name in NAMES),
            {"name": "hotspot", "dwell_min": 0.0},
            {"name": "random_patrol", "dwell_min": 240.0},
        ]
    ),
    clock=st.builds(dict, tick_min=st.sampled_from([5, 10, 30, 60]), start_weekday=st.integers(0, 6)),
    force=st.builds(
        dict,
        patrol_units=st.floats(0.2, 5.0),
        reserve_units=st.integers(0, 2),
        crew=st.integers(1, 4),
        shift_starts_hour=st.sampled_from([(0.0, 8.0, 16.0), (6.0, 14.0, 22.0), (7.5, 19.5), (8.0,)]),
        changes=st.sampled_from(
            [
                [],
                [{"factor": 0.7}],
                [{"factor": 0.25}],
                [{"post": "headquarters", "factor": 0.5, "move_to": "patrol", "start_day": 1}],
            ]
        ),
        overtime_share=st.sampled_from([0.0, 0.2, 0.5]),
        wellbeing=st.sampled_from([{}, {"active": False}, {"sick_per_year": 60.0, "attrition_per_year": 5.0}]),
    ),
    posts=st.sampled_from([{}, {"administration_min": 200.0, "counter_min": 500.0}]),
    coordination=st.sampled_from([{"structure": name} for name in ("silos", "joint_room", "joint_centre")]),
    dispatch=st.builds(
        dict,
        pooling=st.sampled_from(["city", "district", "beat"]),
        surge_help_waiting=st.sampled_from([None, 1, 4]),
        patience_min=st.sampled_from([(0.0, 0.0, 0.0), (5.0, 10.0, 20.0), (240.0, 480.0, 1440.0)]),
        help_after_min=st.sampled_from([(0.0, 0.0, 0.0), (0.0, 5.0, 20.0), (1e5, 1e5, 1e5)]),
    ),
    patrol=st.builds(dict, break_min=st.sampled_from([0.0, 30.0, 240.0])),
)


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(scenario=scenarios)
def test_whatever_the_force_and_the_rules_nothing_is_lost(scenario: Scenario) -> None:
    model = ran(scenario)
    audit(model.results())
    assert_duty_is_roster_and_overtime(model)
    if scenario.force.reserve_units == 0 and len(scenario.force.shift_starts_hour) > 1:
        assert_heads_worked_what_the_ledger_says(model)
    posts = model.posts
    for queue in (posts.administration, posts.call_notes, posts.reports, posts.counter):
        assert queue.minutes >= 0


@pytest.mark.parametrize("strategy", NAMES)
def test_duty_is_the_roster_and_the_overtime(strategy: str) -> None:
    model = ran(in_county(strategy={"name": strategy}, days=5, warmup_days=2))
    assert_duty_is_roster_and_overtime(model)
    assert_heads_worked_what_the_ledger_says(model)


def test_a_fraction_of_a_unit_is_on_duty_that_share_of_the_time() -> None:
    model = ran(in_town(days=30, force={"patrol_units": 1.37, "wellbeing": {"active": False}}))
    units = planned_officer_minutes(model) / (model.scenario.force.crew * 1440 * 30)
    assert units == pytest.approx(
        1.37, abs=1 / (30 * 3)
    )  # the roster rounds to whole units in each of 90 shifts, and carries the error over


def test_a_unit_whom_a_call_keeps_past_its_next_duty_is_paid_for_all_of_it_and_goes_home_in_the_end() -> None:
    long_calls = {
        "service": {"on_scene_min": (600, 600, 600), "per_1000_year": 60},
        "reporting": {"service_shape": 0.06},
    }
    model = ran(in_town(days=60, force={"patrol_units": 2, "shift_starts_hour": (0.0, 12.0)}, demand=long_calls))
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
    calls, ledger, incidents, books, frauds = (
        results.tables[name] for name in ("calls", "ledger", "incidents", "recorded", "frauds")
    )
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
def test_a_day_begins_once_even_if_the_logs_are_full_at_its_first_tick(
    crowded: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    run_ticks = model_module.advance
    monkeypatch.setattr(model_module, "advance", lambda *given: done.append(run_ticks(*given)) or done[-1])
    model = Diary(in_town(days=3, city=in_town().city.model_copy(update={"residents": 20_000}), **crowded))
    model.run()
    assert 0 in done, "the logs had room at the first tick: nothing was tried"
    assert model.days_drawn == [0, 1, 2]
    audit(model.results())
