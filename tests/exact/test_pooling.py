"""Units of the beat, the district or the city, and help for a district where too many calls wait.

Who goes, and when.
"""

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
STATIONS = [0, 19, 20, 39]  # one unit a beat; the inner two are next to the border of the districts
FREE = (Activity.STANDBY, Activity.RETURN_DRIVE)


def two_districts(
    pooling: str, surge: int | None = None, help_after_min: tuple[float, ...] = (30.0, 30.0, 30.0), **rules: Any
) -> Laboratory:
    return Laboratory(
        STATIONS, STREET, covers=[(b, b + 1) for b in range(4)], beat_of_cell=FOUR_BEATS, district_of_beat=[0, 0, 1, 1],
        pooling=pooling,
        surge_help_waiting=surge, help_after_min=help_after_min, **rules,
    )  # fmt: skip


def sent(lab: Laboratory, calls: list[int]) -> list[float | None]:
    return [float(at_min) if at_min >= 0 else None for at_min in lab.calls["dispatched_min"][calls]]


def recount(lab: Laboratory) -> list[int]:
    waits = lab.calls["state"] == CallState.WAITING
    return np.bincount(lab.desk.district[lab.calls["beat"][waits]], minlength=len(lab.desk.waiting)).tolist()


@pytest.mark.parametrize(
    ("pooling", "cell", "unit"),
    [
        ("beat", 9, 0),
        ("district", 9, 0),
        ("city", 9, 0),
        ("beat", 10, 1),
        ("beat", 18, 1),
        ("district", 18, 1),
        ("city", 21, 2),
    ],
)
def test_a_call_near_a_unit_of_its_beat_gets_that_unit_with_any_pooling(pooling: str, cell: int, unit: int) -> None:
    lab = two_districts(pooling)
    call = lab.call(1.0, cell=cell)
    lab.serve(60.0)
    assert lab.calls["unit_id"][call] == unit
    assert not lab.calls["far"][call]


@pytest.mark.parametrize(("pooling", "unit", "at_min"), [("beat", 2, 42.0), ("district", 0, 12.0), ("city", 2, 12.0)])
def test_when_its_own_unit_is_busy_a_call_gets_the_nearest_that_the_pooling_allows(
    pooling: str, unit: int, at_min: float
) -> None:
    """The call comes from next to the unit of beat 2, which is of the other district.

    After 30 minutes any unit may help.
    """
    lab = two_districts(pooling)
    lab.call(1.0, cell=19, on_scene_min=300.0)
    call = lab.call(12.0, cell=19)
    lab.serve(100.0)
    assert lab.calls["unit_id"][call] == unit
    assert sent(lab, [call]) == [at_min]
    assert lab.calls["far"][call]


def test_with_pooling_by_district_others_help_after_the_wait_for_help() -> None:
    lab = two_districts("district")
    for cell in (0, 19):
        lab.call(1.0, cell=cell, on_scene_min=300.0)
    call = lab.call(12.0, cell=19)
    lab.serve(100.0)
    assert sent(lab, [call]) == [42.0]
    assert lab.calls["unit_id"][call] == 2


def test_a_freed_unit_takes_the_calls_of_its_district_and_passes_over_those_of_the_other() -> None:
    lab = two_districts("district", help_after_min=(1e5, 1e5, 1e5))
    for cell in (0, 19, 20, 39):
        lab.call(1.0, cell=cell, on_scene_min=100.0 + cell)
    other, own = lab.call(10.0, cell=25), lab.call(11.0, cell=19)
    lab.serve(1000.0)
    assert sent(lab, [own, other]) == [101.0, 121.0]
    assert lab.calls["unit_id"][[own, other]].tolist() == [0, 2]


