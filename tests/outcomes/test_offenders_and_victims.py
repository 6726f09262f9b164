"""Offenders, victims, distances and hours, against cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outcomes.concentration import top_share
from sim.outcomes.offending import (
    by_hour_of_week,
    median_of_counts,
    offences_by_offender,
    relative_to_mean,
    repeat_victims,
)


def some(values):
    """A column in which −1 is absent."""
    return np.ma.masked_equal(np.array(values), -1)


def test_offences_count_for_each_offender_who_took_part_and_for_nobody_when_unknown():
    assert offences_by_offender(some([4, 4, -1, 7, 4])).tolist() == [3, 1]
    assert offences_by_offender(some([4, 4, -1, 7, 4]), some([-1, 7, -1, 9, -1])).tolist() == [3, 2, 1]
    assert offences_by_offender(some([-1, -1])).tolist() == []
    assert offences_by_offender(np.array([1, 1, 2])).tolist() == [2, 1]


def test_the_top_tenth_of_offenders_of_a_small_case():
    assert top_share(offences_by_offender(np.repeat(np.arange(10), [11, *[1] * 9])), 0.1) == 0.55


def test_repeat_victims_of_a_small_case():
    assert repeat_victims(some([1, 1, 1, 2, 3, 3, 4, -1, -1])) == (0.5, pytest.approx(5 / 7))
    assert repeat_victims(some([1, 2, 3])) == (0, 0)
    assert repeat_victims(some([-1])) == (None, None)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80))
def test_repeat_victims_suffer_at_least_twice_their_number(victims):
    found, distinct = repeat_victims(np.array(victims)), len(set(victims))
    assert found.of_crimes * len(victims) >= 2 * found.of_victims * distinct - 1e-9


def test_the_median_of_a_histogram_lies_where_half_is_below():
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    assert median_of_counts(np.array([1, 2, 1]), edges) == 1.5
    assert median_of_counts(np.array([0, 0, 5]), edges) == 3.0
    assert median_of_counts(np.array([0, 0, 0]), edges) is None
    distances = np.random.default_rng(1).exponential(2.0, 5000)
    fine = np.linspace(0, 40, 801)
    assert median_of_counts(np.histogram(distances, fine)[0], fine) == pytest.approx(np.median(distances), abs=0.05)


def test_hours_of_the_week_begin_on_monday_whatever_the_first_day():
    times = np.array([0.0, 59.9, 60.0, 7 * 1440.0])
    assert np.flatnonzero(by_hour_of_week(times, 0)).tolist() == [0, 1]
    assert by_hour_of_week(times, 0)[0] == 3
    assert np.flatnonzero(by_hour_of_week(times, 6)).tolist() == [144, 145]
    assert by_hour_of_week(np.array([]), 2).tolist() == [0] * 168


def test_a_profile_is_relative_to_the_mean_of_the_week():
    assert relative_to_mean(np.array([0, 1, 5])).tolist() == [0, 0.5, 2.5]
    assert np.isnan(relative_to_mean(np.zeros(3))).all()
