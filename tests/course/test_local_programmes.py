"""A programme that can be limited to districts does nothing in the others."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_days import Days, town

from sim.arrays import Array
from sim.columns import table
from sim.incident_types import IncidentType
from sim.incidents.disputes.log import Level, add_dispute
from sim.people.feelings import new_feelings
from sim.people.volunteers import VOLUNTEER_COLUMNS
from sim.police.post_ledger import Hours, PostHours, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, programmes
from sim.programmes.callbacks import victims_entered
from sim.programmes.cameras import Cameras, watch
from sim.programmes.education import Education
from sim.programmes.mediation import Mediation, leave_to_villages
from sim.programmes.safety_culture.home_checks import NEVER as NEVER_CHECKED
from sim.programmes.safety_culture.programme import SafetyCulture
from sim.programmes.social_governance.networks import Round
from sim.programmes.social_governance.programme import SocialGovernance
from sim.programmes.visits.need import NEVER
from sim.programmes.visits.programme import Visits
from sim.programmes.volunteers.programme import Volunteers
from sim.programmes.volunteers.volunteering import Corps, Standing
from sim.programmes.watch_schemes import NEVER as NO_SCHEME
from sim.programmes.watch_schemes import WatchSchemes
from sim.scenario import Scenario

ONE = np.array([0.0, 1.0])  # nothing in district 0, everything in district 1
HALF = np.array([0.5, 1.0])


def district(cells: Array) -> set[int]:
    return set(town().beats.district_of_cell[cells].tolist())


def test_the_district_of_a_cell_is_that_of_its_beat_and_none_outside() -> None:
    plan = town().beats
    assert np.array_equal(plan.district_of_cell[plan.beat >= 0], plan.district[plan.beat[plan.beat >= 0]])
    outside = plan._replace(beat=np.full_like(plan.beat, -1))
    assert set(outside.district_of_cell) == {-1}


def test_local_programmes_are_those_that_say_so() -> None:
    local = {name for name, kind in programmes().items() if kind.local and kind.__module__.startswith("sim.")}
    assert local == {
        "visits", "cameras", "watch_schemes", "education", "callbacks", "social_governance", "mediation", "volunteers",
        "safety_culture",
    }  # fmt: skip
    assert not Programme.local


def test_visits_are_made_in_reach_alone_and_in_proportion_to_what_is_carried_out() -> None:
    days = Days(Visits(), reach=ONE).pass_by(20)
    homes = days.society.dwellings["cell"]
    assert district(homes[days.programme.last_try_day > NEVER]) == {1}  # type: ignore[attr-defined]
    both = Days(Visits(), reach=HALF).pass_by(30)
    cells = both.society.dwellings["cell"][both.programme.last_try_day > NEVER]  # type: ignore[attr-defined]
    in_one = np.bincount(town().beats.district_of_cell[cells])
    assert in_one[0] / in_one[1] == pytest.approx(0.5, abs=0.05)


def test_cameras_hang_in_reach_alone_and_cost_for_that_alone() -> None:
    cameras = Cameras(Cameras.Parameters(area_share=0.5, post="desk"))
    costs = {}
    for name, reach in (("all", None), ("one", ONE)):
        days = Days(cameras, reach=reach)
        days.minutes[Post.DESK] = 1000.0
        days.pass_by(1)
        seen = np.flatnonzero(days.ground.cells["camera"])
        assert district(seen) == ({0, 1} if reach is None else {1})
        costs[name] = (float(cameras.diary["cost"][0]), len(seen))
        cameras.diary["cost"][0] = 0.0
    assert costs["one"][0] / costs["all"][0] == pytest.approx(costs["one"][1] / costs["all"][1], rel=0.01)
    days.reach = None
    watch(days.ground, np.arange(len(days.ground.cells)), 0.0, 0.0)  # type: ignore[arg-type]
    days.pass_by(1)
    assert district(np.flatnonzero(days.ground.cells["camera"])) == {0, 1}


def test_schemes_are_founded_in_reach_alone() -> None:
    days = Days(WatchSchemes(WatchSchemes.Parameters(hours_share=1.0, found_min=100.0)), reach=ONE).pass_by(10)
    founded = days.programme.contact_day != NO_SCHEME  # type: ignore[attr-defined]
    assert founded.any()
    assert district(days.society.dwellings["cell"][days.programme._first[founded]]) == {1}  # type: ignore[attr-defined]


def test_sessions_are_held_in_reach_alone() -> None:
    days = Days(Education(), reach=ONE).pass_by(10)
    held = np.flatnonzero(days.programme.last_session_day > NEVER)  # type: ignore[attr-defined]
    assert len(held)
    assert set(days.programme._district[held].tolist()) == {1}  # type: ignore[attr-defined]


def test_victims_are_called_who_live_in_reach() -> None:
    days = Days(Visits())
    homes = town().beats.district_of_cell[days.society.residents["home_cell"]]
    for place in (0, 1):
        days.burgle(int(np.flatnonzero(homes == place)[0]), 10.0)
    every = victims_entered(days.logs, 0.0, 1e9, lambda victims: np.full(len(victims), True))
    assert len(every) == 2
    (called,) = victims_entered(days.logs, 0.0, 1e9, lambda victims: homes[victims] == 1)
    assert days.logs.incidents["type"][called[0]] == IncidentType.BURGLARY
    assert homes[days.logs.incidents["victim_id"][called[0]]] == 1


def test_hours_out_of_reach_are_there_again_afterwards_and_what_was_spent_is_gone() -> None:
    ledger = np.zeros(len(Work))
    hours = PostHours({Post.COMMUNITY: Hours(ledger, 300.0, 100.0, 1.0)})
    with hours.within({Post.COMMUNITY: 0.25}):
        assert hours[Post.COMMUNITY].able() == 100.0
        hours[Post.COMMUNITY].spend(Work.VISITS, 60.0)
    assert hours[Post.COMMUNITY].left_min == pytest.approx(340.0)
    assert ledger[Work.VISITS] == 60.0
    with hours.within({Post.COMMUNITY: 1.0}):
        assert hours[Post.COMMUNITY].left_min == pytest.approx(340.0)


def test_talk_meetings_and_checks_of_a_culture_of_safety_are_in_reach_alone() -> None:
    days = Days(SafetyCulture(SafetyCulture.Parameters(checks_per_1000_day=5.0)), reach=ONE).pass_by(14)
    checked = days.programme.turns._checked_day > NEVER_CHECKED  # type: ignore[attr-defined]
    passed_over = days.programme.turns._passed_over  # type: ignore[attr-defined]
    checked[passed_over] = False
    assert checked.any()
    assert district(days.society.dwellings["cell"][checked]) == {1}
    taught = np.flatnonzero(days.society.residents["awareness"] != days.before["awareness"])
    in_reach = town().beats.district_of_cell[days.society.residents["home_cell"][taught]] == 1
    assert days.total("listeners") > 0
    assert 0.8 < in_reach.mean() <= 1.0, "others are talked to by those who were taught, and tell nobody themselves"
    days.reach = None
    days.pass_by(1)
    assert len(days.programme.turns._passed_over) < len(passed_over)  # type: ignore[attr-defined]


def test_a_part_of_the_city_gets_that_part_of_the_hours_for_meetings() -> None:
    spent = {}
    for name, reach in (("all", None), ("one", ONE)):
        days = Days(SafetyCulture(SafetyCulture.Parameters(checks_per_1000_day=0.0)), reach=reach).pass_by(7)
        spent[name] = days.spent(Work.EDUCATION)
    homes = town().beats.district_of_cell[days.society.residents["home_cell"]]
    assert spent["one"] / spent["all"] == pytest.approx((homes == 1).mean())


def test_grids_are_organised_in_reach_alone_and_those_that_are_left_tell_no_more() -> None:
    days = Days(SocialGovernance(), reach=ONE).pass_by(30)
    programme = days.programme
    assert isinstance(programme, SocialGovernance)
    visited = np.isfinite(programme.organising.last_day)
    assert set(programme.hoods.district[visited].tolist()) == {1}
    assert visited.sum() == (programme.hoods.district == 1).sum()
    days.reach = np.zeros(2)
    days.pass_by(1)
    assert programme.diary["grids_organised"][30] == 0


def test_a_round_that_goes_everywhere_is_the_same_as_before_and_one_of_a_part_stays_there() -> None:
    everywhere, part = Round(6, 3.0, 10.0), Round(6, 3.0, 10.0)
    assert [everywhere.go(day, 100.0, np.ones(6, dtype=bool)) for day in range(3)] == [20.0] * 3
    assert everywhere.last_day.tolist() == [0, 0, 1, 1, 2, 2]
    odd = np.arange(6) % 2 == 1
    for day in range(3):
        part.go(day, 100.0, odd)
    assert part.last_day[odd].tolist() == [0, 1, 2]
    assert not np.isfinite(part.last_day[~odd]).any()


def test_disputes_out_of_reach_are_left_to_the_villages() -> None:
    days = Days(Mediation(), reach=ONE)
    where = town().beats.district_of_cell
    cells = [int(np.flatnonzero(where == place)[0]) for place in (0, 0, 1)]
    rows = [add_dispute(days.disputes, 0, 0, 1, cell, 1.0, 0.0) for cell in cells]
    for d, (level, steps) in zip(rows, ((Level.STATION, 0), (Level.TOWN, 1), (Level.TOWN, 1)), strict=True):
        days.disputes.rows[d]["level"], days.disputes.rows[d]["handed_up"] = level, steps
        days.disputes.rows[d]["in_mediation"] = True
    leave_to_villages(days.disputes, where == 0)
    left = days.disputes.rows[rows]
    assert left["level"].tolist() == [Level.VILLAGE, Level.VILLAGE, Level.TOWN]
    assert left["in_mediation"].tolist() == [True, False, True]


def test_volunteers_are_won_in_reach_alone_for_that_part_of_the_hours() -> None:
    society = Days(Visits()).society
    homes = town().beats.district_of_cell[society.residents["home_cell"]]
    won, spent = {}, {}
    for name, there in (("all", None), ("one", town().beats.district_of_cell == 1)):
        corps = table(VOLUNTEER_COLUMNS, 5000)
        programme = Volunteers(Volunteers.Parameters(recruiting_hours_per_1000_week=20.0, joins_per_hour=40.0))
        programme.take_over(society, corps, 100.0)
        if there is not None:
            programme._ask_where(there)
        ledger = np.zeros(len(Work))
        programme._win(
            Corps(1, 0, 0, corps, society, new_feelings(Scenario().people.feelings)), 1e6, Hours(ledger, 1e6, 0.0, 1.0)
        )
        won[name] = set(np.flatnonzero(programme.register.standing == Standing.WAITING).tolist())
        spent[name] = float(ledger[Work.ORGANISING])
    assert won["one"]
    assert won["one"] == {r for r in won["all"] if homes[r] == 1}, "whom they ask is the same"
    assert spent["one"] / spent["all"] == pytest.approx((homes == 1).mean())
