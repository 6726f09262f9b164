"""Whether the city had settled when the measured days began: the trend over the last half of the warm-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL
from experiments.estimates.student import t_limit
from experiments.languages.speech import in_words, say
from experiments.presentation.indicators import DAYS_A_YEAR, INDICATORS
from experiments.presentation.names import noun
from experiments.presentation.wording import number, too_few

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

Steady = Literal["settled", "drifts", "unknown"]
LITTLE_PERCENT = 5.0  # a year: a trend that is surely smaller is no matter
UNSURE_PERCENT = 25.0  # a year: an interval that reaches beyond it does not show that nothing drifts
FEWEST_WEEKS = 8  # in the half of the warm-up that is looked at
WEEKS_A_YEAR = DAYS_A_YEAR / 7


class Trend(NamedTuple):
    """The trend of something in a city under its status quo, in percent of its mean a year.

    The limits hold for all that is looked at together with 95 %; None where there are none.
    """

    label: str
    percent: float
    low: float | None
    high: float | None

    @property
    def verdict(self) -> Steady:
        """`settled`: the interval holds 0 and is not wide, or it lies within ±5 %; `drifts`: it does not hold 0."""
        if self.low is None or self.high is None:
            return "unknown"
        if max(-self.low, self.high) <= LITTLE_PERCENT:
            return "settled"
        if self.low > 0 or self.high < 0:
            return "drifts"
        return "settled" if max(-self.low, self.high) <= UNSURE_PERCENT else "unknown"


class Settled(NamedTuple):
    """What is said of the warm-up.

    Attributes
    ----------
    verdict : str
        `drifts` where anything does, else `unknown` where anything cannot be told.
    sentence : str
        The verdict in words.
    trends : list of Trend
        Crimes at places, then the feelings of the residents.
    """

    verdict: Steady
    sentence: str
    trends: list[Trend]


def settled(comparison: Comparison) -> Settled:
    """Test whether the city had settled, over the warm-ups of all seeds, which all strategies share."""
    weeks = comparison.warmup["week"].n_unique() if not comparison.warmup.is_empty() else 0
    half = weeks // 2
    if half < FEWEST_WEEKS:
        short = say("the warm-up is too short to tell, {weeks} weeks", weeks=weeks)
        return _unknown(short if weeks else say("there was no warm-up"))
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return _unknown(say("{too_few} for an interval", too_few=too_few(comparison.replications)))
    names = [name for name in comparison.warmup.columns if name not in ("replication", "seed", "week")]
    last = comparison.warmup.filter(pl.col("week") >= weeks - half).sort("replication", "week")
    trends = [
        _trend(_label(name), last[name].to_numpy().reshape(comparison.replications, half), len(names)) for name in names
    ]
    verdicts = {trend.verdict for trend in trends}
    verdict: Steady = "drifts" if "drifts" in verdicts else "unknown" if "unknown" in verdicts else "settled"
    return Settled(verdict, _sentence(verdict, trends, half, comparison.replications), trends)


def _unknown(why: str) -> Settled:
    words = "Whether the city had settled before the measured days is not known: {why}."
    return Settled("unknown", say(words, why=why), [])


def _trend(label: str, values: np.ndarray, looked_at: int) -> Trend:
    """Return the mean slope over the replications, with Student's t interval at the Bonferroni level.

    `values` are [replications, weeks].
    """
    n, weeks = values.shape
    time = (np.arange(weeks) - (weeks - 1) / 2) / WEEKS_A_YEAR
    slopes = values @ time / (time @ time)
    level = float(values.mean())
    if level == 0:
        return Trend(label, 0.0, None, None)
    percent = 100 * slopes / level
    mean, error = float(percent.mean()), float(percent.std(ddof=1)) / n**0.5
    half = float(t_limit((1 - LEVEL) / 2 / looked_at, n - 1)) * error
    return Trend(label, mean, mean - half, mean + half)


def _label(name: str) -> str:
    return say(INDICATORS[name].label).lower() if name in INDICATORS else noun(name)


def _sentence(verdict: Steady, trends: list[Trend], weeks: int, replications: int) -> str:
    """Say in words what the trends show."""
    when = {"weeks": weeks, "seeds": replications}
    if verdict == "settled":
        most = max(trends, key=lambda trend: max(-(trend.low or 0.0), trend.high or 0.0))
        words = (
            "The city had settled before the measured days: in the last {weeks} weeks of the warm-up under the status "
            "quo ({seeds} seeds) nothing had a trend, as far as can be told; least sure are {told}."
        )
        return say(words, told=_told(most), **when)
    told = in_words(", ").join(_told(trend) for trend in trends if trend.verdict == verdict)
    words = (
        "The city had not settled before the measured days: in the last {weeks} weeks of the warm-up under the status "
        "quo ({seeds} seeds) there is a trend of {told}."
    ) if verdict == "drifts" else (
        "Whether the city had settled before the measured days cannot be told: in the last {weeks} weeks of the "
        "warm-up under the status quo ({seeds} seeds) too unsure is {told}."
    )  # fmt: skip
    return say(words, told=told, **when)


def _told(trend: Trend) -> str:
    if trend.low is None or trend.high is None:
        return trend.label
    return say(
        "{label} ({percent} % a year, 95 % interval {low} to {high})", label=trend.label,
        percent=number(trend.percent, 1, sign=True), low=number(trend.low, 1, sign=True),
        high=number(trend.high, 1, sign=True),
    )  # fmt: skip
