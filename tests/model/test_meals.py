"""Meals: at no moment is a shift at its meal together, and everybody gets one."""

from __future__ import annotations

import numpy as np
import pytest
from small_runs import in_county, in_town

from sim.incidents.log import CALLS
from sim.model import CityModel
from sim.police.patrol.units import Activity

DAYS = 28


@pytest.mark.parametrize(("units", "share"), [(1, 0.2), (2, 0.2), (4, 0.2), (9, 0.2), (17, 0.2), (17, 0.4), (4, 1.0)])
def test_at_most_the_stated_share_of_a_shift_eats_at_a_time_and_one_always_may(units: int, share: float) -> None:
    model = CityModel(in_town(days=3, force={"patrol_units": units}, patrol={"most_at_meal_share": share}))
    table, most = model.world.police.units, 0
    for _ in range(3 * 144):
        model.step()
        at_meal = np.bincount(table["shift"][table["activity"] == Activity.BREAK], minlength=3)
        manned = np.bincount(table["shift"][table["activity"] != Activity.OFF_DUTY], minlength=3)
        assert (at_meal <= np.maximum(1, np.floor(share * manned + 1e-9))).all()
        most = max(most, int(at_meal.max()))
    assert most >= 1
    assert model.results().indicators["meals_missed_share"] < 0.05


def test_nobody_waits_longer_for_a_unit_because_it_is_time_to_eat() -> None:
    """Mean wait of priorities 2 and 3 by hour.

    With everybody at table at 4, 12 and 20 h it was 2.3 to 2.8 times the mean of the day.
    """
    model = CityModel(in_county(days=DAYS, warmup_days=0))
    model.run()
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    calls = calls[(calls["priority"] > 1) & (calls["dispatched_min"] >= 0)]
    hour = (calls["received_min"] % 1440 // 60).astype(int)
    wait = np.array([(calls["dispatched_min"] - calls["received_min"])[hour == h].mean() for h in range(24)])
    assert wait.max() < 2 * wait.mean(), f"at {wait.argmax()} h"


def test_meals_that_cannot_all_be_had_are_said_to_be_missed() -> None:
    """Nine units of which one may eat at a time, four hours each: two meals fit into a shift of eight hours."""
    model = CityModel(in_town(days=4, force={"patrol_units": 9}, patrol={"break_min": 240.0}))
    model.run()
    missed = model.results().indicators["meals_missed_share"]
    assert missed is not None
    assert missed > 0.6
