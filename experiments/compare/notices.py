"""What a reader has to know beside the numbers.

Who is paid and cannot work, whose patrol is longer on duty, and whom a value that was set has reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from experiments.compare.paired import mean
from experiments.languages.speech import in_words, say
from experiments.presentation.indicators import indicator
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number, per_cent

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

IDLE = "auxiliaries_without_duty"
FEWEST_IDLE = 0.05  # heads, below which a mean is written as 0
MUCH_PERCENT = 2.0  # by which patrol's hours on duty differ before it is said


def notices(comparison: Comparison, shortage: str) -> list[str]:
    """Say who is paid under a shortage and never on duty, and which strategies have patrol on duty for longer.

    Auxiliaries have no duty where no officer is left to go with them.
    """
    return [*_idle(comparison, shortage), *_other_hours(comparison, shortage)]


def _idle(comparison: Comparison, shortage: str) -> list[str]:
    idle = {strategy: mean(comparison, shortage, strategy, IDLE) or 0.0 for strategy in comparison.strategies}
    idle = {strategy: heads for strategy, heads in idle.items() if heads >= FEWEST_IDLE}
    if not idle:
        return []
    texts = {strategy: number(heads) for strategy, heads in idle.items()}
    if len(texts) == len(comparison.strategies) and len(set(texts.values())) == 1:
        number_of = next(iter(texts.values()))
        told = say("{number} with every strategy", number=number_of) if len(texts) > 1 else number_of
    else:
        told = in_words(", ").join(
            say("{number} with {strategy}", number=text, strategy=strategy_name(strategy))
            for strategy, text in texts.items()
        )
    words = (
        "Under {shortage}, auxiliaries who are paid and never on duty, because there are more of them than officers to "
        "go with: {told}."
    )
    return [say(words, shortage=shortage_name(shortage), told=told)]


def _other_hours(comparison: Comparison, shortage: str) -> list[str]:
    """Name the strategies that have patrol on duty for other hours than the baseline; nothing where none do.

    Calls make another share of other hours.
    """
    duty = comparison.ledger.filter((pl.col("shortage") == shortage) & (pl.col("post") == "patrol"))
    hours = {
        str(strategy): float(rows["officer_hours"].sum())
        for (strategy,), rows in duty.group_by("strategy", maintain_order=True)
    }
    of_baseline = hours.get(comparison.baseline, 0.0)
    if not of_baseline:
        return []
    change = {name: 100 * (hours.get(name, 0.0) / of_baseline - 1) for name in comparison.rivals}
    told = [
        f"{strategy_name(name)} {per_cent(number(percent, 0, sign=True))}"
        for name, percent in change.items()
        if abs(percent) > MUCH_PERCENT
    ]
    if not told:
        return []
    words = (
        "Under {shortage}, patrol is on duty for more or fewer hours than with {baseline}: {told}; the same work is "
        "another share of them (busy)."
    )
    named = {"shortage": shortage_name(shortage), "baseline": strategy_name(comparison.baseline)}
    return [say(words, told=in_words(", ").join(told), **named)]


def given_notes(comparison: Comparison) -> list[str]:
    """Say of each value that the user set for strategies, programmes or shortages whom it has reached.

    All those that have the key.
    """
    return [
        say(
            "{setting} holds for {names}, and for nothing else that is compared.", setting=setting,
            names=in_words(", ").join(
                strategy_name(name) if name in comparison.strategies else shortage_name(name) for name in names
            ),
        )
        for setting, names in comparison.given.items()
    ]  # fmt: skip


def stopped_note(comparison: Comparison) -> list[str]:
    """Say why there are so many replications, where they were added until differences were precise."""
    stopped = comparison.stopped
    if stopped is None:
        return []
    words = (
        "Replications were added until the widest 95 % interval of a difference in {what} was ± {precision}: {n} of "
        "them, it is ± {half} now (rule of Chow and Robbins, from 20 on, with 5 more after it was reached)."
    ) if stopped.enough else (
        "Replications were added until there were as many as may be, {n}: the widest 95 % interval of a difference in "
        "{what} is ± {half}, and not ± {precision}, as was asked."
    )  # fmt: skip
    shown = indicator(comparison.precision_of)
    what = f"{say(shown.label).lower()} ({say(shown.unit)})" if shown.unit else say(shown.label).lower()
    half, precision = f"{stopped.half_width:.3g}", f"{stopped.precision:g}"
    return [say(words, what=what, precision=precision, half=half, n=stopped.replications)]
