"""What the patterns leave of the prior: approximate Bayesian computation with regression adjustment.

Beaumont, Zhang & Balding (2002), on the logits of the shares, so that what is adjusted stays within the ranges (Blum &
François 2010). The vectors are draws from what is plausible of the prior; stand-ins that are honest about their error
imitate the simulations of each. Each vector is taken several times, with draws of what stands between the model and the
data: the width of the published band, within which the truth may lie anywhere, and chance that simulated means do not
show. Vectors near the data weigh most (Epanechnikov), and are moved along a weighted local-linear regression to where
they would have been had they given the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.calibrate.targets import flattened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.calibrate.simulated import Simulated
    from experiments.calibrate.targets import Target, Values

COPIES = 4  # of each vector, with other draws of what stands between
NEAREST = 0.1  # share of the copies that count
EDGE = 1e-3  # of a range, to which its ends are moved in before a logit
RIDGE = 1e-6


class Posterior(NamedTuple):
    """Vectors with their weights, which add up to 1: shapes [rows, parameters] and [rows]."""

    shares: Values
    weights: Values

    def quantiles(self, at: Sequence[float]) -> Values:
        """Return weighted quantiles of each parameter's share: shape [at, parameters]."""
        return np.column_stack([_quantiles(column, self.weights, at) for column in self.shares.T])

    def correlation(self) -> Values:
        """Return the weighted correlations between parameters."""
        centred = self.shares - self.weights @ self.shares
        covariance = (centred * self.weights[:, None]).T @ centred
        spread = np.sqrt(np.diag(covariance))
        return np.asarray(covariance / np.maximum(np.outer(spread, spread), 1e-30))

    def drawn(self, number: int, draws: np.random.Generator) -> Posterior:
        """Return so many of them by systematic resampling; what is drawn several times stands once, with its weight."""
        at = (np.arange(number) + draws.random()) / number
        rows = np.minimum(np.searchsorted(np.cumsum(self.weights), at), len(self.weights) - 1)
        chosen, times = np.unique(rows, return_counts=True)
        return Posterior(self.shares[chosen], times / number)

    def each(self, number: int) -> Values:
        """Return so many vectors, each as often as its weight says, for a set that `drawn` has made of as many."""
        return np.repeat(self.shares, np.round(self.weights * number).astype(int), axis=0)


def posterior_of(found: Simulated, targets: Sequence[Target], unseen: Values, draws: np.random.Generator) -> Posterior:
    """Return the posterior, given whole vectors that are draws from the prior or from its plausible part.

    Parameters
    ----------
    found : Simulated
        Many more vectors than patterns.
    targets : sequence of Target
        The data.
    unseen : array
        Covariance of the chance between them and simulated means, see `Chance.unseen`: shape [patterns, patterns].
    draws : Generator
        Of the errors.
    """
    vectors, patterns = found.means.shape
    point = np.tile(np.arange(vectors), COPIES)
    width = np.array([one.half_width for one in targets])
    error = draws.uniform(-1, 1, (len(point), patterns)) * width
    error += draws.multivariate_normal(np.zeros(patterns), unseen, len(point), method="svd")
    aim = np.array([one.aim for one in targets])
    gap = flattened(found.means[point] + error, targets) - aim
    scale = gap.std(axis=0)
    varying = scale > 1e-12 * np.maximum(np.abs(aim), 1e-300)  # a pattern that is always the same says nothing
    away = gap[:, varying] / scale[varying]
    distance = np.sqrt((away**2).sum(axis=1))
    reach = float(np.quantile(distance, NEAREST))
    weights = np.maximum(1 - (distance / max(reach, 1e-300)) ** 2, 0.0) if reach > 0 else (distance <= 0).astype(float)
    near = weights > 0
    weights, away, point = weights[near] / weights.sum(), away[near], point[near]
    logits = _logit(found.shares[point])
    slopes, at_data = _regression(away, logits, weights)
    of_points = np.bincount(point, weights, minlength=vectors)
    distinct = 1 / float((of_points**2).sum())  # copies of one vector are one
    spare = max(distinct - 1 - away.shape[1], 1.0)
    left_over = (logits - at_data - away @ slopes) * np.sqrt(max(distinct, 1.0) / spare)
    return Posterior(1 / (1 + np.exp(-(at_data + left_over))), weights)


def _regression(away: Values, logits: Values, weights: Values) -> tuple[Values, Values]:
    """Return slopes [patterns, parameters] and what is expected at the data [parameters]."""
    terms = np.column_stack([np.ones(len(away)), away])
    weighted = terms * weights[:, None]
    squares = weighted.T @ terms + RIDGE * np.eye(terms.shape[1])
    found = np.asarray(np.linalg.solve(squares, weighted.T @ logits), dtype=np.float64)
    return found[1:], found[0]


def _logit(shares: Values) -> Values:
    inside = np.clip(shares, EDGE, 1 - EDGE)
    return np.asarray(np.log(inside / (1 - inside)))


def _quantiles(values: Values, weights: Values, at: Sequence[float]) -> Values:
    order = np.argsort(values)
    middle = np.cumsum(weights[order]) - weights[order] / 2
    return np.asarray(np.interp(at, middle / weights.sum(), values[order]))
