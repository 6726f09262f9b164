"""Writes what a calibration found: the set of parameters and the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.calibrate.findings import Calibration

SETS = "sets.csv"


def write_files(folder: Path, found: Calibration) -> None:
    """Write the set and the tables into an empty folder."""
    found.vectors.write_csv(folder / SETS)
    for name, table in found.tables.items():
        table.write_parquet(folder / f"{name}.parquet")
        table.write_csv(folder / f"{name}.csv")
