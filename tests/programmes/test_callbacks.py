"""Call-backs: victims of police records are told in order, by the minute; they lose no trust, and some remember."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_town

from sim.incidents.log import INCIDENTS
from sim.model import CityModel

WILLING = {"wellbeing": {"active": False}}


def town(programmes: tuple[str, ...], **parameters: Any) -> CityModel:
    strategy = {"name": "reactive", "programmes": programmes, "organisation": "neighbourhoods"}
    settings = {"callbacks": {"hours_share": 0.5, **parameters}} if programmes else {}
    model = CityModel(
        in_town(days=120, strategy=strategy, programmes=settings, force=WILLING, demand=MUCH_CRIME, seed=3)
    )
    model.run(120)
    return model


def test_victims_are_told_once_after_the_time_and_by_the_minute() -> None:
    model = town(("callbacks",))
    crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    told = crimes[crimes["told"]]
    (programme,) = model.programmes
    made = programme.diary["made"].sum()
    assert made == len(told) > 20
    assert (told["recorded_time_min"] >= 0).all()
    assert (told["victim_id"] >= 0).all()
    assert (told["recorded_time_min"] <= model.now_min - 7 * 1440).all()
    hours = model.results().indicators["officer_hours_community_work"]
    before = town(()).results().indicators["officer_hours_community_work"]
    assert hours - before == pytest.approx(10 * made / 60, rel=0.05)


def test_who_is_told_trusts_more_and_without_hours_nobody_is() -> None:
    with_calls, without = town(("callbacks",)), town(("callbacks",), hours_share=0.0)
    assert not without.world.logs.incidents["told"].any()
    crimes = with_calls.world.logs.incidents[: with_calls.world.logs.used[INCIDENTS]]
    who = np.unique(crimes["victim_id"][crimes["told"]])
    change = with_calls.world.society.residents["trust"] - without.world.society.residents["trust"]
    assert change[who].mean() > 0.01
    assert with_calls.moods[-1][0] > without.moods[-1][0]


def test_who_remembers_gives_a_lead_the_likelier_the_more_they_remember() -> None:
    none, many = (town(("callbacks",), remembers=share).programmes[0].diary["leads"].sum() for share in (0.0, 1.0))
    assert none == 0
    assert many > 5
