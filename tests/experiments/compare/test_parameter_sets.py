"""Sets of parameters from a file: checked before anything runs, paired over strategies and shortages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from made_up_comparison import nine

import beatlab as bl
from experiments.compare.__main__ import main
from experiments.compare.design import COMMAND, design
from experiments.compare.findings import findings
from experiments.compare.parameter_sets import read_sets, tasks_of
from experiments.settings.keywords import request_of

ASKED = {
    "city": "town", "strategies": ["reactive", "hotspot"], "shortages": ["none", "uniform20"], "replications": 5,
    "days": 7,
}  # fmt: skip


def designed(path: Path, **more: object):
    return design(request_of(COMMAND, {**ASKED, "parameter_sets": str(path), **more}, None))


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "sets.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_replications_take_one_set_after_the_other_whatever_the_strategy(file):
    plan, points = designed(file("demand.burglary.rate_per_1000,patrol.break_min\n3,20\n5,30\n"))
    for point in points:
        tasks = tasks_of(plan["variants"][point], 5, 1)
        assert [task["demand"]["burglary"]["rate_per_1000"] for task in tasks] == [3, 5, 3, 5, 3]
        assert [task["patrol"]["break_min"] for task in tasks] == [20, 30, 20, 30, 20]
        assert [task["seed"] for task in tasks] == [1, 2, 3, 4, 5]


def test_runs_of_one_city_share_a_set(file):
    plan, _ = designed(file("patrol.break_min\n20\n30\n"), replications=4, seeds_per_city=2)
    tasks = tasks_of(plan["variants"]["none", "hotspot"], 4, 2)
    assert [task["patrol"]["break_min"] for task in tasks] == [20, 20, 30, 30]


def test_without_a_file_all_replications_are_alike():
    plan, points = design(request_of(COMMAND, ASKED, None))
    assert plan["sets"] == []
    assert plan["variants"] == {point: [scenario] for point, scenario in points.items()}


def test_the_settings_that_are_printed_name_the_file(file, capsys):
    path = file("patrol.break_min\n20\n30\n")
    assert main(["city=town", f"parameter_sets={path}", "--cfg"]) == 0
    printed = yaml.safe_load(capsys.readouterr().out)
    assert printed["parameter_sets"] == str(path)
    assert not {"sets", "variants", "common"} & printed.keys()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("patrol.brake_min\n20\n", "set 1, patrol.brake_min.*did you mean patrol.break_min"),
        ("patrol.break_min\n20\n-3\n", "set 2, patrol.break_min: -3"),
        ("patrol.break_min,people.search.far\n20\n", "set 1.*2 values"),
        ("patrol.break_min,patrol.break_min\n20,20\n", "twice"),
        ("city.residents\n20000\n", "city.residents"),
        ("days\n20\n", "'days'"),
        ("strategy.dwell_min\n20\n", "strategy.dwell_min"),
        ("patrol.break_min\n", "a line for each set"),
        ("", "a line for each set"),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_runs(file, text, told):
    with pytest.raises(bl.BadInput, match=told) as error:
        designed(file(text))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(bl.BadInput, match="not found"):
        designed(tmp_path / "none.csv")


def test_values_are_numbers_lists_and_words(file):
    sets = read_sets(
        str(file('dispatch.pooling,force.shift_starts_hour,patrol.break_min\ndistrict,"[0, 8, 16]",1e1\n'))
    )
    assert sets == [{"dispatch.pooling": "district", "force.shift_starts_hour": [0, 8, 16], "patrol.break_min": 10.0}]


def test_a_reader_is_told_of_the_sets():
    told = findings(replace(nine(), sets=[{"patrol.break_min": 20}, {"patrol.break_min": 30}])).footnotes
    assert any("2 sets of patrol.break_min" in line for line in told)
