"""The rules of the dispatcher, one small story each, on a street where a drive takes a minute a cell."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from laboratory import Laboratory, generator, line, poisson_times, streets_of

from sim.city.grid import Grid
from sim.incident_types import IncidentType
from sim.incidents.log import CallState
from sim.police.patrol.units import Activity
from sim.strategies.plan import PatrolPlan

STREET = line(31)
TWO_BEATS = [0] * 15 + [1] * 16  # of the cells of STREET
BEAT_EACH = {"streets": STREET, "beat_of_cell": TWO_BEATS, "covers": [(0, 1), (1, 2)], "pooling": "beat"}


def activity(lab: Laboratory, unit: int = 0) -> Activity:
    return Activity(int(lab.units["activity"][unit]))


def dispatched(lab: Laboratory, call: int) -> float | None:
    at_min = float(lab.calls["dispatched_min"][call])
    return at_min if at_min >= 0 else None


def shift_of(minutes: float) -> dict[str, float]:
    return {"shift_min": minutes}


# who is served first


def test_waiting_calls_are_served_by_priority_and_then_by_receipt() -> None:
    lab = Laboratory([0])
    lab.call(1.0, on_scene_min=20.0)
    order = [
        lab.call(at_min, priority=priority)
        for at_min, priority in ((2.0, 3), (3.0, 2), (4.0, 3), (5.0, 1), (6.0, 2), (7.0, 1))
    ]
    lab.serve(200.0)
    served = sorted(order, key=lambda c: dispatched(lab, c) or np.inf)
    assert [order.index(c) for c in served] == [3, 5, 1, 4, 0, 2]
    assert [dispatched(lab, c) for c in served] == [21.0, 31.0, 41.0, 51.0, 61.0, 71.0]


@pytest.mark.parametrize("doing", [Activity.RESPONSE_DRIVE, Activity.ON_SCENE, Activity.PAPERWORK])
def test_an_urgent_call_never_takes_a_unit_from_another_call(doing: Activity) -> None:
    at_min = {Activity.RESPONSE_DRIVE: 3.0, Activity.ON_SCENE: 15.0, Activity.PAPERWORK: 25.0}[doing]
    lab = Laboratory([0], STREET)
    first = lab.call(1.0, cell=10, priority=3, on_scene_min=10.0, paperwork_min=10.0)
    urgent = lab.call(at_min, cell=10, priority=1)
    lab.serve(at_min + 0.1)
    assert activity(lab) == doing
    lab.serve(100.0)
    assert lab.calls["arrived_min"][first] == pytest.approx(11.0)
    assert lab.calls["cleared_min"][first] == pytest.approx(21.0)
    assert dispatched(lab, urgent) == pytest.approx(31.0)


# whom a call gets


def test_the_nearest_unit_is_the_one_with_the_shortest_drive_not_the_shortest_way() -> None:
    graph = nx.grid_2d_graph(1, 10)
    for (_, a), (_, b), edge in graph.edges(data=True):
        edge["speed_kmh"] = 6.0 if max(a, b) <= 4 else 60.0
    lab = Laboratory([0, 9], streets_of(graph, Grid(1, 10, 100.0), 6.0))
    call = lab.call(1.0, cell=4)
    lab.serve(50.0)
    assert lab.calls["unit_id"][call] == 1
    assert lab.calls["distance_km"][call] == pytest.approx(0.5)
    assert lab.calls["arrived_min"][call] == pytest.approx(1.5)


def test_one_way_streets_count_in_the_direction_of_the_drive() -> None:
    ring = nx.DiGraph([((0, i), (0, (i + 1) % 10)) for i in range(10)])
    lab = Laboratory([1, 6], streets_of(ring, Grid(1, 10, 100.0), 6.0))
    behind, ahead = lab.call(1.0, cell=0), lab.call(100.0, cell=4)
    lab.serve(200.0)
    assert lab.calls["unit_id"][[behind, ahead]].tolist() == [1, 0]
    assert lab.calls["arrived_min"][[behind, ahead]] == pytest.approx([5.0, 103.0])


def test_a_drive_to_an_urgent_call_is_faster_and_no_other_is() -> None:
    lab = Laboratory([0], STREET, urgent_speed=2.0)
    calls = [lab.call(100.0 * priority, cell=20, priority=priority) for priority in (1, 2, 3)]
    lab.serve(500.0)
    assert lab.calls["arrived_min"][calls] - lab.calls["received_min"][calls] == pytest.approx([10.0, 20.0, 20.0])
    assert lab.calls["distance_km"][calls] == pytest.approx([2.0, 2.0, 2.0])


def test_until_others_may_help_a_unit_of_the_beat_goes_and_then_the_nearest_of_any() -> None:
    lab = Laboratory([0, 15], help_after_min=(0.0, 5.0, 5.0), **BEAT_EACH)
    calm, urgent = lab.call(1.0, cell=14, priority=2), lab.call(100.0, cell=14, priority=1)
    lab.serve(200.0)
    assert lab.calls["unit_id"][[calm, urgent]].tolist() == [0, 1]
    assert dispatched(lab, calm) == 1.0
    lab = Laboratory([0, 15], **{**BEAT_EACH, "pooling": "city"})
    call = lab.call(1.0, cell=14, priority=2)
    lab.serve(100.0)
    assert lab.calls["unit_id"][call] == 1


def test_units_of_other_beats_help_only_after_the_wait_for_help() -> None:
    lab = Laboratory([0, 15], help_after_min=(0.0, 5.0, 20.0), **BEAT_EACH)
    lab.call(1.0, cell=0, on_scene_min=300.0)
    soon, later, at_once = (
        lab.call(100.0, cell=0, priority=2),
        lab.call(200.0, cell=0, priority=3),
        lab.call(280.0, cell=0, priority=1),
    )
    lab.serve(290.0)
    assert [dispatched(lab, c) for c in (soon, later, at_once)] == [105.0, 220.0, 280.0]
    lab.serve(500.0)
    assert lab.calls["unit_id"][[soon, later, at_once]].tolist() == [1, 1, 1]


def test_a_freed_unit_passes_over_calls_of_other_beats_that_may_not_have_help_yet() -> None:
    lab = Laboratory([0, 15], help_after_min=(30.0, 30.0, 30.0), **BEAT_EACH)
    lab.call(1.0, cell=0, on_scene_min=300.0)
    lab.call(2.0, cell=15, on_scene_min=100.0)
    other, own, old = (
        lab.call(90.0, cell=0, priority=2),
        lab.call(95.0, cell=15, priority=3, on_scene_min=20.0),
        lab.call(60.0, cell=0, priority=3),
    )
    lab.serve(400.0)
    assert dispatched(lab, old) == 102.0  # it has waited for 42 min
    assert dispatched(lab, other) == 127.0  # when its freed unit comes to it: 102 + 15 + 10
    assert dispatched(lab, own) == 137.0


def test_a_unit_in_reserve_is_never_sent() -> None:
    lab = Laboratory([0, 20], STREET)
    lab.units["reserve"] = [True, False]
    calls = [lab.call(float(at_min), cell=0, priority=1, needed=2) for at_min in range(1, 50, 3)]
    lab.serve(5000.0)
    assert (lab.calls["unit_id"][calls] == 1).all()
    assert (lab.calls["sent"][calls] == 1).all()
    assert activity(lab, 0) == Activity.STANDBY


def test_a_unit_that_is_off_duty_is_not_sent_and_one_that_signs_on_takes_what_waits() -> None:
    lab = Laboratory([0], signs_on=False, **shift_of(480.0))
    lab.sign_on(0, 60.0)
    first, second = lab.call(10.0), lab.call(20.0)
    lab.serve(59.0)
    assert dispatched(lab, first) is None
    lab.serve(100.0)
    assert [dispatched(lab, first), dispatched(lab, second)] == [60.0, 70.0]


# what is interrupted


def test_a_unit_is_sent_from_where_its_patrol_drive_has_brought_it() -> None:
    lab = Laboratory([0], STREET, plan=PatrolPlan.of([30], 1.0, 600.0, 0))
    call = lab.call(10.0, cell=5)
    lab.serve(9.0)
    assert activity(lab) == Activity.PATROL_DRIVE
    lab.serve(10.1)
    assert activity(lab) == Activity.RESPONSE_DRIVE
    lab.serve(16.0)
    assert lab.calls["distance_km"][call] == pytest.approx(0.5)
    assert lab.calls["arrived_min"][call] == pytest.approx(15.0)


def test_a_patrol_stop_is_broken_off_for_a_call_and_logged_as_long_as_it_lasted() -> None:
    lab = Laboratory([0], STREET, plan=PatrolPlan.of([10], 1.0, 60.0, 0))
    call = lab.call(25.0, cell=12)
    lab.serve(25.1)
    assert dispatched(lab, call) == 25.0
    assert lab.visits[["unit_id", "cell"]].tolist() == [(0, 10)]
    assert float(lab.visits["start_min"][0]) == pytest.approx(10.0)
    assert float(lab.visits["dwell_min"][0]) == pytest.approx(15.0)
    lab.serve(40.0)
    assert lab.calls["distance_km"][call] == pytest.approx(0.2)


def test_the_way_back_to_the_station_is_broken_off_for_a_call() -> None:
    lab = Laboratory([0], STREET)
    lab.call(1.0, cell=20, on_scene_min=9.0)
    call = lab.call(35.0, cell=20)
    lab.serve(34.0)
    assert activity(lab) == Activity.RETURN_DRIVE
    lab.serve(41.0)
    assert dispatched(lab, call) == 35.0
    assert lab.calls["arrived_min"][call] == pytest.approx(40.0)
    lab.serve(100.0)
    assert activity(lab) == Activity.STANDBY
    assert lab.units["to_cell"][0] == 0


def test_a_break_comes_halfway_through_the_shift_and_only_an_urgent_call_interrupts_it() -> None:
    lab = Laboratory([0], break_min=30.0, **shift_of(480.0))
    patient, urgent, later = (
        lab.call(245.0, priority=2),
        lab.call(250.0, priority=1, on_scene_min=5.0),
        lab.call(400.0, priority=3),
    )
    lab.serve(249.0)
    assert activity(lab) == Activity.BREAK
    assert dispatched(lab, patient) is None
    lab.serve(479.0)
    assert [dispatched(lab, c) for c in (urgent, patient, later)] == [250.0, 255.0, 400.0]
    assert lab.ledger[:, Activity.BREAK].sum() == pytest.approx(10.0)  # what is left of a broken break is lost


def test_an_uninterrupted_break_lasts_its_minutes_and_then_the_unit_takes_what_waits() -> None:
    lab = Laboratory([0], break_min=30.0, **shift_of(480.0))
    call = lab.call(245.0, priority=2)
    lab.serve(479.0)
    assert dispatched(lab, call) == 270.0
    assert lab.ledger[:, Activity.BREAK].sum() == pytest.approx(30.0)


def test_one_unit_eats_at_a_time_where_one_may_and_the_next_sits_down_when_it_is_done() -> None:
    lab = Laboratory([0] * 3, break_min=30.0, **shift_of(480.0))
    for until_min, at_meal in ((241.0, [0]), (271.0, [1]), (301.0, [2]), (331.0, [])):
        lab.serve(until_min)
        assert np.flatnonzero(lab.units["activity"] == Activity.BREAK).tolist() == at_meal
    lab.serve(481.0)
    assert lab.ledger[:, Activity.BREAK].sum() == pytest.approx(90.0)
    assert lab.units["duties"].tolist() == [1, 1, 1]
    assert not lab.units["meals_missed"].any()


def test_a_meal_for_which_calls_leave_no_time_is_missed_and_counted() -> None:
    lab = Laboratory([0], break_min=30.0, **shift_of(480.0))
    lab.call(230.0, on_scene_min=245.0)
    lab.call(240.0, on_scene_min=20.0)
    lab.serve(600.0)
    assert (lab.units["duties"].tolist(), lab.units["meals_missed"].tolist()) == ([1], [1])
    assert lab.ledger[:, Activity.BREAK].sum() == 0.0


def test_the_place_of_a_call_remembers_no_patrol_that_was_never_there() -> None:
    """What a unit does indoors, or on its way with lights on, deters nobody afterwards.

    A patrol stop of as long does.
    """
    lab = Laboratory([0], STREET)
    lab.call(1.0, cell=20, on_scene_min=60.0)
    lab.serve(200.0)
    assert not lab.cells["deterrence"].any()
    patrol = Laboratory([0], STREET, plan=PatrolPlan.of([20], 1.0, 60.0, 0))
    patrol.serve(200.0)
    assert patrol.cells["deterrence"][20] > 0.9


def test_a_unit_on_a_call_takes_its_break_after_it_and_not_before_waiting_calls() -> None:
    lab = Laboratory([0], break_min=30.0, **shift_of(480.0))
    lab.call(230.0, on_scene_min=20.0)
    waiting = lab.call(235.0, on_scene_min=10.0)
    lab.serve(259.0)
    assert dispatched(lab, waiting) == 250.0
    lab.serve(261.0)
    assert activity(lab) == Activity.BREAK


# calls for two units


def test_a_call_for_two_gets_the_two_nearest_at_once_and_frees_them_together() -> None:
    lab = Laboratory([0, 4, 30], STREET)
    call = lab.call(1.0, cell=6, needed=2, on_scene_min=20.0, paperwork_min=30.0)
    lab.serve(10.0)
    assert [activity(lab, u) for u in range(3)] == [Activity.ON_SCENE, Activity.ON_SCENE, Activity.STANDBY]
    assert lab.calls["unit_id"][call] == 1
    assert lab.calls["arrived_min"][call] == pytest.approx(3.0)
    lab.serve(23.5)
    assert lab.calls["cleared_min"][call] == pytest.approx(23.0)
    assert [activity(lab, u) for u in range(2)] == [Activity.RETURN_DRIVE, Activity.PAPERWORK]
    lab.serve(100.0)
    assert lab.ledger[:, Activity.ON_SCENE].sum() == pytest.approx(20.0 + 16.0)
    assert lab.ledger[:, Activity.PAPERWORK].sum() == pytest.approx(30.0)


def test_a_call_for_two_gets_its_second_unit_when_one_is_free() -> None:
    lab = Laboratory([0, 0])
    lab.call(1.0, on_scene_min=20.0)
    double, waiting = lab.call(5.0, priority=2, needed=2, on_scene_min=60.0), lab.call(6.0, priority=3)
    lab.serve(20.0)
    assert lab.calls["sent"][double] == 1
    assert dispatched(lab, double) == 5.0
    lab.serve(22.0)
    assert lab.calls["sent"][double] == 2
    assert [activity(lab, u) for u in range(2)] == [Activity.ON_SCENE, Activity.ON_SCENE]
    assert dispatched(lab, waiting) is None
    lab.serve(66.0)
    assert lab.calls["cleared_min"][double] == 65.0
    assert dispatched(lab, waiting) == 65.0
    assert sorted(activity(lab, u) for u in range(2)) == [Activity.STANDBY, Activity.ON_SCENE]


def test_a_call_for_two_that_is_cleared_before_the_second_unit_comes_turns_it_back_on_its_way() -> None:
    lab = Laboratory([0, 30], STREET)
    double = lab.call(1.0, cell=0, needed=2, on_scene_min=10.0)
    lab.serve(10.9)
    assert activity(lab, 1) == Activity.RESPONSE_DRIVE
    near = lab.call(11.5, cell=20)
    lab.serve(12.0)
    assert lab.calls["cleared_min"][double] == 11.0
    assert dispatched(lab, near) == 11.5
    lab.serve(40.0)
    assert lab.calls["unit_id"][near] == 1
    assert lab.calls["distance_km"][near] == pytest.approx(
        0.1
    )  # it had come to cell 20 by minute 11, and to 21 on its way back


def test_a_call_for_two_with_one_unit_there_gets_help_from_another_beat_after_the_wait_for_help() -> None:
    lab = Laboratory([0, 15], help_after_min=(10.0, 10.0, 10.0), **BEAT_EACH)
    double = lab.call(1.0, cell=0, priority=1, needed=2, on_scene_min=120.0)
    lab.serve(60.0)
    assert lab.calls["sent"][double] == 2
    assert activity(lab, 1) == Activity.ON_SCENE


def test_a_call_for_two_gets_its_second_unit_later_even_where_no_call_may_wait_for_its_first() -> None:
    lab = Laboratory([0, 0], patience_min=(0.0, 0.0, 0.0))
    lab.call(1.0, on_scene_min=20.0)
    double, lost = lab.call(5.0, priority=2, needed=2, on_scene_min=60.0), lab.call(6.0)
    lab.serve(22.0)
    assert lab.calls["state"][lost] == CallState.EXPIRED
    assert lab.calls["sent"][double] == 2


# who is held back


def test_units_are_held_back_for_more_urgent_calls_and_go_once_more_are_free_or_the_wait_for_help_is_over() -> None:
    """Of five units the whole part of 0.45 · 5 stays free: two."""
    lab = Laboratory([0] * 5, held_back_share=(0.0, 0.2, 0.45), help_after_min=(0.0, 50.0, 500.0))
    for until_min in (60.0, 70.0, 300.0):
        lab.call(1.0, priority=1, on_scene_min=until_min)
    held, middle, urgent = lab.call(10.0), lab.call(11.0, priority=2), lab.call(12.0, priority=1, on_scene_min=300.0)
    lab.serve(13.0)
    assert [dispatched(lab, c) for c in (held, middle, urgent)] == [None, 11.0, 12.0]
    lab.serve(200.0)
    assert dispatched(lab, held) == 71.0, "three are free: those of the calls that ended at 21, 61 and 71"
    last = lab.call(201.0, on_scene_min=300.0)
    lab.serve(202.0)
    assert dispatched(lab, last) == 201.0
    patient = lab.call(203.0)
    lab.serve(1000.0)
    assert dispatched(lab, patient) == 301.0


def test_a_call_that_is_held_back_goes_when_its_wait_for_help_is_over_and_a_lone_unit_is_never_held_back() -> None:
    lab = Laboratory([0, 0], held_back_share=(0.0, 0.0, 0.5), help_after_min=(0.0, 0.0, 20.0))
    lab.call(1.0, priority=1, on_scene_min=300.0)
    held = lab.call(10.0)
    lab.serve(100.0)
    assert dispatched(lab, held) == 30.0
    alone = Laboratory([0], held_back_share=(0.0, 0.9, 0.9))
    call = alone.call(1.0)
    alone.serve(2.0)
    assert dispatched(alone, call) == 1.0


# calls that end unserved


def test_a_call_that_nobody_is_sent_to_in_time_expires() -> None:
    lab = Laboratory([0], patience_min=(30.0, 60.0, 120.0))
    lab.call(1.0, on_scene_min=500.0)
    calls = [lab.call(10.0, priority=priority) for priority in (1, 2, 3)]
    for now_min, expired in ((39.0, 0), (41.0, 1), (69.0, 1), (71.0, 2), (129.0, 2), (131.0, 3)):
        lab.serve(now_min)
        assert np.count_nonzero(lab.calls["state"][calls] == CallState.EXPIRED) == expired
    lab.serve(2000.0)
    assert [dispatched(lab, c) for c in calls] == [None, None, None]
    assert (lab.calls["cleared_min"][calls] < 0).all()


def test_a_call_does_not_expire_once_a_unit_is_on_its_way() -> None:
    lab = Laboratory([0], STREET, patience_min=(15.0, 15.0, 15.0))
    lab.call(1.0, on_scene_min=20.0)
    call = lab.call(10.0, cell=20)
    lab.serve(200.0)
    assert dispatched(lab, call) == 21.0
    assert lab.calls["state"][call] == CallState.SERVED


def test_a_crime_is_recorded_when_its_call_is_cleared_or_expires() -> None:
    lab = Laboratory([0], patience_min=(60.0, 60.0, 60.0))
    crimes = [lab.crime(IncidentType.PICKPOCKETING, 0.5), lab.crime(IncidentType.PICKPOCKETING, 1.0)]
    lab.call(2.0, on_scene_min=90.0, incident=crimes[0])
    lab.call(3.0, incident=crimes[1])
    lab.serve(500.0)
    assert lab.incidents["recorded_time_min"][crimes].tolist() == [92.0, 63.0]


def test_in_a_crowded_night_every_call_ends_once_and_no_unit_idles_while_a_call_that_it_may_take_waits() -> None:
    rng = generator(11)
    lab = Laboratory([0, 5, 12, 20, 28], STREET, patience_min=(40.0, 60.0, 80.0))
    for at_min in poisson_times(rng, 3000, 0.12):
        two = int(rng.random() < 0.15) + 1
        lab.call(
            float(at_min),
            cell=int(rng.integers(31)),
            priority=1 + int(rng.integers(3)),
            needed=two,
            on_scene_min=float(rng.exponential(25.0)),
            paperwork_min=3.0,
        )
    idled = 0
    for moment in np.arange(0.5, 24_000.0, 7.3):
        lab.serve(moment)
        free = np.isin(lab.units["activity"], (Activity.STANDBY, Activity.RETURN_DRIVE)).any()
        idled += int(free and (lab.calls["state"] == CallState.WAITING).any())
    assert idled == 0
    lab.serve(np.inf)
    calls = lab.calls
    served, expired = calls["state"] == CallState.SERVED, calls["state"] == CallState.EXPIRED
    assert (served ^ expired).all()
    assert min(served.sum(), expired.sum()) > 100
    assert np.array_equal(served, calls["dispatched_min"] >= 0)
    assert np.array_equal(served, calls["cleared_min"] >= 0)
    assert np.array_equal(served, calls["unit_id"] >= 0)
    assert (np.isin(calls["sent"][served], (1, 2)) & (calls["sent"] <= calls["needed"])[served]).all()
    for unit in range(5):
        own = calls[served & (calls["unit_id"] == unit)]
        own = own[np.argsort(own["arrived_min"])]
        assert (own["cleared_min"][:-1] <= own["arrived_min"][1:]).all(), "a unit was at two calls at once"


# shifts


def test_a_unit_on_a_call_at_the_end_of_its_shift_stays_to_its_end_as_overtime() -> None:
    lab = Laboratory([0], STREET, **shift_of(480.0))
    lab.call(470.0, cell=5, on_scene_min=60.0, paperwork_min=10.0)
    next_one = lab.call(475.0, cell=5)
    lab.serve(600.0)
    assert activity(lab) == Activity.OFF_DUTY
    assert float(lab.units["overtime_min"][0]) == pytest.approx(65.0)
    assert float(lab.units["on_duty_min"][0]) == pytest.approx(545.0)
    assert lab.ledger.sum() == pytest.approx(545.0)
    assert dispatched(lab, next_one) is None, "a unit in overtime took another call"


@pytest.mark.parametrize("plan", [PatrolPlan.none(), PatrolPlan.of([10], 1.0, 50.0, 0)])
def test_a_free_unit_goes_off_duty_at_the_end_of_its_shift_wherever_it_is(plan: PatrolPlan) -> None:
    lab = Laboratory([0], STREET, plan=plan, **shift_of(480.0))
    lab.call(440.0, cell=30, on_scene_min=5.0)
    lab.serve(481.0)
    assert activity(lab) == Activity.OFF_DUTY
    assert float(lab.units["overtime_min"][0]) == 0.0
    assert lab.ledger.sum() == pytest.approx(480.0)


def test_a_unit_that_is_still_on_a_call_when_its_next_shift_begins_finishes_it_first() -> None:
    lab = Laboratory([0], days=4, **shift_of(480.0))
    lab.sign_on(0, 1440.0)
    long, waiting = lab.call(470.0, on_scene_min=1000.0), lab.call(1445.0)
    lab.serve(1460.0)
    assert activity(lab) == Activity.ON_SCENE
    assert dispatched(lab, waiting) is None
    lab.serve(1500.0)
    assert lab.calls["cleared_min"][long] == 1470.0
    assert dispatched(lab, waiting) == 1470.0
    lab.serve(1440.0 + 480.0 + 1.0)
    assert activity(lab) == Activity.OFF_DUTY, "the second shift did not end"
    assert float(lab.units["overtime_min"][0]) == pytest.approx(960.0)
    assert lab.ledger.sum() == pytest.approx(1920.0)
    assert float(lab.units["on_duty_min"][0]) == pytest.approx(1920.0)


# patrol


def test_free_units_stop_at_the_places_of_their_beats_in_proportion_to_the_weights() -> None:
    plan = PatrolPlan.of([2, 6, 20], [1.0, 3.0, 5.0], 10.0, [0, 0, 1])
    lab = Laboratory([0, 15], plan=plan, days=40, **BEAT_EACH)
    for day in range(40):
        lab.serve(1440.0 * (day + 1))
    visits = lab.visits
    own = visits[visits["unit_id"] == 0]
    n = len(own)
    assert n > 3000
    assert set(own["cell"].tolist()) == {2, 6}
    assert set(visits["cell"][visits["unit_id"] == 1].tolist()) == {20}
    assert abs((own["cell"] == 6).mean() - 0.75) < 4.5 * np.sqrt(0.75 * 0.25 / n)  # false alarm 1e-5
    assert np.allclose(own["dwell_min"], 10.0)
