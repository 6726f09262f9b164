"""The routine of residents.

Everybody is somewhere at every hour, and whom one meets at a place has a reason to be there.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.clock import HOURS_PER_WEEK
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.routine import RoutineClass, weekly_routine
from sim.people.whereabouts import person_at

HOUR = np.arange(HOURS_PER_WEEK) % 24
WEEKDAY = np.arange(HOURS_PER_WEEK) // 24 < 5


@pytest.fixture(scope="module")
def society() -> Society:
    town = build_city(CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1))
    return settle(town, ResidentParameters(), seed=1)


def test_chances_to_be_somewhere_are_chances_and_leave_the_rest_for_the_way() -> None:
    routine = weekly_routine()
    for where in routine:
        assert where.shape == (len(RoutineClass), HOURS_PER_WEEK)
        assert (where >= 0).all()
    total = sum(routine)
    assert (total <= 1 + 1e-12).all()
    assert (total > 0.5).all()  # nobody spends most of an hour on the way


def test_people_are_conserved_present_and_on_the_way_they_are_all_residents_at_every_hour(society: Society) -> None:
    routine, people = society.places.routine, society.residents
    of_class = np.bincount(people["routine"], minlength=len(RoutineClass))
    on_the_way = of_class @ (1 - sum(routine))
    assert society.places.present.sum(axis=1) + on_the_way == pytest.approx(
        np.full(HOURS_PER_WEEK, len(people)), rel=1e-5
    )


def test_people_out_are_those_at_leisure_and_on_the_way(society: Society) -> None:
    routine, people = society.places.routine, society.residents
    of_class = np.bincount(people["routine"], minlength=len(RoutineClass))
    assert society.places.out.sum(axis=1) == pytest.approx(of_class @ (routine.leisure + 1 - sum(routine)), rel=1e-4)
    assert (society.places.out >= -1e-4).all()


def test_the_share_away_from_home_is_that_of_the_routine(society: Society) -> None:
    at_home = society.places.routine.home[society.residents["routine"]].mean(axis=0)
    assert society.places.away == pytest.approx(1 - at_home)


def test_most_people_sleep_at_home_and_workers_are_away_on_weekdays() -> None:
    routine = weekly_routine()
    night, morning = HOUR == 3, WEEKDAY & (HOUR == 10)
    for kind in (RoutineClass.WORKER, RoutineClass.PUPIL, RoutineClass.HOME):
        assert (routine.home[kind, night] > 0.8).all()
    for kind in (RoutineClass.WORKER, RoutineClass.PUPIL):
        assert (routine.work[kind, morning] > 0.8).all()
    assert (routine.work[RoutineClass.NIGHT_WORKER, WEEKDAY & night] > 0.8).all()
    assert (routine.work[RoutineClass.HOME] == 0).all()


def test_pupils_are_of_school_age_and_people_of_class_home_go_to_no_work(society: Society) -> None:
    people = society.residents
    pupils = people[people["routine"] == RoutineClass.PUPIL]
    assert pupils["age"].min() >= 6
    assert pupils["age"].max() < 18
    at_home = people[people["routine"] == RoutineClass.HOME]
    assert (at_home["work_cell"] == at_home["home_cell"]).all()


@pytest.mark.parametrize("hour", [3, 10, 20, 24 * 5 + 15])
def test_whoever_is_met_at_a_place_lives_works_or_spends_leisure_there(hour: int, society: Society) -> None:
    people, places = society.residents, society.places
    rng = np.random.default_rng(hour)
    met = 0
    for cell in range(places.present.shape[1]):
        who = person_at(places, society.dwellings, cell, hour, rng.random(), rng.random())
        if who >= 0:
            met += 1
            assert cell in (people["home_cell"][who], people["work_cell"][who], people["leisure_cell"][who])
        else:
            assert places.dwelling_start[cell] == places.dwelling_start[cell + 1]
    assert met > 100
