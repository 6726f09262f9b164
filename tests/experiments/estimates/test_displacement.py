"""Displacement: rings, the share that moves and the WDQ, exact on made-up counts."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.estimates.displacement import displacement, treated_cells, weighted_displacement_quotient

SIDE = 21
X_M, Y_M = (axis.ravel() * 100.0 for axis in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
CENTRE = SIDE * SIDE // 2
TREATED = np.arange(SIDE * SIDE) == CENTRE


def test_the_quotient_is_that_of_bowers_and_johnson() -> None:
    """By hand: (120/1000 − 100/1000) / (60/1000 − 100/1000)."""
    assert weighted_displacement_quotient((100, 60), (100, 120), (1000, 1000)) == pytest.approx(-0.5)
    assert weighted_displacement_quotient((100, 60), (100, 90), (1000, 1000)) == pytest.approx(0.25), "diffusion"
    assert weighted_displacement_quotient((100, 60), (100, 100), (1000, 1000)) == 0.0
    assert weighted_displacement_quotient((100, 60), (100, 90), (1000, 800)) == pytest.approx(-0.5), "control fell, too"


def test_there_is_no_quotient_where_nothing_was_prevented_or_nothing_happens_elsewhere() -> None:
    assert weighted_displacement_quotient((100, 100), (100, 90), (1000, 1000)) is None
    assert weighted_displacement_quotient((100, 60), (100, 90), (1000, 0)) is None


def test_what_moves_is_found_in_the_ring_where_it_went() -> None:
    without = np.full((2, SIDE * SIDE), 10.0)
    crimes = without.copy()
    crimes[0, CENTRE] -= 8
    crimes[0, CENTRE + 1] += 1  # 100 m
    crimes[0, CENTRE + 1 + SIDE] += 2  # 141 m
    crimes[0, CENTRE + 5] += 1  # 500 m
    crimes[1, CENTRE + 6] -= 3  # 600 m
    found = displacement(crimes, without, TREATED, X_M, Y_M)
    assert found.treated.tolist() == [-8, 0]
    assert found.rings.tolist() == [[1, 2, 0, 0, 1], [0, 0, 0, 0, 0]]
    assert found.rest.tolist() == [0, -3]
    assert found.moved_share[0] == pytest.approx(0.5)
    assert np.isnan(found.moved_share[1])
    cells_around, rest = 80, SIDE * SIDE - 81
    a, b, c = (20.0, 12.0), (20.0 * cells_around, 20.0 * cells_around + 4), (20.0 * rest, 20.0 * rest - 3)
    assert found.wdq == pytest.approx((b[1] / c[1] - b[0] / c[0]) / (a[1] / c[1] - a[0] / c[0]))


def test_counts_of_one_kind_and_of_cells_as_large_as_two_rings_do_as_well() -> None:
    without = np.full(SIDE * SIDE, 10.0)
    crimes = without.copy()
    crimes[CENTRE] -= 4
    crimes[CENTRE + 1] += 4
    found = displacement(crimes, without, TREATED, 2 * X_M, 2 * Y_M)
    assert found.rings.tolist() == [[0, 4, 0, 0, 0]]
    assert found.moved_share.tolist() == [1.0]


def test_without_treated_cells_everything_is_far_off_and_nothing_moved() -> None:
    crimes = np.full(SIDE * SIDE, 10.0)
    found = displacement(crimes + 1, crimes, np.zeros(SIDE * SIDE, dtype=bool), X_M, Y_M)
    assert found.treated.tolist() == [0]
    assert found.rest.tolist() == [SIDE * SIDE]
    assert found.wdq is None


def test_treated_are_the_fewest_cells_that_hold_the_stated_share_of_the_patrol_added() -> None:
    without = np.full(6, 10.0)
    patrol = np.array([10.0, 60.0, 40.0, 15.0, 15.0, 0.0])  # adds 0, 50, 30, 5, 5, less
    assert treated_cells(patrol, without).tolist() == [False, True, False, False, False, False]
    assert treated_cells(patrol, without, 0.8).tolist() == [False, True, True, False, False, False]
    assert treated_cells(patrol, without, 1.0).tolist() == [False, True, True, True, True, False]
    assert not treated_cells(without, patrol * 0 + 10.0).any()
