"""Series: what analysts find, what a true link is worth, what a false one costs, and what silos keep apart."""

from __future__ import annotations

import numpy as np
import pytest
from precinct import DAY, PEOPLE, SIDE, Precinct, open_but_for, route
from scipy.stats import norm

from sim.incident_types import IncidentType
from sim.outcomes.investigation_results import series_delay, series_indicators
from sim.police.cases.case_log import NEWS, OPEN, CaseState, Spent, enlist
from sim.police.cases.investigation import queues
from sim.police.cases.series import hear_of_series
from sim.police.posts import Post

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim about a share on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))


def test_analysts_find_true_series_far_more_often_than_false_ones_and_cleared_ones_take_their_cases_along() -> None:
    """Forty culprits with ten burglaries each, all over the place and the month."""
    n = 400
    rng = np.random.Generator(np.random.Philox(3))
    culprit, day = np.arange(n) % 40, rng.uniform(0, 30, n)
    cell = (culprit * 37 + rng.integers(0, 3, n)) % (SIDE * SIDE)
    with_series, without = (
        Precinct(n, IncidentType.BURGLARY, culprit=culprit, cell=cell, recorded_day=day).run(45, series=series)
        for series in (True, False)
    )
    rows = with_series.rows
    assert rows["true_links"].sum() > 0.6 * rows["links"].sum() > 0
    assert (rows["links"][rows["series"] < 0] == 0).all()
    assert with_series.cleared().sum() > 1.3 * without.cleared().sum()
    together = 0
    for series in np.unique(rows["series"][rows["series"] >= 0]):
        members = rows[rows["series"] == series]
        who = culprit[members["incident_id"]]
        for one in members[(members["state"] == CaseState.CLEARED) & (members["arrests"] > 0)]:
            same = members[who == culprit[one["incident_id"]]]
            opened_before = same["opened_min"] < one["closed_min"] - DAY
            together += len(same) > 1
            assert (same["state"][opened_before] == CaseState.CLEARED).all()
    assert together > 3
    assert with_series.cases.spent_min[Post.INTELLIGENCE, Spent.COMPARISON] == 15.0 * n


def test_a_false_link_costs_hours_and_proves_nothing() -> None:
    n = PEOPLE
    true_p = {
        "link_probability": 0.0,
        "false_link_probability": 1.0,
        "link_reach_m": 1e5,
        "link_days": 3650.0,
        "worth_working": 0.0,
    }
    misled, sound = (Precinct(n, IncidentType.BURGLARY, culprit=np.arange(n), cell=0, **true_p) for _ in range(2))
    misled.open()
    misled.link(0)
    sound.open()
    for day in range(30):
        misled.work(day)
        sound.work(day)
    assert misled.rows["true_links"].sum() == 0 < misled.rows["links"].sum()
    assert np.array_equal(misled.cleared(), sound.cleared())
    wasted = misled.rows["needed_min"] - sound.rows["needed_min"]
    assert wasted.sum() == pytest.approx(120.0 * misled.rows["links"].sum())
    assert misled.cases.spent_min[:, Spent.CASE_WORK].sum() > sound.cases.spent_min[:, Spent.CASE_WORK].sum()


def test_cases_that_different_offices_know_are_never_linked() -> None:
    beats = np.arange(SIDE * SIDE) % 2
    apart, joint = (open_but_for(2, office=np.array(office, dtype=np.int64)) for office in ((0, 1), (0, 0)))
    links = []
    for channels in (apart, joint):
        precinct = Precinct(
            200,
            IncidentType.BURGLARY,
            culprit=np.arange(200) // 2 % PEOPLE,
            cell=np.arange(200) % 2,
            beats=beats,
            bureau={"channels": channels},
        )
        precinct.open()
        precinct.link(0)
        precinct.work(0, minutes=0.0)
        links.append(precinct.rows["true_links"].sum())
        for series in np.unique(precinct.rows["series"][precinct.rows["series"] >= 0]):
            offices = precinct.rows["office"][precinct.rows["series"] == series]
            assert len(np.unique(offices)) == 1
    assert links[0] < links[1]


