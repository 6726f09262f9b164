"""Who is policed and who suffers: shares by fifths, what records know of them, and the page that tells it."""

from __future__ import annotations

import polars as pl
import pytest
from made_up_comparison import comparison

from experiments.compare.equity import OF_PEOPLE, equity


def test_shares_are_of_the_whole_city_and_recorded_crimes_of_true_ones():
    found = equity(comparison(), "uniform30")
    of = dict(zip(OF_PEOPLE, found.people, strict=True))
    assert of["crimes"].shares == pytest.approx([60, 20, 10, 8, 2])
    assert of["arrests"].shares == pytest.approx([40, 30, 20, 10, 0])
    assert found.known == pytest.approx([50, 40, 30, 25, 25])
    assert list(found.patrol) == ["reactive", "random_patrol", "hotspot"]
    assert found.patrol["reactive"].shares[0] == pytest.approx(30)
    assert found.patrol["hotspot"].shares[0] == pytest.approx(100 * 50 / 120)
    assert found.sentence.values["patrol"] == "30"


def test_without_patrol_crime_is_told_and_runs_that_do_not_tell_have_no_equity():
    nobody = comparison()
    empty = nobody.fifths.with_columns(patrol_minutes=pl.lit(0.0))
    found = equity(comparison(fifths=empty), "uniform30")
    assert (found.patrol, found.people[3].shares[0]) == ({}, pytest.approx(60))
    assert "minutes" not in found.sentence
    assert equity(comparison(fifths=nobody.fifths.clear()), "none") == ([], [], {})
