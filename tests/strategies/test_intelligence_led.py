"""Intelligence-led patrol stops where analysts say, in the shares that its user wants, and nowhere without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.city.beats import divide
from sim.city.grid import Grid
from sim.scenario import Scenario
from sim.strategies.base import Analysis, Briefing, Recorded
from sim.strategies.check import check_strategy
from sim.strategies.intelligence_led import IntelligenceLed
from sim.strategies.plan import PatrolPlan

GRID = Grid(20, 20, 100.0)
INSIDE = np.arange(400) >= 20  # its first row lies outside the city
BEATS = divide(GRID, INSIDE, np.ones(400), 4, 2)
NOTHING = np.zeros(0, dtype=np.int32)


def planned(analysis: Analysis, **parameters: Any) -> PatrolPlan:
    briefing = Briefing(1e5, 0, GRID, BEATS, 3.0, Recorded(*[NOTHING] * 8), analysis)
    return IntelligenceLed(**parameters).plan(briefing, np.random.default_rng(1))


def surface() -> Any:
    return np.random.default_rng(2).exponential(1.0, 400)


ALERTS = Analysis(surface(), np.array([5, 45, 350, 351], dtype=np.int32), np.array([9.0, 1.0, 2.0, 0.0]))


def test_it_conforms() -> None:
    check_strategy("intelligence_led")
    check_strategy("intelligence_led", alert_share=0.0, spots_per_beat=1000)


def test_alerts_have_their_share_by_urgency_and_each_is_of_the_beat_in_which_it_lies() -> None:
    plan = planned(ALERTS, alert_share=0.25)
    assert plan.cell[:2].tolist() == [45, 350], "an alert outside the city or without urgency is none"
    assert plan.weight[:2] == pytest.approx([0.25 / 3, 0.5 / 3])
    assert np.array_equal(plan.beat[:2], BEATS.beat[[45, 350]])
    assert plan.weight.sum() == pytest.approx(1.0)
    assert set(plan.dwell_min.tolist()) == {12.0}


def test_the_other_stops_are_the_hottest_cells_of_the_surface_with_room_for_so_many_in_each_beat() -> None:
    plan, risk = planned(ALERTS, spots_per_beat=5, spot_m=100.0), np.where(INSIDE, ALERTS.surface, 0.0)
    assert np.array_equal(plan.cell[2:], np.argsort(-risk, kind="stable")[:20])
    assert np.bincount(plan.beat[2:]).tolist() == [5, 5, 5, 5]
    assert plan.weight[2:] / plan.weight[2] == pytest.approx(risk[plan.cell[2:]] / risk.max())


@pytest.mark.parametrize("alert_share", [0.0, 0.4])
def test_all_weight_is_at_what_there_is(alert_share: float) -> None:
    only_surface = planned(Analysis(ALERTS.surface), alert_share=alert_share)
    assert len(only_surface.cell) == 64, "four spots for each of four beats, of four cells each"
    assert only_surface.weight.sum() == pytest.approx(1.0)
    only_alerts = planned(Analysis(None, ALERTS.alert_cell, ALERTS.alert_weight), alert_share=alert_share)
    assert only_alerts.cell.tolist() == [45, 350]
    assert only_alerts.weight == pytest.approx([1 / 3, 2 / 3])
    assert len(planned(Analysis(), alert_share=alert_share).cell) == 0


def test_it_cannot_be_without_analysts() -> None:
    chosen = Scenario(strategy={"name": "intelligence_led"})
    assert chosen.strategy.programmes == ("intelligence",)
    assert chosen.strategy.organisation == "joint_room"
    with pytest.raises(ValueError, match="with the programme intelligence"):
        Scenario(strategy={"name": "intelligence_led", "programmes": ()})
