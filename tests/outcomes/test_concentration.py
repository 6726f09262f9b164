"""Concentration of crime in places, against cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sim.outcomes.concentration import (
    concentration_curve,
    curve_by_luck,
    generalised_gini,
    share_by_luck,
    share_of_places,
    top_share,
)

counts_of_places = hnp.arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 9)).filter(
    lambda counts: counts.sum() > 0
)


def plain_gini(counts):
    """The textbook's formula: the mean absolute difference over twice the mean."""
    counts = np.asarray(counts, dtype=float)
    return np.abs(counts[:, None] - counts[None, :]).mean() / (2 * counts.mean())


@pytest.mark.parametrize(
    ("counts", "gini"),
    [
        ([1, 1, 1, 1], 0), ([5, 5], 0), ([1, 0, 0, 0], 0), ([1, 1, 0, 0], 0), ([0, 0, 0, 4], 0.75),
        ([3, 1, 1] + [0] * 7, 0.56),
        ([22, 18, 17, 12, 11, 8, 6, 3, 2, 1], 0.392),
    ],
)  # fmt: skip
def test_the_generalised_gini_of_small_cases(counts, gini):
    assert generalised_gini(np.array(counts)) == pytest.approx(gini)


@given(counts_of_places)
def test_the_generalised_gini_is_the_papers_formula(counts):
    expected = max(len(counts) / counts.sum(), 1) * (plain_gini(counts) - 1) + 1
    assert generalised_gini(counts) == pytest.approx(expected, abs=1e-9)


@given(counts_of_places, st.floats(0.01, 1))
def test_the_share_of_places_is_where_the_curve_reaches_the_share_of_crime(counts, share):
    places, crimes = concentration_curve(counts)
    assert np.interp(share_of_places(counts, share), places, crimes) == pytest.approx(share)
    assert (np.diff(crimes) >= 0).all()
    assert (crimes >= places - 1e-9).all()  # those with most come first


@pytest.mark.parametrize(("share", "places"), [(0.25, 0.05), (0.5, 0.1), (0.75, 0.2), (1.0, 0.3)])
def test_shares_of_places_of_a_small_case(share, places):
    assert share_of_places(np.array([0, 5, 0, 3, 2, 0, 0, 0, 0, 0]), share) == pytest.approx(
        places if share != 0.75 else (1 + 2.5 / 3) / 10
    )


def test_the_share_of_crime_in_the_worst_places():
    assert top_share(np.array([0, 5, 0, 3, 2, 0, 0, 0, 0, 0]), 0.2) == 0.8


@pytest.mark.parametrize(("crimes", "places"), [(500, 2000), (8000, 8000), (30_000, 4000)])
def test_the_curve_by_luck_is_what_drawing_gives(crimes, places):
    drawn = np.random.default_rng(1).multinomial(crimes, np.full(places, 1 / places), size=40)
    for share in (0.25, 0.5, 0.9):
        found = [share_of_places(counts, share) for counts in drawn]
        assert share_by_luck(crimes, places, share) == pytest.approx(
            np.mean(found), rel=0.02
        )  # the mean of curves is smoother than the curve of the mean


def test_by_luck_many_crimes_are_spread_evenly_and_few_are_not():
    assert share_by_luck(10_000_000, 100, 0.5) == pytest.approx(0.5, abs=0.01)
    assert share_by_luck(10, 1_000_000, 0.5) == pytest.approx(0.5 * 10 / 1_000_000, rel=0.01)
    x, y = curve_by_luck(100, 100)
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)


def test_without_crime_nothing_is_concentrated():
    assert (
        generalised_gini(np.zeros(3))
        is top_share(np.zeros(3), 0.5)
        is share_of_places(np.zeros(3), 0.5)
        is share_by_luck(0, 3, 0.5)
        is None
    )
