"""Joint strike: known series are worked first and with more evidence, for hours that have to be there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from precinct import DAY, SIDE, Precinct, open_but_for, route

from sim.incident_types import IncidentType
from sim.police.cases.case_log import CaseState
from sim.police.cases.investigation import queues
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.joint_strike import JointStrike
from sim.scenario import Scenario

PLENTY = 1e6


def burglars(n: int = 400, seed: int = 1, **channels: Any) -> Precinct:
    """Return burglaries of forty culprits, all over the place and a month."""
    rng = np.random.Generator(np.random.Philox(3))
    culprit, day = np.arange(n) % 40, rng.uniform(0, 30, n)
    cell = (culprit * 37 + rng.integers(0, 3, n)) % (SIDE * SIDE)
    bureau = {"channels": open_but_for(1, **channels)}
    return Precinct(
        n,
        IncidentType.BURGLARY,
        culprit=culprit,
        cell=cell,
        recorded_day=day,
        bureau=bureau,
        seed=seed,
        joint_link_factor=2.0,
    )


def strike(
    precinct: Precinct,
    day: int,
    detectives: float = PLENTY,
    analysts: float = PLENTY,
    programme: JointStrike | None = None,
) -> dict[Post, Hours]:
    """Let joint teams form on a day; return the hours that are left."""
    minutes = {Post.DETECTIVES: detectives, Post.INTELLIGENCE: analysts}
    hours = {post: Hours(np.zeros(len(Work)), there, 0.0, 1.0) for post, there in minutes.items()}
    teams = programme or JointStrike()
    site: Any = SimpleNamespace(bureau=precinct.bureau)
    teams.begin(site)
    today: Any = SimpleNamespace(day=day, now_min=day * DAY, hours=hours, cases=precinct.cases)
    teams.day(today)
    return hours


def month(precinct: Precinct, joint: bool, minutes: float, days: int = 60) -> Precinct:
    for day in range(days):
        precinct.open(day)
        if joint:
            strike(precinct, day)
        precinct.link(day)
        precinct.work(day, minutes=minutes)
    return precinct


@pytest.mark.parametrize("minutes", [600.0, 1e9], ids=["few_detectives", "many"])
def test_joint_teams_clear_more_of_the_series(minutes: float) -> None:
    """Five months by the same draws with and without.

    Whether a case is cleared has one draw, so that more evidence can only help where minutes are plenty.
    """
    found = []
    for seed in range(1, 6):
        alone, together = (month(burglars(seed=seed), joint, minutes) for joint in (False, True))
        in_series = together.rows["series"] >= 0
        found.append(
            [int((precinct.rows["state"][in_series] == CaseState.CLEARED).sum()) for precinct in (alone, together)]
        )
    print(f"cases of series cleared, without and with joint teams: {found}")
    assert sum(with_it for _, with_it in found) > 1.03 * sum(without for without, _ in found)


def test_their_cases_are_worked_before_all_others() -> None:
    precinct = burglars()
    for day in range(20):
        precinct.open(day)
        precinct.link(day)
        precinct.work(day, minutes=300.0)
    strike(precinct, 20)
    joint = precinct.rows["joint"]
    assert 0 < joint.sum() < len(joint)
    by_age, by_rank = queues(20 * DAY, Post.DETECTIVES, precinct.cases, precinct.bureau.rule)
    first = joint[by_rank]
    assert first[: first.sum()].all()
    assert np.array_equal(np.sort(by_age), np.sort(by_rank))
    in_hand = precinct.rows["state"][by_rank] == CaseState.WORKED
    for part in (in_hand[first], in_hand[~first]):
        assert (np.diff(part.astype(int)) <= 0).all(), "among them, and among the others, what is in hand goes first"


def test_each_case_costs_minutes_of_both_and_what_finds_none_waits() -> None:
    precinct = burglars()
    for day in range(20):
        precinct.open(day)
        precinct.link(day)
    precinct.work(20, minutes=0.0)
    due = int((precinct.rows["series"] >= 0).sum())
    assert (precinct.rows["state"] < CaseState.CLEARED).all()
    assert due > 10
    for detectives, analysts in ((0.0, PLENTY), (PLENTY, 0.0), (59.0, 29.0)):
        strike(precinct, 20, detectives, analysts)
        assert precinct.rows["joint"].sum() == 0
    programme = JointStrike()
    hours = strike(precinct, 20, detectives=5 * 60 + 59, programme=programme)
    assert precinct.rows["joint"].sum() == 5 == programme.diary["cases"][20]
    assert hours[Post.DETECTIVES].left_min == 59
    assert hours[Post.INTELLIGENCE].left_min == PLENTY - 5 * 30
    lengths = np.bincount(precinct.rows["series"][precinct.rows["series"] >= 0])
    assert (lengths[precinct.rows["series"][precinct.rows["joint"]]] == lengths.max()).any(), "the longest series first"
    strike(precinct, 20)
    assert precinct.rows["joint"].sum() == due
    assert strike(precinct, 20)[Post.DETECTIVES].left_min == PLENTY, "nobody is brought in twice"


def test_files_that_are_stuck_at_a_station_are_found_by_a_joint_team() -> None:
    stuck = burglars(to_detectives=route([6 * DAY], [0.3]))
    for day in range(20):
        stuck.open(day)
        stuck.link(day)
    stuck.work(20, minutes=0.0)
    before = stuck.rows["known_min"].copy()
    programme = JointStrike()
    strike(stuck, 20, programme=programme)
    joint = stuck.rows["joint"]
    assert np.isinf(before[joint]).any()
    assert np.array_equal(stuck.rows["known_min"], np.where(joint, np.minimum(before, 20 * DAY), before))
    assert programme.diary["files_found"][20] == (before[joint] > 20 * DAY).sum()


def test_a_case_filed_without_work_is_opened_again_if_the_series_makes_it_worth_working_and_no_other_is() -> None:
    def filed(**parameters: Any) -> Precinct:
        precinct = Precinct(4, IncidentType.BURGLARY, culprit=1, recorded_day=0.0, **parameters)
        precinct.open(1)
        rows = precinct.rows
        rows["leads"], rows["state"], rows["closed_min"] = 0.0, CaseState.FILED, DAY
        rows["series"][:3], rows["links"][:3] = 0, 1
        rows["begun_min"][2], rows["worked_min"][2] = DAY, 300.0  # the detectives tried it
        return precinct

    programme, precinct = JointStrike(), filed()
    hours = strike(precinct, 2, programme=programme)
    assert precinct.rows["state"].tolist() == [CaseState.WAITING, CaseState.WAITING, CaseState.FILED, CaseState.FILED]
    assert precinct.rows["closed_min"].tolist() == [-1.0, -1.0, DAY, DAY]
    assert programme.diary["reopened"][2] == 2
    assert hours[Post.INTELLIGENCE].left_min == PLENTY - 2 * 30
    assert precinct.work(2) > 0
    hopeless = filed(link_weight=0.0)
    assert strike(hopeless, 2)[Post.DETECTIVES].left_min == PLENTY
    assert (hopeless.rows["state"] == CaseState.FILED).all()
    assert not hopeless.rows["joint"].any()


def test_without_news_of_a_series_there_is_nothing_to_join() -> None:
    precinct = burglars(from_analysts=route([0.0], [1.0 - 1e-12]))
    for day in range(20):
        precinct.open(day)
        precinct.link(day)
        precinct.work(day)
    assert strike(precinct, 20)[Post.INTELLIGENCE].left_min == PLENTY
    assert precinct.rows["joint"].sum() == 0


def test_silos_have_no_joint_teams() -> None:
    with pytest.raises(ValueError, match=r"coordination\.structure joint_room or joint_centre, not silos"):
        Scenario(strategy={"name": "hotspot", "programmes": ("joint_strike",)})
    Scenario(strategy={"name": "hotspot", "programmes": ("joint_strike",), "organisation": "joint_room"})
