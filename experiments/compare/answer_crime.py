"""What the answer says of crime: the differences to the baseline, crime harm beside them, hours on duty and costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.compare.paired import decimals_for, effect, same_hours, span, written
from experiments.compare.serving import collapsed
from experiments.estimates.effects import PRIMARY
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import listed, say, sentences
from experiments.presentation.indicators import COST_TOTALS
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import number, too_few

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.compare.attainable import Attained
    from experiments.compare.comparison import Comparison
    from experiments.compare.paired import Effect

CRIMES, HARM, _ = PRIMARY
FEW = 3  # other strategies that are told one by one; of more, the leading one is
BY_CRIMES = {
    "fewer": "{name} has {size} fewer crimes per 1,000 residents per year than {baseline}, {percent} % fewer (95 % "
    "interval {span}).",
    "more": "{name} has {size} more crimes per 1,000 residents per year than {baseline}, {percent} % more (95 % "
    "interval {span}).",
    "perhaps fewer": "{name} probably has {size} fewer crimes per 1,000 residents per year than {baseline}, {percent} "
    "% fewer (95 % interval {span}; not certain once adjusted for multiple comparisons).",
    "perhaps more": "{name} probably has {size} more crimes per 1,000 residents per year than {baseline}, {percent} % "
    "more (95 % interval {span}; not certain once adjusted for multiple comparisons).",
    "same": "{name} has exactly as many crimes as {baseline} in every run.",
}
BY_HARM = {
    "fewer": "Crime harm falls with {name} by {size} sentence-days per 1,000 residents per year (95 % interval "
    "{span}).",
    "more": "Crime harm rises with {name} by {size} sentence-days per 1,000 residents per year (95 % interval {span}).",
}


def worth(comparison: Comparison, shortage: str, leader: str, shares: Attained) -> str:
    """Say what strategies prevent against the baseline, with what hours, and at what cost.

    Of few strategies each is told; of more, the leading one and those that are worse than the baseline.
    """
    others = [name for name in comparison.policies if name != comparison.baseline]
    if not others:
        return ""
    named = others if len(others) <= FEW else [leader] if leader != comparison.baseline else []
    found = {name: effect(comparison, "strategy", shortage, name, CRIMES) for name in named}
    texts = [
        text
        for name, it in sorted(found.items(), key=lambda item: item[1] is None or item[1].verdict.startswith("perh"))
        if it is not None and it.verdict in BY_CRIMES
        for text in (
            _crimes(comparison, name, it),
            _in_vain(comparison, shortage, name, it),
            _harm(comparison, shortage, name),
            _costs(comparison, shortage, name),
        )
    ]
    texts += _undecided(comparison, {name: it for name, it in found.items() if it and it.verdict == "undecided"})
    unknown = [name for name, it in found.items() if it is None or it.verdict == "unknown"]
    if unknown and comparison.replications >= FEWEST_FOR_INTERVAL:
        words = "Nothing can be said about {names} against {baseline}: {why}."
        texts.append(say(words, names=_names(unknown), why=why_unknown(comparison), baseline=_baseline(comparison)))
    if not named:
        texts.append(say("No strategy is better than {baseline} by its mean.", baseline=_baseline(comparison)))
    if len(others) > FEW:
        worse = [
            name for name in others if (it := effect(comparison, "strategy", shortage, name, CRIMES))
            and it.verdict == "more"
        ]  # fmt: skip
        if worse:
            words = "More crimes than {baseline}: {names}."
            texts.append(say(words, baseline=_baseline(comparison), names=_names(worse)))
    return sentences([*texts, _attained(shares)])


def _crimes(comparison: Comparison, name: str, it: Effect) -> str:
    decimals = decimals_for([it])
    percent = None if it.relative_percent is None else abs(it.relative_percent)
    return say(
        BY_CRIMES[it.verdict], name=strategy_name(name), baseline=_baseline(comparison), span=span(it, decimals),
        size=written(abs(it.difference), decimals, sign=False),
        percent=number(percent, 1 if percent and percent < 10 else 0),
    )  # fmt: skip


def _in_vain(comparison: Comparison, shortage: str, name: str, it: Effect) -> str:
    """Say that fewer crimes count for nothing where the force cannot serve, nor serves more calls than before."""
    if it.difference > 0 or not collapsed(comparison, "strategy", shortage, name):
        return ""
    return say("It does not count: the force cannot serve its calls, and serves no more of them.")


def _harm(comparison: Comparison, shortage: str, name: str) -> str:
    """Say what happens to crime harm when that is decided, else nothing."""
    it = effect(comparison, "strategy", shortage, name, HARM)
    if it is None or it.verdict not in BY_HARM:
        return ""
    decimals = decimals_for([it])
    size = written(abs(it.difference), decimals, sign=False)
    return say(BY_HARM[it.verdict], name=strategy_name(name), size=size, span=span(it, decimals))


def _costs(comparison: Comparison, shortage: str, name: str) -> str:
    """Say with what hours and at what cost that is, in whole yuan; of the cost nothing where accounts are not whole."""
    hours = effect(comparison, "strategy", shortage, name, "on_duty_hours")
    texts = []
    if hours is not None and hours.relative_percent is not None:
        more = "Hours on duty: {percent} % more." if hours.relative_percent > 0 else "Hours on duty: {percent} % fewer."
        same = same_hours(hours)
        texts.append(
            say("Hours on duty: the same.") if same else say(more, percent=number(abs(hours.relative_percent)))
        )
    costs = [effect(comparison, "strategy", shortage, name, total) for total in COST_TOTALS]
    if any(it is not None and round(it.difference) for it in costs):
        police, others = (number(None if it is None else it.difference, 0, sign=True) for it in costs)
        words = "Cost per resident per year: {police} yuan for the police, {others} for others."
        texts.append(say(words, police=police, others=others))
    return sentences(texts)


def _undecided(comparison: Comparison, found: Mapping[str, Effect]) -> list[str]:
    """Name strategies without a measurable difference, with their intervals where there are few."""
    if not found:
        return []
    names = [
        f"{strategy_name(name)} ({span(it, decimals_for([it]))})" if len(found) < FEW else strategy_name(name)
        for name, it in found.items()
    ]
    words = "No measurable difference in crimes to {baseline}: {names}."
    return [say(words, baseline=_baseline(comparison), names=listed(names))]


def _attained(found: Attained) -> str:
    """Say how much of what perfect knowledge would prevent the best policies prevent; nothing without a bound."""
    if not found.shares:
        return ""
    most = sorted(found.shares, key=lambda name: -found.shares[name].percent)[:FEW]
    shares = listed([f"{strategy_name(name)} {found.shares[name]}" for name in most])
    return say("Of the crimes at places that patrol with perfect knowledge would prevent: {shares}.", shares=shares)


def why_unknown(comparison: Comparison) -> str:
    """Say why a difference has no interval."""
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return say("{too_few} for an interval", too_few=too_few(comparison.replications))
    return say("all pairs of runs differ by the same, which gives no interval")


def _baseline(comparison: Comparison) -> str:
    return strategy_name(comparison.baseline)


def _names(names: list[str]) -> str:
    return listed([strategy_name(name) for name in names])
