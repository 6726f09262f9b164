"""The points of a sweep: every combination of the levels, a sample of them, or those of a file."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from experiments.settings.sweeps import Factor
from experiments.settings.value_tables import read_table, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = dict[str, Any]  # name of a factor → its value
FIELD, NAMES = "points_csv", "names of groups or keys"
MOST_POINTS = 100_000
FULL, LHS = "full", "lhs"


def points_of(factors: Sequence[Factor], design: str, number: int, seed: int) -> list[Point]:
    """Return the points of a design.

    Parameters
    ----------
    factors : sequence of Factor
        What varies.
    design : str
        `full`: every combination; `lhs`: a Latin hypercube; `sobol`: a scrambled Sobol sequence.
    number : int
        Points of a sample.
    seed : int
        Of the sample.

    Raises
    ------
    BadInput
        For an interval in a full design, and for more points than can be run.
    """
    from sim.parameters import BadInput

    if design == FULL:
        for factor in factors:
            if not factor.levels:
                allowed = f"single values, such as range({factor.low},{factor.high},1), or design=lhs or design=sobol"
                raise BadInput(factor.name, f"interval({factor.low},{factor.high})", allowed)
        total = math.prod(len(factor.levels) for factor in factors)
        if total > MOST_POINTS:
            raise BadInput(
                "sweep", f"{total:,} points", f"at most {MOST_POINTS:,}; fewer values, or design=lhs points=…"
            )
        names = [factor.name for factor in factors]
        return [dict(zip(names, levels, strict=True)) for levels in itertools.product(*(one.levels for one in factors))]
    if not factors:
        return [{}]
    from scipy.stats import qmc

    sampler = (qmc.LatinHypercube if design == LHS else qmc.Sobol)(d=len(factors), rng=seed)
    return [
        {factor.name: factor.at(float(share)) for factor, share in zip(factors, row, strict=True)}
        for row in sampler.random(number)
    ]


def read_points(path: str) -> list[Point]:
    """Read points from a CSV file: columns are groups or dotted keys, values are written as in JSON; else text.

    An empty cell leaves the setting as it is.

    Raises
    ------
    BadInput
        When it cannot be read, or is no such table.
    """
    from sim.parameters import BadInput, Unusable

    names, rows = read_table(FIELD, path, NAMES, "point")
    if not all(names):
        raise Unusable(FIELD, path, f"file {{}} needs a line of {NAMES}, and a line for each point")
    if len(rows) > MOST_POINTS:
        raise BadInput(FIELD, f"{len(rows):,} lines", f"at most {MOST_POINTS:,}")
    return [{name: value_of(cell) for name, cell in zip(names, row, strict=True) if cell.strip()} for row in rows]
