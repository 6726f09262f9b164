"""Speed of the hot loops. Run with `make bench`; nothing here is asserted, for machines differ and are noisy."""

import numpy as np
import pytest
from numba import njit

from experiments.compare.listed import STRATEGIES
from sim.incident_types import PLACE_CRIMES
from sim.incidents.calls import calls_of_day
from sim.incidents.log import CALLS, with_room
from sim.incidents.offence import look_ahead, offend
from sim.incidents.town import Town
from sim.model import CityModel, advance
from sim.police.patrol.dispatch import serve
from sim.police.patrol.free_time import roll_call
from sim.police.patrol.units import new_ledger
from sim.scenario import Scenario

DAYS = 10


@njit
def offender_ticks(n, first, seed, offenders, due, opportunity, town, rules):
    for k in range(n):
        until_min = (first + k + 1) * 10.0
        if k % 6 == 0:
            soon = look_ahead(until_min + 50.0, offenders, due)
        offend(seed, until_min, offenders, due[:soon], opportunity, town, rules)


@njit
def gather_floor(n, offenders, due):
    """Read the one column that is read every hour, and do nothing with it."""
    total = 0
    for k in range(0, n, 6):
        for i in range(len(offenders)):
            if offenders[i].next_search_min < -k:
                due[total] = i
                total += 1
    return total


def model_with(offenders, **scenario):
    model = CityModel(Scenario(seed=1, warmup_days=0, people={"offenders": {"share": offenders / 100_000}}, **scenario))
    model.run(1)
    model.world = model.world._replace(logs=with_room(model.world.logs, 2_000_000))
    return model


@pytest.mark.parametrize("offenders", [1_000, 10_000])
def test_nanoseconds_per_offender_tick(benchmark, offenders):
    model, ticks = model_with(offenders), 200
    world, state = model.world, {"first": model.ticks}

    def run():
        town = Town(world.society, world.feelings, world.ground, world.logs)
        offender_ticks(ticks, state["first"], 1, world.offenders, world.due, world.opportunity, town, world.rules)
        state["first"] += ticks

    benchmark.pedantic(run, rounds=15, warmup_rounds=1)
    benchmark.extra_info["ns_per_offender_tick"] = benchmark.stats["median"] / ticks / len(world.offenders) * 1e9


@pytest.mark.parametrize("offenders", [1_000, 10_000])
def test_gather_floor_of_the_same_memory(benchmark, offenders):
    world, ticks = model_with(offenders).world, 200
    benchmark.pedantic(gather_floor, args=(ticks, world.offenders, world.due), rounds=15, warmup_rounds=1)
    benchmark.extra_info["ns_per_offender_tick"] = benchmark.stats["median"] / ticks / len(world.offenders) * 1e9


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_microseconds_per_tick_of_the_county(benchmark, strategy):
    model = CityModel(Scenario(seed=1, strategy={"name": strategy}))
    model.run(8)
    benchmark.pedantic(model.run, args=(DAYS,), rounds=12, warmup_rounds=1)
    benchmark.extra_info["us_per_tick"] = benchmark.stats["median"] / (DAYS * 144) * 1e6


@pytest.mark.parametrize("shifts", [(0.0,), (0.0, 8.0, 16.0)], ids=["without_shifts", "with_shifts_and_breaks"])
def test_calls_served_a_second(benchmark, shifts):
    """The dispatcher alone.

    The county's own calls, units and streets, nearest unit by street time, ten days at once.
    """
    no_crime = {kind.name.lower(): {"rate_per_1000": 0.0} for kind in PLACE_CRIMES}
    model = CityModel(Scenario(seed=1, warmup_days=0, demand=no_crime, force={"shift_starts_hour": shifts}))
    model.run(1)
    calls_per_round = []
    state = {"day": 1}

    def ten_days():
        world, first = model.world, state["day"]
        world = model.world = world._replace(
            logs=with_room(world.logs, 100_000), police=world.police._replace(ledger=new_ledger(first + DAYS + 2))
        )
        used = int(world.logs.used[CALLS])
        for day in range(first, first + DAYS):
            model.staff.make_room(day + 2)
            model.staff.begin_day(day)
            for duty in model.staff.crew_up(day, world.police.units):
                roll_call(world.logs.agenda, duty.units, duty.start_min)
            logs = calls_of_day(
                1,
                day,
                model._setting.sources,
                world.society,
                world.ground,
                world.logs,
                world.rules.demand,
                model._call_factors(day),
            )
            world = model.world = world._replace(logs=logs)
        calls_per_round.append(int(world.logs.used[CALLS]) - used)
        state["day"] += DAYS
        return (1, (first + DAYS) * 1440.0, world.desk, world.police, world.offenders, world.ground, world.logs), {}

    benchmark.pedantic(serve, setup=ten_days, rounds=30, warmup_rounds=1)
    microseconds = benchmark.stats["median"] / np.median(calls_per_round) * 1e6
    benchmark.extra_info["us_per_call"] = microseconds
    benchmark.extra_info["calls_per_second"] = 1e6 / microseconds


def test_step_of_the_county(benchmark):
    model = CityModel(Scenario(seed=1, strategy={"name": "hotspot"}))
    model.run(8)
    benchmark.pedantic(model.step, rounds=500, warmup_rounds=5)


def test_building_a_replication(benchmark):
    scenario = Scenario(seed=1)
    CityModel(scenario)
    benchmark.pedantic(CityModel, args=(scenario,), rounds=10, warmup_rounds=1)


def test_advance_is_one_call_a_day(benchmark):
    model = CityModel(Scenario(seed=1))
    model.run(1)
    benchmark.pedantic(advance, args=(1, model.ticks, 0, 10, model.world), rounds=200, warmup_rounds=5)
