"""Common random numbers: what one process draws never shifts what another gets, so strategies on one seed meet the same city."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pytest
from small_runs import MUCH_CRIME, after, different_columns, in_county, in_town, same

from sim.model import CityModel
from sim.outcomes.results import Results
from sim.people.offenders import Offender
from sim.police.units import PatrolUnit
from sim.scenario import Scenario

NAMES = ("reactive", "random_patrol", "hotspot")
WHAT_NOBODY_CHANGES = ("type", "true_type", "priority", "received_min", "cell")
NO_CRIME = ("traffic", "service", "alarm", "disorder")
DAYS = 7 + 2
busy = {"days": 2, "warmup_days": 7, "demand": MUCH_CRIME}


def run_of(scenario: Scenario) -> Results:
    results = after(scenario)
    assert len(results.tables["incidents"]["cell"]) > 10, "too little happens in this run to compare"
    assert len(results.tables["visits"]["cell"]) > 10 or scenario.strategy.name != "hotspot", "no hot spot is visited"
    return results


@pytest.mark.parametrize("strategy", NAMES)
def test_a_unit_that_never_leaves_its_station_and_is_never_sent_changes_nothing_at_all(strategy: str) -> None:
    without, with_it = (run_of(in_county(days=7, warmup_days=14, strategy={"name": strategy}, force={"reserve_units": n})) for n in (0, 1))
    assert different_columns(without, with_it, tuple(name for name in without.tables if name != "ledger")) == []
    assert len(without.tables) == 14
    officers = {name for name in without.indicators if name.startswith("officer_hours_")} | {"on_duty_hours", "overtime_hours", "utilisation"}
    assert {name: without.indicators[name] for name in without.indicators.keys() - officers} == {
        name: with_it.indicators[name] for name in with_it.indicators.keys() - officers
    }
    more = with_it.indicators["officer_hours_standby"] - without.indicators["officer_hours_standby"]
    assert more == pytest.approx(2 * 24 * 7 - (with_it.indicators["officer_hours_break"] - without.indicators["officer_hours_break"]))


@pytest.mark.parametrize("strategy", NAMES)
def test_the_same_seed_gives_the_same_tables_and_another_seed_others(strategy: str) -> None:
    first, again, other = (run_of(in_town(**busy, strategy={"name": strategy}, seed=seed)) for seed in (5, 5, 6))
    assert different_columns(first, again) == []
    assert first.indicators == again.indicators
    assert not same(first.tables["incidents"]["time_min"], other.tables["incidents"]["time_min"])
    assert not same(first.tables["calls"]["received_min"], other.tables["calls"]["received_min"])


def test_what_happens_does_not_depend_on_which_runs_the_process_did_before() -> None:
    """Two runs in one process share the city; one that changed it would show here."""
    first = run_of(in_town(**busy, seed=5))
    run_of(in_town(**busy, seed=9, strategy={"name": "hotspot"}))
    assert different_columns(first, run_of(in_town(**busy, seed=5))) == []


@pytest.mark.parametrize("strategy", NAMES)
def test_steps_and_a_run_give_the_same_tables(strategy: str) -> None:
    scenario = in_town(**busy, strategy={"name": strategy})
    stepped = CityModel(scenario)
    for _ in range(DAYS * 144):
        stepped.step()
    assert different_columns(run_of(scenario), stepped.results()) == []


@pytest.mark.parametrize("strategy", NAMES)
def test_a_run_in_pieces_gives_the_same_tables(strategy: str) -> None:
    scenario = in_town(**busy, strategy={"name": strategy})
    pieces = CityModel(scenario)
    for days in (7.5, 1 / 24, 1 / 144, 23 / 24 - 0.5 - 1 / 144, 1):
        pieces.run(days)
    assert different_columns(run_of(scenario), pieces.results()) == []


@pytest.mark.parametrize("strategy", NAMES)
def test_to_look_at_the_results_on_the_way_changes_nothing(strategy: str) -> None:
    scenario = in_town(**busy, strategy={"name": strategy})
    watched = CityModel(scenario)
    for _ in range(DAYS * 24):
        watched.run(1 / 24)
        watched.results()
    assert different_columns(run_of(scenario), watched.results()) == []


class Gambler(mesa.Agent):
    """A user's agent that draws from every generator of the model, looks at everything, and changes nothing."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.seen: list[float] = []

    def step(self) -> None:
        self.seen.append(self.model.rng.random() + self.model.random.random() + self.random.random())
        units = self.model.agents_by_type[PatrolUnit].shuffle()
        self.seen.append(units.agg("on_duty_min", sum) + self.model.agents_by_type[Offender][0].offences)


