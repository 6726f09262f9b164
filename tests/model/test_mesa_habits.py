"""The habits of a Mesa user.

Agents by type, selections, aggregates, agents of one's own, data collectors, and many models in one process.
"""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import mesa
import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_county, in_town

from experiments.runs.simulation import simulate
from experiments.settings.command import GARBAGE_THRESHOLDS
from sim.model import CityModel
from sim.people.offenders import Offender
from sim.people.residents import Resident
from sim.people.volunteers import Volunteer
from sim.police.force.officers import Officer
from sim.police.patrol.units import Activity, PatrolUnit
from sim.settling import clear_caches

busy = {"demand": MUCH_CRIME}


@pytest.fixture
def model() -> CityModel:
    """Return the county after a day of patrol."""
    made = CityModel(in_county(days=1, warmup_days=0, strategy={"name": "random_patrol"}))
    made.run(0.75)
    return made


class Counter(mesa.Agent):
    """A user's agent."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.minutes: list[float] = []

    def step(self) -> None:
        self.minutes.append(self.model.now_min)


class Referee(mesa.Agent):
    """A user's agent that stops the model."""

    def step(self) -> None:
        self.model.running = self.model.steps < 7


def test_people_and_units_are_agents_by_type(model: CityModel) -> None:
    by_type = model.agents_by_type
    assert set(by_type) == {Resident, Offender, Officer, PatrolUnit, Volunteer}
    assert len(by_type[Resident]) == model.city.residents
    assert len(by_type[Offender]) == round(0.007 * model.city.residents)
    assert isinstance(by_type[PatrolUnit], mesa.agent.AgentSet)
    unit = by_type[PatrolUnit][0]
    assert isinstance(unit, PatrolUnit)
    assert isinstance(unit, mesa.Agent)
    assert unit.model is model


def test_units_are_selected_by_a_predicate_by_columns_and_by_number(model: CityModel) -> None:
    units = model.agents_by_type[PatrolUnit]
    on_duty = units.select(lambda unit: unit.activity != Activity.OFF_DUTY)
    assert 0 < len(on_duty) < len(units)
    assert on_duty == units.select(where=lambda columns: columns["activity"] != Activity.OFF_DUTY)
    assert len(units.select(at_most=3)) == 3
    assert len(units.select(at_most=0.5)) == len(units) // 2
    assert len(units.select(agent_type=Resident)) == 0


def test_units_are_aggregated_and_grouped(model: CityModel) -> None:
    units = model.agents_by_type[PatrolUnit]
    minutes = units.get("on_duty_min")
    assert units.agg("on_duty_min", sum) == pytest.approx(minutes.sum())
    assert units.agg("on_duty_min", [min, max, np.mean]) == pytest.approx(
        [minutes.min(), minutes.max(), minutes.mean()]
    )
    by_shift = units.groupby("shift").agg("on_duty_min", sum)
    assert list(by_shift) == [0, 1, 2]
    assert sum(by_shift.values()) == pytest.approx(minutes.sum())
    assert (
        by_shift[0] > 0 == by_shift[2]
    )  # at six in the evening the first shift has gone home, the last one is at work
    assert units.groupby(lambda unit: Activity(unit.activity).name).count()["OFF_DUTY"] == np.count_nonzero(
        units.get("activity") == 0
    )


def test_what_a_user_reads_is_the_state_of_the_model_now(model: CityModel) -> None:
    units = model.agents_by_type[PatrolUnit]
    first = units.select(lambda unit: unit.activity != Activity.OFF_DUTY)[0]
    decisions = first.decisions
    model.run(0.2)
    assert first.decisions > decisions
    assert first.decisions == model.world.police.units["decisions"][first.unique_id]


def test_what_a_user_sets_is_what_the_model_goes_by() -> None:
    free, jailed = CityModel(in_town(**busy, days=5)), CityModel(in_town(**busy, days=5))
    jailed.agents_by_type[Offender].set("custody_until_min", np.inf)
    for model in (free, jailed):
        model.run()
    assert free.results().indicators["crimes_total"] > 10
    by_offenders = ("burglary", "theft", "robbery")  # assaults also come from disputes
    assert sum(jailed.results().indicators[f"crimes_{name}"] for name in by_offenders) == 0
    assert sum(free.results().indicators[f"crimes_{name}"] for name in by_offenders) > 10
    assert "brawl" not in jailed.results().tables["incidents"]["subtype"].compressed()


