"""What options are worth in officers: how many more the status quo would need for the same outcome."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from experiments.compare.options import options
from experiments.compare.staffing import OUTCOMES, Target
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, LEVEL
from experiments.estimates.monotone import bootstrapped, ends, monotone, worth
from experiments.languages.speech import say
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import noun, option_name
from experiments.presentation.wording import csv_text, number
from sim.city.notices import Notice

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.estimates.intervals import Floats

HEADLINE = ("crimes_total", "response_p1_p90_min")  # of which the answer speaks
NOTE = Notice(
    "Sworn officers more, in all posts in proportion, with whom the status quo would reach the same (a minus: fewer): "
    "the status quo was run with other numbers of officers on the same seeds, a monotone curve is laid through the "
    "means, and the 95 % interval is a bootstrap over the replications. More than, fewer than: the numbers that were "
    "tried do not get so far. Cannot be told: more or fewer officers change so little that any number may be it."
)


class Worth(NamedTuple):
    """What an option is worth in officers by one outcome.

    Attributes
    ----------
    option, outcome : str
        The option, and the indicator.
    officers, low, high : float or None
        Officers more, with the 95 % interval; infinite beyond the numbers that were tried, None where it is not known.
    fewest, most : int
        The numbers that were tried.
    """

    option: str
    outcome: str
    officers: float | None
    low: float | None
    high: float | None
    fewest: int
    most: int

    @property
    def decided(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        if self.officers is None:
            return "–"
        if self.low is None or self.high is None:
            return self._told(self.officers)
        if self.low == -math.inf and self.high == math.inf:
            return say("cannot be told")
        limits = say("{low} to {high}", low=self._told(self.low), high=self._told(self.high))
        return f"{self._told(self.officers)} ({limits})"

    def _told(self, officers: float) -> str:
        if math.isinf(officers):
            return f"> +{self.most}" if officers > 0 else f"< {number(self.fewest, 0)}"
        return number(officers, 0 if abs(officers) >= 10 else 1, sign=True)


class Marginal(NamedTuple):
    """What some more officers in one post change by one outcome, in its unit.

    Attributes
    ----------
    post, outcome : str
        Where the officers are added, and the indicator.
    change, low, high : float or None
        Paired difference to the status quo with its 95 % interval.
    """

    post: str
    outcome: str
    change: float | None
    low: float | None
    high: float | None

    @property
    def decided(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        if self.change is None:
            return "–"
        decimals = 1 if abs(self.change) >= 10 else 2
        change = number(self.change, decimals, sign=True)
        if self.low is None:
            return change
        limits = say("{low} to {high}", low=number(self.low, decimals, True), high=number(self.high, decimals, True))
        return f"{change} ({limits})"


class Equivalents(NamedTuple):
    """What was found by more and fewer officers.

    Attributes
    ----------
    outcomes : list of str
        Those that were measured in all runs.
    worths : mapping
        Option → its worth by each outcome.
    marginals : mapping
        Post → what the next officers there change by each outcome.
    next_officers : int
        How many these are; 0: none were tried.
    sentences : tuple of Notice
        What of this belongs into the answer.
    csv : str
        All numbers, unrounded.
    """

    outcomes: list[str]
    worths: dict[str, list[Worth]]
    marginals: dict[str, list[Marginal]]
    next_officers: int
    sentences: tuple[Notice, ...]
    csv: str


def equivalents(comparison: Comparison, shortage: str, target: Target | None) -> Equivalents:
    """Work out what the options under a shortage are worth in officers; nothing where no further runs were asked for.

    Parameters
    ----------
    comparison : Comparison
        With `staffing`.
    shortage : str
        The one that is told about, in which the further runs were made.
    target : Target or None
        Of which the officers needed are told.
    """
    there = comparison.staffing
    outcomes = [name for name in OUTCOMES if name in there.columns and _values(comparison, shortage, name) is not None]
    worths = {
        option.name: [
            _worth(comparison, shortage, name, option.name, option.change(comparison, name)) for name in outcomes
        ]
        for option in options(comparison, shortage)
        if _numbers(there)
    }
    posts = there.filter(pl.col("post").is_not_null())
    marginals = {
        post: [_marginal(comparison, shortage, post, name) for name in outcomes]
        for post in posts["post"].unique(maintain_order=True)
    }
    more = int(posts["officers"].max() or 0) if not posts.is_empty() else 0  # type: ignore[arg-type]
    told = [*_headlines(worths), *_next(marginals, more), *_needed(comparison, shortage, target)]
    rows = [("worth", *one[:5]) for of_option in worths.values() for one in of_option]
    rows += [("change", *one) for of_post in marginals.values() for one in of_post]
    header = ("kind", "option_or_post", "outcome", "value", "low", "high")
    return Equivalents(outcomes, worths, marginals, more, tuple(told), csv_text([header, *rows]) if rows else "")


def _numbers(there: pl.DataFrame) -> list[int]:
    """Return the numbers of officers more in all posts that were tried."""
    return sorted(set(there.filter(pl.col("post").is_null())["officers"].to_list()))


def _values(comparison: Comparison, shortage: str, name: str) -> tuple[Floats, Floats] | None:
    """Return officers more, 0 among them, and the outcome with each, shape [numbers, replications].

    None where it is absent or never reached in some run.
    """
    there = comparison.staffing.filter(pl.col("post").is_null()).sort("officers", "replication")
    tried = _numbers(there)
    status_quo = comparison.values(shortage, comparison.baseline, name)
    runs = [there.filter(pl.col("officers") == n)[name].cast(pl.Float64).to_numpy() for n in tried]
    at = np.array([*tried, 0], dtype=float)
    found = np.array([*runs, status_quo])
    order = np.argsort(at)
    return (at[order], found[order]) if np.isfinite(found).all() else None


def _worth(comparison: Comparison, shortage: str, name: str, option: str, change: Floats) -> Worth:
    """Return what an option is worth by an outcome, from its paired differences to the status quo."""
    known = _values(comparison, shortage, name)
    tried = _numbers(comparison.staffing)
    if known is None or not np.isfinite(change).all():
        return Worth(option, name, None, None, None, tried[0], tried[-1])
    at, values = known
    rises = indicator(name).good > 0

    def officers(means: Floats) -> float:
        return worth(at, monotone(means[:-1], rises), float(means[-1]), rises)

    def between(means: Floats) -> tuple[float, float]:
        return ends(at, monotone(means[:-1], rises), float(means[-1]), rises)

    value, low, high = bootstrapped(officers, np.vstack([values, change]), between)
    return Worth(option, name, value, _limit(low), _limit(high), tried[0], tried[-1])


def _marginal(comparison: Comparison, shortage: str, post: str, name: str) -> Marginal:
    """Return what the next officers in a post change."""
    from scipy import stats

    rows = comparison.staffing.filter(pl.col("post") == post).sort("replication")
    with_them = rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    change = with_them - comparison.values(shortage, comparison.baseline, name)
    change = change * factor(name, comparison.residents, comparison.days)
    if not np.isfinite(change).all():
        return Marginal(post, name, None, None, None)
    mean, n = float(change.mean()), len(change)
    if n < FEWEST_FOR_INTERVAL:
        return Marginal(post, name, mean, None, None)
    half = float(stats.t.isf((1 - LEVEL) / 2, n - 1) * change.std(ddof=1) / n**0.5)
    return Marginal(post, name, mean, mean - half, mean + half)


def _headlines(worths: dict[str, list[Worth]]) -> list[Notice]:
    """Say of each outcome of the headline which options are worth officers, or cost some, and how many."""
    told = []
    for outcome in HEADLINE:
        of_outcome = [one for of_option in worths.values() for one in of_option if one.outcome == outcome]
        sure = sorted((one for one in of_outcome if one.decided), key=lambda one: -(one.officers or 0.0))
        parts = tuple(Notice("{option} {officers}", option=option_name(one.option), officers=str(one)) for one in sure)
        if len(sure) == len(of_outcome) > 0:
            words = "By {outcome}, in sworn officers more, these are worth: {parts} (95 % intervals)."
        elif parts:
            words = (
                "By {outcome}, in sworn officers more, these are worth: {parts} (95 % intervals); the others are "
                "statistically indistinguishable from none."
            )
        elif of_outcome:
            words = "By {outcome}, all options are statistically indistinguishable from no officers more."
        else:
            continue
        told.append(
            Notice(words, outcome=_label(outcome), parts=parts) if parts else Notice(words, outcome=_label(outcome))
        )
    return told


def _next(marginals: dict[str, list[Marginal]], more: int) -> list[Notice]:
    """Say where the next officers do most good by the outcomes of the headline."""
    told = []
    for outcome in HEADLINE:
        good = indicator(outcome).good
        here = [one for of_post in marginals.values() for one in of_post if one.outcome == outcome]
        better = [one for one in here if one.decided and good * (one.change or 0.0) > 0]
        if better:
            best = max(better, key=lambda one: good * (one.change or 0.0))
            words = "The next {more} officers do most by {outcome} in {post}: {change} {unit}."
            told.append(
                Notice(
                    words,
                    more=more,
                    outcome=_label(outcome),
                    post=noun(best.post),
                    change=str(best),
                    unit=indicator(outcome).unit,
                )
            )
        elif here:
            words = "By {outcome}, no post shows what {more} more officers there would change."
            told.append(Notice(words, outcome=_label(outcome), more=more))
    return told


def _needed(comparison: Comparison, shortage: str, target: Target | None) -> list[Notice]:
    """Say how many more officers a target takes."""
    if target is None:
        return []
    outcome, goal = _label(target.indicator), f"{'≥' if target.at_least else '≤'} {number(target.value)}"
    known = _values(comparison, shortage, target.indicator)
    if known is None:
        words = (
            "How many officers {outcome} {goal} takes cannot be told: in some run it was never reached or not there."
        )
        return [Notice(words, outcome=outcome, goal=goal)]
    at, values = known
    values = values * factor(target.indicator, comparison.residents, comparison.days)
    rises = indicator(target.indicator).good > 0
    if rises != target.at_least:
        words = "{outcome} {goal} is no target that more officers could reach: they do not make it worse."
        return [Notice(words, outcome=outcome, goal=goal)]
    value, low, high = bootstrapped(partial(_officers_for, at, target.value, rises), values)
    found = Worth("", target.indicator, value, _limit(low), _limit(high), int(at[0]), int(at[-1]))
    if value == np.inf:
        words = "{outcome} {goal} is not reached with any number of officers that was tried, up to {most} more."
        return [Notice(words, outcome=outcome, goal=goal, most=int(at[-1]))]
    words = "{outcome} {goal} takes {officers} more sworn officers (95 % interval; a minus: so many could go)."
    return [Notice(words, outcome=outcome, goal=goal, officers=str(found))]


def _officers_for(at: Floats, value: float, rises: bool, means: Floats) -> float:
    """Return with how many officers more the monotone curve through means has a value."""
    curve = monotone(means, rises)
    return worth(at, curve, value - float(curve[np.flatnonzero(at == 0)[0]]), rises)


def _limit(value: float) -> float | None:
    return None if np.isnan(value) else value


def _label(outcome: str) -> str:
    label = indicator(outcome).label
    return label if label[:2] in ("P1", "P9") or label[:1].isdigit() else f"{label[0].lower()}{label[1:]}"
