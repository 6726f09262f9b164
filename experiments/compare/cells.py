"""One difference as a table shows it: level, interval, and whether it is better or worse for those it concerns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

from experiments.compare.paired import effect, span
from experiments.compare.serving import Kind, collapsed
from experiments.presentation.indicators import UNSERVED, indicator
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.paired import Effect

Mark = Literal["better", "worse", ""]
HIDING = {  # outcome → another one in whose rise its fall may lie: it counts only who is still there
    "backlog": "cases_filed", "backlog_age_days": "cases_filed", "fatigue_mean": "attrition", "sick_share": "attrition",
    "buy_in_mean": "attrition",
}  # fmt: skip
UNDECIDED = "?"  # behind a difference that its interval does not decide
WHY_UNDECIDED = "?: the 95 % interval holds 0, may be too narrow, or does not exist"


class Cell(NamedTuple):
    """One outcome of one shortage.

    The level of it, the difference to the first shortage, and what that is for whom it concerns.
    """

    level: str
    difference: str
    interval: str
    decided: bool  # the 95 % interval excludes 0 and is wide enough
    mark: Mark

    @property
    def short(self) -> str:
        """The difference, with a question mark where its interval does not decide it."""
        return self.difference + UNDECIDED if self.interval and not self.decided else self.difference


def mark(comparison: Comparison, kind: Kind, shortage: str, strategy: str, name: str) -> Mark:
    """Say whether a difference is better or worse, the arguments as those of `effect`.

    Nothing when its 95 % interval holds 0, the outcome is good for nobody as such, or what looks better may be so
    because calls were dropped, cases filed unsolved, or the tired have left; nothing is better in a force that
    has collapsed.
    """
    good = indicator(name).good
    found = effect(comparison, kind, shortage, strategy, name)
    if found is None or not found.decided or not good:
        return ""
    if (found.difference > 0) != (good > 0):
        return "worse"
    if collapsed(comparison, kind, shortage, strategy):
        return ""
    others = [effect(comparison, kind, shortage, strategy, other) for other in (UNSERVED, HIDING.get(name, UNSERVED))]
    return "" if any(it is not None and it.decided and it.difference > 0 for it in others) else "better"


def cell(found: Effect | None, level: float | None, decimals: int, judged: Mark) -> Cell:
    """Make the cell of an outcome from its difference, if it has one, its level, and its mark."""
    text = number(level, decimals)
    if found is None:
        return Cell(text, text if level is not None and math.isinf(level) else "–", "", False, "")
    return Cell(text, number(found.difference, decimals, sign=True), span(found, decimals), found.decided, judged)
