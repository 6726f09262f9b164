"""The counts behind the study of five years: the trend, paired differences by year, and when the order changes."""

import numpy as np
import pytest

from tests.horizon.study import changed_percent, order, slope_percent
from tests.support.studies import Runs


def test_the_trend_of_a_straight_line_is_its_slope_in_per_cent_of_the_mean_a_year():
    quarters = np.arange(20)
    crimes = np.array([100 + 2.0 * (quarters - 9.5), np.full(20, 50.0)])
    assert slope_percent(crimes) == pytest.approx([8.0, 0.0])


def test_differences_are_paired_by_seed_and_added_up_by_year():
    base = np.array([[10.0] * 8, [30.0] * 8])
    runs = Runs({"reactive": {"crimes": base}, "one": {"crimes": base - [[1.0] * 8, [2.0] * 4 + [0.0] * 4]}}, 2, 0.0)
    assert changed_percent(runs, "one", "crimes", 4) == pytest.approx(np.array([[-5.0, -5.0], [-10.0, 0.0]]))


def test_the_order_is_told_for_the_quarters_in_which_it_holds():
    changed = {"a": np.array([[-3.0, -3.0, 0.0]]), "b": np.array([[-1.0, -1.0, -2.0]])}
    assert order(changed) == ["1 to 2: a < b", "3: b < a"]
