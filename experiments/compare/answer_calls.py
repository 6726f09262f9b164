"""What the answer says of calls: what the shortage and the strategies do to urgent ones, and who is not served."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.compare.paired import decimals_for, effect, mean, span, written
from experiments.estimates.effects import PRIMARY
from experiments.languages.speech import listed, say, sentences
from experiments.presentation.indicators import UNSERVED
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number, per_cent

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

RESPONSE = PRIMARY[2]
OF_SHORTAGE = {
    "more": "{shortage} against {first} lengthens the median response to urgent calls (P1) with {baseline} by {size} "
    "min, from {before} to {after} (95 % interval {span}).",
    "fewer": "{shortage} against {first} shortens the median response to urgent calls (P1) with {baseline} by {size} "
    "min, from {before} to {after} (95 % interval {span}).",
    "perhaps more": "{shortage} against {first} probably lengthens the median response to urgent calls (P1) with "
    "{baseline} by {size} min, from {before} to {after} (95 % interval {span}; not certain once adjusted for multiple "
    "comparisons).",
    "perhaps fewer": "{shortage} against {first} probably shortens the median response to urgent calls (P1) with "
    "{baseline} by {size} min, from {before} to {after} (95 % interval {span}; not certain once adjusted for multiple "
    "comparisons).",
    "undecided": "{shortage} against {first} makes no measurable difference to the median response to urgent calls "
    "(P1) with {baseline} (95 % interval {span} min).",
    "same": "{shortage} against {first} leaves the median response to urgent calls (P1) with {baseline} as it is.",
}
BY_STRATEGY = {
    "fewer": "Faster than {baseline} in the median (95 % intervals): {names}.",
    "perhaps fewer": "Probably faster than {baseline} in the median (95 % intervals): {names}.",
    "more": "Slower than {baseline} in the median (95 % intervals): {names}.",
    "perhaps more": "Probably slower than {baseline} in the median (95 % intervals): {names}.",
}
NOT_SERVED = {  # by whether calls are not served under the shortage, and whether under the first (None: it is that)
    (True, None): "Under {shortage}, {share} % of the calls for a unit are not served with {baseline}.",
    (True, True): "Under {shortage}, {share} % of the calls for a unit are not served with {baseline}, against "
    "{before} % under {first}.",
    (True, False): "Under {shortage}, {share} % of the calls for a unit are not served with {baseline}; under {first}, "
    "all are.",
    (False, None): "Under {shortage}, every call for a unit is served with {baseline}.",
    (False, True): "Under {shortage}, every call for a unit is served with {baseline}; under {first}, {before} % are "
    "not.",
    (False, False): "Under {shortage}, every call for a unit is served with {baseline}, as under {first}.",
}
LEAST = 0.05  # percent: what is less would be written as 0.0


def calls(comparison: Comparison, shortage: str, leader: str) -> str:
    """Say how long urgent calls wait under a shortage, what strategies change, and how many calls are not served."""
    others = [name for name in comparison.policies if name != comparison.baseline]
    parts = [
        _of_shortage(comparison, shortage),
        *_of_strategies(comparison, shortage, others, leader),
        _never(comparison, shortage),
        *_unserved(comparison, shortage, others),
    ]
    return sentences(parts)


def _of_shortage(comparison: Comparison, shortage: str) -> str:
    """Say what the shortage does to the response of the baseline, or what that response is."""
    baseline = comparison.baseline
    named = {"shortage": shortage_name(shortage), "baseline": strategy_name(baseline)}
    it = effect(comparison, "shortage", shortage, baseline, RESPONSE)
    if it is not None and it.verdict in OF_SHORTAGE:
        decimals = decimals_for([it])
        return say(
            OF_SHORTAGE[it.verdict], first=shortage_name(comparison.shortages[0]), span=span(it, decimals),
            size=written(abs(it.difference), decimals, sign=False), before=number(it.before, decimals),
            after=number(it.after, decimals), **named,
        )  # fmt: skip
    level = mean(comparison, shortage, baseline, RESPONSE)
    if level is None:
        return say("Under {shortage}, the response to urgent calls was not measured with {baseline}.", **named)
    if math.isinf(level):
        return ""
    words = "Under {shortage}, half of the urgent calls (P1) are answered within {level} min with {baseline}."
    return say(words, level=number(level), **named)


def _of_strategies(comparison: Comparison, shortage: str, others: list[str], leader: str) -> list[str]:
    """Say which strategies answer urgent calls faster or slower than the baseline, the probable of the leader alone."""
    found = {name: it for name in others if (it := effect(comparison, "strategy", shortage, name, RESPONSE))}
    baseline, texts = strategy_name(comparison.baseline), []
    for verdict, words in BY_STRATEGY.items():
        names = [
            say("{name} ({difference} min; {span})", name=strategy_name(name), span=span(it, decimals_for([it])),
                difference=written(it.difference, decimals_for([it])))
            for name, it in found.items()
            if it.verdict == verdict and (not verdict.startswith("perhaps") or name == leader or len(others) <= 3)
        ]  # fmt: skip
        texts += [say(words, baseline=baseline, names=listed(names))] if names else []
    if not texts and any(it.verdict == "undecided" for it in found.values()):
        texts = [say("No strategy changes it measurably.")]
    return texts


def _never(comparison: Comparison, shortage: str) -> str:
    """Say with which strategies half of the urgent calls or more are never answered; nothing where there are none."""
    levels = {name: mean(comparison, shortage, name, RESPONSE) for name in (*comparison.policies, *comparison.bounds)}
    endless = [name for name, level in levels.items() if level is not None and math.isinf(level)]
    if not endless:
        return ""
    who = (
        say("every strategy") if len(endless) == len(levels) > 1 else listed([strategy_name(name) for name in endless])
    )
    words = "Under {shortage}, in some run half of the urgent calls or more are never answered with {names}."
    return say(words, shortage=shortage_name(shortage), names=who)


def _unserved(comparison: Comparison, shortage: str, others: list[str]) -> list[str]:
    """Say how many calls are not served, and which strategies leave more or fewer of them; nothing if all are."""
    shares = {
        (where, name): mean(comparison, where, name, UNSERVED)
        for where in comparison.shortages for name in (*comparison.policies, comparison.baseline)
    }  # fmt: skip
    baseline, first = comparison.baseline, comparison.shortages[0]
    level, before = shares[shortage, baseline], shares[first, baseline]
    if level is None or not any(round(share, 1) for share in shares.values() if share is not None):
        return []
    named = {"baseline": strategy_name(baseline), "shortage": shortage_name(shortage), "share": _percent(level)}
    against = None if shortage == first else before
    words = NOT_SERVED[bool(level), None if against is None else bool(against)]
    texts = [say(words, before=_percent(against or 0.0), first=shortage_name(first), **named)]
    for words, sign in (("More with {names}.", 1), ("Fewer with {names}.", -1)):
        found = {name: effect(comparison, "strategy", shortage, name, UNSERVED) for name in others}
        names = [
            f"{strategy_name(name)} ({per_cent(_percent(shares[shortage, name] or 0.0))})"
            for name, it in found.items() if it and it.decided and sign * it.difference > 0
        ]  # fmt: skip
        texts += [say(words, names=listed(names))] if names else []
    by_shortage = {where: shares[where, baseline] or 0.0 for where in comparison.shortages}
    worst = max(by_shortage, key=lambda where: by_shortage[where])
    if worst not in (shortage, first) and round(by_shortage[worst] - by_shortage[shortage], 1) > 0:
        words = "Most are not served under {shortage}: {share} %."
        texts.append(say(words, shortage=shortage_name(worst), share=_percent(by_shortage[worst])))
    return texts


def _percent(share: float) -> str:
    """Write a share in percent; what is not quite nothing is not written as nothing."""
    return number(share) if not share or share >= LEAST else f"<{number(2 * LEAST)}"
