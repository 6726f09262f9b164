"""The force in the scoreboard.

When a headcount holds, shrinks or spirals, what a structure does with news, and what was cleared.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from made_up_comparison import numbers

from experiments.patterns.portrait.force import ForcePortrait
from experiments.patterns.published import published
from experiments.patterns.studies import STRUCTURES, STUDIES, replications_of
from experiments.presentation.style import draw_all
from experiments.validate.force_figures import series, spiral
from experiments.validate.force_tables import coordination_table, spiral_studies, spiral_table, tipping

DAYS = 730


def a_force(
    *, loss: float = 0.0, growth: float = 0.0, delays: tuple[float, ...] = (1.0, 3.0, np.inf, np.inf), **changed: object
) -> ForcePortrait:
    """Return 1,000 heads that shrink by `loss` a year, and by `growth` more every year."""
    years = np.arange(DAYS) / 365
    force = ForcePortrait(
        heads=1000 * np.exp(-loss * years - growth * years**2 / 2),
        fatigue=np.full(DAYS, 0.25),
        cleared={"burglary": (50, 6), "robbery": (10, 3), "assault": (30, 15), "theft": (50, 14)},
        response_slope=-0.8,
        series_delay_days=np.array(delays),
        clearance_series=0.2,
        officers_per_1000=1.1,
        auxiliaries_per_1000=1.0,
        cars_per_100000=5.0,
        cars_at_night=0.7,
        cars_in_the_evening=1.3,
        hours_a_week=47.0,
        sick_percent=3.0,
    )
    return force._replace(**changed)


def portraits(of_study=None, default=None):
    """Six replications of every study, losses and their growth a little apart."""
    of_study = of_study or {}
    noise = np.linspace(-0.001, 0.001, 6)
    found = {}
    for study in STUDIES:
        given = of_study.get(study, default or {})
        apart = [
            {"loss": given.get("loss", 0.0) + shift, "growth": given.get("growth", 0.0) - 0.1 * shift}
            for shift in noise
        ]
        found[study] = [SimpleNamespace(force=a_force(**{**given, **changed})) for changed in apart]
    return found


def test_a_headcount_holds_shrinks_or_spirals():
    table = spiral_table(
        portraits(
            {"spiral_10": {"loss": 0.05}, "spiral_30": {"loss": 0.02, "growth": 0.1}, "spiral_hires": {"loss": -0.02}}
        )
    )
    verdicts = dict(zip(table["study"], table["verdict"], strict=True))
    assert (verdicts["spiral_0"], verdicts["spiral_10"], verdicts["spiral_30"], verdicts["spiral_hires"]) == (
        "holds",
        "shrinks",
        "spirals",
        "holds",
    )
    row = table.filter(pl.col("study") == "spiral_10").row(0, named=True)
    assert (row["loss_first"], row["loss_second"]) == pytest.approx((5, 5))
    assert row["loss_change"] == pytest.approx(0, abs=1e-9)
    assert row["left_end"] == pytest.approx(100 * np.exp(-0.05 * (DAYS - 1) / 365))
    assert row["fatigue_end"] == pytest.approx(25)
    assert row["loss_first_lower"] < 5 < row["loss_first_upper"]
    assert (row["short_percent"], row["remedy"], row["heads"]) == (10, "", 1000)


def test_the_tipping_point_lies_between_the_last_that_holds_and_the_first_that_does_not():
    spirals = {f"spiral_{percent}": {"loss": 0.05} for percent in (20, 30, 40)}
    tips = tipping(spiral_table(portraits(spirals)))
    assert ("tips between" in tips, numbers(tips)) == (True, ["10", "20"])
    holds = tipping(spiral_table(portraits()))
    assert ("holds at every shortage" in holds, numbers(holds)) == (True, ["40"])
    shrinks = tipping(spiral_table(portraits(default={"loss": 0.05})))
    assert ("shrinks at every shortage" in shrinks, numbers(shrinks)) == (True, ["0"])
    odd = tipping(spiral_table(portraits({"spiral_10": {"loss": 0.05}})))
    assert ("no other" in odd, numbers(odd)) == (True, ["0", "20", "30", "40"])
    few = {study: runs[:2] for study, runs in portraits().items()}
    assert "Too few" in tipping(spiral_table(few))


def test_news_of_series_is_counted_with_that_which_never_comes_and_differences_are_paired():
    table = coordination_table(
        portraits({"joint_centre": {"delays": (0.1, 0.1, 0.3, np.inf), "clearance_series": 0.25}})
    )
    silos, _, centre = table.iter_rows(named=True)
    assert table["structure"].to_list() == list(STRUCTURES.values())
    assert (silos["known_percent"], silos["median_days"], silos["cases"], silos["clearance_percent"]) == (50, 2, 4, 20)
    assert (
        centre["known_percent_difference"],
        centre["median_days_difference"],
        centre["clearance_percent_difference"],
    ) == pytest.approx((25, -1.9, 5))
    assert silos["known_percent_difference"] == 0


def test_no_series_and_no_heads_leave_gaps_and_no_error(tmp_path):
    empty = {"delays": (), "clearance_series": None, "heads": np.zeros(1), "fatigue": np.zeros(1)}
    there = portraits(default=empty)
    assert coordination_table(there)["known_percent"].null_count() == len(STRUCTURES)
    assert set(spiral_table(there)["verdict"]) == {"not measured"}
    assert draw_all({"spiral": spiral, "series": series}, SimpleNamespace(portraits=there, titles={}), tmp_path) == {}


def test_the_figures_say_how_each_headcount_ends_and_how_much_is_never_known(tmp_path):
    there = portraits({"spiral_40": {"loss": 0.1}})
    titles = dict.fromkeys(STUDIES, "made-up county")
    pictures = draw_all({"spiral": spiral, "series": series}, SimpleNamespace(portraits=there, titles=titles), tmp_path)
    assert "0 % missing: 100.0 % left" in pictures["spiral"].alt
    assert f"40 % missing: {100 * np.exp(-0.1 * 729 / 365):.1f} % left" in pictures["spiral"].alt
    assert "silos: 50.0 % known;" in pictures["series"].alt
    assert "within 2.0 days" in pictures["series"].alt


def test_clearance_is_of_what_the_books_call_it():
    found = {it.title: it for it in published() if "learance" in it.about}
    run = SimpleNamespace(force=a_force())
    shares = {name: it.measure(run) for name, it in found.items()}
    assert shares["Violence cleared"] == pytest.approx(100 * 18 / 40)
    assert shares["Property crime cleared"] == pytest.approx(20)
    assert (shares["Robbery cleared"], shares["Burglary cleared"]) == (30, 12)
    assert shares["10 % more response time"] == -0.8
    assert list(found["… its mechanisms off"].bands) == ["no_response"]
    assert found["Robbery cleared"].measure(SimpleNamespace(force=a_force(cleared={}))) is None
    assert (found["10 % more response time"].use, found["Burglary cleared"].use) == ("validate", "calibrate")


def test_studies_of_headcount_run_more_often_and_those_of_structures_less():
    assert replications_of("spiral_30", 10) == 20
    assert replications_of("silos", 10) == 6
    assert replications_of("silos", 2) == 2
    assert replications_of("city_western", 10) == 10
    assert [remedy for _, remedy in spiral_studies().values() if remedy] == [
        "incentives",
        "call diversion",
        "more hires",
    ]
