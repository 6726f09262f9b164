"""The two estimates of the study of clearance, where the truth is known."""

import numpy as np

from tests.clearance.study import POINTS, least_squares, two_stages


def test_the_instrument_finds_the_slope_that_a_hidden_cause_bends():
    """A hidden cause lengthens the way and clears crimes: least squares is wrong, the instrument is not.

    False-alarm rate 5 % by the interval; the seed is fixed.
    """
    rng, n = np.random.default_rng(1), 40_000
    city, pair, kind = rng.integers(0, 8, n), rng.integers(0, 2, n), rng.integers(0, 3, n)
    drive, hidden = rng.normal(size=n), rng.normal(size=n)
    response = 0.5 * drive + hidden + 0.3 * kind
    crimes = {
        "type": kind.astype(str), "district": pair, "other": 1 - pair, "log_drive": drive, "log_response": response,
        "cleared": 0.5 - 0.2 * response + 0.4 * hidden + 0.1 * kind + rng.normal(size=n),
    }  # fmt: skip
    slope, first, used = two_stages(crimes, city)
    assert used == n
    assert abs(first - 0.5) < 0.05
    assert slope.low < -0.2 * POINTS < slope.high
    assert slope.high - slope.low < 0.2 * POINTS
    bent = least_squares(response, crimes["cleared"], kind)
    assert bent.low > -0.2 * POINTS


def test_crimes_far_from_a_border_are_left_out():
    n = 400
    rng = np.random.default_rng(2)
    crimes = {
        "type": np.full(n, "theft"), "district": np.zeros(n, int), "other": np.where(np.arange(n) < 300, 1, -1),
        "log_drive": rng.normal(size=n), "log_response": rng.normal(size=n), "cleared": rng.normal(size=n),
    }  # fmt: skip
    assert two_stages(crimes, np.arange(n) % 4)[2] == 300
