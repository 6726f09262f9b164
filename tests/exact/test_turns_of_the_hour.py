"""What a turn of the hour does to a unit in the middle of something, and what a crew on foot takes back to its car."""

from __future__ import annotations

import pytest
from laboratory import Laboratory, line

from sim.police.patrol.units import Activity
from sim.strategies.plan import PatrolPlan, hours_of_week

STREET = line(40)  # a minute a cell
NEAR, FAR = PatrolPlan.of([10], 1.0, 600.0, 0), PatrolPlan.of([30], 1.0, 600.0, 0)


def activity(lab: Laboratory, unit: int = 0) -> int:
    return int(lab.units["activity"][unit])


def test_a_unit_at_a_stop_that_is_over_leaves_for_another_at_once() -> None:
    lab = Laboratory([0], STREET, plan=NEAR)
    lab.serve(60.0)
    assert activity(lab) == Activity.PATROL_STOP
    lab.order(FAR)
    lab.serve(60.1)
    assert activity(lab) == Activity.PATROL_DRIVE
    assert lab.visits[["cell", "start_min", "dwell_min"]].tolist() == [(10, 10.0, 50.0)]
    lab.serve(81.0)
    assert activity(lab) == Activity.PATROL_STOP
    assert lab.units["since_min"][0] == pytest.approx(80.0)


def test_a_unit_at_a_stop_that_goes_on_stays() -> None:
    lab = Laboratory([0], STREET, plan=NEAR)
    lab.serve(60.0)
    lab.order(NEAR + FAR)
    lab.serve(120.0)
    assert activity(lab) == Activity.PATROL_STOP
    assert lab.visits.size == 0


def test_a_unit_on_its_way_to_a_stop_that_is_over_turns_where_it_is_and_leaves_no_visit() -> None:
    lab = Laboratory([0], STREET, plan=FAR)
    lab.serve(20.0)
    lab.order(NEAR)
    lab.serve(29.0)
    assert activity(lab) == Activity.PATROL_DRIVE
    lab.serve(31.0)  # ten cells back from where twenty minutes had brought it
    assert activity(lab) == Activity.PATROL_STOP
    assert lab.units["since_min"][0] == pytest.approx(30.0)
    assert lab.visits.size == 0


def test_a_unit_without_any_stop_goes_back_and_one_that_waits_sets_out_when_there_is_one() -> None:
    lab = Laboratory([0], STREET, plan=NEAR)
    lab.serve(60.0)
    lab.order(PatrolPlan.none())
    lab.serve(60.1)
    assert activity(lab) == Activity.RETURN_DRIVE
    lab.serve(100.0)
    assert activity(lab) == Activity.STANDBY
    lab.order(NEAR)
    lab.serve(100.1)
    assert activity(lab) == Activity.PATROL_DRIVE


def test_a_turn_of_the_hour_disturbs_no_call_and_moves_no_reserve() -> None:
    lab = Laboratory([0, 5], STREET, plan=PatrolPlan.none())
    lab.units["reserve"][1] = True
    call = lab.call(10.0, cell=3, on_scene_min=60.0)
    lab.serve(20.0)
    lab.order(NEAR)
    lab.serve(30.0)
    assert activity(lab, 0) == Activity.ON_SCENE
    assert activity(lab, 1) == Activity.STANDBY
    lab.serve(74.0)
    assert lab.calls["cleared_min"][call] == pytest.approx(73.0)
    assert activity(lab, 0) == Activity.PATROL_DRIVE


def test_the_stops_of_an_hour_are_those_that_hold_in_it() -> None:
    plan = NEAR.during(hours_of_week([0], 0, 1)) + FAR.during(hours_of_week([0], 1, 2))
    lab = Laboratory([0], STREET, plan=PatrolPlan.none())
    for hour, cell in ((0, 10), (1, 30)):
        lab.order(plan, hour)
        lab.serve((hour + 1) * 60.0)
        assert lab.units["to_cell"][0] == cell
    lab.order(plan, 2)
    lab.serve(120.1)
    assert activity(lab) == Activity.RETURN_DRIVE


@pytest.mark.parametrize(("on_foot", "later_min"), [(False, 0.0), (True, 4.0)])
@pytest.mark.parametrize("priority", [1, 3])
def test_a_crew_on_foot_first_walks_back_to_its_car(on_foot: bool, later_min: float, priority: int) -> None:
    plan = PatrolPlan.of([10], 1.0, 600.0, 0, on_foot)
    lab = Laboratory([0], STREET, plan=plan, back_to_car_min=4.0, urgent_speed=2.0)
    call = lab.call(60.0, cell=18, priority=priority)
    lab.serve(100.0)
    drive_min = 8.0 / (2.0 if priority == 1 else 1.0)
    assert lab.calls["arrived_min"][call] == pytest.approx(60.0 + later_min + drive_min)
    assert lab.visits["on_foot"].tolist() == [on_foot]


def test_a_crew_on_its_way_to_a_stop_on_foot_is_still_in_its_car() -> None:
    lab = Laboratory([0], STREET, plan=PatrolPlan.of([30], 1.0, 600.0, 0, True), back_to_car_min=4.0)
    call = lab.call(10.0, cell=15)
    lab.serve(40.0)
    assert lab.calls["arrived_min"][call] == pytest.approx(15.0)


def test_the_dispatcher_reckons_with_the_walk_back_when_it_looks_for_the_nearest_unit() -> None:
    lab = Laboratory([0, 13], STREET, plan=PatrolPlan.of([10], 1.0, 600.0, 0, True), back_to_car_min=10.0)
    lab.units["reserve"][1] = True
    lab.serve(30.0)
    lab.units["reserve"][1] = False
    call = lab.call(40.0, cell=11)
    lab.serve(60.0)
    assert lab.calls["unit_id"][call] == 1
