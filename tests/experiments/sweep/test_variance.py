"""What the differences of a sweep hang on: sums of squares, tests that allow for a shared baseline, and their power."""

import itertools

import numpy as np
import polars as pl
import pytest
from scipy import stats

from experiments.sweep.variance import analysis_of_variance

FACTORS = ["strategy", "a", "b"]
SEEDS = 12


def made_up(generator, effects=(), baseline_sd=0.0, strategies=("s",), seeds=SEEDS):
    """Differences of a sweep: chance, effects of levels, and what a run of the baseline shares by `a` and seed."""
    effects = dict(effects)
    shared = {key: generator.normal(0, baseline_sd) for key in itertools.product("123", range(seeds))}
    rows = []
    for point, (strategy, a, b) in enumerate(itertools.product(strategies, "123", "xy")):
        mean = effects.get(strategy, 0) + effects.get(a, 0) + effects.get(b, 0) + effects.get(strategy + a, 0)
        for seed in range(seeds):
            value = mean + generator.normal() - shared[a, seed]
            rows.append((strategy, a, b, seed, point, value))
    return pl.DataFrame(rows, schema=[*FACTORS, "seed", "point", "difference"], orient="row")


def row_of(found, source, strategy="s"):
    return found.filter(pl.col("strategy").eq_missing(strategy), pl.col("source") == source).row(0, named=True)


def test_a_factor_of_two_levels_is_held_against_its_own_pairs():
    """F of one degree of freedom is the square of Student's t of the differences between the levels, seed by seed."""
    table = made_up(np.random.default_rng(1), {"y": 1.0}, baseline_sd=1.0)
    mean = table.pivot("b", index=["a", "seed"], values="difference").group_by("seed").agg(pl.col("x", "y").mean())
    expected = stats.ttest_rel(mean["y"], mean["x"])
    row = row_of(analysis_of_variance(table, FACTORS), "b")
    assert row["f"] == pytest.approx(expected.statistic**2)
    assert row["p"] == pytest.approx(expected.pvalue)
    assert (row["degrees_of_freedom"], row["error_degrees_of_freedom"]) == (1, SEEDS - 1)
    assert row["epsilon"] == pytest.approx(1)


def test_sums_of_squares_of_a_balanced_design_add_up():
    table = made_up(np.random.default_rng(2), {"y": 2.0})
    found = analysis_of_variance(table, FACTORS)
    assert found["source"].to_list() == ["a", "b", "a × b"]
    within = table["difference"] - table.select(pl.col("difference").mean().over("seed"))["difference"]
    total = found["sum_of_squares"].sum() + found["error_sum_of_squares"].sum()
    assert total == pytest.approx((within**2).sum())
    eta = found["sum_of_squares"] / (found["sum_of_squares"] + found["error_sum_of_squares"])
    assert found["partial_eta_squared"].to_list() == pytest.approx(eta.to_list())


@pytest.mark.parametrize("baseline_sd", [0.0, 2.0])
def test_factors_that_do_nothing_are_seldom_said_to_do_something(baseline_sd):
    """False alarms at 5 % in 400 made-up sweeps: each source has 5 to 36 (5 %: more by chance with probability 3e-4).

    Points that differ in `b` alone share their baseline's run: a test against what all sources leave together would be
    wrong about `a` in a third of these sweeps, and never see `b`.
    """
    generator = np.random.default_rng(3)
    alarms = dict.fromkeys(("a", "b", "a × b"), 0)
    for _ in range(400):
        for row in analysis_of_variance(made_up(generator, (), baseline_sd), FACTORS).iter_rows(named=True):
            alarms[row["source"]] += row["p"] < 0.05
    assert all(5 <= number <= 36 for number in alarms.values()), alarms


def test_what_does_something_is_found_alone_and_together_with_the_strategy():
    generator = np.random.default_rng(4)
    table = made_up(generator, {"t": 1.0, "y": 1.5, "t3": 3.0}, 1.0, ("s", "t"), 20)
    found = analysis_of_variance(table, FACTORS)
    assert found["strategy"].unique(maintain_order=True).to_list() == [None, "s", "t"]
    for strategy, source in ((None, "strategy"), (None, "b"), (None, "strategy × a"), ("s", "b"), ("t", "a")):
        assert row_of(found, source, strategy)["p"] < 1e-3, (strategy, source)
    for strategy, source in ((None, "strategy × b"), ("s", "a × b"), ("t", "a × b"), ("s", "a")):
        assert row_of(found, source, strategy)["p"] > 1e-3, (strategy, source)


def test_a_factor_that_a_strategy_lacks_is_left_to_the_others():
    table = made_up(np.random.default_rng(5), strategies=("s", "t"))
    lacking = table.filter((pl.col("strategy") == "s") | (pl.col("b") == "x")).with_columns(
        pl.when(pl.col("strategy") == "s").then("b").alias("b")
    )
    found = analysis_of_variance(lacking, FACTORS)
    sources = {name: part["source"].to_list() for (name,), part in found.group_by("strategy")}
    assert sources == {None: ["strategy", "a", "strategy × a"], "s": ["a", "b", "a × b"], "t": ["a"]}


def test_numbers_drawn_from_an_interval_count_by_their_slope():
    generator = np.random.default_rng(6)
    dwells = generator.uniform(5, 25, 32)
    rows = [
        (f"{dwell:g}", "xy"[point % 2], seed, point, 0.3 * dwell + generator.normal())
        for point, dwell in enumerate(dwells)
        for seed in range(10)
    ]
    table = pl.DataFrame(rows, schema=["dwell", "kind", "seed", "point", "difference"], orient="row")
    found = analysis_of_variance(table, ["dwell", "kind"])
    row = row_of(found, "dwell", None)
    assert (row["degrees_of_freedom"], row["p"] < 1e-6) == (1, True)
    assert row_of(found, "kind", None)["p"] > 0.01


def test_where_nothing_can_be_said_there_is_no_row():
    table = made_up(np.random.default_rng(7))
    assert analysis_of_variance(table.filter(pl.col("seed") == 0), FACTORS).height == 0
    assert analysis_of_variance(table.clear(), FACTORS).height == 0
    assert analysis_of_variance(table.with_columns(difference=pl.lit(1.0)), FACTORS).height == 0
    one_missing = table.filter((pl.col("seed") != 3) | (pl.col("point") != 0))
    without = table.filter(pl.col("seed") != 3)
    assert analysis_of_variance(one_missing, FACTORS).equals(analysis_of_variance(without, FACTORS))
