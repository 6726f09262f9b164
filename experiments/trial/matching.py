"""Matching: areas without the strategy that were most like those with it, by their records before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.estimates.intervals import Floats
    from experiments.trial.panel import Panel


def features(panel: Panel) -> Floats:
    """Return what areas are matched by: level and trend of the log rate per resident before, shape [areas, 2].

    The level is `log((crimes + ½) / residents)`, the trend `log((late + ½) / (early + ½))` of the later half of the
    weeks against the earlier one.
    """
    before = panel.counts[:, ~panel.after]
    half = before.shape[1] // 2
    early, late = before[:, :half].sum(axis=1), before[:, before.shape[1] - half :].sum(axis=1)
    level = np.log((before.sum(axis=1) + 0.5) / panel.residents)
    return np.stack([level, np.log((late + 0.5) / (early + 0.5))], axis=1)


def matched(of_treated: Floats, of_others: Floats) -> NDArray[np.int64]:
    """Return for each treated area the row of the other area that is its match, shape [treated].

    The sum of the squared distances is the least that there is (optimal matching; Rosenbaum 1989); nobody is the match
    of two before all are the match of one.

    Parameters
    ----------
    of_treated, of_others : array [treated, features], array [others, features]
        From `features`; at least one of each.
    """
    from scipy.optimize import linear_sum_assignment

    apart = ((of_treated[:, None, :] - of_others[None, :, :]) ** 2).sum(axis=2)
    turns = -(-len(of_treated) // len(of_others))
    late = np.repeat(np.arange(turns), len(of_others)) * (apart.sum() + 1.0)  # a second turn costs more than any match
    rows, columns = linear_sum_assignment(np.tile(apart, turns) + late)
    return np.asarray(columns[np.argsort(rows)] % len(of_others), dtype=np.int64)


def matches(panel: Panel) -> NDArray[np.int64]:
    """Return the areas that are matched to those with the strategy, in their order, shape [treated]."""
    values, others = features(panel), np.flatnonzero(~panel.ever)
    return np.asarray(others[matched(values[panel.ever], values[others])])
