"""The answer in a few sentences, written from the numbers and never claiming more than their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.compare.attainable import attained
from experiments.compare.ranking import leaders
from experiments.estimates.effects import FEWEST_FOR_INTERVAL
from experiments.presentation.indicators import (
    COST_TOTALS,
    Effect,
    decimals_for,
    effect,
    mean,
    number,
    same_hours,
    told_shortage,
    too_few,
)

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

CRIMES, HARM, RESPONSE, UNSERVED = "crimes_total", "harm_total", "response_p1_median_min", "calls_unserved_share"
PAYERS = {"Police": "the police", "Others": "others"}
INTERVAL = "95 % interval "
ALIKE = "all have the same"
SAME = 1e-9  # of a mean, by which another may differ from rounding
FEW = 3  # other strategies that are told one by one; of more, the sentence says which may be the best


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """Say which strategy is the best and how sure that is, what a bound could reach, what becomes of urgent calls.

    And which calls are not served.

    One shortage is spoken about, the first of the list that is one (a lever is none), and named; where the answer
    against crime is another under another shortage, that is said. A difference is stated as a fact only when the
    interval that holds for all comparisons together excludes zero, as likely when only its own 95 % interval does, and
    otherwise as no measurable difference, with the interval.
    """
    shortage = told_shortage(comparison)
    others = [name for name in comparison.policies if name != comparison.baseline]
    if len(others) <= FEW:
        told = [
            _crime(comparison, shortage, others),
            _bound(comparison, shortage),
            _response(comparison, shortage, others),
        ]
    else:
        told = [
            *which(comparison, shortage),
            _bound(comparison, shortage),
            _response_of_leader(comparison, shortage, others),
        ]
    told += [_unserved(comparison, shortage, others), _elsewhere(comparison, shortage, others)]
    return tuple(_sentence(text) for text in told if text)


def _sentence(text: str) -> str:
    """Make a sentence; only its first interval says what intervals these are."""
    before, name, after = text.partition(INTERVAL)
    return before[0].upper() + before[1:] + name + after.replace(INTERVAL, "") + "."


def which(comparison: Comparison, shortage: str) -> list[str]:
    """Say which policy is the best by crimes and by harm, how sure that is, and which are worse than the baseline."""
    baseline, count = comparison.baseline, len(comparison.policies)
    crimes, harm = leaders(comparison, shortage, CRIMES), leaders(comparison, shortage, HARM)
    if crimes is None:
        return [f"under {shortage}, crimes were not measured in every run, and no strategy can be called the best"]
    if not crimes.may_be_best:
        return [f"under {shortage}, {_why_unknown(comparison)}, and nothing can be said about which is the best"]
    first = crimes.first
    found = effect(comparison, "strategy", shortage, first, CRIMES)
    gain = (
        f"; {first} {_crimes_phrase(comparison, shortage, first, found)}"
        if found and found.verdict not in ("undecided", "unknown", "same")
        else ""
    )
    if found and found.verdict == "undecided":
        gain = f", and even that makes no measurable difference to {baseline} ({_limits(found, 'fewer', 'more')})"
    if not crimes.excluded:
        text = f"under {shortage}, none of the {count} strategies can be told to be the best against crime"
        least = _least(comparison, shortage, CRIMES, "the fewest crimes are")
        text += f"; {least}" if least == ALIKE else f"; {least}{gain}"
    elif len(crimes.may_be_best) == 1:
        text = (
            f"under {shortage}, {first} is the best of the {count} strategies against crime: every other one is "
            f"worse, adjusted for multiple comparisons{gain}"
        )
    else:
        text = (
            f"under {shortage}, the best of the {count} strategies against crime is {_either(crimes.may_be_best)}, "
            "which are statistically indistinguishable; "
            f"{_listed(crimes.excluded)} {'is' if len(crimes.excluded) == 1 else 'are'} worse, adjusted for multiple "
            "comparisons; "
            f"{_least(comparison, shortage, CRIMES, 'the fewest crimes are')}{gain}"
        )
    worse = [
        name
        for name in comparison.policies
        if (it := effect(comparison, "strategy", shortage, name, CRIMES)) and it.verdict == "more"
    ]
    if worse:
        text += f"; {_listed(worse)} {'has' if len(worse) == 1 else 'have'} more crimes than {baseline}"
    if harm is None or not harm.may_be_best:
        return [text]
    if not harm.excluded:
        return [
            text,
            f"by harm, no strategy can be told to be the best; {_least(comparison, shortage, HARM, 'the least is')}",
        ]
    told_apart = "" if len(harm.may_be_best) == 1 else ", which are statistically indistinguishable"
    return [text, f"by harm, the best is {_either(harm.may_be_best)}{told_apart}, adjusted for multiple comparisons"]


def _least(comparison: Comparison, shortage: str, name: str, begin: str) -> str:
    """Say with which policy the least is, or with which of them that have the same mean; or that all have the same."""
    levels = {strategy: float(comparison.values(shortage, strategy, name).mean()) for strategy in comparison.policies}
    least = min(levels.values())
    first = [strategy for strategy, level in levels.items() if math.isclose(level, least, rel_tol=SAME)]
    return ALIKE if len(first) == len(levels) else f"{begin} with {_listed(first)}"


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
    before = (
        ""
        if shortage == first or shares[first, baseline] is None
        else f", {number(shares[first, baseline])} % under {first}"
    )
    by_shortage = {where: shares[where, baseline] or 0.0 for where in comparison.shortages}
    worst = max(by_shortage, key=lambda where: by_shortage[where])
    if worst not in (shortage, first) and round(by_shortage[worst] - by_shortage[shortage], 1) > 0:
        before += f", and most under {worst}, {number(by_shortage[worst])} %"
    told = [
        f"under {shortage}, {number(shares[shortage, baseline])} % of the calls for a unit are not served with "
        f"{baseline}{before}"
    ]
    for word, sign in (("more", 1), ("fewer", -1)):
        found = {name: effect(comparison, "strategy", shortage, name, UNSERVED) for name in others}
        changed = {name: it for name, it in found.items() if it and it.decided and sign * it.difference > 0}
        told += (
            [f"{word} with {_listed([f'{name} ({number(shares[shortage, name])} %)' for name in changed])}"]
            if changed
            else []
        )
    return "; ".join(told)


def _elsewhere(comparison: Comparison, shortage: str, others: list[str]) -> str:
    """Say under which other shortages the answer against crime is another one.

    Nothing where it is the same, or there is no other.
    """
    elsewhere = [name for name in comparison.shortages if name != shortage and name not in comparison.levers]
    here = _in_short(comparison, shortage, others)
    told = [
        f"under {name}, {text}" for name in elsewhere if (text := _in_short(comparison, name, others)) != here and text
    ]
    return f"against crime, the answer is not the same under every shortage: {'; '.join(told)}" if told and here else ""


def _in_short(comparison: Comparison, shortage: str, others: list[str]) -> str:
    """Write the answer against crime under a shortage in a clause without numbers; nothing where there is none."""
    if len(others) > FEW:
        ranking = leaders(comparison, shortage, CRIMES)
        if ranking is None or not ranking.may_be_best:
            return ""
        return (
            f"the best is {_either(ranking.may_be_best)}"
            if ranking.excluded
            else "no strategy can be told to be the best"
        )
    found: dict[str, str] = {
        name: it.verdict for name in others if (it := effect(comparison, "strategy", shortage, name, CRIMES))
    }
    if not found or "unknown" in found.values():
        return ""
    clauses = [
        f"{word.replace('perhaps', 'probably')} crimes than {comparison.baseline} with {_listed(names)}"
        for word in ("fewer", "more", "perhaps fewer", "perhaps more") if (names := _with(found, word))
    ]  # fmt: skip
    equal = [name for name in found if found[name] in ("undecided", "same")]
    return " and ".join([*clauses, *([f"no measurable difference with {_listed(equal)}"] if equal else [])])


def _with(found: dict[str, str], word: str) -> list[str]:
    return [name for name, direction in found.items() if direction == word]


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _bound(comparison: Comparison, shortage: str) -> str:
    """Say what perfect knowledge would do, and how much of that the best policies attain.

    Nothing where there is no bound.
    """
    found = attained(comparison, shortage)
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
    return f"{against}, {_listed(told)}{intervals}{beyond}"


def _response_of_leader(comparison: Comparison, shortage: str, others: list[str]) -> str:
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
                f"{number(abs(it.difference), _decimals(it))} min {unit} with {extreme} "
                f"({_limits(it, 'shorter', 'longer', _decimals(it))})"
            )
            told.append(
                f"urgent calls are answered {word} than with {comparison.baseline} under {_listed(list(changed))}, "
                f"most so the median, {most}"
            )
    if len(told) == 2 and any(it and it.verdict != "unknown" for it in found.values()):
        subject = "that response" if told[0] else f"the median response to priority 1 calls under {shortage}"
        told.append(
            f"against {comparison.baseline}, no strategy changes {subject} so much that it stands out, adjusted for "
            "multiple comparisons"
        )
    return "; ".join(text for text in told if text)


def _crime(comparison: Comparison, shortage: str, others: list[str]) -> str:
    baseline = comparison.baseline
    if not others:
        level = number(mean(comparison, shortage, baseline, CRIMES))
        return (
            f"under {shortage}, {baseline} has {level} crimes per 1,000 residents a year, and no other strategy was "
            "simulated to compare it with"
        )
    found = {name: effect(comparison, "strategy", shortage, name, CRIMES) for name in others}
    decided = [(name, it) for name, it in found.items() if it and it.verdict not in ("undecided", "unknown")]
    decided.sort(key=lambda item: item[1].verdict.startswith("perhaps"))  # what is certain comes first
    told = [f"{name} {_crimes_phrase(comparison, shortage, name, it)}" for name, it in decided]
    undecided = {name: it for name, it in found.items() if it and it.verdict == "undecided"}
    if undecided:
        told.append(_no_difference(undecided, ("fewer", "more", ""), "crimes"))
        told += [f"{name} has {phrase}" for name in undecided if (phrase := _harm(comparison, shortage, name))]
    unknown = [name for name, it in found.items() if it is None or it.verdict == "unknown"]
    if unknown:
        told.append(f"{_why_unknown(comparison)}, and nothing can be said about {_listed(unknown)} against {baseline}")
    return f"under {shortage}, " + "; ".join(told)


def _why_unknown(comparison: Comparison) -> str:
    """Say why a difference has no interval."""
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return f"{too_few(comparison.replications)} for an interval"
    return "all pairs of runs differ by the same, which gives no interval"


def _crimes_phrase(comparison: Comparison, shortage: str, name: str, found: Effect) -> str:
    if found.verdict == "same":
        return f"has exactly as many crimes as {comparison.baseline} in every run"
    verb = "probably has" if found.verdict.startswith("perhaps") else "has"
    direction = found.verdict.split()[-1]
    decimals = _decimals(found)
    text = (
        f"{verb} {number(abs(found.difference), decimals)} {direction} crimes per 1,000 residents a year than "
        f"{comparison.baseline} "
        f"({_percent(found, direction)}{_limits(found, 'fewer', 'more', decimals)}{_caution(found)}){_officers(comparison, shortage, name)}"
        f"{_costs(comparison, shortage, name)}"
    )
    harm = effect(comparison, "strategy", shortage, name, HARM)
    if harm and harm.verdict in ("fewer", "more") and harm.verdict != direction:
        text += f", but {_harm(comparison, shortage, name)}"
    return text


def _harm(comparison: Comparison, shortage: str, name: str) -> str:
    """Say what happens to harm when that is decided, else nothing."""
    found = effect(comparison, "strategy", shortage, name, HARM)
    if found is None or found.verdict not in ("fewer", "more"):
        return ""
    decimals = _decimals(found)
    direction = {"fewer": "less", "more": "more"}[found.verdict]
    return (
        f"{number(abs(found.difference), decimals)} days {direction} harm per 1,000 residents a year "
        f"({_limits(found, 'less', 'more', decimals)})"
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
    return f", at about {_listed(told)} per resident a year" if told else ""


def _response(comparison: Comparison, shortage: str, others: list[str]) -> str:
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


def _never(comparison: Comparison, shortage: str) -> str:
    """Say with which strategies half of the urgent calls or more are never answered; nothing where there are none."""
    levels = {name: mean(comparison, shortage, name, RESPONSE) for name in (*comparison.policies, *comparison.bounds)}
    endless = [name for name, level in levels.items() if level is not None and math.isinf(level)]
    if not endless:
        return ""
    who = "every strategy" if len(endless) == len(levels) > 1 else _listed(endless)
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
        return f"nor can it be said {what}" if few else f"it cannot be said {what}: {_why_unknown(comparison)}"
    if found.verdict in ("undecided", "same"):
        limits = _limits(found, "shorter", "longer", unit=" min")
        return (
            f"{subject} makes no measurable difference to {baseline}'s median response to priority 1 calls ({limits})"
        )
    verb = {"more": "lengthens", "fewer": "shortens"}[found.verdict.split()[-1]]
    adverb = "probably " if found.verdict.startswith("perhaps") else ""
    decimals = _decimals(found)
    return (
        f"{subject} {adverb}{verb} {baseline}'s median response to priority 1 calls by "
        f"{number(abs(found.difference), decimals)} min, "
        f"from {number(found.before, decimals)} to {number(found.after, decimals)} "
        f"({_limits(found, 'shorter', 'longer', decimals, ' min')}{_caution(found)})"
    )


def _strategies_response(comparison: Comparison, shortage: str, others: list[str], subject: str) -> str:
    """Say which strategies answer urgent calls faster or slower than the baseline under the shortage."""
    found = {name: it for name in others if (it := effect(comparison, "strategy", shortage, name, RESPONSE))}
    told = []
    for name, it in found.items():
        if it.verdict in ("undecided", "unknown", "same"):
            continue
        decimals = _decimals(it)
        adverb = "probably " if it.verdict.startswith("perhaps") else ""
        direction = {"more": "longer", "fewer": "shorter"}[it.verdict.split()[-1]]
        told.append(
            f"{adverb}{number(abs(it.difference), decimals)} min {direction} with {name} "
            f"({_limits(it, 'shorter', 'longer', decimals)}{_caution(it)})"
        )
    undecided = {name: it for name, it in found.items() if it.verdict == "undecided"}
    clauses = []
    if told:
        clauses.append(f"under {shortage} {subject} is {_listed(told)} than with {comparison.baseline}")
    if undecided:
        clauses.append(_no_difference(undecided, ("shorter", "longer", " min"), "it" if told else subject))
    return "; ".join(clauses)


def _no_difference(undecided: dict[str, Effect], directions: tuple[str, str, str], to: str) -> str:
    """`random_patrol makes no measurable difference to …`, with the intervals of at most two strategies."""
    less, more, unit = directions
    names = [
        f"{strategy} ({_limits(it, less, more, unit=unit)})" if len(undecided) < 3 else strategy
        for strategy, it in undecided.items()
    ]
    return f"{_listed(names)} {'makes' if len(names) == 1 else 'make'} no measurable difference to {to}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _limits(found: Effect, less: str, more: str, decimals: int | None = None, unit: str = "") -> str:
    """`95 % interval 3.0 to 9.4 fewer`, or `95 % interval 2.0 fewer to 1.5 more`."""
    if found.low is None or found.high is None:
        return "no interval"
    decimals = _decimals(found) if decimals is None else decimals
    low, high = number(abs(found.low), decimals), number(abs(found.high), decimals)
    if found.low >= 0:
        return f"{INTERVAL}{low} to {high}{unit} {more}"
    if found.high <= 0:
        return f"{INTERVAL}{high} to {low}{unit} {less}"
    return f"{INTERVAL}{low}{unit} {less} to {high}{unit} {more}"


def _percent(found: Effect, direction: str) -> str:
    """`8 % fewer; `, or nothing when the baseline is zero."""
    if found.relative_percent is None:
        return ""
    percent = abs(found.relative_percent)
    return f"{number(percent, 1 if percent < 10 else 0)} % {direction}; "


def _caution(found: Effect) -> str:
    return "; not certain once adjusted for multiple comparisons" if found.verdict.startswith("perhaps") else ""


def _decimals(found: Effect) -> int:
    """Decimals that suit the interval, and more when a limit that is not 0 would be written as 0."""
    limits = [abs(limit) for limit in (found.low, found.high) if limit]
    decimals = decimals_for([found])
    while decimals < 3 and any(round(limit, decimals) == 0 for limit in limits):
        decimals += 1
    return decimals
