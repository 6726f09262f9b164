"""The oracle stops where the truth is worst, and it alone is told the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.beats import divide
from sim.city.city import CityParameters
from sim.city.grid import Grid
from sim.model import CityModel
from sim.scenario import Scenario
from sim.strategies.base import Briefing, Recorded, Strategy, registered
from sim.strategies.check import check_strategy
from sim.strategies.oracle import Oracle
from sim.strategies.plan import PatrolPlan

GRID = Grid(20, 20, 100.0)
BEATS = divide(GRID, np.arange(400) >= 20, np.ones(400), 4, 2)
NOTHING = np.zeros(0, dtype=np.int32)
TRUTH = np.random.default_rng(2).exponential(1.0, 400)
BRIEFING = Briefing(1e5, 0, GRID, BEATS, 3.0, Recorded(*[NOTHING] * 8), truth=TRUTH)


def plan(truth: Array | None, **parameters: Any) -> PatrolPlan:
    return Oracle(**parameters).plan(replace(BRIEFING, truth=truth), np.random.default_rng(1))


def test_it_conforms() -> None:
    check_strategy("oracle")
    check_strategy("oracle", spots_per_beat=1000)


def test_it_stops_at_the_worst_cells_of_the_city_with_weights_by_their_risk() -> None:
    found = plan(TRUTH, spots_per_beat=3, spot_m=100.0)
    risk = np.where(BEATS.beat < 0, 0.0, TRUTH)
    assert np.array_equal(found.cell, np.argsort(-risk)[:12])
    assert np.array_equal(found.weight, risk[found.cell])
    assert np.bincount(found.beat).tolist() == [3, 3, 3, 3]
    assert len(plan(np.zeros(400)).cell) == 0


def test_without_the_truth_it_has_no_plan() -> None:
    with pytest.raises(ValueError, match="its briefing lacks"):
        plan(None)


def test_no_other_strategy_knows_the_truth() -> None:
    assert [name for name, kind in registered().items() if kind.knows_truth] == ["oracle"]


class Listener(Strategy):
    """Plans nothing, and keeps what it is told."""

    name = "listener"
    review_days = 1

    def __init__(self, told: list[Briefing]) -> None:
        super().__init__()
        self.told = told

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        self.told.append(briefing)
        return PatrolPlan.none()


class Confidant(Listener):
    """As the listener, but it is told the truth."""

    name = "confidant"
    knows_truth = True


def test_the_truth_is_told_to_who_may_know_it_and_to_be_told_changes_nothing() -> None:
    """Both see the same town to the bit.

    What is told adds up to about the crimes that happen there (13 a day, half of them within a day would fail).
    """
    city = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1)
    rates = {"pickpocketing": 120, "shoplifting": 90, "vehicle_theft": 90, "brawl": 150}
    scenario = Scenario(
        city=city, days=20, warmup_days=0, demand={kind: {"rate_per_1000": rate} for kind, rate in rates.items()}
    )
    heard: list[list[Briefing]] = [[], []]
    crimes = []
    for kind, told in zip((Listener, Confidant), heard, strict=True):
        model = CityModel(scenario, kind(told))
        model.run()
        crimes.append(model.results().tables["incidents"])
    assert all(briefing.truth is None for briefing in heard[0])
    assert all(np.array_equal(crimes[0][name], crimes[1][name]) for name in ("time_min", "cell", "offender_id"))
    expected = sum(briefing.truth.sum() for briefing in heard[1] if briefing.truth is not None)
    place = np.isin(crimes[0]["type"], ("burglary", "theft", "robbery", "assault"))
    assert expected == pytest.approx(np.count_nonzero(place), rel=0.4)
    assert all(briefing.truth[~model.city.inside].sum() == 0 for briefing in heard[1] if briefing.truth is not None)
