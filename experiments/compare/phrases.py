"""Phrases of the answer: intervals in words, lists of names, decimals that suit an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.compare.paired import decimals_for
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.presentation.wording import number, too_few

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.paired import Effect

INTERVAL = "95 % interval "


def listed(names: list[str]) -> str:
    """Write names as `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def either(names: list[str]) -> str:
    """Write names as `a, b or c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def limits(found: Effect, less: str, more: str, decimals: int | None = None, unit: str = "") -> str:
    """`95 % interval 3.0 to 9.4 fewer`, or `95 % interval 2.0 fewer to 1.5 more`."""
    if found.low is None or found.high is None:
        return "no interval"
    decimals = decimals_of(found) if decimals is None else decimals
    low, high = number(abs(found.low), decimals), number(abs(found.high), decimals)
    if found.low >= 0:
        return f"{INTERVAL}{low} to {high}{unit} {more}"
    if found.high <= 0:
        return f"{INTERVAL}{high} to {low}{unit} {less}"
    return f"{INTERVAL}{low}{unit} {less} to {high}{unit} {more}"


def percent(found: Effect, direction: str) -> str:
    """`8 % fewer; `, or nothing when the baseline is zero."""
    if found.relative_percent is None:
        return ""
    size = abs(found.relative_percent)
    return f"{number(size, 1 if size < 10 else 0)} % {direction}; "


def caution(found: Effect) -> str:
    """Say that a difference does not hold once all comparisons are taken together; nothing where it does."""
    return "; not certain once adjusted for multiple comparisons" if found.verdict.startswith("perhaps") else ""


def no_difference(undecided: dict[str, Effect], directions: tuple[str, str, str], to: str) -> str:
    """`random_patrol makes no measurable difference to …`, with the intervals of at most two strategies."""
    less, more, unit = directions
    names = [
        f"{strategy} ({limits(it, less, more, unit=unit)})" if len(undecided) < 3 else strategy
        for strategy, it in undecided.items()
    ]
    return f"{listed(names)} {'makes' if len(names) == 1 else 'make'} no measurable difference to {to}"


def why_unknown(comparison: Comparison) -> str:
    """Say why a difference has no interval."""
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return f"{too_few(comparison.replications)} for an interval"
    return "all pairs of runs differ by the same, which gives no interval"


def decimals_of(found: Effect) -> int:
    """Decimals that suit the interval, and more when a limit that is not 0 would be written as 0."""
    ends = [abs(end) for end in (found.low, found.high) if end]
    decimals = decimals_for([found])
    while decimals < 3 and any(round(end, decimals) == 0 for end in ends):
        decimals += 1
    return decimals
