"""The reference of the docs is complete, and the picture of the rooms is that of the imports."""

import re
import sys
from pathlib import Path

import pytest

from experiments.presentation.dictionary import check_measured
from sim.outcomes.rare_results import rare_indicators
from sim.parameters import Parameters
from sim.scenario import Scenario

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))
import glossary
import imports
import offline
import reference


def keys(part: Parameters, prefix: str = "") -> set[str]:
    """Return the dotted names of all parameters below a part."""
    found = set()
    for name in type(part).model_fields:
        value = getattr(part, name)
        found |= keys(value, f"{prefix}{name}.") if isinstance(value, Parameters) else {f"{prefix}{name}"}
    return found


def test_every_parameter_stands_in_the_reference_with_its_source():
    text = reference.parameters()
    every = {key for key in keys(Scenario()) if key != "programmes"}
    assert len(every) > 200
    assert not [key for key in sorted(every) if f"| `{key}` |" not in text]
    assert "*assumption" in text


def test_a_column_that_is_not_described_or_no_longer_there_stops_the_build():
    with pytest.raises(LookupError, match="not described: new"):
        reference.check_described({"old", "new"}, {"old"}, "columns")
    with pytest.raises(LookupError, match="not written: old"):
        reference.check_described({"new"}, {"old", "new"}, "columns")


def test_every_table_and_indicator_of_a_run_is_described():
    tables, indicators = reference.tables(), reference.indicators()
    for name, columns in reference.results().tables.items():
        assert f"## {name}.parquet" in tables
        assert not [column for column in columns if f"| `{column}` |" not in tables]
    assert not [name for name in reference.results().indicators if f"`{name}`" not in indicators]


def test_every_indicator_of_a_run_may_be_asked_for_by_its_name():
    rare = set(re.findall(r"`([a-z_]+)`", rare_indicators.__doc__)) - {"start_min", "now_min"}
    assert len(rare) == 8
    for name in (*reference.results().indicators, *rare):
        check_measured("indicator", name)


def test_every_command_is_in_the_reference():
    text = reference.commands()
    assert not [name for name in reference.COMMANDS if f"## {name}\n" not in text]


def test_the_picture_has_every_room_and_no_arrow_up():
    size, arrows = imports.rooms()
    assert sum(size.values()) > 150
    floor = {room: number for number, row in enumerate(imports.floors(size, arrows)) for room in row}
    assert set(floor) == set(size)
    assert not [arrow for arrow in arrows if floor[arrow[0]] >= floor[arrow[1]]]
    picture = imports.picture()
    assert all(room.split(".")[-1] in picture for room in size)


def test_the_glossary_has_every_strategy_and_both_languages():
    text = glossary.glossary()
    for word in ("`hotspot`", "热点巡逻", "`uniform`", "警力不足"):
        assert word in text


@pytest.mark.parametrize(
    ("page", "loads"),
    [
        ('<script async src="https://elsewhere.org/x.js"></script>', True),
        ("<link rel='stylesheet' href='//elsewhere.org/x.css'>", True),
        ('<a href="https://elsewhere.org">a link</a> <img src="_images/x.png">', False),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_found(page, loads):
    assert (offline.loaded(page) is not None) == loads
