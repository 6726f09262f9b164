"""One rule decides everywhere.

Tables, figures, sentences and files mark the same differences, and nothing unknown is shown as known.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison, nine, rows, sentences, with_runs
from made_up_comparison import printed as seen

from experiments.compare import __main__ as compare
from experiments.compare import shortage_figures, strategy_figures
from experiments.compare.ablation import ablation
from experiments.compare.cells import mark
from experiments.compare.comparison import Comparison
from experiments.compare.findings import findings
from experiments.compare.notices import notices
from experiments.compare.paired import effect, excludes_0
from experiments.compare.ranking import SIGNS, marks, rankings_of
from experiments.compare.shortages import shortages
from experiments.compare.terminal import print_ablation, print_shortages, print_table
from experiments.estimates.effects import PRIMARY, effects, is_counted
from experiments.presentation.indicators import INDICATORS, indicator
from experiments.presentation.names import shortage_name


def everywhere(found: Comparison, value: object) -> dict[tuple[str, str], object]:
    return dict.fromkeys(found.means_by_point, value)


def printed(found: Comparison, show=print_table) -> str:
    return " ".join(seen(found, 200, show=show).split())


def filled(figure, colour_markers: int = 1) -> int:
    """Count filled markers of a figure, the samples of a legend apart."""
    lines = [
        line
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() not in ("None", "<", ">") and len(line.get_xdata())
    ]
    return sum(len(line.get_xdata()) for line in lines if line.get_markerfacecolor() != "white")


def random_comparison(seed: int) -> Comparison:
    """Make up a comparison of any size with rare and skewed outcomes.

    Differences may be equal, shares 0 or 1, and quantiles never reached.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.choice([2, 3, 4, 6, 12]))
    shift = {name: float(rng.choice([0.0, -8.0, 8.0])) for name in ("random_patrol", "hotspot")}
    found = comparison(
        n,
        crimes=shift,
        harm={"hotspot": float(rng.choice([0.0, -200.0]))},
        response={"hotspot": float(rng.choice([0.0, -2.0]))},
    )
    kinds = (
        lambda: rng.poisson(0.4, n), lambda: rng.lognormal(3, 1.5, n),
        lambda: np.full(n, float(rng.choice([0.0, 1.0]))), lambda: rng.random(n),
        lambda: np.where(rng.random(n) < 0.3, np.inf, rng.random(n)), lambda: 1000 + 0.01 * rng.random(n),
    )  # fmt: skip
    for name in (
        "fraud_loss",
        "calls_unserved_share",
        "fatigue_mean",
        "response_p3_median_min",
        "crimes_robbery",
        "trust",
        "overtime_hours",
    ):
        make = kinds[rng.integers(len(kinds))]
        found = with_runs(found, name, {point: make() for point in found.means_by_point if rng.random() < 0.9})
    if rng.random() < 0.3:
        found = with_runs(found, "harm_total", everywhere(found, 0.0))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_marks_stars_and_words_follow_from_the_intervals(seed):
    found = random_comparison(seed)
    for row in found.effects.iter_rows(named=True):
        it = effect(found, row["kind"], row["shortage"], row["strategy"], row["indicator"])
        if it is None:
            continue
        assert it.low is None or it.low <= it.difference <= it.high
        if found.replications < 3:
            assert (it.low, it.decided, it.starred, it.verdict) == (None, False, False, "unknown")
        if it.starred:
            assert it.p_adjusted <= 0.05
            assert excludes_0(it.low, it.high)
            assert it.decided
        if it.dagger and not it.starred:
            assert it.verdict == "undecided"
        judged = mark(found, row["kind"], row["shortage"], row["strategy"], row["indicator"])
        assert not judged or it.decided
        assert judged != "better" or it.difference * indicator(row["indicator"]).good > 0
    for shortage in found.shortages:
        for (strategy, name), sign in marks(found, shortage, rankings_of(found)).items():
            it = effect(found, "strategy", shortage, strategy, name)
            assert sign != "worse" or (it.verdict == "more" and it.difference > 0)
    for row in shortages(found).rows:
        for name, cell in row.cells.items():
            it = effect(found, "shortage", row.shortage, row.strategy, name)
            assert not cell.mark or it.decided
            assert row.levels or cell.interval == "" or cell.short.endswith("?") == (not it.decided)
    text = printed(found) + printed(found, print_shortages) + " ".join(sentences(found))
    assert not re.search(r"\b(nan|inf|None)\b", text)
    if found.replications < 3:
        assert "95 % interval" not in text
        assert not any(sign in text for sign in SIGNS.values() if sign)


