"""Crews that are tired, make mistakes, do not follow orders, or work overtime: what it costs, to the minute."""

from __future__ import annotations

import numpy as np
import pytest
from laboratory import Laboratory, line

from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters
from sim.police.patrol.units import Activity
from sim.strategies.plan import PatrolPlan

STREET = line(31)
CERTAIN = DemandParameters.model_validate({"robbery": {"arrest_probability": 1.0, "custody_days": 0.0}})
BUSY = [Activity.RESPONSE_DRIVE, Activity.ON_SCENE, Activity.PAPERWORK, Activity.ARREST_PROCESSING]
FREE_AS_ORDERED = [Activity.PATROL_DRIVE, Activity.PATROL_STOP]


# slow and mistaken


def after_an_arrest(slow: float) -> Laboratory:
    lab = Laboratory([0], STREET, demand=CERTAIN, arrest_processing_min=60.0)
    lab.units["slow"] = slow
    lab.call(
        5.0, cell=20, priority=1, on_scene_min=10.0, paperwork_min=6.0, incident=lab.crime(IncidentType.ROBBERY, 25.0)
    )
    lab.serve(1440.0)
    assert lab.incidents["cleared"].all()
    return lab


@pytest.mark.parametrize("slow", [0.5, 1.0, 1.5])
def test_a_crew_takes_its_time_for_every_piece_of_work_and_drives_as_fast_as_ever(slow: float) -> None:
    usual, tired = after_an_arrest(1.0), after_an_arrest(slow)
    for activity in BUSY:
        expected = usual.ledger[:, activity].sum() * (1.0 if activity == Activity.RESPONSE_DRIVE else slow)
        assert expected > 0
        assert tired.ledger[:, activity].sum() == pytest.approx(expected, rel=1e-9), activity.name
    assert tired.calls["cleared_min"][0] == pytest.approx(25.0 + 10.0 * slow)


def test_work_for_two_units_goes_at_the_pace_of_the_first_on_scene() -> None:
    lab = Laboratory([0, 4], STREET)
    lab.units["slow"] = [1.0, 2.0]
    call = lab.call(1.0, cell=6, needed=2, on_scene_min=20.0, paperwork_min=5.0)
    lab.serve(200.0)
    assert lab.calls["unit_id"][call] == 1
    assert lab.calls["cleared_min"][call] == pytest.approx(3.0 + 40.0)
    assert lab.ledger[:, Activity.PAPERWORK].sum() == pytest.approx(10.0)


def test_the_minutes_of_calls_are_booked_on_the_units_as_in_the_ledger() -> None:
    lab = Laboratory([0, 20], STREET, plan=PatrolPlan.of([5, 25], 1.0, 10.0, 0), demand=CERTAIN)
    for i in range(60):
        at_min = 20.0 * i
        lab.call(
            at_min,
            cell=i % 31,
            priority=1 + i % 3,
            needed=1 + i % 2,
            paperwork_min=4.0,
            incident=lab.crime(IncidentType.ROBBERY, at_min),
        )
    lab.serve(30_000.0)
    assert (lab.units["busy_min"] > 0).all()
    assert lab.units["busy_min"].sum() == pytest.approx(lab.ledger[:, BUSY].sum(), rel=1e-9)


def arrests(mistakes: float, n: int = 4000) -> Laboratory:
    often = {"robbery": {"arrest_probability": 0.8, "custody_days": 0.0}}
    lab = Laboratory([0], demand=DemandParameters.model_validate(often))
    lab.units["mistakes"] = mistakes
    for i in range(n):
        lab.call(1000.0 * i, priority=1, on_scene_min=1.0, incident=lab.crime(IncidentType.ROBBERY, 1000.0 * i))
    lab.serve(1000.0 * n)
    return lab


def test_mistakes_cost_their_share_of_the_arrests_and_no_other_is_made_instead() -> None:
    """Binomial, 4,000 robberies; false alarm 1e-5."""
    without, lab, always = arrests(0.0), arrests(0.4), arrests(1.0)
    chance = 0.8 * (1 - 0.4)
    assert abs(lab.incidents["cleared"].mean() - chance) < 4.5 * np.sqrt(chance * (1 - chance) / len(lab.incidents))
    assert (without.incidents["cleared"] >= lab.incidents["cleared"]).all()
    assert not always.incidents["cleared"].any()
    for one in (without, lab, always):
        assert int(one.units["arrests"][0]) == np.count_nonzero(one.incidents["cleared"])


# effort


def free_days(effort: float, dwell_min: float, units: int = 10, days: int = 50, cell: int = 0) -> Laboratory:
    lab = Laboratory([0] * units, STREET, plan=PatrolPlan.of([cell], 1.0, dwell_min, 0), days=days + 1)
    lab.units["effort"] = effort
    for day in range(days):
        lab.serve(1440.0 * (day + 1))
    return lab


@pytest.mark.parametrize("dwell_min", [7.0, 240.0])
@pytest.mark.parametrize("effort", [0.0, 0.3, 0.8, 1.0])
def test_free_time_is_spent_as_ordered_in_the_share_of_effort(effort: float, dwell_min: float) -> None:
    """Binomial over 12,000 spells; false alarm 1e-5.

    At the edge of a spell a drive of half a minute may be on either side.
    """
    lab = free_days(effort, dwell_min)
    share = lab.ledger[:, FREE_AS_ORDERED].sum() / lab.ledger.sum()
    edge = 0.5 / 60 if 0 < effort < 1 else 1e-9
    assert abs(share - effort) <= 4.5 * np.sqrt(effort * (1 - effort) / 12_000) + edge
    assert lab.ledger.sum() == pytest.approx(10 * 50 * 1440.0)


