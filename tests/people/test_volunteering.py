"""Volunteers.

Who joins and who leaves follows stated hazards, the watch walks by stated rules, and nobody's draws depend on anybody
else.

Statistical tests use fixed seeds and bounds of 4.4 standard errors: the false-alarm rate of each is about 1 in 100,000.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.state import CELL_COLUMNS, Ground
from sim.columns import table
from sim.people.feelings import Feeling, FeelingParameters, Feelings, city_means, new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.volunteers import VIEWS, VOLUNTEER_COLUMNS, Team, VolunteerParameters, draw_volunteers, keep_watch
from sim.programmes.volunteers.volunteering import (
    NEVER,
    JoiningRule,
    Mediators,
    Register,
    Standing,
    StayingRule,
    leavers,
    mediator_hours,
    new_register,
    recruit,
    teach_about_fraud,
    volunteer_ties,
)

ERRORS = 4.4
WEEK = 168
CELL_M = 100.0


class Town(NamedTuple):
    society: Society
    feelings: Feelings
    ground: Ground


@pytest.fixture
def town() -> Town:
    place = build_city(CityParameters(name="town", residents=3_000, area_km2=4, beats=2, districts=1, centres=1))
    society = settle(place, ResidentParameters(), seed=1)
    ground = Ground(table(CELL_COLUMNS, place.grid.n_cells), place.grid.n_rows, place.grid.n_cols, place.grid.cell_m, 0)
    return Town(society, new_feelings(FeelingParameters()), ground)


def corps(n: int, **columns: Any) -> Array:
    """Return organised volunteers who are the residents 0 … n − 1."""
    volunteers = table(VOLUNTEER_COLUMNS, n)
    volunteers["resident_id"], volunteers["cell"], volunteers["active"], volunteers["team"] = (
        np.arange(n),
        -1,
        True,
        Team.BURGLARY_WATCH,
    )
    for name, value in columns.items():
        volunteers[name] = value
    return volunteers


def week_of_watch(seed: int, volunteers: Array, out: Array, ground: Ground) -> Array:
    """Return where each volunteer is by hour of a week, shape [168, volunteers], after checking the counts."""
    where = np.empty((WEEK, len(volunteers)), dtype=int)
    for hour in range(WEEK):
        keep_watch(seed, hour * 60.0, volunteers, out, ground)
        where[hour] = volunteers["cell"]
        on_watch = volunteers["cell"][volunteers["cell"] >= 0]
        assert np.array_equal(ground.cells["watch_now"], np.bincount(on_watch, minlength=len(ground.cells)))
    return where


def test_the_plain_watch_fills_its_share_and_leaves_the_other_rows_spare(town: Town) -> None:
    residents = town.society.residents
    volunteers = draw_volunteers(residents, VolunteerParameters(share=0.01, most_share=0.03), CELL_M, seed=3)
    assert len(volunteers) == 90
    assert volunteers["active"].sum() == 30
    assert (volunteers["team"] == Team.WATCH).all()
    watch = volunteers[volunteers["active"]]
    assert (residents["age"][watch["resident_id"]] >= 18).all()
    assert len(np.unique(watch["resident_id"])) == 30
    more = draw_volunteers(residents, VolunteerParameters(share=0.04, most_share=0.03), CELL_M, seed=3)
    assert len(more) == more["active"].sum() == 120
    assert not draw_volunteers(residents, VolunteerParameters(share=0.0, most_share=0.0), CELL_M, seed=3).size


def test_everybody_walks_in_the_own_hours_within_reach_and_inactive_rows_do_not(town: Town) -> None:
    ground = town.ground
    volunteers = draw_volunteers(town.society.residents, VolunteerParameters(share=0.02), CELL_M, seed=3)
    where = week_of_watch(3, volunteers, town.society.places.out, ground)
    active = volunteers["active"]
    assert (where[:, ~active] == -1).all()
    assert np.array_equal((where >= 0).sum(axis=0)[active], volunteers["hours"][active])
    starts = (np.arange(WEEK)[:, None] - volunteers["start_hour"]) % WEEK < volunteers["hours"]
    assert np.array_equal((where >= 0)[:, active], starts[:, active])
    home = np.broadcast_to(volunteers["home_cell"], where.shape)[where >= 0]
    there = where[where >= 0]
    reach = 2  # whole cells within 250 m
    assert np.abs(there // ground.n_cols - home // ground.n_cols).max() == reach
    assert np.abs(there % ground.n_cols - home % ground.n_cols).max() == reach


def test_organised_teams_move_nobody_of_the_plain_watch_and_do_not_depend_on_their_rows(town: Town) -> None:
    out = town.society.places.out
    alone = draw_volunteers(town.society.residents, VolunteerParameters(share=0.01), CELL_M, seed=3)
    with_teams, elsewhere = alone.copy(), alone.copy()
    recruits = corps(20, team=np.arange(20) % 4 + 1, home_cell=500, hours=3, reach=5.0, start_hour=np.arange(20) * 5)
    with_teams[40:60], elsewhere[60:80] = recruits, recruits
    plain = week_of_watch(3, alone, out, town.ground._replace(cells=town.ground.cells.copy()))
    first = week_of_watch(3, with_teams, out, town.ground._replace(cells=town.ground.cells.copy()))
    second = week_of_watch(3, elsewhere, out, town.ground._replace(cells=town.ground.cells.copy()))
    assert np.array_equal(first[:, :40], plain[:, :40])
    assert np.array_equal(first[:, 40:60], second[:, 60:80])
    walks = (first[:, 40:60] >= 0).any(axis=0)
    assert np.array_equal(walks, recruits["team"] <= Team.PICKPOCKET_WATCH)


def test_who_is_struck_off_leaves_the_cell(town: Town) -> None:
    volunteers = corps(50, home_cell=400, hours=20, reach=2.0)
    keep_watch(1, 0.0, volunteers, town.society.places.out, town.ground)
    assert town.ground.cells["watch_now"].sum() == 50
    volunteers["active"][:30] = False
    keep_watch(1, 60.0, volunteers, town.society.places.out, town.ground)
    assert town.ground.cells["watch_now"].sum() == 20


def test_pickpocket_watchers_walk_in_the_most_crowded_of_eight_places() -> None:
    """In a row of cells, the more crowded the further east, the place is the largest of 2 · VIEWS uniform draws.

    An exact mean.
    """
    reach, n = 10, 4000
    ground = Ground(table(CELL_COLUMNS, 101), 1, 101, CELL_M, 0)
    out = np.tile(np.arange(101, dtype=np.float32), (WEEK, 1))
    places = np.arange(-reach, reach + 1)
    below = np.clip((places + 0.5 + reach) / (2 * reach), 0, 1) ** (
        2 * VIEWS
    )  # the place rounds a point between −reach and reach
    chance = np.diff(np.concatenate([[0.0], below]))
    mean = float(chance @ places)
    spread = math.sqrt(float(chance @ places**2) - mean**2)
    volunteers = corps(n, home_cell=50, hours=1, reach=float(reach), team=Team.PICKPOCKET_WATCH)
    keep_watch(1, 0.0, volunteers, out, ground)
    assert abs((volunteers["cell"] - 50).mean() - mean) < ERRORS * spread / math.sqrt(n)
    volunteers["team"] = Team.BURGLARY_WATCH
    keep_watch(1, 60.0 * WEEK, volunteers, out, ground)
    assert abs((volunteers["cell"] - 50).mean()) < ERRORS * reach / math.sqrt(3 * n)


JOINING = JoiningRule(asks_per_hour=10.0, joins=0.2, ask_again_days=0, attraction=1.5, tie_weight=0.5, most_ties=3)


def register(standing: Array) -> Register:
    """Return residents of these standings whom nobody has asked."""
    return Register(standing, np.full(len(standing), NEVER, dtype=np.int32), np.ones(len(standing), dtype=bool))


def all_who_join(town: Town, hours: float, rule: JoiningRule, days: int, register: Register) -> list[Array]:
    """Return who joins on each day, from the same standing on each."""
    found = []
    for day in range(days):
        joined = np.zeros(1000, dtype=np.int64)
        now = Register(register.standing.copy(), register.asked_day.copy(), register.asked)
        n = recruit(7, day, hours, town.society, now, rule, town.feelings.rule, joined)
        found.append(joined[:n].copy())
    return found


def test_residents_join_at_their_hazard(town: Town) -> None:
    """Who is asked joins with probability `joins · attraction · trust · (1 + tie_weight · ties)`, once a day."""
    residents, ties = town.society.residents, town.society.ties
    residents["trust_base"][::5] = residents["trust"][::5] = 0.0
    standing = np.zeros(len(residents), dtype=np.int8)
    standing[3::7] = Standing.SERVING
    standing[4::7] = Standing.WAITING
    counted = np.array([volunteer_ties(r, ties, standing) for r in range(len(residents))])
    by_hand = [np.count_nonzero(standing[ties.other[a:b]] == Standing.SERVING) for a, b in pairwise(ties.start)]
    assert np.array_equal(counted, by_hand)
    may = (residents["age"] >= 18) & (standing == Standing.NONE)
    chance = residents["trust"] * (1 + JOINING.tie_weight * np.minimum(counted, JOINING.most_ties))
    chance = may * np.minimum(1.0, JOINING.joins * JOINING.attraction * chance)
    hours, days = 2.5, 4000
    joined = np.concatenate(all_who_join(town, hours, JOINING, days, register(standing)))
    per_day = JOINING.asks_per_hour * hours / len(residents) * chance
    for part in (
        may,
        may & (counted == 0),
        may & (counted >= 3),
        may & (residents["trust"] > 0.7),
        residents["age"] > 60,
    ):
        expected = float(per_day[part].sum()) * days
        assert expected > 500
        assert abs(part[joined].sum() - expected) < ERRORS * math.sqrt(expected)
    assert (chance[joined] > 0).all(), "somebody joined who cannot"


def test_more_hours_and_more_reward_win_more_and_lose_none_of_those_won_with_less(town: Town) -> None:
    nobody = register(np.zeros(len(town.society.residents), dtype=np.int8))
    few = all_who_join(town, 1.0, JOINING, 60, nobody)
    many = all_who_join(town, 3.0, JOINING, 60, nobody)
    paid = all_who_join(town, 1.0, JOINING._replace(attraction=4.5), 60, nobody)
    assert all(set(a) <= set(b) for a, b in zip(few, many, strict=True))
    assert all(set(a) <= set(b) for a, b in zip(few, paid, strict=True))
    assert sum(map(len, paid)) > 1.5 * sum(map(len, few))
    assert sum(map(len, many)) > 2 * sum(map(len, few)) > 0
    assert sum(map(len, all_who_join(town, 0.0, JOINING, 60, nobody))) == 0


def test_nobody_joins_twice_and_no_more_than_there_is_room_for(town: Town) -> None:
    nobody = register(np.zeros(len(town.society.residents), dtype=np.int8))
    joined = np.zeros(7, dtype=np.int64)
    seen: set[int] = set()
    for day in range(300):
        n = recruit(7, day, 10.0, town.society, nobody, JOINING, town.feelings.rule, joined)
        assert n <= 7
        assert not seen & set(joined[:n])
        seen |= set(joined[:n])
    assert len(seen) == np.count_nonzero(nobody.standing == Standing.WAITING) > 1000


def test_who_has_said_no_is_not_won_for_a_while_so_that_organisers_find_fewer_the_more_they_ask(town: Town) -> None:
    """Without the pause the same hours win as many at any time; with it the pool runs low, and numbers settle."""
    won = {}
    for pause in (0, 365):
        nobody = register(np.zeros(len(town.society.residents), dtype=np.int8))
        rule = JOINING._replace(ask_again_days=pause, joins=0.02, tie_weight=0.0)
        joined, found = np.zeros(1000, dtype=np.int64), []
        for day in range(1000):
            n = recruit(7, day, 2.0, town.society, nobody, rule, town.feelings.rule, joined)
            nobody.standing[joined[:n]] = Standing.NONE
            found.append(n)
        won[pause] = [sum(found[:100]), sum(found[265:365]), sum(found[365:682]), sum(found[682:])]
    assert won[0][1] > 0.6 * won[0][0] > 15
    assert won[365][1] < 0.4 * won[365][0]
    assert 0.4 < won[365][3] / won[365][2] < 2.5


STAYING = StayingRule(per_day=0.05, attraction=1.25, overload=0.5, neglect=4.0, neglect_days=30, disappointment=5.0)


def test_volunteers_leave_at_their_hazard(town: Town) -> None:
    residents = town.society.residents
    n = 3000
    group = np.arange(n) % 5
    residents["trust_base"], residents["trust"] = 0.6, np.where(group == 4, 0.4, 0.6)
    volunteers = corps(
        n,
        hours=3,
        wished_hours=np.where(group == 1, 1.0, 4.0),
        contact_day=np.where(group == 2, 69, 70),
        team=np.where(group == 3, 0, 2),
    )
    left = np.zeros(n, dtype=np.int64)
    days = 40
    lost = np.zeros(5)
    for seed in range(days):
        known = new_register(n, volunteers)
        now = volunteers.copy()
        residents["felt_min"] = 100 * 1440.0
        k = leavers(seed, 100, now, residents, known, STAYING, town.feelings.rule, left)
        assert np.array_equal(np.sort(left[:k]), np.flatnonzero(~now["active"]))
        assert np.array_equal(known.asked_day == 100, ~now["active"])
        assert np.array_equal(known.standing == Standing.SERVING, now["active"])
        lost += np.bincount(group[left[:k]], minlength=5)
    usual = STAYING.per_day / STAYING.attraction
    hazard = np.array(
        [usual, 2 * usual, 4 * usual, 0.0, 2 * usual]
    )  # looked after; two hours too many; neglected; plain watch; trust lost
    chance, tries = 1 - np.exp(-hazard), days * n / 5
    assert (np.abs(lost - tries * chance) <= ERRORS * np.sqrt(tries * chance * (1 - chance))).all()


def test_that_one_leaves_does_not_depend_on_the_others(town: Town) -> None:
    everyone = corps(3000, hours=3, wished_hours=3.0, team=Team.MEDIATION)
    some = everyone[::3].copy()[::-1].copy()
    left = np.zeros(3000, dtype=np.int64)
    gone = []
    for volunteers in (everyone, some):
        leavers(
            5, 10, volunteers, town.society.residents, new_register(3000, volunteers), STAYING, town.feelings.rule, left
        )
        gone.append(set(volunteers["resident_id"][~volunteers["active"]]))
    assert gone[1] == {r for r in gone[0] if r % 3 == 0} != set()


def test_a_lesson_moves_its_pupil_by_step_times_skill_of_the_way(town: Town) -> None:
    """One lesson from each of many teachers: whom it reaches has a tie to the teacher or lives in the group.

    The totals of the city agree.
    """
    residents, dwellings, ties = town.society.residents, town.society.dwellings, town.society.ties
    reached = ties_only = 0
    for r in range(0, 3000, 29):
        before = residents["fraud_awareness"].copy()
        residents["fraud_felt_min"] = 3 * 1440.0
        volunteers = corps(1, resident_id=r, team=Team.FRAUD_PREVENTION, hours=1, skill=0.5, start_hour=3 * 24 + 9)
        lessons = teach_about_fraud(9, 3, 3, volunteers, town.society, town.feelings, 1, 0.4)
        moved = np.flatnonzero(residents["fraud_awareness"] != before)
        assert len(moved) == lessons <= 1
        if lessons:
            pupil = moved[0]
            assert residents["fraud_awareness"][pupil] == pytest.approx(
                before[pupil] + 0.4 * 0.5 * (1 - before[pupil]), abs=1e-6
            )
            tied = pupil in ties.other[ties.start[r] : ties.start[r + 1]]
            grouped = residents["dwelling"][pupil] // 10 == residents["dwelling"][r] // 10
            assert tied or grouped
            assert pupil != r
            reached, ties_only = reached + 1, ties_only + (tied and not grouped)
    assert reached > 80
    assert ties_only > 20
    mean = city_means(
        town.feelings, np.full(4, residents["fraud_awareness_base"].mean(dtype=float)), len(residents), 3 * 1440.0
    )
    assert mean[Feeling.FRAUD_AWARENESS] == pytest.approx(residents["fraud_awareness"].mean(dtype=float), abs=1e-6)
    assert len(dwellings) > 1000


def test_lessons_are_given_on_the_day_of_the_session_by_teachers_only(town: Town) -> None:
    team = np.array([Team.WATCH, Team.BURGLARY_WATCH, Team.PICKPOCKET_WATCH, Team.FRAUD_PREVENTION, Team.MEDIATION])
    volunteers = corps(5, team=team, resident_id=np.arange(5) * 500 + 1, hours=4, skill=1.0, start_hour=4 * 24 + 20)
    assert teach_about_fraud(1, 2, 3, volunteers, town.society, town.feelings, 5, 0.1) == 0
    assert 15 <= teach_about_fraud(1, 2, 4, volunteers, town.society, town.feelings, 5, 0.1) <= 20
    volunteers["active"] = False
    assert teach_about_fraud(1, 2, 4, volunteers, town.society, town.feelings, 5, 0.1) == 0


def test_mediators_give_their_hours_on_the_day_of_their_session() -> None:
    volunteers = corps(
        6, team=[4, 4, 4, 3, 4, 4], hours=[2, 4, 3, 5, 3, 3], skill=[0.2, 0.8, 0.5, 0.9, 0.6, 0.6],
        start_hour=[33, 40, 60, 33, 33, 60], active=[True, True, True, True, False, False],
    )  # fmt: skip
    assert mediator_hours(volunteers, 1) == Mediators(6.0, pytest.approx((2 * 0.2 + 4 * 0.8) / 6))
    assert mediator_hours(volunteers, 2) == Mediators(3.0, pytest.approx(0.5))
    assert mediator_hours(volunteers, 0) == Mediators(0.0, 0.0)
