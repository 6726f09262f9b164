"""The answer in a few sentences, written from the numbers and never claiming more than their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.compare.crime_sentences import CRIMES, HARM, crime_sentence, crimes_phrase
from experiments.compare.paired import effect, mean, told_shortage
from experiments.compare.phrases import INTERVAL, either, limits, listed, why_unknown
from experiments.compare.response_sentences import response_of_many, response_sentence
from experiments.compare.serving import UNSERVED
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.attainable import Attained
    from experiments.compare.comparison import Comparison
    from experiments.compare.ranking import Leaders, Rankings

ALIKE = "all have the same"
SAME = 1e-9  # of a mean, by which another may differ from rounding
FEW = 3  # other strategies that are told one by one; of more, the sentence says which are not excluded as the best


def sentences(comparison: Comparison, rankings: Rankings, shares: Mapping[str, Attained]) -> tuple[str, ...]:
    """Say which strategy is best and how sure that is, what a bound could reach, and how calls fare.

    Urgent calls and calls that are not served have a sentence each.

    One shortage is spoken about, the first of the list that is one (a lever is none), and named; where the answer
    against crime is another under another shortage, that is said. A difference is stated as a fact only when the
    interval that holds for all comparisons together excludes zero, as likely when only its own 95 % interval does, and
    otherwise as no measurable difference, with the interval.

    Parameters
    ----------
    comparison : Comparison
        What was kept of all runs.
    rankings : Rankings
        (shortage, outcome) → the policies that are not excluded as the best.
    shares : mapping
        Shortage → shares of the attainable.
    """
    shortage = told_shortage(comparison)
    others = [name for name in comparison.policies if name != comparison.baseline]
    if len(others) <= FEW:
        told = [
            crime_sentence(comparison, shortage, others),
            _bound(shares[shortage]),
            response_sentence(comparison, shortage, others),
        ]
    else:
        told = [
            *_which(comparison, shortage, rankings),
            _bound(shares[shortage]),
            response_of_many(comparison, shortage, others),
        ]
    told += [_unserved(comparison, shortage, others), _elsewhere(comparison, shortage, others, rankings)]
    names = (*comparison.strategies, *comparison.shortages)
    return tuple(_sentence(text, names) for text in told if text)


def _sentence(text: str, names: tuple[str, ...]) -> str:
    """Make a sentence; names stay as they are written, and only its first interval says what intervals these are."""
    before, interval, after = text.partition(INTERVAL)
    if not before.startswith(tuple(f"{name}{end}" for name in names for end in (" ", ","))):
        before = before[0].upper() + before[1:]
    return before + interval + after.replace(INTERVAL, "") + "."


def _which(comparison: Comparison, shortage: str, rankings: Rankings) -> list[str]:
    """Say which policy is the best by crimes and by harm, how sure that is, and which are worse than the baseline."""
    baseline, count = comparison.baseline, len(comparison.policies)
    crimes, harm = rankings[shortage, CRIMES], rankings[shortage, HARM]
    if crimes is None:
        return [f"under {shortage}, crimes were not measured in every run, and no strategy can be called the best"]
    if not crimes.may_be_best:
        return [f"under {shortage}, {why_unknown(comparison)}, and nothing can be said about which is the best"]
    first = crimes.first
    found = effect(comparison, "strategy", shortage, first, CRIMES)
    gain = (
        f"; {first} {crimes_phrase(comparison, shortage, first, found)}"
        if found and found.verdict not in ("undecided", "unknown", "same")
        else ""
    )
    if found and found.verdict == "undecided":
        gain = f", and even that makes no measurable difference to {baseline} ({limits(found, 'fewer', 'more')})"
    if not crimes.excluded:
        text = f"under {shortage}, the data do not single out a best of the {count} strategies against crime"
        least = _least(comparison, shortage, CRIMES, "the fewest crimes are")
        text += f"; {least}" if least == ALIKE else f"; {least}{gain}"
    elif len(crimes.may_be_best) == 1:
        text = (
            f"under {shortage}, {first} is the best of the {count} strategies against crime: every other one is "
            f"excluded, being worse (adjusted for multiple comparisons){gain}"
        )
    else:
        text = (
            f"under {shortage}, the data do not single out a best of the {count} strategies against crime: "
            f"{listed(crimes.may_be_best)} are statistically indistinguishable; {_excluded(crimes)}; "
            f"{_least(comparison, shortage, CRIMES, 'the fewest crimes are')}{gain}"
        )
    worse = [
        name
        for name in comparison.policies
        if (it := effect(comparison, "strategy", shortage, name, CRIMES)) and it.verdict == "more"
    ]
    if worse:
        text += f"; {listed(worse)} {'has' if len(worse) == 1 else 'have'} more crimes than {baseline}"
    if harm is None or not harm.may_be_best:
        return [text]
    if not harm.excluded:
        return [
            text,
            f"by crime harm, the data do not single out a best strategy; "
            f"{_least(comparison, shortage, HARM, 'the least is')}",
        ]
    if len(harm.may_be_best) == 1:
        return [text, f"by crime harm, the best is {harm.first}, adjusted for multiple comparisons"]
    alike = f"{listed(harm.may_be_best)} are statistically indistinguishable"
    return [text, f"by crime harm, the data do not single out a best strategy: {alike}; {_excluded(harm)}"]


def _excluded(ranking: Leaders) -> str:
    """Say which strategies are excluded as the best."""
    verb = "is" if len(ranking.excluded) == 1 else "are"
    return f"{listed(ranking.excluded)} {verb} excluded, being worse (adjusted for multiple comparisons)"


def _least(comparison: Comparison, shortage: str, name: str, begin: str) -> str:
    """Say with which policy the least is, or with which of them that have the same mean; or that all have the same."""
    levels = {strategy: float(comparison.values(shortage, strategy, name).mean()) for strategy in comparison.policies}
    least = min(levels.values())
    first = [strategy for strategy, level in levels.items() if math.isclose(level, least, rel_tol=SAME)]
    return ALIKE if len(first) == len(levels) else f"{begin} with {listed(first)}"


def _unserved(comparison: Comparison, shortage: str, others: list[str]) -> str:
    """Say how many calls are not served, and which strategies leave more or fewer of them.

    Nothing where all are served.
    """
    shares = {
        (where, name): mean(comparison, where, name, UNSERVED)
        for where in comparison.shortages
        for name in (*comparison.policies, comparison.baseline)
    }
    baseline, first = comparison.baseline, comparison.shortages[0]
    if shares[shortage, baseline] is None or not any(round(share, 1) for share in shares.values() if share is not None):
        return ""
    level, of_first = shares[shortage, baseline], shares[first, baseline]
    nothing_more = shortage == first or of_first is None or not (round(of_first, 1) or round(level or 0.0, 1))
    before = "" if nothing_more else f", {number(of_first)} % under {first}"
    by_shortage = {where: shares[where, baseline] or 0.0 for where in comparison.shortages}
    worst = max(by_shortage, key=lambda where: by_shortage[where])
    if worst not in (shortage, first) and round(by_shortage[worst] - by_shortage[shortage], 1) > 0:
        before += f", and most under {worst}, {number(by_shortage[worst])} %"
    part = f"{number(level)} %" if level and round(level, 1) else "fewer than 0.1 %" if level else "none"
    told = [f"under {shortage}, {part} of the calls for a unit are not served with {baseline}{before}"]
    for word, sign in (("more", 1), ("fewer", -1)):
        found = {name: effect(comparison, "strategy", shortage, name, UNSERVED) for name in others}
        changed = {name: it for name, it in found.items() if it and it.decided and sign * it.difference > 0}
        told += (
            [f"{word} with {listed([f'{name} ({number(shares[shortage, name])} %)' for name in changed])}"]
            if changed
            else []
        )
    return "; ".join(told)


def _elsewhere(comparison: Comparison, shortage: str, others: list[str], rankings: Rankings) -> str:
    """Say under which other shortages the answer against crime is another one.

    Nothing where it is the same, or there is no other.
    """
    elsewhere = [name for name in comparison.shortages if name != shortage and name not in comparison.levers]
    here = _in_short(comparison, shortage, others, rankings)
    texts = {name: _in_short(comparison, name, others, rankings) for name in elsewhere}
    told = [f"under {name}, {text}" for name, text in texts.items() if text and text != here]
    return f"against crime, the answer is not the same under every shortage: {'; '.join(told)}" if told and here else ""


def _in_short(comparison: Comparison, shortage: str, others: list[str], rankings: Rankings) -> str:
    """Write the answer against crime under a shortage in a clause without numbers; nothing where there is none."""
    if len(others) > FEW:
        ranking = rankings[shortage, CRIMES]
        if ranking is None or not ranking.may_be_best:
            return ""
        return (
            f"the best is {either(ranking.may_be_best)}"
            if ranking.excluded
            else "the data do not single out a best strategy"
        )
    found: dict[str, str] = {
        name: it.verdict for name in others if (it := effect(comparison, "strategy", shortage, name, CRIMES))
    }
    if not found or "unknown" in found.values():
        return ""
    clauses = [
        f"{word.replace('perhaps', 'probably')} crimes than {comparison.baseline} with {listed(names)}"
        for word in ("fewer", "more", "perhaps fewer", "perhaps more") if (names := _with(found, word))
    ]  # fmt: skip
    equal = [name for name in found if found[name] in ("undecided", "same")]
    return " and ".join([*clauses, *([f"no measurable difference with {listed(equal)}"] if equal else [])])


def _with(found: dict[str, str], word: str) -> list[str]:
    return [name for name, direction in found.items() if direction == word]


def _bound(found: Attained) -> str:
    """Say what perfect knowledge would do, and how much of that the best policies attain.

    Nothing where there is no bound.
    """
    if not found.bound:
        return ""
    if not found.shares:
        return f"no share of the attainable can be given: {found.why_not}"
    most = sorted(found.shares, key=lambda name: -found.shares[name].percent)[:FEW]
    told = [f"{name} prevents {found.shares[name]}" for name in most if found.shares[name].percent >= 0]
    told += [
        f"{name} prevents none: its share is {found.shares[name]}" for name in most if found.shares[name].percent < 0
    ]
    intervals = (
        f" (in brackets the {INTERVAL.strip()})" if any(found.shares[name].low is not None for name in most) else ""
    )
    against = f"measured by the crimes at places that {found.bound}, a bound that knows the true risk, prevents"
    beyond = (
        "; programmes can pass 100 %, since the bound places patrol alone"
        if found.shares[most[0]].percent > 100
        else ""
    )
    return f"{against}, {listed(told)}{intervals}{beyond}"
