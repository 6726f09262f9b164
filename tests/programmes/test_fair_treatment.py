"""Training in fair treatment: those on a course drive no car, and treat people better afterwards, for a time."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_runs import audit, in_town

from sim.incidents.log import CALLS, CallState
from sim.model import CityModel
from sim.police.posts import Post
from sim.programmes.fair_treatment import FairTreatment

QUIET = {"wellbeing": {"sick_days_per_year": 0.0, "quits_per_year": 0.0}}


@cache
def town(share: float, days: int = 28, **parameters: Any) -> CityModel:
    strategy = {"name": "reactive", "programmes": ["fair_treatment"]}
    settings = {"fair_treatment": {"share_a_week": share, **parameters}}
    model = CityModel(in_town(days=days, strategy=strategy, programmes=settings))
    model.run()
    return model


def test_whoever_is_on_a_course_has_no_duty_and_is_trained_afterwards() -> None:
    model = CityModel(
        in_town(
            days=28, strategy={"name": "reactive", "programmes": ["fair_treatment"]},
            programmes={"fair_treatment": {"share_a_week": 0.2, "half_life_days": 36_500.0}},
        )
    )  # fmt: skip
    officers, crews = model.staff.officers, model.staff.crews
    for day in range(28):
        away = officers["course_until_day"] > day
        model.run(1)
        driven = np.concatenate([crews[duty.units].ravel() for duty in model.duties])
        assert not away[driven].any()
        on_course = (officers["course_until_day"] > day + 1) & (officers["post"] == Post.PATROL)
        back = (officers["course_until_day"] > 0) & (officers["course_until_day"] <= day)
        assert (officers["fair"][on_course & ~back] == 0).all() or day >= 7
        assert officers["fair"][back & (officers["left_day"] < 0)] == pytest.approx(0.6, abs=0.01)
    assert (officers["course_until_day"] > 0).sum() > 4
    assert not officers["course_until_day"][officers["post"] != Post.PATROL].any()


def test_courses_are_paid_and_cost_patrol_hours() -> None:
    trained, not_trained = town(0.3).results(), town(0.0).results()
    audit(trained)
    sent = trained.indicators["fair_treatment_courses"]
    assert sent > 10
    assert trained.indicators["fair_treatment_course_days"] == 5 * sent
    assert trained.indicators["cost_police_fair_treatment"] == 800.0 * sent
    assert trained.indicators["on_duty_hours"] < not_trained.indicators["on_duty_hours"]
    assert not_trained.indicators["fair_treatment_courses"] == 0


def test_what_was_learnt_fades() -> None:
    fading = FairTreatment(FairTreatment.Parameters(half_life_days=10.0))
    model = CityModel(in_town(days=1), programmes=[fading])
    model.staff.officers["fair"] = 0.6
    model.staff.officers["course_until_day"] = 0
    model.run(1)
    for day in range(1, 7):
        model.run(1)
        assert model.staff.officers["fair"] == pytest.approx(0.6 * 0.5 ** ((day + 1) / 10.0), rel=1e-4)


def test_units_are_as_trained_as_their_crews() -> None:
    model = town(0.3)
    for duty in model.duties:
        expected = model.staff.officers["fair"][model.staff.crews[duty.units]].mean(axis=1)
        assert model.world.police.units["trained"][duty.units] == pytest.approx(expected, abs=1e-6)
    assert model.world.police.units["trained"].max() > 0.1


def test_a_crew_is_as_busy_as_its_duty_was_full_of_calls() -> None:
    """The first call of a unit on its first duty: only the way to it has been busy so far."""
    model = CityModel(in_town(days=1))
    model.run()
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    calls = calls[calls["state"] == CallState.SERVED]
    units, starts = model.world.police.units, model.prepared.force.shift_starts_hour
    tried = 0
    for unit in range(len(units)):
        begins = 60.0 * starts[units["shift"][unit]]
        mine = calls[(calls["unit_id"] == unit) & (calls["dispatched_min"] >= begins)]
        mine = mine[np.argsort(mine["arrived_min"])]
        if len(mine) and calls["arrived_min"][calls["unit_id"] == unit].min() == mine["arrived_min"][0]:
            first = mine[0]
            if first["sent"] > 1:
                continue
            way = first["arrived_min"] - first["dispatched_min"]
            assert first["crew_busy"] == pytest.approx(way / max(first["arrived_min"] - begins, 60.0), abs=1e-5)
            assert (mine["crew_busy"] <= 1).all()
            assert (mine["crew_busy"] > 0).all()
            tried += 1
    assert tried >= 3


def test_a_small_force_sends_somebody_when_a_whole_place_is_due() -> None:
    model = town(0.02, days=84)
    patrol = np.count_nonzero(model.staff.officers["post"] == Post.PATROL)
    sent = model.results().indicators["fair_treatment_courses"]
    assert 0 < sent <= 12 * 0.02 * patrol + 1
    assert sent >= 12 * 0.02 * patrol - 2
