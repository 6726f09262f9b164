"""Effects by quarter: intervals that hold for all quarters, and overtaking only where both ends show it."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_comparison import comparison, nine, noise, reported, with_quarters
from scipy import stats

from experiments.compare.findings import findings
from experiments.compare.paths import overtakings
from experiments.estimates.effects import PRIMARY

POLICIES = ("reactive", "hotspot", "community")


def crossing(first: float, last: float, n: int = 12, size: float = 1.0, ended: int = 0):
    """Make a comparison in which hotspot is above community by these amounts in the first and the last quarter."""
    made = comparison(n=n, strategies=POLICIES)
    hotspot = np.linspace(first, last, 4)
    levels = {"reactive": [40.0] * 4, "hotspot": [30 + d for d in hotspot], "community": [30.0] * 4}
    return with_quarters(made, {"crimes_total": levels}, size=size, ended=ended)


def test_a_strategy_overtakes_another_where_both_ends_show_it():
    found = findings(crossing(-6.0, 6.0)).paths
    one = next(it for it in found.overtaken if it.shortage == "uniform30")
    assert (one.strategy, one.other, one.outcome, one.quarter, one.certain) == (
        "community", "hotspot", "crimes_total", 3, True,
    )  # fmt: skip
    assert "community policing overtakes hot-spot patrol in crimes in quarter 3" in found.sentence


@pytest.mark.parametrize(("first", "last"), [(-6.0, 0.0), (0.0, 6.0), (-6.0, -3.0), (0.0, 0.0)])
def test_one_end_alone_is_no_overtaking(first, last):
    found = findings(crossing(first, last)).paths
    assert found.overtaken == []
    assert "does not change" in found.sentence


def test_the_level_allows_for_all_pairs_shortages_and_outcomes():
    """The difference at which it becomes certain is that of Student's t at the level divided by 3 × 2 × 2."""
    n = 12
    between = noise(n, 1.0, 130) - noise(n, 1.0, 230)  # of the last quarter of the second and third strategy, any of it
    assert between.std() > 0
    made = crossing(-50.0, 1.0, n=n)
    values = made.quarters_by_point
    ahead = values["none", "hotspot"]["crimes_total"] - values["none", "community"]["crimes_total"]
    limit = stats.t.isf(0.05 / 12 / 2, n - 1) * ahead[:, -1].std(ddof=1) / np.sqrt(n)
    for last, certain in ((1.001 * limit, True), (0.999 * limit, False)):
        found = overtakings(crossing(-50.0, last, n=n), 4)
        assert [one.certain for one in found if one.shortage == "none"] == [certain]


def test_what_comes_after_the_strategy_has_ended_overtakes_nothing():
    assert findings(crossing(-6.0, 6.0, ended=2)).paths.overtaken == []


def test_chance_shows_an_overtaking_seldom():
    """With nothing between two strategies, both ends exclude 0 at the 95 % level with opposite signs once in 800 times.

    In 200 comparisons of such a pair three or more are seen once in four hundred.
    """
    rng, seen = np.random.default_rng(5), 0
    made = crossing(0.0, 0.0, n=6)
    for _ in range(200):
        values = {name: {"crimes_total": rng.normal(30, 1, (6, 4))} for name in ("hotspot", "community")}
        for point in made.quarters_by_point:
            made.quarters_by_point[point] = values.get(point[1], {"crimes_total": np.full((6, 4), 99.0)})
        seen += any(one.shortage == "none" for one in overtakings(made, 4))
    assert seen <= 2


def test_two_replications_and_one_quarter_say_nothing():
    assert findings(crossing(-6.0, 6.0, n=2)).paths.sentence == ""
    made = comparison(strategies=POLICIES)
    single = with_quarters(made, {"crimes_total": {name: [30.0] for name in POLICIES}})
    assert findings(single).paths.sentence == ""
    assert findings(made).paths.quarters == []


def test_intervals_of_the_family_are_those_of_all_strategies_shortages_and_quarters():
    made = with_quarters(nine(), {name: {one: [30.0] * 4 for one in nine().strategies} for name in PRIMARY})
    row = made.paths.filter(
        (made.paths["indicator"] == "crimes_total")
        & (made.paths["strategy"] == "hotspot")
        & (made.paths["quarter"] == 2)
    ).row(0, named=True)
    assert made.paths["family"].drop_nulls().len() == 3 * 8 * 4 * 3
    half = stats.t.isf(0.05 / (3 * 8 * 4 * 3) / 2, row["n"] - 1) * row["standard_error"]
    assert row["high_simultaneous"] - row["difference"] >= half * (1 - 1e-9)
    values = made.quarters_by_point[row["shortage"], "hotspot"]["crimes_total"][:, 1]
    base = made.quarters_by_point[row["shortage"], "reactive"]["crimes_total"][:, 1]
    assert row["difference"] == pytest.approx((values - base).mean())


def test_steps_are_in_the_unit_of_the_indicator():
    """One crime in ten days is one per 1,000 residents a year in the made-up city."""
    steps = findings(crossing(-6.0, 6.0)).paths.steps["crimes_total"]["none", "hotspot"]
    assert [step.difference for step in steps] == pytest.approx([-16, -12, -8, -4])


def test_the_report_has_the_paths_and_the_probabilities(tmp_path):
    page = reported(crossing(-6.0, 6.0, ended=1), tmp_path).read_text(encoding="utf-8")
    assert 'id="paths"' in page
    assert 'id="best"' in page
    assert (tmp_path / "figures" / "paths.svg").exists()
