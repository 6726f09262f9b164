"""Ties: each stands with both residents, none is with oneself or twice, and each is of the place that its kind says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.columns import table
from sim.people.residents import DWELLING_COLUMNS, RESIDENT_COLUMNS, ResidentParameters, Society, settle
from sim.people.routine import RoutineClass
from sim.people.ties import GROUP_DWELLINGS, TieKind, TieParameters, Ties, build_ties, group_of


@pytest.fixture(scope="module")
def society() -> Society:
    town = build_city(CityParameters(name="town", residents=20_000, area_km2=16, beats=2, districts=1, centres=1))
    return settle(town, ResidentParameters(), seed=1)


def owner(ties: Ties) -> Array:
    """Return the resident whose list each row is in."""
    return np.repeat(np.arange(len(ties.start) - 1), np.diff(ties.start))


def village(sizes: list[int], cells: int, seed: int) -> tuple[Array, Array]:
    """Return residents and dwellings of households of these sizes on one row of cells."""
    rng = np.random.default_rng(seed)
    dwellings = table(DWELLING_COLUMNS, len(sizes))
    dwellings["cell"] = np.sort(rng.integers(0, cells, len(sizes)))
    dwellings["x_m"] = 100.0 * dwellings["cell"]
    dwellings["residents"] = sizes
    dwellings["first_resident"] = np.cumsum(sizes) - sizes
    residents = table(RESIDENT_COLUMNS, sum(sizes))
    residents["dwelling"] = np.repeat(np.arange(len(sizes)), sizes)
    residents["home_cell"] = dwellings["cell"][residents["dwelling"]]
    residents["age"] = rng.integers(0, 96, len(residents))
    residents["routine"] = np.where(residents["age"] < 18, RoutineClass.PUPIL, rng.integers(0, 4, len(residents)))
    residents["workplace"] = rng.integers(0, cells, len(residents))
    return residents, dwellings


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=40),
    cells=st.integers(1, 12),
    seed=st.integers(0, 2**32 - 1),
    means=st.tuples(*[st.floats(0, 20)] * 4),
    far=st.floats(0, 1),
    sociability=st.floats(0, 2),
)
def test_ties_stand_with_both_never_with_oneself_and_never_twice(
    sizes: list[int], cells: int, seed: int, means: tuple[float, float, float, float], far: float, sociability: float
) -> None:
    kin, neighbours, workmates, friends = means
    parameters = TieParameters(
        kin_households=kin, neighbours=neighbours, workmates=workmates, friends=friends, far_friends=far,
        sociability=sociability
    )  # fmt: skip
    residents, dwellings = village(sizes, cells, seed)
    ties = build_ties(residents, dwellings, parameters, seed)
    one = owner(ties)
    assert ties.start[0] == 0
    assert len(ties.start) == len(residents) + 1
    assert len(one) == len(ties.other) == len(ties.kind)
    assert (one != ties.other).all()
    there = set(zip(one.tolist(), ties.other.tolist(), ties.kind.tolist(), strict=True))
    assert {(b, a, kind) for a, b, kind in there} == there
    assert len({(a, b) for a, b, _ in there}) == len(one)
    in_order = np.lexsort((ties.other, one))
    assert (in_order == np.arange(len(one))).all()
    together = residents["dwelling"][one] == residents["dwelling"][ties.other]
    assert (together == (ties.kind == TieKind.HOUSEHOLD)).all()
    assert together.sum() == sum(
        size * (size - 1) for size in sizes
    )  # all members of a household, whatever else ties them


def test_each_kind_of_tie_is_between_people_of_the_place_that_it_names(society: Society) -> None:
    people, ties = society.residents, society.ties
    one, other = people[owner(ties)], people[ties.other]
    neighbours, workmates, kin = (ties.kind == kind for kind in (TieKind.NEIGHBOUR, TieKind.WORK, TieKind.KIN))
    assert (one["dwelling"] // GROUP_DWELLINGS == other["dwelling"] // GROUP_DWELLINGS)[neighbours].all()
    assert (one["workplace"] == other["workplace"])[workmates].all()
    assert ((one["routine"] == RoutineClass.PUPIL) == (other["routine"] == RoutineClass.PUPIL))[workmates].all()
    assert (one["routine"] != RoutineClass.HOME)[workmates].all()
    homes = set(zip(one["dwelling"][kin].tolist(), other["dwelling"][kin].tolist(), strict=True))
    sizes = society.dwellings["residents"].astype(int)
    assert sum(sizes[a] * sizes[b] for a, b in homes) == kin.sum()  # all members of two kin households are kin


def test_friends_are_of_like_age_and_most_live_near(society: Society) -> None:
    people, ties = society.residents, society.ties
    friends = ties.kind == TieKind.FRIEND
    one, other = people[owner(ties)[friends]], people[ties.other[friends]]
    assert np.median(abs(one["age"] - other["age"])) <= 3
    assert 0.6 < np.mean(abs(one["home_cell"] % 40 - other["home_cell"] % 40) <= 10) < 0.95


def test_people_differ_in_the_ties_that_they_seek_unless_they_are_made_equal(society: Society) -> None:
    """Fails a right rule with a chance below 1e-6: the variances stand on 20,000 people."""
    spread = {}
    for sociability in (0.0, 1.1):
        parameters = TieParameters(
            kin_households=0, neighbours=0, workmates=0, friends=8, far_friends=1, sociability=sociability
        )
        ties = build_ties(society.residents, society.dwellings, parameters, 7)
        degree = np.diff(ties.start) - (society.dwellings["residents"][society.residents["dwelling"]] - 1)
        assert degree.mean() == pytest.approx(8, rel=0.05)
        spread[sociability] = degree.var() / degree.mean()
    assert spread[0.0] == pytest.approx(1, abs=0.1)  # Poisson
    assert spread[1.1] == pytest.approx(
        1 + 8 / 4 * (np.exp(1.1**2) - 1), rel=0.4
    )  # half of the ties are sought lognormally


def test_ties_are_those_of_the_city_and_another_seed_gives_others(society: Society) -> None:
    again, other = (
        build_ties(society.residents, society.dwellings, ResidentParameters().ties, seed) for seed in (1, 2)
    )
    for built, known in zip(again, society.ties, strict=True):
        assert built.dtype == known.dtype
        assert np.array_equal(built, known)
    assert not np.array_equal(other.other, society.ties.other)


def test_a_group_has_ten_dwellings() -> None:
    assert [group_of(d) for d in (0, 9, 10, 19, 20)] == [0, 0, 1, 1, 2]
