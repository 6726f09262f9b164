"""The cover that is left: no call waits beside an idle car without a reason, and an empty district gets a stand-in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laboratory import Laboratory, generator, line, poisson_times

from sim.incidents.log import CallState
from sim.police.patrol.units import Activity

STREET = line(40)
FOUR_BEATS = np.repeat(np.arange(4), 10)
FREE = (Activity.STANDBY, Activity.RETURN_DRIVE)
NEVER_HELPED = (1e5,) * 3


def two_districts(stations: list[int], covers: list[tuple[int, int]], **rules: Any) -> Laboratory:
    usual = {"pooling": "beat", "surge_help_waiting": None, "help_after_min": NEVER_HELPED}
    return Laboratory(
        stations, STREET, covers=covers, beat_of_cell=FOUR_BEATS, district_of_beat=[0, 0, 1, 1], **usual | rules
    )


def one_a_beat(**rules: Any) -> Laboratory:
    return two_districts([0, 19, 20, 39], [(b, b + 1) for b in range(4)], **rules)


def sent_to(lab: Laboratory, call: int) -> int:
    lab.serve(lab.now_min + 0.5)
    found = np.flatnonzero(lab.units["call_id"] == call)
    return int(found[0]) if len(found) else -1


@pytest.mark.parametrize(("cover_min", "unit"), [(None, -1), (8.0, 0), (30.0, -1)])
def test_a_call_whose_own_unit_is_busy_gets_another_if_way_and_cover_cost_less_than_the_wait(
    cover_min: float | None, unit: int
) -> None:
    """The other is 18 minutes off; the own one is reckoned to take 40 minutes more."""
    lab = one_a_beat(cover_min=None if cover_min is None else (cover_min,) * 3, busy_min=40.0)
    lab.call(1.0, cell=19, on_scene_min=300.0)
    for cell in (20, 39):
        lab.call(1.0, cell=cell, on_scene_min=300.0)
    call = lab.call(12.0, cell=18)
    lab.serve(12.0)
    assert sent_to(lab, call) == unit
    assert (lab.calls["far"][call]) == (unit >= 0)


@pytest.mark.parametrize(("cover_min", "unit"), [(0.0, 2), (5.0, 2), (12.0, 1)])
def test_a_nearer_unit_from_elsewhere_goes_if_its_cover_is_worth_less_than_the_way_that_it_saves(
    cover_min: float, unit: int
) -> None:
    """The own unit is 9 minutes off, that of the next beat 1."""
    lab = two_districts([0, 10, 20, 39], [(b, b + 1) for b in range(4)], cover_min=(cover_min,) * 3)
    call = lab.call(12.0, cell=19)
    lab.serve(12.0)
    assert sent_to(lab, call) == unit


@pytest.mark.parametrize(("others", "unit"), [(0, -1), (2, 1)])
def test_the_last_free_unit_of_an_area_is_worth_more_than_one_of_several(others: int, unit: int) -> None:
    """Way 20, wait 40: a cover of 30 is too much for the last one, a third of it for one of three is not."""
    lab = two_districts(
        [0, *[20] * (1 + others)], [(0, 1), *[(2, 3)] * (1 + others)], cover_min=(30.0,) * 3, busy_min=40.0
    )
    lab.call(1.0, cell=0, on_scene_min=300.0)
    call = lab.call(12.0, cell=0)
    lab.serve(12.0)
    assert sent_to(lab, call) == unit


def test_of_several_own_units_one_is_reckoned_to_be_free_sooner() -> None:
    for own, unit in ((1, 3), (3, -1)):
        stations, covers = [0] * 3 + [20], [(0, 1)] * own + [(1, 2)] * (3 - own) + [(2, 3)]
        lab = two_districts(stations, covers, cover_min=(0.0,) * 3, busy_min=45.0)
        for beat in (0, 1):
            for _ in range(own if beat == 0 else 3 - own):
                lab.call(1.0, cell=10 * beat, on_scene_min=300.0)
        call = lab.call(12.0, cell=0)
        lab.serve(12.0)
        assert sent_to(lab, call) == unit


def test_a_unit_that_becomes_free_takes_a_call_of_elsewhere_that_is_worth_it() -> None:
    for busy_min, sent_min in ((200.0, 101.0), (5.0, 301.0)):
        lab = one_a_beat(cover_min=(0.0,) * 3, busy_min=busy_min)
        for cell, minutes in ((0, 300.0), (19, 100.0), (20, 400.0), (39, 400.0)):
            lab.call(1.0, cell=cell, on_scene_min=minutes)
        call = lab.call(10.0, cell=5)
        lab.serve(1000.0)
        assert lab.calls["dispatched_min"][call] == pytest.approx(sent_min)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 1000), pooling=st.sampled_from(["beat", "district"]))
def test_no_call_waits_beside_an_idle_unit_whose_cover_is_worth_nothing(seed: int, pooling: str) -> None:
    rng = generator(seed)
    lab = one_a_beat(pooling=pooling, cover_min=(0.0, 0.0, 0.0), busy_min=1440.0, patience_min=(1e5,) * 3)
    for at_min in poisson_times(rng, 150, 0.16):
        lab.call(
            float(at_min), cell=int(rng.integers(40)), priority=1 + int(rng.integers(3)),
            on_scene_min=float(rng.exponential(25.0)), paperwork_min=2.0,
        )  # fmt: skip
    waited = 0
    for moment in np.arange(1.3, 1000.0, 7.7):
        lab.serve(moment)
        waiting = (lab.calls["state"] == CallState.WAITING).sum()
        waited += waiting > 0
        assert waiting == 0 or not np.isin(lab.units["activity"], FREE).any()
    assert waited > 5


def test_a_unit_stands_in_for_an_empty_district_until_its_own_is_free_again() -> None:
    lab = two_districts([5, 20, 39], [(0, 2), (2, 3), (3, 4)], move_up_leaving=1)
    lab.call(10.0, cell=6, on_scene_min=60.0)
    lab.serve(11.0)
    nearest = lab.units[1]
    assert nearest["activity"] == Activity.RETURN_DRIVE
    assert (nearest["to_cell"], nearest["beat_first"], nearest["beat_end"]) == (5, 0, 2)
    lab.serve(50.0)
    assert lab.units["activity"].tolist()[1:] == [Activity.STANDBY, Activity.STANDBY]
    assert lab.units["from_cell"].tolist()[1:] == [5, 39]
    lab.serve(73.0)
    assert lab.units["to_cell"].tolist()[1:] == [20, 39]
    assert not lab.units["stands_in"].any()
    lab.serve(120.0)
    assert lab.units["from_cell"].tolist() == [5, 20, 39]


def test_who_stands_in_takes_calls_there_as_its_own_and_goes_home_afterwards() -> None:
    lab = two_districts([5, 20, 39], [(0, 2), (2, 3), (3, 4)], move_up_leaving=1)
    lab.call(10.0, cell=6, on_scene_min=300.0)
    call = lab.call(50.0, cell=8, on_scene_min=10.0)
    lab.serve(100.0)
    assert lab.calls["unit_id"][call] == 1
    assert lab.calls["dispatched_min"][call] == 50.0
    assert not lab.calls["far"][call]
    assert lab.units["from_cell"][1] == 20
    assert (lab.units["beat_first"][1], lab.units["beat_end"][1]) == (2, 3)
    assert lab.ledger.sum() == pytest.approx(300.0)


@pytest.mark.parametrize("leaving", [None, 2])
def test_nobody_stands_in_if_too_few_would_be_left(leaving: int | None) -> None:
    lab = two_districts([5, 20, 39], [(0, 2), (2, 3), (3, 4)], move_up_leaving=leaving)
    lab.call(10.0, cell=6, on_scene_min=60.0)
    lab.serve(50.0)
    assert lab.units["from_cell"].tolist()[1:] == [20, 39]
    assert not lab.units["stands_in"].any()
