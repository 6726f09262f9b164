"""What options are worth in officers: how many more the status quo would need for the same outcome."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from experiments.compare.options import options
from experiments.compare.staffing import OUTCOMES, Target
from experiments.estimates.estimate import estimate
from experiments.estimates.monotone import place
from experiments.languages.speech import say
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import noun, option_name
from experiments.presentation.wording import csv_text, number
from sim.city.notices import Notice

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.estimates.intervals import Floats

HEADLINE = ("crimes_total", "response_p1_p90_min")  # of which the answer speaks


class Curve(NamedTuple):
    """An outcome of the status quo with more and fewer officers.

    Attributes
    ----------
    officers : array [numbers]
        More than there are, in order, 0 among them.
    values : array [numbers, replications]
        The outcome, in the unit of the runs.
    """

    officers: Floats
    values: Floats


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
        """Whether it is surely above 0, or below: a limit at 0 says that the status quo is surely worse, or better."""
        return self.low is not None and self.high is not None and (self.low >= 0 or self.high <= 0)

    def __str__(self) -> str:
        if self.officers is None:
            return "–"
        if self.low is None or self.high is None:
            return self._told(self.officers)
        if self.low == -math.inf and self.high == math.inf:
            return say("cannot be told")
        if self.low == self.high:
            return self._told(self.low)
        limits = say("{low} to {high}", low=self._told(self.low), high=self._told(self.high))
        return f"{self._told(self.officers)} ({limits})"

    def _told(self, officers: float) -> str:
        if math.isinf(officers):
            return f"> +{self.most}" if officers > 0 else f"< {number(self.fewest, 0)}"
        return number(officers, 0 if abs(officers) >= 10 else 1, sign=True)


class Marginal(NamedTuple):
    """What some officers more in one post, or fewer, change by one outcome, in its unit.

    Attributes
    ----------
    post, outcome : str
        Where there are more or fewer, and the indicator.
    change, low, high : float or None
        Paired difference to the status quo with its 95 % interval; infinite, without one, if it is never reached there
        in some run.
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
        if math.isinf(self.change):
            return say("not reached")
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
        Officers more in one post (below 0: fewer) → post → what they change by each outcome.
    sentences : tuple of Notice
        What of this belongs into the answer.
    brief : tuple of Notice
        Those of them that belong on the sheet for who decides.
    csv : str
        All numbers, unrounded.
    """

    outcomes: list[str]
    worths: dict[str, list[Worth]]
    marginals: dict[int, dict[str, list[Marginal]]]
    sentences: tuple[Notice, ...]
    brief: tuple[Notice, ...]
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
    curves = {name: known for name in OUTCOMES if (known := _curve(comparison, shortage, name)) is not None}
    tried = comparison.staffing["post"].is_null().any()
    worths = {
        option.name: [
            _worth(option.name, name, curve, comparison.values(*option.point, name)) for name, curve in curves.items()
        ]
        for option in options(comparison, shortage)
        if tried
    }
    marginals = _marginals(comparison, shortage, list(curves))
    headlines, next_ones, needed = _headlines(worths), _in_one_post(marginals), _needed(comparison, curves, target)
    gained = [told for more, of_number in next_ones.items() if more > 0 for told in of_number]
    lost = [told for more, of_number in next_ones.items() if more < 0 for told in of_number]
    told = [*headlines.values(), *gained, *lost, *needed]
    brief = [*([headlines[HEADLINE[0]]] if HEADLINE[0] in headlines else []), *gained, *needed]
    rows: list[tuple[Any, ...]] = [
        ("worth", one.option, None, *one[1:5]) for of_option in worths.values() for one in of_option
    ]
    rows += [
        ("change", one.post, more, *one[1:])
        for more, of_number in marginals.items()
        for of_post in of_number.values()
        for one in of_post
    ]
    header = ("kind", "option_or_post", "officers", "outcome", "value", "low", "high")
    numbers = csv_text([header, *rows]) if rows else ""
    return Equivalents(list(curves), worths, marginals, tuple(told), tuple(brief), numbers)


def _curve(comparison: Comparison, shortage: str, name: str) -> Curve | None:
    """Return an outcome of the status quo with the numbers of officers with which every run has it.

    None where some run of the status quo itself has not, or never reached it, and where none of the numbers is left.
    """
    there = comparison.staffing.filter(pl.col("post").is_null())
    if name not in there.columns:
        return None
    runs = {0: comparison.values(shortage, comparison.baseline, name)}
    for (more,), rows in there.group_by("officers"):
        runs[int(more)] = rows.sort("replication")[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    numbers = sorted(more for more, values in runs.items() if np.isfinite(values).all())
    if 0 not in numbers or len(numbers) == 1 < len(runs):
        return None
    return Curve(np.array(numbers, dtype=float), np.array([runs[more] for more in numbers]))


def _worth(option: str, name: str, curve: Curve, wanted: Floats) -> Worth:
    """Return with how many officers more the status quo has an outcome that is wanted, one value a replication."""
    fewest, most = int(curve.officers[0]), int(curve.officers[-1])
    if not np.isfinite(wanted).all():
        return Worth(option, name, None, None, None, fewest, most)
    value, low, high = place(curve.officers, curve.values, wanted, indicator(name).good > 0)
    return Worth(option, name, value, _limit(low), _limit(high), fewest, most)


def _marginals(comparison: Comparison, shortage: str, outcomes: list[str]) -> dict[int, dict[str, list[Marginal]]]:
    """Return what each number of officers more in one post, or fewer, changes: number → post → by each outcome."""
    found: dict[int, dict[str, list[Marginal]]] = {}
    in_posts = comparison.staffing.filter(pl.col("post").is_not_null())
    for (more, post), rows in in_posts.group_by("officers", "post", maintain_order=True):
        cells = []
        for name in outcomes:
            there = rows.sort("replication")[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            change = there - comparison.values(shortage, comparison.baseline, name)
            cells.append(_marginal(post, name, change * factor(name, comparison.residents, comparison.days)))
        found.setdefault(more, {})[post] = cells
    return found


def _marginal(post: str, name: str, change: Floats) -> Marginal:
    """Estimate what officers in a post change; unknown where an outcome is absent in some run."""
    if np.isfinite(change).all():
        return Marginal(post, name, *estimate(change))
    return Marginal(post, name, None if np.isnan(change).any() else math.inf, None, None)


def _headlines(worths: dict[str, list[Worth]]) -> dict[str, Notice]:
    """Say of each outcome of the headline which options are worth officers, or cost some, and how many."""
    told = {}
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
        said: dict[str, Any] = {"outcome": _label(outcome), **({"parts": parts} if parts else {})}
        told[outcome] = Notice(words, **said)
    return told


def _in_one_post(marginals: dict[int, dict[str, list[Marginal]]]) -> dict[int, list[Notice]]:
    """Say where the next officers do most good, and where the first lost cost most, by the outcomes of the headline."""
    told: dict[int, list[Notice]] = {more: [] for more in marginals}
    for (more, of_number), outcome in product(marginals.items(), HEADLINE):
        good = indicator(outcome).good * more
        here = [one for of_post in of_number.values() for one in of_post if one.outcome == outcome]
        felt = [one for one in here if one.decided and good * (one.change or 0.0) > 0]
        never = tuple(noun(one.post) for one in here if one.change == math.inf)
        said: dict[str, Any] = {"officers": abs(more), "outcome": _label(outcome)}
        if never and more < 0:
            words = "With {officers} officers fewer in {posts}, {outcome} is not reached in some run."
            told[more].append(Notice(words, **said, posts=never))
        elif felt:
            most = max(felt, key=lambda one, good=good: good * (one.change or 0.0))  # type: ignore[misc]
            words = (
                "The next {officers} officers do most by {outcome} in {post}: {change} {unit}."
                if more > 0
                else "The first {officers} officers lost cost most by {outcome} in {post}: {change} {unit}."
            )
            said |= {"post": noun(most.post), "change": str(most), "unit": indicator(outcome).unit}
            told[more].append(Notice(words, **said))
        elif here:
            words = (
                "By {outcome}, no post shows what {officers} more officers there would change."
                if more > 0
                else "By {outcome}, no post shows what {officers} officers fewer there would change."
            )
            told[more].append(Notice(words, **said))
    return told


def _needed(comparison: Comparison, curves: dict[str, Curve], target: Target | None) -> list[Notice]:
    """Say how many more officers a target takes."""
    if target is None:
        return []
    name, goal = target.indicator, f"{'≥' if target.at_least else '≤'} {number(target.value)}"
    said: dict[str, Any] = {"outcome": _label(name), "goal": goal}
    if name not in curves:
        words = (
            "How many officers {outcome} {goal} takes cannot be told: in some run it was never reached or not there."
        )
        return [Notice(words, **said)]
    if (indicator(name).good > 0) != target.at_least:
        words = "{outcome} {goal} is no target that more officers could reach: they do not make it worse."
        return [Notice(words, **said)]
    curve = curves[name]
    in_unit = target.value / factor(name, comparison.residents, comparison.days)
    found = _worth("", name, curve, np.full(curve.values.shape[1], in_unit))
    if found.officers == np.inf and found.low in (None, np.inf):
        words = "{outcome} {goal} is not reached with any number of officers that was tried, up to {most} more."
        return [Notice(words, **said, most=found.most)]
    if (found.low, found.high) == (-np.inf, np.inf):
        words = "How many officers {outcome} {goal} takes cannot be told: more or fewer change it too little."
        return [Notice(words, **said)]
    words = "{outcome} {goal} takes {officers} more sworn officers (95 % interval; a minus: so many could go)."
    return [Notice(words, **said, officers=str(found))]


def _limit(value: float) -> float | None:
    return None if np.isnan(value) else value


def _label(outcome: str) -> str:
    label = indicator(outcome).label
    return label if label[:2] in ("P1", "P9") or label[:1].isdigit() else f"{label[0].lower()}{label[1:]}"
