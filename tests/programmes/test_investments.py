"""Cameras, equipment and diversion: what they change, what they cost, and that they do nothing where nobody pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, after, audit, in_town

from scenarios.shortages import apply
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.scenario import prepared

IDLE_DESKS = {"counter_min": 0}  # so that operators have hours


def ran(*names: str, days: int = 14, **settings: Any) -> Results:
    results = after(
        in_town(strategy={"name": "reactive", "programmes": names}, programmes=settings, days=days, posts=IDLE_DESKS)
    )
    audit(results)
    return results


@pytest.fixture(scope="module")
def plain() -> Results:
    return ran()


def test_cameras_cover_the_busiest_cells_and_operators_sit_before_them() -> None:
    settings = {"cameras": {"area_share": 0.1, "in_sight": 0.4}}
    model = CityModel(
        in_town(strategy={"name": "reactive", "programmes": ["cameras"]}, programmes=settings, posts=IDLE_DESKS)
    )
    model.run(days=1)
    cells, inside = model.world.ground.cells, model.city.inside
    covered = cells["camera"] > 0
    assert cells["camera"].sum() == pytest.approx(0.4 * 0.1 * inside.sum())
    whole = np.isclose(cells["camera"], 0.4)
    assert whole.sum() == int(0.1 * inside.sum()), "but for the last cell, which is a part of one"
    assert covered.sum() <= whole.sum() + 1
    busy = model.world.society.places.out.mean(axis=0)
    assert busy[covered].min() >= busy[inside & ~covered].max()
    operators = model.results().indicators["cameras_operators"]
    assert operators is not None
    watched = min(operators * 20 / (0.1 * inside.sum()), 1)
    assert np.allclose(cells["operator"], watched * 0.3 * cells["camera"])
    assert not cells["operator"][~covered].any()


def test_operators_are_paid_for_and_without_their_hours_nobody_looks(plain: Results) -> None:
    manned = ran("cameras")
    assert plain.indicators["officer_hours_video_patrol"] == 0
    assert manned.indicators["officer_hours_video_patrol"] == pytest.approx(
        24 * 14 * manned.indicators["cameras_operators"], rel=0.1
    )
    unmanned = ran("cameras", cameras={"operators": 0})
    assert not np.isin("camera", unmanned.tables["incidents"]["discovered_by"].compressed())
    assert manned.indicators["on_duty_hours"] == pytest.approx(plain.indicators["on_duty_hours"], rel=0.02)


def test_operators_see_the_crimes_that_they_watch_and_check_alarms() -> None:
    """Some 300 crimes: a share below half of what is expected comes by chance with a probability below 1e-9."""
    keen = {"area_share": 0.3, "operators": 10, "screens": 1000, "notices": 1.0, "in_sight": 1.0}
    model = CityModel(
        in_town(
            strategy={"name": "reactive", "programmes": ["cameras"]}, programmes={"cameras": keen}, days=14,
            posts=IDLE_DESKS, demand=MUCH_CRIME,
            force={"officers": 100, "auxiliaries": 100},
        )
    )  # fmt: skip
    model.run()
    many, cells = model.results(), model.world.ground.cells
    audit(many)
    operators, crimes = many.indicators["cameras_operators"], many.tables["incidents"]
    assert operators is not None
    watched = min(operators * 1000 / np.count_nonzero(cells["camera"]), 1.0)
    in_sight = np.isin(crimes["type"], ("burglary", "theft", "robbery")) & (cells["camera"][crimes["cell"]] > 0)
    seen = np.ma.filled(crimes["discovered_by"], "") == "camera"
    assert watched > 0.3
    assert seen[in_sight].mean() > 0.5 * watched
    assert (many.tables["calls"]["outcome"] == "diverted").any(), (
        "an alarm without a cause where an operator looks needs no unit"
    )


def test_equipment_shortens_handling_and_the_ways_of_news(plain: Results) -> None:
    usual = in_town()
    ready = prepared(in_town(strategy={"name": "reactive", "programmes": ["equipment"]}))
    assert ready.dispatch.scene_factor == 0.95
    assert ready.coordination.silos.delay_h == pytest.approx(usual.coordination.silos.delay_h / 2)
    equipped = ran("equipment")
    assert equipped.indicators["officer_hours_paperwork"] < 0.9 * plain.indicators["officer_hours_paperwork"]
    assert equipped.indicators["cost_police_equipment"] == pytest.approx(24 * 3000 / 365 * 14, rel=0.05)


def test_diversion_hands_half_of_the_calls_for_help_over(plain: Results) -> None:
    """Some 85 calls of the type: a share outside 0.5 ± 0.25 comes by chance with a probability below 1e-5."""
    calls = ran("diversion").tables["calls"]
    service = calls["type"] == "service"
    assert abs((calls["outcome"][service] == "diverted").mean() - 0.5) < 0.25
    assert not (plain.tables["calls"]["outcome"] == "diverted").any()


def test_the_programme_and_the_lever_of_diversion_are_combined() -> None:
    scenario = prepared(
        apply(
            in_town(strategy={"name": "reactive", "programmes": ["diversion"]}), {"kind": "diversion", "fraction": 0.4}
        )
    )
    assert [change.share for change in scenario.demand.diversion] == [0.4, 0.5]
