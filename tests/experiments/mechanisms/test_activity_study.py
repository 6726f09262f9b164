"""What an hour of an activity does: differences are paired, per hour of its own work, and every programme exists."""

from __future__ import annotations

import pytest

from experiments.mechanisms.activity_study import (
    ACTIVITIES,
    MEASURES,
    NOTHING,
    STOPS,
    activities_table,
    activity_scenarios,
)
from experiments.mechanisms.kept import Afterwards
from sim.programmes.base import programme_class
from sim.scenario import Scenario


def left(hours: float, trust: float, work: str) -> Afterwards:
    return Afterwards({work: hours, "standby": 50.0}, trust, 400.0, 400.0, 100.0, 900.0)


def test_a_change_is_paired_and_per_thousand_hours_of_the_work_of_the_activity() -> None:
    runs = {name: [left(0.0, 600.0, "visits")] * 2 for name in (*ACTIVITIES, NOTHING, STOPS)}
    runs["visits"] = [left(10.0, 602.0, "visits"), left(20.0, 608.0, "visits")]
    table = {(row["activity"], row["measure"]): row for row in activities_table(runs).iter_rows(named=True)}
    assert len(table) == (len(ACTIVITIES) + 1) * len(MEASURES)
    assert table["visits", "trust"]["mean"] == pytest.approx((200.0 + 400.0) / 2)
    assert table["visits", "trust"]["officer_hours"] == 15.0
    assert table["visits", "crimes"]["mean"] == 0.0
    assert table["sessions", "trust"]["mean"] is None, "nobody worked"


def test_each_activity_is_a_programme_by_itself_with_the_same_officers() -> None:
    base = Scenario()
    found = activity_scenarios(base, days=7)
    assert set(found) == {NOTHING, STOPS, *ACTIVITIES}
    for name, one in ACTIVITIES.items():
        assert set(one.settings) <= set(programme_class(one.programme).Parameters.model_fields)
        assert found[name].strategy.programmes == (one.programme,)
        assert found[name].force == base.force
        assert found[name].days == 7
