"""What the ranking hangs on, as sentences of the answer, as a table, and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from experiments.compare.ranking import JUDGED
from experiments.languages.speech import say, sentences
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import csv_text, number, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.compare.comparison import Comparison
    from experiments.compare.robustness import Robust, Robustness, Share

OFTEN = {
    "crimes_total": "Over {n} sets of parameters, {name} has the fewest crimes in {share} of them.",
    "harm_total": "Over {n} sets of parameters, {name} has the least crime harm in {share} of them.",
}
PARAMETERS = "parameters"  # the source of variance
SOURCES = {"parameters": "Parameters", "cities": "Cities", "chance": "Chance"}  # of variance → heads of columns
NOTE = (
    "Share of the sets of parameters in which a strategy has the best, or the second-best, mean over the runs of the "
    "set (exact 95 % interval), so that it holds the chance of those few runs, too; bounds are left out."
)


class RobustCell(NamedTuple):
    """What sets do to a policy by one outcome: how often it is first and second, its mean rank, and the default."""

    first: str
    second: str
    mean_rank: str
    default: bool  # whether it is the best with the default parameters


class RobustRow(NamedTuple):
    """A policy under a shortage; `cells` by outcome."""

    strategy: str
    cells: Mapping[str, RobustCell]


class SplitRow(NamedTuple):
    """Where the variance of a strategy's difference comes from: texts by source, in percent with their intervals."""

    strategy: str
    texts: Mapping[str, str]


class RobustTable(NamedTuple):
    """What the ranking hangs on.

    Attributes
    ----------
    rows : mapping
        Shortage → policies in the order of the comparison; empty without sets of parameters.
    outcomes : list of str
        Those by which they are ranked.
    sources : list of str
        Where variance comes from.
    split : mapping
        Outcome → rows of its variance under the shortage that is told about.
    statement, brief : str
        What the answer says of it, and one sentence where the ranking by crimes hangs on the parameters, else nothing.
    csv : str
        The share of every rank, unrounded.
    """

    rows: Mapping[str, list[RobustRow]]
    outcomes: list[str]
    sources: list[str]
    split: Mapping[str, list[SplitRow]]
    statement: str
    brief: str
    csv: str


def robust_table(comparison: Comparison, found: Robust, told: str, leader: str) -> RobustTable:
    """Make the table.

    Parameters
    ----------
    comparison : Comparison
        What was kept of all runs.
    found : Robust
        From `experiments.compare.robustness.robustness_of`.
    told, leader : str
        The shortage that the answer is about, and the strategy.
    """
    outcomes = [name for name in JUDGED if any(name == outcome for _, outcome in found)]
    rows = {
        shortage: [
            RobustRow(policy, {name: _cell(found.get((shortage, name)), policy) for name in outcomes})
            for policy in comparison.policies
        ]
        for shortage in comparison.shortages if found
    }  # fmt: skip
    shares = comparison.variance_shares
    sources = shares["source"].unique(maintain_order=True).to_list()
    split = {name: _split(comparison, told, name) for name in JUDGED} if PARAMETERS in sources else {}
    statement = sentences([
        *(_often(found[told, name], comparison.replications, name) for name in JUDGED if (told, name) in found),
        _agreement(found.get((told, JUDGED[0]))),
        _parameters(comparison, told, leader),
    ])  # fmt: skip
    brief = _brief(found.get((told, JUDGED[0])), comparison.replications)
    return RobustTable(rows, outcomes, sources, split, statement, brief, _csv(found, comparison.replications))


def with_interval(share: float, low: float, high: float) -> str:
    """Write `63 % (50 to 75 %)`."""
    of, least, most = (number(100 * value, 0) for value in (share, low, high))
    return say("{share} % ({low} to {high} %)", share=of, low=least, high=most)


