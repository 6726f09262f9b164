"""Officers for schools: they hear who is hurt, end some of it by a talk, and are seen at the gate after lessons."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from made_up_days import Days
from scipy import stats
from small_runs import in_town

from sim.arrays import Array
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS
from sim.incidents.school import SchoolParameters, open_school
from sim.model import CityModel
from sim.people.trusting import INDIFFERENT
from sim.police.post_ledger import Work
from sim.programmes.school_officers import SchoolOfficers, hear, take_up

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
MANY_PAIRS = {"pairs_per_1000_pupils": 200.0, "incidents_per_pair_year": 40.0, "inequality": 100.0}


def at_schools(community_min: float = 1000.0, **changes: Any) -> Days:
    """Return days of the programme in a town in which many pupils are hurt, each once so far."""
    settings = {"hours_share": 1.0, "gate_share": 0.0, "tells": 0.0, **changes}
    days = Days(SchoolOfficers(SchoolOfficers.Parameters(**settings)), community_min=community_min)
    days.school = open_school(SchoolParameters(**MANY_PAIRS), days.society, len(days.ground.cells), 1)
    days.school.pairs["incidents"] = 1
    return days


def test_pupils_who_are_hurt_tell_by_their_trust() -> None:
    """Binomial in each of 200 lessons at once, false alarm 1e-5."""
    days = at_schools()
    days.society.residents["trust"] = days.society.residents["trust_base"] = INDIFFERENT
    pairs, told = days.school.pairs, np.zeros(len(days.school.pairs), dtype=bool)
    school = int(days.society.residents["work_cell"][pairs["victim_id"][0]])
    there = days.society.residents["work_cell"][pairs["victim_id"]] == school
    pairs["stopped"][np.flatnonzero(there)[:2]] = True
    count = 0
    for day in range(200):
        told[:] = False
        hear(1, day, school, (0.15, 1.5), days.school, days.today().truth.public, told)
        assert not told[~there | pairs["stopped"]].any()
        count += int(told.sum())
    assert stats.binomtest(count, 200 * int(there.sum() - 2), 0.15).pvalue > ALARM


def test_a_talk_stops_a_pair_with_its_chance_and_no_other_pair() -> None:
    days = at_schools()
    victims = np.unique(days.school.pairs["victim_id"])
    stopped = sum(take_up(1, int(who), 0.5, days.school) for who in victims[::2])
    pairs = days.school.pairs
    assert stopped == pairs["stopped"].sum()
    assert not np.isin(pairs["victim_id"][pairs["stopped"]], victims[1::2]).any()
    tried = int(np.isin(pairs["victim_id"], victims[::2]).sum())
    assert stats.binomtest(stopped, tried, 0.5).pvalue > ALARM


def test_records_and_lessons_lead_to_talks_which_cost_their_hours() -> None:
    days = at_schools(community_min=240.0, talk_success=1.0)
    pair = days.school.pairs[0]
    days.pass_by(1)
    assert (days.total("lessons"), days.total("talks")) == (1.0, 0.0), "the town has one school"
    days.burgle(int(pair["victim_id"]), 1.5 * 1440.0, IncidentType.SCHOOL_VIOLENCE)
    days.pass_by(2)
    assert days.school.pairs["stopped"][0]
    assert days.total("talks") == 1.0
    assert days.total("lessons") == 1.0
    assert days.spent(Work.EDUCATION) == pytest.approx(120.0 + 180.0)


def test_old_records_from_before_the_programme_are_left_alone() -> None:
    days = at_schools()
    days.burgle(int(days.school.pairs["victim_id"][0]), 0.0, IncidentType.SCHOOL_VIOLENCE)
    days.day = 1
    days.pass_by(3)
    assert days.total("talks") == 0.0


def test_no_lessons_and_no_gates_on_a_weekend() -> None:
    days = at_schools(gate_share=1.0)
    days.pass_by(5)
    gates, spent = days.total("gate_hours"), days.spent(Work.COMMUNITY_WORK)
    assert gates == spent / 60.0 > 0
    assert days.school.gates.any()
    days.pass_by(2)
    assert days.total("gate_hours") == gates
    assert not days.school.gates.any()
    assert days.spent(Work.COMMUNITY_WORK) == spent


@cache
def term(gates: float, stopped: bool) -> Array:
    """Return the violence of 60 days in a town in which nobody else is about."""
    nobody = {"force": {"patrol_units": 1e-6}, "people": {"volunteers": {"share": 0.0}}}
    model = CityModel(in_town(days=60, demand={"school_violence": MANY_PAIRS}, **nobody))
    model.world.school.gates[:] = gates
    model.world.school.pairs["stopped"][: len(model.world.school.pairs) // 2 if stopped else 0] = True
    model.run()
    rows = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    return rows[rows["type"] == IncidentType.SCHOOL_VIOLENCE]


def keys(rows: Array) -> set[tuple[float, int, int]]:
    return {(float(one["time_min"]), int(one["victim_id"]), int(one["cell"])) for one in rows}


def test_officers_at_the_gate_prevent_some_near_it_after_lessons_and_nothing_else() -> None:
    alone, guarded = term(0.0, False), term(2.0, False)
    assert keys(guarded) < keys(alone)
    home = alone["time_min"] % 1440 // 60 == 16
    lost = np.array([one not in keys(guarded) for one in map(tuple, alone[["time_min", "victim_id", "cell"]].tolist())])
    assert not lost[~home].any()
    assert 0 < lost.sum() < home.sum()


def test_a_pair_that_was_stopped_is_silent_until_another_takes_its_row_and_moves_nobody_else() -> None:
    alone, helped = term(0.0, False), term(0.0, True)
    assert keys(helped) < keys(alone)
    assert len(helped) == pytest.approx(0.6 * len(alone), rel=0.25), "half of the pairs, few of which end in two months"


def test_in_a_town_the_programme_lowers_school_violence_and_pays_in_hours() -> None:
    strategy = {"name": "reactive", "programmes": ["school_officers"]}
    found = []
    for share in (0.0, 1.0):
        model = CityModel(
            in_town(
                days=120, demand={"school_violence": MANY_PAIRS}, strategy=strategy,
                programmes={"school_officers": {"hours_share": share}},
            )
        )  # fmt: skip
        model.run()
        found.append(model.results().indicators)
    without, with_officers = found
    assert without["school_officers_talks"] == without["school_officers_gate_hours"] == 0
    assert with_officers["school_officers_stopped"] > 5
    assert with_officers["officer_hours_education"] > without["officer_hours_education"]
    assert with_officers["crimes_school_violence"] < without["crimes_school_violence"]
