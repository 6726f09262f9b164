"""Which strategy may be the best.

Exclusion only with proof, marks only where there is something to mark, and the sentence that says so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison, nine, noise, numbers, sentences
from scipy import stats

from experiments.compare.paired import effect
from experiments.compare.ranking import Leaders, leaders, marks, rankings_of
from experiments.estimates.effects import effects


@pytest.fixture(scope="module")
def found():
    return nine()


def policies_with(values: dict[str, np.ndarray], shortages: int = 1) -> SimpleNamespace:
    """Make the part of a comparison that a ranking looks at."""
    n = next(iter(values.values())).size
    return SimpleNamespace(
        policies=list(values),
        shortages=["none", *"abcdefg"[: shortages - 1]],
        replications=n,
        means_by_point={},  # every call is served
        values=lambda _shortage, strategy, _name: values[strategy],
    )


def test_only_what_cannot_be_told_from_the_best_may_be_the_best(found):
    ranking = leaders(found, "none", "crimes_total")
    assert ranking.first == "integrated"
    assert ranking.may_be_best == ["integrated", "co_governance"]
    assert ranking.excluded == ["intelligence_led", "community", "hotspot", *ranking.excluded[3:5], "campaign"]
    assert set(ranking.excluded[3:5]) == {"reactive", "random_patrol"}  # equal
    assert "oracle" not in (*ranking.may_be_best, *ranking.excluded)


@pytest.mark.parametrize(("shortages", "strategies"), [(1, 2), (3, 5)])
def test_exclusion_begins_where_the_one_sided_t_test_allows_for_all_comparisons(shortages, strategies):
    n = 10
    level = 0.05 / ((strategies - 1) * shortages * 2)  # two outcomes
    difference = noise(n, 1.0, 3)
    at_the_limit = stats.t.isf(level, n - 1) * difference.std(ddof=1) / np.sqrt(n)
    for shift, excluded in ((1.001 * at_the_limit, True), (0.999 * at_the_limit, False)):
        values = {
            "best": np.zeros(n),
            "other": difference + shift,
            **{f"far{i}": np.full(n, 1e3) for i in range(strategies - 2)},
        }
        assert ("other" in leaders(policies_with(values, shortages), "none", "crimes_total").excluded) is excluded


def test_the_best_is_seldom_excluded():
    # All five are equally good, the worst case. The first is excluded with a probability of at most 5 % / 2 (two
    # outcomes share the level); out of 400 independent comparisons at most 22 times but for one false alarm in a
    # thousand (binomial).
    rng = np.random.default_rng(7)
    excluded = 0
    for _ in range(400):
        shared = rng.normal(100, 10, 8)
        excluded += (
            "a"
            in leaders(
                policies_with({name: shared + rng.normal(0, 1, 8) for name in "abcde"}), "none", "crimes_total"
            ).excluded
        )
    assert excluded <= stats.binom.ppf(0.999, 400, 0.025)


def test_equal_strategies_leave_no_one_excluded_and_no_marks():
    found = comparison()
    ranking = leaders(found, "none", "crimes_total")
    assert (ranking.excluded, len(ranking.may_be_best)) == ([], 3)
    assert set(marks(found, "none", rankings_of(found)).values()) == {""}


def test_equal_differences_and_what_one_large_event_may_change_exclude_nobody():
    base = np.array([310.0, 300.5, 320.0, 331.0, 1180.0])  # harm; one run has a robbery, with either strategy
    for saved in (np.full(5, 20.0), np.array([19.0, 21.0, 20.5, 20.0, 19.5])):
        assert leaders(policies_with({"a": base, "b": base - saved}), "none", "harm_total") == Leaders(
            "b", ["b", "a"], []
        )


def test_two_replications_rank_nobody():
    assert leaders(comparison(n=2, crimes={"hotspot": -50.0}), "none", "crimes_total") == Leaders("hotspot", [], [])


def test_what_was_not_measured_has_no_ranking():
    assert leaders(comparison(), "none", "fraud_loss") is None


def test_marks_tell_the_best_from_what_may_be_best_and_from_what_is_worse(found):
    marked = marks(found, "uniform30", rankings_of(found))
    crimes = {strategy: marked[strategy, "crimes_total"] for strategy in found.policies}
    assert {name for name, mark in crimes.items() if mark == "may be best"} == {"integrated", "co_governance"}
    assert [name for name, mark in crimes.items() if mark == "worse"] == ["campaign"]
    assert not any(strategy == "oracle" for strategy, _ in marked)
    alone = marks(comparison(crimes={"hotspot": -10.0}), "none", rankings_of(comparison(crimes={"hotspot": -10.0})))
    assert [strategy for (strategy, name), mark in alone.items() if (name, mark) == ("crimes_total", "best")] == [
        "hotspot"
    ]


def test_nine_strategies_are_answered_by_which_one_and_how_sure(found):
    decision, worth, calls, *_ = sentences(found)
    ranking = leaders(found, "uniform30", "crimes_total")
    assert ranking.may_be_best == ["integrated", "co_governance"]
    assert decision.endswith("single out a best strategy: of 8, integrated policing and Fengqiao co-governance remain.")
    assert numbers(worth)[:3] == ["12.0", "1,000", "12"]
    assert "More crimes than reactive policing: campaign-style policing." in worth
    assert leaders(found, "uniform30", "harm_total").excluded == []
    assert re.search(r"patrol with perfect knowledge would prevent: integrated policing 60 %", worth)
    assert "No strategy changes it" in calls


def test_a_sole_best_is_called_so_and_its_harm_too():
    decision = sentences(nine(crimes={"integrated": -12.0, "oracle": -20.0}, harm={"campaign": -300.0}))[0]
    assert "by crimes the best is integrated policing, by crime harm campaign-style policing" in decision
    decision = sentences(nine(crimes={"integrated": -12.0, "oracle": -20.0}))[0]
    assert re.search(r"choose integrated policing: it is the best of 8 strategies by crimes;", decision)


def test_chance_among_many_strategies_is_not_sold_as_a_winner():
    decision, worth, *_ = sentences(nine(crimes={}, place={}))
    assert "none of the 8 can be excluded" in decision
    assert "fewer crimes" not in decision + worth


def test_many_strategies_with_two_replications_are_not_ranked():
    found = nine(n=2)
    assert leaders(found, "uniform30", "crimes_total").may_be_best == []
    assert "2 replications are too few" in sentences(found)[0]


def test_faster_and_slower_responses_are_told_by_strategy():
    calls = sentences(nine(response={"integrated": -2.0, "community": 1.5, "campaign": 3.0}))[2]
    assert re.search(
        r"Faster than reactive policing in the median \(95 % intervals\): integrated policing \(−2\.00 min", calls
    )
    assert re.search(r"Slower .*: campaign-style policing \(\+3\.00 .* and community policing \(\+1\.50", calls)


def harm_of(**by_strategy: tuple[float, float]):
    """Make a comparison in which the harm of each strategy is.

    Level, spread of its differences, under one shortage.
    """
    found = comparison(n=10, strategies=tuple(by_strategy), shortages=("none",))
    steps = np.linspace(-1.5, 1.5, 10)  # evenly: no large step between two runs, as a rare event would make
    values = {
        name: level + spread * np.random.default_rng(i).permutation(steps)
        for i, (name, (level, spread)) in enumerate(by_strategy.items())
    }
    column = pl.Series(
        "harm_total",
        [float(values[row["strategy"]][row["replication"]]) for row in found.summary.iter_rows(named=True)],
    )
    summary = found.summary.with_columns(column)
    return replace(found, summary=summary, effects=effects(summary, "reactive"))


def test_no_strategy_is_marked_worse_than_one_that_did_worse():
    """`slight` does a little worse than the baseline, and surely so.

    `erratic` does much worse on the mean, and nobody can be sure.
    """
    found = harm_of(reactive=(2000.0, 0.1), slight=(2010.0, 1.0), erratic=(2025.0, 45.0), hotspot=(1990.0, 0.5))
    it = effect(found, "strategy", "none", "slight", "harm_total")
    assert it.verdict == "more", "the case that is to be shown"
    order = {"best": 0, "may be best": 0, "": 1, "worse": 2}
    marked = marks(found, "none", rankings_of(found))
    ranks = [order[marked[name, "harm_total"]] for name in ("hotspot", "reactive", "slight", "erratic")]
    assert ranks == sorted(ranks), marked
    assert leaders(found, "none", "harm_total").excluded == []


def test_marks_follow_the_means_whatever_the_numbers():
    rng = np.random.default_rng(11)
    order = {"best": 0, "may be best": 0, "": 1, "worse": 2}
    seen = set()
    for _ in range(25):
        levels = {
            name: (2000 + 30 * rng.standard_normal(), float(rng.choice([0.5, 5.0, 80.0])))
            for name in ("reactive", *"abcd")
        }
        marked = {
            strategy: mark
            for (strategy, name), mark in marks(harm_of(**levels), "none", rankings_of(harm_of(**levels))).items()
            if name == "harm_total"
        }
        ranks = [order[marked[name]] for name in sorted(levels, key=lambda name: levels[name][0])]
        assert ranks == sorted(ranks), (levels, marked)
        seen |= set(marked.values())
    assert {"", "worse", "may be best"} <= seen
