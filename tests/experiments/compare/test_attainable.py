"""Share of the attainable.

Exact where it can be, an interval that covers, and no share where the bound does not differ clearly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison
from scipy import stats

from experiments.compare.attainable import attained
from experiments.compare.comparison import Comparison
from experiments.estimates.intervals import ratio_interval

FOUR = ("reactive", "hotspot", "integrated", "oracle")


def with_place(values: dict[str, list[float]]) -> Comparison:
    """Make a comparison under one shortage whose crimes at places are what a test says, by strategy."""
    n = len(values["reactive"])
    found = comparison(n=n, strategies=tuple(values), shortages=("none",), place={})
    places = pl.concat(
        pl.DataFrame({"strategy": name, "replication": range(n), "crimes_place": of_runs})
        for name, of_runs in values.items()
    )
    return replace(
        found, summary=found.summary.drop("crimes_place").join(places, on=("strategy", "replication"), how="left")
    )


def test_half_of_the_gain_in_every_replication_is_fifty_percent_without_an_interval():
    base = np.linspace(90, 110, 8)
    gain = np.linspace(8, 12, 8)
    found = attained(with_place({"reactive": base, "hotspot": base - gain / 2, "oracle": base - gain}), "none")
    assert (found.bound, found.why_not) == ("oracle", "")
    assert tuple(found.shares["hotspot"]) == (pytest.approx(50), None, None)
    assert str(found.shares["hotspot"]) == "50 % (no interval)"


def test_programmes_may_pass_the_bound_and_harm_is_negative():
    rng = np.random.default_rng(1)
    base = 100 + 5 * rng.standard_normal(12)
    values = {
        name: base - shift + 0.5 * rng.standard_normal(12)
        for name, shift in (("hotspot", -3), ("integrated", 15), ("oracle", 10))
    }
    shares = attained(with_place({"reactive": base, **values}), "none").shares
    assert shares["hotspot"].high < 0
    assert shares["integrated"].low > 100
    assert set(shares) == {"hotspot", "integrated"}


def test_the_interval_of_a_share_covers_the_truth():
    # 500 independent experiments of 12 pairs with the true share 40 %, the gain 8 standard errors from 0. If the
    # coverage is truly between 93 % and 97 %, a count outside the limits has a probability below 0.3 % (binomial).
    rng = np.random.default_rng(2)
    gain = 10 + 4 * rng.standard_normal((500, 12))
    mine = 0.4 * gain + 2 * rng.standard_normal((500, 12))
    low, high = ratio_interval(mine, gain)
    covered = int(((low <= 0.4) & (high >= 0.4)).sum())
    assert stats.binom.ppf(0.0015, 500, 0.93) <= covered <= stats.binom.ppf(0.9985, 500, 0.97)


def test_a_bound_that_does_not_differ_clearly_gives_no_share_but_the_reason():
    rng = np.random.default_rng(3)
    base = 100 + 5 * rng.standard_normal(10)
    for gain in (0.3 * rng.standard_normal(10), np.full(10, -5.0)):
        found = attained(with_place({"reactive": base, "hotspot": base - 1, "oracle": base - gain}), "none")
        assert found.shares == {}
        assert "do not differ clearly" in found.why_not


@pytest.mark.parametrize(
    ("strategies", "n", "reason"),
    [
        (("reactive", "hotspot"), 8, "no bound with perfect knowledge is in the comparison"),
        (("reactive", "oracle"), 8, "no policy beside the baseline"),
        (FOUR, 2, "2 replications are too few"),
    ],
)
def test_without_bound_policy_or_replications_there_is_a_reason_and_no_share(strategies, n, reason):
    found = attained(comparison(n=n, strategies=strategies, place={"oracle": -20.0}), "none")
    assert found.shares == {}
    assert found.why_not.startswith(reason)


def test_crimes_at_places_that_were_not_measured_give_no_share():
    assert "every replication" in (attained(comparison(strategies=FOUR), "none").why_not or "")
