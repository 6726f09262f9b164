"""What a study of trials found: all numbers and sentences, worked out once, for terminal, page, figure and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.languages.speech import say
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import number
from experiments.trial.design import AFTER_BAD_MONTH, BEFORE_AFTER, DIFFERENCES, HOT_SPOTS, MATCHED, STEPPED_WEDGE
from experiments.trial.estimators import MANY
from experiments.trial.kept import AT_ALL_PLACES, CALLS
from experiments.trial.numbers import PARTS, powers, trials
from experiments.trial.operating import WANTED, needed, worths
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.estimates.estimate import Estimate
    from experiments.trial.numbers import Runs
    from experiments.trial.operating import Worth

DESIGN_NAMES = {
    BEFORE_AFTER: Notice("before and after"),
    MATCHED: Notice("matched districts"),
    DIFFERENCES: Notice("difference in differences"),
    STEPPED_WEDGE: Notice("stepped wedge"),
    HOT_SPOTS: Notice("hot spots by lot"),
}
PART_NAMES = {
    "recording": Notice("recording"),
    "displacement": Notice("displacement"),
    "time": Notice("trend, season, unlike districts"),
    "selection": Notice("choice after a bad month"),
    "rest": Notice("the estimator itself"),
}
FEW_TRIALS = 30  # of as many with 95 % that hold, the interval of the share is from 83 to 99 %
NOTE = Notice(
    "Effects, estimates and biases are in log points, 100 times the logarithm of a ratio: −10 is 9.5 % fewer; so the "
    "parts of a bias add up to it. In brackets 95 % intervals over the trials. The truth is what the same seeds show "
    "with and without the strategy, where and as long as it is ordered; no analyst knows it. Coverage: how often the "
    "95 % interval of an evaluation holds the truth. Power: how often p is below 5 %. False alarms: the same where "
    "nothing was rolled out."
)


@dataclass(frozen=True)
class Trials:
    """A study of trials and what came of it.

    Attributes
    ----------
    plan : mapping
        See `experiments.trial.design.design`.
    districts : int
        Of a trial, in all of its cities.
    estimates : DataFrame
        See `experiments.trial.numbers.trials`.
    worths : list of Worth
        What each design is worth.
    powers, needed : DataFrame
        See `experiments.trial.numbers.powers`, `experiments.trial.operating.needed`.
    sentences : tuple of Notice
        The answer, decision first.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    plan: Mapping[str, Any]
    districts: int
    estimates: pl.DataFrame
    worths: list[Worth]
    powers: pl.DataFrame
    needed: pl.DataFrame
    sentences: tuple[Notice, ...]
    provenance: dict[str, Any]

    @property
    def strategies(self) -> list[str]:
        """What was rolled out."""
        return list(dict.fromkeys(one.strategy for one in self.worths))

    @property
    def table(self) -> pl.DataFrame:
        """A row a design, strategy and outcome; effects as log ratios."""
        return pl.DataFrame([_row(one) for one in self.worths], infer_schema_length=None)


def _row(one: Worth) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(one, name) for name in ("design", "strategy", "outcome", "trials", "told")}
    told = {name: getattr(one, name) for name in ("truth", "elsewhere", "found", "bias")}
    shares = {name: getattr(one, name) for name in ("coverage", "power", "false_alarms")}
    for name, value in {**told, **{f"bias_{part}": of for part, of in one.parts.items()}, **shares}.items():
        row |= {name: value.mean, f"{name}_low": value.lower, f"{name}_high": value.upper}
    return row


def findings(plan: Mapping[str, Any], runs: Runs, provenance: dict[str, Any]) -> Trials:
    """Work out what a study found."""
    estimates, of_powers = trials(runs, plan), powers(runs, plan)
    judged, enough = worths(estimates), needed(of_powers)
    districts = len(runs.waiting[0].residents) * plan["cities"]
    said = [_of_strategy(name, judged, enough, plan) for name in runs.strategies]
    sentences = tuple(one for of_one in said for one in of_one)
    return Trials(
        plan, districts, estimates, judged, of_powers, enough, (*sentences, *_few(plan, districts)), provenance
    )


