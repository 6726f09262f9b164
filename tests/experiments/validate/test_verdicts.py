"""A verdict is about a whole interval, and says what would decide."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.estimates.estimate import estimate
from experiments.validate.verdict import judge


@pytest.mark.parametrize(
    ("values", "low", "high", "says"),
    [([43, 44, 45], 40, 48, "within"), ([43, 44, 45], 42, 46, "not decided"), ([43, 44, 45], 50, 60, "outside"),
     ([43, 44, 45], 10, 41, "outside"), ([43, 44, 45], 40, None, "within"), ([43, 44, 45], None, 41, "outside"),
     ([43, 44, 45], None, None, "no band"), ([None, None], 42, 46, "not measured"), ([None], None, None, "no band"),
     ([44, 45], 42, 46, "not decided"), ([44, 44, 44], 42, 46, "not decided"), ([None, 43, 44, 45], 40, 48, "within")],
)  # fmt: skip
def test_a_verdict_is_about_the_whole_interval(values, low, high, says):
    assert judge(values, (low, high)).verdict == says


def test_a_parameter_on_which_all_replications_agree_has_no_error():
    assert judge([1.4, 1.4], (0.9, 1.4), exact=True).verdict == "within"
    assert judge([1.41], (0.9, 1.4), exact=True).verdict == "outside"
    assert judge([1.3, 1.4], (0.9, 1.4), exact=True).verdict == "not decided"


def test_so_many_replications_as_are_named_would_decide():
    """The interval of `n` with the same spread ends before the limit, that of fewer does not."""
    values = [40.0, 44.0, 48.0]
    found = judge(values, (42, 60))
    assert found.verdict == "not decided"
    for n, decides in ((found.needed, True), (found.needed - 2, False)):
        half = stats.t.isf(0.025, n - 1) * 4 / np.sqrt(n)
        assert bool(half < 2) is decides
    assert judge(values, (44, 60)).needed is None, "the mean is the limit: no number would"
    assert judge([44.0], (42, 60)).needed is None


def test_an_interval_is_students_and_needs_three_values():
    mean, lower, upper = estimate([1.0, 2.0, 3.0, None])
    assert mean == 2
    assert (upper - 2, 2 - lower) == pytest.approx((4.302653 / np.sqrt(3),) * 2)
    assert estimate([1.0, None, 2.0]) == (1.5, None, None)
    assert estimate([2.5, 2.5, 2.5, 2.5]) == (2.5, None, None), "equal values do not show chance"
    assert estimate([None]) == estimate([]) == (None, None, None)
