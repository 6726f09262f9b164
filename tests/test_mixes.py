"""The mixes of incidents in configs/demand: whole, allowed, and saying what their names say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.incident_types import OTHER_CALLS, PLACE_CRIMES
from sim.incidents.demand import DemandParameters
from sim.model import CityModel
from sim.parameters import Parameters
from sim.scenario import Scenario

FOLDER = Path(__file__).parents[1] / "configs" / "demand"
MIXES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
TOWN = {"name": "town", "residents": 10_000, "area_km2": 8.0, "beats": 2, "districts": 1, "centres": 1}


def mix(name: str) -> dict[str, Any]:
    """Return what the file of a mix says."""
    said = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(said, dict)
    return said


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


def test_there_are_the_mixes_that_the_documents_name() -> None:
    assert {"county_china", "city_western", "calls_only"} <= set(MIXES)


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
def test_every_rate_of_a_mix_has_its_source_beside_it_or_right_above(name: str) -> None:
    rates, silent, comment, part = 0, [], "", ""
    for line in (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            comment = line
        elif not line.startswith(" "):
            part = line
        if re.search(r"^[^#]*per_1000(_year|_pupils)?: [0-9.]*[1-9]", line):
            rates += 1
            if not re.search("assumption|NCVS|CSEW|Yearbook", line + part + comment):
                silent.append(line)
    assert silent == []
    assert rates >= 4


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
