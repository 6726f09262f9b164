"""Everything that was measured: response times by priority, and every indicator against the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.paired import decimals_for, difference, effect, mean
from experiments.estimates.effects import KEYS, PRIMARY
from experiments.languages.speech import say
from experiments.presentation.indicators import indicator
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

RESPONSES = (
    (PRIMARY[2], "response_p1_p90_min"), ("response_p2_median_min", "response_p2_p90_min"),
    ("response_p3_median_min", "response_p3_p90_min"),
    ("calls_waiting_p90_min",), ("calls_unserved_share",),
)  # fmt: skip
NO_INDICATORS = ("residents", "days")  # the same in every run


class ResponseRow(NamedTuple):
    """Response times of a strategy, and the difference of its median for priority 1 to the baseline."""

    strategy: str
    times: list[str]
    against: str


class IndicatorRow(NamedTuple):
    """One indicator under one shortage: its mean with the baseline, and the difference of each other strategy."""

    label: str
    unit: str
    baseline: str
    differences: list[str]


def response_rows(comparison: Comparison, shortage: str) -> list[ResponseRow]:
    """Make the rows of response times under a shortage, policies first."""
    rows = []
    for strategy in (*comparison.policies, *comparison.bounds):
        times = [
            " / ".join(number(mean(comparison, shortage, strategy, name)) for name in names) for names in RESPONSES
        ]
        it = effect(comparison, "strategy", shortage, strategy, PRIMARY[2])
        against = say("baseline") if strategy == comparison.baseline else difference(it, decimals_for([it]))
        rows.append(ResponseRow(strategy, times, against))
    return rows


def indicator_rows(comparison: Comparison, shortage: str) -> list[IndicatorRow]:
    """Every indicator that was measured under a shortage."""
    others = comparison.rivals
    shown = []
    for name in comparison.summary.columns:
        value = mean(comparison, shortage, comparison.baseline, name) if name not in (*KEYS, *NO_INDICATORS) else None
        if value is None:
            continue
        found = [effect(comparison, "strategy", shortage, other, name) for other in others]
        decimals = decimals_for(found)
        it = indicator(name, comparison.currency)
        shown.append(
            IndicatorRow(it.label, it.unit, number(value, decimals), [difference(one, decimals) for one in found])
        )
    return shown
