"""Nine strategies under three shortages stay readable.

What they are, where their hours went, figures on honest scales, a bound set apart.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import polars as pl
import pytest
from made_up_comparison import NINE, THREE, comparison, nine, printed, reported, rows

from experiments.compare import maps as figures
from experiments.compare import strategy_figures
from experiments.compare.composition import composition_of, first_paragraph
from experiments.compare.findings import findings
from experiments.compare.forest import Mark, Panel, forest
from experiments.compare.hours import GROUP_OF, GROUPS, hours
from experiments.compare.programmes import measures, owners
from experiments.compare.shortages import shortages
from experiments.presentation.names import shortage_name, strategy_name
from sim.outcomes.indicators import EVERY_ACTIVITY
from sim.programmes.base import programmes
from sim.scenario import Scenario
from sim.strategies.base import registered
from sim.strategies.organisations import ORGANISATIONS


@pytest.fixture(scope="module")
def found():
    return nine()


@pytest.fixture(scope="module")
def page(found, tmp_path_factory) -> str:
    return reported(found, tmp_path_factory.mktemp("nine")).read_text(encoding="utf-8")


def test_every_registered_strategy_and_programme_says_in_a_paragraph_what_it_is():
    for described in (*registered().values(), *programmes().values()):
        sentence = first_paragraph(described)
        assert sentence.endswith((".", "?")), described
        assert "\n" not in sentence
        assert "`" not in sentence


def test_a_composition_is_read_from_the_classes_and_the_scenario():
    made = composition_of(
        Scenario.model_validate(
            {"strategy": {"name": "reactive", "deployment": "hotspot", "organisation": "joint_room"}}
        ).strategy
    )
    kinds = registered()
    assert (made.strategy, made.sentence) == ("reactive", first_paragraph(kinds["reactive"]))
    assert (made.deployment, made.deployment_sentence) == ("hotspot", first_paragraph(kinds["hotspot"]))
    assert (made.organisation, made.organisation_sentence) == ("joint_room", ORGANISATIONS["joint_room"].doc)
    assert (made.programmes, made.bound) == ({}, kinds["hotspot"].knows_truth)


def test_a_class_without_a_docstring_does_not_speak_with_its_parents_voice():
    class Parent:
        """What the parent is."""

    class Child(Parent):
        pass

    assert (first_paragraph(Parent), first_paragraph(Child)) == ("What the parent is.", "")


def test_every_activity_of_the_ledger_has_one_group():
    assert set(EVERY_ACTIVITY) <= set(GROUP_OF)
    assert sum(map(len, GROUPS.values())) == len(GROUP_OF)


def test_groups_hold_every_hour_of_the_ledger(found):
    totals = found.ledger.group_by("shortage", "strategy").agg(pl.col("officer_hours").sum())
    by_point = {
        (row["shortage"], row["strategy"]): row["officer_hours"] / found.days for row in totals.iter_rows(named=True)
    }
    worked = hours(found)
    assert {point: pytest.approx(sum(groups.values())) for point, groups in worked.a_day.items()} == by_point
    assert worked.a_day["none", "integrated"]["other"] == pytest.approx(5.0)  # `juggling` is no activity that we know
    assert worked.groups == ["calls", "patrol", "standby and breaks", "other"]
    assert worked.rows["none"][0] == ("reactive", ["40.0", "10.0", "45.0", "5.0", "100.0"])
    written = list(csv.DictReader(io.StringIO(worked.csv)))
    assert sum(float(row["officer_hours_a_day"]) for row in written) == pytest.approx(sum(by_point.values()))


def test_the_bound_stands_last_and_apart_in_the_terminal(found):
    text = printed(found, 120)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    bounds = [i for i, line in enumerate(lines) if line.startswith("perfect knowledge (bound) ")]
    assert len(bounds) == 6, "two blocks under each of three shortages"
    assert all(lines[i - 1].strip() == "" and lines[i - 2].startswith("integrated policing ") for i in bounds)
    assert sum("✓ 88" in line for line in lines) == 6  # integrated and co_governance, three shortages
    assert sum("✗ 103" in line for line in lines) == 2  # under the third the wider interval holds 0
    assert "Bound: no policy" in text


@pytest.mark.parametrize("width", [80, 40])
def test_nine_strategies_lose_no_digit_on_a_narrow_terminal(found, width):
    text = printed(found, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    if width == 80:  # folded below
        assert all(value in text for row in rows(found) for value in row.texts.values())


def test_a_bound_in_the_middle_of_the_list_still_comes_last():
    found = comparison(n=6, strategies=("reactive", "oracle", "hotspot"))
    assert [row.strategy for row in rows(found)][:3] == ["reactive", "hotspot", "oracle"]
    assert (found.policies, found.bounds, found.rivals) == (["reactive", "hotspot"], ["oracle"], ["hotspot", "oracle"])


def test_more_strategies_than_shortages_make_a_table_a_shortage(found):
    assert [(block.title, len(block.rows), block.heads[0]) for block in shortages(found).blocks] == [
        (shortage_name(shortage), 9, "reactive policing") for shortage in THREE
    ]
    assert [block.title for block in shortages(comparison(n=6, shortages=THREE)).blocks] == [
        "reactive policing",
        "random patrol",
        "hot-spot patrol",
    ]


def test_the_page_says_what_each_strategy_is_made_of(page):
    for name in NINE:
        assert f"What {name} is." in page
    assert page.count('href="#programme-visits"') == 3  # community, co_governance, integrated
    assert page.count('id="programme-visits"') == 1
    assert "What mediation does &amp; costs." in page
    assert "With Fengqiao co-governance, integrated policing." in page
    assert "hot-spot patrol (Where hotspot goes.)" in page
    assert page.count("<strong>A bound, no policy.</strong>") == 1


def test_the_page_has_every_section_once_and_only_links_that_lead_somewhere(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert {"strategies", "table", "differences", "types", "lives", "attainable", "hours", "shortages", "maps"} <= set(
        ids
    )
    assert len(page) < 3_000_000
    assert all(len(alt) > 60 for alt in re.findall(r'<img [^>]*alt="([^"]*)"', page))
    assert "60 % (" in page  # integrated attains 12 of 20


def test_what_programmes_did_is_told_by_strategy_where_it_was_noted(found, page):
    absent = (
        pl.when(pl.col("strategy") == "integrated").then(pl.col("anti_fraud_warnings")).alias("anti_fraud_warnings")
    )
    found = replace(found, summary=found.summary.with_columns(absent))
    assert owners(found) == ["community", "co_governance", "integrated"]
    lines = {line.label: line.texts for line in measures(found)["uniform30"]}
    assert lines["visits: made"] == ["120.0"] * 3
    assert lines["anti fraud: warnings"] == ["–", "–", "31.0"]
    assert lines["anti fraud: alerts accepted share"] == ["0.50"] * 3
    assert not any(label.startswith("mediation: ,") for label in lines)
    assert measures(comparison(n=6)) == {}
    assert '<details id="programmes">' in page


def test_types_share_one_scale_that_holds_every_decided_difference(found):
    figure, _, alt, _ = strategy_figures._types(findings(found))
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert len(panels) == 8
    assert {axes.get_xlim() for axes in panels} == {(-50.0, 50.0)}  # disputes fall by a third with co_governance
    assert "dispute assaults −33 %" in alt
    assert [label.get_text().replace("\n", " ") for label in panels[0].get_yticklabels()] == [
        *map(strategy_name, NINE[1:-1]),
        "perfect knowledge (bound)",
    ]


def test_what_lies_beyond_the_scale_ends_in_an_arrow():
    found = comparison(n=6, strategies=("reactive", "hotspot"), shortages=("none",))
    marks = {("none", "hotspot"): Mark(5.0, -2.0, 30.0, False)}
    figure = forest(found, [Panel("Fraud", "%", marks)], ["none"], ["hotspot"], 1, 10.0)
    arrows = [line for line in figure.axes[0].lines if line.get_marker() == ">" and len(line.get_xdata())]
    assert [list(line.get_xdata()) for line in arrows] == [[10.0]]
    assert not [line for line in figure.axes[0].lines if line.get_marker() == "<"]


def test_the_longer_list_makes_the_rows():
    many = tuple(f"shortage{i}" for i in range(5))
    found = comparison(n=6, strategies=("reactive", "hotspot", "random_patrol"), shortages=many)
    figure, *_ = strategy_figures._effects(findings(found))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(many)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["hot-spot patrol", "random patrol"]


def test_lives_are_there_for_what_was_measured_alone(found):
    figure, _, alt, _ = strategy_figures._lives(findings(found))
    titles = [axes.get_title() for axes in figure.axes if axes.get_visible()]
    assert titles == [
        "Trust in the police",
        "Perceived safety",
        "Victims",
        "Repeat victims",
        "Fatigue",
        "Overtime",
        "Attrition",
        "Utilisation",
    ]
    assert "trust in the police +4" in alt
    assert "random patrol" not in alt


def test_bars_of_one_shortage_are_as_long_as_its_hours(found):
    figure, _, alt, _ = strategy_figures._hours(findings(found))
    ends: dict[float, float] = {}
    for bar in figure.axes[0].patches:
        ends[bar.get_y()] = max(ends.get(bar.get_y(), 0.0), bar.get_x() + bar.get_width())
    assert len(ends) == 27
    assert list(ends.values()) == [pytest.approx(100.0)] * 27
    assert "calls 40, patrol 10, standby and breaks 45" in alt


def test_many_strategies_have_one_map_of_crime_and_each_its_map_of_patrol(found):
    figure, *_ = figures._maps(findings(found))
    titles = [axes.get_title() for axes in figure.axes if axes.images]
    assert titles == [
        "reactive policing: crime", *(f"{strategy_name(name)}: difference" for name in NINE[1:]),
        *(f"{strategy_name(name)}: patrol" for name in NINE),
    ]  # fmt: skip
    norms = [axes.images[0].norm for axes in figure.axes if axes.images and "difference" in axes.get_title()]
    assert len({(norm.vmin, norm.vmax) for norm in norms}) == 1, "differences share one scale"
    assert norms[0].vmin == -norms[0].vmax, "with no difference in its middle"
    few, *_ = figures._maps(findings(replace(found, strategies=list(NINE[:3]))))
    assert sum("crime" in axes.get_title() for axes in few.axes) == 3
