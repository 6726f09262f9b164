"""Who suffers how often, and when homes and shops are burgled: counts of a few crimes that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.arrays import Array
from sim.outcomes.tables import Columns
from sim.outcomes.victims import burglary_hours, share_between, victim_table, weekend_ratio


def masked(values: list[int], none: int = -1) -> Array:
    return np.ma.masked_equal(np.array(values), none)


def crimes() -> Columns:
    """Return three burglaries of a home and one of a shop, a shop stolen from thrice, two brawls, a fraud of nobody."""
    return {
        "type": np.array(["burglary"] * 4 + ["theft"] * 3 + ["assault"] * 2 + ["fraud"]),
        "subtype": np.ma.masked_equal(np.array([""] * 4 + ["shoplifting"] * 3 + ["brawl"] * 2 + [""]), ""),
        "target": np.ma.masked_equal(
            np.array(["empty_home", "sleeping_home", "empty_home", "shop"] + ["shop"] * 3 + ["person"] * 2 + [""]), ""
        ),
        "shop_id": masked([-1, -1, -1, 5, 5, 5, 5, -1, -1, -1]),
        "victim_id": masked([7, 7, 8, -1, -1, -1, -1, 7, 9, -1]),
        "victim_age": masked([50, 50, 30, -1, -1, -1, -1, 50, 18, -1]),
        "time_min": np.array([14 * 60.0, 26 * 60, 15 * 60, 5 * 1440 + 60, 0, 0, 0, 0, 0, 0]),
    }


def test_victims_are_counted_by_type_kind_age_and_how_often_they_suffered_it() -> None:
    table = victim_table(crimes())
    rows = {
        tuple("" if value is np.ma.masked else str(value) for value in row) for row in zip(*table.values(), strict=True)
    }
    assert rows == {
        ("burglary", "", "household", "", "1", "1"),
        ("burglary", "", "household", "", "2", "1"),
        ("burglary", "", "shop", "", "1", "1"),
        ("theft", "shoplifting", "shop", "", "3+", "1"),
        ("assault", "brawl", "person", "18–24", "1", "1"),
        ("assault", "brawl", "person", "50–64", "1", "1"),
    }


def test_without_a_crime_there_is_no_victim() -> None:
    assert {len(column) for column in victim_table({name: rows[:0] for name, rows in crimes().items()}).values()} == {0}


def test_burglaries_are_counted_by_target_and_hour_of_the_week() -> None:
    hours = burglary_hours(crimes(), start_weekday=1)
    assert {name: np.flatnonzero(counts).tolist() for name, counts in hours.items()} == {
        "empty_home": [24 + 14, 24 + 15], "sleeping_home": [48 + 2], "shop": [6 * 24 + 1],
    }  # fmt: skip
    every = sum(hours.values())
    assert (share_between(every, 0, 4), share_between(every, 14, 15)) == (0.5, 0.25)
    assert weekend_ratio(every) == pytest.approx((1 / 2) / (3 / 5))
    assert share_between(np.zeros(168), 0, 4) is None
    assert weekend_ratio(np.zeros(168)) is None
