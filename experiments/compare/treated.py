"""The pairs of runs from which displacement is worked out: crimes by area, each pair in a city of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.estimates.areas import ALL, Pairs
from experiments.estimates.displacement import areas_of, by_area, treated_cells

if TYPE_CHECKING:
    from experiments.compare.comparison import Point
    from experiments.runs.simulation import RunResult
    from sim.arrays import Array


def pairs_of(runs: Mapping[Point, Sequence[RunResult]], baseline: str, in_one_city: int) -> list[Pairs]:
    """Count the crimes by area of every strategy that adds patrol somewhere, and of the baseline.

    Treated are the cells to which a run adds most patrol, against the baseline with its seed. Stops may
    follow the records of the run, so that a cell in which chance brought more crimes with the strategy is more likely
    to be treated: what is prevented there is understated, if anything.

    Parameters
    ----------
    runs : mapping
        (shortage, strategy) → its replications, in the order of the seeds.
    baseline : str
        The strategy that the others are compared with.
    in_one_city : int
        Replications, side by side, that share a city. With more than one, the same areas are compared with the
        baseline of the next replication of the city, too: that is what independent seeds would show.
    """
    return [
        pairs
        for (shortage, strategy), results in runs.items()
        if strategy != baseline
        for pairs in _pairs(shortage, strategy, results, runs[shortage, baseline], in_one_city)
    ]


def _pairs(
    shortage: str, strategy: str, results: Sequence[RunResult], baseline: Sequence[RunResult], in_one_city: int
) -> Iterator[Pairs]:
    """Pair runs of a strategy with those of the baseline; nothing where no run adds patrol to any cell."""
    areas, number = [], []
    for one, other in zip(results, baseline, strict=True):
        treated = treated_cells(one.cells["patrol_minutes"], other.cells["patrol_minutes"])
        areas.append(areas_of(treated, one.grid.x_m, one.grid.y_m))
        number.append(int(treated.sum()))
    if not any(number):
        return
    types = (ALL, *results[0].place_crimes)
    with_it = _counts(results, areas)
    runs = np.arange(len(results))
    first = runs - runs % in_one_city
    size = np.minimum(in_one_city, len(runs) - first)
    for paired, order in ((True, runs), (False, first + (runs - first + 1) % size)):
        if paired or (size > 1).all():
            without = _counts([baseline[int(r)] for r in order], areas)
            yield Pairs(shortage, strategy, paired, types, np.array(number), with_it, without)


def _counts(results: Sequence[RunResult], areas: Sequence[Array]) -> Array:
    """Return crimes by area, shape [replications, types, areas], all types together first."""
    counts = np.array([
        by_area(np.array([np.bincount(cell, minlength=len(area)) for cell in one.place_crimes.values()]), area)
        for one, area in zip(results, areas, strict=True)
    ])  # fmt: skip
    return np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1)
