"""What the answer says of urgent calls: what the shortage does to their response, and what each strategy changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.compare.paired import effect, mean, same_hours
from experiments.compare.phrases import caution, decimals_of, limits, listed, no_difference, why_unknown
from experiments.estimates.effects import PRIMARY
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

RESPONSE = PRIMARY[2]


def response_sentence(comparison: Comparison, shortage: str, others: list[str]) -> str:
    """Say what the shortage does to the response, and what each of a few strategies changes."""
    of_shortage = _shortage_response(comparison, shortage)
    of_strategies = _strategies_response(
        comparison, shortage, others, "it" if of_shortage else "the median response to priority 1 calls"
    )
    told = [text for text in (of_shortage, of_strategies, _never(comparison, shortage)) if text]
    if told:
        return "; ".join(told)
    level = mean(comparison, shortage, comparison.baseline, RESPONSE)
    if level is None:
        return f"under {shortage}, the response to priority 1 calls was not measured with {comparison.baseline}"
    return (
        f"under {shortage}, half of the priority 1 calls are answered within {number(level)} min with "
        f"{comparison.baseline}"
    )


def response_of_many(comparison: Comparison, shortage: str, others: list[str]) -> str:
    """Say what the shortage does to the response, and which of many strategies change it for certain."""
    told = [_shortage_response(comparison, shortage), _never(comparison, shortage)]
    found = {name: effect(comparison, "strategy", shortage, name, RESPONSE) for name in others}
    for verdict, word in (("fewer", "faster"), ("more", "slower")):
        changed = {name: it for name, it in found.items() if it and it.verdict == verdict}
        if changed:
            extreme = max(changed, key=lambda name: abs(changed[name].difference))
            it = changed[extreme]
            unit = {"fewer": "shorter", "more": "longer"}[verdict]
            most = (
                f"{number(abs(it.difference), decimals_of(it))} min {unit} with {extreme} "
                f"({limits(it, 'shorter', 'longer', decimals_of(it))})"
            )
            told.append(
                f"urgent calls are answered {word} than with {comparison.baseline} under {listed(list(changed))}, "
                f"most so the median, {most}"
            )
    if len(told) == 2 and any(it and it.verdict != "unknown" for it in found.values()):
        subject = "that response" if told[0] else f"the median response to priority 1 calls under {shortage}"
        told.append(
            f"against {comparison.baseline}, no strategy changes {subject} so much that it stands out, adjusted for "
            "multiple comparisons"
        )
    return "; ".join(text for text in told if text)


def _never(comparison: Comparison, shortage: str) -> str:
    """Say with which strategies half of the urgent calls or more are never answered; nothing where there are none."""
    levels = {name: mean(comparison, shortage, name, RESPONSE) for name in (*comparison.policies, *comparison.bounds)}
    endless = [name for name, level in levels.items() if level is not None and math.isinf(level)]
    if not endless:
        return ""
    who = "every strategy" if len(endless) == len(levels) > 1 else listed(endless)
    where = "" if comparison.replications == 1 else "in some run "
    return f"under {shortage}, {where}half of the priority 1 calls or more are never answered with {who}"


def _shortage_response(comparison: Comparison, shortage: str) -> str:
    """Say what the shortage does to the response of the baseline strategy, against the first shortage."""
    baseline, first = comparison.baseline, comparison.shortages[0]
    found = effect(comparison, "shortage", shortage, baseline, RESPONSE)
    if found is None:
        return ""
    hours = effect(comparison, "shortage", shortage, baseline, "on_duty_hours")
    subject = f"{shortage} (against {first})"
    if hours and hours.relative_percent and not same_hours(hours):
        direction = "fewer" if hours.relative_percent < 0 else "more"
        subject = (
            f"having {number(abs(hours.relative_percent), 0)} % {direction} hours on duty ({shortage} against {first})"
        )
    if found.verdict == "unknown":
        what = f"what {shortage} does to the response to priority 1 calls"
        few = comparison.replications < FEWEST_FOR_INTERVAL
        return f"nor can it be said {what}" if few else f"it cannot be said {what}: {why_unknown(comparison)}"
    if found.verdict in ("undecided", "same"):
        between = limits(found, "shorter", "longer", unit=" min")
        return (
            f"{subject} makes no measurable difference to {baseline}'s median response to priority 1 calls ({between})"
        )
    verb = {"more": "lengthens", "fewer": "shortens"}[found.verdict.split()[-1]]
    adverb = "probably " if found.verdict.startswith("perhaps") else ""
    decimals = decimals_of(found)
    return (
        f"{subject} {adverb}{verb} {baseline}'s median response to priority 1 calls by "
        f"{number(abs(found.difference), decimals)} min, "
        f"from {number(found.before, decimals)} to {number(found.after, decimals)} "
        f"({limits(found, 'shorter', 'longer', decimals, ' min')}{caution(found)})"
    )


def _strategies_response(comparison: Comparison, shortage: str, others: list[str], subject: str) -> str:
    """Say which strategies answer urgent calls faster or slower than the baseline under the shortage."""
    found = {name: it for name in others if (it := effect(comparison, "strategy", shortage, name, RESPONSE))}
    told = []
    for name, it in found.items():
        if it.verdict in ("undecided", "unknown", "same"):
            continue
        decimals = decimals_of(it)
        adverb = "probably " if it.verdict.startswith("perhaps") else ""
        direction = {"more": "longer", "fewer": "shorter"}[it.verdict.split()[-1]]
        told.append(
            f"{adverb}{number(abs(it.difference), decimals)} min {direction} with {name} "
            f"({limits(it, 'shorter', 'longer', decimals)}{caution(it)})"
        )
    undecided = {name: it for name, it in found.items() if it.verdict == "undecided"}
    clauses = []
    if told:
        clauses.append(f"under {shortage} {subject} is {listed(told)} than with {comparison.baseline}")
    if undecided:
        clauses.append(no_difference(undecided, ("shorter", "longer", " min"), "it" if told else subject))
    return "; ".join(clauses)
