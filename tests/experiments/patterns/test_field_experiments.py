"""Field experiments carried out again: exact estimators, police records alone, lots that are balanced and keyed."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_town

from experiments.patterns.trials import kansas_city, records, watch
from experiments.patterns.trials.enacted import EXPERIMENTS
from experiments.patterns.trials.experiment import FieldExperiment, parts, scaled
from experiments.patterns.trials.kansas_city import LEVELS, PROACTIVE, REACTIVE, ByBeat, allotted, beats_of
from experiments.patterns.trials.kept import Carried, Enacted, Plan, enact, places_of_trial, tasks_of
from experiments.patterns.trials.minneapolis import Minneapolis
from experiments.patterns.trials.records import (
    Outcomes,
    Periods,
    Units,
    around_units,
    odds_ratio,
    relative_change,
    significant_share,
    told,
)
from experiments.patterns.trials.watch import like
from experiments.settings.compose import compose
from sim.city.city import CityParameters
from sim.city.grid import Grid
from sim.draws import Stream
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.model import CityModel
from sim.programmes.watch_schemes import NEVER, WatchSchemes
from sim.randomness import generator
from sim.scenario import Scenario, status_quo
from sim.strategies.base import Recorded
from sim.strategies.check import check_strategy

DAY = 1440.0
SMALL = CityParameters(name="small", residents=4000, area_km2=4, beats=3, districts=1, centres=1)


def test_the_change_against_controls_and_the_odds_ratio_of_a_hand_made_table() -> None:
    treated, control = np.array([100.0, 60.0]), np.array([80.0, 64.0])
    assert relative_change(treated, control) == pytest.approx(-25.0)  # 0.6 against 0.8
    found = odds_ratio(treated, control)
    assert found is not None
    assert found == pytest.approx((100 * 64 / (60 * 80), np.sqrt(1 / 100 + 1 / 60 + 1 / 80 + 1 / 64)))
    assert relative_change(np.array([0.0, 3.0]), control) is None
    assert odds_ratio(np.array([3.0, 0.0]), control) is None


def test_the_parts_of_a_ratio_are_the_pseudo_values_of_the_jackknife() -> None:
    counts = [np.array([[10.0, 8.0], [10.0, 10.0]]), np.array([[20.0, 10.0], [10.0, 10.0]])]
    found = parts(counts, lambda both: relative_change(*both))
    whole, first, second = -40.0, -20.0, -50.0  # 18 of 30, 8 of 10, 10 of 20
    assert found == pytest.approx([2 * whole - second, 2 * whole - first])
    assert parts(counts[:1], lambda both: relative_change(*both)) == pytest.approx([first])


def test_comparisons_of_levels_count_where_their_units_changed_otherwise() -> None:
    level = np.repeat([0, 1, 2], 5)
    before = np.zeros((2, 15))
    after = np.stack([np.where(level == 2, 9.0, 0.0) + np.tile([0, 1, 2, 3, 4], 3), np.tile([5.0, 6, 7, 8, 9], 3)])
    found = significant_share(np.stack([before, after], axis=1), level)
    assert found == pytest.approx(100 * 2 / 6)  # the third level against both others, of the first outcome
    assert significant_share(np.zeros((1, 2, 15)), level) is None


def test_periods_are_whole_days_and_hours_may_go_over_midnight() -> None:
    periods = Periods(10 * DAY, before_days=2, after_days=3, pause_days=1, hours=(11, 3))
    noon = np.array([7, 8, 9, 10, 11, 13, 14]) * DAY + 720.0
    assert periods.of(noon)[0].tolist() == [False, True, True, False, False, False, False]
    assert periods.of(noon)[1].tolist() == [False, False, False, False, True, True, False]
    hours = 9 * DAY + np.array([2.0, 4.0, 10.9, 11.0, 23.9]) * 60
    assert periods.of(hours)[0].tolist() == [True, False, False, True, True]


def briefing(**told_by: Any) -> Any:
    """Return a briefing that knows nothing but what is given."""
    none = np.zeros(0)
    visits = SimpleNamespace(
        cell=np.array([0, 5]), start_min=np.array([12 * DAY, 2 * DAY]), dwell_min=np.array([30.0, 9.0])
    )
    known = {"recorded": SimpleNamespace(type=none, cell=none.astype(int), time_min=none), "visits": visits}
    return cast("Any", SimpleNamespace(grid=Grid(2, 3, 100.0), now_min=20 * DAY, **{**known, **told_by}))


def test_counts_are_of_calls_by_the_public_or_of_records_in_the_cells_of_units() -> None:
    units = Units(np.array([True, False]), np.array([0, 0, 1]), np.array([0, 1, 5]))
    around = around_units(units, Grid(2, 3, 100.0), np.ones(6, dtype=bool), 100.0)
    assert around.cell.tolist() == [2, 3, 4]
    assert around.unit[1] == 0  # below the first cell; the others are as near to both units
    calls = SimpleNamespace(
        type=np.array([IncidentType.ROBBERY] * 4 + [IncidentType.TRAFFIC]), cell=np.array([0, 1, 5, 0, 0]),
        received_min=np.array([9, 11, 11, 11, 11]) * DAY, by_patrol=np.array([False, False, False, True, False]),
    )  # fmt: skip
    periods = Periods(10 * DAY, 5, 5)
    of_calls = told(briefing(calls=calls), units, around, Outcomes({"x": (IncidentType.ROBBERY,)}, True), periods)
    assert of_calls.counts.tolist() == [[[1, 0], [1, 1]]]
    assert of_calls.stopped_min == pytest.approx([3.0, 0.0])  # 30 minutes in ten days; the other stop was before
    recorded = SimpleNamespace(type=calls.type, cell=calls.cell, time_min=calls.received_min)
    kinds = Outcomes({"x": (IncidentType.TRAFFIC,), "y": PLACE_CRIMES})
    of_crimes = told(briefing(recorded=recorded), units, around, kinds, periods)
    assert of_crimes.counts.tolist() == [[[0, 0], [1, 0]], [[1, 0], [2, 1]]]


def test_the_estimators_know_no_part_of_the_model_that_holds_the_truth() -> None:
    tree = ast.parse(inspect.getsource(records))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in imported if name and name.startswith(("sim", "experiments"))}
    assert ours == {"sim.arrays", "sim.city.grid", "sim.clock", "sim.strategies.base"}


def town(**changes: Any) -> Scenario:
    return in_town(
        city=SMALL, days=28, warmup_days=28, demand=MUCH_CRIME, force={"patrol_units": 4}, status_quo="random_patrol",
        **changes,
    )  # fmt: skip


@cache
def trial() -> Enacted:
    of_trial = {"programmes": {"field_trial": {"places": 8, "dose_min": 120.0, "review_min": 0.0, "place_m": 100.0}}}
    treatment, without = (
        {"strategy": {"name": name, "programmes": ("field_trial",)}, **of_trial}
        for name in ("directed_patrol", "random_patrol")
    )
    (task,) = tasks_of("trial", town(), 1, treatment, without)
    return enact(task, Plan(Outcomes({"crimes": PLACE_CRIMES}), 28, 28, places_of_trial, around_m=200.0))


def test_both_arms_have_the_same_places_and_past_and_one_alone_is_treated() -> None:
    found = trial()
    assert found.treatment.treated.sum() == 4
    assert np.array_equal(found.treatment.treated, found.without.treated)
    assert np.array_equal(found.treatment.counts[:, 0], found.without.counts[:, 0])
    assert found.treatment.stopped_min[found.treatment.treated].mean() > 60
    assert found.without.stopped_min.max() == 0
    assert found.truth.city >= found.truth.inside.sum() + found.truth.around.sum() > 0


def test_an_analyst_publishes_the_same_whatever_is_true() -> None:
    found, experiment = trial(), Minneapolis()
    found = found._replace(treatment=found.treatment._replace(counts=found.treatment.counts + 1.0))  # none is 0
    blind = found._replace(truth=None, truth_without=None)  # type: ignore[arg-type]
    assert experiment.judge([blind]) == experiment.judge([found])
    assert experiment.judge([found])[0] is not None


def test_every_experiment_is_kept_to_test_the_model_and_says_where_it_was_published() -> None:
    for kind in EXPERIMENTS:
        assert kind.use == "validate"
        assert kind.quality in ("read", "recalled")
        assert kind.name
        assert kind.source
        low, high = kind.bands["city_western"]
        assert high is not None
        assert low is None or low < high
    assert scaled(110, 200_000, 368_000) == 60
    assert scaled(110, 100, 368_000) == 2


def carried(model: CityModel) -> Carried:
    return Carried(model.briefing(), tuple(model.programmes), model.scenario.seed, model.first_day)


@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_a_task_is_one_seed_in_two_arms_of_the_same_city_and_past(kind: type[FieldExperiment]) -> None:
    tree = compose("validate", {"preset": "city_western"}, {})
    tasks = kind().tasks(tree, 2)
    assert [task["scenario"]["seed"] for task in tasks] == [1, 2]
    for task in tasks:
        one, other = (status_quo(Scenario.model_validate(task[arm])) for arm in ("scenario", "without"))
        assert one == other
        assert one.strategy.name == "random_patrol"


@cache
def by_beat() -> CityModel:
    model = CityModel(town(strategy={"name": "random_patrol", "programmes": ()}), ByBeat())
    model.run()
    return model


def test_each_group_of_beats_has_one_of_each_level_by_a_lot_of_the_records_before_the_start() -> None:
    model = by_beat()
    recorded, beats, start_min = model.briefing().recorded, model.city.beats, 28 * DAY
    lots = [allotted(recorded, start_min, beats, np.random.default_rng(seed))[0].tolist() for seed in range(300)]
    assert all(sorted(lot) == list(LEVELS) for lot in lots)
    assert len({tuple(lot) for lot in lots}) == 6
    lot = generator(model.scenario.seed, Stream.STRATEGY, 28)
    assert np.array_equal(beats_of(carried(model)).treated, allotted(recorded, start_min, beats, lot)[0])
    two = beats._replace(district=beats.district[:2], beat=np.minimum(beats.beat, 1))
    assert allotted(recorded, start_min, two, lot)[1].tolist() == [-1, -1]


def test_reactive_beats_are_left_to_calls_and_proactive_ones_have_the_patrol_of_two() -> None:
    model = by_beat()
    units = beats_of(carried(model))
    there = Units(units.treated, units.unit, units.cell)
    minutes = there.add_up(model.world.ground.cells["patrol_min"] - before().world.ground.cells["patrol_min"])
    by_level = dict(zip(units.treated.tolist(), minutes.tolist(), strict=True))
    assert by_level[REACTIVE] < 0.5 * by_level[kansas_city.CONTROL]
    assert by_level[PROACTIVE] > 1.5 * by_level[kansas_city.CONTROL]
    check_strategy(ByBeat)


def before() -> CityModel:
    return CityModel(town(strategy={"name": "random_patrol", "programmes": ()}))


def test_controls_of_schemes_are_the_most_like_each_once() -> None:
    count = np.array([9, 4, 8, 5, 1, 4])
    assert like(count, np.array([0, 1]), np.array([2, 3, 4, 5])).tolist() == [2, 5]
    assert like(count, np.array([1, 3]), np.array([5])).tolist() == [5]


def test_schemes_of_an_evaluation_are_compared_with_neighbourhoods_that_never_have_one() -> None:
    schemes = WatchSchemes()
    schemes.founded_day = np.array([30, NEVER, 29, NEVER, NEVER, 200])
    schemes.of_cell = np.arange(6)
    burglaries = np.repeat(np.arange(6), [5, 4, 2, 2, 0, 5])
    recorded = Recorded(*(np.zeros(len(burglaries), dtype=int) for _ in range(8)))
    recorded = replace(recorded, cell=burglaries, time_min=np.full(len(burglaries), 27 * DAY))
    units = watch.neighbourhoods_of(Carried(briefing(recorded=recorded), (schemes,), 1, 28))
    assert units.treated.tolist() == [True, True, False, False]
    assert dict(zip(units.cell.tolist(), units.unit.tolist(), strict=True)) == {0: 0, 2: 1, 1: 2, 3: 3}
