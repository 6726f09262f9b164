"""Plans with hours, walks and moving cars in a town: stops keep to their hours, and no officer-minute is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import TOWN, after, audit, different_columns, in_town

from sim.arrays import Array
from sim.incidents.log import Discoverer
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.police.patrol.units import Activity
from sim.strategies.base import Briefing, Strategy
from sim.strategies.plan import PatrolPlan, hours_of_week

NOON = hours_of_week(range(7), 11, 14)
FOUR = TOWN.model_copy(update={"beats": 8, "districts": 4})


def strategy(change: Any) -> Strategy:
    """Return one whose units stop for ten minutes anywhere in their beats, with a changed plan."""

    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        cells = np.flatnonzero(briefing.beats.beat >= 0)
        return change(PatrolPlan.of(cells, 1.0, 10.0, briefing.beats.beat[cells]))  # type: ignore[no-any-return]

    return type("Made", (Strategy,), {"name": "made", "plan": plan})()


def hours(results: Results) -> Array:
    """Return the hour of the week in which each visit began and the one in which it ended."""
    visits = results.tables["visits"]
    ends = visits["start_min"] + visits["dwell_min"] - 1e-3
    return np.stack([visits["start_min"], ends]) // 60 % 168


def test_units_stop_in_the_hours_of_the_plan_and_are_gone_when_these_end() -> None:
    found = after(in_town(days=3), strategy(lambda plan: plan.during(NOON)))
    assert found.tables["visits"]["cell"].size > 20
    assert set(np.unique(hours(found) % 24)) == {11, 12, 13}


def test_a_day_of_the_week_is_that_of_the_calendar() -> None:
    tuesday = hours_of_week([1], 0, 24)
    scenario = in_town(days=3, clock={"start_weekday": 6})
    found = after(scenario, strategy(lambda plan: plan.during(tuesday)))
    days = found.tables["visits"]["start_min"] // 1440
    assert set(np.unique(days)) == {2}


def test_a_plan_for_every_hour_is_the_plan_without_hours() -> None:
    always = np.ones(168, dtype=bool)
    one, other = (
        after(in_town(), strategy(change)) for change in (lambda plan: plan, lambda plan: plan.during(always))
    )
    assert different_columns(one, other) == []


def test_a_plan_with_hours_and_cars_gives_the_same_results_tick_by_tick() -> None:
    def changed(plan: PatrolPlan) -> PatrolPlan:
        walked = PatrolPlan.of(plan.cell, 2.0, 20.0, plan.beat, True).during(hours_of_week(range(7), 19, 23))
        return (plan.during(NOON) + walked).with_cars(1.0 + np.arange(4)[:, None] * np.arange(168) % 5)

    scenario = in_town(city=FOUR, days=2, force={"patrol_units": 6})
    whole = CityModel(scenario, strategy(changed))
    whole.run()
    ticks = CityModel(scenario, strategy(changed))
    for _ in range(2 * 144):
        ticks.step()
    assert different_columns(whole.results(), ticks.results()) == []
    assert (whole.results().tables["visits"]["purpose"] == "foot_patrol").sum() > 5


def test_a_crew_that_walks_is_seen_by_more_and_nothing_else_of_its_stop_changes() -> None:
    def shown(walks: bool, times: float) -> Array:
        made = strategy(lambda plan: PatrolPlan.of(plan.cell, 1.0, 1e4, plan.beat, walks))
        quiet = {kind: {"per_1000_year": 0.0} for kind in ("traffic", "service", "alarm", "disorder")}
        model = CityModel(in_town(days=1, presence={"seen_on_foot_times": times}, demand=quiet), made)
        model.run()
        return np.array(model.world.ground.cells["shown_min"].sum())

    assert shown(True, 1.0) == shown(False, 3.0)
    assert shown(True, 3.0) > 2.0 * shown(True, 1.0)


def test_cars_cover_the_districts_as_the_hour_wants_them() -> None:
    wanted = np.ones((4, 168))
    wanted[0, NOON] = 13.0
    wanted /= wanted.sum(axis=0)  # as many in every hour, so that shifts are as strong as ever
    model = CityModel(in_town(city=FOUR, days=1, force={"patrol_units": 8}), strategy(lambda p: p.with_cars(wanted)))
    in_first = {}
    for hour in (10, 12, 15):
        model.run_ticks((hour * 60 + 30) // 10 - model.ticks)
        units = model.world.police.units
        units = units[(units["activity"] != Activity.OFF_DUTY) & (units["shift_end_min"] > model.now_min)]
        middle = (units["beat_first"].astype(int) + units["beat_end"] - 1) // 2
        in_first[hour] = np.count_nonzero(model.city.beats.district[middle] == 0) / len(units)
    assert in_first[10] == in_first[15] == pytest.approx(0.25)
    assert in_first[12] >= 0.75


@pytest.mark.parametrize("starts", [(0.0, 8.0, 16.0), (6.0, 14.0, 22.0)])
def test_shifts_get_the_cars_that_their_hours_want_and_a_week_has_as_many_hours_of_duty(
    starts: tuple[float, ...],
) -> None:
    wanted = np.ones((1, 168))
    evening = hours_of_week(range(7), 16, 24)
    wanted[0, evening] = 4.0
    on_duty = []
    for cars in (False, True):
        model = CityModel(
            in_town(days=14, force={"patrol_units": 6, "shift_starts_hour": starts}),
            strategy(lambda plan, cars=cars: plan.with_cars(wanted) if cars else plan),
        )
        by_hour = np.zeros(24)
        for _ in range(14 * 24):
            model.run_ticks(3)
            by_hour[int(model.now_min // 60) % 24] += np.count_nonzero(
                model.world.police.units["sign_on_min"] * 0
                + (model.world.police.units["activity"] != Activity.OFF_DUTY)
            )
            model.run_ticks(3)
        told = model.briefing().units_by_hour
        assert told.shape == (1, 168)
        assert told.sum() == pytest.approx(168 * model.staff.roster._crewed.sum() / 3)
        on_duty.append(by_hour / 14)
        if cars:
            assert told[0, 24 + 18] > 1.5 * told[0, 24 + 10]
    usual, moved = on_duty
    assert moved.sum() == pytest.approx(usual.sum(), rel=0.03)
    assert moved[17:21].mean() > 1.3 * usual[17:21].mean()


def test_a_briefing_tells_what_the_tables_of_the_run_say() -> None:
    model = CityModel(
        in_town(days=4, demand={"disorder": {"unreported_per_1000_year": 20_000.0}}), strategy(lambda p: p)
    )
    model.run()
    told, tables = model.briefing(), model.results().tables
    assert np.array_equal(told.calls.cell, tables["calls"]["cell"])
    assert np.array_equal(told.calls.received_min, tables["calls"]["received_min"])
    assert np.array_equal(told.calls.by_patrol, tables["calls"]["discovered_by"] == "patrol")
    assert told.calls.by_patrol.any()
    assert np.array_equal(told.visits.cell, tables["visits"]["cell"])
    assert np.array_equal(told.visits.dwell_min, tables["visits"]["dwell_min"])
    names = np.array([one.name.lower() for one in Discoverer])
    assert np.array_equal(names[told.recorded.discovered_by], tables["recorded"]["discovered_by"])
    residents, shops = model.world.society.residents, model.world.society.shops
    assert told.places.schools.size.sum() == np.count_nonzero(residents["routine"] == 1)
    assert told.places.shops.size.sum() == len(shops)
    assert np.flatnonzero(told.places.schools.before).tolist() == [7, 31, 55, 79, 103]
    assert np.flatnonzero(told.places.schools.after).tolist() == [16, 40, 64, 88, 112]
    assert not told.places.schools.cell.flags.writeable


def test_all_cars_in_one_shift_of_one_district_are_still_a_force_of_which_no_minute_is_lost() -> None:
    wanted = np.zeros((4, 168))
    wanted[2, hours_of_week(range(7), 16, 24)] = wanted[1, hours_of_week(range(7), 8, 9)] = 1.0
    wanted[0] = 1e-6
    found = after(in_town(city=FOUR, days=5, force={"patrol_units": 4}), strategy(lambda plan: plan.with_cars(wanted)))
    audit(found)
    began = found.tables["visits"]["start_min"] // 60 % 24
    assert np.mean((began >= 16) & (began < 24)) > 0.6
