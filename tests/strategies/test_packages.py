"""Strategies as packages: a deployment, programmes and an organisation, mixed freely where the mix means something."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from small_runs import after, audit, different_columns, in_town

from sim.parameters import parameter
from sim.police.force.establishment import establishment
from sim.police.force.head_changes import heads_on
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes import base
from sim.programmes.base import Programme, ProgrammeParameters, Today, programmes
from sim.scenario import Scenario, prepared
from sim.strategies.base import registered
from sim.strategies.organisations import ORGANISATIONS

PACKAGES = (
    "reactive",
    "random_patrol",
    "hotspot",
    "intelligence_led",
    "campaign",
    "community",
    "co_governance",
    "integrated",
    "oracle",
)


def test_the_nine_strategies_are_registered_and_their_programmes_exist() -> None:
    assert set(PACKAGES) <= set(registered())
    for name, kind in registered().items():
        assert set(kind.programmes) <= set(programmes()), name
        assert kind.organisation in ORGANISATIONS, name


@pytest.mark.parametrize("name", registered())
def test_every_strategy_runs_in_town_for_a_week_and_nothing_is_lost(name: str) -> None:
    results = after(in_town(strategy={"name": name}, days=7))
    audit(results)
    hours = {key: value for key, value in results.indicators.items() if key.startswith("officer_hours_")}
    assert sum(hours.values()) == pytest.approx(results.indicators["on_duty_hours"], rel=1e-9)


@pytest.mark.parametrize("name", registered())
def test_every_strategy_has_the_same_heads(name: str) -> None:
    district = np.zeros(2, dtype=int)

    def heads(strategy: str) -> dict[bool, float]:
        force = prepared(in_town(strategy={"name": strategy})).force
        table = establishment(force, 10_000, district)
        now = heads_on(force.changes, table, 5)
        return {kind: pytest.approx(float(now[table["auxiliary"] == kind].sum())) for kind in (False, True)}

    assert heads(name) == heads("reactive")


def test_what_a_strategy_has_of_its_own_stands_in_the_scenario() -> None:
    own = Scenario(strategy={"name": "integrated"})
    assert (own.strategy.deployment, own.strategy.organisation) == ("integrated", "joint_centre")
    assert tuple(own.programmes) == own.strategy.programmes == registered()["integrated"].programmes
    assert Scenario.model_validate(own.model_dump(mode="json")) == own


def test_deployment_programmes_and_organisation_mix() -> None:
    mixed = Scenario(
        strategy={
            "name": "reactive",
            "deployment": "hotspot",
            "dwell_min": 5,
            "programmes": ["cameras", "equipment"],
            "organisation": "joint_room",
        },
        programmes={"cameras": {"area_share": 0.2}},
    )
    assert mixed.strategy.model_dump()["dwell_min"] == 5
    assert mixed.programmes["cameras"].model_dump()["area_share"] == 0.2
    ready = prepared(mixed)
    assert ready.coordination.structure == "joint_room"
    assert ready.dispatch.paperwork_factor == mixed.programmes["equipment"].model_dump()["paperwork_factor"]


@pytest.mark.parametrize(
    ("strategy", "settings", "says"),
    [
        (
            {"name": "hotspot", "programmes": ["dancing"]},
            {},
            r"strategy\.programmes: 'dancing' is not allowed: one of ",
        ),
        ({"name": "hotspot", "programmes": ["cameras", "cameras"]}, {}, "listed twice"),
        ({"name": "hotspot", "deployment": "walking"}, {}, r"strategy\.deployment: 'walking' is not allowed: one of "),
        (
            {"name": "hotspot", "organisation": "chaos"},
            {},
            r"strategy\.organisation: 'chaos' is not allowed: one of usual, ",
        ),
        (
            {"name": "hotspot"},
            {"cameras": {}},
            r"programmes\.cameras: .* a programme of strategy\.programmes: it has none",
        ),
        (
            {"name": "hotspot", "programmes": ["cameras"]},
            {"cameras": {"cells": 1}},
            r"programmes\.cameras\.cells: 1 is not allowed",
        ),
        (
            {"name": "hotspot", "programmes": ["cameras"]},
            {"cameras": {"in_sight": 2}},
            r"programmes\.cameras\.in_sight: 2 is not allowed",
        ),
        (
            {"name": "reactive", "deployment": "intelligence_led"},
            {},
            "with the programme intelligence, from which its plan follows",
        ),
        (
            {"name": "intelligence_led", "programmes": ["intelligence", "joint_strike"], "organisation": "usual"},
            {},
            "joint_room or joint_centre, not silos",
        ),
    ],
)
def test_a_mix_that_means_nothing_is_refused_with_the_reason(
    strategy: dict[str, Any], settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Scenario(strategy=strategy, programmes=settings)


class Standing(Programme):
    """A programme of one's own, as in the README: community officers stand at corners."""

    name = "standing"
    totals: ClassVar[tuple[str, ...]] = ("corners",)

    class Parameters(ProgrammeParameters):
        """How long."""

        minutes: float = parameter(30.0, unit="min a day", ge=0, le=1440, source="test", doc="Minutes a day.")

    def day(self, today: Today) -> None:
        """Spend the minutes."""
        minutes = min(self.parameters.minutes, today.hours[Post.COMMUNITY].able())
        today.hours[Post.COMMUNITY].spend(Work.VISITS, minutes)
        self.note(today.day, "corners", minutes > 0)


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    known = base.registry()
    monkeypatch.setattr(base, "registry", lambda: known._replace(kinds={**known.kinds, "standing": Standing}))


@pytest.mark.usefixtures("standing")
def test_a_programme_of_ones_own_is_paid_for_in_hours_and_keeps_a_diary() -> None:
    results = after(in_town(strategy={"name": "reactive", "programmes": ["standing"]}, days=3, warmup_days=1))
    audit(results)
    corners, hours = results.indicators["standing_corners"], results.indicators["officer_hours_visits"]
    assert corners is not None
    assert hours is not None
    assert 0 < corners <= 3, "on a day without community officers nobody stands there"
    assert 0.4 * corners < hours < 0.6 * corners
    assert results.tables["programmes"]["measure"].tolist() == ["corners"] * int(corners)


@pytest.mark.usefixtures("standing")
def test_a_programme_that_does_nothing_changes_nothing_but_where_hours_went() -> None:
    idle = after(
        in_town(strategy={"name": "reactive", "programmes": ["standing"]}, programmes={"standing": {"minutes": 0}})
    )
    assert different_columns(idle, after(in_town())) == []
