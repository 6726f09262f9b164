"""Lines beside the table: hours on duty, what a shortage does, other effects, and what the numbers are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import polars as pl

from experiments.compare.costs import accounts
from experiments.compare.notices import given_notes, stopped_note
from experiments.compare.paired import decimals_for, difference, effect, mean, same_hours, told_shortage
from experiments.compare.ranking import SIGNS
from experiments.compare.table import RATE
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import in_words, say
from experiments.presentation.indicators import indicator
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import DAGGER, NEVER, NO_INTERVAL, cities_note, number, per_cent, too_few

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.paired import Effect
    from experiments.compare.table import Row

OTHER_EFFECTS = (  # residents first, then officers
    "crimes_fraud", "disputes_escalated", "crimes_school_violence", "repeat_victim_share", "trust", "perceived_safety",
    "fatigue_mean", "attrition",
    "overtime_hours",
)  # fmt: skip
WHAT_IS_WHAT = (
    "Crimes and crime harm: what truly happened, recorded or not, per 1,000 residents per year; harm is in "
    "sentence-days (Crime Harm Index). P1, P2, P3: response time by priority, from call to arrival, of all who asked "
    "for a unit, those included who were never served. % not served: of these calls. Clear: cleared, % of recorded "
    "crimes. Busy: % of patrol's time on duty, overtime included, spent on calls; where patrol is on duty for longer, "
    "the same calls make a smaller share."
)
SHORTAGE_EFFECTS = (
    ("crimes", RATE, "crimes_total"),
    ("crime harm", f"sentence-days {RATE}", "harm_total"),
    ("median P1 response", "min", "response_p1_median_min"),
)


def duty(comparison: Comparison, shortage: str) -> str:
    """Write the hours on duty of the baseline under a shortage, and how many fewer than under the first."""
    hours = mean(comparison, shortage, comparison.baseline, "on_duty_hours")
    if hours is None:
        return ""
    shown = {"hours": number(hours, 0), "days": comparison.days, "first": shortage_name(comparison.shortages[0])}
    against = effect(comparison, "shortage", shortage, comparison.baseline, "on_duty_hours")
    if against is None or against.relative_percent is None:
        return say(" · {hours} officer-hours on duty in {days} days", **shown)
    if same_hours(against):
        return say(" · {hours} officer-hours on duty in {days} days, as many as under {first}", **shown)
    percent = number(abs(against.relative_percent), 0)
    if against.relative_percent < 0:
        words = " · {hours} officer-hours on duty in {days} days, {percent} % fewer than under {first}"
    else:
        words = " · {hours} officer-hours on duty in {days} days, {percent} % more than under {first}"
    return say(words, percent=percent, **shown)


def shortage_line(comparison: Comparison, shortage: str) -> str:
    """Say what the shortage does to the baseline strategy: hours on duty, crimes and response.

    Empty for the first shortage.
    """
    found = [
        ((label, unit), effect(comparison, "shortage", shortage, comparison.baseline, name))
        for label, unit, name in SHORTAGE_EFFECTS
    ]
    parts = [
        f"{say(label)} {difference(it, decimals_for([it]))} {say(unit)}"
        for (label, unit), it in found
        if it is not None
    ]
    return say(
        "{shortage} against {first}, {baseline}: {effects}", shortage=shortage_name(shortage),
        first=shortage_name(comparison.shortages[0]), baseline=strategy_name(comparison.baseline),
        effects=in_words("; ").join(parts),
    ) if parts else ""  # fmt: skip


def other_effects(comparison: Comparison, shortage: str) -> dict[str, str]:
    """Say what else each strategy changes against the baseline, of what the table does not show.

    Those differences whose 95 % interval excludes 0.
    """
    told = {}
    for strategy in comparison.rivals:
        found = {name: effect(comparison, "strategy", shortage, strategy, name) for name in OTHER_EFFECTS}
        if texts := [text for name, it in found.items() if it and it.decided and (text := _other_effect(name, it))]:
            told[strategy] = in_words(", ").join(texts)
    return told


def _other_effect(name: str, found: Effect) -> str:
    """`frauds −37 %`; in points when it is a share or a mean of 0 to 100, in its unit when the baseline has none.

    Nothing when it rounds to nothing.
    """
    shown, percent = indicator(name), found.relative_percent
    if shown.how == "share" or percent is None:
        value, decimals = found.difference, max(1, decimals_for([found]))
        unit = "" if shown.how == "share" else f" {shown.unit}"
    else:
        value, decimals, unit = percent, 0 if abs(percent) >= 10 else 1, say(" %")
    return f"{shown.label.lower()} {number(value, decimals, sign=True)}{unit}" if round(value, decimals) else ""


def footnotes(comparison: Comparison, rows: list[Row], shortage_lines: Iterable[str]) -> list[str]:
    """Say what the numbers are: the interval, the star, the replications, the gain of pairing, the abbreviations."""
    n = comparison.replications
    if n < FEWEST_FOR_INTERVAL:
        words = "{too_few} for an interval (at least {least})."
        interval = say(words, too_few=too_few(n), least=FEWEST_FOR_INTERVAL)
    else:
        words = (
            "95 % interval of the mean paired difference over {n} replications with common random numbers (Student's "
            "t)."
        )
        interval = say(words, n=n)
    found = [
        effect(comparison, "strategy", shortage, strategy, "crimes_total")
        for shortage in comparison.shortages
        for strategy in comparison.rivals
    ]
    gains = [it.pairing_gain for it in found if it is not None and it.pairing_gain is not None]
    notes = [interval] if comparison.rivals or len(comparison.shortages) > 1 else []
    if comparison.sets is None or not comparison.city.drawn_anew:
        notes.append(cities_note(comparison.city, comparison.seeds_per_city))
    notes += _where_variance_comes_from(comparison)
    notes += _of_sets(comparison)
    shown = [
        *(text for row in rows for text in row.texts.values()),
        *shortage_lines,
    ]
    if any("*" in text for text in shown):
        words = (
            "* 0 lies outside the wider interval that holds for all comparisons of crimes, crime harm and P1 response "
            "together (Bonferroni)."
        )
        notes.append(say(words))
    if any(DAGGER in text for text in shown):
        words = (
            "† The interval may be too narrow: the largest step between two runs, in one more pair, would move the "
            "difference out of it."
        )
        notes.append(say(words))
    if n >= FEWEST_FOR_INTERVAL and any(f"({say(NO_INTERVAL)})" in text for text in shown):
        notes.append(say("No interval: all pairs differ by the same, which does not show how large chance is."))
    notes += _marks_notes(rows)
    if gains:
        low, high = number(min(gains)), number(max(gains))
        times = low if low == high else say("{low} to {high}", low=low, high=high)
        words = (
            "Pairing: the variance of a difference in crimes with independent seeds would be {times} times as large."
        )
        notes.append(say(words, times=times))
    notes.append(say(WHAT_IS_WHAT))
    if any(say(NEVER) in text for text in shown):
        words = (
            "Never: in some replication too many calls were not served for the median or the 90th percentile to be "
            "reached."
        )
        notes.append(say(words))
    if accounts(comparison):
        words = "Cost: yuan per resident per year, all that the police pay / what others pay for what is done."
        notes.append(say(words))
    notes += given_notes(comparison)
    notes += stopped_note(comparison)
    return notes


def _of_sets(comparison: Comparison) -> list[str]:
    """Say what sets of parameters there are, and how many seeds have each; nothing without."""
    sets, each = comparison.sets, comparison.seeds_per_set
    if sets is None:
        return []
    words = (
        "Each replication is the mean of {each} runs with one of {n} sets of parameters ({number} in each), the same "
        "for all strategies and shortages: intervals and probabilities hold what these parameters change, too."
        if each > 1
        else "Each replication has one of {n} sets of parameters ({number} in each), the same for all strategies and "
        "shortages: intervals and probabilities hold what these parameters change, too. How much that is cannot be "
        "told from chance with seeds_per_set=1."
    )
    notes = [say(words, each=each, n=len({*sets.rows[: comparison.replications]}), number=len(sets.values[0]))]
    if comparison.city.drawn_anew:
        cities = "{runs} runs share a made-up city: intervals hold chance and other such cities, too."
        alone = "Each run draws its own made-up city: intervals hold chance and other such cities, too."
        of_city = comparison.seeds_per_city
        notes.append(say(cities, runs=of_city) if of_city > 1 else say(alone))
    if sets.declared:
        notes.append(
            say("The sets are spread evenly over the ranges of what is uncertain: no data speak for one or another.")
        )
    elif sets.weighted:
        notes.append(say("They are drawn by their weights from {there} sets.", there=sets.there))
    elif sets.there > comparison.replications:
        notes.append(say("They are the first of {there} sets.", there=sets.there))
    return notes


def _where_variance_comes_from(comparison: Comparison) -> list[str]:
    """Say how much of the variance of a difference in crimes lies between cities, and between sets of parameters."""
    told = told_shortage(comparison)
    of_crimes = comparison.variance_shares.filter(
        (pl.col("shortage") == told) & (pl.col("indicator") == "crimes_total") & pl.col("share").is_not_null()
    )
    texts = {
        "parameters": "Of the variance of a difference in crimes between runs under {shortage}, there lies between "
        "sets of parameters: {shares} (95 % interval).",
        "cities": "Of the variance of a difference in crimes between runs under {shortage}, there lies between cities: "
        "{shares} (95 % interval). The rest is chance within a city.",
    }
    notes = []
    for source, words in texts.items():
        shares = [
            f"{strategy_name(row['strategy'])} {per_cent(number(100 * row['share'], 0))} "
            f"({say('{low} to {high}', low=number(100 * row['low'], 0), high=number(100 * row['high'], 0))})"
            for row in of_crimes.filter(pl.col("source") == source).iter_rows(named=True)
        ]
        if shares:
            notes.append(say(words, shortage=shortage_name(told), shares=in_words(", ").join(shares)))
    return notes


def _marks_notes(everything: list[Row]) -> list[str]:
    """Say what the marks of a table mean, those that it has, and what a bound is."""
    present = {mark for row in everything for mark in row.marks.values()}
    told = {
        "best": "the best: every other policy is excluded, being worse",
        "may be best": "not excluded as the best, as policies without the mark are",
        "worse": "worse than the baseline by the wider interval (not served: by the 95 % interval)",
    }  # fmt: skip
    shown = in_words("; ").join(f"{SIGNS[mark]} {say(text)}" for mark, text in told.items() if mark in present)
    notes = []
    if {"best", "may be best"} & present:
        words = (
            "{marks} (paired t tests, adjusted for multiple comparisons: all policies, all shortages, both outcomes)."
        )
        notes.append(say(words, marks=shown))
    elif shown:
        notes.append(say("{marks}.", marks=shown))
    if any(row.bound for row in everything):
        words = (
            "Bound: no policy, since its patrol is placed with a knowledge of true risk that no police have; it is not "
            "ranked."
        )
        notes.append(say(words))
    return notes


def method(replications: int) -> str:
    """Say how the 95 % intervals were computed."""
    if replications < FEWEST_FOR_INTERVAL:
        words = "{too_few} for an interval; at least {least} are needed, and 20 or more are better."
        return say(words, too_few=too_few(replications), least=FEWEST_FOR_INTERVAL)
    return say(
        "It is Student's t interval of the mean paired difference; that of a count reaches at least as far as events "
        "may that are so rare that no pair of runs shows one (rule of three). Where all pairs differ by the same there "
        "is no interval, since they do not show chance. A dagger (†) means that it may be too narrow: were the largest "
        "step between two runs of one strategy to happen in one more pair, the difference would move out of it. More "
        "replications, more days or a larger city are needed there."
    )
