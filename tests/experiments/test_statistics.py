"""Paired differences: exact small examples, coverage on simulated data, corrections against a published library."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from experiments.statistics import PRIMARY, SEED, effects, expanded_level, ratio_interval


def summary(cells: dict[tuple[str, str], dict[str, list[float | None]]]) -> pl.DataFrame:
    """Make a summary from (shortage, strategy) → indicator → values by replication."""
    return pl.concat(
        pl.DataFrame(
            {"shortage": shortage, "strategy": strategy, "replication": range(n), "seed": [100 + r for r in range(n)], **columns},
            schema_overrides=dict.fromkeys(columns, pl.Float64),
        )
        for (shortage, strategy), columns in cells.items()
        for n in [len(next(iter(columns.values())))]
    )


def one_row(before: list[float | None], after: list[float | None], indicator: str = "crimes_total") -> dict[str, object]:
    found = effects(summary({("none", "a"): {indicator: before}, ("none", "b"): {indicator: after}}), "a")
    assert found.height == 1
    return found.row(0, named=True)


def normal_pairs(indicators: int, n: int, seed: int) -> dict[tuple[str, str], dict[str, list[float]]]:
    """Two strategies whose true difference is 0, with differences of variance 1 and a large shared part."""
    rng = np.random.default_rng(seed)
    shared = 100 + 5 * rng.standard_normal((indicators, n))
    before, after = shared, shared + rng.standard_normal((indicators, n))
    return {("none", name): {f"i{k}": list(row) for k, row in enumerate(values)} for name, values in (("a", before), ("b", after))}


def test_three_pairs_give_students_interval_and_test_by_hand():
    row = one_row([10.0, 12.0, 14.0], [8.0, 11.0, 11.0])
    half = 4.302652729911275 / np.sqrt(3)  # t of 2 degrees of freedom at 97.5 %; the differences −2, −1, −3 have variance 1
    assert (row["n"], row["mean_baseline"], row["mean_strategy"], row["difference"], row["interval"]) == (3, 12, 10, -2, "t")
    assert row["low"] == pytest.approx(-2 - half)
    assert row["high"] == pytest.approx(-2 + half)
    assert row["p_value"] == pytest.approx(stats.ttest_rel([8, 11, 11], [10, 12, 14]).pvalue)
    assert row["relative_percent"] == pytest.approx(-100 / 6)
    assert row["pairing_gain"] == pytest.approx((4 + 3) / 1)


def test_differences_are_paired_by_replication_and_not_by_row():
    rng = np.random.default_rng(1)
    frame = summary({("none", "a"): {"crimes_total": list(range(10))}, ("none", "b"): {"crimes_total": [k + 0.1 * (k % 3) for k in range(10)]}})
    shuffled = frame[rng.permutation(frame.height).tolist()]
    rows = [effects(one, "a").drop("shortage") for one in (frame, shuffled)]
    assert rows[0].equals(rows[1])


def test_from_six_pairs_on_it_is_scipys_bca_at_the_expanded_level():
    rng = np.random.default_rng(2)
    before, after = list(rng.gamma(9, size=12)), list(rng.gamma(8, size=12))
    row = one_row(before, after)
    d = np.subtract(after, before)
    expected = stats.bootstrap((d,), np.mean, method="BCa", n_resamples=9_999, confidence_level=expanded_level(12), rng=np.random.default_rng(SEED))
    assert row["interval"] == "bca"
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected.confidence_interval), abs=0.02)


def test_the_expanded_level_approaches_the_nominal_one():
    assert expanded_level(10) == pytest.approx(0.98289, abs=1e-5)
    assert expanded_level(100_000) == pytest.approx(0.95, abs=1e-5)


@pytest.mark.parametrize("n", [4, 8, 20])
def test_intervals_cover_the_truth_in_about_95_percent_of_normal_samples(n):
    # 600 independent experiments with the true difference 0. If the coverage is truly between 93.5 % and 96.5 %, a count outside
    # these limits has a probability below 0.3 % (binomial); the plain bootstrap covers 79 % of n = 4 and 89 % of n = 8 and fails.
    found = effects(summary(normal_pairs(600, n, seed=n)), "a")
    covered = int(((found["low"] <= 0) & (found["high"] >= 0)).sum())
    assert stats.binom.ppf(0.0015, 600, 0.935) <= covered <= stats.binom.ppf(0.9985, 600, 0.965)


def test_relative_intervals_cover_as_well():
    # True ratio −5 %, baseline 100 with standard deviation 5; limits as above.
    cells = normal_pairs(600, 10, seed=3)
    cells["none", "b"] = {name: [0.95 * value for value in values] for name, values in cells["none", "b"].items()}
    found = effects(summary(cells), "a")
    covered = int(((found["relative_low"] <= -5) & (found["relative_high"] >= -5)).sum())
    assert stats.binom.ppf(0.0015, 600, 0.935) <= covered <= stats.binom.ppf(0.9985, 600, 0.965)


def test_p_values_are_uniform_when_nothing_differs():
    # Kolmogorov–Smirnov at 0.1 %: the false-alarm probability.
    assert stats.kstest(effects(summary(normal_pairs(600, 8, seed=4)), "a")["p_value"].to_numpy(), "uniform").pvalue > 0.001


def test_shared_chance_is_a_gain_and_its_size_is_right():
    # Var of the shared part 25, of the difference 1: the gain is (25 + 26) / 1 = 51 in the long run; ±5 standard errors of the mean of 400.
    gains = effects(summary(normal_pairs(400, 20, seed=5)), "a")["pairing_gain"].to_numpy()
    expected = 51 * 19 / 17  # E[1 / var] of 20 normal values is (n−1)/(n−3) of 1 / variance
    assert abs(gains.mean() - expected) < 5 * gains.std() / np.sqrt(gains.size)


def test_families_are_the_primary_indicators_of_strategies_and_of_shortages():
    rng = np.random.default_rng(7)
    names = [*PRIMARY, "arrests"]
    cells = {(s, p): {name: list(rng.normal(50, 5, 8)) for name in names} for s in ("none", "uniform30") for p in ("a", "b", "c")}
    found = effects(summary(cells), "a")
    family = found.filter(pl.col("family") == "strategy")
    assert family.height == 2 * 2 * 3  # shortages × strategies × primary indicators
    ranked = np.sort(family["p_value"].to_numpy())  # Holm 1979: times the number of hypotheses left, monotone, at most 1
    stepped = np.minimum(np.maximum.accumulate(ranked * np.arange(ranked.size, 0, -1)), 1.0)
    np.testing.assert_allclose(np.sort(family["p_adjusted"]), stepped)
    assert found.filter(pl.col("family") == "shortage").height == 3 * 3  # strategies × primary indicators, against the first shortage
    others = found.filter(pl.col("indicator") == "arrests")
    assert others["p_adjusted"].null_count() == others["low_simultaneous"].null_count() == others.height
    half = stats.t.isf(0.025 / 12, 7) * family["standard_error"]
    assert ((family["low_simultaneous"] - (family["difference"] - half)) <= 1e-12).all()
    assert (family["low_simultaneous"] <= family["low"]).all()
    assert (family["high_simultaneous"] >= family["high"]).all()


def test_a_shortage_is_compared_with_the_first_one_for_the_same_strategy():
    cells = {("none", "a"): [10, 11, 12], ("none", "b"): [9, 9, 12], ("uniform30", "a"): [14, 15, 17], ("uniform30", "b"): [10, 14, 12]}
    found = effects(summary({key: {"harm_total": [float(v) for v in values]} for key, values in cells.items()}), "a").filter(pl.col("kind") == "shortage")
    assert found.select("shortage", "strategy", "reference", "mean_baseline", "difference").rows() == [
        ("uniform30", "a", "none", 11.0, pytest.approx(13 / 3)),
        ("uniform30", "b", "none", 10.0, 2.0),
    ]


def test_equal_differences_have_a_point_and_no_test():
    row = one_row([1.0, 2.0, 4.0, 5.0, 7.0, 9.0, 2.0], [3.0, 4.0, 6.0, 7.0, 9.0, 11.0, 4.0])
    assert (row["low"], row["high"], row["interval"], row["p_value"], row["pairing_gain"]) == (2, 2, "point", None, None)


def test_no_difference_at_all_is_a_point_at_zero_with_p_one():
    row = one_row([5.0] * 8, [5.0] * 8)
    assert (row["difference"], row["low"], row["high"], row["p_value"], row["relative_percent"], row["relative_low"]) == (0, 0, 0, 1, 0, 0)


def test_a_constant_ratio_has_a_point_although_the_differences_vary():
    row = one_row([10.0, 20.0, 30.0, 25.0, 15.0, 40.0], [7.0, 14.0, 21.0, 17.5, 10.5, 28.0])
    assert (row["relative_low"], row["relative_high"]) == pytest.approx((-30, -30))
    assert row["low"] < row["high"]


def test_two_pairs_have_a_difference_and_no_interval():
    row = one_row([4.0, 6.0], [5.0, 9.0])
    assert row["difference"] == 2
    assert [row[name] for name in ("low", "high", "p_value", "p_adjusted", "low_simultaneous", "pairing_gain", "interval")] == [None] * 7


def test_a_pair_with_an_absent_value_is_left_out():
    whole, holed = one_row([1.0, 3.0, 8.0, 2.0], [2.0, 5.0, 8.0, 2.5]), one_row([1.0, None, 3.0, 8.0, 2.0, 7.0], [2.0, 4.0, 5.0, 8.0, 2.5, None])
    assert holed == whole


def test_an_indicator_absent_everywhere_is_left_out_and_one_absent_in_a_cell_is_null():
    cells = {("none", "a"): {"x": [1.0, 2.0], "y": [None, None], "z": [None, None]}, ("none", "b"): {"x": [1.0, 3.0], "y": [None, None], "z": [1.0, 2.0]}}
    found = effects(summary(cells), "a")
    assert found.select("indicator", "n", "difference").rows() == [("x", 2, 0.5), ("z", 0, None)]


def test_a_baseline_of_zero_has_no_relative_difference():
    row = one_row([0.0] * 6, [0.0, 1.0, 0.0, 2.0, 0.0, 1.0])
    assert (row["relative_percent"], row["relative_low"], row["relative_high"]) == (None, None, None)
    assert row["high"] > row["difference"] > row["low"]


def test_one_strategy_under_one_shortage_has_no_effects_but_the_columns():
    found = effects(summary({("none", "a"): {"x": [1.0, 2.0]}}), "a")
    assert found.is_empty()
    assert {"difference", "low_simultaneous", "family"} <= set(found.columns)


def test_the_same_summary_gives_the_same_intervals_twice():
    frame = summary(normal_pairs(5, 9, seed=8))
    assert effects(frame, "a").equals(effects(frame, "a"))


def test_an_unknown_baseline_and_a_replication_that_appears_twice_are_refused():
    frame = summary({("none", "a"): {"x": [1.0, 2.0]}, ("none", "b"): {"x": [1.0, 2.0]}})
    with pytest.raises(ValueError, match="baseline zebra"):
        effects(frame, "zebra")
    with pytest.raises(ValueError, match="appears twice"):
        effects(pl.concat([frame, frame]), "a")


def test_a_ratio_of_means_has_scipys_bca_interval_of_pairs():
    rng = np.random.default_rng(12)
    below = rng.gamma(20, size=14)
    above = 0.4 * below + rng.normal(0, 0.5, 14)
    low, high = ratio_interval(above[None], below[None])
    expected = stats.bootstrap(
        (above, below), lambda a, b, axis=-1: a.mean(axis) / b.mean(axis), paired=True, vectorized=True, method="BCa", n_resamples=9_999,
        confidence_level=expanded_level(14), rng=np.random.default_rng(5),
    )  # fmt: skip
    assert (low[0], high[0]) == pytest.approx(tuple(expected.confidence_interval), abs=0.003)  # the interval is 0.08 wide


def test_an_interval_does_not_depend_on_the_rows_beside_it():
    above = np.random.default_rng(13).normal(1, 1, (700, 9))  # more rows than are resampled at a time
    low, high = ratio_interval(above)
    alone = ratio_interval(above[650:651])
    assert (low[650], high[650]) == pytest.approx((alone[0][0], alone[1][0]), rel=1e-12)
