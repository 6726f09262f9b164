"""Which strategy may be the best: those that the paired replications do not exclude, all comparisons allowed for.

A strategy is excluded when some other one is better by a one-sided paired t test. Whatever the truth, the best strategy itself is excluded only when
one of the others looks better than it by chance, so the level of each test is 5 % divided by the number of others, of shortages and of outcomes
(Bonferroni; subset selection after Gupta 1965): with 95 % no list under any shortage lacks the strategy that is the best there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from experiments.reading import effect, indicator
from experiments.statistics import FEWEST_FOR_INTERVAL, LEVEL

if TYPE_CHECKING:
    from experiments.comparison import Comparison

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
        Policies that are not excluded, by their means, the first one among them; empty with too few replications.
    excluded : list of str
        Policies that are worse than another one, by their means.
    """

    first: str
    may_be_best: list[str]
    excluded: list[str]


def leaders(comparison: Comparison, shortage: str, name: str) -> Leaders | None:
    """Find the policies that may be the best by an outcome; None where it was not measured for two policies at least."""
    values = {strategy: comparison.values(shortage, strategy, name) for strategy in comparison.policies}
    values = {strategy: -indicator(name).good * of_runs for strategy, of_runs in values.items() if not np.isnan(of_runs).any()}  # less is better
    ranked = sorted(values, key=lambda strategy: float(values[strategy].mean()))
    if len(ranked) < 2:
        return None
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return Leaders(ranked[0], [], [])
    level = (1 - LEVEL) / ((len(ranked) - 1) * len(comparison.shortages) * len(JUDGED))
    excluded = [one for one in ranked if any(_below_0(values[other] - values[one], level) for other in ranked if other != one)]
    return Leaders(ranked[0], [one for one in ranked if one not in excluded], excluded)


def _below_0(difference: np.ndarray, level: float) -> bool:
    """Whether the mean of paired differences is below 0 by a one-sided t test; equal differences leave no doubt."""
    from scipy import stats

    n, mean = difference.size, float(difference.mean())
    error = float(difference.std(ddof=1)) / np.sqrt(n)
    return bool(mean < -float(stats.t.isf(level, n - 1)) * error - 1e-12 * float(np.abs(difference).max()))


def marks(comparison: Comparison, shortage: str) -> dict[tuple[str, str], Mark]:
    """Return the mark of each strategy by (strategy, outcome) for the outcomes by which strategies are ranked.

    `best` and `may be best` only where others are excluded; `worse` where the interval that holds for all comparisons together (the 95 % interval where
    there is no such) lies on the bad side of the baseline. A bound has no mark.
    """
    found: dict[tuple[str, str], Mark] = {}
    for name in JUDGED:
        ranking = leaders(comparison, shortage, name)
        for strategy in comparison.policies:
            it = effect(comparison, "strategy", shortage, strategy, name)
            worse = it is not None and it.verdict == ("more" if indicator(name).good < 0 else "fewer")
            found[strategy, name] = "worse" if worse else ""
            if ranking and ranking.excluded and strategy in ranking.may_be_best and not worse:
                found[strategy, name] = "best" if len(ranking.may_be_best) == 1 else "may be best"
    return found