def test_in_which_spells_a_crew_follows_orders_is_the_same_whatever_the_orders_are() -> None:
    """Every 40 minutes past the hour: who waits at the station, or is on the way there."""
    idle = []
    for cell, dwell_min in ((3, 20.0), (9, 7.0)):
        lab = Laboratory([0] * 5, STREET, plan=PatrolPlan.of([cell], 1.0, dwell_min, 0), days=11)
        lab.units["effort"] = 0.5
        seen = []
        for hour in range(240):
            lab.serve(60.0 * hour + 40.0)
            seen.append(np.isin(lab.units["activity"], (Activity.STANDBY, Activity.RETURN_DRIVE)))
        idle.append(np.array(seen))
    assert np.array_equal(*idle)
    assert 0.3 < idle[0].mean() < 0.7
    assert (idle[0][:, 0] != idle[0][:, 1]).any(), "two units are idle at the same hours"


def test_a_crew_that_waits_at_the_station_goes_to_calls_like_any_other_and_is_back_on_patrol_in_a_later_spell() -> None:
    lab = Laboratory([4], STREET, plan=PatrolPlan.of([20], 1.0, 10.0, 0))
    lab.units["effort"] = 0.0
    call = lab.call(100.0, cell=10, on_scene_min=10.0)
    lab.serve(130.0)
    assert lab.calls["dispatched_min"][call] == 100.0
    assert lab.calls["arrived_min"][call] == pytest.approx(106.0)
    assert len(lab.visits) == 0
    lab.units["effort"] = 1.0
    lab.serve(180.1)
    assert lab.units["activity"][0] == Activity.PATROL_DRIVE


def test_a_crew_that_comes_to_its_stop_when_it_no_longer_follows_orders_goes_back_without_stopping() -> None:
    lab = Laboratory([0], STREET, plan=PatrolPlan.of([20], 1.0, 10.0, 0))
    lab.serve(15.0)
    assert lab.units["activity"][0] == Activity.PATROL_DRIVE
    lab.units["effort"] = 0.0
    lab.serve(20.1)
    assert lab.units["activity"][0] == Activity.RETURN_DRIVE
    lab.serve(200.0)
    assert len(lab.visits) == 0


def test_an_hour_without_effort_begins_on_time_however_long_the_stop_was_to_be() -> None:
    lab = free_days(0.5, 100.0, units=1, days=10, cell=1)
    ends = lab.visits["start_min"] + lab.visits["dwell_min"]
    assert len(lab.visits) > 20
    assert (np.minimum(ends % 60, 60 - ends % 60)[lab.visits["dwell_min"] < 99.9] < 1e-3).all()


def test_the_hours_of_ten_crews_begin_at_ten_different_minutes() -> None:
    """All at once they would drive off, and back, on the hour; they begin at least two minutes apart."""
    minutes = []
    for unit in range(10):
        lab = Laboratory([0] * 10, STREET, plan=PatrolPlan.of([1], 1.0, 100.0, 0), days=11)
        lab.units["effort"] = np.where(np.arange(10) == unit, 0.5, 0.0)
        for day in range(10):
            lab.serve(1440.0 * (day + 1))
        ends = (lab.visits["start_min"] + lab.visits["dwell_min"])[lab.visits["dwell_min"] < 99.9] % 60
        assert len(ends) > 20
        assert np.ptp((ends - ends[0] + 30) % 60) < 1e-3
        minutes.append(float(ends[0]))
    gaps = np.diff(np.sort(minutes), append=min(minutes) + 60)
    assert gaps.min() > 2.0


# overtime


def overtime_laboratory(share: float = 0.25, **rules: object) -> Laboratory:
    return Laboratory([0], STREET, shift_min=480.0, overtime_share=share, days=3, **rules)


def test_ordered_overtime_prolongs_the_duty_and_is_booked_to_the_minute() -> None:
    lab = overtime_laboratory(break_min=30.0)
    late = lab.call(550.0, cell=3, on_scene_min=10.0)
    lab.serve(1000.0)
    assert lab.calls["dispatched_min"][late] == 550.0
    assert float(lab.units["overtime_min"][0]) == pytest.approx(120.0)
    assert float(lab.units["on_duty_min"][0]) == pytest.approx(600.0)
    assert lab.ledger.sum() == pytest.approx(600.0)
    assert lab.ledger[:, Activity.BREAK].sum() == pytest.approx(30.0), "one break a duty, after half the shift"


def test_a_call_that_outlasts_ordered_overtime_is_overtime_too() -> None:
    lab = overtime_laboratory()
    lab.call(590.0, on_scene_min=30.0)
    refused = lab.call(610.0)
    lab.serve(1000.0)
    assert float(lab.units["overtime_min"][0]) == pytest.approx(140.0)
    assert float(lab.units["on_duty_min"][0]) == pytest.approx(620.0)
    assert lab.calls["dispatched_min"][refused] < 0


def test_a_call_that_lasts_into_the_next_duty_is_overtime_from_the_end_of_the_shift_to_its_beginning() -> None:
    lab = overtime_laboratory()
    lab.sign_on(0, 1440.0)
    lab.call(470.0, on_scene_min=1000.0)
    lab.serve(1440.0 + 700.0)
    assert float(lab.units["overtime_min"][0]) == pytest.approx(960.0 + 120.0)
    assert float(lab.units["on_duty_min"][0]) == pytest.approx(1440.0 + 600.0)


def test_without_ordered_overtime_a_duty_is_the_shift() -> None:
    lab = overtime_laboratory(0.0)
    lab.serve(1000.0)
    assert float(lab.units["overtime_min"][0]) == 0.0
    assert float(lab.units["on_duty_min"][0]) == pytest.approx(480.0)
