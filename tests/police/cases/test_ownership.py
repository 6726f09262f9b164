"""Who works on a case: the post, of whom somebody else is there tomorrow, or its owner, for whom it waits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from precinct import DAY, Precinct
from scipy import stats
from small_runs import MUCH_CRIME, after, audit, in_town

from sim.incident_types import IncidentType
from sim.model import CityModel
from sim.police.cases.case_log import CaseState, Hands
from sim.police.cases.ownership import of_owners, of_post
from sim.police.force.officers import OFFICER_COLUMNS
from sim.police.posts import Post

ALARM = 1e-5  # chance that a right rule fails the statistical claim on a seed that nobody has tried
OFFICERS = 4
HOURS = 20 * 60.0
FORCE = {"officers": 80, "auxiliaries": 40}


def owners(*on_duty: int, skill: float | list[float] = 0.8, since_day: Any = -1.0) -> Hands:
    """Return the hands of some of four officers, who have been at the post since a day."""
    n = len(on_duty)
    since = np.broadcast_to(np.asarray(since_day, dtype=float), OFFICERS) * DAY
    skills = np.broadcast_to(np.asarray(skill, dtype=float), n).copy()
    return Hands(np.array(on_duty, dtype=np.int64), skills, np.zeros(n), np.zeros(n, dtype=np.int64), since.copy(), 0.0)


def opened(n: int, **parameters: Any) -> Precinct:
    """Return brawls that are all worth working, and not yet worked."""
    precinct = Precinct(n, worth_working=0.0, **parameters)
    precinct.open()
    return precinct


def test_a_post_hands_a_case_over_on_the_days_on_which_who_had_it_is_absent() -> None:
    """Binomial, false alarm 1e-5: of the days after the first on which a case is worked."""
    precinct = opened(600, ownership={"reading_in_min": 60.0}, case_hours_per_day=0.5)
    before = precinct.rows["needed_min"].copy()
    days = np.zeros(600)
    for day in range(5):
        again = (precinct.rows["state"] == CaseState.WORKED) & (precinct.rows["worked_min"] > 0)
        precinct.work(day, hands=of_post(0.8, 0.3, 0))
        days += again
    rows = precinct.rows
    assert rows["needed_min"] - before == pytest.approx(60.0 * rows["handed_over"])
    assert stats.binomtest(int(rows["handed_over"].sum()), int(days.sum()), 0.3).pvalue > ALARM
    assert (rows["owner"] == -1).all()


@pytest.mark.parametrize(("absent", "reading_in_min"), [(0.3, 0.0), (0.0, 60.0)])
def test_nothing_is_lost_where_nobody_is_absent_or_nothing_has_to_be_read(absent: float, reading_in_min: float) -> None:
    precinct = opened(50, ownership={"reading_in_min": reading_in_min})
    for day in range(4):
        precinct.work(day, hands=of_post(0.8, absent, 0))
    assert not precinct.rows["handed_over"].any()


def test_a_case_waits_for_its_owner_and_nobody_else_works_on_it() -> None:
    precinct = opened(8, ownership={"held_by": "owner", "reading_in_min": 60.0}, case_hours_per_day=0.25)
    precinct.work(0, minutes=HOURS, heads=1.0, hands=owners(0, 1))
    first = precinct.rows["owner"].copy()
    assert sorted(first.tolist()) == [0] * 4 + [1] * 4, "whoever has the fewest cases takes the next one"
    for day in range(1, 5):
        worked = precinct.rows["worked_min"].copy()
        there = (day % 2, 3)
        precinct.work(day, minutes=HOURS, heads=1.0, hands=owners(*there))
        moved = precinct.rows["worked_min"] > worked
        is_open = worked < precinct.rows["needed_min"] * 2 - 1e-3
        assert np.array_equal(moved, (first == there[0]) & is_open)
    assert np.array_equal(precinct.rows["owner"], first)
    assert not precinct.rows["handed_over"].any()


def test_an_owner_who_leaves_hands_his_cases_over_and_so_does_a_newcomer_in_his_row() -> None:
    for since in ([np.inf, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]):
        precinct = opened(4, ownership={"held_by": "owner", "reading_in_min": 90.0}, case_hours_per_day=0.25)
        precinct.work(0, minutes=HOURS, heads=1.0, hands=owners(0))
        before = precinct.rows["needed_min"].copy()
        precinct.work(1, minutes=HOURS, heads=1.0, hands=owners(2, since_day=since))
        assert (precinct.rows["owner"] == 2).all()
        assert (precinct.rows["handed_over"] == 1).all()
        assert precinct.rows["needed_min"] - before == pytest.approx(90.0)


def test_an_owner_works_at_his_own_skill_and_has_no_more_cases_than_allowed() -> None:
    precinct = opened(60, ownership={"held_by": "owner"}, case_hours_per_day=0.25)
    precinct.work(0, minutes=4 * HOURS, heads=1.0, hands=owners(0, 1, skill=[0.2, 1.0]))
    rows = precinct.rows
    taken = rows[rows["owner"] >= 0]
    assert np.bincount(taken["owner"]).tolist() == [12, 12]
    assert taken["skill"][taken["owner"] == 0] == pytest.approx(0.2)
    assert taken["skill"][taken["owner"] == 1] == pytest.approx(1.0)
    assert taken["done_min"][taken["owner"] == 1] == pytest.approx(15.0 * (0.5 + 0.5 * 1.0 / 0.8))
    assert taken["done_min"][taken["owner"] == 0] == pytest.approx(15.0 * (0.5 + 0.5 * 0.2 / 0.8))


def test_the_first_case_goes_to_the_most_skilled() -> None:
    precinct = opened(1, ownership={"held_by": "owner"})
    precinct.work(0, minutes=HOURS, heads=1.0, hands=owners(0, 1, 2, skill=[0.5, 0.9, 0.7]))
    assert precinct.rows["owner"].tolist() == [1]


def test_an_owner_files_fewer_cases_unread() -> None:
    """A shift of the least log-odds by 0.7: cases with a chance between the two thresholds are worked."""
    filed = []
    for accountability in (0.0, 0.7, 10.0):
        ownership = {"held_by": "owner", "accountability": accountability}
        precinct = Precinct(400, IncidentType.BURGLARY, ownership=ownership, worth_working=0.05)
        precinct.open()
        precinct.work(0, heads=1.0, minutes=1e7, hands=owners(0))
        filed.append(int((precinct.rows["begun_min"] < 0)[precinct.rows["state"] == CaseState.FILED].sum()))
    assert filed[0] > 50
    assert filed[1] == filed[2] == 0, "a burglary without leads is cleared in 3.5 %, above half of 5 %"


def test_a_post_may_take_cases_back_from_their_owners() -> None:
    precinct = opened(4, ownership={"held_by": "owner", "reading_in_min": 30.0}, case_hours_per_day=0.25)
    precinct.work(0, minutes=HOURS, heads=1.0, hands=owners(0))
    precinct.work(1, minutes=HOURS, heads=2.0, hands=of_post(0.8, 0.0, OFFICERS))
    assert (precinct.rows["owner"] == -1).all()
    assert (precinct.rows["handed_over"] == 1).all()
    precinct.work(2, minutes=HOURS, heads=1.0, hands=owners(1))
    assert (precinct.rows["owner"] == 1).all()


def test_owners_are_those_on_duty_at_the_post_and_know_since_when() -> None:
    officers = np.zeros(3, dtype=[(one.name, one.dtype) for one in OFFICER_COLUMNS])
    officers["post"], officers["left_day"], officers["joined_day"] = (
        [Post.DETECTIVES, Post.DETECTIVES, Post.DESK],
        -1,
        5,
    )
    officers["left_day"][1] = 9
    hands = of_owners(np.array([0]), officers, Post.DETECTIVES)
    assert hands.officer.tolist() == [0]
    assert hands.since_min.tolist() == [5 * DAY, np.inf, np.inf]


def test_in_a_town_officer_minutes_are_conserved_and_owners_keep_their_cases() -> None:
    shares = []
    for held_by in ("post", "owner"):
        ownership = {"held_by": held_by, "reading_in_min": 60.0}
        model = CityModel(
            in_town(days=60, demand=MUCH_CRIME, force=FORCE, investigation={"ownership": ownership}, seed=4)
        )
        model.run()
        found = model.results()
        audit(found)
        rows = model.posts.cases.rows[: model.posts.cases.used[0]]
        worked = rows[rows["worked_min"] > 0]
        shares.append(float(worked["handed_over"].mean()))
        assert found.indicators["handovers_per_case"] == pytest.approx(shares[-1])
        assert found.indicators["case_days_mean"] > 0
        detectives = worked[worked["post"] == Post.DETECTIVES]
        assert ((detectives["owner"] >= 0) == (held_by == "owner")).all()
    assert shares[0] > 0.1
    assert shares[1] < 0.5 * shares[0]
    assert "case_days_mean" not in after(in_town()).indicators, "where it does not matter who works"
