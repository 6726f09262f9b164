"""After the measured days strategy and programmes end where a fade-out was asked for, and the status quo goes on."""

from __future__ import annotations

import numpy as np
import pytest
from small_runs import audit, in_town

from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.police.posts import Post
from sim.scenario import Scenario

DAYS = 21


def run_on(strategy: str, fade_out_days: int, **changes: object) -> CityModel:
    """Run the measured days and as many days again."""
    model = CityModel(in_town(days=DAYS, fade_out_days=fade_out_days, strategy={"name": strategy}, **changes))
    model.run(2 * DAYS)
    return model


@pytest.fixture(scope="module")
def faded():
    return run_on("integrated", DAYS)


def test_nothing_of_the_strategy_goes_on(faded):
    assert faded.ended_day == DAYS
    assert faded.strategy.name == "reactive"
    assert faded.prepared.coordination.structure == Scenario().coordination.structure
    for programme in faded.programmes:
        for measure, values in programme.diary.items():
            assert not values[DAYS + 1 :].any(), f"{programme.name} notes {measure} after its end"
    cells = faded.world.ground.cells
    assert not cells["camera"].any()
    assert not cells["operator"].any()
    assert not cells["lookouts"].any()
    assert not faded.world.frauds.centre.capacity.any()


def test_people_go_back_to_their_posts(faded):
    usual = CityModel(in_town(days=1))
    usual.run()
    assert faded.staff.strength.sum(axis=0).tolist() == usual.staff.strength.sum(axis=0).tolist()
    during = CityModel(in_town(days=1, strategy={"name": "integrated"}))
    during.run()
    assert during.staff.strength[:, Post.COMMUNITY].sum() > usual.staff.strength[:, Post.COMMUNITY].sum()


def test_a_shortage_goes_on(faded):
    less = {"changes": [{"post": "patrol", "factor": 0.5}]}
    model = run_on("hotspot", DAYS, force=less)
    assert model.staff.strength[:, Post.PATROL].sum() < faded.staff.strength[:, Post.PATROL].sum()
    assert model.course.in_force.force == model.scenario.force


def test_minutes_are_conserved_through_the_end(faded):
    audit(faded.results())


def test_the_measured_days_do_not_know_that_the_strategy_will_end(faded):
    without = CityModel(in_town(days=DAYS, strategy={"name": "integrated"}))
    without.run()
    with_ = CityModel(in_town(days=DAYS, fade_out_days=DAYS, strategy={"name": "integrated"}))
    with_.run()
    assert without.results().indicators == with_.results().indicators


def test_without_a_fade_out_the_strategy_goes_on():
    model = run_on("hotspot", 0)
    assert (model.ended_day, model.strategy.name) == (None, "hotspot")


def test_reactive_fades_out_into_itself():
    """Who changes nothing has nothing to end: the same crimes and calls, to the minute."""
    through, ended = run_on("reactive", 0), run_on("reactive", DAYS)
    for name in ("time_min", "cell", "type", "recorded_time_min", "arrest_time_min"):
        one, other = (
            model.world.logs.incidents[: model.world.logs.used[INCIDENTS]][name] for model in (through, ended)
        )
        assert np.array_equal(one, other), name


def test_a_campaign_leaves_nobody_mobilised():
    model = CityModel(in_town(days=10, fade_out_days=20, strategy={"name": "campaign"}))
    model.run(10)
    assert model.staff.mobilisation.overtime_share > 0
    model.run(2)
    assert model.staff.mobilisation.overtime_share == 0
    assert not np.asarray(model.staff.mobilisation.lent_share).any()
