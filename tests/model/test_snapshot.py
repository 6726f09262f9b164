"""A run that is kept in its middle goes on as the undisturbed one does, to the bit, and never with other code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from small_runs import different_columns, in_town

import beatlab as bl
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.parameters import BadInput, parameter
from sim.programmes.base import Programme
from sim.scenario import Scenario
from sim.strategies.base import Strategy, StrategyParameters
from sim.strategies.plan import ANY_UNIT, PatrolPlan

STRATEGIES = (
    "reactive", "random_patrol", "hotspot", "intelligence_led", "campaign", "community", "co_governance", "integrated",
    "oracle",
)  # fmt: skip
PART = 8 * 144 + 50  # ticks: in the middle of a day, after plans have been reviewed


class OfTheTest(Strategy):
    """Stops in the first cells of the grid."""

    name = "of_the_test"

    class Parameters(StrategyParameters):
        """Its parameters."""

        name: str = "of_the_test"
        stops: int = parameter(3, unit="cells", ge=1, le=10, source="assumption", doc="Cells at which to stop.")

    def __init__(self, stops: int = 3, **_: Any) -> None:
        self.stops = stops

    def plan(self, briefing: Any, _rng: np.random.Generator) -> PatrolPlan:
        """Return a plan."""
        cells = np.flatnonzero(briefing.beats.beat >= 0)[: self.stops]
        return PatrolPlan.of(cells, 1.0, 10.0, ANY_UNIT)


class Counting(Programme):
    """Counts its days."""

    name = "counting_days"

    def begin(self, site: Any) -> None:
        """Begin."""
        self.site, self.days = site, 0

    def day(self, today: Any) -> None:
        """Count a day."""
        self.days += 1


@pytest.fixture
def own_ones() -> Any:
    from sim import registry

    before = registry.by_hand()
    bl.register(OfTheTest)
    bl.register(Counting)
    yield
    for kind, _ in registry.by_hand():
        if (kind, "") not in before:
            registry.take_back(kind)


def results(model: CityModel, ticks: int) -> Results:
    model.run_ticks(ticks)
    return model.results()


def alike(one: Results, other: Results) -> bool:
    assert one.tables.keys() == other.tables.keys()
    assert different_columns(one, other) == []
    return repr(one.indicators) == repr(other.indicators)


def middle(scenario: Scenario) -> CityModel:
    model = CityModel(scenario)
    model.run_ticks(PART)
    return model


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_run_goes_on_from_its_middle_as_if_nothing_had_been(strategy: str) -> None:
    model = middle(in_town(days=16, strategy={"name": strategy}))
    kept = bl.snapshot(model)
    undisturbed, again = results(model, 16 * 144 - PART), bl.resume(kept)
    assert again.steps == PART
    assert alike(undisturbed, results(again, 16 * 144 - PART))
    assert again.agents_by_type.keys() == model.agents_by_type.keys()


def test_a_snapshot_after_a_warm_up_and_in_a_course_goes_on_too(tmp_path: Path) -> None:
    course = {
        "phases": [{"start_day": day, "strategy": {"name": name}} for day, name in ((0, "hotspot"), (10, "community"))]
    }
    model = middle(in_town(warmup_days=7, days=15, fade_out_days=1, strategy_course=course))
    (tmp_path / "kept").write_bytes(bl.snapshot(model))
    undisturbed = results(model, 16 * 144 - PART)
    assert alike(undisturbed, results(bl.resume(tmp_path / "kept"), 16 * 144 - PART))


def test_strategies_and_programmes_of_ones_own_go_on_too(own_ones: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = middle(in_town(days=10, strategy={"name": "of_the_test", "stops": 5, "programmes": ["counting_days"]}))
    kept = bl.snapshot(model)
    undisturbed = results(model, 10 * 144 - PART)
    resumed = bl.resume(kept)
    assert isinstance(resumed.strategy, OfTheTest)
    assert resumed.strategy.stops == 5
    assert alike(undisturbed, results(resumed, 10 * 144 - PART))
    (counting,) = (one for one in resumed.programmes if isinstance(one, Counting))
    assert counting.days == 10
    monkeypatch.setattr("sim.snapshot.digest_of", lambda _file: "another text")
    with pytest.raises(BadInput, match="have not changed since"):
        bl.resume(kept)


def test_an_own_strategy_that_was_handed_over_needs_its_registration(own_ones: Any) -> None:
    kept = bl.snapshot(CityModel(in_town(), OfTheTest(4)))
    assert bl.resume(kept).strategy.stops == 4
    from sim import registry
    from sim.extensions import _forget_what_was_found

    registry.take_back(OfTheTest)
    _forget_what_was_found()
    with pytest.raises(BadInput, match="registered here"):
        bl.resume(kept)
    with pytest.raises(BadInput, match="not registered"):
        bl.snapshot(CityModel(in_town(), OfTheTest(4)))


def test_several_futures_of_one_moment_do_not_touch_each_other() -> None:
    kept = bl.snapshot(middle(in_town(days=12, strategy={"name": "hotspot"})))
    one, other = bl.resume(kept), bl.resume(kept)
    one.run(days=1)
    one.world.society.residents["trust"] = 0.0
    assert other.world.society.residents["trust"].max() > 0.0
    assert one.city is other.city, "what all runs of a city share is built once"


def test_other_code_damage_and_what_is_no_snapshot_are_one_line(tmp_path: Path, monkeypatch: Any) -> None:
    kept = bl.snapshot(CityModel(in_town()))
    for wrong in (b"", b"nothing", kept[:-1], kept[:-1] + bytes([kept[-1] ^ 1]), tmp_path / "nowhere"):
        with pytest.raises(BadInput) as refused:
            bl.resume(wrong)
        assert "\n" not in str(refused.value)
    monkeypatch.setattr("sim.snapshot.code_version", lambda _module: "other")
    with pytest.raises(BadInput, match="this version of the model"):
        bl.resume(kept)


def test_agents_of_ones_own_are_refused() -> None:
    model = CityModel(in_town())
    mesa.Agent(model)
    with pytest.raises(BadInput, match="agents"):
        bl.snapshot(model)
