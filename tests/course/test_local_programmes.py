"""A programme that can be limited to districts does nothing in the others."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_days import Days, town

from sim.arrays import Array
from sim.incident_types import IncidentType
from sim.police.post_ledger import Hours, PostHours, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, programmes
from sim.programmes.callbacks import victims_entered
from sim.programmes.cameras import Cameras, watch
from sim.programmes.education import Education
from sim.programmes.visits.need import NEVER
from sim.programmes.visits.programme import Visits
from sim.programmes.watch_schemes import NEVER as NO_SCHEME
from sim.programmes.watch_schemes import WatchSchemes

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
    assert local == {"visits", "cameras", "watch_schemes", "education", "callbacks"}
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
