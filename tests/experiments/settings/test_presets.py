"""Presets of whole places: the groups that they choose, what stands above them, and bands of published facts."""

from __future__ import annotations

from pathlib import Path

import pytest

import beatlab as bl
from experiments.settings.folders import CONFIGS
from scenarios.mixes import MIXES
from scenarios.norms import NORMS
from sim.parameters import BadInput
from sim.police.force.establishment import can_crew, full_strength
from sim.police.posts import Post

PLACES = ("county_china", "city_china", "city_western")
BANDS = {  # per 1,000 residents: officers, auxiliaries; % of personnel on the road, cars per 100,000, hours a week
    "county_china": ((0.9, 1.2), (1.0, 1.6), (3, 5), (4, 6), (45, 55)),
    "city_china": ((0.9, 1.2), (1.0, 1.6), (3, 5), (4, 6), (45, 55)),
    "city_western": ((2.0, 2.4), (0.0, 0.4), (5, 8), (14, 24), (36, 40)),
}


def test_every_place_has_an_option_in_each_group() -> None:
    assert {path.stem for path in (CONFIGS / "preset").glob("*.yaml")} == {"none", *PLACES}
    assert set(NORMS) == set(PLACES)
    assert {f"{place}_dispatched" for place in PLACES} <= set(MIXES)
    for place in PLACES:
        assert (CONFIGS / "city" / f"{place}.yaml").exists()
        scenario = bl.scenario(preset=place)
        assert scenario.city.name == place
        assert scenario.force == bl.scenario(force=place).force
        handled = "city_western" if place == "city_western" else "county_china"
        assert scenario.demand == bl.scenario(demand=f"{place}_dispatched", calls=handled).demand
        assert scenario.calls == bl.scenario(calls=handled).calls != bl.scenario().calls
        assert bl.scenario(force=place).posts == bl.scenario().posts


@pytest.mark.parametrize("place", PLACES)
def test_the_force_of_a_place_lies_within_the_bands_of_what_is_published(place: str) -> None:
    scenario = bl.scenario(preset=place)
    force, residents = scenario.force, scenario.city.residents
    assert residents is not None
    heads = full_strength(force, residents)
    worked = force.duty_share * force.usual_fit_share * (1 + force.overtime_share)
    cars = float(can_crew(heads[0, Post.PATROL], heads[1, Post.PATROL], force.crew)) * worked
    found = (
        *(1000 * heads.sum(axis=1) / residents),
        100 * cars * force.crew / heads.sum(),
        cars / residents * 1e5,
        168 * worked,
    )
    for value, (low, high) in zip(found, BANDS[place], strict=True):
        assert low <= value <= high


def test_what_the_user_chooses_goes_above_a_preset() -> None:
    own = bl.scenario(preset="county_china", force="default", settings={"city.residents": 40_000})
    assert own.force == bl.scenario().force
    assert (own.city.name, own.city.residents) == ("county_china", 40_000)
    assert own.demand == bl.scenario(preset="county_china").demand
    assert bl.scenario(preset="none") == bl.scenario() == bl.Scenario()


def test_one_officer_drives_alone_in_the_western_city_and_a_second_car_comes_to_most_urgent_calls() -> None:
    western, county = bl.scenario(preset="city_western"), bl.scenario(preset="county_china")
    assert (western.force.crew, county.force.crew) == (1, 2)
    assert western.dispatch.second_unit_share[0] > 0.9 > county.dispatch.second_unit_share[0] == 0.0


def test_a_preset_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="preset: 'china' is not allowed: one of city_china"):
        bl.scenario(preset="china")
    (tmp_path / "preset").mkdir()
    (tmp_path / "preset" / "mine.yaml").write_text("days: 3\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"mine\.yaml, does not begin with `# @package _global_`"):
        bl.scenario(preset="mine", config_dir=tmp_path)
    (tmp_path / "preset" / "mine.yaml").write_text(
        "# @package _global_\ndefaults:\n  - override /city: town\n  - override /force: city_western\ndays: 3\n",
        encoding="utf-8",
    )
    mine = bl.scenario(preset="mine", config_dir=tmp_path)
    assert (mine.city.name, mine.force.crew, mine.days) == ("town", 1, 3)


def test_a_norm_that_is_none_is_refused_and_a_norm_says_where_each_value_is_from(tmp_path: Path) -> None:
    (tmp_path / "force").mkdir()
    (tmp_path / "force" / "mine.yaml").write_text("norm: city_westen\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"force\.norm: 'city_westen' is not allowed: one of county_china, city_china"):
        bl.scenario(force="mine", config_dir=tmp_path)
    for norm in NORMS.values():
        assert all(len(stated.source) >= 8 for stated in norm.values.values())