def trusted(one: Worth) -> bool:
    """Whether nothing speaks against a design, by the 95 % intervals of its bias, its coverage and its false alarms."""
    covers, alarms, (_, low, high) = one.coverage.upper, one.false_alarms.lower, one.bias
    unbiased = low is None or high is None or low <= 0 <= high
    return covers is not None and alarms is not None and covers >= 0.95 and alarms <= 0.05 and unbiased


def _of_strategy(name: str, judged: list[Worth], enough: pl.DataFrame, plan: Mapping[str, Any]) -> list[Notice]:
    """Say which design can be trusted with a strategy, what is wrong with the others, and what it takes."""
    own = [one for one in judged if (one.strategy, one.outcome) == (name, plan["outcomes"][0])]
    good = sorted(filter(trusted, own), key=lambda one: -(one.power.mean or 0.0))
    told: dict[str, Any] = {"strategy": strategy_name(name), "outcome": outcome_name(plan["outcomes"][0])}
    if good:
        best = good[0]
        words = (
            "To judge {strategy} by {outcome}, use this design: {design}. Its 95 % interval holds the truth, {truth}, "
            "in {coverage} % of trials, and it finds an effect in {power} %."
            if plan["replications"] >= FEW_TRIALS
            else "To judge {strategy} by {outcome}, nothing speaks against this design so far: {design}. Its 95 % "
            "interval holds the truth, {truth}, in {coverage} % of trials, and it finds an effect in {power} %."
        )
        first = Notice(
            words, **told, design=DESIGN_NAMES[best.design], truth=_points(best.truth),
            coverage=_percent(best.coverage), power=_percent(best.power),
        )  # fmt: skip
    else:
        first = Notice("No design can be trusted with {strategy}, judged by {outcome}.", **told)
    return [first, *(_wrong(one) for one in own if not trusted(one)), *_takes(name, good, enough)]


def _wrong(one: Worth) -> Notice:
    """Say how far a design is off, and what most of it comes from."""
    known = {part: of.mean for part, of in one.parts.items() if of.mean is not None}
    if one.bias.mean is None or not known:
        return Notice("{design}: nothing can be estimated.", design=DESIGN_NAMES[one.design])
    most = max(known, key=lambda part: abs(known[part]))
    words = (
        "Not to be trusted, {design}: its interval holds the truth in {coverage} % of trials, false alarms {alarms} %; "
        "it is off by {bias} log points, most by: {part}, {size}."
    )
    return Notice(
        words, design=DESIGN_NAMES[one.design], coverage=_percent(one.coverage), alarms=_percent(one.false_alarms),
        bias=_points(one.bias), part=PART_NAMES[most], size=_points(one.parts[most]),
    )  # fmt: skip


def _takes(name: str, good: list[Worth], enough: pl.DataFrame) -> list[Notice]:
    """Say how many districts and days a trusted design takes, the least of them."""
    rows = enough.filter(pl.col("strategy") == name, pl.col("design").is_in([one.design for one in good]))
    if not rows.height:
        return []
    best = rows.drop_nulls("districts").sort("districts", "days")
    if best.height:
        row = best.row(0, named=True)
        words = "An effect as large is found with {wanted} % by {design} in {districts} districts over {days} days."
        return [
            Notice(words, wanted=f"{100 * WANTED:g}", design=DESIGN_NAMES[row["design"]], districts=row["districts"],
                   days=row["days"])
        ]  # fmt: skip
    row = rows.sort("most_power", descending=True).row(0, named=True)
    words = "No trial of up to {districts} districts finds an effect as large with {wanted} %; the most is {power} %."
    most = int(rows["most_districts"].max() or 0)  # type: ignore[arg-type]
    return [Notice(words, wanted=f"{100 * WANTED:g}", districts=most, power=number(100 * row["most_power"], 0))]


