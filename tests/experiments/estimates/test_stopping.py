"""Replications that are added until differences are precise: how many, and that the intervals keep their word."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from experiments.estimates.estimate import estimate
from experiments.estimates.stopping import FEWEST, MORE, replicate


def half_widths(values):
    """Return a function of the number of replications: half the interval of the first so many of some values."""

    def half_width(number):
        looked_at.append(number)
        found = estimate(values[:number])
        return (found.upper - found.lower) / 2

    looked_at: list[int] = []
    return half_width, looked_at


def test_replications_grow_by_batches_to_what_is_needed_and_some_are_added_in_the_end():
    values = np.tile([-1.0, 1.0], 500)  # a deviation of 1: ± 0.2 takes about 100
    half_width, looked_at = half_widths(values)
    stopped = replicate(half_width, 0.2, 5, 1000)
    *looks, last = looked_at
    assert looks[0] == FEWEST
    assert all(before < now <= 2 * before for before, now in pairwise(looks))
    assert last == looks[-1] + MORE == stopped.replications
    assert 97 <= looks[-1] <= 110
    assert stopped.enough
    assert stopped.half_width < 0.2


@pytest.mark.parametrize(("most", "enough"), [(50, False), (20, False), (10, False)])
def test_no_more_than_may_be(most, enough):
    half_width, _ = half_widths(np.tile([-1.0, 1.0], 500))
    stopped = replicate(half_width, 0.2, 5, most)
    assert (stopped.replications, stopped.enough) == (most, enough)


def test_replications_end_where_they_cannot_be_carried_out_and_go_on_where_there_is_no_interval():
    assert replicate(lambda _n: None, 0.2, 30, 100) == (30, math.inf, 0.2, False)
    assert replicate(lambda n: math.inf if n < 60 else 0.1, 0.2, 20, 100).replications == 80 + MORE


@pytest.mark.parametrize(
    ("name", "draw", "fewest"),
    [
        ("normal", lambda rng, n: 3.0 + rng.standard_normal(n), 0.92),
        ("skewed", lambda rng, n: 2.0 + rng.gamma(4.0, 0.5, n), 0.90),
    ],
)
def test_intervals_after_stopping_hold_a_known_difference(name, draw, fewest):
    """Of 400 repetitions. A rule that keeps 95 % falls below 92 % with a probability of 0.4 % (binomial); a skewed one
    that keeps 93.5 % below 90 % with 0.3 %.
    """
    rng = np.random.default_rng(20_261_127)
    held, used, repetitions = 0, [], 400
    for _ in range(repetitions):
        values = draw(rng, 400)
        half_width, _ = half_widths(values)
        stopped = replicate(half_width, 0.35, 5, 400)
        found = estimate(values[: stopped.replications])
        truth = 3.0 if name == "normal" else 4.0
        held += found.lower <= truth <= found.upper
        used.append(stopped.replications)
    assert held / repetitions >= fewest
    needed = (stats.norm.isf(0.025) / 0.35) ** 2  # of a known variance of 1
    assert needed < np.mean(used) < needed + 3 * MORE
