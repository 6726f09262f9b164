"""Directions that must hold whatever the parameters of a city: what random patrol, hot spots, a shortage and a good place to wait do.

All compare pairs of runs on the same seeds by Student's t over seeds. A test of a direction passes by chance, were there no effect, once in
1,000 sets of seeds; effects were so large when these tests were written that they fail by chance less than once in 10⁶.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_runs import after, in_county

from sim.arrays import Array
from sim.outcomes.results import Results
from sim.strategies.base import Briefing, PatrolPlan, Strategy

HARDLY = 0.10  # of crimes: Kansas City could not have seen less, and nobody should claim that random patrol does more
CHANCE = 0.001


def relative_difference(changed: Any, baseline: Any, confidence: float) -> tuple[float, float, float]:
    """Return mean, low and high end of the interval of the paired difference, relative to the mean of the baseline."""
    changed, baseline = np.asarray(changed, dtype=float), np.asarray(baseline, dtype=float)
    difference = changed - baseline
    low, high = stats.t.interval(confidence, len(difference) - 1, difference.mean(), stats.sem(difference))
    mean, low, high = (float(value / baseline.mean()) for value in (difference.mean(), low, high))
    print(f"{mean:+.1%} ({confidence:.1%} interval {low:+.1%} to {high:+.1%})")  # noqa: T201
    return mean, low, high


def lowers(changed: Any, baseline: Any) -> bool:
    return relative_difference(changed, baseline, 1 - 2 * CHANCE)[2] < 0


def raises(changed: Any, baseline: Any) -> bool:
    return relative_difference(changed, baseline, 1 - 2 * CHANCE)[1] > 0


def indicator(runs: tuple[Results, ...], name: str) -> list[float]:
    return [results.indicators[name] for results in runs]


def mean_response_min(results: Results, priority: int | None = None) -> float:
    calls = results.tables["calls"]
    response = np.ma.masked_where(calls["discovered_by"] != "caller", calls["arrived_min"] - calls["received_min"])
    return float(response.mean() if priority is None else response[calls["priority"] == priority].mean())


def test_random_patrol_hardly_changes_crime(county_runs: Any) -> None:
    """Kansas City (Kelling et al. 1974), as a test of equivalence: were the true change ±10 %, this would pass once in 40 sets of seeds."""
    _, low, high = relative_difference(indicator(county_runs("random_patrol"), "crimes_total"), indicator(county_runs("reactive"), "crimes_total"), 0.95)
    assert -HARDLY < low
    assert high < HARDLY


def test_hot_spot_patrol_lowers_crime_more_than_random_patrol_with_the_same_officers(county_runs: Any) -> None:
    dosed, random = (indicator(county_runs(name), "crimes_total") for name in ("hotspot", "random_patrol"))
    assert lowers(dosed, random)


def crimes_where(results: Results, cells: Array) -> int:
    return int(results.tables["cells"]["crimes"][cells].sum())


def test_visits_to_hot_spots_lower_crime_in_the_visited_cells(county_runs: Any) -> None:
    """The same cells, reactive on the same seeds.

    Cells are those visited in the first week, which were chosen before anything was measured: what happened later cannot have picked them.
    """
    visited = []
    for dosed in county_runs("hotspot"):
        visits = dosed.tables["visits"]
        visited.append(np.unique(visits["cell"][visits["start_min"] < 7 * 1440]))
    assert min(map(len, visited)) > 20
    with_visits = [crimes_where(results, cells) for results, cells in zip(county_runs("hotspot"), visited, strict=True)]
    without = [crimes_where(results, cells) for results, cells in zip(county_runs("reactive"), visited, strict=True)]
    assert lowers(with_visits, without)


@pytest.mark.parametrize("priority", [1, 3])
def test_a_shortage_lengthens_response_times(priority: int, county_runs: Any) -> None:
    short, full = ([mean_response_min(results, priority) for results in county_runs("reactive", shortage)] for shortage in (0.3, 0.0))
    assert raises(short, full)


class WaitAtTheCentre(Strategy):
    """Units stand at the centre of their beat."""

    name = "wait_at_the_centre"

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(briefing.beats.centre_cell, 1.0, 480.0, np.arange(len(briefing.beats.district)))


class RoamTheBeat(Strategy):
    """Units drive from one random cell of their beat to another."""

    name = "roam_the_beat"

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        cells = np.flatnonzero(briefing.beats.beat >= 0)
        return PatrolPlan.of(cells, 1.0, 0.0, briefing.beats.beat[cells])


@pytest.mark.parametrize("pooling", ["beat", "city"])
def test_a_unit_that_waits_at_the_centre_of_its_beat_responds_faster_than_one_that_roams_it(pooling: str) -> None:
    """For any place of a call, the mean of a beat's cells is nearer than a random one of them is on average (Jensen's inequality)."""

    def responses(strategy: Strategy) -> list[float]:
        one_unit_a_beat = [in_county(days=14, warmup_days=0, seed=seed, force={"patrol_units": 12}, dispatch={"pooling": pooling}) for seed in range(1, 9)]
        return [mean_response_min(after(scenario, strategy)) for scenario in one_unit_a_beat]

    assert lowers(responses(WaitAtTheCentre()), responses(RoamTheBeat()))