def test_one_unit_that_a_user_puts_into_reserve_is_never_sent() -> None:
    model = CityModel(in_town(force={"patrol_units": 3}, demand={"service": {"per_1000_year": 800}}))
    model.agents_by_type[PatrolUnit][0].reserve = True
    model.run()
    sent = model.results().tables["calls"]["unit_id"].compressed()
    assert 0 not in sent
    assert {1, 2} <= set(sent.tolist())


@pytest.mark.parametrize("warmup_days", [0, 1])
def test_steps_and_running_are_those_of_mesa(warmup_days: int) -> None:
    model = CityModel(in_town(days=1, warmup_days=warmup_days))
    assert model.running is True
    begun_min = 1440.0 * warmup_days
    assert (model.steps, model.now_min) == (0, begun_min)
    model.step()
    assert (model.steps, model.now_min) == (1, begun_min + 10.0)
    model.run(0.5)
    assert (model.steps, model.now_min) == (73, begun_min + 730.0)
    model.run()
    assert (model.steps, model.now_min) == (73 + 144, begun_min + 730.0 + 1440.0)
    assert model.running is True


def test_agents_of_a_users_own_step_once_a_tick_after_the_city() -> None:
    model = CityModel(in_town())
    counters = Counter.create_agents(model, 3)
    model.step()
    model.run(1)
    assert model.agents_by_type[Counter] == counters
    assert set(model.agents_by_type) == {Resident, Offender, Officer, PatrolUnit, Volunteer, Counter}
    assert len(model.agents) == 3
    for counter in counters:
        assert counter.minutes == [10.0 * (step + 1) for step in range(145)]
    counters[0].remove()
    model.step()
    assert len(model.agents) == 2


def test_agents_of_a_users_own_are_numbered_in_their_model_by_the_mesa_that_counts_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = CityModel(in_town()), CityModel(in_town())
    assert [agent.unique_id for agent in (*Counter.create_agents(first, 2), *Counter.create_agents(second, 2))] == [
        1, 2, 1, 2,
    ]  # fmt: skip
    monkeypatch.delattr(mesa.Agent, "_ids")  # Mesa 3.4 has none, and gives the number itself as it registers an agent

    def as_in_mesa_3_4(agent: mesa.Agent, model: mesa.Model) -> None:
        agent.model, agent.unique_id = model, 9
        model.register_agent(agent)

    monkeypatch.setattr(mesa.Agent, "__init__", as_in_mesa_3_4)
    assert Counter(first).unique_id == 9
    assert len(first.agents) == 3


def test_run_model_ends_when_an_agent_says_so() -> None:
    model = CityModel(in_town())
    Referee(model)
    model.run_model()
    assert model.steps == 7


def test_a_data_collector_collects_once_a_step() -> None:
    model = CityModel(in_town(**busy))
    Counter.create_agents(model, 2)
    model.datacollector = mesa.DataCollector(
        model_reporters={"minute": "now_min", "offences": lambda m: m.agents_by_type[Offender].agg("offences", sum)},
        agent_reporters={"seen": lambda agent: len(agent.minutes)},
    )
    model.run()
    collected = model.datacollector.get_model_vars_dataframe()
    assert collected["minute"].tolist() == [10.0 * (step + 1) for step in range(288)]
    assert (np.diff(collected["offences"]) >= 0).all()
    incidents = model.results().tables["incidents"]
    at_places = ~np.isin(incidents["type"], ["school_violence", "fraud"]) & (
        np.ma.filled(incidents["subtype"], "") != "dispute"
    )
    assert collected["offences"].iloc[-1] == at_places.sum() + incidents["co_offender_id"].count(), (
        "an offence counts for all who took part"
    )
    assert len(model.datacollector.get_agent_vars_dataframe()) == 2 * 288


def test_a_data_collector_reports_on_units_and_people_by_type() -> None:
    model = CityModel(in_town())
    model.datacollector = mesa.DataCollector(
        agenttype_reporters={PatrolUnit: {"doing": "activity"}, Volunteer: {"where": lambda v: v.cell}}
    )
    for _ in range(3):
        model.step()
    units = model.datacollector.get_agenttype_vars_dataframe(PatrolUnit)
    assert len(units) == 3 * len(model.agents_by_type[PatrolUnit]), (
        "the collector does not see the units: model.agent_types must name them"
    )
    assert (
        units["doing"].tolist()[-len(model.agents_by_type[PatrolUnit]) :]
        == model.agents_by_type[PatrolUnit].get("activity").tolist()
    )
    assert len(model.datacollector.get_agenttype_vars_dataframe(Volunteer)) == 3 * len(model.agents_by_type[Volunteer])