def test_analysts_without_minutes_link_nothing_and_none_use_more_than_they_have() -> None:
    precinct = Precinct(200, IncidentType.BURGLARY, culprit=np.arange(200) % 20)
    precinct.open()
    assert precinct.link(0, minutes=0.0) == 0
    assert not precinct.rows["compared"].any()
    assert precinct.link(0, minutes=100.0) == 90.0
    assert precinct.rows["compared"].sum() == 6


def burglars(n: int = 400, culprits: int = 40, **channels: object) -> Precinct:
    """Return burglaries of some culprits, all over the place and a month."""
    rng = np.random.Generator(np.random.Philox(3))
    culprit, day = np.arange(n) % culprits, rng.uniform(0, 30, n)
    cell = (culprit * 37 + rng.integers(0, 3, n)) % (SIDE * SIDE)
    return Precinct(
        n,
        IncidentType.BURGLARY,
        culprit=culprit,
        cell=cell,
        recorded_day=day,
        bureau={"channels": open_but_for(1, **channels)},
    )


def test_detectives_act_upon_the_links_of_which_news_has_reached_them_and_on_no_others() -> None:
    late = burglars(from_analysts=route([4 * DAY], [0.3]))
    for day in range(45):
        late.open(day)
        late.link(day)
        late.work(day)
        rows = late.rows
        told = (rows["linked_to"] >= 0) & (rows["series_known_min"] <= day * DAY)
        assert np.array_equal(rows["heard"], told)
        of_pair = np.bincount(np.concatenate([np.flatnonzero(told), rows["linked_to"][told]]), minlength=len(rows))
        assert np.array_equal(rows["links"], of_pair)
        assert np.array_equal(rows["series"] >= 0, of_pair > 0)
        for b in np.flatnonzero(told):
            assert rows["series"][b] == rows["series"][rows["linked_to"][b]]
    links = late.rows["linked_to"] >= 0
    lost = np.isinf(late.rows["series_known_min"][links]).mean()
    assert abs(lost - 0.3) < Z * np.sqrt(0.21 / links.sum())
    at_once = burglars().run(45, series=True)
    assert np.array_equal(at_once.rows["linked_to"], late.rows["linked_to"]), (
        "analysts see the same cases, whatever reaches the detectives"
    )
    assert late.cleared().sum() < at_once.cleared().sum()


def test_news_of_a_link_reopens_a_filed_case_that_seems_worth_working_with_it() -> None:
    precinct = Precinct(3, IncidentType.BURGLARY, culprit=1, recorded_day=0.0)
    precinct.open(1)
    rows = precinct.rows
    rows["leads"], rows["state"], rows["closed_min"] = 0.0, CaseState.FILED, DAY
    rows["linked_to"], rows["series_known_min"] = [-1, 0, -1], [-1.0, 2 * DAY, -1.0]
    enlist(precinct.cases, precinct.cases.news, NEWS, 1)
    hear_of_series(1.5 * DAY, precinct.bureau, precinct.cases, precinct.logs)
    assert (rows["state"] == CaseState.FILED).all()
    hear_of_series(2 * DAY, precinct.bureau, precinct.cases, precinct.logs)
    assert rows["state"].tolist() == [CaseState.WAITING, CaseState.WAITING, CaseState.FILED]
    assert rows["closed_min"].tolist() == [-1.0, -1.0, DAY]


def test_news_that_always_gets_lost_is_worth_as_much_as_no_analysts() -> None:
    never = burglars(from_analysts=route([0.0], [1.0 - 1e-12])).run(45, series=True)
    none = burglars().run(45)
    assert (never.rows["linked_to"] >= 0).sum() > 50
    assert np.array_equal(never.cleared(), none.cleared())
    assert np.array_equal(never.rows["needed_min"], none.rows["needed_min"])