def _cell(found: Robustness | None, policy: str) -> RobustCell:
    if found is None or policy not in found.ranks:
        return RobustCell("–", "–", "–", False)
    ranks = found.ranks[policy]
    mean = float(ranks @ np.arange(1, len(ranks) + 1))
    return RobustCell(
        with_interval(*found.first[policy]), per_cent(number(100 * float(ranks[1]), 0)), number(mean, 1),
        policy == found.default,
    )  # fmt: skip


def _often(found: Robustness, sets: int, name: str) -> str:
    """Say which strategy is most often the best over the sets, and whether the best by default stays so."""
    first = next(iter(found.ranks))
    said = say(OFTEN[name], n=sets, name=strategy_name(first), share=with_interval(*found.first[first]))
    if not found.default:
        return said
    stays: Share | None = found.first.get(found.default)
    if first == found.default or stays is None:
        return sentences([said, say("So it has with the default parameters.")])
    words = "With the default parameters {name} has, which stays so in {share}."
    return sentences([said, say(words, name=strategy_name(found.default), share=with_interval(*stays))])


def _agreement(found: Robustness | None) -> str:
    """Say whether the ranking by crimes hangs on the parameters."""
    if found is None or found.agreement is None:
        return ""
    it = found.agreement
    words = (
        "Two runs with one set have the same strategy first in {same} %, two with different sets in {apart} %: the "
        "ranking hangs on the parameters."
        if it.hangs
        else "Two runs with one set have the same strategy first in {same} %, two with different sets in {apart} %: "
        "that the ranking hangs on the parameters is not shown."
    )
    return say(words, same=number(100 * it.same, 0), apart=number(100 * it.apart, 0))


def _brief(found: Robustness | None, sets: int) -> str:
    """Say in one sentence that the ranking by crimes hangs on the parameters; nothing where that is not shown."""
    if found is None or found.agreement is None or not found.agreement.hangs:
        return ""
    first = next(iter(found.ranks))
    words = "The ranking hangs on the parameters: over {n} sets of them, {name} has the fewest crimes in {share}."
    return say(words, n=sets, name=strategy_name(first), share=with_interval(*found.first[first]))


def _parameters(comparison: Comparison, told: str, leader: str) -> str:
    """Say how much of the variance of the leader's difference comes from the parameters."""
    row = _shares(comparison, told, JUDGED[0]).filter(
        (pl.col("strategy") == leader) & (pl.col("source") == PARAMETERS) & pl.col("share").is_not_null()
    )
    if row.is_empty():
        return ""
    share = with_interval(*row.select("share", "low", "high").row(0))
    words = (
        "Of the variance between runs of the difference in crimes between {name} and {baseline}, {share} comes from "
        "the parameters."
    )
    return say(words, name=strategy_name(leader), baseline=strategy_name(comparison.baseline), share=share)


def _shares(comparison: Comparison, shortage: str, name: str) -> pl.DataFrame:
    return comparison.variance_shares.filter((pl.col("shortage") == shortage) & (pl.col("indicator") == name))


def _split(comparison: Comparison, shortage: str, name: str) -> list[SplitRow]:
    parts = _shares(comparison, shortage, name).partition_by("strategy", as_dict=True, maintain_order=True)
    return [
        SplitRow(
            str(strategy),
            {row["source"]: "–" if row["share"] is None else with_interval(row["share"], row["low"], row["high"])
             for row in part.iter_rows(named=True)},
        )
        for (strategy,), part in parts.items()
    ]  # fmt: skip


def _csv(found: Robust, sets: int) -> str:
    if not found:
        return ""
    most = max(len(one.ranks) for one in found.values())
    header = ["shortage", "indicator", "strategy", "sets", "first", "first_low", "first_high", "first_by_default"]
    lines = [
        [shortage, name, policy, sets, *one.first[policy], policy == one.default, *map(float, ranks)]
        for (shortage, name), one in found.items() for policy, ranks in one.ranks.items()
    ]  # fmt: skip
    return csv_text([[*header, *(f"share_rank_{rank}" for rank in range(1, most + 1))], *lines])
