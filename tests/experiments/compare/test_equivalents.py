"""What an option is worth in officers, what a target takes, and where the next officers do most."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from experiments.compare.equivalents import equivalents
from experiments.compare.equivalents_table import officers_tables
from experiments.compare.findings import findings
from experiments.compare.staffing import read_target
from sim.parameters import BadInput
from tests.support.made_up_comparison import comparison, staffed


def worth(found, option, outcome="crimes_total"):
    result = equivalents(found, "uniform30", found.target)
    return next(one for one in result.worths[option] if one.outcome == outcome)


def test_a_strategy_with_five_crimes_fewer_is_worth_twenty_five_officers_of_a_fifth_of_a_crime_each():
    one = worth(staffed(comparison(crimes={"hotspot": -5.0})), "hotspot")
    assert one.officers == pytest.approx(25, abs=2)
    assert one.low < one.officers < one.high


def test_a_strategy_that_changes_nothing_is_worth_none():
    one = worth(staffed(comparison()), "hotspot")
    assert one.low <= 0 <= one.high
    assert abs(one.officers) < 3


def test_beyond_the_numbers_that_were_tried_it_says_more_than():
    one = worth(staffed(comparison(crimes={"hotspot": -40.0})), "hotspot")
    assert one.officers == np.inf
    assert str(one) == "> +100"
    assert str(worth(staffed(comparison(crimes={"hotspot": 15.0})), "hotspot")).startswith("< −20")


def test_an_outcome_that_is_never_reached_in_some_run_has_no_worth():
    found = comparison(outcomes={"response_p1_p90_min": (14.0, {})})
    found = staffed(found)
    never = found.staffing.with_columns(response_p1_p90_min=pl.lit(float("inf")))
    result = equivalents(replace(found, staffing=never), "uniform30", None)
    assert "response_p1_p90_min" not in result.outcomes
    assert "crimes_total" in result.outcomes


def test_a_number_of_officers_with_which_an_outcome_is_not_reached_in_some_run_is_left_out():
    found = staffed(comparison(crimes={"hotspot": -5.0}))
    missing = (pl.col("officers") == -20) & (pl.col("replication") == 0)
    crimes = pl.when(missing).then(float("inf")).otherwise(pl.col("crimes_total")).alias("crimes_total")
    one = worth(replace(found, staffing=found.staffing.with_columns(crimes)), "hotspot")
    assert (one.fewest, one.most) == (-10, 100)
    assert one.officers == pytest.approx(25, abs=2)


def test_an_option_that_is_surely_better_than_the_status_quo_is_surely_worth_some_officers():
    """Also where it is not surely better than with the next number that was tried."""
    one = worth(staffed(comparison(crimes={"hotspot": -1.6})), "hotspot")
    assert one.low == 0
    assert one.decided
    assert not worth(staffed(comparison()), "hotspot").decided


def test_the_next_ten_officers_do_most_where_most_is_prevented_and_the_first_ten_lost_cost_most_there():
    in_post = {(10, "patrol"): -3.0, (10, "detectives"): -0.5, (-10, "patrol"): 4.0, (-10, "detectives"): 0.4}
    result = equivalents(staffed(comparison(), in_post=in_post), "uniform30", None)
    crimes = {
        (more, post): cells[result.outcomes.index("crimes_total")]
        for more, of_number in result.marginals.items()
        for post, cells in of_number.items()
    }
    assert {key: cell.change for key, cell in crimes.items()} == pytest.approx(in_post, abs=0.2)
    assert crimes[10, "patrol"].decided
    said = {one.words.split()[1]: one.values for one in result.sentences if one.values.get("post")}
    assert {which: values["post"] for which, values in said.items()} == {"next": "patrol", "first": "patrol"}
    assert {values["officers"] for values in said.values()} == {10}
    tables = {table.name: table for table in officers_tables(result)}
    assert set(tables) == {"equivalents", "next-officers", "officers-lost"}
    assert str(tables["officers-lost"].rows["patrol"][0]).startswith("+4")


def test_where_some_run_never_reaches_an_outcome_without_ten_officers_it_says_so():
    found = staffed(comparison(), in_post={(-10, "patrol"): float("inf"), (-10, "detectives"): 0.4})
    result = equivalents(found, "uniform30", None)
    one = result.marginals[-10]["patrol"][result.outcomes.index("crimes_total")]
    assert (str(one), one.decided) == ("not reached", False)
    (sentence,) = (one for one in result.sentences if "is not reached" in one.words)
    assert sentence.values["posts"] == ("patrol",)


def test_officers_for_a_target_are_read_off_the_curve():
    """The status quo has 100 crimes; each officer prevents a fifth of one."""
    found = staffed(replace(comparison(), target=read_target("crimes_total<=95")))
    (sentence,) = (one for one in findings(found).equivalents.sentences if "takes" in one.words)
    assert float(sentence.values["officers"].split()[0]) == pytest.approx(25, abs=2)
    told = next(one.text for one in findings(found).answer if one.heading == "In officers")
    assert str(sentence)[1:] in told, "with a capital letter there"
    far = staffed(replace(comparison(), target=read_target("crimes_total<=10")))
    (sentence,) = (one for one in findings(far).equivalents.sentences if "is not reached" in one.words)
    assert sentence.values["most"] == 100
    flat = staffed(replace(comparison(), target=read_target("crimes_total<=100")), per_officer=0.0)
    assert any("cannot be told" in one.words for one in findings(flat).equivalents.sentences)
    odd = staffed(replace(comparison(), target=read_target("crimes_total>=120")))
    assert any("no target" in one.words for one in findings(odd).equivalents.sentences)


@pytest.mark.parametrize("text", ["response<=10", "crimes_total<10", "crimes_total<=ten", "trust>=0.5", ""])
def test_a_target_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadInput, match=r"^target: "):
        read_target(text)


def test_the_file_has_all_numbers_and_without_runs_there_is_nothing():
    found = staffed(comparison(), in_post={(10, "patrol"): -3.0})
    rows = list(csv.DictReader(io.StringIO(equivalents(found, "uniform30", None).csv)))
    assert {(row["kind"], row["officers"]) for row in rows} == {("worth", ""), ("change", "10")}
    assert {row["option_or_post"] for row in rows} == {"random_patrol", "hotspot", "patrol"}
    nothing = findings(comparison()).equivalents
    assert (nothing.worths, nothing.marginals, nothing.sentences, nothing.csv) == ({}, {}, (), "")
