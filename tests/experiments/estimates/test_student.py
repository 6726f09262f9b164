"""Student's t and F are those of scipy.stats to the bit, without the half second that it takes to import."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import fdtrc, fdtri

from experiments.estimates.student import t_beyond, t_limit

FREEDOM = np.array([1, 2, 3, 9, 9.5, 19, 199, 1e4])


@pytest.mark.parametrize("tail", [0.5, 0.1, 0.025, 0.025 / 72, 1e-9])
def test_limits_are_those_of_scipy(tail):
    np.testing.assert_array_equal(t_limit(tail, FREEDOM), stats.t.isf(tail, FREEDOM))
    assert t_limit(0.025, 9) == pytest.approx(2.262157)


def test_tails_are_those_of_scipy():
    for value in (-3.0, 0.0, 0.7, 2.26, 40.0):
        np.testing.assert_array_equal(t_beyond(value, FREEDOM), stats.t.sf(value, FREEDOM))
    assert t_beyond(2.262157, 9) == pytest.approx(0.025, abs=1e-6)


def test_no_freedom_is_no_number():
    assert np.isnan(t_limit(0.025, 0))
    assert np.isnan(t_beyond(1.0, 0))


def test_f_is_that_of_scipy():
    np.testing.assert_array_equal(fdtri(3, 20, [0.975, 0.025]), stats.f.ppf([0.975, 0.025], 3, 20))
    assert fdtrc(2.5, 40.0, 3.2) == stats.f.sf(3.2, 2.5, 40.0)