def test_analysts_compare_only_what_has_reached_them() -> None:
    late = burglars(to_analysts=route([5 * DAY], [0.2]))
    for day in range(60):
        late.open(day)
        late.link(day)
        assert (late.rows["reached_min"][late.rows["compared"]] <= day * DAY).all()
    lost = np.isinf(late.rows["reached_min"])
    assert np.array_equal(late.rows["compared"] | lost, late.rows["opened_min"] >= 0)
    assert abs(lost.mean() - 0.2) < Z * np.sqrt(0.16 / len(lost))


def test_a_series_clears_no_case_that_has_not_reached_the_detectives() -> None:
    late = burglars(to_detectives=route([6 * DAY], [0.3])).run(80, series=True)
    cleared = late.rows["state"] == CaseState.CLEARED
    assert cleared.any()
    assert (late.rows["known_min"][cleared] <= late.rows["closed_min"][cleared]).all()
    in_series_but_lost = np.isinf(late.rows["known_min"]) & (late.rows["true_links"] > 0)
    assert in_series_but_lost.any()
    assert not late.cleared()[in_series_but_lost[np.argsort(late.rows["incident_id"])]].any()


def test_delay_until_a_series_is_known_is_counted_from_the_second_case_and_what_is_never_known_is_masked() -> None:
    """Three burglaries of one culprit and one of another.

    The first two are linked by news after two days, the third's news is lost.
    """
    precinct = Precinct(
        4, IncidentType.BURGLARY, culprit=np.array([3, 3, 3, 5]), recorded_day=np.array([1.0, 2.0, 4.0, 3.0])
    )
    precinct.open(5)
    rows = precinct.rows
    of = {n: int(precinct.cases.case_of[n] - 1) for n in range(4)}
    rows["linked_to"][of[0]], rows["series_known_min"][of[0]] = (
        of[1],
        6.5 * DAY,
    )  # the link was made when the earlier case came in late
    rows["linked_to"][of[2]], rows["series_known_min"][of[2]] = of[1], np.inf
    rows["linked_to"][of[3]], rows["series_known_min"][of[3]] = of[1], 5 * DAY  # a false one
    found = series_delay(precinct.cases, precinct.logs, 0.5 * DAY, 10 * DAY)
    assert found["case_id"].tolist() == [of[1], of[2]]
    assert found["linked"].tolist() == [True, True]
    assert found["delay_days"].tolist() == [4.5, None]
    assert series_delay(precinct.cases, precinct.logs, 0.5 * DAY, 6 * DAY)["delay_days"].tolist() == [None, None]
    assert series_delay(precinct.cases, precinct.logs, 3 * DAY, 10 * DAY)["case_id"].tolist() == [of[2]]
    precinct.crimes["cleared"][[0, 3]] = True
    precinct.crimes["arrest_time_min"][[0, 3]] = 7 * DAY
    numbers = series_indicators(precinct.cases, precinct.logs, 0.5 * DAY, 10 * DAY)
    assert numbers == {
        "series_known_share": 0.5,
        "series_delay_median_days": 4.5,
        "clearance_series": pytest.approx(1 / 3),
    }
    none = series_indicators(precinct.cases, precinct.logs, 8 * DAY, 10 * DAY)
    assert none == {"series_known_share": None, "series_delay_median_days": None, "clearance_series": None}


def test_lists_of_cases_stay_in_order_and_hold_nothing_twice() -> None:
    precinct = Precinct(8, IncidentType.BURGLARY, culprit=1, recorded_day=0.0)
    precinct.open(1)
    cases = precinct.cases
    assert cases.open[: cases.used[OPEN]].tolist() == list(range(8))
    precinct.rows["state"][[1, 2, 6]] = CaseState.FILED
    queues(2 * DAY, int(Post.DETECTIVES), cases, precinct.bureau.rule)
    assert cases.open[: cases.used[OPEN]].tolist() == [0, 3, 4, 5, 7]
    for c in (6, 3, 1, 6):
        enlist(cases, cases.open, OPEN, c)
    assert cases.open[: cases.used[OPEN]].tolist() == [0, 1, 3, 4, 5, 6, 7]
