"""Calls of three priorities that never pre-empt each other wait as Cobham (1954) worked out.

Every claim is an interval of batch means that misses the truth with probability 1e-5.
"""

from __future__ import annotations

import numpy as np
import pytest
from laboratory import batch_means, claim, erlang_c, interval, load_controls, log, queue

UNITS, MEAN_MIN = 6, 30.0
PER_HOUR = np.array([2.0, 3.0, 3.0])
PER_MIN = float(PER_HOUR.sum()) / 60
SHARES = tuple(PER_HOUR / PER_HOUR.sum())
EXACT_MIN = (1.70857, 2.92897, 7.32242)
FIRST_COME_MIN = 4.271  # Erlang C


def test_the_formula_gives_the_published_figures() -> None:
    load = np.concatenate([[0.0], np.cumsum(PER_HOUR)]) / (UNITS * 60 / MEAN_MIN)
    soonest = erlang_c(UNITS, PER_MIN * MEAN_MIN) * MEAN_MIN / UNITS
    waits = soonest / ((1 - load[:-1]) * (1 - load[1:]))
    assert waits == pytest.approx(EXACT_MIN, abs=1e-5)
    assert waits @ SHARES == pytest.approx(FIRST_COME_MIN, abs=5e-4)


@pytest.mark.parametrize(("priority", "within"), [(1, 0.03), (2, 0.03), (3, 0.06)])
def test_each_priority_waits_as_long_as_cobham_says(priority: int, within: float) -> None:
    found = queue(UNITS, PER_MIN, MEAN_MIN, SHARES)
    of_priority = found.priority == priority
    batch = np.arange(len(found.wait_min)) // (len(found.wait_min) // 100)
    waits = np.bincount(batch, np.where(of_priority, found.wait_min, 0.0))[:100] / np.bincount(batch, of_priority)[:100]
    claim(
        f"priority {priority}, wait min",
        waits,
        EXACT_MIN[priority - 1],
        within,
        load_controls(found, PER_MIN, MEAN_MIN),
    )


def test_priorities_share_the_waiting_out_anew_but_leave_its_mean_as_it_was() -> None:
    by_priority, first_come = queue(UNITS, PER_MIN, MEAN_MIN, SHARES), queue(UNITS, PER_MIN, MEAN_MIN)
    assert np.array_equal(by_priority.received_min, first_come.received_min)
    difference = interval(
        batch_means(by_priority.wait_min - first_come.wait_min), load_controls(first_come, PER_MIN, MEAN_MIN)
    )
    log.info("mean wait with priorities less without: %.4g ± %.2g min", *difference)
    assert difference.half < 0.03 * FIRST_COME_MIN
    assert abs(difference.mean) <= difference.half


def test_calls_of_a_priority_are_served_in_the_order_of_their_receipt() -> None:
    found = queue(UNITS, PER_MIN, MEAN_MIN, SHARES)
    one = len(found.received_min) // 4  # a replication
    for priority in (1, 2, 3):
        for first in range(0, 4 * one, one):
            dispatched = found.dispatched_min[first : first + one][found.priority[first : first + one] == priority]
            assert (np.diff(dispatched) >= 0).all()
