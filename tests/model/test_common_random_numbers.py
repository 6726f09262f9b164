"""Common random numbers.

What one process draws never shifts what another gets, so strategies on one seed meet the same city.
"""

from __future__ import annotations

import mesa
import numpy as np
import pytest
from small_runs import MUCH_CRIME, NO_CRIME, after, different_columns, in_county, in_town, same

from sim.model import CityModel
from sim.outcomes.results import Results
from sim.people.offenders import Offender
from sim.police.patrol.units import PatrolUnit
from sim.scenario import Scenario

NAMES = ("reactive", "random_patrol", "hotspot")
DAYS = 2
busy = {"days": DAYS, "warmup_days": 7, "demand": MUCH_CRIME}


def run_of(scenario: Scenario) -> Results:
    results = after(scenario)
    assert len(results.tables["incidents"]["cell"]) > 10, "too little happens in this run to compare"
    assert len(results.tables["visits"]["cell"]) > 10 or scenario.strategy.name != "hotspot", "no hot spot is visited"
    return results


@pytest.mark.parametrize("strategy", NAMES)
def test_a_unit_that_never_leaves_its_station_and_is_never_sent_changes_nothing_at_all(strategy: str) -> None:
    without, with_it = (
        run_of(in_county(days=7, warmup_days=14, strategy={"name": strategy}, force={"reserve_units": n}))
        for n in (0, 1)
    )
    assert different_columns(without, with_it, tuple(name for name in without.tables if name != "ledger")) == []
    assert len(without.tables) == 18
    officers = {name for name in without.indicators if name.startswith("officer_hours_")} | {
        "on_duty_hours",
        "overtime_hours",
        "utilisation",
    }
    officers |= {"cost_police", "cost_police_vehicles"}  # its car is paid for
    assert {name: without.indicators[name] for name in without.indicators.keys() - officers} == {
        name: with_it.indicators[name] for name in with_it.indicators.keys() - officers
    }
    more = with_it.indicators["officer_hours_standby"] - without.indicators["officer_hours_standby"]
    assert more == pytest.approx(
        2 * 24 * 7 - (with_it.indicators["officer_hours_break"] - without.indicators["officer_hours_break"])
    )


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
    for days in (0.5, 1 / 24, 1 / 144, 23 / 24 - 0.5 - 1 / 144, 1):
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
    crowded.datacollector = mesa.DataCollector(
        model_reporters={"minute": "now_min", "offences": lambda m: m.agents_by_type[Offender].agg("offences", sum)}
    )
    crowded.run()
    assert len(gambler.seen) == 2 * DAYS * 144
    assert len(crowded.datacollector.model_vars["minute"]) == DAYS * 144
    assert different_columns(run_of(scenario), crowded.results()) == []


def test_a_call_takes_rested_crews_the_same_time_on_scene_under_every_strategy() -> None:
    def on_scene(results: Results) -> dict[tuple[float, int], float]:
        calls = results.tables["calls"]
        done = (calls["outcome"] == "served") & np.isin(calls["true_type"], NO_CRIME)
        spent = (calls["cleared_min"] - calls["arrived_min"])[done]
        return dict(
            zip(
                zip(calls["received_min"][done].tolist(), calls["cell"][done].tolist(), strict=True),
                spent.tolist(),
                strict=True,
            )
        )

    rested = {
        "force": {"wellbeing": {"active": False}},
        "days": 14,
        "warmup_days": 0,
    }  # the tired take longer, and other work tires
    waiting, patrolling = (
        on_scene(run_of(in_county(strategy={"name": name}, **rested))) for name in ("reactive", "hotspot")
    )
    both = waiting.keys() & patrolling.keys()
    assert len(both) > 1000
    assert max(abs(waiting[call] - patrolling[call]) for call in both) < 1e-6