@pytest.mark.parametrize("pooling", ["beat", "district"])
def test_when_too_many_wait_in_a_district_units_of_the_city_go_to_the_most_urgent_until_they_are_fewer(
    pooling: str,
) -> None:
    lab = two_districts(pooling, surge=3, help_after_min=(1e5, 1e5, 1e5))
    for cell in (0, 19):
        lab.call(1.0, cell=cell, on_scene_min=300.0)
    calm, urgent, third = (
        lab.call(10.0, cell=5, priority=3),
        lab.call(20.0, cell=6, priority=2),
        lab.call(30.0, cell=7, priority=3),
    )
    lab.serve(29.0)
    assert lab.desk.waiting.tolist() == [2, 0]
    assert sent(lab, [calm, urgent]) == [None, None]
    lab.serve(31.0)
    assert sent(lab, [calm, urgent, third]) == [None, 30.0, None]
    assert lab.calls["far"][urgent]
    assert lab.desk.waiting.tolist() == [2, 0]
    fourth = lab.call(35.0, cell=8, priority=3)
    lab.serve(36.0)
    assert sent(lab, [calm, third, fourth]) == [35.0, None, None]
    assert sorted(lab.calls["unit_id"][[0, 1]].tolist()) == [0, 1]
    lab.serve(150.0)
    assert lab.calls["unit_id"][urgent] == 2
    assert lab.calls["unit_id"][calm] == 3
    assert sent(lab, [third, fourth]) == [None, None], "two calls are no surge"


def test_without_surge_help_any_number_of_calls_waits() -> None:
    lab = two_districts("beat", surge=None, help_after_min=(1e5, 1e5, 1e5))
    for cell in (0, 19):
        lab.call(1.0, cell=cell, on_scene_min=300.0)
    calls = [lab.call(10.0 + i, cell=5) for i in range(20)]
    lab.serve(299.0)
    assert sent(lab, calls) == [None] * 20
    assert lab.desk.waiting.tolist() == [20, 0]


def test_a_unit_that_becomes_free_goes_to_a_surge_elsewhere() -> None:
    lab = two_districts("beat", surge=2, help_after_min=(1e5, 1e5, 1e5))
    for cell in (0, 19, 20, 39):
        lab.call(1.0, cell=cell, on_scene_min=100.0 + cell)
    calls = [lab.call(10.0 + i, cell=39) for i in range(3)]
    lab.serve(500.0)
    assert sent(lab, calls) == [101.0, 120.0, 140.0], "the first two go to units from far, the last waits for its own"
    assert lab.calls["far"][calls].tolist() == [True, True, False]


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 1000),
    pooling=st.sampled_from(["beat", "district", "city"]),
    surge=st.sampled_from([None, 1, 2, 4]),
    patience_min=st.sampled_from([0.0, 15.0, 90.0, 1e5]),
    help_min=st.sampled_from([0.0, 10.0, 1e5]),
    diverted=st.sampled_from([0.0, 0.3]),
)
def test_the_count_of_waiting_calls_is_exact_and_no_unit_idles_beside_a_surge(
    seed: int, pooling: str, surge: int | None, patience_min: float, help_min: float, diverted: float
) -> None:
    rng = generator(seed)
    lab = two_districts(
        pooling, surge=surge, help_after_min=(help_min,) * 3, patience_min=(patience_min,) * 3, break_min=20.0
    )
    lab.desk.diverted[:] = diverted
    for at_min in poisson_times(rng, 150, 0.16):
        lab.call(
            float(at_min), cell=int(rng.integers(40)), priority=1 + int(rng.integers(3)),
            needed=1 + int(rng.random() < 0.2),
            on_scene_min=float(rng.exponential(25.0)), paperwork_min=2.0, on_view=bool(rng.random() < 0.1),
        )  # fmt: skip
    for moment in np.arange(1.3, 1000.0, 7.7):
        lab.serve(moment)
        waiting = lab.desk.waiting
        assert (waiting >= 0).all()
        assert waiting.tolist() == recount(lab)
        if np.isin(lab.units["activity"], FREE).any():
            assert waiting.max() < (surge or np.inf)
            assert waiting.max() == 0 or pooling != "city"
    lab.serve(np.inf)
    assert lab.desk.waiting.sum() == 0
    assert (lab.calls["far"] <= (lab.calls["sent"] > 0)).all()
