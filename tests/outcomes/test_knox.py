"""The Knox table counts pairs as brute force and pointpats do, and finds clustering only where there is some."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sim.outcomes.near_repeat import DAYS, DISTANCES_M, Knox, knox_table, knox_test, p_values, pooled, ratio

FEW = {"distances_m": (0.0, 100.0, 200.0), "days": (7.0, 14.0)}


def made_up(n, seed, side_m=3000.0, days=365.0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, side_m, n), rng.uniform(0, side_m, n), rng.uniform(0, days * 1440, n)


def by_brute_force(x_m, y_m, time_min, distances_m, days):
    """Look at every pair of crimes and at every pair of (places, times)."""
    observed, near, soon = np.zeros((len(distances_m), len(days))), np.zeros(len(distances_m)), np.zeros(len(days))
    n = len(x_m)
    for i in range(n):
        for j in range(i):
            distance, gap = np.hypot(x_m[i] - x_m[j], y_m[i] - y_m[j]), abs(time_min[i] - time_min[j]) / 1440
            where = next((b for b, limit in enumerate(distances_m) if distance <= limit), None)
            when = next((b for b, limit in enumerate(days) if gap <= limit), None)
            if where is not None:
                near[where] += 1
            if when is not None:
                soon[when] += 1
            if where is not None and when is not None:
                observed[where, when] += 1
    return observed, np.outer(near, soon) / max(1, n * (n - 1) / 2)


coordinates = hnp.arrays(
    np.int64, 25, elements=st.integers(0, 6)
)  # on a lattice: distances and times often lie on a limit


@given(coordinates, coordinates, coordinates)
def test_the_table_is_what_brute_force_counts(x, y, t):
    crimes = x * 50.0, y * 50.0, t * 1440 * 3.5
    table = knox_table(*crimes, 0, 1, **FEW)
    observed, expected = by_brute_force(*crimes, **FEW)
    assert table.observed.tolist() == observed.tolist()
    assert table.expected == pytest.approx(expected)


@pytest.mark.parametrize("place", range(len(DISTANCES_M)))
@pytest.mark.parametrize("time", [0, 1, 7])
def test_sums_over_bands_are_the_counts_and_expectations_of_pointpats(place, time):
    crimes = [np.concatenate([column, column[:20]]) for column in made_up(150, 3)]
    crimes[2][-20:] += 1440.0 * np.arange(20)  # twenty places are hit again
    table, test = knox_table(*crimes, 0, 1), knox_test(*crimes, DISTANCES_M[place], DAYS[time], 1, 1)
    assert table.observed[: place + 1, : time + 1].sum() == test.observed[0, 0]
    assert table.expected[: place + 1, : time + 1].sum() == pytest.approx(test.expected[0, 0])


def test_the_expectation_is_the_mean_over_permutations():
    x, y, t = made_up(400, 4, side_m=1500)
    table = knox_table(x, y, t**2 / t.max(), 2000, 5)  # times bunch at the start, as seasons do
    error = table.permuted.std(axis=0) / np.sqrt(len(table.permuted))
    assert (
        np.abs(table.permuted.mean(axis=0) - table.expected) <= 5 * error + 1e-9
    ).all()  # 40 cells: false alarm below 3 in 100,000


def test_events_that_trigger_events_nearby_are_found_and_unequal_places_alone_are_not():
    rng = np.random.default_rng(6)
    x, y, t = made_up(500, 6)
    heaped = x // 500 * 500 + rng.uniform(0, 60, 500), y // 500 * 500 + rng.uniform(0, 60, 500), t
    calm = knox_table(*heaped, 199, 7)
    assert ratio(calm, slice(3), slice(2)) == pytest.approx(
        1, abs=0.12
    )  # about 3,500 pairs at most, each pair of places in many of them
    triggered = (
        np.concatenate([x, x + rng.normal(0, 50, 500)]),
        np.concatenate([y, y + rng.normal(0, 50, 500)]),
        np.concatenate([t, t + rng.exponential(7 * 1440, 500)]),
    )
    table = knox_table(*triggered, 199, 8)
    assert ratio(table, slice(3), slice(2)) > 1.5
    assert p_values(table)[1, 0] == 1 / 200
    assert ratio(table, slice(4, 5), slice(6, 8)) == pytest.approx(1, abs=0.5)


def test_a_p_value_is_uniform_without_any_clustering():
    found = np.array([p_values(knox_test(*made_up(120, seed), 400.0, 56.0, 19, seed))[0, 0] for seed in range(100)])
    assert 0.3 < found.mean() < 0.75  # mean 0.525 with standard error 0.03: false alarm below 1 in 10 million


def test_pointpats_leaves_numpys_global_generator_alone_and_repeats_itself():
    crimes = made_up(60, 9)
    np.random.seed(1)  # noqa: NPY002
    expected = np.random.random(3)  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    first = knox_test(*crimes, 400.0, 56.0, 9, 3)
    assert np.random.random(3).tolist() == expected.tolist()  # noqa: NPY002
    assert first.permuted.tolist() == knox_test(*crimes, 400.0, 56.0, 9, 3).permuted.tolist()


def test_tables_add_up_and_a_ratio_needs_something_expected():
    table = Knox(np.full((1, 2), 3.0), np.array([[2.0, 0.0]]), np.full((4, 1, 2), 3.0))
    both = pooled([table, table])
    assert both.observed.tolist() == [[6, 6]]
    assert ratio(both, times=slice(1)) == 1.5
    assert ratio(both, times=slice(1, 2)) is None
    assert p_values(both).tolist() == [[1, 1]]


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_crimes_make_no_pair(n):
    crimes = [column[:n] for column in made_up(2, 1)]
    for table in (knox_table(*crimes, 9, 1), knox_test(*crimes, 200.0, 14.0, 9, 1)):
        assert not table.observed.any()
        assert ratio(table) is None
        assert (p_values(table) == 1).all()
