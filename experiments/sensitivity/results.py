"""What came of the points of a study: the values of each target, its indices, and which blocks are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.sensitivity.numbers import Shares, growing, screen, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.estimates.intervals import Floats
    from experiments.sensitivity.design import Study, Target
    from experiments.sensitivity.kept import Measured
    from experiments.sensitivity.numbers import Screen
    from experiments.settings.uncertain import Factor


class Batch(NamedTuple):
    """Blocks of points that were run.

    Attributes
    ----------
    factors : sequence of Factor
        The parameters that vary, in the order of the last axis.
    points : array [blocks, rows, parameters]
        Shares of their ranges.
    measured : Measured
        What came of them, block by block.
    """

    factors: Sequence[Factor]
    points: Floats
    measured: Measured

    def of(self, target: Target) -> Floats:
        """Return the values of a target, array [blocks, rows, seeds]."""
        return of_target(self.measured, target).reshape(*self.points.shape[:2], -1)

    def lost(self, target: Target) -> int:
        """Return how many blocks lack a value of a target, so that they cannot be used."""
        return int((~whole(self.of(target))).sum())


class Results(NamedTuple):
    """All runs of a study.

    Attributes
    ----------
    usual : Measured
        At the values of the settings.
    screened, sampled : Batch or None
        Of Morris's screen, and for Sobol indices; None: not asked for.
    """

    usual: Measured
    screened: Batch | None
    sampled: Batch | None

    @property
    def parts(self) -> list[Measured]:
        """All that was measured."""
        return [self.usual, *(part.measured for part in (self.screened, self.sampled) if part is not None)]


def points_of(factors: Sequence[Factor], points: Floats) -> list[dict[str, float]]:
    """Return the values of parameters at points of the unit cube, block by block."""
    rows = points.reshape(-1, points.shape[-1])
    return [{one.name: one.at(float(share)) for one, share in zip(factors, row, strict=True)} for row in rows]


def of_target(measured: Measured, target: Target) -> Floats:
    """Return the values of a target, array [points, seeds]."""
    values = measured.values[target.strategy, target.outcome]
    return values if target.baseline is None else values - measured.values[target.baseline, target.outcome]


def screens_of(study: Study, batch: Batch | None) -> dict[Target, Screen]:
    """Return what the screen says of each target, of those of which it says anything."""
    found = {} if batch is None else {one: screen(batch.points, batch.of(one)) for one in study.targets}
    return {target: one for target, one in found.items() if one is not None}


def steps_of(study: Study, batch: Batch | None) -> dict[Target, dict[int, Shares]]:
    """Return the Sobol indices of each target by number of samples, of those that have any."""
    found = {} if batch is None else {one: growing(batch.of(one)) for one in study.targets}
    return {target: steps for target, steps in found.items() if steps}


def passed(study: Study, screens: Mapping[Target, Screen], number: int) -> list[Factor]:
    """Return the parameters that a screen passes on, those that moved some target most first.

    A parameter counts by the target on which it has the largest part of all μ*, what chance would show taken off.
    """
    weights = np.array([_beyond_chance(one.size, one.chance) / one.size.sum() for one in screens.values() if one.sd])
    if not weights.size:
        return list(study.factors[:number])
    order = np.argsort(-weights.max(axis=0), kind="stable")
    return [study.factors[at] for at in order[:number]]


def ranked(batch: Batch | None, found: Sequence[Screen | Shares]) -> list[tuple[Factor, float]]:
    """Return the parameters by what they do to all targets on average, beyond chance; most first."""
    if batch is None or not found:
        return []
    weights = np.mean([_weights(one) for one in found], axis=0)
    order = np.argsort(-weights, kind="stable")
    return [(batch.factors[at], float(weights[at])) for at in order]


def _weights(found: Screen | Shares) -> Floats:
    if isinstance(found, Shares):
        return _beyond_chance(found.total, found.chance)
    return _beyond_chance(found.size, found.chance) / max(float(found.size.sum()), np.finfo(float).tiny)


def _beyond_chance(values: Floats, chance: Floats | None) -> Floats:
    return np.maximum(values - (0.0 if chance is None else chance), 0.0)
