"""Components of variance between and within cities, against cases worked out by hand and their nominal coverage."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from experiments.estimates.components import components, nested, over_cities, variance_shares


def test_a_case_worked_out_by_hand() -> None:
    """Means 2, 4, 9, so B = 2 · 13 = 26; deviations of 1 from each mean, so W = 6 / 3 = 2 and between = 12."""
    found = components(np.array([[1.0, 3.0], [3.0, 5.0], [8.0, 10.0]]))
    assert (found.groups, found.each) == (3, 2)
    assert found.between_sd == pytest.approx(np.sqrt(12))
    assert found.within_sd == pytest.approx(np.sqrt(2))
    assert found.share == pytest.approx(12 / 14)
    for limit, quantile in ((found.low, 0.975), (found.high, 0.025)):
        ratio = (13 / stats.f.ppf(quantile, 2, 3) - 1) / 2
        assert limit == pytest.approx(max(0, ratio) / (1 + max(0, ratio)))


def test_the_limits_are_where_the_f_test_of_that_share_is_just_not_refused() -> None:
    values = np.random.default_rng(4).normal(size=(9, 4)) + np.arange(9)[:, None]
    found = components(values)
    f = stats.f_oneway(*values).statistic
    assert found.low > 0
    for share, tail in ((found.low, 0.025), (found.high, 0.975)):
        theta = share / (1 - share)
        assert stats.f.sf(f / (1 + 4 * theta), 8, 27) == pytest.approx(tail)


def test_groups_that_differ_less_than_chance_have_no_variance_between_them() -> None:
    found = components(np.array([[1.0, 5.0], [5.0, 2.0], [1.0, 4.0]]))
    assert (found.between_sd, found.share, found.low) == (0.0, 0.0, 0.0)
    assert found.high > 0


def test_without_chance_all_lies_between_groups_and_without_any_difference_there_is_no_share() -> None:
    assert components(np.array([[1.0, 1.0], [3.0, 3.0]]))[2:] == (pytest.approx(np.sqrt(2)), 0.0, 1.0, 1.0, 1.0)
    nothing = components(np.full((3, 2), 7.0))
    assert (nothing.between_sd, nothing.within_sd) == (0.0, 0.0)
    assert np.isnan([nothing.share, nothing.low, nothing.high]).all()


@pytest.mark.parametrize("shape", [(1, 5), (5, 1)])
def test_one_group_or_one_value_of_each_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least 2 of 2"):
        components(np.zeros(shape))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_interval_holds_the_truth_in_95_of_100_experiments(share: float) -> None:
    """Of 2,000 normal experiments 1,900 ± 45 hold it: four standard errors, so it fails by chance below 1e-4."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(2000):
        found = components(np.sqrt(share) * rng.normal(size=(6, 1)) + np.sqrt(1 - share) * rng.normal(size=(6, 3)))
        held += found.low <= share <= found.high
    expected = 0.975 if share == 0 else 0.95  # below 0 there is nothing to miss
    assert held / 2000 == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 2000))


def runs() -> pl.DataFrame:
    """Return six runs of two strategies in three cities, of which the second prevents 1, 2 and 6 crimes, ± 1."""
    before = [50.0, 52.0, 40.0, 44.0, 70.0, 71.0]
    less = [0.0, 2.0, 1.0, 3.0, 5.0, 7.0]
    rows = [("none", "reactive", r, 7 + r, c, None) for r, c in enumerate(before)]
    rows += [("none", "hotspot", r, 7 + r, c - d, 1.0) for r, (c, d) in enumerate(zip(before, less, strict=True))]
    names = ("shortage", "strategy", "replication", "seed", "crimes_total", "visits_made")
    return pl.DataFrame(rows, schema=names, orient="row")


def test_shares_are_those_of_the_paired_differences_and_need_every_run() -> None:
    found = variance_shares(runs(), "reactive", 2)
    assert found["indicator"].to_list() == ["crimes_total"] * 2
    cities, chance = found.iter_rows(named=True)
    assert (cities["strategy"], cities["source"], cities["groups"], cities["mean"]) == ("hotspot", "cities", 3, -3.0)
    assert (chance["source"], chance["groups"]) == ("chance", 6)
    assert chance["sd"] == pytest.approx(np.sqrt(2))
    assert cities["sd"] == pytest.approx(np.sqrt((2 * 7 - 2) / 2))
    assert 0 <= cities["low"] < cities["share"] < cities["high"] <= 1
    assert (chance["share"], chance["low"]) == (pytest.approx(1 - cities["share"]), pytest.approx(1 - cities["high"]))


def test_sets_of_parameters_are_a_source_of_their_own_with_cities_within_them() -> None:
    assert variance_shares(runs(), "reactive", 1).is_empty()
    found = variance_shares(runs(), "reactive", 1, 2)
    assert found["source"].to_list() == ["parameters", "chance"]
    assert found["share"].to_list() == variance_shares(runs(), "reactive", 2)["share"].to_list()
    eight = pl.concat([runs(), runs().with_columns(pl.col("replication") + 6)]).filter(pl.col("replication") < 8)
    found = variance_shares(eight, "reactive", 2, 4)
    assert found["source"].to_list() == ["parameters", "cities", "chance"]
    assert found["groups"].to_list() == [2, 4, 8]
    assert float(found["share"].sum()) == pytest.approx(1.0)


def test_three_levels_worked_out_by_hand() -> None:
    """Deviations ± 1, so W = 8 / 4 = 2; means of parts 1, 3, 9, 19; B = 2 · 52 / 2 = 52; A = 4 · 72 = 288."""
    found = nested(np.array([[[0.0, 2.0], [2.0, 4.0]], [[8.0, 10.0], [18.0, 20.0]]]))
    variances = [one.sd**2 for one in found]
    assert variances == pytest.approx([(288 - 52) / 4, (52 - 2) / 2, 2])
    assert [one.share for one in found] == pytest.approx([part / sum(variances) for part in variances])
    assert all(0 <= one.low <= one.share <= one.high <= 1 for one in found)
    assert np.isnan([one.share for one in nested(np.ones((2, 2, 2)))]).all()


@pytest.mark.parametrize("parts", [(0.5, 0.2, 0.3), (0.2, 0.6, 0.2)])
def test_generalised_intervals_hold_known_components(parts: tuple[float, float, float]) -> None:
    """Of 400 made-up experiments at least 92 in 100 hold each share: with 95 in truth, it fails in 6 of 1,000."""
    rng = np.random.default_rng(5)
    held = np.zeros(3)
    for _ in range(400):
        noise = [rng.normal(size=shape) for shape in ((20, 1, 1), (20, 2, 1), (20, 2, 2))]
        found = nested(sum(np.sqrt(part) * one for part, one in zip(parts, noise, strict=True)))
        held += [one.low <= part <= one.high for one, part in zip(found, parts, strict=True)]
    assert (held >= 0.92 * 400).all(), held


def test_a_city_counts_once_with_the_mean_of_its_runs() -> None:
    found = over_cities(runs(), 2)
    assert found.columns == runs().columns
    assert found["replication"].to_list() == [0, 1, 2] * 2
    assert found["seed"].to_list() == [7, 9, 11] * 2
    assert found["crimes_total"].to_list() == [51.0, 42.0, 70.5, 50.0, 40.0, 64.5]
    assert found["visits_made"].to_list() == [None] * 3 + [1.0] * 3
    assert over_cities(runs(), 1).equals(runs())
