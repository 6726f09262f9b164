"""A stand-in for the model: a quadratic in the parameters, honest about its error, that answers at once."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from experiments.calibrate.targets import Values

PENALTIES = tuple(10.0**power for power in range(-6, 4))  # of which the one with the least error of prediction is taken


class Emulator(NamedTuple):
    """What one pattern is expected to be at any vector of parameters.

    Attributes
    ----------
    weights : array
        Of the terms, the mean first.
    spread : array
        Such that terms @ spread @ terms is the variance of a prediction in units of `error` squared.
    residuals : array
        What it left of each simulated vector when that was left out, scaled as if nothing had been: shape [vectors].
    error : float
        Standard deviation of what the quadratic does not tell: its own lack of fit, and each vector's own chance.
    honest_share : float
        Share of the simulated vectors that lie within ±1.96 of their predicted errors when left out, ideally 0.95.
    explained : float
        Share of the variance over vectors that it predicts for vectors left out; at most 1, negative if worse than the
        mean.
    """

    weights: Values
    spread: Values
    residuals: Values
    error: float
    honest_share: float
    explained: float

    def predict(self, terms: Values) -> tuple[Values, Values]:
        """Return expectation and standard deviation at vectors, given as `terms_of` them; each of shape [vectors]."""
        return terms @ self.weights, self.error * np.sqrt(1 + ((terms @ self.spread) * terms).sum(axis=1))


def terms_of(shares: Values) -> Values:
    """Return 1, the parameters on −1 to 1, their squares and their products: shape [vectors, terms]."""
    x = 2 * np.asarray(shares) - 1
    pairs = combinations_with_replacement(range(x.shape[1]), 2)
    return np.column_stack([np.ones(len(x)), x, *(x[:, i] * x[:, j] for i, j in pairs)])


def fitted(shares: Values, values: Values) -> Emulator:
    """Fit a quadratic by ridge regression, with the penalty that predicts best the vectors that are left out.

    Parameters
    ----------
    shares : array
        Simulated vectors, shape [vectors, parameters].
    values : array
        What the pattern was there, shape [vectors].
    """
    terms = terms_of(shares)
    return min((_with_penalty(terms, values, penalty) for penalty in PENALTIES), key=lambda one: -one.explained)


def _with_penalty(terms: Values, values: Values, penalty: float) -> Emulator:
    """Fit with one penalty, on all terms but the mean; errors of vectors left out follow from the leverages."""
    shrunk = penalty * np.eye(terms.shape[1])
    shrunk[0, 0] = 0.0
    spread = np.asarray(np.linalg.pinv(terms.T @ terms + shrunk), dtype=np.float64)
    weights = spread @ terms.T @ values
    leverage = np.clip(((terms @ spread) * terms).sum(axis=1), 0.0, 0.99)
    left_out = (values - terms @ weights) / (1 - leverage)
    residuals = left_out * np.sqrt(1 - leverage)
    error = float(np.sqrt(np.mean(residuals**2)))
    within = np.abs(left_out) <= 1.96 * error / np.sqrt(1 - leverage)
    n = len(values)
    of_mean = (values - values.mean()) * n / (n - 1)  # the error of the mean of the others
    all_error = float(np.mean(of_mean**2))
    explained = 1 - float(np.mean(left_out**2)) / all_error if all_error > 0 else 0.0
    return Emulator(weights, spread, residuals, error, float(within.mean()), explained)
