"""Displacement over replications: rings, the share that moves and the WDQ with their intervals."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from experiments.compare.treated import pairs_of
from experiments.estimates.areas import ALL, Pairs, displaced, ring_effects
from experiments.estimates.displacement import AREAS, weighted_displacement_quotient
from experiments.estimates.intervals import jackknife
from sim.city.grid import Grid

SIDE = 21
CENTRE = SIDE * SIDE // 2
GRID = Grid(SIDE, SIDE, 100.0)


def run(theft: dict[int, int], robbery: dict[int, int] | None = None, patrolled: int | None = None):
    """Make up a run: crimes by cell, and the cell that has a hundred minutes of patrol."""
    patrol = np.zeros(SIDE * SIDE)
    if patrolled is not None:
        patrol[patrolled] = 100.0
    crimes = {"theft": theft, "robbery": robbery or {}}
    cells = {name: np.repeat(list(of), list(of.values())).astype(np.int32) for name, of in crimes.items()}
    return SimpleNamespace(cells={"patrol_minutes": patrol}, grid=GRID, place_crimes=cells)


def of_area(frame: pl.DataFrame, area: str, kind: str = ALL, paired: bool = True) -> dict:
    rows = frame.filter((pl.col("area") == area) & (pl.col("type") == kind) & (pl.col("paired") == paired))
    return rows.row(0, named=True)


def made_up(n: int, moved: float, seed: int, prevented: float = 40.0, size: float = 2.0) -> Pairs:
    """Make up pairs in which a share of what is prevented moves to the first ring."""
    rng = np.random.default_rng(seed)
    without = np.full((n, 1, len(AREAS)), 200.0)
    change = np.zeros(len(AREAS))
    change[0], change[1] = -prevented, moved * prevented
    with_it = without + change + rng.normal(0, size, without.shape)
    return Pairs("none", "hotspot", True, (ALL,), np.full(n, 5), with_it, without)


def test_crimes_are_counted_around_the_cells_of_each_pair_by_type():
    """The two pairs treat different cells, and crimes move by 100 m in one and by 500 m in the other."""
    other = CENTRE + 3
    runs = {
        ("none", "reactive"): [run({CENTRE: 9, 0: 4}, {CENTRE: 2}), run({other: 8, 0: 4}, {other: 2})],
        ("none", "hotspot"): [
            run({CENTRE: 6, CENTRE + 1: 1, 0: 4}, {CENTRE: 2}, CENTRE),
            run({other: 3, other + 5: 2, 0: 4}, {other: 1}, other),
        ],
    }
    (pairs,) = pairs_of(runs, "reactive", 1)
    assert pairs.paired
    assert pairs.types == (ALL, "theft", "robbery")
    assert pairs.treated_cells.tolist() == [1, 1]
    differences = pairs.with_it - pairs.without
    assert differences[:, 1].tolist() == [[-3, 1, 0, 0, 0, 0, 0], [-5, 0, 0, 0, 0, 2, 0]]
    assert differences[:, 2].tolist() == [[0, 0, 0, 0, 0, 0, 0], [-1, 0, 0, 0, 0, 0, 0]]
    assert np.array_equal(differences[:, 0], differences[:, 1:].sum(axis=1))
    rings = ring_effects([pairs], "reactive", 1)
    assert rings.height == 3 * len(AREAS)
    assert of_area(rings, "treated")["difference"] == -4.5
    assert of_area(rings, "treated", "theft")["mean_baseline"] == 8.5
    assert of_area(rings, "500 m")["difference"] == 1.0
    assert of_area(rings, "rest")["mean_strategy"] == 4.0


def test_replications_of_one_city_are_compared_with_independent_seeds_too():
    baseline = [run({CENTRE: 10 * (r + 1), 0: 1}) for r in range(4)]
    treated = [run({CENTRE: 10 * (r + 1) - 5, 0: 1}, patrolled=CENTRE) for r in range(4)]
    runs = {("none", "reactive"): baseline, ("none", "hotspot"): treated}
    paired, independent = pairs_of(runs, "reactive", 4)
    assert (paired.paired, independent.paired) == (True, False)
    assert paired.without[:, 0, 0].tolist() == [10, 20, 30, 40]
    assert independent.without[:, 0, 0].tolist() == [20, 30, 40, 10], "the next of the city, the last with the first"
    assert np.array_equal(paired.with_it, independent.with_it)
    two_cities = pairs_of(runs, "reactive", 2)
    assert two_cities[1].without[:, 0, 0].tolist() == [20, 10, 40, 30]
    assert [one.paired for one in pairs_of(runs, "reactive", 1)] == [True], "each run in a city of its own"
    rings = ring_effects([paired, independent], "reactive", 1)
    assert of_area(rings, "treated")["difference"] == -5
    assert of_area(rings, "treated", paired=False)["difference"] == -5
    assert of_area(rings, "treated")["standard_error"] < of_area(rings, "treated", paired=False)["standard_error"]


def test_a_strategy_that_adds_no_patrol_has_no_treated_cells_and_is_left_out():
    runs = {("none", name): [run({CENTRE: 3}), run({CENTRE: 4})] for name in ("reactive", "idle")}
    assert pairs_of(runs, "reactive", 1) == []
    runs["none", "idle"][1] = run({CENTRE: 4}, patrolled=CENTRE)
    (pairs,) = pairs_of(runs, "reactive", 1)
    assert pairs.treated_cells.tolist() == [0, 1], "a run without treated cells has all its crimes farther off"
    assert pairs.with_it[:, 0].tolist() == [[0] * 6 + [3], [4] + [0] * 6]
    assert ring_effects([], "reactive", 1).is_empty()
    assert displaced([], "reactive", 1).is_empty()


def test_share_and_quotient_are_those_of_the_sums():
    pairs = made_up(10, 0.5, seed=3)
    found = displaced([pairs], "reactive", 1).row(0, named=True)
    with_it, without = pairs.with_it.sum(axis=0)[0], pairs.without.sum(axis=0)[0]
    elsewhere = (with_it - without)[1:].sum()
    assert found["moved_share"] == pytest.approx(elsewhere / (without - with_it)[0])
    areas = [(before[0], before[1]) for before in zip(without, with_it, strict=True)]
    around = tuple(np.sum(areas[1:-1], axis=0))
    assert found["wdq"] == pytest.approx(weighted_displacement_quotient(areas[0], around, areas[-1]))
    assert found["prevented"] == pytest.approx((without - with_it)[0] / 10)
    assert found["moved_low"] < found["moved_share"] < found["moved_high"]
    assert found["wdq_low"] < found["wdq"] < found["wdq_high"]


def test_the_jackknife_of_a_mean_is_students_interval():
    values = np.random.default_rng(1).normal(5, 2, 9)
    mean, low, high = jackknife(lambda total: total[:1] / total[1:], np.column_stack([values, np.ones(9)]))
    half = stats.t.isf(0.025, 8) * values.std(ddof=1) / 3
    assert [mean[0], low[0], high[0]] == pytest.approx([values.mean(), values.mean() - half, values.mean() + half])
    assert np.isnan(jackknife(lambda total: total, values[:2])[1])


def test_nothing_is_said_to_move_where_little_was_prevented_or_pairs_are_few():
    for pairs in (made_up(10, 0.5, seed=3, prevented=0.5), made_up(10, 0.5, seed=3, prevented=-40), made_up(2, 0.5, 3)):
        found = displaced([pairs], "reactive", 1).row(0, named=True)
        assert found["prevented"] is not None
        assert [found[name] for name in ("moved_share", "moved_low", "wdq", "wdq_high")] == [None] * 4


def test_runs_that_share_a_city_count_once():
    """Each value twice is as good as once, and no better."""
    once = made_up(6, 0.3, seed=8)
    twice = once._replace(
        with_it=np.repeat(once.with_it, 2, axis=0), without=np.repeat(once.without, 2, axis=0),
        treated_cells=np.repeat(once.treated_cells, 2),
    )  # fmt: skip
    for work_out in (displaced, ring_effects):
        assert work_out([twice], "reactive", 2).equals(work_out([once], "reactive", 1))


@pytest.mark.parametrize("moved", [0.0, 0.5, -0.3])
def test_the_interval_holds_the_share_that_truly_moves(moved):
    """In 200 experiments of 8 pairs; a 95 % interval holds it fewer than 180 times once in 400."""
    held = 0
    for seed in range(200):
        found = displaced([made_up(8, moved, seed)], "reactive", 1).row(0, named=True)
        held += found["moved_low"] <= moved <= found["moved_high"]
    assert held >= 180
