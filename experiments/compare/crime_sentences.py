"""What the answer says of crime, strategy by strategy: the difference, harm beside it, hours on duty and costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.compare.paired import effect, mean, same_hours
from experiments.compare.phrases import caution, decimals_of, limits, listed, no_difference, percent, why_unknown
from experiments.estimates.effects import PRIMARY
from experiments.presentation.indicators import COST_TOTALS
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.paired import Effect

CRIMES, HARM, _ = PRIMARY
PAYERS = {"Police": "the police", "Others": "others"}


def crime_sentence(comparison: Comparison, shortage: str, others: list[str]) -> str:
    """Say of each of a few strategies how many more or fewer crimes it has than the baseline, what is certain first."""
    baseline = comparison.baseline
    if not others:
        level = number(mean(comparison, shortage, baseline, CRIMES))
        return (
            f"under {shortage}, {baseline} has {level} crimes per 1,000 residents per year, and no other strategy was "
            "simulated to compare it with"
        )
    found = {name: effect(comparison, "strategy", shortage, name, CRIMES) for name in others}
    decided = [(name, it) for name, it in found.items() if it and it.verdict not in ("undecided", "unknown")]
    decided.sort(key=lambda item: item[1].verdict.startswith("perhaps"))  # what is certain comes first
    told = [f"{name} {crimes_phrase(comparison, shortage, name, it)}" for name, it in decided]
    undecided = {name: it for name, it in found.items() if it and it.verdict == "undecided"}
    if undecided:
        told.append(no_difference(undecided, ("fewer", "more", ""), "crimes"))
        told += [f"{name} has {phrase}" for name in undecided if (phrase := _harm(comparison, shortage, name))]
    unknown = [name for name, it in found.items() if it is None or it.verdict == "unknown"]
    if unknown:
        told.append(f"{why_unknown(comparison)}, and nothing can be said about {listed(unknown)} against {baseline}")
    return f"under {shortage}, " + "; ".join(told)


def crimes_phrase(comparison: Comparison, shortage: str, name: str, found: Effect) -> str:
    """`has 9.1 fewer crimes per 1,000 residents per year than reactive (…)`, then hours, costs, perhaps harm."""
    if found.verdict == "same":
        return f"has exactly as many crimes as {comparison.baseline} in every run"
    verb = "probably has" if found.verdict.startswith("perhaps") else "has"
    direction = found.verdict.split()[-1]
    decimals = decimals_of(found)
    text = (
        f"{verb} {number(abs(found.difference), decimals)} {direction} crimes per 1,000 residents per year than "
        f"{comparison.baseline} "
        f"({percent(found, direction)}{limits(found, 'fewer', 'more', decimals)}{caution(found)})"
        f"{_officers(comparison, shortage, name)}{_costs(comparison, shortage, name)}"
    )
    harm = effect(comparison, "strategy", shortage, name, HARM)
    if harm and harm.verdict in ("fewer", "more") and harm.verdict != direction:
        text += f", but {_harm(comparison, shortage, name)}"
    return text


def _harm(comparison: Comparison, shortage: str, name: str) -> str:
    """Say what happens to crime harm when that is decided, else nothing."""
    found = effect(comparison, "strategy", shortage, name, HARM)
    if found is None or found.verdict not in ("fewer", "more"):
        return ""
    decimals = decimals_of(found)
    return (
        f"{number(abs(found.difference), decimals)} {found.verdict} sentence-days of crime harm per 1,000 residents "
        f"per year ({limits(found, 'fewer', 'more', decimals)})"
    )


def _officers(comparison: Comparison, shortage: str, name: str) -> str:
    """Say whether the strategy had the same hours on duty as the baseline."""
    hours = effect(comparison, "strategy", shortage, name, "on_duty_hours")
    if hours is None or hours.relative_percent is None:
        return ""
    if same_hours(hours):
        return " with the same officers"
    return (
        f" with {number(abs(hours.relative_percent))} % {'more' if hours.relative_percent > 0 else 'fewer'} hours on "
        "duty"
    )


def _costs(comparison: Comparison, shortage: str, name: str) -> str:
    """Say what the strategy costs more or less than the baseline, in whole yuan.

    Nothing where the accounts are not whole or that is little.
    """
    told = []
    for total, payer in COST_TOTALS.items():
        it = effect(comparison, "strategy", shortage, name, total)
        if it is not None and round(it.difference):
            told.append(
                f"{number(abs(it.difference), 0)} yuan {'more' if it.difference > 0 else 'less'} for {PAYERS[payer]}"
            )
    return f", at about {listed(told)} per resident per year" if told else ""