def skewed() -> Comparison:
    """Make a comparison in which pairs agree closely, while runs have events that are larger than their differences."""
    found = comparison(5, strategies=("reactive", "hotspot"), shortages=("none", "uniform30"))
    base = np.array([310.0, 300.5, 320.0, 331.0, 420.0])
    fewer = base - np.array([9.0, 11.0, 8.0, 12.0, 10.0])
    for name in ("fraud_loss", "overtime_hours"):
        found = with_runs(
            found,
            name,
            {
                ("none", "reactive"): base,
                ("none", "hotspot"): fewer,
                ("uniform30", "reactive"): fewer,
                ("uniform30", "hotspot"): base,
            },
        )
    return found


def test_figures_fill_no_marker_of_an_interval_that_may_be_too_narrow():
    """The figure of types went by its interval in percent alone."""
    found = skewed()
    it = effect(found, "strategy", "none", "hotspot", "fraud_loss")
    assert excludes_0(it.relative_low, it.relative_high), "the case that is to be shown"
    assert it.dagger
    types, _, alt, caption = strategy_figures._types(findings(found))
    assert filled(types) == 0
    assert alt.endswith("Filled markers: nothing.")
    _, _, alt, told = strategy_figures._lives(findings(found))
    assert "overtime" not in alt.partition("Filled markers")[2]
    assert "(† in tables)" in caption
    assert "(† in tables)" in told
    assert "(† in tables)" in shortage_figures._shortages(findings(found))[3]


@pytest.mark.parametrize("seed", range(12))
def test_a_filled_marker_of_the_types_is_decided_in_the_tables_too(seed):
    found = random_comparison(seed)
    drawn = strategy_figures._types(findings(found))
    decided = [
        it for name in strategy_figures.TYPES for shortage in found.shortages for strategy in found.rivals
        if (it := effect(found, "strategy", shortage, strategy, name)) and it.decided and excludes_0(it.relative_low,
            it.relative_high)
    ]  # fmt: skip
    assert (0 if drawn is None else filled(drawn[0])) == len(decided)


def test_no_panel_calls_better_what_a_table_does_not():
    """The tired leave, and the mean fatigue of those who stay falls."""
    strategies = ("reactive", "hotspot")
    found = comparison(
        6,
        strategies=strategies,
        outcomes={"fatigue_mean": (0.3, {"hotspot": -0.1}), "attrition": (0.05, {"hotspot": 0.02})},
    )
    assert mark(found, "strategy", "none", "hotspot", "fatigue_mean") == ""
    figure, _, _, caption = strategy_figures._lives(findings(found))
    below = {axes.get_title(): axes.get_xlabel() for axes in figure.axes}
    assert "better" not in below["Fatigue"]
    assert "better" in below["Attrition"]
    assert "Fatigue" in caption
    assert "not served" in caption
    plain = comparison(6, strategies=strategies, outcomes={"fatigue_mean": (0.3, {"hotspot": -0.1})})
    figure, _, _, caption = strategy_figures._lives(findings(plain))
    assert "better" in figure.axes[0].get_xlabel()
    assert "No side" not in caption


def test_what_is_the_same_share_in_all_runs_has_no_interval():
    """It was taken for a count of rare events: 0 % of calls not served, 95 % interval −74 to +74."""
    found = comparison(5)
    found = with_runs(found, "attrition", everywhere(found, 0.0))
    for name in ("calls_unserved_share", "attrition"):
        it = effect(found, "strategy", "none", "hotspot", name)
        assert (it.difference, it.low, it.verdict) == (0.0, None, "unknown")
    assert (
        effect(
            with_runs(found, "crimes_robbery", everywhere(found, 0.0)), "strategy", "none", "hotspot", "crimes_robbery"
        ).low
        < 0
    )


