"""Problem solving: what recurs in police records is worked on by the hour, changed, paid for, and wears off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_town

from sim.incident_types import IncidentType
from sim.incidents.disputes.log import new_dispute_log
from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.programmes.problem_solving import ProblemSolving, Quarrel, ease, most_called

WILLING = {"wellbeing": {"active": False}}


def town(days: int = 150, demand: Any = MUCH_CRIME, **parameters: Any) -> tuple[CityModel, ProblemSolving]:
    strategy = {"name": "reactive", "programmes": ["problem_solving"], "organisation": "neighbourhoods"}
    settings = {"problem_solving": {"hours_share": 1.0, "work_hours": 10.0, **parameters}}
    model = CityModel(in_town(days=days, strategy=strategy, programmes=settings, force=WILLING, demand=demand, seed=2))
    (programme,) = model.programmes
    assert isinstance(programme, ProblemSolving)
    model.run(days)
    return model, programme


def test_problems_are_patterns_of_police_records_and_cost_hours_and_money() -> None:
    model, programme = town()
    solved = programme.diary["solved"].sum()
    assert solved >= 3
    assert programme.diary["opened"].sum() - solved in (0, 1)
    results = model.results().indicators
    assert results["officer_hours_community_work"] >= 10 * solved
    assert results["cost_others_problem_solving"] > 0
    assert all(one.problem.recorded_before >= 3 for one in programme.solved)
    rare, _ = town(days=60, least=1000, dispute_calls=1000)
    assert rare.programmes[0].diary["opened"].sum() == 0


def test_a_changed_place_lowers_offences_of_its_type_alone_and_wears_off() -> None:
    model, programme = town(half_life_days=50.0)
    design = model.world.ground.cells["design"]
    places = [one for one in programme.solved if one.problem.kind != IncidentType.BURGLARY]
    assert places
    for one in places:
        age = 149 - one.since_day
        expected = 0.5 * 0.5 ** (age / 50.0)
        assert design[one.problem.cells, one.problem.kind] == pytest.approx(expected, rel=1e-5)
    assert np.count_nonzero(design) == sum(len(one.problem.cells) for one in places)


def test_homes_get_locks_where_burglary_recurs() -> None:
    demand = {kind: {"rate_per_1000": 1.0} for kind in ("pickpocketing", "shoplifting", "vehicle_theft", "brawl")}
    model, programme = town(demand=demand | {"burglary": {"rate_per_1000": 150.0}})
    homes = model.world.society.dwellings
    squares = [one for one in programme.solved if one.problem.kind == IncidentType.BURGLARY]
    assert squares
    for one in squares:
        there = np.isin(homes["cell"], one.problem.cells)
        assert (homes["hardened_min"][there] >= 1440.0 * one.since_day).all()
    assert programme.diary["homes_hardened"].sum() > 0


def test_with_no_response_nothing_changes_and_a_strong_one_prevents_crime_there() -> None:
    """The same town and seed; crimes of offenders of the types and squares that were changed."""
    (weak, _), (strong, programme) = (
        town(response=0.0, days=300),
        town(response=10.0, days=300, half_life_days=36_500.0),
    )
    assert not weak.world.ground.cells["design"].any()
    counts = []
    for model in (weak, strong):
        crimes, found = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]], 0
        crimes = crimes[(crimes["offender_id"] >= 0) & (crimes["type"] != IncidentType.BURGLARY)]
        for one in programme.solved:
            here = np.isin(crimes["cell"], one.problem.cells) & (crimes["type"] == one.problem.kind)
            found += int((here & (crimes["time_min"] > 1440.0 * (one.since_day + 1))).sum())
        counts.append(found)
    assert counts[1] == 0 < counts[0]


def test_a_dispute_that_brings_calls_again_and_again_is_eased_once_until_it_brings_more() -> None:
    disputes = new_dispute_log(8)
    disputes.open[:3], disputes.used[:2] = (0, 1, 2), (3, 3)
    disputes.rows["calls"][:3], disputes.rows["tension"][:3] = (1, 4, 3), 2.0
    found = most_called(disputes, {}, least=2)
    assert found == Quarrel(1, 4)
    ease(disputes, 1, 0.5)
    assert disputes.rows["tension"][:3].tolist() == [2.0, 1.0, 2.0]
    assert most_called(disputes, {1: 4}, least=2) == Quarrel(2, 3)
    assert most_called(disputes, {1: 4, 2: 3}, least=2) is None
    disputes.rows["calls"][1] = 6
    assert most_called(disputes, {1: 4, 2: 3}, least=2) == Quarrel(1, 6)
