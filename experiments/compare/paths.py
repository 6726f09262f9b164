"""Effects quarter by quarter, and whether a strategy overtakes another between the first quarter and the last.

A strategy overtakes another when its outcome is worse in the first of the quarters and better in the last one. Both
have to be shown by the paired differences between the two, so that chance shows an overtaking at most as often as it
shows either; the level is divided by the number of pairs of strategies, of shortages and of outcomes (Bonferroni).
Where only the unadjusted 95 % intervals show it, it is called probable.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.compare.ranking import JUDGED
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL, half_width
from experiments.estimates.paths import PLACE
from experiments.languages.speech import in_words, say
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import shortage_name, strategy_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.compare.comparison import Comparison, Point

MOST_TOLD = 3  # of one shortage, in the answer
ABOUT = {"crimes_total": "crimes", "harm_total": "crime harm"}


OVERTAKES = {
    True: "{strategy} overtakes {other} in {outcome} in quarter {quarter}",
    False: "{strategy} probably overtakes {other} in {outcome} in quarter {quarter}",
}


class Quarter(NamedTuple):
    """A quarter: its number from 1, its days, and whether the strategy had ended before it."""

    number: int
    first_day: int
    days: int
    ended: bool


class Step(NamedTuple):
    """The difference to the baseline in one quarter, in the unit of its indicator; limits None where there are none."""

    difference: float
    low: float | None
    high: float | None
    low_simultaneous: float | None
    high_simultaneous: float | None


class Overtaking(NamedTuple):
    """One strategy that is worse than another in the first quarter and better in the last.

    `quarter` is the first from which on its mean is better; `certain` says that it holds adjusted for all comparisons.
    """

    shortage: str
    outcome: str
    strategy: str
    other: str
    quarter: int
    certain: bool


class Paths(NamedTuple):
    """The effects by quarter.

    Attributes
    ----------
    quarters : list of Quarter
        In order; at most one means that there is no path.
    steps : mapping
        Outcome → (shortage, strategy) → a step a quarter.
    overtaken : list of Overtaking
        Under all shortages, what is certain first.
    sentence : str
        What is said under the shortage that the answer speaks about; empty where there is no path.
    """

    quarters: list[Quarter]
    steps: dict[str, dict[Point, list[Step]]]
    overtaken: list[Overtaking]
    sentence: str


def paths(comparison: Comparison, told: str) -> Paths:
    """Work out the effects by quarter; `told` is the shortage that sentences are about."""
    quarters = [Quarter(*row) for row in comparison.quarters.select(PLACE).unique().sort("quarter").iter_rows()]
    steps: dict[str, dict[Point, list[Step]]] = {name: {} for name in JUDGED}
    for row in comparison.paths.sort("quarter", maintain_order=True).iter_rows(named=True):
        name = row["indicator"]
        if name not in steps or row["difference"] is None:
            continue
        by = factor(name, comparison.residents, row["days"])
        limits = (row[key] for key in ("low", "high", "low_simultaneous", "high_simultaneous"))
        step = Step(row["difference"] * by, *(None if limit is None else limit * by for limit in limits))
        steps[name].setdefault((row["shortage"], row["strategy"]), []).append(step)
    measured = [quarter for quarter in quarters if not quarter.ended]
    if len(measured) < 2 or comparison.replications < FEWEST_FOR_INTERVAL:
        return Paths(quarters, steps, [], "")
    found = overtakings(comparison, len(measured))
    return Paths(quarters, steps, found, _sentence(comparison, found, told, measured))


def overtakings(comparison: Comparison, quarters: int) -> list[Overtaking]:
    """Return which policies overtake which within the measured quarters, what is certain first."""
    pairs = list(combinations(comparison.policies, 2))
    tests = len(pairs) * len(comparison.shortages) * len(JUDGED)
    found = []
    for shortage in comparison.shortages:
        for name in JUDGED:
            for one, other in pairs:
                of_one, of_other = (comparison.quarters_by_point[shortage, strategy] for strategy in (one, other))
                if name not in of_one:
                    continue
                ahead = -indicator(name).good * (of_one[name] - of_other[name])[:, :quarters]  # below 0: one is better
                for sign, strategies in ((1.0, (one, other)), (-1.0, (other, one))):
                    certain = _overtakes(sign * ahead, (1 - LEVEL) / tests)
                    if certain or _overtakes(sign * ahead, 1 - LEVEL):
                        found.append(Overtaking(shortage, name, *strategies, _turn(sign * ahead), certain))
    return sorted(found, key=lambda one: not one.certain)


def _overtakes(ahead: NDArray[np.float64], alpha: float) -> bool:
    """Whether the differences, [replications, quarters], are above 0 in the first quarter and below 0 in the last."""
    n = len(ahead)
    ends = ahead[:, [0, -1]]
    mean, error = ends.mean(axis=0), ends.std(axis=0, ddof=1) / np.sqrt(n)
    half = half_width(error, np.zeros(2), n, alpha)
    return bool((error > 0).all() and mean[0] - half[0] > 0 and mean[1] + half[1] < 0)


def _turn(ahead: NDArray[np.float64]) -> int:
    """Return the number, from 1, of the first quarter from which on the mean difference is below 0."""
    return 1 + int(np.flatnonzero(ahead.mean(axis=0) >= 0)[-1]) + 1


def _sentence(comparison: Comparison, found: list[Overtaking], told: str, quarters: list[Quarter]) -> str:
    """Say which strategies overtake which under a shortage, or that none does as far as can be told."""
    if len(comparison.policies) < 2:
        return ""
    here = [one for one in found if one.shortage == told]
    named = {"shortage": shortage_name(told), "days": quarters[-1].first_day + quarters[-1].days}
    if not here:
        words = (
            "Under {shortage}, the order of the strategies by crimes and by crime harm does not change within the "
            "{days} days, as far as can be told."
        )
        return say(words, **named)
    texts = [
        say(OVERTAKES[one.certain], strategy=strategy_name(one.strategy), other=strategy_name(one.other),
            outcome=say(ABOUT[one.outcome]), quarter=one.quarter)
        for one in here[:MOST_TOLD]
    ]  # fmt: skip
    if more := len(here) - len(texts):
        pairs = len(list(combinations(comparison.policies, 2)))
        texts.append(say("and {more} more of {pairs} pairs and two outcomes", more=more, pairs=pairs))
    if not all(one.certain for one in here):
        texts.append(say("what is probable is not adjusted for multiple comparisons"))
    words = "Under {shortage}, the order of the strategies changes within the {days} days: {changes}."
    return say(words, changes=in_words("; ").join(texts), **named)
