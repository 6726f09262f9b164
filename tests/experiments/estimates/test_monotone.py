"""A monotone curve, what it says of worth, and how often its interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.estimates.monotone import bootstrapped, ends, monotone, worth

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


def officers_of(means):
    return worth(AT, monotone(means[:-1], rises=False), float(means[-1]), rises=False)


@pytest.mark.parametrize(("true", "n"), [(0.0, 5), (10.0, 5), (10.0, 10)])
def test_the_interval_holds_the_truth_in_95_of_100_experiments_or_more(true, n):
    """The baseline is worth 0, the baseline with ten officers more is worth 10.

    Runs share half of their variance, as paired runs do. The interval is allowed to be too wide, as it is where the
    curve is pooled. False alarm: 1e-4 (binomial at 93 %, 400 experiments).
    """
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        shared = rng.normal(0, 1.0, n)
        curve = 20 - AT[:, None] / 10 + shared + rng.normal(0, 0.5, (len(AT), n))
        option = 20 - true / 10 + shared + rng.normal(0, 0.5, n)
        _, low, high = bootstrapped(officers_of, np.vstack([curve, option - curve[2]]))
        held += low <= true <= high
    assert held >= 400 * 0.93 - 3.8 * (400 * 0.93 * 0.07) ** 0.5


def test_with_two_replications_there_is_no_interval():
    value, low, high = bootstrapped(lambda means: float(means[0]), np.array([[1.0, 3.0]]))
    assert value == 2.0
    assert np.isnan([low, high]).all()


def test_on_a_flat_part_all_numbers_are_as_good_and_beyond_the_curve_there_is_no_end():
    at, curve = np.array([-10.0, 0.0, 10.0, 20.0]), np.array([12.0, 10.0, 10.0, 6.0])
    assert ends(at, curve, 0.0, False) == (0.0, 10.0)
    assert ends(at, curve, -2.0, False) == (15.0, 15.0)
    assert ends(at, curve, 1.0, False) == (-5.0, -5.0)
    assert ends(at, curve, -9.0, False) == (np.inf, np.inf)
    assert ends(at, curve, 9.0, False) == (-np.inf, -np.inf)
    assert ends(at, np.full(4, 7.0), 0.0, True) == (-np.inf, np.inf)
