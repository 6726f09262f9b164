"""Paired differences between strategies and between shortages: intervals, tests, and what the pairing gained.

Replications of one number share their seed, and with it residents, intentions and calls, so every comparison is made within replications.

- **Interval** (`low`, `high`): 95 % BCa bootstrap of the mean paired difference (Efron 1987; 9,999 resamples, fixed stream). A bootstrap of few
  replications is too narrow (nominal 95 % covers 89 % of normal samples of ten), so its level is expanded as Hesterberg (2015, The American
  Statistician 69) proposes: tails of Φ(−√(n/(n−1))·t) instead of 2.5 %. Between 3 and 5 replications there are too few distinct resamples and
  Student's t takes its place; below 3 there is no interval. The column `interval` says which of these a row has.
- **Test** (`p_value`): paired t. Not a sign-flip test, whose smallest p-value is 2^(1−n) and could never survive the correction with few replications.
- **Families**: `PRIMARY` indicators over all strategies and shortages are one family (`strategy`), the same indicators between shortages another
  (`shortage`). Within a family `p_adjusted` is Holm's, and `low_simultaneous`, `high_simultaneous` hold together with 95 %: Student's t at the
  Bonferroni level (bootstraps of few replications have no tails so far out), never narrower than the 95 % interval. Other rows have neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

KEYS = ("shortage", "strategy", "replication", "seed")
PRIMARY = ("crimes_total", "harm_total", "response_p1_median_min")
LEVEL = 0.95
RESAMPLES = 9_999
SEED = 20_240_229  # of the bootstrap; fixed, so that a report can be reproduced
FEWEST_FOR_INTERVAL = 3
FEWEST_FOR_BOOTSTRAP = 6

Floats = NDArray[np.float64]

NUMBERS = (
    "mean_baseline", "mean_strategy", "difference", "standard_error", "low", "high", "relative_percent", "relative_low", "relative_high",
    "p_value", "p_adjusted", "low_simultaneous", "high_simultaneous", "pairing_gain",
)  # fmt: skip
SCHEMA = pl.Schema({
    "kind": pl.String, "shortage": pl.String, "strategy": pl.String, "reference": pl.String, "indicator": pl.String, "n": pl.Int64,
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
        One row a shortage × strategy × replication: `shortage, strategy, replication, seed`, and the indicators, null when absent.
    baseline : str
        The strategy that the others are compared with.

    Returns
    -------
    polars.DataFrame
        One row a `kind, shortage, strategy, indicator`. For `kind == "strategy"` the reference is the baseline under the same shortage, for
        `kind == "shortage"` it is the first shortage of the summary with the same strategy; `mean_baseline` is the reference's mean. Differences are in the
        indicator's own unit, `relative_*` in percent of the reference. `pairing_gain` is (var_a + var_b) / var(a − b): how many times as many independent
        replications would have been needed. `n` counts the pairs in which both values exist. Indicators absent everywhere are left out.

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
        {"kind": c.kind, "shortage": c.shortage, "strategy": c.strategy, "reference": c.reference, "indicator": indicator}
        for c in contrasts for indicator in indicators
    ]  # fmt: skip
    family = np.array([key["kind"] if key["indicator"] in PRIMARY else "" for key in keys])
    from statsmodels.stats.multitest import multipletests  # two seconds to import, which `--help` should not pay

    columns = {name: np.full(len(keys), np.nan) for name in NUMBERS}
    method = np.full(len(keys), "", dtype="U16")

    paired = ~np.isnan(after) & ~np.isnan(before)
    pairs = paired.sum(axis=1)
    for n in np.unique(pairs[pairs > 0]):
        rows = np.flatnonzero(pairs == n)
        _compare(columns, method, rows, before[rows][paired[rows]].reshape(-1, n), after[rows][paired[rows]].reshape(-1, n))
    for name in np.unique(family[family != ""]):
        members = np.flatnonzero((family == name) & ~np.isnan(columns["p_value"]))
        if members.size:
            columns["p_adjusted"][members] = multipletests(columns["p_value"][members], method="holm")[1]
        _widen(columns, np.flatnonzero(family == name), pairs, 1 - (1 - LEVEL) / max(members.size, 1))

    frame = pl.DataFrame(keys).with_columns(
        pl.Series("n", pairs), *(pl.Series(name, column).fill_nan(None) for name, column in columns.items()),
        pl.Series("interval", method).replace("", None), pl.Series("family", family).replace("", None),
    )  # fmt: skip
    return frame.select(*SCHEMA).cast(SCHEMA)


def expanded_level(n: int, level: float = LEVEL) -> float:
    """Nominal level at which a bootstrap of `n` values covers the mean with `level`: 1 − 2Φ(−√(n/(n−1))·t) (Hesterberg 2015)."""
    from scipy import stats  # here and below: a second to import, which `--help` should not pay

    return float(1 - 2 * stats.norm.sf(np.sqrt(n / (n - 1)) * stats.t.isf((1 - level) / 2, n - 1)))


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
        endless = np.isinf(runs).any(axis=0)  # a quantile that was not reached in some run has no mean, nor have the others a fair one
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
        _Contrast("shortage", shortage, strategy, shortages[0], values[shortage, strategy], values[shortages[0], strategy])
        for shortage in shortages[1:] for strategy in strategies
        if {(shortage, strategy), (shortages[0], strategy)} <= values.keys()
    ]  # fmt: skip
    return between_strategies + between_shortages


def _compare(columns: dict[str, Floats], method: NDArray[np.str_], rows: NDArray[np.intp], before: Floats, after: Floats) -> None:
    """Fill in the columns of `rows`, all of which have the same number of pairs; `before` and `after` are [rows, pairs]."""
    from scipy import stats

    n = before.shape[1]
    difference = after - before
    mean_before, mean = before.mean(axis=1), difference.mean(axis=1)
    columns["mean_baseline"][rows], columns["mean_strategy"][rows], columns["difference"][rows] = mean_before, after.mean(axis=1), mean
    has_ratio = mean_before != 0
    ratio = np.divide(mean, mean_before, out=np.full(rows.size, np.nan), where=has_ratio)
    columns["relative_percent"][rows] = 100 * ratio
    if n < FEWEST_FOR_INTERVAL:
        return

    rounding = 1e-12 * np.maximum(np.abs(before).max(axis=1), np.abs(after).max(axis=1))
    constant = np.ptp(difference, axis=1) <= rounding
    varies = ~constant
    variance = difference.var(axis=1, ddof=1)
    columns["pairing_gain"][rows[varies]] = ((before.var(axis=1, ddof=1) + after.var(axis=1, ddof=1))[varies]) / variance[varies]
    error = np.where(varies, np.sqrt(variance / n), 0.0)
    columns["standard_error"][rows] = error
    columns["p_value"][rows[varies]] = 2 * stats.t.sf(np.abs(mean[varies]) / error[varies], n - 1)
    columns["p_value"][rows[constant & (np.abs(mean) <= rounding)]] = 1.0  # a constant difference that is not zero has no test

    columns["low"][rows[constant]] = columns["high"][rows[constant]] = mean[constant]
    method[rows[constant]] = "point"
    method[rows[varies]] = "bca" if n >= FEWEST_FOR_BOOTSTRAP else "t"
    columns["low"][rows[varies]], columns["high"][rows[varies]] = ratio_interval(difference[varies])

    # A ratio has an interval when no resample can bring its denominator to zero or across it.
    safe = has_ratio & ((before > 0).all(axis=1) | (before < 0).all(axis=1))
    influence = np.divide(difference - np.where(safe, ratio, 0)[:, None] * before, mean_before[:, None], out=np.zeros_like(before), where=safe[:, None])
    still = np.ptp(influence, axis=1) <= 1e-12 * (1 + np.abs(np.where(safe, ratio, 0)))
    columns["relative_low"][rows[safe & still]] = columns["relative_high"][rows[safe & still]] = 100 * ratio[safe & still]
    moving = safe & ~still
    low, high = ratio_interval(difference[moving], before[moving])
    columns["relative_low"][rows[moving]], columns["relative_high"][rows[moving]] = 100 * low, 100 * high


def ratio_interval(above: Floats, below: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the 95 % interval of mean(above) / mean(below) for each row: BCa bootstrap of pairs, or Student's with few pairs.

    All rows share one set of resamples, so that each resample is one product of matrices (Efron 1987 for the formula).

    Parameters
    ----------
    above, below : array [rows, pairs]
        Numerator and denominator of each pair; without a denominator it is the mean of `above`. No resample may bring its mean to 0.

    Returns
    -------
    low, high : arrays [rows]
        Not-a-number where a bootstrap cannot tell, as when all resamples lie on one side.
    """
    from scipy import stats

    rows, n = above.shape
    below = np.ones_like(above) if below is None else below
    centre = above.mean(axis=1) / below.mean(axis=1)
    if n < FEWEST_FOR_BOOTSTRAP:
        influence = (above - centre[:, None] * below) / below.mean(axis=1, keepdims=True)
        half = stats.t.isf((1 - LEVEL) / 2, n - 1) * influence.std(axis=1, ddof=1) / np.sqrt(n)
        return centre - half, centre + half
    drawn = np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))
    times = np.zeros((RESAMPLES, n))  # how often a resample holds each pair
    np.add.at(times, (np.arange(RESAMPLES)[:, None], drawn), 1.0)
    level = expanded_level(n)
    limits = [_bca(above[block], below[block], centre[block], times, level) for block in (slice(i, i + _BLOCK) for i in range(0, rows, _BLOCK))]
    low, high = (np.concatenate([found[end] for found in limits]) if limits else np.zeros(0) for end in (0, 1))
    return low, high


