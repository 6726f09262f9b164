"""The screen: which parameters move which patterns, by elementary effects (Morris 1991, Campolongo et al. 2007)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.calibrate.simulated import Simulated
    from experiments.calibrate.targets import Values

LEVELS = 4
STEP = LEVELS / (2 * (LEVELS - 1))  # of a range, that a parameter moves at a time


class Screen(NamedTuple):
    """Elementary effects over the whole range of a parameter, each of shape [parameters, patterns].

    Attributes
    ----------
    effect : array
        Mean of their sizes (μ*).
    half : array
        Half of its 95 % interval.
    spread : array
        Their standard deviation (σ): the effect differs from place to place, or hangs on other parameters.
    by_chance : array
        Size that they would have by chance alone, shape [patterns].
    trajectories, lost : int
        Those that count, and those left out because a pattern could not be measured in some run.
    """

    effect: Values
    half: Values
    spread: Values
    by_chance: Values
    trajectories: int
    lost: int

    @property
    def moves(self) -> Values:
        """Whether a parameter moves a pattern by more than chance would."""
        return np.asarray(self.effect - self.half > self.by_chance)


def trajectories_of(names: Sequence[str], number: int, seed: int) -> Values:
    """Return the vectors of a screen, shape [number × (parameters + 1), parameters]."""
    from SALib.sample import morris

    return np.asarray(morris.sample(_problem(names), number, num_levels=LEVELS, seed=seed))


def screened(found: Simulated, names: Sequence[str], own: Values, seed: int) -> Screen:
    """Return the effects of each parameter on each pattern.

    Parameters
    ----------
    found : Simulated
        The vectors of `trajectories_of`, in their order.
    names : sequence of str
        Of the parameters.
    own : array
        Covariance of the chance that each vector has for itself, see `Chance`: shape [patterns, patterns].
    seed : int
        Of the bootstrap.
    """
    from SALib.analyze import morris

    long, patterns = len(names) + 1, found.means.shape[1]
    whole = np.isfinite(found.means).reshape(-1, long, patterns).all(axis=(1, 2))
    rows = np.repeat(whole, long)
    sizes: list[Values] = []
    for values in found.means[rows].T:
        told = morris.analyze(_problem(names), found.shares[rows], values, num_levels=LEVELS, seed=seed)
        sizes.append(np.array([told["mu_star"], told["mu_star_conf"], told["sigma"]], dtype=float))
    effect, half, spread = np.moveaxis(np.array(sizes), 0, -1)
    chance = np.sqrt(2 / found.values.shape[1] * np.diag(own)) * np.sqrt(2 / np.pi) / STEP
    return Screen(effect, np.nan_to_num(half), spread, chance, int(whole.sum()), int((~whole).sum()))


def _problem(names: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
