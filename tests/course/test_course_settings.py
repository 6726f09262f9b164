"""A course that cannot be carried out is refused in one line that names the phase, the value and what is allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from small_runs import TOWN, in_town

from sim.course.stages import STATUS_QUO, Stage, check_course, moved_on, phases_of
from sim.parameters import one_line
from sim.scenario import Scenario

CITY = TOWN.model_copy(update={"beats": 4, "districts": 2})
HOTSPOT, VISITS = {"name": "hotspot"}, {"name": "reactive", "programmes": ["visits"]}


def with_course(*phases: Any, **changes: Any) -> Scenario:
    return in_town(**{"city": CITY, "strategy": HOTSPOT, "strategy_course": {"phases": phases}, **changes})


@pytest.mark.parametrize(
    ("phases", "field", "says"),
    [
        ([{"start_day": 9}, {"start_day": 5}], "1.start_day", "9 or later"),
        ([{"start_day": 9}, {"start_day": 9}], "1.start_day", "both would begin in district 0"),
        ([{"start_day": 5, "days": 10}, {"start_day": 14, "districts": [1]}], "1.start_day", "15 or later"),
        ([{"districts": [0, 2]}], "0.districts", "0 to 1: there are 2"),
        ([{"districts": [-1]}], "0.districts", "0 to 1"),
        ([{"districts": [1, 1]}], "0.districts", "each district once"),
        ([{"districts": []}], "0.districts", "at least 1 item"),
        ([{"start_day": -1}], "0.start_day", "greater than or equal to 0"),
        ([{"strategy": {"name": "hotpsot"}}], "0.strategy", "one of "),
        ([{"strategy": {"name": "hotspot", "dwell_min": -1}}], "0.strategy.dwell_min", "greater than or equal to 0"),
        ([{"handing_down": {"station_share": 1.2}}], "0.handing_down.station_share", "less than or equal to 1"),
        ([{"scale_up": {}}], "0.scale_up", "after a pilot"),
        ([{}, {"start_day": 3, "scale_up": {}}], "1.scale_up", "after a pilot"),
        ([{"until": 3}], "0.until", "there is no such parameter"),
        (["hotspot"], "0", "{start_day: "),
        (
            [{"districts": [1], "strategy": {"name": "reactive", "programmes": ["anti_fraud"]}}],
            "0.strategy",
            "programme anti_fraud cannot be limited to districts, as callbacks, cameras",
        ),
        (
            [{"strategy": {"name": "reactive", "programmes": ["anti_fraud"]}}, {"start_day": 9, "districts": [0]}],
            "0.strategy",
            "programme anti_fraud cannot be limited",
        ),
        (
            [{"districts": [1], "strategy": {"name": "reactive", "organisation": "joint_centre"}}],
            "0.strategy.organisation",
            "organisation joint_centre cannot be limited",
        ),
        (
            [{"districts": [1], "changes": [{"name": "force.overtime_share", "value": 0.1}]}],
            "0.changes",
            "one for all districts",
        ),
        ([{"districts": [1], "heads": [{"post": "detectives", "factor": 2}]}], "0.heads.0", "personnel of stations"),
    ],
)
def test_what_is_wrong_with_a_phase_is_said_in_one_line(phases: Any, field: str, says: str) -> None:
    with pytest.raises(ValidationError) as error:
        with_course(*phases)
    bad = one_line(error.value)
    assert bad.field == f"strategy_course.phases.{field}"
    assert says in str(bad)
    assert "\n" not in str(bad)


def test_too_many_personnel_missing_at_one_stage_are_found_before_the_run() -> None:
    less = [{"post": "patrol", "factor": 0.3}]
    with_course({"districts": [1], "heads": less})
    with pytest.raises(ValueError, match="at most 100 %"):
        with_course({"districts": [1], "heads": less}, force={"changes": less})


def test_what_may_go_together_goes_together() -> None:
    check_course(
        with_course(
            {"name": "pilot", "start_day": 5, "districts": [1], "strategy": VISITS},
            {"name": "more", "start_day": 5, "districts": [0]},
            {"name": "all", "start_day": 9, "strategy": {"name": "integrated"}},
        )
    )
    check_course(with_course({"districts": [1], "strategy": {"name": "reactive", "organisation": "neighbourhoods"}}))


def test_a_course_is_written_and_read_again() -> None:
    scenario = with_course(
        {"start_day": 5, "districts": [1], "strategy": {"name": "hotspot", "dwell_min": 9.0}},
        {"start_day": 9, "scale_up": {"fall": 0.2}},
    )
    again = Scenario.model_validate(scenario.model_dump(mode="json"))
    assert again == scenario
    assert again.strategy_course.phases[0].strategy == scenario.strategy_course.phases[0].strategy


def test_a_later_phase_takes_the_place_of_an_earlier_one_and_what_ends_gives_way_to_the_status_quo() -> None:
    phases = phases_of(
        with_course({"start_day": 2, "districts": [1], "days": 4}, {"start_day": 4, "districts": [0]}, {"start_day": 9})
    )
    stage, seen = nothing_yet(), []
    for day in range(11):
        stage = moved_on(stage, phases, day, lambda _: False)
        seen.append(stage.phase.tolist())
    quo = STATUS_QUO
    assert seen == [[quo, quo]] * 2 + [[quo, 0]] * 2 + [[1, 0]] * 2 + [[1, quo]] * 3 + [[2, 2]] * 2


def test_a_phase_that_waits_for_its_rule_is_given_up_when_a_later_one_has_begun() -> None:
    phases = phases_of(
        with_course({"districts": [1]}, {"start_day": 3, "scale_up": {}}, {"start_day": 6, "districts": [1]})
    )
    stage = nothing_yet()
    for day in range(9):
        stage = moved_on(stage, phases, day, lambda _, today=day: today == 8)
    assert stage.phase.tolist() == [STATUS_QUO, 2]
    assert 1 not in stage.begun


def nothing_yet() -> Stage:
    return Stage(np.full(2, STATUS_QUO), {})
