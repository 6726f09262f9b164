"""Absences: people leave home and come back no more often than their routine requires, and errands are short.

Tests by draws have fixed seeds and a false alarm of at most 1e-5 on others.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.clock import HOURS_PER_WEEK
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.routine import RoutineClass, absences, weekly_routine
from sim.people.whereabouts import home_again, nobody_in, out_since, parties

HOME = weekly_routine().home
TUESDAY = 24 * 60.0
BOUND = stats.norm.isf(1e-5 / 2)


@pytest.fixture(scope="module")
def society() -> Society:
    town = build_city(CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1))
    return settle(town, ResidentParameters(), seed=1)


def somebody(society: Society, kind: RoutineClass) -> int:
    return int(np.flatnonzero(society.residents["routine"] == kind)[0])


def returns(society: Society, who: int, now_min: float, members: int = 1, n: int = 4000) -> Array:
    draws = np.random.default_rng(1).exponential(size=n)
    return np.array([home_again(now_min, e, who, members, 0, society.residents, society.places) for e in draws])


@pytest.mark.parametrize("outing_hours", [1.0, 2.0, 24.0])
def test_comings_and_goings_keep_the_shares_at_home_that_the_routine_states(outing_hours: float) -> None:
    """Balance the flows: those out come home by the rate forwards, those in were out by the rate backwards."""
    leaves, comes = (1.0 - np.exp(-60.0 * rates) for rates in absences(HOME, outing_hours))
    assert ((leaves >= 0) & (leaves < 1) & (comes >= 0) & (comes < 1)).all()
    before = np.roll(HOME, 1, axis=1)
    came = (1.0 - before) * comes  # out in the hour before, in now
    went = (1.0 - HOME) * np.roll(leaves, 1, axis=1)  # out now, in in the hour before
    assert before + came - went == pytest.approx(HOME, abs=1e-9)


def test_a_worker_who_is_out_on_a_morning_comes_home_at_noon_or_after_work_and_left_before_it(society: Society) -> None:
    worker, ten = somebody(society, RoutineClass.WORKER), TUESDAY + 600.0
    back = (returns(society, worker, ten) - TUESDAY) / 60
    assert 0.4 < (back > 17).mean() < 0.9
    assert back.min() > 10
    left = (
        np.array(
            [
                out_since(ten, e, worker, 1, 0, society.residents, society.places)
                for e in np.random.default_rng(2).exponential(size=4000)
            ]
        )
        - TUESDAY
    ) / 60
    assert left.max() < 10
    assert ((left > 7) & (left < 8)).mean() > 0.4


def test_errands_last_an_hour_or_two_and_longer_where_people_are_said_to_stay_longer(society: Society) -> None:
    retired = somebody(society, RoutineClass.HOME)
    hours = (returns(society, retired, TUESDAY + 600.0) - TUESDAY - 600.0) / 60
    assert 1.0 < np.median(hours) < 4.0


def test_the_more_go_their_own_ways_the_sooner_somebody_is_back_but_companions_count_little(society: Society) -> None:
    """Rates of a household add up in proportion to its parties.

    The first of four alike is back as the first of parties(4) independent people.
    """
    alone = society.residents.copy()
    alone["routine"] = RoutineClass.HOME
    ten = TUESDAY + 600.0
    e = np.random.default_rng(3).exponential(size=2000)
    four = np.array([home_again(ten, x, 0, 4, 0, alone, society.places) for x in e])
    one = np.array([home_again(ten, x / parties(4), 0, 1, 0, alone, society.places) for x in e])
    assert four == pytest.approx(one)
    assert parties(1) == 1.0
    assert parties(2.6) == pytest.approx(1.5)


def test_nobody_waits_for_longer_than_a_week(society: Society) -> None:
    assert home_again(0.0, 1e9, 0, 1, 0, society.residents, society.places) == HOURS_PER_WEEK * 60.0
    assert out_since(0.0, 1e9, 0, 1, 0, society.residents, society.places) == -HOURS_PER_WEEK * 60.0


def test_nobody_is_in_as_often_as_the_members_are_away(society: Society) -> None:
    for d in range(50):
        home = society.dwellings[d]
        members = society.residents[home["first_resident"] : home["first_resident"] + home["residents"]]
        for hour in (3, 34, 130):
            away = 1.0 - HOME[members["routine"], hour]
            assert nobody_in(society, d, hour) == pytest.approx(np.exp(np.log(away).mean() * parties(len(members))))