def test_what_is_measured_is_no_count_of_events():
    measured = re.compile(
        r"%|min\b|days?\b|hours?\b|yuan|0 to|^1$|km|times|mean|^officers|people|personnel at|^auxiliaries"
    )
    for name, shown in INDICATORS.items():
        no_count = shown.how in ("share", "each") or measured.search(
            shown.unit.replace("residents per year", "").replace("per 1,000", "")
        )
        assert is_counted(name) != bool(no_count), name
    assert not any(
        is_counted(name)
        for name in (
            "clearance_burglary",
            "officer_hours_calls",
            "cost_police_pay",
            "volunteers_cost",
            "intelligence_hit_rate",
        )
    )
    assert all(is_counted(name) for name in ("visits_made", "anti_fraud_warnings", "crimes_total", "arrests"))


def test_a_share_that_was_not_measured_is_not_told_as_none():
    found = comparison(6)
    values = {("uniform30", "hotspot"): 0.2 + 0.01 * np.arange(6.0)}
    assert not any("not served" in sentence for sentence in sentences(with_runs(found, "calls_unserved_share", values)))
    values["uniform30", "reactive"] = 0.1 + 0.01 * np.arange(6.0)
    told = next(
        sentence for sentence in sentences(with_runs(found, "calls_unserved_share", values)) if "not served" in sentence
    )
    assert "12.5 % of the calls" in told
    assert "under no shortage" not in told


@pytest.mark.parametrize("make", [lambda: comparison(6), lambda: nine(6)], ids=["three strategies", "nine"])
def test_urgent_calls_that_are_never_answered_are_in_the_answer(make):
    found = make()
    shortage = found.shortages[1]
    runs = {point: found.values(*point, PRIMARY[2]) for point in found.means_by_point}
    runs |= {
        (shortage, name): np.append(found.values(shortage, name, PRIMARY[2])[1:], np.inf)
        for name in ("reactive", "hotspot")
    }
    told = " ".join(sentences(with_runs(found, PRIMARY[2], runs)))
    assert re.search(rf"{shortage_name(shortage)}, .* never answered .* reactive policing and hot-spot patrol", told)


def test_the_price_of_a_lever_says_with_which_strategy_and_that_it_has_no_interval():
    found = comparison(
        5,
        strategies=("hotspot", "reactive"),
        shortages=("none", "overtime"),
        levers=["overtime"],
        price={"overtime": "overtime_hours"},
    )
    runs = {
        (shortage, name): 50.0 + 20 * (shortage == "overtime") + np.arange(5.0)
        for shortage, name in found.means_by_point
    }
    text = shortages(with_runs(found, "overtime_hours", runs)).reasons["overtime"]
    assert text.endswith("overtime +20.0 (no interval) officer-hours.")
    assert "with reactive policing, against no shortage" in text


def test_every_column_of_what_leaving_a_programme_out_changes_has_its_unit():
    found = comparison(
        6,
        strategies=("reactive", "integrated", "integrated without visits"),
        outcomes={"fraud_loss": (9e5, {}), "trust": (0.5, {})},
    )
    text = printed(replace(found, scenario={"demand": {"fraud": {"currency": "USD"}}}), print_ablation)
    assert "Crimes: per 1,000 residents per year" in text
    assert "fraud loss: USD" in text
    assert "trust: 0 to 100" in text
    assert set(ablation(found).tables["integrated"]["without"]) <= {"", "better", "worse"}


def test_an_effect_where_the_baseline_has_none_is_told_in_its_unit():
    found = comparison(6, strategies=("reactive", "hotspot"))
    runs = {
        (shortage, name): 40 * (name == "hotspot") + np.arange(6.0) * (name == "hotspot")
        for shortage, name in found.means_by_point
    }
    assert findings(with_runs(found, "overtime_hours", runs)).other_effects["hotspot"].endswith(" officer-hours")


