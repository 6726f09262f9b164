"""What the ranking of strategies hangs on: how often each is first over sets of parameters, and how much is chance.

In each set strategies are ranked by their means over its runs, so that the shares hold the chance of those few runs,
too. What sets themselves change shows in who is first in one run alone: two runs of one set differ by chance, two of
different sets by chance and by parameters. Where pairs of the first kind agree more often than those of the second, the
ranking hangs on the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from experiments.compare.best import rank_shares
from experiments.compare.ranking import JUDGED
from experiments.estimates.components import over_cities
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL, jackknife
from experiments.presentation.indicators import indicator

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.estimates.intervals import Floats


class Share(NamedTuple):
    """A share of the sets, with its 95 % interval."""

    share: float
    low: float
    high: float


class Agreement(NamedTuple):
    """How often two runs have the same strategy first.

    Attributes
    ----------
    same, apart : float
        Share of pairs of runs of one set, and of two sets.
    gap, low, high : float
        The first less the second, with its 95 % interval (jackknife over the sets).
    """

    same: float
    apart: float
    gap: float
    low: float
    high: float

    @property
    def hangs(self) -> bool:
        """Whether the ranking measurably hangs on the parameters."""
        return self.low > 0


class Robustness(NamedTuple):
    """What sets of parameters do to the ranking by one outcome under one shortage.

    Attributes
    ----------
    ranks : mapping
        Policy → share of the sets in which it has each rank, the best first, shape [policies]; who is most often first
        stands first.
    first : mapping
        Policy → share of the sets in which it is first.
    default : str
        The policy with the best mean in runs without sets; empty where there are none.
    agreement : Agreement or None
        None where each set has one run, or city, alone.
    """

    ranks: Mapping[str, Floats]
    first: Mapping[str, Share]
    default: str
    agreement: Agreement | None


Robust = Mapping[tuple[str, str], Robustness]  # by (shortage, outcome)


def robustness_of(comparison: Comparison) -> dict[tuple[str, str], Robustness]:
    """Return what sets do to the ranking under each shortage by each outcome; nothing without sets."""
    if comparison.sets is None or comparison.replications < FEWEST_FOR_INTERVAL:
        return {}
    by_city = over_cities(comparison.runs, comparison.seeds_per_city)
    found = {}
    for shortage in comparison.shortages:
        for name in JUDGED:
            over_sets = _outcomes(comparison, comparison.summary, shortage, name)
            if len(over_sets) > 1:
                cities = _outcomes(comparison, by_city, shortage, name)
                default = _outcomes(comparison, comparison.unchanged, shortage, name)
                found[shortage, name] = robustness(over_sets, cities, default)
    return found


def _outcomes(comparison: Comparison, runs: pl.DataFrame, shortage: str, name: str) -> dict[str, Floats]:
    """Return an outcome by policy and replication, less being better; policies without it in some run are left out."""
    if runs.is_empty() or name not in runs.columns:
        return {}
    ordered = runs.filter(pl.col("shortage") == shortage).sort("replication", maintain_order=True)
    of_policy = {policy: ordered.filter(pl.col("strategy") == policy)[name] for policy in comparison.policies}
    good = indicator(name).good
    return {policy: -good * one.to_numpy() for policy, one in of_policy.items() if len(one) and not one.null_count()}


def robustness(
    over_sets: Mapping[str, Floats], cities: Mapping[str, Floats], default: Mapping[str, Floats]
) -> Robustness:
    """Return what sets do to a ranking.

    Parameters
    ----------
    over_sets, cities, default : mapping
        Policy → outcome of which less is better: by set, shape [sets]; by city, those of a set side by side, shape
        [sets · cities of a set]; and of runs without sets, which may be missing.
    """
    policies = list(over_sets)
    means = np.array(list(over_sets.values()))
    n = means.shape[1]
    ranks = rank_shares(means, np.full(n, 1 / n))
    order = sorted(range(len(policies)), key=lambda i: (-ranks[i, 0], means[i].mean()))
    by_city = np.array([cities[policy] for policy in policies]).reshape(len(policies), n, -1)
    return Robustness(
        ranks={policies[i]: ranks[i] for i in order},
        first={policies[i]: share_of_sets(float(ranks[i, 0]), n) for i in order},
        default=min(default, key=lambda policy: float(default[policy].mean())) if default else "",
        agreement=agreement(by_city) if by_city.shape[2] > 1 else None,
    )


def share_of_sets(share: float, sets: int) -> Share:
    """Return a share of some sets with its exact 95 % interval (Clopper & Pearson 1934)."""
    from scipy import stats  # a second to import

    times, tail = share * sets, (1 - LEVEL) / 2
    low = float(stats.beta.ppf(tail, times, sets - times + 1)) if times > 0 else 0.0
    high = float(stats.beta.isf(tail, times + 1, sets - times)) if times < sets else 1.0
    return Share(share, low, high)


def agreement(outcomes: Floats) -> Agreement:
    """Return how often two runs have the same policy first, with the same set and with different ones.

    Parameters
    ----------
    outcomes : array [policies, sets, runs of a set]
        Less is better; two runs of a set at least.
    """
    sets, each = outcomes.shape[1:]
    best = outcomes == outcomes.min(axis=0)
    first = best / best.sum(axis=0)  # who is level with others counts in part
    of_sets = first.sum(axis=2)
    squares = (of_sets**2).sum(axis=0)

    def shares(total: Floats) -> Floats:
        """Return both shares from sums: agreeing pairs of one set, squares of runs by first, these runs, sets."""
        pairs_of_one, pairs_of_two = total[-1] * each * (each - 1), total[-1] * (total[-1] - 1) * each**2
        return np.array([total[0] / pairs_of_one, (float((total[2:-1] ** 2).sum()) - total[1]) / pairs_of_two])

    parts = np.column_stack([squares - (first**2).sum(axis=(0, 2)), squares, of_sets.T, np.ones(sets)])
    same, apart = shares(parts.sum(axis=0))
    gap, low, high = jackknife(lambda total: np.subtract(*shares(total)), parts)
    return Agreement(float(same), float(apart), float(gap), float(low), float(high))
