"""Each programme left out in turn: differences to the whole strategy by outcome, whatever else the comparison holds."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import polars as pl
import pytest
from made_up_comparison import comparison, reported
from rich.console import Console

from experiments.compare.ablation import ablation, variants
from experiments.compare.composition import anchors, left_out
from experiments.compare.findings import findings
from experiments.compare.terminal import print_ablation, print_findings
from experiments.estimates.effects import effects

VARIANTS = ("integrated without visits", "integrated without anti_fraud")
STRATEGIES = ("reactive", "integrated", *VARIANTS)
CRIMES = {"integrated": -10.0, VARIANTS[0]: -4.0, VARIANTS[1]: -10.0}


@pytest.fixture(scope="module")
def found():
    return comparison(
        crimes=CRIMES,
        strategies=STRATEGIES,
        outcomes={"fraud_loss": (9e5, {VARIANTS[1]: 2e5}), "trust": (0.5, {VARIANTS[0]: -0.05})},
    )


def test_a_name_is_a_variant_only_beside_its_whole():
    assert left_out(VARIANTS[0], list(STRATEGIES)) == ("integrated", "visits")
    assert left_out("community without visits", list(STRATEGIES)) is None
    assert left_out("integrated", list(STRATEGIES)) is None


def test_differences_are_those_of_leaving_out(found):
    assert variants(found) == {"integrated": {VARIANTS[0]: "visits", VARIANTS[1]: "anti_fraud"}}
    table = ablation(found).tables["integrated"]
    crimes = table.filter((pl.col("outcome") == "crimes_total") & (pl.col("shortage") == "uniform30"))
    assert crimes["programme"].to_list() == ["visits", "anti_fraud"]
    assert crimes["level"].to_list() == pytest.approx([90.0, 90.0])
    assert crimes["difference"].to_list() == pytest.approx([6.0, 0.0], abs=1e-9)
    assert crimes["without"].to_list() == ["worse", ""]
    assert (crimes["low_simultaneous"] < crimes["low"]).all()
    trust = table.filter((pl.col("outcome") == "trust") & (pl.col("shortage") == "none"))
    assert trust["difference"].to_list() == pytest.approx([-5.0, 0.0], abs=1e-9)  # 0 to 1 is shown as 0 to 100
    assert trust["without"].to_list() == ["worse", ""]


def test_neither_other_strategies_nor_the_baseline_of_the_comparison_matter(found):
    summary = found.summary.filter(pl.col("strategy") != "reactive")
    alone = replace(
        found,
        strategies=list(STRATEGIES[1:]),
        baseline="integrated",
        summary=summary,
        effects=effects(summary, "integrated"),
    )
    assert ablation(alone).tables["integrated"].equals(ablation(found).tables["integrated"])
    of_comparison = alone.effects.filter((pl.col("kind") == "strategy") & (pl.col("indicator") == "crimes_total"))
    of_ablation = ablation(found).tables["integrated"].filter(pl.col("outcome") == "crimes_total")
    assert of_ablation["low"].to_list() == pytest.approx(
        of_comparison["low"].to_list()
    )  # one crime is one per 1,000 a year


def test_all_that_a_command_tells_of_programmes_is_estimated_once(found, tmp_path, monkeypatch):
    """Page, figures, terminal and files only read: a second estimate would be a second truth, and cost its time."""
    estimated = []

    def counted(summary, baseline):
        estimated.append(baseline)
        return effects(summary, baseline)

    monkeypatch.setattr("experiments.compare.ablation.effects", counted)
    reported(found, tmp_path)
    assert estimated == ["integrated"]
    made = findings(found)
    for name in ("ablation", "comparison", "paired"):
        monkeypatch.setattr(f"experiments.compare.{name}.effects", None, raising=False)
    print_findings(Console(file=io.StringIO()), made)
    assert made.ablation.csv
    assert estimated == ["integrated"] * 2


def test_the_csv_and_the_terminal_hold_what_the_table_holds(found):
    rows = list(csv.DictReader(io.StringIO(ablation(found).csv)))
    assert len(rows) == ablation(found).tables["integrated"].height
    assert {row["programme"] for row in rows} == {"visits", "anti_fraud"}
    for width in (120, 60):
        buffer = io.StringIO()
        print_ablation(Console(file=buffer, width=width), findings(found))
        text = buffer.getvalue()
        assert max(map(len, text.splitlines())) <= width
        assert "out of integrated" in " ".join(text.split())
        for table in ablation(found).rows.values():
            assert all(cell.difference in text for row in table for cell in row.cells.values())


def test_a_comparison_without_variants_has_no_ablation():
    plain = comparison(n=6)
    assert (ablation(plain).rows, ablation(plain).csv) == ({}, "")
    buffer = io.StringIO()
    print_ablation(Console(file=buffer), findings(plain))
    assert buffer.getvalue() == ""


def test_names_with_spaces_make_a_page_with_whole_anchors(found, tmp_path):
    text = reported(found, tmp_path).read_text(encoding="utf-8")
    assert 'id="strategy-integrated-without-visits"' in text
    assert 'id="programme-anti-fraud"' in text
    assert 'href="#programme-anti-fraud"' in text
    assert "<strong>Here without visits.</strong>" in text
    assert 'id="ablation"' in text


def test_anchors_have_no_spaces_and_no_two_are_alike():
    found = anchors("strategy", ["a b", "a-b", "a_b", "警务", "", "a b 2"])
    assert len(set(found.values())) == 6
    assert not any(set(anchor) & set(" #%\"'<>&") for anchor in found.values())
    assert found["a b"] == "strategy-a-b"
