"""Who comes to meetings, and talk, which exchanges awareness along ties.

Means follow the exact expectation on small networks, and the sum stays what it was.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from scipy.linalg import expm

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.state import Ground, new_cells
from sim.people.feelings import Feeling, FeelingParameters, Feelings, new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.ties import Ties
from sim.programmes.public import Public
from sim.programmes.safety_culture.culture import draw_listeners, spread_awareness

DAY = 1440.0
HALF_LIFE_DAYS = 28.0


def everybody(society: Society) -> Array:
    return np.ones(len(society.residents), dtype=bool)


class Town(NamedTuple):
    society: Society
    feelings: Feelings
    ground: Ground


def town(residents: int = 3_000) -> Town:
    place = build_city(CityParameters(name="town", residents=residents, area_km2=4, beats=2, districts=1, centres=1))
    society = settle(place, ResidentParameters(), seed=1)
    at_home = np.bincount(society.residents["home_cell"], minlength=place.grid.n_cells)
    ground = Ground(new_cells(place, at_home), place.grid.n_rows, place.grid.n_cols, place.grid.cell_m, 0)
    return Town(society, new_feelings(FeelingParameters(awareness_half_life_days=HALF_LIFE_DAYS)), ground)


def chains(n: int, length: int) -> Ties:
    """Return n // length chains of residents, each tied to the one before and the one after."""
    pairs = np.array([(r, r + 1) for r in range(n - 1) if r % length != length - 1 and r // length < n // length])
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    start = np.searchsorted(both[:, 0], np.arange(n + 1)).astype(np.int32)
    return Ties(start, both[:, 1].astype(np.int32), np.zeros(len(both), dtype=np.int8))


def set_awareness(residents: Array, base: Array, now: Array) -> None:
    for kind in ("awareness", "fraud_awareness"):
        residents[f"{kind}_base"], residents[kind] = base, now


def test_the_mean_on_chains_follows_the_exact_expectation() -> None:
    """Every talk moves two neighbours of a chain towards each other, so that means obey a linear equation.

    In a week `d mean / dt = rate · step · Σ (mean of a neighbour − own mean)` with rate contacts a tie; in between
    deviations from the baseline halve every 28 days. 600 chains, six weeks: bounds of 4.4 standard errors, a false
    alarm in 100,000 for each of 10 numbers.
    """
    length, weeks, rate, step = 5, 6, 0.4, 0.5
    place = town()
    n = len(place.society.residents)
    society = place.society._replace(ties=chains(n, length))
    base = np.where(np.arange(n) % length == 0, 0.9, 0.2)
    set_awareness(society.residents, base, base)
    n_ties = len(society.ties.other) // 2
    assert n_ties == n // length * (length - 1)
    for week in range(weeks):
        now = 7 * DAY * (week + 1)
        spread_awareness(
            3,
            week,
            now,
            2 * rate * n_ties,
            step,
            0.5,
            everybody(society),
            Public(society, place.feelings, place.ground),
        )  # half of the talks are about each subject

    joined = np.diag([1.0] * (length - 1), -1) + np.diag([1.0] * (length - 1), 1)
    pull = step * rate * (joined - np.diag(joined.sum(axis=0)))
    fade = 0.5 ** (7 / HALF_LIFE_DAYS)
    expected = np.array([0.9] + [0.2] * (length - 1))
    at_rest = expected.copy()
    for _ in range(weeks):
        expected = expm(pull) @ (at_rest + (expected - at_rest) * fade)
    for kind, clock in (("awareness", "felt_min"), ("fraud_awareness", "fraud_felt_min")):
        residents = society.residents
        since = weeks * 7 * DAY - residents[clock]
        felt = residents[f"{kind}_base"] + (residents[kind] - residents[f"{kind}_base"]) * 0.5 ** (
            since / DAY / HALF_LIFE_DAYS
        )
        by_place = felt.reshape(-1, length)
        error = by_place.std(axis=0) / math.sqrt(len(by_place))
        assert (np.abs(by_place.mean(axis=0) - expected) <= 4.4 * error + 1e-6).all(), (
            f"{kind}: {by_place.mean(axis=0)} instead of {expected}"
        )
    assert expected[-1] > 0.2 + 1e-3, "the chain is too long to see anything at its end"


def test_a_week_of_talk_keeps_the_sum_of_awareness_and_the_totals_of_the_city_agree() -> None:
    """Columns of residents have 24 bits: of some 4,000 sums of two values below 1 the error is far below 1e-3."""
    society, feelings, ground = town()
    residents = society.residents
    before = residents.copy()
    met = spread_awareness(5, 0, 0.0, 4000.0, 0.3, 0.5, everybody(society), Public(society, feelings, ground))
    assert 3700 < met < 4300
    for kind, feeling in (("awareness", Feeling.AWARENESS), ("fraud_awareness", Feeling.FRAUD_AWARENESS)):
        change = residents[kind].astype(float) - before[kind]
        assert abs(change.sum()) < 1e-3
        assert np.count_nonzero(change > 0) > 500
        assert np.count_nonzero(change < 0) > 500
        assert before[kind].min() <= residents[kind].min()
        assert residents[kind].max() <= before[kind].max()
        assert residents[kind].std() < before[kind].std()
        assert feelings.total[feeling] == pytest.approx(0.0, abs=1e-3)
    alert = ground.cells["alert"].astype(float) * ground.cells["residents"]
    assert alert.sum() == pytest.approx(0.0, abs=1e-3)
    assert alert.min() < -0.01
    for name in ("trust", "perceived_safety"):
        assert np.array_equal(residents[name], before[name])


def test_those_who_are_alike_and_those_without_ties_learn_nothing() -> None:
    society, feelings, ground = town()
    alone = society._replace(
        ties=Ties(
            np.zeros(len(society.residents) + 1, dtype=np.int32),
            np.zeros(0, dtype=np.int32),
            np.zeros(0, dtype=np.int8),
        )
    )
    assert spread_awareness(5, 0, 0.0, 1000.0, 0.3, 0.5, everybody(alone), Public(alone, feelings, ground)) == 0
    assert spread_awareness(5, 0, 0.0, 0.0, 0.3, 0.5, everybody(society), Public(society, feelings, ground)) == 0
    set_awareness(society.residents, np.full(len(society.residents), 0.4), np.full(len(society.residents), 0.4))
    assert spread_awareness(5, 0, 0.0, 1000.0, 0.3, 0.5, everybody(society), Public(society, feelings, ground)) == 0
    assert not feelings.total.any()


def test_more_talk_has_the_talks_of_less_and_more() -> None:
    """In little talk nobody has met twice but few.

    Who has moved by little talk has moved by more, and all that much farther.
    """
    found = []
    for contacts in (20.0, 2000.0):
        society, feelings, ground = town()
        before = society.residents["awareness"].copy()
        spread_awareness(5, 3, 0.0, contacts, 0.5, 0.0, everybody(society), Public(society, feelings, ground))
        found.append(np.abs(society.residents["awareness"] - before))
    assert (found[1][found[0] > 0] > 0).all()
    assert found[1].sum() > 20 * found[0].sum() > 0


def listeners_of(day: int, n: int, came_day: Array) -> Array:
    found = np.empty(n, dtype=np.int64)
    draw_listeners(7, day, 100 + np.arange(len(came_day)), came_day, found)
    return found


def test_anybody_comes_to_a_meeting_as_often_as_the_other_and_nobody_twice_a_day() -> None:
    """Of 50 people 10 come on each of 5,000 days.

    How often each comes has a mean of 1,000 and a variance of 800; the sum of squares is chi-squared with 49 degrees
    of freedom, and above 104 by chance once in 100,000 times.
    """
    came_day, often = np.full(50, -1, dtype=np.int32), np.zeros(50)
    for day in range(5_000):
        today = listeners_of(day, 10, came_day) - 100
        assert len(set(today.tolist())) == 10
        often[today] += 1
    assert ((often - 1000.0) ** 2 / 800.0 * 49 / 50).sum() < 104.0
    everybody = listeners_of(5_000, 50, came_day)
    assert sorted(everybody.tolist()) == list(range(100, 150))


def test_the_same_people_come_first_however_many_come() -> None:
    few, many = (listeners_of(3, n, np.full(50, -1, dtype=np.int32)) for n in (5, 40))
    assert np.array_equal(few, many[:5])
    assert not np.array_equal(few, listeners_of(4, 5, np.full(50, -1, dtype=np.int32)))