def test_a_users_agents_and_data_collector_disturb_nothing() -> None:
    scenario = in_town(**busy, strategy={"name": "hotspot"})
    crowded = CityModel(scenario)
    gambler = Gambler(crowded)
    crowded.datacollector = mesa.DataCollector(model_reporters={"minute": "now_min", "offences": lambda m: m.agents_by_type[Offender].agg("offences", sum)})
    crowded.run()
    assert len(gambler.seen) == 2 * DAYS * 144
    assert len(crowded.datacollector.model_vars["minute"]) == DAYS * 144
    assert different_columns(run_of(scenario), crowded.results()) == []


def exogenous(results: Results) -> dict[str, Any]:
    calls = results.tables["calls"]
    chosen = np.isin(calls["true_type"], NO_CRIME) & (calls["discovered_by"] == "caller")
    return {name: calls[name][chosen] for name in WHAT_NOBODY_CHANGES}


def test_calls_that_are_no_crime_are_the_same_under_every_strategy_and_shortage(county_runs: Any) -> None:
    meet = [exogenous(runs[0]) for runs in (county_runs("reactive"), county_runs("hotspot"), county_runs("random_patrol"), county_runs("reactive", 0.3))]
    assert len(meet[0]["cell"]) > 1000
    for name in WHAT_NOBODY_CHANGES:
        assert all(same(meet[0][name], other[name]) for other in meet[1:]), name


def test_a_call_takes_rested_crews_the_same_time_on_scene_under_every_strategy() -> None:
    def on_scene(results: Results) -> dict[tuple[float, int], float]:
        calls = results.tables["calls"]
        done = (calls["outcome"] == "served") & np.isin(calls["true_type"], NO_CRIME)
        spent = (calls["cleared_min"] - calls["arrived_min"])[done]
        return dict(zip(zip(calls["received_min"][done].tolist(), calls["cell"][done].tolist(), strict=True), spent.tolist(), strict=True))

    rested = {"force": {"wellbeing": {"active": False}}, "days": 14, "warmup_days": 0}  # the tired take longer, and other work tires
    waiting, patrolling = (on_scene(run_of(in_county(strategy={"name": name}, **rested))) for name in ("reactive", "hotspot"))
    both = waiting.keys() & patrolling.keys()
    assert len(both) > 1000
    assert max(abs(waiting[call] - patrolling[call]) for call in both) < 1e-6


@pytest.mark.parametrize("other", ["random_patrol", "hotspot"])
def test_fraud_is_the_same_to_the_bit_whatever_the_police_do_at_places(other: str, county_runs: Any) -> None:
    """Every column of the frauds, and of the crimes that they are, over the 12 seeds; only the number of a row in the log may differ."""
    one_of = ("incident_id",)
    for reactive, patrolling in zip(county_runs("reactive"), county_runs(other), strict=True):
        assert different_columns(reactive, patrolling, ("frauds",)) == []
        ours, theirs = (
            {name: column[run.tables["incidents"]["type"] == "fraud"] for name, column in run.tables["incidents"].items() if name not in one_of}
            for run in (reactive, patrolling)
        )
        assert [name for name in ours if not same(ours[name], theirs[name])] == []
        mine, yours = ({name: column for name, column in run.tables["daily"].items() if "fraud" in name} for run in (reactive, patrolling))
        assert [name for name in mine if not same(mine[name], yours[name])] == []
        assert {"fraud_awareness", "fraud_loss", "crimes_fraud"} <= set(mine)
        for name in ("fraud_contacts", "fraud_victims", "fraud_loss", "fraud_recovered"):
            assert reactive.indicators[name] == patrolling.indicators[name]
    assert sum(len(run.tables["frauds"]["loss"]) for run in county_runs("reactive")) > 200
    assert sum(run.indicators["fraud_victims"] for run in county_runs("reactive")) > 100


def gain_of_pairing(one: list[float], other: list[float]) -> float:
    """Return var(independent difference) / var(paired difference): how many times fewer replications pairs need."""
    x, y = np.array(one), np.array(other)
    return float((x.var(ddof=1) + y.var(ddof=1)) / (x - y).var(ddof=1))


def test_pairing_makes_the_difference_of_two_strategies_less_variable(county_runs: Any) -> None:
    """Hotspot minus reactive crimes of 42 days, paired against independent seeds.

    The ratio is above 1 exactly if the two are positively correlated over seeds. Without any correlation this passes with the chance that
    12 pairs have a sample correlation above 0.66: 1 %. With the true correlation of 0.9 or more that common random numbers make, it fails less
    than once in 100 sets of seeds (Fisher's z: (atanh 0.9 − atanh 0.66) · 3 = 2.0 standard errors at 0.9, 4.2 at 0.97).
    """
    crimes = {name: [results.indicators["crimes_total"] for results in county_runs(name)] for name in ("reactive", "hotspot")}
    ratio = gain_of_pairing(crimes["hotspot"], crimes["reactive"])
    correlation = np.corrcoef(crimes["hotspot"], crimes["reactive"])[0, 1]
    print(f"variance of hotspot − reactive crimes, independent over paired: {ratio:.1f} (correlation {correlation:.3f})")  # noqa: T201
    assert correlation > 0.66
    assert ratio > 1
