"""What each shortage does.

Paired differences as the numbers say, marked only where an interval allows, with the cost of each in one sentence.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import yaml
from made_up_comparison import comparison, noise, reported
from made_up_comparison import printed as shown

from experiments import run
from experiments.compare import __main__ as compare
from experiments.compare.comparison import Comparison
from experiments.compare.findings import findings
from experiments.compare.shortage_figures import write_figures
from experiments.compare.shortages import OUTCOMES, shortages
from experiments.compare.terminal import print_shortages
from experiments.estimates.effects import effects
from experiments.runs.simulation import duty_by_hour
from scenarios.parts import cost, kinds
from scenarios.shortages import LEVERS, SHORTAGES, shortage

THREE = ("none", "uniform", "auxiliaries")


def with_outcomes(found: Comparison, shifts: dict[str, dict[str, float]]) -> Comparison:
    """Add indicators that are 10 under the first shortage and shifted under others, with noise in each run."""
    cells = [
        (str(key[0]), noise(cell.height, 0.5, i))
        for i, (key, cell) in enumerate(found.summary.group_by("shortage", "strategy", maintain_order=True))
    ]
    values = {
        name: np.concatenate([10 + by_shortage.get(shortage, 0.0) + own for shortage, own in cells])
        for name, by_shortage in shifts.items()
    }
    summary = found.summary.with_columns(**values)
    return replace(found, summary=summary, effects=effects(summary, found.baseline))


def printed(found: Comparison, width: int, encoding: str = "utf-8") -> str:
    return shown(found, width, encoding, print_shortages)


def cell(found: Comparison, shortage: str, name: str, strategy: str = "reactive"):
    return next(row for row in shortages(found).rows if (row.strategy, row.shortage) == (strategy, shortage)).cells[
        name
    ]


def test_all_means_none_then_every_shortage_then_every_lever(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert {*SHORTAGES, *LEVERS} == set(kinds())
    assert compare.main(["shortages=all", "strategies=[reactive]", "city=town", "--cfg"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["shortages"] == ["none", *SHORTAGES, *LEVERS]
    assert compare.main(["shortages=[all]", "strategies=[reactive]", "city=town", "city.districts=1", "--cfg"]) == 0
    assert set(SHORTAGES) - set(yaml.safe_load(capsys.readouterr().out)["shortages"]) == {"uneven_districts"}
    assert compare.main(["shortages=[none,all]", "city=town"]) == 2
    assert "shortages: 'all' is not allowed" in capsys.readouterr().err


def test_the_experiment_of_shortages_belongs_to_compare_alone(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert compare.main(["experiment=shortages", "--cfg"]) == 0
    tree = yaml.safe_load(capsys.readouterr().out)
    assert (tree["strategies"], len(tree["shortages"])) == (["reactive", "hotspot"], 18)
    assert run.main(["experiment=shortages"]) == 2
    assert capsys.readouterr().err.startswith("error: strategies: ")
    for command, offers in ((compare, True), (run, False)):
        assert command.main(["--help"]) == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  experiment "))
        assert ("shortages" in line) is offers


@pytest.mark.parametrize("name", [*SHORTAGES, *LEVERS, "uniform35"])
def test_nothing_is_free_and_each_says_so_in_one_sentence(name):
    says = cost(shortage(name))
    assert says.startswith("It costs ")
    assert says.endswith(".")
    assert ". " not in says
    assert "  " not in says


def test_what_changes_nothing_costs_nothing_and_a_list_names_its_parts():
    assert cost({"kind": "none"}) == ""
    assert (
        cost({"kind": "combined", "parts": [shortage("uniform"), shortage("pooling")]})
        == "Several at once: uniform, pooling."
    )


def test_a_difference_is_better_or_worse_only_outside_its_interval_and_where_that_means_something():
    shifts = {
        "fatigue_mean": {"uniform": 3.0, "auxiliaries": -2.0}, "officers_on_duty_mean": {"uniform": -3.0},
        "clearance_rate": {"uniform": -2.0, "auxiliaries": 2.0},
    }  # fmt: skip
    found = with_outcomes(comparison(shortages=THREE), shifts)
    assert [cell(found, name, "fatigue_mean").mark for name in THREE[1:]] == ["worse", "better"]
    assert [cell(found, name, "clearance_rate").mark for name in THREE[1:]] == ["worse", "better"]
    assert (
        cell(found, "uniform", "officers_on_duty_mean").mark,
        cell(found, "uniform", "officers_on_duty_mean").decided,
    ) == ("", True)
    assert (
        cell(found, "auxiliaries", "officers_on_duty_mean").mark,
        cell(found, "auxiliaries", "officers_on_duty_mean").decided,
    ) == ("", False)
    assert cell(found, "uniform", "fatigue_mean").difference == "+300"  # 0 to 1 is shown as 0 to 100
    assert cell(found, "none", "fatigue_mean").level == "1,000"


def test_outcomes_that_no_run_knows_have_no_column_and_one_shortage_has_no_table(tmp_path):
    found = comparison(shortages=THREE)
    assert shortages(found).outcomes == [
        "response_p1_median_min",
        "calls_unserved_share",
        "clearance_rate",
        "crimes_total",
    ]
    alone = comparison(shortages=("none",))
    assert shortages(alone).outcomes == []
    assert printed(alone, 100) == ""
    assert write_figures(findings(alone), tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_two_replications_have_differences_and_no_verdict():
    found = comparison(n=2, shortages=THREE)
    it = cell(found, "uniform", "response_p1_median_min")
    assert (it.difference, it.interval, it.mark) == ("+2.0", "no interval", "")
    assert "no interval" not in printed(found, 100)


def test_the_terminal_has_levels_then_differences_and_a_question_mark_where_nothing_is_decided():
    """Brackets hold intervals and nothing else."""
    text = printed(comparison(shortages=THREE, strategies=("reactive", "hotspot")), 100)
    lines = text.splitlines()
    assert lines[1].endswith("against no shortage")
    block = lines[lines.index(next(line for line in lines if line.startswith("reactive"))) :]
    levels, *others = (re.split(r" {2,}", line.strip())[1:] for line in block[2:5])
    assert levels[0] == "6.00"
    assert others[0][0] == "+2.00"
    assert all(of_row[3].endswith("?") for of_row in others)  # crimes
    assert "(" not in text
    assert "?: the 95 % interval holds 0" in text
    assert any(line.startswith("uniform shortage: It costs") for line in lines)


def test_without_intervals_nothing_is_said_to_hold_0():
    text = printed(comparison(n=2, shortages=THREE), 100)
    differences = next(line.split()[2:] for line in text.splitlines() if line.startswith("uniform shortage "))
    assert all(difference.endswith("?") for difference in differences), "nothing is decided"
    assert "holds 0" not in text
    assert "Too few replications for intervals" in text


def test_nothing_is_better_while_more_calls_are_not_served():
    """The unserved rise from 1 to 4 %: units have time for everything else, and waits of the served are short."""
    better = {"uniform": -5.0, "auxiliaries": -5.0}
    shifts = {
        "calls_waiting_mean": better,
        "fatigue_mean": better,
        "overtime_hours": better,
        "response_p3_median_min": better,
    }
    shares = with_outcomes(comparison(shortages=THREE), {**shifts, "calls_unserved_share": {"uniform": 28.0}})
    summary = shares.summary.with_columns(pl.col("calls_unserved_share") / 1000)
    found = replace(shares, summary=summary, effects=effects(summary, shares.baseline))
    assert cell(found, "uniform", "calls_unserved_share").mark == "worse"
    assert [cell(found, "uniform", name).mark for name in shifts] == [""] * 4
    assert [cell(found, "auxiliaries", name).mark for name in shifts] == ["better"] * 4
    rows = list(csv.DictReader(io.StringIO(shortages(found).csv)))
    assert not [row for row in rows if row["shortage"] == "uniform" and row["judged"] == "better"]


def test_what_counts_those_who_are_left_is_not_better_because_the_others_have_gone():
    better = {"uniform": -5.0, "auxiliaries": -5.0}
    gone = {"attrition": {"uniform": 5.0}, "cases_filed": {"uniform": 5.0}}
    found = with_outcomes(comparison(shortages=THREE), {"fatigue_mean": better, "backlog": better, **gone})
    assert [cell(found, "uniform", name).mark for name in ("fatigue_mean", "backlog")] == ["", ""]
    assert [cell(found, "auxiliaries", name).mark for name in ("fatigue_mean", "backlog")] == ["better", "better"]


def test_a_level_that_is_never_reached_is_told_instead_of_a_difference():
    found = with_outcomes(comparison(shortages=THREE), {"response_p3_median_min": {"uniform": float("inf")}})
    assert cell(found, "uniform", "response_p3_median_min")[:2] == ("never", "never")


@pytest.fixture(scope="module")
def large_numbers():
    added = {
        name: {"uniform": 100.0 * i}
        for i, name in enumerate(OUTCOMES)
        if name not in ("crimes_total", "response_p1_median_min")
    }
    return with_outcomes(comparison(shortages=THREE), added)


@pytest.mark.parametrize("width", [120, 80, 40])
def test_every_outcome_is_printed_whole_at_any_width(large_numbers, width):
    found = large_numbers
    text = printed(found, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for row in shortages(found).rows[1:3]:
        assert all(one.difference in text for one in row.cells.values())


def test_a_terminal_without_utf8_gets_ascii():
    assert printed(comparison(shortages=THREE), 100, "ascii").isascii()


def test_the_csv_holds_every_difference_unrounded_with_its_levels_and_the_cost():
    found = comparison(shortages=THREE)
    rows = list(csv.DictReader(io.StringIO(shortages(found).csv)))
    assert len(rows) == 2 * 3 * len(shortages(found).outcomes)
    for row in rows:
        assert float(row["level"]) - float(row["level_against"]) == pytest.approx(float(row["difference"]), abs=1e-3)
        assert row["why"] == f"It costs what {row['shortage']} costs."
    it = next(
        row
        for row in rows
        if (row["shortage"], row["strategy"], row["outcome"]) == ("auxiliaries", "hotspot", "response_p1_median_min")
    )
    assert (float(it["low"]) < 4 < float(it["high"])) or it["low"] == it["high"]
    assert it["judged"] == "worse"


def test_the_page_has_a_table_a_strategy_with_signs_beside_colours(tmp_path):
    found = with_outcomes(comparison(shortages=THREE), {"fatigue_mean": {"uniform": 3.0, "auxiliaries": -2.0}})
    text = reported(found, tmp_path).read_text(encoding="utf-8")
    assert text.count('<table class="shortages">') == 3
    assert '<td class="worse"><b aria-label="worse">✗</b> +300' in text
    assert '<td class="better"><b aria-label="better">✓</b>' in text
    assert text.count("<dd>It costs what uniform costs.</dd>") == 1
    for name in ("shortages", "duty"):
        assert (tmp_path / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_figure_of_duty_tells_the_night_and_is_left_out_where_no_run_knows(tmp_path):
    found = comparison(shortages=THREE)
    pictures = write_figures(findings(found), tmp_path)
    assert "no shortage: 9.0 at 03 h, 13.0 at 15 h" in pictures["duty"].alt
    assert set(write_figures(findings(replace(found, duty=found.duty.clear())), tmp_path)) == {"shortages"}


def test_officers_on_duty_are_read_by_post_and_hour_and_absent_ones_are_none():
    table = {
        "post": np.array(["patrol", "desk", "patrol"]),
        "hour_of_day": np.array([3, 3, 15]),
        "officers": np.array([4.0, 1.0, 6.0]),
    }
    found = duty_by_hour(table)
    assert (found["patrol"][3], found["patrol"][15], found["desk"][3], found["patrol"].sum()) == (4, 6, 1, 10)
    assert duty_by_hour({}) == {}
