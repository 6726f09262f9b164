"""The estimators of an analyst: from counts by area and week to a log ratio with its 95 % interval and p-value.

All estimate the log of the ratio by which the strategy changes the count. Counts scatter more than Poisson's law has
it; how much more is estimated from the residuals (quasi-Poisson; McCullagh & Nelder 1989), or, with at least `MANY`
areas, from the scatter between them (cluster-robust; Liang & Zeger 1986). None of them knows the truth.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.estimates.intervals import LEVEL
from experiments.estimates.student import t_beyond, t_limit
from experiments.trial.design import BEFORE_AFTER, DIFFERENCES, HOT_SPOTS, MATCHED, STEPPED_WEDGE
from experiments.trial.matching import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from experiments.estimates.intervals import Floats
    from experiments.trial.panel import Panel

MANY = 10  # areas from which on the scatter between them is believed; below, sandwich errors are far too small


class Found(NamedTuple):
    """What an analyst reports: the log ratio, its 95 % interval, and the two-sided p-value of no effect."""

    log_ratio: float
    low: float
    high: float
    p: float


def before_after(panel: Panel) -> Found | None:
    """Compare the weeks after with those before, in the areas with the strategy: a quasi-Poisson regression by week."""
    counts, after = panel.counts[panel.ever].sum(axis=0), panel.after
    return _quasi(counts, after, np.ones((len(counts), 1)), np.zeros(len(counts)))


def matched_areas(panel: Panel) -> Found | None:
    """Compare areas with the strategy with those matched to them, per resident, in the weeks after."""
    pairs = np.flatnonzero(panel.ever), matches(panel)
    counts = np.concatenate([panel.counts[rows][:, panel.after].sum(axis=0) for rows in pairs])
    people = np.repeat([panel.residents[rows].sum() for rows in pairs], panel.after.sum())
    treated = np.repeat([True, False], panel.after.sum())
    return _quasi(counts, treated, np.ones((len(counts), 1)), np.log(people))


def differences(panel: Panel) -> Found | None:
    """Compare the change in areas with the strategy with that in the others: two-way fixed effects.

    `log E[count] = area + period + effect · treated`, of the weeks before and after added up (Wooldridge 2023): with
    few areas the test has areas − 2 degrees of freedom, as that of Donald & Lang (2007).
    """
    return _two_way(panel, _periods(panel), exchangeable=False)


def stepped_wedge(panel: Panel) -> Found | None:
    """Compare areas in which the strategy has begun with those in which it has not yet, in each step.

    As Hussey & Hughes (2007), for counts: areas and steps have effects of their own. With many areas these are equally
    alike in all steps (GEE with the corrected errors of Mancl & DeRouen 2001); with few they are fixed.
    """
    return _two_way(panel, _periods(panel), exchangeable=True)


def difference_in_means(panel: Panel) -> Found | None:
    """Compare the mean count after of places drawn for the strategy with that of the others.

    The log of the ratio of means; its error by the delta method, and degrees of freedom as Welch (1947) has them.
    """
    counts = panel.counts[:, panel.after].sum(axis=1)
    groups = counts[panel.ever], counts[~panel.ever]
    if min(map(len, groups)) < 2 or min(group.sum() for group in groups) == 0:
        return None
    parts = [float(group.var(ddof=1)) / len(group) / float(group.mean()) ** 2 for group in groups]
    if sum(parts) == 0:
        return None
    free = sum(parts) ** 2 / sum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True))
    return _of_t(math.log(groups[0].mean() / groups[1].mean()), math.sqrt(sum(parts)), free)


ESTIMATORS: Mapping[str, Callable[[Panel], Found | None]] = {
    BEFORE_AFTER: before_after,
    MATCHED: matched_areas,
    DIFFERENCES: differences,
    STEPPED_WEDGE: stepped_wedge,
    HOT_SPOTS: difference_in_means,
}


def _periods(panel: Panel) -> NDArray[np.int64]:
    """Return the period of each week: a new one begins wherever some area begins, shape [weeks]."""
    new = (panel.treated[:, 1:] != panel.treated[:, :-1]).any(axis=0)
    return np.concatenate([[0], np.cumsum(new)])


def _two_way(panel: Panel, period: NDArray[np.int64], exchangeable: bool) -> Found | None:
    """Fit area and period effects to counts by area and period."""
    some = panel.counts.sum(axis=1) > 0  # an area without any says nothing
    counts, treated = panel.counts[some], panel.treated[some]
    areas, periods = len(counts), int(period.max()) + 1
    firsts = np.searchsorted(period, np.arange(periods))
    y = np.add.reduceat(counts, firsts, axis=1).ravel()
    begun = treated[:, firsts].ravel()
    length = np.tile(np.bincount(period), areas)
    area, step = np.repeat(np.arange(areas), periods), np.tile(np.arange(periods), areas)
    steps = (step[:, None] == np.arange(1, periods)).astype(float)
    own = (area[:, None] == np.arange(areas)).astype(float)
    if areas >= MANY and exchangeable:
        return _exchangeable(y, begun, np.column_stack([np.ones(len(y)), steps]), np.log(length), area)
    return _quasi(y, begun, np.column_stack([own, steps]), np.log(length), area if areas >= MANY else None)


def _quasi(
    counts: Floats, treated: NDArray[np.bool_], others: Floats, offset: Floats, cluster: NDArray[np.int64] | None = None
) -> Found | None:
    """Fit a Poisson regression with the scatter of its residuals, or of clusters, and return its first coefficient.

    Parameters
    ----------
    counts, treated, offset : array [rows]
        What is explained, by what, and the log of what is known beforehand.
    others : array [rows, columns]
        What else explains it.
    cluster : array of int [rows], optional
        The area of each row.
    """
    import statsmodels.api as sm

    design = np.column_stack([treated.astype(float), others])
    free = len(counts) - design.shape[1]
    if not _can_be_told(counts, treated) or free < 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    model = sm.GLM(counts, design, family=sm.families.Poisson(), offset=offset)
    if cluster is None:
        fit = _fitted(lambda: model.fit(scale="X2"))
    else:
        fit = _fitted(lambda: model.fit(cov_type="cluster", cov_kwds={"groups": cluster}))
        free = len(np.unique(cluster)) - 1
    return None if fit is None else _of_t(float(fit.params[0]), float(fit.bse[0]), free)


def _exchangeable(
    counts: Floats, treated: NDArray[np.bool_], others: Floats, offset: Floats, cluster: NDArray[np.int64]
) -> Found | None:
    """Fit estimating equations in which all steps of an area are equally alike."""
    import statsmodels.api as sm

    if not _can_be_told(counts, treated):
        return None
    design = np.column_stack([treated.astype(float), others])
    alike = sm.cov_struct.Exchangeable()
    model = sm.GEE(counts, design, cluster, family=sm.families.Poisson(), cov_struct=alike, offset=offset)
    fit = _fitted(lambda: model.fit(cov_type="bias_reduced"))
    return None if fit is None else _of_t(float(fit.params[0]), float(fit.bse[0]), len(np.unique(cluster)) - 1)


def _can_be_told(counts: Floats, treated: NDArray[np.bool_]) -> bool:
    """Whether there is any crime both with and without the strategy: else a log ratio is none."""
    return bool(counts[treated].sum() > 0 and counts[~treated].sum() > 0)


def _fitted(fit: Callable[[], Any]) -> Any | None:
    """Return a fit, None where it comes to nothing; what statsmodels warns of on the way is no reader's concern."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return fit()
        except (ValueError, np.linalg.LinAlgError):
            return None


def _of_t(value: float, error: float, free: float) -> Found | None:
    """Return an estimate with Student's t interval."""
    if not (math.isfinite(value) and math.isfinite(error) and error > 0):
        return None
    half = float(t_limit((1 - LEVEL) / 2, free)) * error
    return Found(value, value - half, value + half, float(2 * t_beyond(abs(value) / error, free)))
