"""What is kept of sensitivity studies, for the desk Study: what each target hangs on, the largest first.

The function is carried out by workers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from experiments.sensitivity.design import Target

MOST = 30  # studies that are listed: the latest
SOBOL, MORRIS = "sobol", "morris"
MEASURES = {SOBOL: "total", MORRIS: "size"}  # method → the column that tells how much a parameter does
COLUMNS = (
    "method", "outcome", "strategy", "baseline", "parameter", "total", "total_low", "total_high", "size", "size_low",
    "size_high", "chance", "matters",
)  # fmt: skip


class Moved(NamedTuple):
    """What a parameter does to a target.

    Attributes
    ----------
    parameter : str
        Its name.
    value, low, high : float
        Its total index as a share of the variance, or μ* in the unit of tables, with the 95 % interval.
    chance : float or None
        What chance alone shows; None: there was one seed.
    matters : bool
        Whether it does more than chance.
    """

    parameter: str
    value: float
    low: float
    high: float
    chance: float | None
    matters: bool


class Looked(NamedTuple):
    """What a study looked at, and how.

    Attributes
    ----------
    method : str
        `sobol` or `morris`.
    target : Target
        An outcome, or a difference between strategies.
    """

    method: str
    target: Target


class Kept(NamedTuple):
    """A study that is kept.

    Attributes
    ----------
    folder : str
        Where its files and its page are.
    written : str
        When, UTC.
    moved : dict
        What was looked at → parameters, the largest first; Sobol indices before the screen.
    """

    folder: str
    written: str
    moved: dict[Looked, list[Moved]]


def kept(place: str) -> list[Kept]:
    """Return the studies in the folders of a place, the latest first; files that are no such table are left out.

    Parameters
    ----------
    place : str
        The folder above; it need not be there.
    """
    dated = sorted(((file.stat().st_mtime, file) for file in Path(place).glob("*/sensitivity.parquet")), reverse=True)
    found = ((time, file, _moved(file)) for time, file in dated[:MOST])
    return [
        Kept(str(file.parent), f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M}", moved)
        for time, file, moved in found
        if moved
    ]


def _moved(file: Path) -> dict[Looked, list[Moved]]:
    """Read the table of a study."""
    try:
        rows = pl.read_parquet(file, columns=list(COLUMNS)).to_dicts()
    except (OSError, pl.exceptions.PolarsError):
        return {}
    found: dict[Looked, list[Moved]] = {}
    for method, column in MEASURES.items():
        for row in (one for one in rows if one["method"] == method and one[column] is not None):
            looked = Looked(method, Target(row["outcome"], row["strategy"], row["baseline"]))
            found.setdefault(looked, []).append(_of_row(row, column))
    return {looked: sorted(moved, key=lambda one: -one.value) for looked, moved in found.items()}


def _of_row(row: dict[str, Any], column: str) -> Moved:
    value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
    return Moved(row["parameter"], value, low, high, row["chance"], bool(row["matters"]))
