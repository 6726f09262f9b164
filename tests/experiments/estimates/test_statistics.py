"""Paired differences: exact small examples, coverage on simulated data, corrections against a published library."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.estimates.effects import PRIMARY, effects
from experiments.estimates.intervals import fieller, holm, ratio_interval


def summary(cells: dict[tuple[str, str], dict[str, list[float | None]]]) -> pl.DataFrame:
    """Make a summary from (shortage, strategy) → indicator → values by replication."""
    return pl.concat(
        pl.DataFrame(
            {
                "shortage": shortage,
                "strategy": strategy,
                "replication": range(n),
                "seed": [100 + r for r in range(n)],
                **columns,
            },
            schema_overrides=dict.fromkeys(columns, pl.Float64),
        )
        for (shortage, strategy), columns in cells.items()
        for n in [len(next(iter(columns.values())))]
    )


def one_row(
    before: list[float | None], after: list[float | None], indicator: str = "crimes_total"
) -> dict[str, object]:
    found = effects(summary({("none", "a"): {indicator: before}, ("none", "b"): {indicator: after}}), "a")
    assert found.height == 1
    return found.row(0, named=True)


def normal_pairs(indicators: int, n: int, seed: int) -> dict[tuple[str, str], dict[str, list[float]]]:
    """Two strategies whose true difference is 0, with differences of variance 1 and a large shared part."""
    rng = np.random.default_rng(seed)
    shared = 100 + 5 * rng.standard_normal((indicators, n))
    before, after = shared, shared + rng.standard_normal((indicators, n))
    return {
        ("none", name): {f"i{k}": list(row) for k, row in enumerate(values)}
        for name, values in (("a", before), ("b", after))
    }


def test_three_pairs_give_students_interval_and_test_by_hand():
    row = one_row([10.0, 12.0, 14.0], [8.0, 11.0, 11.0])
    half = 4.302652729911275 / np.sqrt(
        3
    )  # t of 2 degrees of freedom at 97.5 %; the differences −2, −1, −3 have variance 1
    assert (row["n"], row["mean_baseline"], row["mean_strategy"], row["difference"], row["interval"]) == (
        3,
        12,
        10,
        -2,
        "t",
    )
    assert row["low"] == pytest.approx(-2 - half)
    assert row["high"] == pytest.approx(-2 + half)
    assert row["p_value"] == pytest.approx(stats.ttest_rel([8, 11, 11], [10, 12, 14]).pvalue)
    assert row["relative_percent"] == pytest.approx(-100 / 6)
    assert row["pairing_gain"] == pytest.approx((4 + 3) / 1)


def test_differences_are_paired_by_replication_and_not_by_row():
    rng = np.random.default_rng(1)
    frame = summary(
        {
            ("none", "a"): {"crimes_total": list(range(10))},
            ("none", "b"): {"crimes_total": [k + 0.1 * (k % 3) for k in range(10)]},
        }
    )
    shuffled = frame[rng.permutation(frame.height).tolist()]
    rows = [effects(one, "a").drop("shortage") for one in (frame, shuffled)]
    assert rows[0].equals(rows[1])


def test_with_many_pairs_it_is_still_students_interval():
    rng = np.random.default_rng(2)
    before, after = list(rng.gamma(9, size=12)), list(rng.gamma(8, size=12))
    row = one_row(before, after)
    expected = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert row["interval"] == "t"
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("n", [3, 4, 5, 8, 10, 20])
def test_intervals_cover_the_truth_in_about_95_percent_of_normal_samples(n):
    # 600 independent experiments with the true difference 0. If the coverage is truly between 93.5 % and 96.5 %, a
    # count outside these limits has a probability below 0.3 % (binomial) for each n; the plain bootstrap covers 79 % of
    # n = 4 and 89 % of n = 8 and fails.
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
    assert (
        stats.kstest(effects(summary(normal_pairs(600, 8, seed=4)), "a")["p_value"].to_numpy(), "uniform").pvalue
        > 0.001
    )


def test_shared_chance_is_a_gain_and_its_size_is_right():
    # Var of the shared part 25, of the difference 1: the gain is (25 + 26) / 1 = 51 in the long run; ±5 standard errors
    # of the mean of 400.
    gains = effects(summary(normal_pairs(400, 20, seed=5)), "a")["pairing_gain"].to_numpy()
    expected = 51 * 19 / 17  # E[1 / var] of 20 normal values is (n−1)/(n−3) of 1 / variance
    assert abs(gains.mean() - expected) < 5 * gains.std() / np.sqrt(gains.size)


def test_families_are_the_primary_indicators_of_strategies_and_of_shortages():
    rng = np.random.default_rng(7)
    names = [*PRIMARY, "arrests"]
    cells = {
        (s, p): {name: list(rng.normal(50, 5, 8)) for name in names}
        for s in ("none", "uniform30")
        for p in ("a", "b", "c")
    }
    found = effects(summary(cells), "a")
    family = found.filter(pl.col("family") == "strategy")
    assert family.height == 2 * 2 * 3  # shortages × strategies × primary indicators
    ranked = np.sort(
        family["p_value"].to_numpy()
    )  # Holm 1979: times the number of hypotheses left, monotone, at most 1
    stepped = np.minimum(np.maximum.accumulate(ranked * np.arange(ranked.size, 0, -1)), 1.0)
    np.testing.assert_allclose(np.sort(family["p_adjusted"]), stepped)
    assert (
        found.filter(pl.col("family") == "shortage").height == 3 * 3
    )  # strategies × primary indicators, against the first shortage
    others = found.filter(pl.col("indicator") == "arrests")
    assert others["p_adjusted"].null_count() == others["low_simultaneous"].null_count() == others.height
    half = stats.t.isf(0.025 / 12, 7) * family["standard_error"]
    assert ((family["low_simultaneous"] - (family["difference"] - half)) <= 1e-12).all()
    assert (family["low_simultaneous"] <= family["low"]).all()
    assert (family["high_simultaneous"] >= family["high"]).all()


def test_holms_adjustment_is_that_of_statsmodels_ties_and_ones_too():
    p_values = [0.03, 0.001, 0.04, 0.012, 0.03, 0.6, 0.9, 0.0002, 1.0, 1.0]
    of_statsmodels = [0.21, 0.009, 0.21, 0.096, 0.21, 1.0, 1.0, 0.002, 1.0, 1.0]  # multipletests of 0.15.0
    np.testing.assert_allclose(holm(np.array(p_values)), of_statsmodels, rtol=1e-15)
    assert holm(np.array([0.04])).tolist() == [0.04]


def test_a_shortage_is_compared_with_the_first_one_for_the_same_strategy():
    cells = {
        ("none", "a"): [10, 11, 12],
        ("none", "b"): [9, 9, 12],
        ("uniform30", "a"): [14, 15, 17],
        ("uniform30", "b"): [10, 14, 12],
    }
    found = effects(
        summary({key: {"harm_total": [float(v) for v in values]} for key, values in cells.items()}), "a"
    ).filter(pl.col("kind") == "shortage")
    assert found.select("shortage", "strategy", "reference", "mean_baseline", "difference").rows() == [
        ("uniform30", "a", "none", 11.0, pytest.approx(13 / 3)),
        ("uniform30", "b", "none", 10.0, 2.0),
    ]


LIMITS = (
    "low",
    "high",
    "p_value",
    "p_adjusted",
    "low_simultaneous",
    "high_simultaneous",
    "relative_low",
    "relative_high",
    "interval",
)


@pytest.mark.parametrize("difference", [2.0, -20.0, 0.25])
@pytest.mark.parametrize("n", [3, 7])
def test_equal_differences_show_no_chance_and_have_neither_interval_nor_test(difference, n):
    before = [1.0, 2.0, 4.0, 5.0, 7.0, 9.0, 2.0][:n]
    row = one_row(before, [value + difference for value in before])
    assert row["difference"] == pytest.approx(difference)
    assert [row[name] for name in (*LIMITS, "pairing_gain")] == [None] * 10


def test_what_rounding_makes_of_equal_differences_shows_no_chance_either():
    before = [0.1 * k for k in range(1, 9)]
    assert one_row(before, [value + 0.7 for value in before])["low"] is None


def test_a_fixed_number_and_an_amount_that_differ_in_no_pair_have_no_interval():
    assert [one_row([5.0] * 8, [5.0] * 8)[name] for name in LIMITS] == [None] * 9
    assert [one_row([5.5, 6.0, 8.0], [5.5, 6.0, 8.0])[name] for name in LIMITS] == [None] * 9


@pytest.mark.parametrize("n", [3, 10, 20])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_count_that_differs_in_no_pair_has_the_interval_of_the_rule_of_three(n, level):
    before = [level * (k % 3) for k in range(n)]
    row = one_row(before, before)
    assert (row["low"], row["high"]) == pytest.approx((-np.log(40) / n, np.log(40) / n))
    assert (row["low_simultaneous"], row["high_simultaneous"]) == pytest.approx(
        (row["low"], row["high"])
    )  # of one comparison
    assert (row["p_value"], row["p_adjusted"], row["interval"]) == (1, 1, "t")


def test_a_count_that_differs_by_one_event_in_one_pair_is_no_surer_than_one_that_differs_in_none():
    row = one_row([float(k % 3) for k in range(20)], [float(k % 3) + (k == 7) for k in range(20)])
    assert (row["low"], row["high"]) == pytest.approx(
        (0.05 - np.log(40) / 20, 0.05 + np.log(40) / 20)
    )  # Student's t would reach from -0.05 to 0.15


def test_a_constant_ratio_has_no_interval_although_the_differences_vary():
    row = one_row([10.5, 20.0, 30.0, 25.0, 15.0, 40.0], [7.35, 14.0, 21.0, 17.5, 10.5, 28.0])
    assert row["relative_percent"] == pytest.approx(-30)
    assert (row["relative_low"], row["relative_high"]) == (None, None)
    assert row["low"] < row["high"]


def test_only_runs_that_agree_in_every_indicator_are_identical():
    rng = np.random.default_rng(20)
    whole = {name: [float(v) for v in rng.normal(50, 5, 6)] for name in (*PRIMARY, "trust")} | {
        "crimes_robbery": [0.0, 1.0, 0.0, 0.0, 2.0, 0.0]
    }
    other = {**whole, "trust": [*whole["trust"][:5], 1.0]}
    found = effects(
        summary({("none", "a"): whole, ("none", "under another name"): whole, ("none", "other"): other}), "a"
    )
    limits = found.select("strategy", "indicator", "interval", "low", "high", "p_value").rows()
    assert {row[2:] for row in limits if row[0] == "under another name"} == {("identical", 0, 0, 1)}
    assert {row[1]: row[2:5] for row in limits if row[0] == "other" and row[1] in ("harm_total", "crimes_robbery")} == {
        "harm_total": (None, None, None),
        "crimes_robbery": ("t", pytest.approx(-np.log(40) / 6), pytest.approx(np.log(40) / 6)),
    }
    alone = effects(summary({("none", name): {"crimes_robbery": whole["crimes_robbery"]} for name in "ab"}), "a")
    assert alone["interval"].to_list() == ["t"]  # one rare outcome that is equal shows nothing


def test_amounts_that_one_large_event_could_move_are_called_skewed():
    base = [300.0, 310.5, 320.0, 331.0, 1180.0]  # one run has a robbery, and both sides have it
    row = one_row(
        base, [value - shift for value, shift in zip(base, (9.0, 11.0, 8.0, 12.0, 10.0), strict=True)], "harm_total"
    )
    assert row["interval"] == "t, skewed"  # in one pair only, its 849 would be 170 in the mean
    assert row["high"] < 0 < row["high_simultaneous"]
    assert row["p_value"] < 0.05 < row["p_adjusted"]
    rng = np.random.default_rng(21)
    unlike = effects(
        summary({("none", name): {f"i{k}": list(rng.lognormal(0, 0.5, 10)) for k in range(300)} for name in "ab"}), "a"
    )
    # Pairs that share nothing: a pair's difference is as large as a step, and Student's t covers skewed outcomes. 300
    # independent rows, and a share of 0.2 % that is called skewed; more than 4 of them have a probability below 0.04 %.
    assert (unlike["interval"] == "t, skewed").sum() <= 4


def lognormal(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, float]:
    """Losses of two strategies that differ in nothing but their draws."""
    return rng.lognormal(0, 1, size), rng.lognormal(0, 1, size), 0.0


def counts(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, float]:
    """Crimes of two strategies that differ in nothing but their draws."""
    return rng.poisson(4, size), rng.poisson(4, size), 0.0


def rare(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, float]:
    """Robberies, 0.4 a run, of which a strategy prevents three in ten and causes none.

    Most blocks of pairs show no difference.
    """
    before = rng.poisson(0.4, size)
    return before, rng.binomial(before, 0.7), -0.12


@pytest.mark.parametrize("n", [3, 5, 10, 20])
@pytest.mark.parametrize("outcome", [lognormal, counts, rare])
def test_intervals_of_skewed_losses_and_of_counts_cover_the_truth(outcome, n):
    # 800 independent experiments. If the coverage is truly 94 %, fewer have a probability below 0.1 % for each of the
    # twelve cases. A bootstrap (BCa) of losses covers 88 % of n = 10, and an interval without width covers the rare
    # ones in 30 to 80 %.
    before, after, truth = outcome(np.random.default_rng(100 + n), (800, n))
    cells = {
        ("none", name): {f"i{k}": list(map(float, row)) for k, row in enumerate(values)}
        for name, values in (("a", before), ("b", after))
    }
    found = effects(summary(cells), "a")
    there = found.filter(pl.col("low").is_not_null())
    assert there.height >= 0.95 * found.height
    covered = int(((there["low"] <= truth) & (there["high"] >= truth)).sum())
    assert covered >= stats.binom.ppf(0.001, there.height, 0.94)


@pytest.mark.parametrize("n", [3, 5, 10, 20])
def test_the_simultaneous_intervals_of_a_family_hold_together(n):
    # 150 experiments with four strategies under two shortages. Crimes are the same in both runs of a pair but for a few
    # that a strategy prevents; of ten pairs, one has a robbery that is prevented (harm 800 instead of 10). If all 18
    # intervals truly hold together in 95 %, fewer than the limit have a probability below 0.1 %. Robberies, 0.8 a run,
    # are seen in the runs: what no run shows, no interval allows for.
    rng, held, names = np.random.default_rng(200 + n), 0, ("a", "b", "c", "d")
    for _ in range(150):
        cells = {}
        for shortage in ("none", "uniform30"):
            crimes, robberies, minutes = rng.poisson(30, n), rng.poisson(0.8, n), rng.gamma(30, 0.2, n)
            for name in names:
                fewer, saved = (
                    rng.binomial(crimes, 0.02 * (name != "a")),
                    rng.binomial(robberies, 0.125 * (name != "a")),
                )
                values = (
                    crimes - fewer,
                    10 * (crimes - fewer) + 800 * (robberies - saved) + 0.5,
                    minutes * rng.uniform(0.97, 1.03, n),
                )
                cells[shortage, name] = {
                    outcome: list(map(float, of)) for outcome, of in zip(PRIMARY, values, strict=True)
                }
        found = effects(summary(cells), "a").filter(pl.col("family") == "strategy")
        truth = found["indicator"].replace_strict(
            {"crimes_total": -0.6, "harm_total": -6.0 - 80.0, "response_p1_median_min": 0.0}
        )
        held += int(
            ((found["low_simultaneous"] <= truth) & (found["high_simultaneous"] >= truth)).fill_null(True).all()
        )
    assert held >= stats.binom.ppf(0.001, 150, 0.95)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_p_values_and_intervals_say_the_same(data):
    n, whole = data.draw(st.integers(3, 8)), data.draw(st.booleans())
    value = st.integers(0, 6).map(float) if whole else st.floats(0.5, 9, width=32).map(lambda x: round(x, 3))
    column = st.lists(value, min_size=n, max_size=n)
    cells = {("none", name): {outcome: data.draw(column) for outcome in PRIMARY} for name in ("a", "b", "c")}
    found = effects(summary(cells), "a")
    for row in found.iter_rows(named=True):
        kinds = {
            row[name] is None
            for name in ("low", "high", "p_value", "p_adjusted", "low_simultaneous", "high_simultaneous", "interval")
        }
        assert len(kinds) == 1  # all are known, or none
        if row["low"] is None:
            continue
        assert row["low"] < row["high"] or row["interval"] == "identical"
        assert row["low_simultaneous"] <= row["low"] + 1e-9
        assert row["high_simultaneous"] >= row["high"] - 1e-9
        assert row["p_adjusted"] >= row["p_value"] - 1e-12
        decided, starred = (
            not low <= 0 <= high
            for low, high in ((row["low"], row["high"]), (row["low_simultaneous"], row["high_simultaneous"]))
        )
        if abs(row["p_value"] - 0.05) > 1e-9:
            assert decided == (row["p_value"] < 0.05)
        assert not starred or (decided and row["p_adjusted"] <= 0.05)


def test_two_pairs_have_a_difference_and_no_interval():
    row = one_row([4.0, 6.0], [5.0, 9.0])
    assert row["difference"] == 2
    assert [
        row[name] for name in ("low", "high", "p_value", "p_adjusted", "low_simultaneous", "pairing_gain", "interval")
    ] == [None] * 7


def test_a_pair_with_an_absent_value_is_left_out():
    whole, holed = (
        one_row([1.0, 3.0, 8.0, 2.0], [2.0, 5.0, 8.0, 2.5]),
        one_row([1.0, None, 3.0, 8.0, 2.0, 7.0], [2.0, 4.0, 5.0, 8.0, 2.5, None]),
    )
    assert holed == whole


def test_an_indicator_absent_everywhere_is_left_out_and_one_absent_in_a_cell_is_null():
    cells = {
        ("none", "a"): {"x": [1.0, 2.0], "y": [None, None], "z": [None, None]},
        ("none", "b"): {"x": [1.0, 3.0], "y": [None, None], "z": [1.0, 2.0]},
    }
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


def test_a_ratio_of_means_has_the_interval_of_the_delta_method_by_hand():
    above, below = np.array([[2.0, 3.0, 7.0, 4.0]]), np.array([[4.0, 8.0, 10.0, 10.0]])  # the ratio is 16/32
    influence = np.array([0.0, -1.0, 2.0, -1.0]) / 8  # above − below/2 over the mean of below
    half = stats.t.isf(0.025, 3) * influence.std(ddof=1) / 2
    low, high = ratio_interval(above, below)
    assert (low[0], high[0]) == pytest.approx((0.5 - half, 0.5 + half))


def test_an_interval_does_not_depend_on_the_rows_beside_it():
    above, below = np.random.default_rng(13).normal((1, 9), 1, (700, 9, 2)).transpose(2, 0, 1)
    low, high = ratio_interval(above, below)
    alone = ratio_interval(above[650:651], below[650:651])
    assert (low[650], high[650]) == pytest.approx((alone[0][0], alone[1][0]), rel=1e-12)


def test_fieller_holds_the_true_ratio_in_95_of_100_experiments():
    """The denominator is uncertain, 4 standard errors from 0, and goes with the numerator.

    False alarm: 1e-4 (binomial, 2,000 experiments).
    """
    rng = np.random.default_rng(5)
    held = known = 0
    for _ in range(2000):
        below = rng.normal(4.0, 1.0 * 8**0.5, 8)
        above = 6.0 + 1.5 * (below - 4.0) + rng.normal(0.0, 2.0, 8)
        limits = fieller(above, below)
        if limits is not None:
            known += 1
            held += limits[0] <= 1.5 <= limits[1]
    missed = (known - held) / 2000  # an unbounded set holds any ratio
    assert known > 1500
    assert abs(missed - 0.05) < 3.9 * (0.05 * 0.95 / 2000) ** 0.5


def test_fieller_has_no_interval_where_the_denominator_may_be_0():
    assert fieller(np.array([5.0, 6.0, 7.0]), np.array([-1.0, 0.5, 1.0])) is None
    assert fieller(np.array([5.0, 6.0]), np.array([1.0, 1.1])) is None


def test_fieller_of_an_exact_denominator_is_students_interval():
    above = np.array([9.0, 10.0, 12.0, 13.0])
    low, high = fieller(above, np.full(4, 2.0))
    half = stats.t.isf(0.025, 3) * above.std(ddof=1) / 2 / 2
    assert (low, high) == pytest.approx((5.5 - half, 5.5 + half))
