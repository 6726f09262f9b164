"""Sets of parameters from a file: checked before anything runs, paired over strategies and shortages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from made_up_comparison import nine

import beatlab as bl
from experiments.compare.__main__ import main
from experiments.compare.design import COMMAND, design
from experiments.compare.findings import findings
from experiments.compare.parameter_sets import Sets, read_sets, systematic, tasks_of
from experiments.compare.turns import share_of
from experiments.settings.compose import compose
from experiments.settings.keywords import request_of
from experiments.settings.uncertain import factors

ASKED = {
    "city": "town", "strategies": ["reactive", "hotspot"], "shortages": ["none", "uniform20"], "replications": 6,
    "days": 7,
}  # fmt: skip


def designed(path: Path | str, **more: object):
    return design(request_of(COMMAND, {**ASKED, "parameters": str(path), **more}, None))


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "sets.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_seeds_take_one_set_after_the_other_whatever_the_strategy(file):
    plan, points = designed(file("demand.burglary.rate_per_1000,patrol.break_min\n3,20\n5,30\n"))
    for point in points:
        tasks = tasks_of(plan["variants"][point], range(6), 2, 1)
        assert [task["demand"]["burglary"]["rate_per_1000"] for task in tasks] == [3, 3, 5, 5, 3, 3]
        assert [task["patrol"]["break_min"] for task in tasks] == [20, 20, 30, 30, 20, 20]
        assert [task["seed"] for task in tasks] == [1, 2, 3, 4, 5, 6]
        assert tasks_of(plan["variants"][point], range(3, 6), 2, 1) == tasks[3:]


def test_a_set_has_whole_cities(file):
    plan, _ = designed(file("patrol.break_min\n20\n30\n"), replications=8, seeds_per_city=2, seeds_per_set=4)
    tasks = tasks_of(plan["variants"]["none", "hotspot"], range(8), 4, 2)
    assert [task["patrol"]["break_min"] for task in tasks] == [20] * 4 + [30] * 4
    assert [task["city"]["seed"] for task in tasks] == [1, 1, 2, 2, 3, 3, 4, 4]


def test_without_a_file_all_replications_are_alike():
    plan, points = design(request_of(COMMAND, ASKED, None))
    assert plan["sets"] is None
    assert plan["variants"] == {point: [scenario] for point, scenario in points.items()}


def test_the_settings_that_are_printed_name_the_file(file, capsys):
    path = file("patrol.break_min\n20\n30\n")
    for words in ([f"parameters={path}"], ["--parameters", str(path)]):
        assert main(["city=town", "replications=4", *words, "--cfg"]) == 0
        printed = yaml.safe_load(capsys.readouterr().out)
        assert printed["parameters"] == str(path)
        assert not {"sets", "variants", "trees", "factors", "common"} & printed.keys()


def test_a_folder_of_calibrate_is_its_sets(file):
    path = file("patrol.break_min,weight\n20,1\n30,1\n")
    assert designed(path.parent)[0]["sets"] == designed(path)[0]["sets"]


def test_sets_with_weights_are_drawn_as_often_as_their_weight_says():
    weights = [0.1, 3.0, 0.9, 2.0]
    for seed in range(20):
        times = np.bincount(systematic(weights, 30, seed), minlength=4)
        assert (np.abs(times - 30 * np.array(weights) / 6) < 1).all()
    assert systematic(weights, 30, 3) == systematic(weights, 30, 3) != systematic(weights, 30, 4)
    some = [systematic([1.0] * 10, 3, seed) for seed in range(200)]
    assert {one for drawn in some for one in drawn} == set(range(10)), "any set can be drawn of more than are taken"


def test_declared_sets_lie_in_their_ranges_and_more_of_them_change_none(file):
    """So a store that has the runs of the first is of use for more."""
    few, many = (designed("declared", replications=number)[0]["sets"] for number in (10, 40))
    assert many.values[: len(few.values)] == few.values
    known = {one.name: one for one in factors(None, compose("compare", {"city": "town"}, {}))}
    assert few.values[0].keys() <= known.keys()
    assert len(few.values[0]) > 20
    for name in few.values[0]:
        shares = [share_of(known[name], one[name]) for one in many.values]
        assert 0 <= min(shares) < 0.15
        assert 0.85 < max(shares) <= 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("patrol.brake_min\n20\n30\n", "set 1, patrol.brake_min.*did you mean patrol.break_min"),
        ("patrol.break_min\n20\n-3\n", "set 2, patrol.break_min: -3"),
        ("patrol.break_min,people.search.far\n20\n", "set 1.*2 values"),
        ("patrol.break_min,patrol.break_min\n20,20\n30,30\n", "twice"),
        ("city.residents\n20000\n30000\n", "city.residents"),
        ("days\n20\n30\n", "'days'"),
        ("strategy.dwell_min\n20\n30\n", "strategy.dwell_min"),
        ("patrol.break_min\n20\n", "at least 2 sets"),
        ("patrol.break_min,weight\n20,1\n30,0\n", "set 2, weight: 0"),
        ("patrol.break_min,weight\n20,1\n30,many\n", "set 2, weight: 'many'"),
        ("weight\n1\n2\n", "a column for a parameter"),
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


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"replications": 5}, "replications: 5 .*a multiple of seeds_per_set=2 that makes at least 2 sets"),
        ({"replications": 2}, "replications: 2 .*at least 2 sets"),
        ({"seeds_per_city": 2, "seeds_per_set": 3}, "seeds_per_set: 3 .*seeds_per_city=2"),
        ({"precision": 1.0, "most_replications": 21}, "most_replications: 21"),
        ({"turning": True}, "at least 12 sets for 1 parameters: replications=24"),
    ],
)
def test_a_design_that_tells_nothing_is_refused_and_what_it_takes_is_said(file, more, told):
    with pytest.raises(bl.BadInput, match=told):
        designed(file("patrol.break_min\n20\n30\n"), **more)


def test_a_situation_names_its_sets_as_any_other_key(file, tmp_path):
    path = file("patrol.break_min\n20\n30\n")
    situation = tmp_path / "mine.yaml"
    situation.write_text(f"city: town\nparameters: {path}\nreplications: 4\nmissing: [{{kind: uniform}}]\n")
    plan, points = design(request_of(COMMAND, {"situation": situation, "strategies": ["reactive", "hotspot"]}, None))
    assert {point[0] for point in points} == {"mine"}
    assert [one["patrol.break_min"] for one in plan["sets"].values] == [20, 30]


def test_what_turns_the_ranking_needs_sets():
    with pytest.raises(bl.BadInput, match="parameters=declared"):
        design(request_of(COMMAND, {**ASKED, "turning": True}, None))


def test_values_are_numbers_lists_and_words(file):
    text = 'dispatch.pooling,force.shift_starts_hour,patrol.break_min\ndistrict,"[0, 8, 16]",1e1\ncity,"[0]",2\n'
    sets, weights = read_sets(str(file(text)))
    assert sets[0] == {"dispatch.pooling": "district", "force.shift_starts_hour": [0, 8, 16], "patrol.break_min": 10.0}
    assert weights is None


def test_a_reader_is_told_of_the_sets_and_of_those_that_are_not_taken():
    values = [{"patrol.break_min": 20 + i} for i in range(12)]
    there = Sets(values, list(range(1, 13)), 500, False, False)
    told = findings(replace(nine(), sets=there, seeds_per_set=2)).footnotes
    assert any("mean of 2 runs with one of 12 sets of parameters (1 in each)" in line for line in told)
    assert any("the first of 500 sets" in line for line in told)
    told = findings(replace(nine(), sets=there, seeds_per_set=1)).footnotes
    assert any("cannot be told from chance with seeds_per_set=1" in line for line in told)
