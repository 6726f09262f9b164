"""Sensitivity indices by SALib, each with its interval, and the part of it that is chance of the seeds.

All functions take the values at blocks of points, seed by seed, and use blocks that are whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.estimates.intervals import LEVEL
from experiments.sensitivity.sampling import LEVELS, problem

if TYPE_CHECKING:
    from experiments.estimates.intervals import Floats

RESAMPLES = 1_000
SEED = 20_211_109  # of the bootstrap
FEWEST_BLOCKS = 4
SETTLED = 0.05  # by how much no index may move, and half of no interval may exceed


class Screen(NamedTuple):
    """What Morris's screen says of one target; arrays [parameters], in the unit of the target per range.

    Attributes
    ----------
    mean : array
        Of the elementary effects.
    size, size_low, size_high : array
        μ*, the mean of their absolute values, with its interval.
    spread, spread_low, spread_high : array
        σ, their standard deviation, with its interval: large beside μ* where effects depend on other parameters.
    chance : array or None
        μ* that a parameter without any effect would show; None: there is one seed.
    chance_share : float or None
        Share of the variance between points that is chance.
    sd : float
        Standard deviation of the means of points.
    blocks : int
        Trajectories that are whole.
    """

    mean: Floats
    size: Floats
    size_low: Floats
    size_high: Floats
    spread: Floats
    spread_low: Floats
    spread_high: Floats
    chance: Floats | None
    chance_share: float | None
    sd: float
    blocks: int


class Shares(NamedTuple):
    """Sobol indices of one target; arrays [parameters], shares of the variance of the means of points.

    Attributes
    ----------
    first, first_half : array
        What a parameter does alone, and half of the interval.
    total, total_half : array
        What it does together with others.
    chance : array or None
        The part of the total index that is chance; None: there is one seed.
    chance_share : float or None
        Share of the variance that is chance.
    sd : float
        Standard deviation of the means of points.
    blocks : int
        Base samples that are whole.
    """

    first: Floats
    first_half: Floats
    total: Floats
    total_half: Floats
    chance: Floats | None
    chance_share: float | None
    sd: float
    blocks: int

    @property
    def matter(self) -> np.ndarray:
        """Whether each parameter does more than chance would: the interval of its total index is above."""
        floor = 0.0 if self.chance is None else self.chance
        return np.asarray(self.total - self.total_half > floor)


def screen(points: Floats, values: Floats) -> Screen | None:
    """Return what trajectories say; None: fewer than four are whole.

    Parameters
    ----------
    points : array [trajectories, parameters + 1, parameters]
        From `experiments.sensitivity.sampling.trajectories`.
    values : array [trajectories, parameters + 1, seeds]
        Not-a-number where there is none.
    """
    from SALib.analyze import morris

    points, values = points[whole(values)], values[whole(values)]
    blocks, _, parameters = points.shape
    if blocks < FEWEST_BLOCKS:
        return None
    means = values.mean(axis=2)
    found = morris.analyze(
        problem(parameters), points.reshape(-1, parameters), means.ravel(), num_resamples=RESAMPLES, conf_level=LEVEL,
        num_levels=LEVELS, seed=SEED,
    )  # fmt: skip
    size, half = (np.asarray(found[name], dtype=float) for name in ("mu_star", "mu_star_conf"))
    effects = elementary_effects(points, values)
    drawn = np.random.default_rng(SEED).integers(blocks, size=(RESAMPLES, blocks))
    spreads = effects.mean(axis=2)[drawn].std(axis=1, ddof=1)
    low, high = np.quantile(spreads, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    seeds = values.shape[2]
    chance = None if seeds == 1 else np.sqrt(2 / np.pi * effects.var(axis=2, ddof=1).mean(axis=0) / seeds)
    return Screen(
        np.asarray(found["mu"], dtype=float), size, np.maximum(size - half, 0), size + half,
        np.asarray(found["sigma"], dtype=float), low, high, chance, chance_share(values.reshape(-1, seeds)),
        float(means.std()), blocks,
    )  # fmt: skip


def elementary_effects(points: Floats, values: Floats) -> Floats:
    """Return the change of the value per range of each parameter, array [trajectories, parameters, seeds]."""
    steps = np.diff(points, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    rates = np.diff(values, axis=1) / steps.sum(axis=2)[:, :, None]
    effects: Floats = np.empty_like(rates)
    np.put_along_axis(effects, moved[:, :, None], rates, axis=1)
    return effects


def shares(values: Floats) -> Shares | None:
    """Return the Sobol indices of blocks; None: fewer than four are whole, or all values are the same.

    Parameters
    ----------
    values : array [blocks, parameters + 2, seeds]
        At the points of `experiments.sensitivity.sampling.sobol_blocks`; not-a-number where there is none.
    """
    from SALib.analyze import sobol

    values = values[whole(values)]
    blocks, rows, seeds = values.shape
    if blocks < FEWEST_BLOCKS:
        return None
    means = values.mean(axis=2)
    ends = values[:, [0, -1]]
    variance = float(ends.mean(axis=2).var())
    if variance <= np.finfo(float).eps * float(np.abs(means).max()) ** 2:
        return None
    found = sobol.analyze(
        problem(rows - 2), means.ravel(), calc_second_order=False, num_resamples=RESAMPLES, conf_level=LEVEL, seed=SEED
    )
    steps = values[:, 1:-1] - values[:, :1]
    chance = None if seeds == 1 else steps.var(axis=2, ddof=1).mean(axis=0) / (2 * seeds * variance)
    first, first_half, total, total_half = (
        np.asarray(found[name], float) for name in ("S1", "S1_conf", "ST", "ST_conf")
    )
    share = chance_share(ends.reshape(-1, seeds))
    return Shares(first, first_half, total, total_half, chance, share, float(np.sqrt(variance)), blocks)


def chance_share(values: Floats) -> float | None:
    """Return the share of the variance of the means of points that is chance of the seeds; None: there is one seed.

    All points have the same seeds, so that what a seed does everywhere is no chance: what counts is the interaction
    of points and seeds in a two-way layout without repetition.

    Parameters
    ----------
    values : array [points, seeds]
        Without gaps.
    """
    points, seeds = values.shape
    if seeds == 1:
        return None
    means = values.mean(axis=1)
    variance = float(means.var(ddof=1))
    rest = values - means[:, None] - values.mean(axis=0) + values.mean()
    noise = float((rest**2).sum()) / ((points - 1) * (seeds - 1)) / seeds
    return min(1.0, noise / variance) if variance > 0 else 0.0


def growing(values: Floats) -> dict[int, Shares]:
    """Return the Sobol indices of the first 8, 16, 32 … blocks, and of all: how they settle."""
    sizes = [2**power for power in range(3, 21) if 2**power < len(values)]
    found = {size: shares(values[:size]) for size in (*sizes, len(values))}
    return {size: one for size, one in found.items() if one is not None}


def moved(steps: dict[int, Shares]) -> float | None:
    """Return by how much the total index that moved most has moved with the last doubling; None: there was none."""
    last = list(steps.values())[-2:]
    return float(np.abs(last[1].total - last[0].total).max()) if len(last) == 2 else None


def whole(values: Floats) -> np.ndarray:
    """Return which blocks have a value at every point on every seed."""
    return np.asarray(np.isfinite(values).all(axis=(1, 2)))
