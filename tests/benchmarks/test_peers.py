"""The town beside its twin of Mesa objects, Mesa's own example and what the machine can do at best, in one run.

`make bench` keeps the times, and `ratios.py` says how they stand to the machine's floor, now and at the last commit
that kept them.
"""

import numpy as np
import pytest
from mesa.examples import EpsteinCivilViolence
from numba import njit
from patrol_given import noted
from patrol_twin import Twin

from sim.model import CityModel
from sim.scenario import Scenario

DAYS = 5
READS, TABLE = 1_000_000, 1 << 23  # of eight bytes: 64 MB, more than a cache holds
TOWN = {"name": "town", "residents": 10_000, "area_km2": 8, "beats": 2, "districts": 1, "centres": 1}


def scenario() -> Scenario:
    return Scenario(seed=1, city=TOWN, days=DAYS, warmup_days=0, strategy={"name": "random_patrol", "dwell_min": 12.0})


@njit
def read_at_random(table, n):
    """Read one number after another, each where the one before says."""
    at = 0
    for _ in range(n):
        at = table[at]
    return at


def test_floor_of_the_machine(benchmark):
    """The reference of all others: a million reads, each of which has to wait for the one before."""
    order = np.random.default_rng(1).permutation(TABLE)
    table = np.empty(TABLE, dtype=np.int64)
    table[order] = np.roll(order, -1)
    benchmark.pedantic(read_at_random, args=(table, READS), rounds=15, warmup_rounds=2)
    benchmark.extra_info["ns_per_read"] = benchmark.stats["median"] / READS * 1e9


@pytest.mark.parametrize("of", [CityModel, Twin], ids=["model", "twin"])
def test_days_of_the_town(benchmark, of):
    """The whole model, and the twin, which does its offenders and patrols alone."""
    known = noted(scenario(), DAYS).given if of is Twin else None
    fresh = (scenario(), known) if known else (scenario(),)

    def built():
        return (of(*fresh), DAYS), {}

    benchmark.pedantic(of.run, setup=built, rounds=5, warmup_rounds=1)
    benchmark.extra_info["ms_per_day"] = benchmark.stats["median"] / DAYS * 1e3


def test_step_of_the_civil_violence_of_mesa(benchmark):
    """Epstein's model as Mesa ships it: 1,120 citizens and 64 cops, who look around at each step."""
    model = EpsteinCivilViolence()
    benchmark.pedantic(model.step, rounds=15, warmup_rounds=2)
    benchmark.extra_info["us_per_agent"] = benchmark.stats["median"] / len(model.agents) * 1e6
