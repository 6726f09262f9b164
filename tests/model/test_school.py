"""Violence between pupils: at school in lessons, on the way home in the hour after, the same pupils again and again."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_runs import NO_OTHER_CALLS, in_county, in_town

from sim.arrays import Array
from sim.city.grid import cell_on_line
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.people.routine import RoutineClass

ALARM = 1e-5
BOUND = stats.norm.isf(ALARM / 2)
NOBODY_ABOUT = {"force": {"patrol_units": 1e-6}, "people": {"volunteers": {"share": 0.0}}}


@cache
def year(start_weekday: int, inequality: float = 0.5, pairs: float = 12.0, way_home_weight: float = 2.0) -> CityModel:
    """Return the county after 364 days in which no patrol deters bullies and nobody calls about anything else."""
    school = {
        "inequality": inequality,
        "pairs_per_1000_pupils": pairs,
        "way_home_weight": way_home_weight,
        "incidents_per_pair_year": 6.0,
    }
    clock = {"start_weekday": start_weekday, "tick_min": 60}
    model = CityModel(
        in_county(
            days=364, warmup_days=0, clock=clock, demand={"school_violence": school, **NO_OTHER_CALLS}, **NOBODY_ABOUT
        )
    )
    model.run()
    return model


def of_many_pairs(way_home_weight: float) -> CityModel:
    """Return the year of many pairs that are nearly equal."""
    return year(0, 100.0, 60.0, way_home_weight)


def incidents(model: CityModel) -> Array:
    rows = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    return rows[rows["type"] == IncidentType.SCHOOL_VIOLENCE]


@pytest.mark.parametrize("start_weekday", [0, 3])
def test_it_happens_on_school_days_in_lessons_or_in_the_hour_after(start_weekday: int) -> None:
    times = incidents(year(start_weekday))["time_min"]
    weekday, hour = (times // 1440 + start_weekday) % 7, times % 1440 // 60
    assert len(times) > 300
    assert set(weekday.tolist()) == {0, 1, 2, 3, 4}
    assert set(hour.tolist()) == set(range(8, 17))


def test_lessons_are_in_the_schools_and_the_hour_after_on_the_straight_way_from_school_to_the_victims_home() -> None:
    model = year(0)
    rows, people, grid = incidents(model), model.world.society.residents, model.city.grid
    home_time = rows["time_min"] % 1440 // 60 == 16
    victim = people[rows["victim_id"]]
    schools = set(people["work_cell"][people["routine"] == RoutineClass.PUPIL].tolist())
    assert np.array_equal(rows["cell"][~home_time], victim["work_cell"][~home_time])
    assert set(rows["cell"][~home_time].tolist()) <= schools
    assert home_time.sum() > 50
    elsewhere = 0
    for cell, who in zip(rows["cell"][home_time], victim[home_time], strict=True):
        way = {
            cell_on_line(int(who["work_cell"]), int(who["home_cell"]), share, grid.n_cols)
            for share in np.linspace(0, 1, 1001)
        }
        assert int(cell) in way
        elsewhere += int(cell) not in (int(who["work_cell"]), int(who["home_cell"]))
    assert elsewhere > 10
    assert np.array_equal(grid.cell_at(rows["x_m"], rows["y_m"]), rows["cell"])
    assert model.city.inside[rows["cell"]].all()


def test_one_pupil_hurts_another_of_the_same_school() -> None:
    model = year(0)
    rows, people = incidents(model), model.world.society.residents
    bully, victim = people[rows["culprit_id"]], people[rows["victim_id"]]
    assert (rows["culprit_id"] != rows["victim_id"]).all()
    assert (bully["routine"] == RoutineClass.PUPIL).all()
    assert (victim["routine"] == RoutineClass.PUPIL).all()
    assert np.array_equal(bully["work_cell"], victim["work_cell"])
    assert (rows["offender_id"] == -1).all(), "a bully is no offender of the city's table"


def test_the_same_victims_suffer_it_again_and_again() -> None:
    """Were victims drawn anew each time, one in twenty-five would be a victim twice."""
    model = year(0)
    rows, people = incidents(model), model.world.society.residents
    pupils = int((people["routine"] == RoutineClass.PUPIL).sum())
    times = np.bincount(rows["victim_id"])
    times = times[times > 0]
    by_chance = 1 - np.exp(-len(rows) / pupils)  # of victims, to be drawn once more at least
    print(
        f"{len(rows)} incidents of {pupils} pupils, {np.mean(times > 1):.0%} of victims more than once, by chance "
        f"{by_chance:.0%}"
    )
    assert np.mean(times > 1) > 4 * by_chance
    assert times.max() >= 10
    table = model.results().tables["incidents"]
    assert len(table["victim_id"][table["type"] == "school_violence"].compressed()) == len(rows)


def test_pairs_meet_as_often_as_stated() -> None:
    """Nearly equal pairs, 364 days of 365: a Poisson number, and a little more for the inequality left.

    False alarm 1e-5.
    """
    model = of_many_pairs(2.0)
    pairs = len(model.world.school.pairs)
    pupils = int((model.world.society.residents["routine"] == RoutineClass.PUPIL).sum())
    assert pairs == round(0.06 * pupils)
    expected = pairs * 6.0 * 364 / 365
    spread = np.sqrt(expected + pairs * 36.0 / 100.0)
    assert abs(len(incidents(model)) - expected) < BOUND * spread


@pytest.mark.parametrize("weight", [0.0, 2.0, 8.0])
def test_the_way_home_has_its_weight_beside_eight_hours_of_lessons(weight: float) -> None:
    """Binomial with nearly equal pairs, false alarm 1e-5."""
    rows = incidents(of_many_pairs(weight))
    share, n = weight / (8 + weight), len(rows)
    home_time = (rows["time_min"] % 1440 // 60 == 16).sum()
    assert n > 1000
    assert abs(home_time - share * n) <= BOUND * np.sqrt(share * (1 - share) * n)


def test_no_pairs_or_no_incidents_are_no_violence() -> None:
    for school in ({"pairs_per_1000_pupils": 0.0}, {"incidents_per_pair_year": 0.0}):
        model = CityModel(in_town(days=60, demand={"school_violence": school}))
        model.run()
        assert len(incidents(model)) == 0


def with_police(strategy: dict[str, Any]) -> Array:
    school = {"pairs_per_1000_pupils": 200.0, "incidents_per_pair_year": 6.0}
    model = CityModel(
        in_town(days=120, strategy=strategy, force={"patrol_units": 40}, demand={"school_violence": school})
    )
    model.run()
    rows = incidents(model)
    return rows[np.argsort(rows["time_min"], kind="stable")]


def test_police_on_the_streets_prevent_some_on_the_way_home_and_none_behind_the_gate() -> None:
    """On one seed.

    What happens in lessons is the same to the bit, and who is hurt on the way home is among those hurt without police.
    """
    waiting, patrolling = with_police({"name": "reactive"}), with_police({"name": "random_patrol", "dwell_min": 30.0})
    lessons, on_the_way = (
        [rows[(rows["time_min"] % 1440 // 60 == 16) == home] for rows in (waiting, patrolling)]
        for home in (False, True)
    )
    for name in ("time_min", "cell", "victim_id", "culprit_id", "harm"):
        assert lessons[0][name].tobytes() == lessons[1][name].tobytes(), name
    assert len(lessons[0]) > 250
    assert 0 < len(on_the_way[1]) < len(on_the_way[0])