def a_model_comes_and_goes(users_agents: bool) -> weakref.ref[CityModel]:
    model = CityModel(in_town(days=1))
    if users_agents:
        Counter.create_agents(model, 2)
        model.datacollector = mesa.DataCollector(model_reporters={"minute": "now_min"})
    for _ in range(6):
        model.step()
    model.run(0.1)
    model.results()
    assert len(model.agents_by_type[PatrolUnit].select(lambda unit: unit.activity >= 0)) > 0
    return weakref.ref(model)


@pytest.mark.parametrize("users_agents", [False, True])
def test_twelve_models_in_one_process_leave_nothing_behind(users_agents: bool) -> None:
    """At most 20 kB and 20 objects a model after a first few.

    One town that stayed would be about 1 MB and its agents' objects.
    """
    tracemalloc.start()
    try:
        for _ in range(4):
            a_model_comes_and_goes(users_agents)
        gc.collect()
        bytes_before, objects_before = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
        models = [a_model_comes_and_goes(users_agents) for _ in range(12)]
        gc.collect()
        grown_kb, grown_objects = (
            (tracemalloc.get_traced_memory()[0] - bytes_before) / 1000,
            len(gc.get_objects()) - objects_before,
        )
    finally:
        tracemalloc.stop()
    print(f"12 models: {grown_kb:+.0f} kB, {grown_objects:+d} objects")
    assert [model() for model in models] == [None] * 12, "a model that nobody uses any more is kept alive"
    assert grown_kb < 12 * 20
    assert grown_objects < 12 * 20


@pytest.mark.parametrize("strategy", ["reactive", "campaign", "integrated"])
def test_a_finished_run_is_gone_at_once_and_does_not_wait_for_the_garbage_collector(strategy: str) -> None:
    """Commands seldom look for garbage (`experiments.settings.command.GARBAGE_THRESHOLDS`).

    A circle would keep cities by the gigabyte.
    """
    scenario = in_town(days=1, strategy={"name": strategy})
    CityModel(
        scenario
    ).run()  # kernels that are compiled for it hold what they were compiled for until the collector comes
    gc.collect()
    gc.disable()
    try:
        model = CityModel(scenario)
        model.run()
        model.step()
        model.results()
        world, posts = model.world, model.posts
        kept = (
            model,
            model.staff,
            posts,
            posts.cases.rows,
            world.logs.incidents,
            world.society.residents,
            world.ground.cells,
        )
        left = [weakref.ref(one) for one in (*kept, *model.programmes)]
        del model, world, posts, kept
        assert [one() is None for one in left] == [True] * len(left)
    finally:
        gc.enable()


def test_the_cities_that_a_process_keeps_are_gone_when_its_caches_are_cleared() -> None:
    clear_caches()
    model = CityModel(in_town())
    world, shared = model.world, model._setting
    kept = [
        weakref.ref(one) for one in (shared.city, shared.society.residents, shared.intercept, shared.society.ties.other)
    ]
    del model, world, shared
    gc.collect()
    assert [one() is None for one in kept] == [False] * len(kept), "the next model of this town finds them made"
    clear_caches()
    gc.collect()
    assert [one() is None for one in kept] == [True] * len(kept)


def test_a_model_goes_on_as_before_when_the_caches_are_cleared() -> None:
    one, other = CityModel(in_town(**busy)), CityModel(in_town(**busy))
    for model in (one, other):
        model.run(1)
    clear_caches()
    for model in (one, other, anew := CityModel(in_town(**busy))):
        model.run(1)
    anew.run(1)
    assert one.results().indicators == other.results().indicators == anew.results().indicators


def test_runs_of_a_comparison_leave_no_arrays_behind_with_the_thresholds_of_a_command() -> None:
    """Ten runs after two: at most 100 kB each, where one town is about 1 MB; nobody collects in between."""
    settings = in_town(days=1).model_dump(mode="json")
    before = gc.get_threshold()
    tracemalloc.start()
    try:
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        for seed in range(12):
            if seed == 2:
                bytes_before = tracemalloc.get_traced_memory()[0]
            simulate({**settings, "seed": seed})
        grown_kb = (tracemalloc.get_traced_memory()[0] - bytes_before) / 1000
    finally:
        tracemalloc.stop()
        gc.set_threshold(*before)
    print(f"10 runs: {grown_kb:+.0f} kB")
    assert grown_kb < 10 * 100
