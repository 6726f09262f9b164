"""Claims about how long runs are said to take: the cities are as large as their presets have them."""

from __future__ import annotations

from pathlib import Path

import pytest

import beatlab as bl
from app.pace import OF_CITY, RESIDENTS, Pace, residents


@pytest.mark.parametrize("preset", RESIDENTS)
def test_a_preset_has_as_many_residents_as_the_page_reckons_with(preset: str) -> None:
    assert residents({"preset": preset}) == bl.scenario(preset=preset).city.residents


@pytest.mark.parametrize("city", sorted(OF_CITY.keys() - {"county_china"}))
def test_a_city_has_as_many_residents_as_the_page_reckons_with(city: str) -> None:
    assert residents({"city": city}) == bl.scenario(city=city).city.residents


def test_what_runs_have_taken_is_learnt_and_kept(tmp_path: Path) -> None:
    tree, path = {"preset": "county_china", "days": 364}, tmp_path / "pace.json"
    before = Pace(path).seconds(tree, 10, 0, 2)
    Pace(path).learn(100_000, 364, 1000.0)
    assert Pace(path).seconds(tree, 10, 0, 2) > 10 * before
