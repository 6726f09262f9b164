"""A simulator in a few lines whose answers are known, to try what `calibrate` makes of one."""

from __future__ import annotations

import numpy as np

from experiments.calibrate.simulated import Simulated


def expected(shares):
    """Three patterns of three parameters, of which the last moves nothing."""
    one, other = shares[:, 0], shares[:, 1]
    return np.column_stack([10 * one, 5 * other + 3 * one**2, 4 * np.exp(one - other)])


def simulated(shares, seeds, own=0.3, common=0.3, data=0):
    """Add chance that a seed brings to all vectors alike, and to each for itself; `data` is another world of seeds."""
    shared = [np.random.default_rng([1, data, seed]).normal(size=3) * common for seed in seeds]
    each = [np.random.default_rng([2, data, seed, len(shares)]).normal(size=(len(shares), 3)) * own for seed in seeds]
    return Simulated(shares, np.stack([expected(shares) + a + b for a, b in zip(shared, each, strict=True)], axis=1))
