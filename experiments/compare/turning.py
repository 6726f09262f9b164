"""What would turn the ranking, as sentences of the answer and as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.compare.paired import between, decimals_for, effect
from experiments.compare.ranking import JUDGED
from experiments.languages.speech import say, sentences
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.compare.comparison import Comparison

NOTE = (
    "The difference of each strategy to the best one with the default parameters is fitted by the parameters over the "
    "sets; the nearest change of one parameter, within its range, at which they would change places is tried by runs, "
    "beyond the place where both are level, on the same seeds. Only what these runs confirm turns the ranking."
)
VERDICTS = {
    "confirmed": "confirmed by runs", "refuted": "not so in runs", "undecided": "runs do not decide",
    "none": "none within its range",
}  # fmt: skip
CONFIRMED = {
    "crimes_total": "By crimes, {rival} comes before {leader} where {parameter} is {value} in place of {default}, "
    "{change} % of its range away: runs with {tried} show {difference} {unit} (95 % interval {interval}).",
    "harm_total": "By crime harm, {rival} comes before {leader} where {parameter} is {value} in place of {default}, "
    "{change} % of its range away: runs with {tried} show {difference} {unit} (95 % interval {interval}).",
}
NOT_CONFIRMED = {
    "crimes_total": "By crimes, runs confirm none of the nearest changes of one parameter that would put another "
    "strategy before {leader} ({n} tried).",
    "harm_total": "By crime harm, runs confirm none of the nearest changes of one parameter that would put another "
    "strategy before {leader} ({n} tried).",
}
NONE = {
    "crimes_total": "By crimes, no parameter alone would put another strategy before {leader} within its range, as far "
    "as a linear fit tells.",
    "harm_total": "By crime harm, no parameter alone would put another strategy before {leader} within its range, as "
    "far as a linear fit tells.",
}


class TurnRow(NamedTuple):
    """A change that was tried, as a reader is told of it."""

    shortage: str
    outcome: str
    leader: str
    rival: str
    parameter: str
    default: str
    turning: str
    change: str
    tried: str
    difference: str
    verdict: str


class Turning(NamedTuple):
    """What would turn the ranking: rows of the table, the smallest change first, and what the answer says of it."""

    rows: list[TurnRow]
    statement: str


def turning(comparison: Comparison, told: str) -> Turning:
    """Tell of the changes that were tried; nothing where that was not asked."""
    rows = list(comparison.turns.iter_rows(named=True))
    told_of = [
        _sentence(comparison, name, of_name)
        for name in JUDGED
        if (of_name := comparison.turns.filter((pl.col("shortage") == told) & (pl.col("indicator") == name))).height
    ]
    return Turning([_row(comparison, row) for row in rows], sentences(told_of))


def _sentence(comparison: Comparison, name: str, rows: pl.DataFrame) -> str:
    """Say what turns the ranking by an outcome."""
    leader = strategy_name(rows["leader"][0])
    confirmed = rows.filter(pl.col("verdict") == "confirmed").sort(pl.col("measured_change").abs())
    if confirmed.is_empty():
        tried = rows.filter(pl.col("verdict") != "none").height
        return say(NOT_CONFIRMED[name], leader=leader, n=tried) if tried else say(NONE[name], leader=leader)
    row = confirmed.row(0, named=True)
    difference, interval = _difference(comparison, row, "tried")
    told = say(
        CONFIRMED[name], leader=leader, rival=strategy_name(row["rival"]), parameter=row["parameter"],
        value=value_text(row["measured"]), default=value_text(row["default"]), tried=value_text(row["tried"]),
        change=number(100 * abs(row["measured_change"]), 0), difference=difference, interval=interval,
        unit=indicator(name, comparison.currency).unit,
    )  # fmt: skip
    level = row["default_low"] is None or row["default_low"] <= 0
    return sentences([told, say("With the default parameters these two are not told apart.") if level else ""])


def value_text(value: float) -> str:
    """Write the value of a parameter with three digits."""
    return f"{value:.3g}"


def _difference(comparison: Comparison, row: Mapping[str, Any], where: str) -> tuple[str, str]:
    """Write the difference of the rival to the leader at a place, and its interval, in the unit of the table."""
    by = factor(row["indicator"], comparison.residents, comparison.days)
    decimals = decimals_for([effect(comparison, "strategy", row["shortage"], name, row["indicator"])
                             for name in comparison.rivals])  # fmt: skip
    value, low, high = (row[column] for column in (f"difference_{where}", f"{where}_low", f"{where}_high"))
    interval = "–" if low is None else between(low * by, high * by, decimals)
    return number(value * by, decimals, sign=True), interval


def _row(comparison: Comparison, row: Mapping[str, Any]) -> TurnRow:
    outcome, leader = indicator(row["indicator"]).label, strategy_name(row["leader"])
    where, verdict = shortage_name(row["shortage"]), say(VERDICTS[row["verdict"]])
    if row["rival"] is None:
        return TurnRow(where, outcome, leader, *("–",) * 7, verdict)
    turning_at, change = (
        (row["turning"], row["change"]) if row["measured"] is None else (row["measured"], row["measured_change"])
    )
    difference, interval = _difference(comparison, row, "tried")
    return TurnRow(
        where, outcome, leader, strategy_name(row["rival"]), row["parameter"], value_text(row["default"]),
        value_text(turning_at), per_cent(number(100 * change, 0, sign=True)), value_text(row["tried"]),
        f"{difference} ({interval})", verdict,
    )  # fmt: skip
