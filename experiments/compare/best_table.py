"""The probabilities of being the best as the headline of the answer, as a table, and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.best import Best, Chances, are_counted, draws
from experiments.compare.paired import Effect, between, decimals_for, effect
from experiments.compare.ranking import JUDGED
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import csv_text, number, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.compare.comparison import Comparison

FEW = 10  # replications: of fewer, the bootstrap knows little of what is improbable
MOST_TOLD = 3  # strategies in the headline
LEAST = {
    "crimes_total": "Probability of the fewest crimes: {chances}.",
    "harm_total": "Probability of the least crime harm: {chances}.",
}


class BestCell(NamedTuple):
    """What is said of a policy by one outcome: its probabilities, and the interval that stands behind them."""

    best: str
    best_two: str
    mean_rank: str
    difference: str  # to the baseline, with the interval that holds for all comparisons


class BestRow(NamedTuple):
    """A policy under a shortage; `cells` by outcome."""

    strategy: str
    cells: Mapping[str, BestCell]


class BestTable(NamedTuple):
    """The probabilities of being the best.

    Attributes
    ----------
    rows : mapping
        Shortage → policies in the order of the comparison.
    outcomes : list of str
        Those by which there are probabilities.
    note : str
        How the probabilities were had, and how far they can be trusted.
    csv : str
        All ranks, unrounded.
    """

    rows: Mapping[str, list[BestRow]]
    outcomes: list[str]
    note: str
    csv: str


def best_table(comparison: Comparison, found: Best) -> BestTable:
    """Make the table of the probabilities."""
    if not found:
        return BestTable({}, [], "", "")
    outcomes = [name for name in JUDGED if any(name == outcome for _, outcome in found)]
    rows = {
        shortage: [
            BestRow(strategy, {name: _cell(comparison, found, shortage, strategy, name) for name in outcomes})
            for strategy in comparison.policies
        ]
        for shortage in comparison.shortages
    }
    return BestTable(rows, outcomes, _note(comparison.replications), _csv(found))


def probability(value: float) -> str:
    """Write a probability in whole percent; what is nearly certain is not called certain."""
    return per_cent("<1" if value < 0.01 else ">99" if value > 0.99 else number(100 * value, 0))


def headline(comparison: Comparison, found: Best, told: str) -> str:
    """Say how probably each of the first strategies is the best under a shortage, by each outcome, and what is certain.

    Nothing where nothing can be: with few replications, or one strategy.
    """
    texts = [say(LEAST[name], chances=_chances(found[told, name])) for name in JUDGED if (told, name) in found]
    if comparison.replications < FEWEST_FOR_INTERVAL or len(comparison.policies) < 2:
        return ""
    words = (
        "{n} paired replications: a difference is called certain where the interval that holds for all comparisons "
        "together excludes 0."
    )
    return sentences([*texts, say(words, n=comparison.replications)])


def _chances(chances: Chances) -> str:
    """`integrated policing 93 %, Fengqiao co-governance 7 %, each of the others <1 %`."""
    order = list(chances.ranks)
    shown = [strategy for strategy in order[:MOST_TOLD] if chances.best(strategy) >= 0.01]
    told = [f"{strategy_name(strategy)} {probability(chances.best(strategy))}" for strategy in shown]
    if rest := order[len(shown) :]:
        most = probability(max(chances.best(strategy) for strategy in rest))
        if len(rest) == 1:
            told.append(f"{strategy_name(rest[0])} {most}")
        else:
            words = "each of the others {most}" if most.startswith("<") else "each of the others {most} at most"
            told.append(say(words, most=most))
    return in_words(", ").join(told)


def _cell(comparison: Comparison, found: Best, shortage: str, strategy: str, name: str) -> BestCell:
    chances = found.get((shortage, name))
    if chances is None or strategy not in chances.ranks:
        return BestCell("–", "–", "–", "–")
    it = effect(comparison, "strategy", shortage, strategy, name)
    return BestCell(
        probability(chances.best(strategy)),
        probability(chances.best_two(strategy)),
        number(chances.mean_rank(strategy), 1),
        say("baseline") if strategy == comparison.baseline else _interval(it),
    )


def _interval(found: Effect | None) -> str:
    """Write a difference with the interval that holds for all comparisons together."""
    if found is None or found.low_simultaneous is None or found.high_simultaneous is None:
        return "–"
    decimals = decimals_for([found])
    limits = between(found.low_simultaneous, found.high_simultaneous, decimals)
    return f"{number(found.difference, decimals, sign=True)} ({limits})"


def _note(n: int) -> str:
    ways = len(draws(n)[0])
    how = say("all {ways:,} different draws" if are_counted(n) else "{ways:,} draws", ways=ways)
    few = "With {n} replications, <1 % and >99 % say no more than that all of them agree."
    return sentences([
        say("Probability of having the best mean, and of being among the best two, when the replications are drawn "
            "anew ({how}; bootstrap of the paired replications, their spread widened for their number); bounds are "
            "left out, and strategies with which the force cannot serve its calls where it can with others.",
            how=how),
        say("It holds what differs between replications (chance, made-up cities, sets of parameters where given), not "
            "how wrong the model may be."),
        say(few, n=n) if n < FEW else "",
        say("Differences are to the baseline, in brackets the interval that holds for all comparisons together."),
    ])  # fmt: skip


def _csv(found: Best) -> str:
    most = max(len(chances.ranks) for chances in found.values())
    header = ["shortage", "indicator", "strategy", "probability_best", "probability_best_two", "mean_rank"]
    lines = [
        [shortage, name, strategy, chances.best(strategy), chances.best_two(strategy), chances.mean_rank(strategy),
            *map(float, ranks), *[""] * (most - len(ranks))]
        for (shortage, name), chances in found.items() for strategy, ranks in chances.ranks.items()
    ]  # fmt: skip
    return csv_text([[*header, *(f"probability_rank_{rank}" for rank in range(1, most + 1))], *lines])
