"""Randomisation inference: how often an estimate as large comes of other draws of the districts, with no effect at all.

Where few areas were drawn, no law of errors is needed for it, and none helps: with three districts, one of them drawn,
no p-value is below a third (Fisher 1935).
"""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from experiments.trial.estimators import Found
    from experiments.trial.panel import Panel

MOST = 200  # draws that are tried; of more, as many are drawn


def randomisation_p(panel: Panel, estimator: Callable[[Panel], Found | None]) -> float | None:
    """Return the share of all draws, the one that was drawn among them, whose estimate is at least as large.

    In each city the districts exchange the days on which they begin; None where the estimator finds nothing.
    """
    own = estimator(panel)
    if own is None:
        return None
    tried = [estimator(panel._replace(treated=treated)) for treated in draws(panel)]
    ratios = np.array([abs(one.log_ratio) for one in tried if one is not None])
    return float(np.mean(ratios >= abs(own.log_ratio) - 1e-9))


def draws(panel: Panel) -> Iterator[NDArray[np.bool_]]:
    """Yield where the strategy would be ordered by each draw, shape [areas, weeks]: by all, or by `MOST` of them."""
    weeks = panel.treated.sum(axis=1)  # of each area, which says when it begins
    cities = [np.flatnonzero(panel.city == city) for city in np.unique(panel.city)]
    orders = [sorted(set(permutations(weeks[rows].tolist()))) if len(rows) <= 6 else None for rows in cities]
    number = 1.0
    for order in orders:
        number *= np.inf if order is None else len(order)
    if number <= MOST:
        for chosen in product(*(order for order in orders if order is not None)):
            yield _treated(panel, cities, [np.array(one) for one in chosen])
        return
    lot = np.random.default_rng(len(weeks))
    yield panel.treated
    for _ in range(MOST - 1):
        yield _treated(panel, cities, [lot.permutation(weeks[rows]) for rows in cities])


def _treated(panel: Panel, cities: list[NDArray[np.int64]], weeks: list[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Return where the strategy is ordered if the areas of each city have it for so many weeks up to the end."""
    last = panel.treated.shape[1]
    left = np.empty(len(panel.treated), dtype=np.int64)
    for rows, of_city in zip(cities, weeks, strict=True):
        left[rows] = of_city
    return np.asarray(np.arange(last)[None, :] >= last - left[:, None])
