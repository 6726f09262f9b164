"""What was simulated: vectors of parameters, as shares of their ranges, and the patterns of each with each seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.calibrate.targets import Target, Values

LEAST_VECTORS = 5  # a parameter, for a stand-in


class Simulated(NamedTuple):
    """Vectors and their patterns.

    Attributes
    ----------
    shares : array
        Place of each parameter within its range, 0 to 1, shape [vectors, parameters].
    values : array
        Patterns, shape [vectors, seeds, patterns]; all vectors have the same seeds. NaN: nothing was there to measure.
    """

    shares: Values
    values: Values

    @property
    def means(self) -> Values:
        """Means over the seeds, shape [vectors, patterns]; NaN where one of them has nothing."""
        return np.asarray(self.values.mean(axis=1))

    @property
    def whole(self) -> Simulated:
        """Only the vectors of which every pattern could be measured with every seed."""
        there = np.isfinite(self.values).all(axis=(1, 2))
        return Simulated(self.shares[there], self.values[there])

    def and_(self, other: Simulated) -> Simulated:
        """Return these vectors and others."""
        return Simulated(np.concatenate([self.shares, other.shares]), np.concatenate([self.values, other.values]))


class Chance(NamedTuple):
    """What seeds do to patterns, as covariances of shape [patterns, patterns].

    Attributes
    ----------
    common : array
        Of what a seed does to all vectors alike.
    own : array
        Of what it does to each vector for itself.
    seeds : int
        How many there were.
    """

    common: Values
    own: Values
    seeds: int

    def unseen(self, targets: Sequence[Target]) -> Values:
        """Return the covariance of the chance that stands between means and data, and that the means do not show.

        What the seeds did to all vectors alike is one draw, which the datum does not share; a datum that is itself a
        realisation has chance of its own, part of which each vector's own chance stands for already.
        """
        runs = np.array([one.observed_runs for one in targets])
        datum = np.where(runs > 0, 1 / np.maximum(runs, 1e-12), 0.0)
        both = np.sqrt(np.outer(datum, datum))
        return np.asarray(
            self.common * (both + 1 / self.seeds) + self.own * np.maximum(both - 1 / self.seeds, 0.0)
        )  # fmt: skip


def chance_of(found: Simulated, usual: Values) -> Chance:
    """Tell apart what seeds do to all vectors alike, and to each for itself.

    The few seeds of the vectors show well what each vector has for itself, from which all their common part is taken
    out; all of chance is known from many seeds of one vector.

    Parameters
    ----------
    found : Simulated
        Whole vectors, at least two, with at least two seeds.
    usual : array
        Patterns with the parameters as they are, with seeds of its own: shape [runs, patterns], at least two.
    """
    vectors, seeds, patterns = found.values.shape
    within = found.values - found.values.mean(axis=1, keepdims=True)
    rest = (within - within.mean(axis=0)).reshape(-1, patterns)
    own = rest.T @ rest / ((vectors - 1) * (seeds - 1))
    every = np.cov(usual, rowvar=False).reshape(patterns, patterns)
    return Chance(_no_less_than_none(every - own), own, seeds)


def _no_less_than_none(covariance: Values) -> Values:
    """Return a covariance without negative variances in any direction, which moments may give."""
    sizes, directions = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray((directions * np.maximum(sizes, 0.0)) @ directions.T)
