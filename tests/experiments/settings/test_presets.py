"""Presets of whole places: the groups that they choose, what stands above them, and bands of published facts."""

from __future__ import annotations

from pathlib import Path

import pytest

import beatlab as bl
from experiments import run
from experiments.compare import api as compare
from experiments.inspect import api as inspect
from experiments.mechanisms import api as mechanisms
from experiments.settings.compose import compose, scenario_of
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
    assert {path.stem for path in (CONFIGS / "preset").glob("*.yaml")} == set(PLACES)
    assert {path.stem for path in (CONFIGS / "force").glob("*.yaml")} == set(NORMS) == set(PLACES)
    assert {f"{place}_dispatched" for place in PLACES} <= set(MIXES)
    for place in PLACES:
        scenario, city = bl.scenario(preset=place), "county" if place == "county_china" else place
        by_group = bl.scenario(city=city, demand=f"{place}_dispatched", force=place, calls=place)
        assert scenario == by_group
        assert scenario.city.name == city
        assert scenario.calls != bl.scenario(calls="at_once").calls == bl.Scenario().calls


def test_everything_starts_from_the_county_whose_force_is_short() -> None:
    county = bl.scenario(preset="county_china")
    assert bl.scenario() == county
    for command in (compare, mechanisms, inspect, run):
        city = {"city": "county"} if command is inspect else {}  # it is about files by default
        found = scenario_of(compose(command.COMMAND.name, city, {}), command.COMMAND.keys)
        assert (found.force, found.posts, found.calls, found.dispatch) == (
            county.force, county.posts, county.calls, county.dispatch,
        )  # fmt: skip
        assert (found.city, found.demand) == (county.city, county.demand)


@pytest.mark.parametrize(("city", "units"), [("town", 1.5), ("county", 5.0), ("metropolis", 50.0)])
def test_another_city_has_the_force_of_the_norm_for_its_residents_and_a_car_at_least(city: str, units: float) -> None:
    chosen = bl.scenario(city=city)
    assert chosen.force == bl.scenario().force
    assert units_of(chosen) == pytest.approx(units, rel=0.1)
    given = bl.scenario(city=city, settings={"force.officers": 10, "force.auxiliaries": 10})
    assert units_of(given) == pytest.approx(units_of(bl.scenario(city="town", settings={
        "force.officers": 10, "force.auxiliaries": 10})))  # fmt: skip


def units_of(scenario: bl.Scenario) -> float:
    """Return the units on duty at full strength, as a mean over the shifts."""
    heads = full_strength(scenario.force, scenario.city.residents or 0)[:, Post.PATROL]
    return float(can_crew(heads[0], heads[1], scenario.force)) / scenario.force.relief_factor


@pytest.mark.parametrize("place", PLACES)
def test_the_force_of_a_place_lies_within_the_bands_of_what_is_published(place: str) -> None:
    scenario = bl.scenario(preset=place)
    force, residents = scenario.force, scenario.city.residents
    assert residents is not None
    heads = full_strength(force, residents)
    worked = force.duty_share * force.usual_fit_share * (1 + force.overtime_share)
    cars = float(can_crew(heads[0, Post.PATROL], heads[1, Post.PATROL], force)) * worked
    found = (
        *(1000 * heads.sum(axis=1) / residents),
        100 * cars * force.crew / heads.sum(),
        cars / residents * 1e5,
        168 * worked,
    )
    for value, (low, high) in zip(found, BANDS[place], strict=True):
        assert low <= value <= high


def test_what_the_user_chooses_goes_above_a_preset() -> None:
    settings = {"city.residents": 40_000, "posts.counter_min": 70.0}
    own = bl.scenario(preset="city_western", force="city_china", settings=settings)
    china = bl.scenario(preset="city_china")
    assert own.force == china.force
    assert own.posts == china.posts.model_copy(update={"counter_min": 70.0})
    assert (own.city.name, own.city.residents) == ("city_western", 40_000)
    assert own.calls == bl.scenario(preset="city_western").calls


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
        "# @package _global_\ndefaults:\n  - county_china\n  - override /city: town\n"
        "  - override /force: city_western\ndays: 3\n",
        encoding="utf-8",
    )
    mine = bl.scenario(preset="mine", config_dir=tmp_path)
    assert (mine.city.name, mine.force.crew, mine.days) == ("town", 1, 3)
    assert mine.demand == bl.scenario().demand


def test_a_norm_that_is_none_is_refused_and_a_norm_says_where_each_value_is_from(tmp_path: Path) -> None:
    (tmp_path / "force").mkdir()
    (tmp_path / "force" / "mine.yaml").write_text("norm: city_westen\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"force\.norm: 'city_westen' is not allowed: one of county_china, city_china"):
        bl.scenario(force="mine", config_dir=tmp_path)
    for norm in NORMS.values():
        assert all(len(stated.source) >= 8 for stated in norm.values.values())
