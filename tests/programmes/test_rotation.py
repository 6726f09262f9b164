"""Job rotation: places are exchanged, skill is lost and learnt anew, and it costs hours."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_runs import audit, in_town

from sim.model import CityModel
from sim.police.posts import SPECIALIST_POSTS, Post

FORCE = {"officers": 200, "auxiliaries": 0, "wellbeing": {"active": False}}


@cache
def town(days: int = 60, **parameters: Any) -> CityModel:
    strategy = {"name": "reactive", "programmes": ("rotation",)}
    model = CityModel(in_town(days=days, strategy=strategy, programmes={"rotation": parameters}, force=FORCE))
    model.run()
    return model


@cache
def plain(days: int = 60) -> CityModel:
    model = CityModel(in_town(days=days, force=FORCE))
    model.run()
    return model


def by_post(model: CityModel) -> list[int]:
    officers = model.staff.officers
    return np.bincount(officers["post"][~officers["away"]], minlength=len(Post)).tolist()


def skill(model: CityModel) -> float:
    officers = model.staff.officers
    return float(officers["skill"][np.isin(officers["post"], SPECIALIST_POSTS)].mean())


def test_places_are_exchanged_and_no_post_gains_or_loses_anybody() -> None:
    model = town(share_per_year=3.0)
    found = model.results()
    audit(found)
    officers, before = model.staff.officers, plain().staff.officers
    assert by_post(model) == by_post(plain())
    moved = np.flatnonzero(officers["post"] != before["post"])
    exchanged = found.indicators["rotation_exchanged"]
    assert 0 < len(moved) <= 2 * exchanged
    assert sorted(officers["district"].tolist()) == sorted(before["district"].tolist())
    specialists = np.isin(before["post"], SPECIALIST_POSTS).sum()
    assert exchanged == pytest.approx(specialists * 3.0 * 60 / 365, abs=1.0)


def test_skill_is_lost_at_once_and_comes_back_with_practice() -> None:
    lost = town(share_per_year=6.0, practice_months=120.0, fades_months=1200.0)
    assert skill(lost) < skill(plain()) - 0.05
    learnt = town(share_per_year=6.0, practice_months=0.1, fades_months=1200.0)
    assert skill(learnt) > skill(lost) + 0.05
    assert lost.results().indicators["rotation_skill"] < learnt.results().indicators["rotation_skill"]


def test_what_nobody_needs_fades() -> None:
    kept, gone = (
        town(share_per_year=6.0, practice_months=120.0, fades_months=months).staff.officers for months in (1200.0, 0.1)
    )
    away = np.flatnonzero(np.isin(plain().staff.officers["post"], SPECIALIST_POSTS) & (kept["post"] == Post.COMMUNITY))
    assert len(away) > 3
    assert (gone["skill"][away] < kept["skill"][away]).any()
    assert gone["skill"][away].mean() == pytest.approx(0.4, abs=0.08)


def test_it_costs_hours_and_nobody_moves_without_them() -> None:
    found = town(share_per_year=3.0).results().indicators
    assert found["rotation_handover_hours"] > 0
    assert found["officer_hours_training"] >= found["rotation_handover_hours"]
    assert town(share_per_year=0.0).results().indicators["rotation_exchanged"] == 0
    dear = town(share_per_year=3.0, personnel_min=480.0).results().indicators
    assert dear["officer_hours_administration"] > found["officer_hours_administration"]
