"""Whether the city had settled: a drift is found, a steady city is called steady, and little is not called much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison, printed

from experiments.compare.findings import findings
from experiments.compare.settled import settled


def warmed_up(percent_a_year: float, spread: float, n: int = 8, weeks: int = 104, seed: int = 1):
    """Make a comparison whose crimes change by so many percent a year in the last half of its warm-up."""
    rng, week = np.random.default_rng(seed), np.arange(weeks)
    path = 30.0 * (1 + percent_a_year / 100 * (week - 0.75 * weeks) / (365 / 7))
    rows = [
        pl.DataFrame(
            {
                "replication": r, "seed": r, "week": week,
                "crimes_place": path + rng.normal(0, spread, weeks), "trust": 0.6 + rng.normal(0, 1e-4, weeks),
            }
        )
        for r in range(n)
    ]  # fmt: skip
    return replace(comparison(n=n), warmup=pl.concat(rows))


@pytest.mark.parametrize(
    ("percent", "spread", "verdict"),
    [
        (0.0, 1.0, "settled"),
        (3.0, 0.1, "settled"),  # surely less than 5 %
        (-40.0, 3.0, "drifts"),
        (30.0, 3.0, "drifts"),
        (0.0, 30.0, "unknown"),
    ],
)
def test_the_verdict_follows_the_trend_and_how_sure_it_is(percent, spread, verdict):
    found = settled(warmed_up(percent, spread))
    assert found.verdict == verdict
    crimes = found.trends[0]
    assert crimes.low <= percent <= crimes.high


def test_a_trend_of_exact_weeks_is_exact():
    assert settled(warmed_up(-20.0, 0.0)).trends[0].percent == pytest.approx(-20.0 / 1.0, rel=0.01)


def test_a_steady_city_is_seldom_said_to_drift():
    """Each of 300 steady cities drifts with a probability of at most 5 %; 28 or more are seen once in a thousand."""
    drifting = sum(settled(warmed_up(0.0, 6.0, n=5, seed=seed)).verdict == "drifts" for seed in range(300))
    assert drifting <= 27


@pytest.mark.parametrize(("n", "weeks"), [(2, 104), (8, 12), (8, 0)])
def test_too_little_tells_nothing(n, weeks):
    found = settled(warmed_up(0.0, 1.0, n=n, weeks=weeks))
    assert (found.verdict, found.trends) == ("unknown", [])


def test_a_drift_warns_in_the_terminal_and_a_settled_city_does_not():
    assert "Warning: The city had not settled" in " ".join(printed(warmed_up(-40.0, 1.0), 120).split())
    assert "Warning" not in printed(warmed_up(0.0, 1.0), 120)
    assert findings(warmed_up(0.0, 1.0)).settled.sentence.startswith("The city had settled")
