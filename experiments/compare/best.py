"""How probable it is that each strategy is the best: a bootstrap over the paired replications.

Replications are drawn with replacement, the same ones for every strategy, and whoever has the best mean over those
drawn is the best of the draw. The probability of a strategy is its share of the draws; strategies that are level share
a rank, each having an equal part of it. So the probability holds what differs between replications: the chance of a
seed, the made-up city and, with a file of parameter sets, the parameters.

Means of draws from n replications vary by less than means of n replications do, by a factor of sqrt((n − 1) / n): the
means of the draws are moved away from the mean of all by its inverse. With few replications the draws are counted, not
sampled. The smallest probability that is not 0 is then n to the power of −n, and a 0 means that no replication speaks
for the strategy, not that it cannot be the best.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations_with_replacement
from math import comb, factorial, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.compare.ranking import JUDGED
from experiments.compare.serving import able
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.presentation.indicators import indicator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.compare.comparison import Comparison

MOST_COUNTED = 25_000  # draws that are counted; of more, a sample is drawn
SAMPLE = 20_000
SEED = 1  # of that sample, so that the same runs give the same report


class Chances(NamedTuple):
    """The chances of the policies by one outcome under one shortage.

    Attributes
    ----------
    ranks : mapping
        Policy → probability of each rank, the best first, shape [policies]; the most probable best first.
    """

    ranks: Mapping[str, NDArray[np.float64]]

    def best(self, strategy: str) -> float:
        """Return the probability of being the best."""
        return float(self.ranks[strategy][0])

    def best_two(self, strategy: str) -> float:
        """Return the probability of being among the best two."""
        return float(self.ranks[strategy][:2].sum())

    def mean_rank(self, strategy: str) -> float:
        """Return the expected rank, 1 being the best."""
        of_strategy = self.ranks[strategy]
        return float(of_strategy @ np.arange(1, len(of_strategy) + 1))


Best = Mapping[tuple[str, str], Chances]  # by (shortage, outcome)


def chances_of(comparison: Comparison) -> dict[tuple[str, str], Chances]:
    """Return the chances under each shortage by each outcome that ranks strategies, where they can be told.

    They are those of the strategies that can be chosen, see `able`.
    """
    found = {}
    for shortage in comparison.shortages:
        choice = able(comparison, shortage)
        for name in JUDGED:
            values = {strategy: comparison.values(shortage, strategy, name) for strategy in choice}
            known = {strategy: of_runs for strategy, of_runs in values.items() if not np.isnan(of_runs).any()}
            if len(known) > 1 and comparison.replications >= FEWEST_FOR_INTERVAL:
                found[shortage, name] = chances(known, indicator(name).good)
    return found


def chances(values: Mapping[str, NDArray[np.float64]], good: int) -> Chances:
    """Return the chances of strategies.

    Parameters
    ----------
    values : mapping
        Strategy → outcome by replication, paired, shape [replications].
    good : int
        1: more is better, −1: less is better.
    """
    runs = -good * np.array(list(values.values()))  # less is better
    n = runs.shape[1]
    times, weight = draws(n)
    mean = runs.mean(axis=1, keepdims=True)
    drawn = sqrt(n / (n - 1)) * ((runs - mean) @ times.T / n) + mean  # [strategies, draws]
    ranks = rank_shares(drawn, weight)
    order = sorted(range(len(runs)), key=lambda i: (-ranks[i, 0], mean[i, 0]))
    names = list(values)
    return Chances({names[i]: ranks[i] for i in order})


def are_counted(n: int) -> bool:
    """Whether all draws from n replications are counted, and none left to chance."""
    return comb(2 * n - 1, n) <= MOST_COUNTED


@lru_cache(maxsize=4)
def draws(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how often each replication is in each draw, shape [draws, n], and the probability of each draw."""
    if not are_counted(n):
        sample = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), SAMPLE)
        return sample.astype(float), np.full(SAMPLE, 1 / SAMPLE)
    times = np.array([np.bincount(draw, minlength=n) for draw in combinations_with_replacement(range(n), n)])
    ways = factorial(n) / np.array([factorial(k) for k in range(n + 1)], dtype=float)[times].prod(axis=1)
    return times.astype(float), ways / float(n) ** n


def rank_shares(drawn: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of each rank, shape [strategies, ranks]; who is level shares the ranks that they take.

    Parameters
    ----------
    drawn : array [strategies, draws]
        Outcomes of which less is better.
    weight : array [draws]
        Probability of each draw.
    """
    k = len(drawn)
    level = 1e-9 * np.abs(drawn).max(initial=0.0)
    ahead = np.array([(drawn < one - level).sum(axis=0) for one in drawn])
    beside = np.array([(np.abs(drawn - one) <= level).sum(axis=0) for one in drawn])
    return np.array(
        [
            [(weight * ((a <= rank) & (rank < a + b)) / b).sum() for rank in range(k)]
            for a, b in zip(ahead, beside, strict=True)
        ]
    )
