"""Which strategies are not excluded as the best by the paired replications, adjusted for multiple comparisons.

A strategy is excluded when some other one is better by a one-sided paired t test. Whatever the truth, the best strategy
itself is excluded only when one of the others looks better than it by chance, so the level of each test is 5 % divided
by the number of others, of shortages and of outcomes (Bonferroni; subset selection after Gupta 1965): with 95 % no list
under any shortage lacks the strategy that is the best there. A strategy that is excluded, while another with a worse
mean is not (its differences vary more), stays on the list: a list and the marks follow the order of the means, so that
no strategy is marked worse than one that did worse. The list only grows by that, and holds the best as surely as
before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from experiments.compare.paired import effect
from experiments.compare.serving import able, collapsed
from experiments.estimates.effects import p_value_together
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL
from experiments.presentation.indicators import indicator

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

JUDGED = ("crimes_total", "harm_total")  # the outcomes by which strategies are ranked; less is better
Mark = Literal["best", "may be best", "worse", ""]
SIGNS: dict[Mark, str] = {"best": "✓✓", "may be best": "✓", "worse": "✗", "": ""}


class Leaders(NamedTuple):
    """What can be said about the best policy by one outcome under one shortage.

    Attributes
    ----------
    first : str
        The policy with the best mean; it may be so by luck.
    may_be_best : list of str
        Policies that are not excluded, nor have a better mean than one that is not, by their means; empty with too few
        replications.
    excluded : list of str
        Policies that are worse than another one, by their means; all others have better means.
    """

    first: str
    may_be_best: list[str]
    excluded: list[str]


Rankings = Mapping[tuple[str, str], Leaders | None]  # by (shortage, outcome)


def rankings_of(comparison: Comparison) -> Rankings:
    """Find the policies that are not excluded as the best under each shortage by each outcome that ranks them."""
    return {
        (shortage, name): leaders(comparison, shortage, name) for shortage in comparison.shortages for name in JUDGED
    }


def leaders(comparison: Comparison, shortage: str, name: str) -> Leaders | None:
    """Find the policies that are not excluded as the best by an outcome, of those with which the force can serve.

    None where it was not measured for two policies at least.
    """
    values = {strategy: comparison.values(shortage, strategy, name) for strategy in comparison.policies}
    values = {
        strategy: -indicator(name).good * of_runs for strategy, of_runs in values.items() if not np.isnan(of_runs).any()
    }  # less is better
    in_order = sorted(values, key=lambda strategy: float(values[strategy].mean()))
    if len(in_order) < 2:
        return None
    choice = able(comparison, shortage)
    ranked = [strategy for strategy in in_order if strategy in choice]
    if not ranked:
        return None
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return Leaders(ranked[0], [], [])
    level = (1 - LEVEL) / ((len(comparison.policies) - 1) * len(comparison.shortages) * len(JUDGED))
    proven = [
        any(_is_less(values[other], values[one], level, name) for other in ranked if other != one) for one in ranked
    ]
    if len(ranked) == 1:  # the only choice is marked as the best where it is better than all the others, too
        others = [other for other in in_order if other != ranked[0]]
        sure = all(_is_less(values[ranked[0]], values[other], level, name) for other in others)
        return Leaders(ranked[0], ranked, others if sure else [])
    kept = 1 + max(i for i, worse in enumerate(proven) if not worse)
    return Leaders(ranked[0], ranked[:kept], ranked[kept:])


def _is_less(one: np.ndarray, other: np.ndarray, level: float, name: str) -> bool:
    """Whether the mean of an outcome is less by a one-sided t test of its pairs.

    Equal differences tell nothing, nor does what one large event may change.
    """
    return bool(one.mean() < other.mean() and p_value_together(other[None], one[None], name)[0] / 2 < level)


def marks(comparison: Comparison, shortage: str, rankings: Rankings) -> dict[tuple[str, str], Mark]:
    """Return the mark of each strategy by (strategy, outcome) for the outcomes by which strategies are ranked.

    `best` and `may be best` only where others are excluded. `worse` where the interval that holds for all comparisons
    together (the 95 % interval where there is no such) lies on the bad side of the baseline, unless the strategy may be
    the best or one with a worse mean has no such interval: marks follow the order of the means. A bound has no mark;
    a force that cannot serve has no good one, unless it serves more calls than the baseline.
    """
    found: dict[tuple[str, str], Mark] = {}
    for name in JUDGED:
        ranking = rankings[shortage, name]
        ranked = [*ranking.may_be_best, *ranking.excluded] if ranking else list(comparison.policies)
        found |= {(strategy, name): "" for strategy in comparison.policies}
        if ranking and ranking.excluded:
            found |= {
                (strategy, name): "best" if len(ranking.may_be_best) == 1 else "may be best"
                for strategy in ranking.may_be_best
                if not collapsed(comparison, "strategy", shortage, strategy)
            }
        for strategy in reversed(ranked):
            if found[strategy, name] or not _is_worse(comparison, shortage, strategy, name):
                break
            found[strategy, name] = "worse"
        for strategy in comparison.policies:  # those with which the force cannot serve, in no order
            if strategy not in ranked and _is_worse(comparison, shortage, strategy, name):
                found[strategy, name] = "worse"
    return found


def _is_worse(comparison: Comparison, shortage: str, strategy: str, name: str) -> bool:
    """Whether the interval that holds for all comparisons together lies on the bad side of the baseline."""
    it = effect(comparison, "strategy", shortage, strategy, name)
    return it is not None and it.verdict == ("more" if indicator(name).good < 0 else "fewer")
