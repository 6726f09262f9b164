"""Paired differences and means of a comparison in their units, and what their intervals allow to say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from experiments.estimates.effects import IDENTICAL, SKEWED
from experiments.languages.speech import say
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import shortage_name
from experiments.presentation.wording import DAGGER, NO_INTERVAL, number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

Verdict = Literal["fewer", "more", "perhaps fewer", "perhaps more", "undecided", "same", "unknown"]

NO_SHORTAGE = "none"
MOST_DECIMALS = 9  # of a number that is close to 0, and told from it
SAME_HOURS_PERCENT = 0.5  # hours on duty that differ by no more are called the same


@dataclass(frozen=True, repr=False)
class Effect:
    """A paired difference in the unit of its indicator; limits are None when there is no interval."""

    indicator: str
    unit: str
    before: float
    after: float
    difference: float
    low: float | None
    high: float | None
    low_simultaneous: float | None
    high_simultaneous: float | None
    relative_percent: float | None
    relative_low: float | None
    relative_high: float | None
    pairing_gain: float | None
    p_adjusted: float | None
    n: int
    interval: str | None  # what the limits are, as `experiments.estimates.effects` says

    def __repr__(self) -> str:
        """`<Effect on crimes_total: −1.1 (−3.4 to +1.3) per 1,000 residents per year; undecided, n=5>`."""
        shown = difference(self, decimals_for([self]))
        return f"<Effect on {self.indicator}: {shown} {self.unit}; {self.verdict}, n={self.n}>"

    @property
    def decided(self) -> bool:
        """Whether the 95 % interval excludes 0.

        One that may be too narrow decides nothing unless that for all comparisons does.
        """
        return excludes_0(self.low, self.high) and (self.starred or self.interval != SKEWED)

    @property
    def starred(self) -> bool:
        """Whether the interval that holds for all comparisons together excludes 0."""
        return excludes_0(self.low_simultaneous, self.high_simultaneous)

    @property
    def dagger(self) -> str:
        """A dagger where a single large event could move the difference out of its 95 % interval, else nothing."""
        return DAGGER if self.interval == SKEWED else ""

    @property
    def verdict(self) -> Verdict:
        """What the intervals allow to say.

        `fewer` and `more` need the simultaneous interval to exclude 0 (where there is none, the 95 % interval),
        `perhaps` the 95 % interval alone; `same` needs runs that agree in everything, since equal numbers of something
        rare show nothing.
        """
        if self.interval == IDENTICAL:
            return "same"
        if self.low is None or self.high is None:
            return "unknown"
        if not self.decided:
            return "undecided"
        if self.low_simultaneous is not None and not self.starred:
            return "perhaps fewer" if self.high < 0 else "perhaps more"
        return "fewer" if self.high < 0 else "more"


def effect(comparison: Comparison, kind: str, shortage: str, strategy: str, name: str) -> Effect | None:
    """Find one paired difference, in the unit of the indicator; None when it was not measured."""
    row = comparison.effects_by_key.get((kind, shortage, strategy, name))
    return None if row is None or row["difference"] is None else from_row(comparison, name, row)


def from_row(comparison: Comparison, name: str, row: Mapping[str, Any]) -> Effect:
    """Return the paired difference of a row, in the unit of an indicator.

    A row has the columns of `effects`, but for those of multiple comparisons, where nothing is adjusted for them.
    """
    by = factor(name, comparison.residents, comparison.days)

    def scaled(column: str) -> float | None:
        value = row.get(column)
        return None if value is None else value * by

    return Effect(
        indicator=name, unit=indicator(name, comparison.currency).unit,
        before=row["mean_baseline"] * by, after=row["mean_strategy"] * by, difference=row["difference"] * by,
        low=scaled("low"), high=scaled("high"), low_simultaneous=scaled("low_simultaneous"),
        high_simultaneous=scaled("high_simultaneous"),
        relative_percent=row["relative_percent"], relative_low=row["relative_low"], relative_high=row["relative_high"],
        pairing_gain=row["pairing_gain"], p_adjusted=row.get("p_adjusted"), n=row["n"], interval=row["interval"],
    )  # fmt: skip


def mean(comparison: Comparison, shortage: str, strategy: str, name: str) -> float | None:
    """Mean of an indicator over the replications, in its unit.

    None when it is absent, infinite when it is never reached in some replication.
    """
    value: Any = comparison.means_by_point.get((shortage, strategy), {}).get(name)
    return (
        None
        if value is None or math.isnan(value)
        else float(value) * factor(name, comparison.residents, comparison.days)
    )


def excludes_0(low: float | None, high: float | None) -> bool:
    """Whether there is an interval, and 0 lies outside."""
    return low is not None and high is not None and (low > 0 or high < 0)


def same_hours(hours: Effect) -> bool:
    """Whether hours on duty differ by so little that they are called the same."""
    return hours.relative_percent is not None and abs(hours.relative_percent) <= SAME_HOURS_PERCENT


def told_shortage(comparison: Comparison) -> str:
    """Return the shortage that sentences and single pictures are about.

    The first of the list that is one, and no lever; without any, the first.
    """
    short = [name for name in comparison.shortages if name != NO_SHORTAGE and name not in comparison.levers]
    return short[0] if short else comparison.shortages[0]


def titled(comparison: Comparison, shortage: str) -> str:
    """`Shortage: 30 % fewer officers`, `Lever: pooling`, or `Situation: my county`."""
    if shortage == comparison.situation:
        return say("Situation: {name}", name=shortage)
    words = "Lever: {name}" if shortage in comparison.levers else "Shortage: {name}"
    return say(words, name=shortage_name(shortage))


def decimals_for(found: Iterable[Effect | None]) -> int:
    """Decimals that suit the narrowest of these intervals.

    Its half-width is written with one digit, with two when it begins with 1; at most two decimals.
    """
    limits = [(it.low, it.high) for it in found if it is not None]
    widths = [high - low for low, high in limits if low is not None and high is not None and high > low]
    return min(max(-math.floor(math.log10(min(widths) / 4)), 0), 2) if widths else 1


def written(value: float, decimals: int, sign: bool = True) -> str:
    """Write a number that is not 0 so that it does not read as 0: with as many more decimals as that takes."""
    enough = (more for more in range(decimals, MOST_DECIMALS + 1) if round(value, more))
    return number(value, next(enough, decimals), sign=sign)


def span(found: Effect, decimals: int) -> str:
    """`−9.4 to −3.0`, the 95 % interval; with a dagger where it may be too narrow."""
    if found.low is None or found.high is None:
        return say(NO_INTERVAL)
    return between(found.low, found.high, decimals) + found.dagger


def between(low: float, high: float, decimals: int) -> str:
    """`−9.4 to −3.0`; a limit that is not 0 is not written as 0."""
    low_text, high_text = (written(end, decimals) for end in (low, high))
    return say("{low} to {high}", low=low_text, high=high_text)


def difference(found: Effect | None, decimals: int = 1) -> str:
    """Write `−6.1 (−9.4 to −3.0)*`.

    The difference, its 95 % interval, and a star when the simultaneous interval excludes 0.

    A dagger after the interval says that it may be too narrow.
    """
    if found is None:
        return "–"
    star = "*" if found.low is not None and found.starred else ""
    write = written if excludes_0(found.low, found.high) else number
    return f"{write(found.difference, decimals, sign=True)} ({span(found, decimals)}){star}"
