"""Whether a force can serve its calls, and what must not be called better because it cannot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from experiments.compare.paired import mean
from experiments.presentation.wording import number
from sim.city.notices import Notice, Weight

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

Kind = Literal["strategy", "shortage"]  # what is varied: the strategy against the baseline, or the first shortage
UNSERVED, URGENT = "calls_unserved_share", "response_p1_p90_min"
MOST_UNSERVED_PERCENT = 10.0  # assumption: a force that leaves more of its calls without a unit cannot serve


def cannot_serve(comparison: Comparison, shortage: str, strategy: str) -> bool:
    """Whether a force leaves too many calls without a unit, or a tenth of the urgent ones in some run."""
    unserved, urgent = (mean(comparison, shortage, strategy, name) for name in (UNSERVED, URGENT))
    return (unserved or 0.0) > MOST_UNSERVED_PERCENT or (urgent is not None and math.isinf(urgent))


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
        shares = [mean(comparison, shortage, name, UNSERVED) or 0.0 for name in unable]
        low, high = number(min(shares)), number(max(shares))
        who = Notice("any strategy") if len(unable) == len(comparison.policies) else tuple(unable)
        told.append(
            Notice(
                "Under {shortage}, the force cannot serve its calls with {who}: {share} % of the calls for a unit get "
                "none. Nothing that it does better meanwhile counts as better.",
                Weight.DOUBTFUL,
                shortage=shortage,
                who=who,
                share=low if low == high else f"{low}–{high}",
            )
        )
    return told
