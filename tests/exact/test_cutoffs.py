"""Units that are held back: a queue with cutoffs waits as its Markov chain does (Schaack & Larson 1986).

Calls of priority 3 get one of N units only while more than k are free, urgent ones as long as any is. Every claim is an
interval of batch means that misses the truth with probability 1e-5.
"""

from __future__ import annotations

import numpy as np
import pytest
from laboratory import LONGEST_PATIENCE, claim, erlang_c, load_controls, queue

UNITS, MEAN_MIN, HELD_BACK = 5, 30.0, 2
PER_MIN, SHARES = 5.0 / 60, (0.4, 0.0, 0.6)
MOST_WAITING = 120  # in the chain; more wait with a probability below 1e-9


def chain(held_back: int) -> tuple[float, float]:
    """Return the mean waits of urgent and of other calls, from the steady state of (busy, urgent waiting, others)."""
    urgent, other, done = SHARES[0] * PER_MIN, SHARES[2] * PER_MIN, 1 / MEAN_MIN
    open_to_other = UNITS - held_back
    states = [(b, 0, w) for b in range(UNITS + 1) for w in range(MOST_WAITING if b >= open_to_other else 1)]
    states += [(UNITS, u, w) for u in range(1, 20) for w in range(MOST_WAITING)]
    row = {state: i for i, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))

    def go(a: tuple[int, int, int], b: tuple[int, int, int], rate: float) -> None:
        if b in row:
            rates[row[a], row[b]] += rate

    for busy, u, w in states:
        go((busy, u, w), (busy + 1, u, w) if busy < UNITS else (busy, u + 1, w), urgent)
        go((busy, u, w), (busy + 1, 0, w) if busy < open_to_other else (busy, u, w + 1), other)
        if u:
            go((busy, u, w), (busy, u - 1, w), busy * done)
        elif w and busy <= open_to_other:
            go((busy, u, w), (busy, 0, w - 1), busy * done)
        elif busy:
            go((busy, u, w), (busy - 1, 0, w), busy * done)
    np.fill_diagonal(rates, -rates.sum(axis=1))
    rates[:, 0] = 1.0
    steady = np.linalg.solve(rates.T, np.eye(len(states))[0])
    waiting = steady @ np.array([(u, w) for _, u, w in states])
    return float(waiting[0] / urgent), float(waiting[1] / other)


def test_without_a_cutoff_the_chain_waits_as_cobham_says() -> None:
    load = np.array([0.0, SHARES[0], 1.0]) * PER_MIN * MEAN_MIN / UNITS
    soonest = erlang_c(UNITS, PER_MIN * MEAN_MIN) * MEAN_MIN / UNITS
    assert chain(0) == pytest.approx(soonest / ((1 - load[:-1]) * (1 - load[1:])), rel=1e-6)


@pytest.mark.parametrize(("priority", "within"), [(1, 0.1), (3, 0.06)])
def test_calls_wait_as_the_chain_with_a_cutoff_does(priority: int, within: float) -> None:
    found = queue(
        UNITS, PER_MIN, MEAN_MIN, SHARES, held_back_share=(0.0, 0.0, HELD_BACK / UNITS), help_after_min=LONGEST_PATIENCE
    )
    of_priority = found.priority == priority
    batch = np.arange(len(found.wait_min)) // (len(found.wait_min) // 100)
    waits = np.bincount(batch, np.where(of_priority, found.wait_min, 0.0))[:100] / np.bincount(batch, of_priority)[:100]
    exact = chain(HELD_BACK)[priority == 3]
    claim(f"priority {priority}, wait min", waits, exact, within, load_controls(found, PER_MIN, MEAN_MIN))