_BLOCK = 256  # rows whose resamples are held at a time


def _bca(above: Floats, below: Floats, centre: Floats, times: Floats, level: float) -> tuple[Floats, Floats]:
    """BCa limits of some rows: quantiles of the resamples, moved by their bias z0 and by the acceleration a of the jackknife."""
    from scipy.special import ndtr, ndtri

    found = np.sort((above @ times.T) / (below @ times.T), axis=1)
    beneath = ((found < centre[:, None]).mean(axis=1) + (found <= centre[:, None]).mean(axis=1)) / 2
    left = (above.sum(axis=1, keepdims=True) - above) / (below.sum(axis=1, keepdims=True) - below)
    away = left.mean(axis=1, keepdims=True) - left
    with np.errstate(divide="ignore", invalid="ignore"):
        a = (away**3).sum(axis=1) / (6 * (away**2).sum(axis=1) ** 1.5)
        z0 = ndtri(beneath)
        tails = [ndtr(z0 + (z0 + z) / (1 - a * (z0 + z))) for z in (ndtri((1 - level) / 2), ndtri((1 + level) / 2))]
    low, high = (_quantiles(found, tail) for tail in tails)
    return low, high


def _quantiles(ordered: Floats, share: Floats) -> Floats:
    """Quantile of each ordered row at a share of its own, between neighbours in proportion; not-a-number at a share that is none."""
    place = np.where(np.isfinite(share), share, 0.0) * (ordered.shape[1] - 1)
    under = np.minimum(place.astype(int), ordered.shape[1] - 2)
    row = np.arange(len(ordered))
    value = ordered[row, under] + (place - under) * (ordered[row, under + 1] - ordered[row, under])
    return np.where(np.isfinite(share), value, np.nan)


def _widen(columns: dict[str, Floats], rows: NDArray[np.intp], pairs: NDArray[np.intp], level: float) -> None:
    """Simultaneous intervals of a family: Student's t at `level`, at least as wide as the 95 % interval."""
    from scipy import stats

    rows = rows[~np.isnan(columns["low"][rows])]
    half = stats.t.isf((1 - level) / 2, pairs[rows] - 1) * columns["standard_error"][rows]
    columns["low_simultaneous"][rows] = np.minimum(columns["low"][rows], columns["difference"][rows] - half)
    columns["high_simultaneous"][rows] = np.maximum(columns["high"][rows], columns["difference"][rows] + half)
