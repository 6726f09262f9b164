"""Paired differences between strategies and between shortages: intervals, tests, and what the pairing gained.

Replications of one number share their seed, and with it residents, intentions and calls, so every comparison is made
within replications.

- **Interval** (`low`, `high`): 95 %, Student's t of the paired differences, at any number of pairs from 3 on; below
  there is none. No bootstrap: from few
  pairs it is too narrow (BCa with widened tails held the truth in 76 to 91 of 100 experiments in which nothing
  differed, Student's t in 96; `tests/intervals` measures it).
- **Counts** (all values whole numbers) may differ by an event so rare that no pair shows it. Events at a rate r leave n
  pairs untouched with
  probability exp(−nr), so that r is below ln(2/0.05)/n with the certainty of one tail (the rule of three): the interval
  reaches at least so far to either side. Where no pair differs, this is the whole interval.
- **Equal differences** otherwise show no chance from which an interval could be had: there is none, and no test. Runs
  that agree in every indicator to
  the last bit, the primary ones among them, are the same strategy under two names: their difference is 0 for certain
  (`interval` is "identical").
- **Skewed** (`interval` is "t, skewed"): the largest step between two runs of one strategy, in one pair only, would
  move the mean out of the interval. So
  it is where pairs agree closely but for a rare large event, a robbery in the harm of a town: the interval of pairs
  without one is too narrow, and no formula knows what they did not see. Of outcomes that are no sums of events, this
  happens where pairing gains over a hundredfold.
- **Test** (`p_value`): paired t, at least the p-value that the rule of three gives a count, so that p < 0.05 where the
  interval excludes 0. Not a sign-flip
  test, whose smallest p-value is 2^(1−n) and could never survive the correction with few replications.
- **Families**: `PRIMARY` indicators over all strategies and shortages are one family (`strategy`), the same indicators
  between shortages another
  (`shortage`). `low_simultaneous`, `high_simultaneous` hold together with 95 %: the same at the Bonferroni level of all
  m comparisons, and for outcomes that are no counts, too, as far as an unseen event may reach: ln(2m/0.05)/n times the
  largest step between two runs of any strategy there. What no run shows, such as harm of a kind that three runs happen
  to lack, no interval allows for. `p_adjusted` is Holm's of the p-values that belong to these intervals, at most 0.05
  where one excludes 0. Other rows have neither.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from experiments.estimates.intervals import (
    FEWEST_FOR_INTERVAL,
    LEVEL,
    Floats,
    half_width,
    holm,
    p_value_of,
    ratio_interval,
)

KEYS = ("shortage", "strategy", "replication", "seed")
PRIMARY = ("crimes_total", "harm_total", "response_p1_median_min")
# indicators that measure: they may be whole numbers by chance, and 0 in all runs does not make them rare events
NO_COUNT = re.compile(
    r".*_(share|rate|mean|min|km|hours|days|day|night|loss|recovered|cost|rewards|penalties)"
    r"|(clearance|cost|officer_hours|mediation_hours|response)_.*"
    r"|harm_total|trust|perceived_safety|attrition|utilisation|contact_equity|pai|pei|gini_cells|headcount|residents|days"
    r"|auxiliaries_without_duty|volunteers_active"
)
T, SKEWED, IDENTICAL = "t", "t, skewed", "identical"  # what an interval can be


NUMBERS = (
    "mean_baseline", "mean_strategy", "difference", "standard_error", "low", "high", "relative_percent", "relative_low",
    "relative_high",
    "p_value", "p_adjusted", "low_simultaneous", "high_simultaneous", "pairing_gain",
)  # fmt: skip
SCHEMA = pl.Schema({
    "kind": pl.String, "shortage": pl.String, "strategy": pl.String, "reference": pl.String, "indicator": pl.String,
    "n": pl.Int64,
    **dict.fromkeys(NUMBERS, pl.Float64), "interval": pl.String, "family": pl.String,
})  # fmt: skip


class _Contrast(NamedTuple):
    kind: str  # "strategy": against the baseline strategy; "shortage": against the first shortage
    shortage: str
    strategy: str
    reference: str
    minuend: Floats  # [replications, indicators]
    subtrahend: Floats


def effects(summary: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """Compare every strategy with the baseline, and every shortage with the first one, replication by replication.

    Parameters
    ----------
    summary : polars.DataFrame
        One row per shortage × strategy × replication: `shortage, strategy, replication, seed`, and the indicators, null
        when absent.
    baseline : str
        The strategy that the others are compared with.

    Returns
    -------
    polars.DataFrame
        One row a `kind, shortage, strategy, indicator`. For `kind == "strategy"` the reference is the baseline under
        the same shortage, for `kind == "shortage"` it is the first shortage of the summary with the same strategy;
        `mean_baseline` is the reference's mean. Differences are in the indicator's own unit, `relative_*` in percent of
        the reference. `pairing_gain` is (var_a + var_b) / var(a − b): how many times as many independent replications
        would have been needed. `n` counts the pairs in which both values exist. Indicators absent everywhere are left
        out.

    Raises
    ------
    ValueError
        When the baseline is not in the summary, or a replication appears twice.
    """
    indicators = [name for name in summary.columns if name not in KEYS and summary[name].null_count() < summary.height]
    contrasts = _contrasts(summary, baseline, indicators)
    if not contrasts or not indicators:
        return pl.DataFrame(schema=SCHEMA)
    after = np.concatenate([contrast.minuend.T for contrast in contrasts])  # [contrasts × indicators, replications]
    before = np.concatenate([contrast.subtrahend.T for contrast in contrasts])
    keys = [
        {"kind": c.kind, "shortage": c.shortage, "strategy": c.strategy, "reference": c.reference,
            "indicator": indicator}
        for c in contrasts for indicator in indicators
    ]  # fmt: skip
    family = np.array([key["kind"] if key["indicator"] in PRIMARY else "" for key in keys])
    columns = {name: np.full(len(keys), np.nan) for name in (*NUMBERS, "step")}
    method = np.full(len(keys), "", dtype="U16")

    counted = np.array([is_counted(key["indicator"]) for key in keys])
    paired = ~np.isnan(after) & ~np.isnan(before)
    pairs = paired.sum(axis=1)
    for n in np.unique(pairs[pairs > 0]):
        rows = np.flatnonzero(pairs == n)
        _compare(
            columns,
            method,
            rows,
            before[rows][paired[rows]].reshape(-1, n),
            after[rows][paired[rows]].reshape(-1, n),
            counted[rows],
        )
    if set(PRIMARY) <= set(indicators):
        same = np.repeat(
            [np.array_equal(contrast.minuend, contrast.subtrahend, equal_nan=True) for contrast in contrasts],
            len(indicators),
        )
        _call_identical(columns, method, np.flatnonzero(same & (pairs >= FEWEST_FOR_INTERVAL)))
    place = np.array([f"{key['kind']} {key['shortage']} {key['indicator']}" for key in keys])
    for name in np.unique(family[family != ""]):
        members = np.flatnonzero((family == name) & (pairs >= FEWEST_FOR_INTERVAL))
        judged = members[~np.isnan(columns["low"][members])]
        if judged.size == 0:
            continue
        step = np.array([columns["step"][judged[place[judged] == place[row]]].max() for row in judged])
        difference, error, n = columns["difference"][judged], columns["standard_error"][judged], pairs[judged]
        half = half_width(error, step, n, (1 - LEVEL) / members.size)
        columns["low_simultaneous"][judged], columns["high_simultaneous"][judged] = difference - half, difference + half
        ones = np.ones(members.size - judged.size)  # what could not be tested is a comparison, too
        columns["p_adjusted"][judged] = holm(np.array([*p_value_of(difference, error, step, n), *ones]))[: judged.size]

    frame = pl.DataFrame(keys).with_columns(
        pl.Series("n", pairs), *(pl.Series(name, columns[name]).fill_nan(None) for name in NUMBERS),
        pl.Series("interval", method).replace("", None), pl.Series("family", family).replace("", None),
    )  # fmt: skip
    return frame.select(*SCHEMA).cast(SCHEMA)


def _contrasts(summary: pl.DataFrame, baseline: str, indicators: list[str]) -> list[_Contrast]:
    """Pairs of cells to compare, their rows aligned by replication."""
    replications = summary["replication"].unique().sort()
    index = pl.DataFrame({"replication": replications})
    values: dict[tuple[str, str], Floats] = {}
    for (shortage, strategy), cell in summary.group_by("shortage", "strategy", maintain_order=True):
        if cell["replication"].n_unique() != cell.height:
            raise ValueError(f"a replication of {strategy} under {shortage} appears twice")
        aligned = index.join(cell, on="replication", how="left", maintain_order="left")
        runs = aligned.select(pl.col(indicators).cast(pl.Float64).fill_null(float("nan"))).to_numpy()
        endless = np.isinf(runs).any(
            axis=0
        )  # a quantile that was not reached in some run has no mean, nor have the others a fair one
        values[str(shortage), str(strategy)] = np.where(endless, np.nan, runs)
    shortages = summary["shortage"].unique(maintain_order=True).to_list()
    strategies = summary["strategy"].unique(maintain_order=True).to_list()
    if baseline not in strategies:
        raise ValueError(f"the baseline {baseline} is not among the strategies {strategies}")
    between_strategies = [
        _Contrast("strategy", shortage, strategy, baseline, values[shortage, strategy], values[shortage, baseline])
        for shortage in shortages for strategy in strategies
        if strategy != baseline and {(shortage, strategy), (shortage, baseline)} <= values.keys()
    ]  # fmt: skip
    between_shortages = [
        _Contrast("shortage", shortage, strategy, shortages[0], values[shortage, strategy],
            values[shortages[0], strategy])
        for shortage in shortages[1:] for strategy in strategies
        if {(shortage, strategy), (shortages[0], strategy)} <= values.keys()
    ]  # fmt: skip
    return between_strategies + between_shortages


def is_counted(indicator: str) -> bool:
    """Whether an indicator can be a count of events.

    Shares, times, hours, money, harm and marks from 0 to 100 are none.
    """
    return NO_COUNT.fullmatch(indicator) is None


def _compare(
    columns: dict[str, Floats],
    method: NDArray[np.str_],
    rows: NDArray[np.intp],
    before: Floats,
    after: Floats,
    counted: NDArray[np.bool_],
) -> None:
    """Fill in the columns of `rows`, all of which have the same number of pairs.

    `before` and `after` are [rows, pairs], `counted` as in `chance_in`.
    """
    n = before.shape[1]
    difference = after - before
    mean_before, mean = before.mean(axis=1), difference.mean(axis=1)
    columns["mean_baseline"][rows], columns["mean_strategy"][rows], columns["difference"][rows] = (
        mean_before,
        after.mean(axis=1),
        mean,
    )
    has_ratio = mean_before != 0
    ratio = np.divide(mean, mean_before, out=np.full(rows.size, np.nan), where=has_ratio)
    columns["relative_percent"][rows] = 100 * ratio
    if n < FEWEST_FOR_INTERVAL:
        return

    chance = chance_in(before, after, counted)
    known, rare = chance.known, np.where(chance.is_count, chance.step, 0.0)
    varies = chance.error > 0
    columns["pairing_gain"][rows[varies]] = (before.var(axis=1, ddof=1) + after.var(axis=1, ddof=1))[varies] / (
        n * chance.error[varies] ** 2
    )
    columns["standard_error"][rows], columns["step"][rows] = chance.error, chance.step
    columns["p_value"][rows[known]] = p_value_of(mean, chance.error, rare, n)[known]
    half = half_width(chance.error, rare, n, 1 - LEVEL)
    columns["low"][rows[known]], columns["high"][rows[known]] = (mean - half)[known], (mean + half)[known]
    method[rows[known]] = np.where(~chance.is_count & (chance.step / n > half), SKEWED, T)[known]

    # A ratio has an interval when its denominator has one sign in all pairs.
    safe = known & has_ratio & ((before > 0).all(axis=1) | (before < 0).all(axis=1))
    low, high = ratio_interval(difference[safe], before[safe], rare[safe])
    columns["relative_low"][rows[safe]], columns["relative_high"][rows[safe]] = 100 * low, 100 * high


class Chance(NamedTuple):
    """What the pairs of each row tell about chance; all [rows].

    Attributes
    ----------
    known : array of bool
        Whether they tell anything: differences vary, or a count that is not fixed has differed in no pair.
    is_count : array of bool
        Whether the indicator can be a count and all values are whole numbers.
    error : array
        Standard error of the mean difference, 0 where differences are equal.
    step : array
        Size of a single event: 1 in a count, else the largest step between neighbours among the sorted values of one
        side.
    """

    known: NDArray[np.bool_]
    is_count: NDArray[np.bool_]
    error: Floats
    step: Floats


def chance_in(before: Floats, after: Floats, counted: NDArray[np.bool_]) -> Chance:
    """Learn about chance from pairs, both [rows, pairs], of which there are three at least.

    `counted` [rows]: the indicator can be a count of events.
    """
    difference = after - before
    rounding = 1e-9 * np.maximum(np.abs(before).max(axis=1), np.abs(after).max(axis=1))
    varies = np.ptp(difference, axis=1) > rounding
    is_count = counted & (before == np.round(before)).all(axis=1) & (after == np.round(after)).all(axis=1)
    is_fixed = (np.ptp(before, axis=1) == 0) & (
        before[:, 0] != 0
    )  # such as heads that nobody leaves: no count of events
    untouched = is_count & ~is_fixed & (difference == 0).all(axis=1)
    error = np.where(varies, difference.std(axis=1, ddof=1) / np.sqrt(difference.shape[1]), 0.0)
    steps = [np.diff(np.sort(values, axis=1), axis=1).max(axis=1) for values in (before, after)]
    return Chance(varies | untouched, is_count, error, np.where(is_count, 1.0, np.maximum(*steps)))


def p_value_together(before: Floats, after: Floats, indicator: str) -> Floats:
    """Return the uncorrected two-sided p-value of each row, with room for an unseen event.

    It is not a number where pairs tell nothing.
    """
    chance = chance_in(before, after, np.full(len(before), is_counted(indicator)))
    return np.where(
        chance.known, p_value_of((after - before).mean(axis=1), chance.error, chance.step, before.shape[1]), np.nan
    )


def _call_identical(columns: dict[str, Floats], method: NDArray[np.str_], rows: NDArray[np.intp]) -> None:
    """Fill in the rows of runs that are compared with themselves: nothing differs, for certain."""
    for name in ("low", "high", "standard_error", "step"):
        columns[name][rows] = 0.0
    columns["p_value"][rows] = 1.0
    for name in ("relative_low", "relative_high"):
        columns[name][rows] = columns["relative_percent"][rows]
    method[rows] = IDENTICAL
