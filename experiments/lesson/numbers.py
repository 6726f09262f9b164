"""Numbers of a lesson in words: differences with their intervals, and promises with their bounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.presentation.wording import number, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.lesson.findings import Kept, Seen
    from experiments.lesson.texts import Text
    from scenarios.lessons.parts import Promise


def decimals_of(measure: str, found: Mapping[str, Mapping[str, Seen]]) -> int:
    """Return how many decimals a measure is shown with: three digits that mean something."""
    largest = max(abs(measures[measure].mean) for measures in found.values())
    return 0 if largest >= 100 else 1 if largest >= 1 else 2


def difference_words(one: Seen, decimals: int) -> str:
    """Return a difference with half of its interval and in per cent; nothing for the baseline itself."""
    if math.isnan(one.difference) or (one.difference == 0 and one.half == 0):
        return ""
    half = "" if math.isnan(one.half) else f" ± {number(one.half, decimals)}"
    percent = "" if math.isnan(one.percent) else f" ({per_cent(number(one.percent, 0, sign=True))})"
    return f"{number(one.difference, decimals, sign=True)}{half}{percent}"


def bounds_words(promise: Promise, text: Text) -> str:
    """Return what is promised: `stops at hot spots against waiting, crimes: −28 to −8 %`."""
    unit = say(" %") if promise.percent else ""
    low, high = (number(bound, 0 if bound == round(bound) else 1, sign=True) for bound in promise[3:5])
    words = "{arm} against {against}, {measure}: {low} to {high}{unit}"
    named = {"arm": text.arms[promise.arm], "against": text.arms[promise.against]}
    return say(words, **named, measure=text.measures[promise.measure], low=low, high=high, unit=unit)


def promise_words(kept: Kept, text: Text) -> str:
    """Return what is promised, and what was seen."""
    unit = say(" %") if kept.promise.percent else ""
    seen = f"{number(kept.difference, 1, sign=True)}{unit}"
    words = "{promise}; here {seen}" if kept.holds else "{promise}; here {seen}, which is outside: chance, or an error"
    return say(words, promise=bounds_words(kept.promise, text), seen=seen)
