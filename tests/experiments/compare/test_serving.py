"""A force that leaves its calls without a unit is told first, and nothing that it does is called better."""

from __future__ import annotations

import re

import numpy as np
import pytest

from experiments.compare.cells import mark
from experiments.compare.findings import findings
from experiments.compare.ranking import marks, rankings_of
from experiments.compare.serving import able, cannot_serve, collapsed, serving
from tests.support.made_up_comparison import comparison

UNSERVED = "calls_unserved_share"


def with_unserved(**shares):
    """Make a comparison in which hotspot prevents crime, and strategies leave these shares of calls unserved."""
    shifts = {name: share - shares["reactive"] for name, share in shares.items()}
    return comparison(crimes={"hotspot": -20.0}, outcomes={UNSERVED: (shares["reactive"], shifts)})


def test_a_force_that_collapses_is_never_marked_better():
    found = with_unserved(reactive=0.19, random_patrol=0.19, hotspot=0.47)
    assert cannot_serve(found, "none", "hotspot")
    assert collapsed(found, "strategy", "none", "hotspot")
    assert mark(found, "strategy", "none", "hotspot", "crimes_total") == ""
    assert "best" not in marks(found, "none", rankings_of(found)).get(("hotspot", "crimes_total"), "")


def test_where_all_are_served_the_same_difference_is_better():
    found = with_unserved(reactive=0.01, random_patrol=0.01, hotspot=0.01)
    assert mark(found, "strategy", "none", "hotspot", "crimes_total") == "better"
    assert marks(found, "none", rankings_of(found))["hotspot", "crimes_total"] == "best"
    assert serving(found) == []


def test_a_force_that_serves_more_than_a_collapsed_one_may_be_better():
    found = with_unserved(reactive=0.47, random_patrol=0.47, hotspot=0.19)
    assert cannot_serve(found, "none", "hotspot")
    assert not collapsed(found, "strategy", "none", "hotspot")
    assert mark(found, "strategy", "none", "hotspot", "crimes_total") == "better"


def test_a_force_that_serves_more_by_chance_alone_is_not_better():
    """The share of a run varies by a hundredth: two thousandths fewer in the mean are no better service."""
    found = with_unserved(reactive=0.47, random_patrol=0.47, hotspot=0.468)
    assert found.values("none", "hotspot", UNSERVED).mean() < found.values("none", "reactive", UNSERVED).mean()
    assert collapsed(found, "strategy", "none", "hotspot")
    assert mark(found, "strategy", "none", "hotspot", "crimes_total") == ""


def test_what_is_no_choice_has_no_probability_of_being_the_best():
    found = findings(with_unserved(reactive=0.01, random_patrol=0.01, hotspot=0.3))
    cells = {row.strategy: row.cells["crimes_total"].best for row in found.best.rows["none"]}
    assert cells["hotspot"] == "–"
    assert "–" not in (cells["reactive"], cells["random_patrol"])
    lines = found.best.csv.splitlines()
    assert not [line for line in lines if ",hotspot," in line]
    assert len({line.count(",") for line in lines}) == 1


def decided(**shares):
    """Return the decision of such a comparison."""
    return findings(with_unserved(**shares)).answer[0].text


def test_a_strategy_with_which_the_force_cannot_serve_is_no_choice():
    """Hot-spot patrol has by far the fewest crimes."""
    assert "choose hot-spot patrol" in decided(reactive=0.01, random_patrol=0.01, hotspot=0.01)
    told = decided(reactive=0.01, random_patrol=0.01, hotspot=0.47)
    assert "choose hot-spot patrol" not in told
    assert "none of the 2 can be excluded" in told
    assert "No choice, since the force cannot serve its calls: hot-spot patrol." in told
    assert "random patrol is the only choice" in decided(reactive=0.47, random_patrol=0.01, hotspot=0.19)


def test_those_that_can_serve_come_before_one_that_serves_more_and_not_enough():
    found = with_unserved(reactive=0.47, random_patrol=0.01, hotspot=0.19)
    assert able(found, "none") == ["random_patrol"]
    assert able(with_unserved(reactive=0.47, random_patrol=0.47, hotspot=0.19), "none") == ["hotspot"]
    assert able(with_unserved(reactive=0.47, random_patrol=0.47, hotspot=0.47), "none") == [
        "reactive", "random_patrol", "hotspot",
    ]  # fmt: skip


def test_the_only_choice_is_marked_the_best_where_it_is_better_than_all_the_others():
    serving_alone = with_unserved(reactive=0.47, random_patrol=0.47, hotspot=0.01)
    assert marks(serving_alone, "none", rankings_of(serving_alone))["hotspot", "crimes_total"] == "best"
    dearer = with_unserved(reactive=0.47, random_patrol=0.01, hotspot=0.47)
    assert marks(dearer, "none", rankings_of(dearer))["random_patrol", "crimes_total"] == ""


def test_the_price_of_a_choice_is_said_with_it():
    assert "Its price" not in decided(reactive=0.01, random_patrol=0.01, hotspot=0.01)
    told = decided(reactive=0.01, random_patrol=0.01, hotspot=0.08)
    assert "choose hot-spot patrol" in told
    share, before = (float(number) for number in re.findall(r"([\d.]+) %", told)[-2:])
    assert share == pytest.approx(8, abs=0.6)
    assert before == pytest.approx(1, abs=0.6)


def test_urgent_calls_that_are_never_answered_are_a_collapse_of_its_own():
    """In one run of twelve it may be by chance, where a town has few of them; in half of the runs it is none."""
    found = comparison(outcomes={"response_p1_p90_min": (14.0, {})})
    response = found.values("none", "hotspot", "response_p1_p90_min")
    response[3] = np.inf
    assert not cannot_serve(found, "none", "hotspot")
    response[:6] = np.inf
    assert cannot_serve(found, "none", "hotspot")
    (sentence,) = serving(found)
    assert "urgent calls" in sentence.words


def test_the_sentence_names_the_shortage_the_strategies_and_the_shares():
    (one,) = serving(with_unserved(reactive=0.05, random_patrol=0.05, hotspot=0.47))
    assert one.values["shortage"] == ("no shortage", "30 % fewer officers"), "those that are alike are said once"
    assert one.values["who"] == ("hot-spot patrol",)
    assert float(one.values["share"].partition("–")[0]) == pytest.approx(47, abs=1)


def test_the_sentence_is_among_the_warnings_of_the_findings():
    found = findings(with_unserved(reactive=0.19, random_patrol=0.19, hotspot=0.47))
    assert any(
        warning.startswith("Under no shortage, 30 % fewer officers, the force cannot serve its calls")
        for warning in found.warnings
    )


def test_where_no_strategy_can_serve_the_first_decision_is_about_the_force():
    alike_whole = findings(with_unserved(reactive=0.47, random_patrol=0.5, hotspot=0.6))
    alike = alike_whole.answer[0]
    assert "it is not a strategy that has to be decided first" in alike.text
    assert [one.heading for one in alike_whole.answer if "of the calls for a unit get none" in one.text] == ["How sure"]
    assert "target='calls_unserved_share<=10'" in alike_whole.answer[-1].text
    one_can = findings(with_unserved(reactive=0.01, random_patrol=0.5, hotspot=0.6)).answer[0]
    assert "decided first" not in one_can.text
