"""The answer, decision first: what it is worth, what becomes of calls, how sure it is, and what could turn it.

Every sentence is written from the numbers and claims no more than their intervals allow: a difference is a fact only
where the interval that holds for all comparisons together excludes zero, probable where only its own 95 % interval
does, and otherwise no measurable difference. One shortage is spoken about, the first of the list that is one (a lever
is none), and named.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.compare.answer_calls import calls
from experiments.compare.answer_crime import CRIMES, HARM, why_unknown, worth
from experiments.compare.best_table import headline, probability
from experiments.compare.paired import decimals_for, effect, mean, told_shortage, written
from experiments.compare.serving import able, none_can_serve, unserved_range
from experiments.estimates.intervals import LEVEL
from experiments.estimates.student import t_limit
from experiments.languages.speech import listed, opened, say, sentences
from experiments.presentation.indicators import MARKED_POINTS, MOST_UNSERVED_PERCENT, UNSERVED
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.attainable import Attained
    from experiments.compare.best import Best, Chances
    from experiments.compare.comparison import Comparison
    from experiments.compare.ranking import Leaders, Rankings
    from experiments.compare.settled import Settled

FEW_REPLICATIONS = 10  # of fewer, probabilities and intervals know little of what is rare
LIKELY = 0.8  # probability of being the best from which a strategy is called probably the best
MOST_REPLICATIONS = 1000  # that are promised to decide something


class Statement(NamedTuple):
    """A part of the answer: what it is about, and its sentences."""

    heading: str
    text: str


def answer(
    comparison: Comparison, rankings: Rankings, shares: Attained, found: Best, settled: Settled
) -> tuple[Statement, ...]:
    """Answer what the comparison was made for.

    Parameters
    ----------
    comparison : Comparison
        What was kept of all runs.
    rankings : Rankings
        (shortage, outcome) → the policies that are not excluded as the best.
    shares : Attained
        Shares of the attainable under the shortage that is spoken about.
    found : Best
        Probabilities of being the best.
    settled : Settled
        Whether the city had settled.
    """
    shortage = told_shortage(comparison)
    leader = leading(comparison, rankings)
    parts = (
        (say("Decision"), _decision(comparison, shortage, rankings, found)),
        (say("What it is worth"), worth(comparison, shortage, leader, shares)),
        (say("Calls and response"), calls(comparison, shortage, leader)),
        (say("How sure"), _surety(comparison, shortage, found)),
        (say("What could turn it"), _caveat(comparison, shortage, leader, rankings, settled)),
        (say("What would change it"), _change(comparison, shortage, rankings)),
    )
    return tuple(Statement(heading, opened(text)) for heading, text in parts if text)


def leading(comparison: Comparison, rankings: Rankings) -> str:
    """Return the strategy that the answer is about: of those that can be chosen, the one with the fewest crimes."""
    shortage = told_shortage(comparison)
    crimes = rankings[shortage, CRIMES]
    return crimes.first if crimes else able(comparison, shortage)[0]


def _decision(comparison: Comparison, shortage: str, rankings: Rankings, found: Best) -> str:
    """Say which strategy to choose, and which are no choice."""
    where, choice = shortage_name(shortage), able(comparison, shortage)
    if none_can_serve(comparison, shortage):
        return say(
            "Under {shortage}, it is not a strategy that has to be decided first: with none of those compared can the "
            "force serve its calls. It needs more officers, or fewer calls.", shortage=where,
        )  # fmt: skip
    left_out = [strategy_name(name) for name in comparison.policies if name not in choice]
    if left_out and len(choice) == 1:
        return say(
            "Under {shortage}, {name} is the only choice: with no other strategy that was compared can the force serve "
            "its calls.", shortage=where, name=strategy_name(choice[0]),
        )  # fmt: skip
    text = _chosen(comparison, shortage, rankings, found, len(choice))
    if not left_out:
        return text
    words = "No choice, since the force cannot serve its calls: {names}."
    return sentences([text, say(words, names=listed(left_out))])


def _chosen(comparison: Comparison, shortage: str, rankings: Rankings, found: Best, n: int) -> str:
    """Say which of the n strategies that can be chosen to choose, or that the data do not single one out."""
    crimes, harm = rankings[shortage, CRIMES], rankings[shortage, HARM]
    where = shortage_name(shortage)
    if n == 1:
        level = number(mean(comparison, shortage, comparison.baseline, CRIMES))
        return say(
            "Under {shortage}, {name} has {level} crimes per 1,000 residents per year; no other strategy was simulated "
            "to compare it with.", shortage=where, name=strategy_name(comparison.policies[0]), level=level,
        )  # fmt: skip
    if crimes is None:
        return say(
            "Under {shortage}, crimes were not measured in every run: no strategy can be chosen.", shortage=where
        )
    if not crimes.may_be_best:
        return say("Under {shortage}, nothing can be decided: {why}.", shortage=where, why=why_unknown(comparison))
    best, least = _only(crimes), _only(harm)
    by_harm = harm.may_be_best if harm and harm.excluded else able(comparison, shortage)
    if best and best in by_harm:
        alike = "crimes and crime harm alike" if least == best else "crimes"
        words = {
            "crimes and crime harm alike": "Under {shortage}, choose {name}: it is the best of {n} strategies, by "
            "crimes and by crime harm.",
            "crimes": "Under {shortage}, choose {name}: it is the best of {n} strategies by crimes; by crime harm it "
            "is not excluded.",
        }[alike]
        return _at_its_price(say(words, shortage=where, name=strategy_name(best), n=n), comparison, shortage, best)
    if least and least in crimes.may_be_best:
        words = (
            "Under {shortage}, choose {name}: it is the best of {n} strategies by crime harm; by crimes it is not "
            "excluded."
        )
        return _at_its_price(say(words, shortage=where, name=strategy_name(least), n=n), comparison, shortage, least)
    possible = [name for name in crimes.may_be_best if name in by_harm]
    if not possible:
        return say(
            "Under {shortage}, it depends on what counts: by crimes the best is {crimes}, by crime harm {harm}.",
            shortage=where, crimes=_either(crimes.may_be_best), harm=_either(by_harm),
        )  # fmt: skip
    return _undecided(comparison, possible, shortage, found.get((shortage, CRIMES)))


def _at_its_price(text: str, comparison: Comparison, shortage: str, strategy: str) -> str:
    """Say with the decision what it costs those who call, where markedly more of them get no unit."""
    dropped = effect(comparison, "strategy", shortage, strategy, UNSERVED)
    if not (dropped and dropped.decided and dropped.difference >= MARKED_POINTS):
        return text
    words = "Its price: {share} % of the calls for a unit get none, against {before} % with {baseline}."
    share, before = (mean(comparison, shortage, name, UNSERVED) for name in (strategy, comparison.baseline))
    price = say(words, share=number(share), before=number(before), baseline=strategy_name(comparison.baseline))
    return sentences([text, price])


def _undecided(comparison: Comparison, possible: list[str], shortage: str, chances: Chances | None) -> str:
    """Say which strategies may be the best, and which of them is so probably, where one is by crimes."""
    where, n = shortage_name(shortage), len(able(comparison, shortage))
    likely = next((name for name in possible if chances and chances.best(name) >= LIKELY), None)
    if chances and likely:
        others = [name for name in possible if name != likely]
        named = {"shortage": where, "n": n, "name": strategy_name(likely), "chance": probability(chances.best(likely))}
        if len(possible) == n:
            words = (
                "Under {shortage}, {name} is probably the best of {n} strategies by crimes ({chance}), but the data do "
                "not exclude any other."
            )
            return _at_its_price(say(words, **named), comparison, shortage, likely)
        words = (
            "Under {shortage}, {name} is probably the best of {n} strategies by crimes ({chance}), but the data do not "
            "exclude {others}."
        )
        return _at_its_price(say(words, others=_either(others), **named), comparison, shortage, likely)
    if len(possible) == n:
        words = "Under {shortage}, the data do not single out a best strategy: none of the {n} can be excluded."
        return say(words, shortage=where, n=n)
    return say(
        "Under {shortage}, the data do not single out a best strategy: of {n}, {names} remain.",
        shortage=where, n=n, names=listed([strategy_name(name) for name in possible]),
    )  # fmt: skip


def _only(ranking: Leaders | None) -> str:
    """Return the strategy to which all others lose; nothing where there is no such."""
    return ranking.first if ranking and len(ranking.may_be_best) == 1 else ""


def _either(names: list[str]) -> str:
    return listed([strategy_name(name) for name in names], "{first} or {last}")


def _surety(comparison: Comparison, shortage: str, found: Best) -> str:
    """Say how probably each strategy is the best, or how many calls are not served where that decides."""
    if not none_can_serve(comparison, shortage):
        return headline(comparison, found, shortage)
    return say(
        "{share} % of the calls for a unit get none; from {most} % on, or where a tenth of the urgent ones get none in "
        "half of the runs, a force is said to be unable to serve.",
        share=unserved_range(comparison, [shortage], comparison.policies), most=number(MOST_UNSERVED_PERCENT, 0),
    )  # fmt: skip


def _caveat(comparison: Comparison, shortage: str, leader: str, rankings: Rankings, settled: Settled) -> str:
    """Name the one thing that could turn the answer, the gravest first."""
    if settled.verdict == "drifts":
        return settled.sentence
    name, baseline = strategy_name(leader), strategy_name(comparison.baseline)
    dropped = effect(comparison, "strategy", shortage, leader, UNSERVED)
    if dropped and dropped.decided and dropped.difference > 0:
        return say(
            "More calls are not served with {name} than with {baseline}: fewer crimes may be bought with help that "
            "does not come.", name=name, baseline=baseline,
        )  # fmt: skip
    harm = effect(comparison, "strategy", shortage, leader, HARM)
    if harm and harm.decided and harm.difference > 0:
        words = (
            "{name} has fewer crimes and more crime harm than {baseline}: graver ones take the place of lighter ones."
        )
        return say(words, name=name, baseline=baseline)
    if elsewhere := _elsewhere(comparison, shortage, rankings):
        return elsewhere
    if comparison.replications < FEW_REPLICATIONS:
        words = "There are {n} replications alone: {enough} or more show what is rare."
        return say(words, n=comparison.replications, enough=FEW_REPLICATIONS)
    return say(
        "Intervals hold chance and, where cities are drawn anew, other cities; not how wrong the model may be. Most "
        "rates are assumptions: differences deserve more belief than levels."
    )


def _elsewhere(comparison: Comparison, shortage: str, rankings: Rankings) -> str:
    """Say under which other shortages the answer against crime is another one; nothing where it is the same."""
    others = [name for name in comparison.shortages if name != shortage and name not in comparison.levers]
    here = _in_short(rankings[shortage, CRIMES])
    told = [
        say("under {shortage} {answer}", shortage=shortage_name(name), answer=text)
        for name in others
        if (text := _in_short(rankings[name, CRIMES])) and text != here
    ]
    return (
        say("It is not the same under every shortage: {answers}.", answers=say("; ").join(told))
        if told and here
        else ""
    )


def _in_short(ranking: Leaders | None) -> str:
    """Write the answer against crime under a shortage in a clause without numbers; nothing where there is none."""
    if ranking is None or not ranking.may_be_best:
        return ""
    if not ranking.excluded:
        return say("no best strategy is singled out")
    return say("the best by crimes is {names}", names=_either(ranking.may_be_best))


def _change(comparison: Comparison, shortage: str, rankings: Rankings) -> str:
    """Say how large a bias would turn a decision, or how many replications, or officers, would make one."""
    if none_can_serve(comparison, shortage):
        return say(
            "More officers, fewer calls or longer hours. {target} says how many officers it takes; auxiliaries, call "
            "diversion and overtime can be compared as levers.",
            target=f"target='{UNSERVED}<={MOST_UNSERVED_PERCENT:g}'",
        )
    crimes = rankings[shortage, CRIMES]
    if crimes is None or not crimes.may_be_best:
        return ""
    ranked = [*crimes.may_be_best, *crimes.excluded]
    if len(ranked) == 1:  # the only choice
        return ""
    first, second = ranked[:2]
    margin = comparison.values(shortage, second, CRIMES) - comparison.values(shortage, first, CRIMES)
    n, ahead = margin.size, float(margin.mean())
    error = float(margin.std(ddof=1)) / math.sqrt(n)
    names = {"first": strategy_name(first), "second": strategy_name(second)}
    if not error or ahead <= 0:
        return ""
    scale = _per_1000_a_year(comparison)
    if len(crimes.may_be_best) == 1:
        return say(
            "{first} would lose its place to {second} if something that the model leaves out cost it more than "
            "{margin} crimes per 1,000 residents per year.",
            margin=written(ahead * scale, decimals_for([]), sign=False), **names,
        )  # fmt: skip
    level = (1 - LEVEL) / ((len(comparison.policies) - 1) * len(comparison.shortages) * 2)
    needed = _needed(ahead / error / math.sqrt(n), level)
    if needed > MOST_REPLICATIONS:
        return say("More replications hardly decide between {first} and {second}: they are too much alike.", **names)
    return say("About {n} replications would decide between {first} and {second}, if their difference is as it looks.",
               n=needed, **names)  # fmt: skip


def _per_1000_a_year(comparison: Comparison) -> float:
    from experiments.presentation.indicators import factor

    return factor(CRIMES, comparison.residents, comparison.days)


def _needed(distance: float, level: float) -> int:
    """Return the replications with which a mean difference of so many standard deviations passes a one-sided test."""
    n = np.arange(3, MOST_REPLICATIONS + 2)
    enough = distance * np.sqrt(n) >= t_limit(level, n - 1)
    return int(n[np.argmax(enough)]) if enough.any() else MOST_REPLICATIONS + 1
