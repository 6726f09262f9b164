"""History matching: parameters that cannot give the patterns, whatever chance and the stand-in's error, are ruled out.

Craig, Goldstein, Seheult & Smith (1997). A vector is implausible where a pattern lies more than three standard
deviations beyond its band (Pukelsheim 1994). Each wave simulates vectors that are still plausible, and learns of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import qmc

from experiments.calibrate.emulator import fitted, terms_of
from experiments.calibrate.simulated import Simulated
from experiments.calibrate.targets import beyond

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from experiments.calibrate.emulator import Emulator
    from experiments.calibrate.simulated import Chance
    from experiments.calibrate.targets import Target, Values

CUT = 3.0  # standard deviations
BLOCK, BLOCKS = 13, 16  # candidates come in blocks of 2 to this power, at most so many
LEAST_SHARE = 1e-3  # of the candidates: a smaller one counts as none


class Judge(NamedTuple):
    """What tells plausible vectors from others.

    Attributes
    ----------
    emulators : tuple of Emulator
        One a pattern.
    targets : tuple of Target
        The bands.
    chance_sd : array
        Standard deviation of the chance that the simulated means do not show, shape [patterns].
    """

    emulators: tuple[Emulator, ...]
    targets: tuple[Target, ...]
    chance_sd: Values

    def implausibility(self, shares: Values) -> Values:
        """Return by how many standard deviations each pattern lies beyond its band: shape [vectors, patterns]."""
        terms = terms_of(shares)
        predicted = [one.predict(terms) for one in self.emulators]
        means, errors = (np.column_stack(some) for some in zip(*predicted, strict=True))
        spread = np.sqrt(errors**2 + self.chance_sd**2)
        return np.abs(beyond(means, self.targets)) / np.maximum(spread, 1e-12)

    def plausible(self, shares: Values) -> NDArray[np.bool_]:
        """Return which vectors are not ruled out by any pattern."""
        return np.asarray((self.implausibility(shares) <= CUT).all(axis=1))


class Wave(NamedTuple):
    """The vectors of one wave, and what share of the prior was still plausible."""

    shares: Values
    plausible_share: float


class Clash(NamedTuple):
    """Two patterns, what share of the prior each leaves plausible, and what share both do."""

    one: int
    other: int
    one_share: float
    other_share: float
    both_share: float


def judge_of(found: Simulated, targets: Sequence[Target], chance: Chance) -> Judge:
    """Fit a stand-in for each pattern to all whole vectors that there are."""
    emulators = tuple(fitted(found.shares, values) for values in found.means.T)
    return Judge(emulators, tuple(targets), np.sqrt(np.diag(chance.unseen(targets))))


def imitated(judge: Judge, shares: Values, draws: np.random.Generator) -> Simulated:
    """Return what simulations of vectors would have given, as the stand-ins know it, with all that they do not know.

    What they leave of one simulated vector is drawn together for all patterns, whose chance hangs together.
    """
    terms = terms_of(shares)
    row = draws.integers(0, len(judge.emulators[0].residuals), len(shares))
    columns = []
    for one in judge.emulators:
        mean, error = one.predict(terms)
        columns.append(mean + one.residuals[row] * error / max(one.error, 1e-300))
    return Simulated(shares, np.column_stack(columns)[:, None, :])


def plausible_draws(judges: Sequence[Judge], parameters: int, least: int, seed: int) -> Values:
    """Return at least so many vectors that are not ruled out, drawn evenly; fewer where hardly any are left."""
    sequence, kept, blocks = qmc.Sobol(parameters, rng=seed), np.zeros((0, parameters)), 0
    while len(kept) < least and blocks < BLOCKS:
        block = sequence.random(1 << BLOCK)
        kept, blocks = np.concatenate([kept, block[plausible_to(judges, block)]]), blocks + 1
    return kept


def plausible_to(judges: Sequence[Judge], shares: Values) -> NDArray[np.bool_]:
    """Return which vectors none of the judges rules out: what is ruled out once stays so."""
    return np.asarray(
        np.array([np.ones(len(shares), dtype=bool), *(one.plausible(shares) for one in judges)]).all(axis=0)
    )


def wave_of(judges: Sequence[Judge], parameters: int, points: int, seed: int) -> Wave:
    """Choose vectors that are spread over what is plausible; the prior is even over the ranges.

    Parameters
    ----------
    judges : sequence of Judge
        After each wave so far; none: nothing is known yet, and more points begin with those of fewer.
    parameters, points : int
        How many.
    seed : int
        Of the scrambled Sobol sequence.
    """
    if not judges:
        return Wave(np.asarray(qmc.Sobol(parameters, rng=seed).random_base2(points.bit_length())[:points]), 1.0)
    kept = plausible_draws(judges, parameters, points, seed)
    return Wave(kept[:points], plausible_share(judges, parameters, seed))


def plausible_share(judges: Sequence[Judge], parameters: int, seed: int) -> float:
    """Return what share of the prior is plausible."""
    return float(plausible_to(judges, np.asarray(qmc.Sobol(parameters, rng=seed).random_base2(BLOCK))).mean())


def clashes(judge: Judge, parameters: int, seed: int) -> tuple[list[int], list[Clash]]:
    """Return patterns that no vector gives, and pairs of others that hardly any vector gives together.

    Here a pattern is given where the stand-in lies within one standard deviation of its band, and a pair clashes where
    both are given by less than a twentieth of what would be expected if one did not hang on the other.
    """
    given = judge.implausibility(np.asarray(qmc.Sobol(parameters, rng=seed).random_base2(BLOCK))) <= 1.0
    alone, both = given.mean(axis=0), given.T.astype(float) @ given / len(given)
    never = [at for at, share in enumerate(alone) if share < LEAST_SHARE]
    pairs = [
        Clash(i, j, float(alone[i]), float(alone[j]), float(both[i, j]))
        for i in range(len(alone))
        for j in range(i + 1, len(alone))
        if i not in never and j not in never and both[i, j] < 0.05 * alone[i] * alone[j]
    ]
    return never, pairs
