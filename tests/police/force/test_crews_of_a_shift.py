"""Crews are formed as the rule says: a leader of the district or the fullest other one, auxiliaries before officers."""

from collections import deque

import numpy as np
import pytest

from sim.police.force.crews import form_crews, go_first, nobody_ready

DISTRICTS = 4


def take(ready: list[deque[int]], district: int) -> int | None:
    """Take the next head of a district, or of the one that has most left."""
    fullest = ready[district] or max(ready, key=len)
    return fullest.popleft() if fullest else None


def by_hand(wanted: list[int], sworn: list[deque[int]], auxiliary: list[deque[int]], size: int) -> list[list[int]]:
    """Form crews one person after the other, until somebody is missing."""
    crews: list[list[int]] = []
    for district in wanted:
        crew = [take(sworn, district)]
        while None not in crew and len(crew) < size:
            mate = take(auxiliary, district)
            crew.append(take(sworn, district) if mate is None else mate)
        if None in crew:
            break
        crews.append([head for head in crew if head is not None])
    return crews


@pytest.mark.parametrize("seed", range(40))
def test_crews_are_those_that_are_formed_by_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, officers = int(rng.integers(1, 5)), 60
    ready = nobody_ready(officers, DISTRICTS)
    queues: list[list[deque[int]]] = [[deque() for _ in range(DISTRICTS)] for _ in range(2)]
    rows = rng.permutation(officers)
    for first, end in ((0, 30), (30, 50)):  # those of patrol, then those who are lent to it and go first
        for kind in range(2):
            heads = rows[first + kind : end : 2]
            districts = rng.integers(0, DISTRICTS, len(heads))
            go_first(heads, districts, kind, ready)
            for head, district in zip(heads[::-1].tolist(), districts[::-1].tolist(), strict=True):
                queues[kind][district].appendleft(head)
    for _ in range(3):  # shift after shift
        wanted = rng.integers(0, DISTRICTS, int(rng.integers(0, 12)))
        crews = np.full((len(wanted), size), -1)
        n = form_crews(wanted, ready, True, False, crews)
        assert crews[:n].tolist() == by_hand(wanted.tolist(), *queues, size)
