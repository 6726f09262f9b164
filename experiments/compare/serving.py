"""Whether a force can serve its calls, and what must not be called better because it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from experiments.compare.paired import effect, mean
from experiments.presentation.indicators import MOST_UNSERVED_PERCENT, UNSERVED
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number
from sim.city.notices import Notice, Weight

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

Kind = Literal["strategy", "shortage"]  # what is varied: the strategy against the baseline, or the first shortage
URGENT = "response_p1_p90_min"
MANY = (
    "Under {shortage}, the force cannot serve its calls with {who}: {share} % of the calls for a unit get none. "
    "Nothing that it does better meanwhile counts as better."
)
URGENT_ALONE = (
    "Under {shortage}, the force cannot serve its urgent calls with {who}: in half of the runs or more, a tenth of "
    "them get no unit, and {share} % of all calls. Nothing that it does better meanwhile counts as better."
)
MOST_RUNS = 0.5  # share of runs in which a tenth of the urgent calls may get no unit: a quiet town has few of them


def cannot_serve(comparison: Comparison, shortage: str, strategy: str) -> bool:
    """Whether a force leaves too many calls without a unit, or, in half of the runs, a tenth of the urgent ones."""
    return _drops_many(comparison, shortage, strategy) or bool(
        np.isinf(comparison.values(shortage, strategy, URGENT)).mean() >= MOST_RUNS
    )


def _drops_many(comparison: Comparison, shortage: str, strategy: str) -> bool:
    return (mean(comparison, shortage, strategy, UNSERVED) or 0.0) > MOST_UNSERVED_PERCENT


def none_can_serve(comparison: Comparison, shortage: str) -> bool:
    """Whether the force cannot serve its calls with any strategy, so that another question goes before that."""
    return all(cannot_serve(comparison, shortage, name) for name in comparison.policies)


def unserved_range(comparison: Comparison, shortages: Iterable[str], strategies: Sequence[str]) -> str:
    """Write which share of the calls for a unit get none, in percent, from the least to the most: `73.5–76.7`."""
    shares = [mean(comparison, where, name, UNSERVED) or 0.0 for where in shortages for name in strategies]
    low, high = number(min(shares)), number(max(shares))
    return low if low == high else f"{low}–{high}"


def collapsed(comparison: Comparison, kind: Kind, shortage: str, strategy: str) -> bool:
    """Whether a force cannot serve, and does not surely serve more than the one that it is compared with.

    Nothing that it does is better: it has the time of those who call in vain.
    """
    if not cannot_serve(comparison, shortage, strategy):
        return False
    served = effect(comparison, kind, shortage, strategy, UNSERVED)
    return served is None or not served.decided or served.difference > 0


def able(comparison: Comparison, shortage: str) -> list[str]:
    """Return the policies that can be chosen: those with which the force can serve.

    Where there is none, those with which it serves more than now; where there is no such either, all.
    """
    policies = list(comparison.policies)
    return (
        [name for name in policies if not cannot_serve(comparison, shortage, name)]
        or [name for name in policies if not collapsed(comparison, "strategy", shortage, name)]
        or policies
    )


def serving(comparison: Comparison) -> list[Notice]:
    """Say under which shortages, and with which strategies, the force cannot serve; those that are alike together."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for shortage in comparison.shortages:
        unable = tuple(name for name in comparison.policies if cannot_serve(comparison, shortage, name))
        if unable:
            many = any(_drops_many(comparison, shortage, name) for name in unable)
            found.setdefault((MANY if many else URGENT_ALONE, unable), []).append(shortage)
    return [
        Notice(
            words,
            Weight.DOUBTFUL,
            shortage=tuple(map(shortage_name, shortages)),
            who=Notice("any strategy")
            if len(unable) == len(comparison.policies)
            else tuple(map(strategy_name, unable)),
            share=unserved_range(comparison, shortages, unable),
        )
        for (words, unable), shortages in found.items()
    ]
