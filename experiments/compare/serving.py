"""Whether a force can serve its calls, and what must not be called better because it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from experiments.compare.paired import mean
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number
from sim.city.notices import Notice, Weight

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

Kind = Literal["strategy", "shortage"]  # what is varied: the strategy against the baseline, or the first shortage
UNSERVED, URGENT = "calls_unserved_share", "response_p1_p90_min"
MOST_RUNS = 0.5  # share of runs in which a tenth of the urgent calls may get no unit: a quiet town has few of them
MOST_UNSERVED_PERCENT = 10.0  # assumption: a force that leaves more of its calls without a unit cannot serve


def cannot_serve(comparison: Comparison, shortage: str, strategy: str) -> bool:
    """Whether a force leaves too many calls without a unit, or, in half of the runs, a tenth of the urgent ones."""
    return _drops_many(comparison, shortage, strategy) or bool(
        np.isinf(comparison.values(shortage, strategy, URGENT)).mean() >= MOST_RUNS
    )


def _drops_many(comparison: Comparison, shortage: str, strategy: str) -> bool:
    return (mean(comparison, shortage, strategy, UNSERVED) or 0.0) > MOST_UNSERVED_PERCENT


def collapsed(comparison: Comparison, kind: Kind, shortage: str, strategy: str) -> bool:
    """Whether a force cannot serve, and does not serve more than the one that it is compared with.

    Nothing that it does is better: it has the time of those who call in vain.
    """
    if not cannot_serve(comparison, shortage, strategy):
        return False
    against = (shortage, comparison.baseline) if kind == "strategy" else (comparison.shortages[0], strategy)
    own, other = (mean(comparison, *point, UNSERVED) for point in ((shortage, strategy), against))
    return own is None or other is None or own >= other


def serving(comparison: Comparison) -> list[Notice]:
    """Say under which shortages, and with which strategies, the force cannot serve; a sentence for each shortage."""
    told = []
    for shortage in comparison.shortages:
        unable = [name for name in comparison.policies if cannot_serve(comparison, shortage, name)]
        if not unable:
            continue
        words = (
            "Under {shortage}, the force cannot serve its calls with {who}: {share} % of the calls for a unit get "
            "none. Nothing that it does better meanwhile counts as better."
            if any(_drops_many(comparison, shortage, name) for name in unable)
            else "Under {shortage}, the force cannot serve its urgent calls with {who}: in half of the runs or more, a "
            "tenth of them get no unit, and {share} % of all calls. Nothing that it does better meanwhile counts as "
            "better."
        )
        shares = [mean(comparison, shortage, name, UNSERVED) or 0.0 for name in unable]
        low, high = number(min(shares)), number(max(shares))
        who = Notice("any strategy") if len(unable) == len(comparison.policies) else tuple(map(strategy_name, unable))
        told.append(
            Notice(
                words,
                Weight.DOUBTFUL,
                shortage=shortage_name(shortage),
                who=who,
                share=low if low == high else f"{low}–{high}",
            )
        )
    return told
