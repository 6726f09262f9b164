"""The points of a sweep: every combination of the levels, a sample of them, or those of a file."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.settings.sweeps import Factor

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = dict[str, Any]  # name of a factor → its value
MOST_POINTS = 100_000
FULL, LHS, SOBOL = DESIGNS = ("full", "lhs", "sobol")


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

    field = "points_csv"
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Unusable(field, path, "file {} not found (paths are relative to the working directory)") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise Unusable(field, path, f"file {{}} cannot be read ({error})") from None
    header, *rows = [line for line in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in line)] or [[]]
    names = [name.strip() for name in header]
    if not all(names) or not rows:
        raise Unusable(field, path, "file {} needs a line of names of groups or keys, and a line for each point")
    if len(set(names)) < len(names):
        raise Unusable(field, next(name for name in names if names.count(name) > 1), "column {} is there twice")
    if len(rows) > MOST_POINTS:
        raise BadInput(field, f"{len(rows):,} lines", f"at most {MOST_POINTS:,}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise BadInput(f"{field}, line {number}", ",".join(row), f"{len(names)} values, one a column")
    return [{name: _value(cell.strip()) for name, cell in zip(names, row, strict=True) if cell.strip()} for row in rows]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
