"""Whether a comparison lies within what is published of real forces; where it does not, the reader is warned."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.paired import mean
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number
from sim.city.notices import Notice, Weight

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

FEWEST_CRIMES = 100  # assumption: in a run; of fewer, a strategy that prevents one in twenty prevents hardly any


class Band(NamedTuple):
    """What is published of real forces: the lowest and the highest, and where."""

    low: float
    high: float
    source: Notice


BUSY = Band(
    15.0, 80.0, Notice("0.30–0.60 in western cities, 0.45–0.60 in Chinese counties, 0.80 in their busiest hours")
)
CALLS = Band(58.0, 690.0, Notice("Liaoning 58, Xuzhou 148, Milwaukee 632, Austin 690"))
OFFICERS = Band(0.9, 2.4, Notice("Yubei 0.94; China 1.1 (2007); United States 2.17 (2016)"))
AUXILIARIES = Band(0.0, 1.6, Notice("a Chinese county 1.0–1.6 (Journal of Jiangsu Police Institute 2023/5)"))
RECORDED = Band(1.0, 120.0, Notice("assumption: from a quiet Chinese county to an American city with minor offences"))


def warnings(comparison: Comparison) -> list[Notice]:
    """Name what lies outside of what is published, under the first shortage of the list and the others."""
    return [*_force(comparison), *_calls(comparison), *_busy(comparison), *_crimes(comparison), *_files(comparison)]


def _busy(comparison: Comparison) -> Iterator[Notice]:
    """Patrol that has hardly anything to do, or no time left; shortages under which that is alike together."""
    found: dict[tuple[str, ...], dict[str, list[float]]] = {}
    for shortage in comparison.shortages:
        levels = {name: mean(comparison, shortage, name, "utilisation") for name in comparison.policies}
        odd = {name: level for name, level in levels.items() if level is not None and _outside(level, BUSY)}
        if odd:
            found.setdefault(tuple(odd), {})[shortage] = list(odd.values())
    for strategies, by_shortage in found.items():
        shares = [level for levels in by_shortage.values() for level in levels]
        low, high = number(min(shares), 0), number(max(shares), 0)
        every = len(strategies) == len(comparison.policies)
        yield Notice(
            "Under {shortage}, patrol is busy for {share} % of its time with {who}; below {least} % or above "
            "{most} % it is like no force that is published ({source}).",
            Weight.DOUBTFUL,
            shortage=tuple(map(shortage_name, by_shortage)),
            share=low if low == high else f"{low}–{high}",
            who=Notice("every strategy") if every else tuple(map(strategy_name, strategies)),
            least=number(BUSY.low, 0),
            most=number(BUSY.high, 0),
            source=BUSY.source,
        )


def _calls(comparison: Comparison) -> Iterator[Notice]:
    """Say if calls that get a unit are fewer or more than anywhere."""
    point = comparison.shortages[0], comparison.baseline
    calls, diverted = (mean(comparison, *point, name) for name in ("calls_total", "calls_diverted_share"))
    if calls is not None:
        words = (
            "{level} calls for a unit per 1,000 residents per year are outside of what is published, {low} to {high} "
            "({source})."
        )
        yield from _told(words, calls * (1 - (diverted or 0.0) / 100), CALLS, 0)


def _force(comparison: Comparison) -> Iterator[Notice]:
    """Say if there are fewer or more personnel at full strength than anywhere."""
    from sim.police.force.establishment import ForceParameters, full_strength

    if "force" not in comparison.scenario:
        return
    heads = full_strength(ForceParameters.model_validate(comparison.scenario["force"]), comparison.residents)
    officers, auxiliaries = (float(of_kind.sum()) * 1000 / comparison.residents for of_kind in heads)
    words = "{level} sworn officers per 1,000 residents are outside of what is published, {low} to {high} ({source})."
    yield from _told(words, officers, OFFICERS, 2)
    words = "{level} auxiliaries per 1,000 residents are outside of what is published, {low} to {high} ({source})."
    yield from _told(words, auxiliaries, AUXILIARIES, 2)


def _crimes(comparison: Comparison) -> Iterator[Notice]:
    """Say if a run has too few crimes to show what a strategy does."""
    means = [found.get("crimes_total") for found in comparison.means_by_point.values()]
    fewest = min((level for level in means if level is not None), default=None)
    if fewest is not None and round(fewest) < FEWEST_CRIMES:
        yield Notice(
            "A run has as few as {crimes} crimes, and a mean below {least}: most differences stay hidden; "
            "measure more days, or a larger city.",
            Weight.DOUBTFUL,
            crimes=number(float(comparison.runs["crimes_total"].to_numpy().min()), 0),
            least=FEWEST_CRIMES,
        )


def _files(comparison: Comparison) -> Iterator[Notice]:
    """Say if a city from files has rates of recorded crime like no city, which a file of a part of it makes."""
    recorded = mean(comparison, comparison.shortages[0], comparison.baseline, "recorded_total")
    if comparison.files and recorded is not None:
        words = (
            "{level} recorded crimes per 1,000 residents per year, as the files have them, lie outside of {low} to "
            "{high} ({source}): look whether city.residents and the dates of the files are right."
        )
        yield from _told(words, recorded, RECORDED, 1)


def _told(words: str, level: float, band: Band, decimals: int) -> Iterator[Notice]:
    if _outside(level, band):
        low, high = (number(end, 0 if end == round(end) else 1) for end in (band.low, band.high))
        yield Notice(words, Weight.DOUBTFUL, level=number(level, decimals), low=low, high=high, source=band.source)


def _outside(level: float, band: Band) -> bool:
    return math.isfinite(level) and not band.low <= level <= band.high
