"""Claims about what a command prints about the types of a user's files."""

from __future__ import annotations

from experiments.settings.types_of_files import MOST_SHOWN, types_as_lines
from sim.city.city import FileReport, TypeReport


def test_the_commonest_types_are_printed_with_their_class_and_what_was_lost():
    told = (
        TypeReport("THEFT", "theft", 900, 890, "coordinates are missing (10)", "x"),
        TypeReport("QX\x1b[31m\n7", "unknown", 30, 0, "type is not simulated (30)", "in no table"),
    )
    lines = list(types_as_lines(FileReport("a.csv", 930, 890, types=told, type_columns=("Offense", "Group"))))
    assert "'Offense'" in lines[0]
    assert "'Group'" in lines[0]
    assert lines[1].split()[:5] == ["THEFT", "theft", "890", "of", "900"]
    assert "lost 10" in lines[1]
    assert "city.types_file" in lines[-1]
    assert not any("\n" in line or "\x1b" in line for line in lines)


def test_of_many_types_the_rest_are_counted_by_class():
    told = tuple(TypeReport(f"THEFT {i}", "theft", 50 - i, 0, "", "x") for i in range(40))
    lines = list(types_as_lines(FileReport("a.csv", 100, 0, types=told, type_columns=("Offense",))))
    assert len(lines) == MOST_SHOWN + 2
    assert "types.csv" in lines[-1]
    assert f"theft {sum(50 - i for i in range(40)):,}" in lines[-1]


def test_a_file_without_types_prints_nothing():
    assert list(types_as_lines(FileReport("a.csv", 100, 90))) == []


def test_calls_that_the_model_brings_about_itself_are_said_not_to_set_its_rates():
    told = (TypeReport("家庭纠纷", "dispute", 70, 60, "", "x"), TypeReport("NOISE", "disorder", 40, 40, "", "x"))
    lines = list(types_as_lines(FileReport("a.csv", 110, 100, types=told, type_columns=("Offense",))))
    assert "dispute: 60 rows" in lines[-1]