def test_other_hours_of_patrol_are_said_beside_the_share_that_is_busy():
    """Overtime of a campaign makes patrol look less busy: 26.6 and 20.3 % of other hours."""
    found = comparison(6)
    assert notices(found, "none") == []
    longer = pl.when((pl.col("strategy") == "hotspot") & (pl.col("shortage") == "none")).then(1.3).otherwise(1.0)
    found = replace(found, ledger=found.ledger.with_columns(pl.col("officer_hours") * longer))
    (text,) = notices(found, "none")
    assert text.startswith("Under no shortage, patrol ")
    assert "hot-spot patrol +30 %;" in text
    assert text in printed(found)
    assert "a smaller share" in printed(found)


def test_fewer_crimes_are_told_with_what_they_cost():
    found = comparison(6, strategies=("reactive", "hotspot"), crimes={"hotspot": -10.0})
    a_yuan = 36_500 * 10 / 365  # per resident a year
    runs = {
        (shortage, name): a_yuan * (200 + 40 * (name == "hotspot") + np.arange(6.0))
        for shortage, name in found.means_by_point
    }
    found = with_runs(found, "cost_police", runs)
    assert (
        "Hours on duty: the same. Cost per resident per year: +40 yuan for the police, – for others."
        in sentences(found)[1]
    )


def test_a_strategy_that_has_more_crimes_prevents_no_negative_share():
    found = nine(
        12,
        place={
            "hotspot": 6.0,
            "oracle": -20.0,
            **dict.fromkeys(("integrated", "co_governance", "community", "campaign"), 6.0),
        },
    )
    assert not re.search(r"prevents −", " ".join(sentences(found)))


def test_a_strategy_under_two_names_is_the_same_and_nothing_is_marked():
    found = comparison(6, strategies=("reactive", "hotspot"))
    one = found.summary.filter(pl.col("strategy") == "reactive")
    summary = pl.concat([one, one.with_columns(pl.lit("hotspot").alias("strategy"))])
    found = replace(found, summary=summary, effects=effects(summary, "reactive"))
    assert "Hot-spot patrol has exactly as many crimes as reactive policing" in sentences(found)[1]
    assert not any(row.marks.get(key) for row in rows(found) for key in row.marks)


@pytest.mark.parametrize("same_force", ["true", "false"])
def test_a_shortage_that_leaves_a_strategy_no_heads_is_told_in_one_line(same_force, capsys, tmp_path):
    """90 % of headquarters are missing, of which the organisation of community takes 15 %: a traceback of pydantic."""
    words = [
        f"out={tmp_path / 'out'}",
        "strategies=[reactive,community]",
        "shortages=[none,uniform90]",
        "city=town",
        "days=2",
        "replications=2",
        "warmup_days=0",
    ]
    assert compare.main([*words, f"same_force={same_force}"]) == 2
    told = capsys.readouterr().err.strip()
    assert told.count("\n") == 0
    assert "90 % (uniform) + 15 % (neighbourhoods) would be missing" in told
    assert not (tmp_path / "out").exists()


def test_equal_strategies_have_no_first():
    """All nine have the same crimes in every run."""
    found = nine(6)
    runs = {point: np.arange(100.0, 106.0) for point in found.means_by_point}
    decision, worth, *_ = sentences(with_runs(with_runs(found, "crimes_total", runs), "harm_total", runs))
    assert "none of the 8 can be excluded" in decision
    assert worth.startswith("No strategy is better than reactive policing")


def test_the_shortage_that_leaves_most_calls_unserved_is_named():
    found = comparison(6, shortages=("none", "uniform30", "surge"))
    apart = 0.001 * np.arange(6.0)
    values = {
        (shortage, name): level + apart
        for shortage, level in (("none", 0.0), ("uniform30", 0.2), ("surge", 0.5))
        for name in found.strategies
    }
    told = next(
        sentence for sentence in sentences(with_runs(found, "calls_unserved_share", values)) if "not served" in sentence
    )
    assert "20.2 % of the calls" in told
    assert told.endswith("against 0.2 % under no shortage. Most are not served under surge of calls: 50.3 %.")
