"""The mixes of incidents: whole, allowed, with sources, and saying what their names say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.run import COMMAND
from experiments.settings.compose import compose, scenario_of
from scenarios.mixes import MIXES
from scenarios.stated import named
from sim.incident_types import OTHER_CALLS, PLACE_CRIMES
from sim.incidents.demand import DemandParameters
from sim.model import CityModel
from sim.parameters import BadInput, Parameters
from sim.scenario import Scenario

FOLDER = Path(__file__).parents[2] / "configs" / "demand"
TOWN = {"name": "town", "residents": 10_000, "area_km2": 8.0, "beats": 2, "districts": 1, "centres": 1}


def mix(name: str) -> dict[str, Any]:
    """Return the values of a mix as settings."""
    return MIXES[name].tree()


def stated(said: dict[str, Any], of: Parameters, prefix: str = "") -> dict[str, tuple[Any, Any]]:
    """Return by dotted name what a file says, and what a tree of parameters has there."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in said.items():
        there = getattr(of, name)
        if isinstance(value, dict):
            found |= stated(value, there, f"{prefix}{name}.")
        else:
            found[prefix + name] = (tuple(value) if isinstance(value, list) else value, there)
    return found


def test_every_mix_is_an_option_by_its_name_and_its_keys_can_be_set() -> None:
    assert {"county_china", "city_western", "calls_only"} <= set(MIXES)
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(MIXES)
    for name in MIXES:
        plain = scenario_of(compose("run", {"demand": name}, {}), COMMAND.keys).demand
        assert {key: pair for key, pair in stated(mix(name), plain).items() if pair[0] != pair[1]} == {}
        own = scenario_of(compose("run", {"demand": name}, {"demand.burglary.rate_per_1000": 7.5}), COMMAND.keys).demand
        assert own.burglary.rate_per_1000 == 7.5
        assert own.service == plain.service


def test_an_option_that_names_no_mix_is_refused_and_what_it_says_itself_goes_above_its_mix() -> None:
    with pytest.raises(BadInput, match=r"county_chinese.*one of county_china, city_western, calls_only"):
        named({"mix": "county_chinese"}, "demand.mix", MIXES)
    below, above = named({"mix": "city_western", "robbery": {"rate_per_1000": 1}}, "demand.mix", MIXES)
    assert below == mix("city_western")
    assert above == {"robbery": {"rate_per_1000": 1}}
    assert named({"robbery": {"rate_per_1000": 1}}, "demand.mix", MIXES) == ({}, {"robbery": {"rate_per_1000": 1}})


def test_the_mix_of_the_chinese_county_is_the_default_of_the_classes_word_for_word() -> None:
    told = stated(mix("county_china"), DemandParameters())
    assert len(told) > 15
    assert {name: pair for name, pair in told.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("name", MIXES)
def test_every_mix_is_allowed_and_does_what_it_says(name: str) -> None:
    said = mix(name)
    demand = Scenario.model_validate({"demand": said}).demand
    assert {name: pair for name, pair in stated(said, demand).items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("name", MIXES)
def test_no_mix_is_silent_about_a_rate(name: str) -> None:
    """What a file does not say would come from the Chinese county: a western city with its robberies."""
    said = mix(name)
    rates = {kind.name.lower(): {"rate_per_1000"} for kind in PLACE_CRIMES} | {
        kind.name.lower(): {"per_1000_year"} for kind in OTHER_CALLS
    }
    rates |= {
        "school_violence": {"pairs_per_1000_pupils"},
        "fraud": {"contacts_per_resident_month"},
        "disputes": {"per_1000_year"},
    }
    rates["disorder"] |= {"unreported_per_1000_year"}
    assert {part: missing for part, names in rates.items() if (missing := names - set(said.get(part, {})))} == {}


@pytest.mark.parametrize("name", MIXES)
def test_every_value_of_a_mix_says_where_it_is_from(name: str) -> None:
    assert [key for key, stated in MIXES[name].values.items() if len(stated.source) < len("assumption")] == []
    rates = {key: stated.source for key, stated in MIXES[name].values.items() if "per_1000" in key and stated.value}
    known = ("assumption", "NCVS", "CSEW", "Yearbook", "Xuzhou", "Milwaukee")
    assert {key: source for key, source in rates.items() if not any(word in source for word in known)} == {}
    assert len(rates) >= 4


def indicators(name: str) -> dict[str, float | None]:
    model = CityModel(Scenario.model_validate({"demand": mix(name), "city": TOWN, "days": 30, "warmup_days": 5}))
    model.run()
    found = model.results()
    if name == "calls_only":
        assert [
            table
            for table in ("incidents", "recorded", "disputes", "frauds")
            if any(len(column) for column in found.tables[table].values())
        ] == []
        assert set(found.tables["calls"]["true_type"].tolist()) == {"traffic", "service", "alarm", "disorder"}
    return found.indicators


def test_calls_only_makes_calls_and_no_crime_no_fraud_and_no_dispute() -> None:
    found = indicators("calls_only")
    assert found["calls_total"] > 200
    assert found["calls_no_crime_share"] == 1.0
    for name in (
        "crimes_total",
        "recorded_total",
        "victims",
        "fraud_contacts",
        "fraud_victims",
        "fraud_loss",
        "disputes",
        "mediator_hours",
        "arrests",
    ):
        assert found[name] == 0, name


def test_the_western_city_has_more_crime_and_the_chinese_county_more_calls_and_disputes() -> None:
    western, chinese = indicators("city_western"), indicators("county_china")
    assert western["crimes_total"] > 1.5 * chinese["crimes_total"] > 0
    assert chinese["calls_total"] > 1.5 * western["calls_total"] > 0
    assert chinese["disputes"] > western["disputes"] > 0
