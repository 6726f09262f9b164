"""A monotone curve, what it says of worth, and how often its interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.estimates.monotone import monotone, place, worth

AT = np.array([-20.0, -10.0, 0.0, 10.0, 25.0, 50.0, 100.0])


def test_the_curve_is_the_means_where_these_are_in_order_and_pools_those_that_are_not():
    assert monotone(np.array([5.0, 4.0, 2.0]), rises=False).tolist() == [5, 4, 2]
    assert monotone(np.array([5.0, 2.0, 4.0]), rises=False).tolist() == [5, 3, 3]
    assert monotone(np.array([1.0, 3.0, 2.0]), rises=True).tolist() == [1, 2.5, 2.5]


@pytest.mark.parametrize(("change", "officers"), [(0.0, 0.0), (-1.0, 10.0), (-0.5, 5.0), (1.0, -10.0), (-7.5, 75.0)])
def test_worth_is_how_far_one_has_to_go(change, officers):
    assert worth(AT, 10 - AT / 10, change, rises=False) == pytest.approx(officers)
    assert worth(AT, 10 + AT / 10, -change, rises=True) == pytest.approx(officers)


def test_beyond_the_curve_it_is_infinite():
    assert worth(AT, 10 - AT / 10, -10.5, rises=False) == np.inf
    assert worth(AT, 10 - AT / 10, 2.5, rises=False) == -np.inf
    assert worth(AT, np.full(7, 10.0), -0.1, rises=False) == np.inf, "officers change nothing"


def test_on_a_flat_part_nothing_is_worth_nothing():
    assert worth(AT, np.array([12.0, 10, 10, 10, 9, 8, 7]), 0.0, rises=False) == 0.0
    assert worth(AT, np.array([12.0, 10, 10, 10, 9, 8, 7]), -1.0, rises=False) == 25.0


def runs(true, n, rng, per_officer=0.1, noise=0.5):
    """Return the values of a curve, and of what is worth so much on it; half of the variance is shared, as in pairs."""
    shared = rng.normal(0, 1.0, n)
    return (
        20 - per_officer * AT[:, None] + shared + rng.normal(0, noise, (len(AT), n)),
        20 - per_officer * true + shared + rng.normal(0, noise, n),
    )


@pytest.mark.parametrize("true", [0.0, 10.0, 35.0])
@pytest.mark.parametrize("per_officer", [0.1, 0.01])
@pytest.mark.parametrize("n", [3, 5, 10])
def test_the_interval_holds_the_truth_in_95_of_100_experiments_or_more(true, per_officer, n):
    """In 923 of 1,000 at least: fewer come by chance with 1e-4 where it is 95 %."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(1000):
        _, low, high = place(AT, *runs(true, n, rng, per_officer), rises=False)
        held += low <= true <= high
    assert held >= 923


@pytest.mark.parametrize("n", [3, 5, 10])
def test_where_officers_change_nothing_at_all_19_of_20_intervals_are_everything(n):
    """The same runs with all numbers; of 1,000, so far from 950 come by chance with 1e-4."""
    rng = np.random.default_rng(7)
    everything = 0
    for _ in range(1000):
        curve = np.tile(rng.normal(0, 1, n), (len(AT), 1))
        everything += place(AT, curve, rng.normal(0, 1, n), rises=False)[1:] == (-np.inf, np.inf)
    assert 923 <= everything <= 976


def test_a_rising_curve_is_a_falling_one_turned_over():
    values, wanted = runs(10.0, 5, np.random.default_rng(3))
    assert place(AT, values, wanted, rises=False) == place(AT, -values, -wanted, rises=True)


def test_the_interval_goes_from_the_last_place_that_is_surely_short_to_the_first_that_is_surely_beyond():
    values = 20 - AT[:, None] / 10 + np.array([-0.1, 0.0, 0.1])
    noise = np.array([0.3, -0.4, 0.1])
    assert place(AT, values, values[2] - 1.8 + noise, rises=False) == (pytest.approx(18), 0, 50)
    assert place(AT, values, values[2] + 1.2 + noise, rises=False) == (pytest.approx(-12), -np.inf, 0)
    assert place(AT, values, values[2] - 12.0 + noise, rises=False) == (np.inf, np.inf, np.inf)
    assert place(AT, values, values[2] + 4.0 + noise, rises=False) == (-np.inf, -np.inf, -np.inf)
    assert place(AT, values, values[2] - 10.1 + noise, rises=False) == (np.inf, 50, np.inf)


def test_where_officers_change_nothing_any_place_may_be_it_but_not_what_lies_beyond_all():
    flat = 20 + np.random.default_rng(2).normal(0, 1.0, (len(AT), 5))
    assert place(AT, flat, flat[3], rises=False)[1:] == (-np.inf, np.inf)
    assert place(AT, flat, flat.min(axis=0) - 9, rises=False) == (np.inf, np.inf, np.inf)


def test_the_same_runs_are_worth_nothing_and_two_replications_have_no_interval():
    values, _ = runs(0.0, 5, np.random.default_rng(3), noise=0.01)
    assert place(AT, values, values[2], rises=False) == (0, -10, 10)
    value, low, high = place(AT, values[:, :2], values[3, :2], rises=False)
    assert value == pytest.approx(10)
    assert np.isnan([low, high]).all()