def _few(plan: Mapping[str, Any], districts: int) -> list[Notice]:
    """Say what rests on few trials or districts, and what is not chosen by records."""
    said = []
    if plan["replications"] < FEW_TRIALS:
        words = "{n} trials are few: which design can be trusted is not decided by so many."
        said.append(Notice(words, n=plan["replications"]))
    if districts < MANY and {DIFFERENCES, STEPPED_WEDGE} & {*plan["designs"]}:
        words = "A trial has {n} districts: evaluations take the scatter from so few, and find little."
        said.append(Notice(words, n=districts))
    if plan["begin"] == AFTER_BAD_MONTH and STEPPED_WEDGE in plan["designs"]:
        said.append(Notice("The stepped wedge begins as planned, in an order that is drawn."))
    return said


def outcome_name(outcome: str) -> str | Notice:
    """Return what an outcome is called."""
    if outcome == AT_ALL_PLACES:
        return Notice("recorded crimes at places")
    if outcome == CALLS:
        return Notice("calls for service")
    return Notice("recorded {crime}", crime=Notice(outcome.replace("_", " ")))


class Table(NamedTuple):
    """A table as texts in the language that is spoken: a title, the heads of its columns, and its rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]


HEADS = (
    Notice("Design"), Notice("True effect"), Notice("Mean estimate"), Notice("Bias"), Notice("Coverage, %"),
    Notice("Power, %"), Notice("False alarms, %"), Notice("Trials"),
)  # fmt: skip
HEADS_OF_PARTS = (Notice("Bias by"), *PART_NAMES.values(), Notice("True change elsewhere"))


def tables(found: Trials) -> list[Table]:
    """Return two tables for each strategy and outcome: what designs are worth, and what their bias consists of."""
    shown = []
    for strategy, outcome in dict.fromkeys((one.strategy, one.outcome) for one in found.worths):
        own = [one for one in found.worths if (one.strategy, one.outcome) == (strategy, outcome)]
        title = say("{strategy}, {outcome}", strategy=strategy_name(strategy), outcome=say(outcome_name(outcome)))
        shown.append(Table(title, [say(head) for head in HEADS], [_shown(one) for one in own]))
        parts = [
            [say(DESIGN_NAMES[one.design]), *(_text(one.parts[part]) for part in PARTS), _text(one.elsewhere)]
            for one in own
        ]
        shown.append(Table(title, [say(head) for head in HEADS_OF_PARTS], parts))
    return shown


def _shown(one: Worth) -> list[str]:
    effects = [_text(value) for value in (one.truth, one.found, one.bias)]
    shares = [_share(value) for value in (one.coverage, one.power, one.false_alarms)]
    told = str(one.trials) if one.told == one.trials else say("{told} of {all}", told=one.told, all=one.trials)
    return [say(DESIGN_NAMES[one.design]), *effects, *shares, told]


def _points(value: Estimate) -> str | Notice:
    """Return a log ratio in log points with its interval."""
    mean, low, high = (None if one is None else number(100 * one, 1, sign=True) for one in value)
    if mean is None:
        return "–"
    return mean if low is None or high is None else Notice("{mean} ({low} to {high})", mean=mean, low=low, high=high)


def _text(value: Estimate) -> str:
    told = _points(value)
    return say(told) if isinstance(told, Notice) else told


def _percent(value: Estimate) -> str:
    return "–" if value.mean is None else number(100 * value.mean, 0)


def _share(value: Estimate) -> str:
    if value.mean is None or value.lower is None or value.upper is None:
        return "–"
    mean, low, high = (number(100 * one, 0) for one in (value.mean, value.lower, value.upper))
    return say("{mean} ({low} to {high})", mean=mean, low=low, high=high)
