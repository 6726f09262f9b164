"""Writes what a study of trials found as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.trial.findings import Trials


def write_files(folder: Path, found: Trials) -> None:
    """Write the tables into an empty folder, each as Parquet and as CSV."""
    tables = {
        "trial": found.table, "estimates": found.estimates, "powers": found.powers, "days_needed": found.needed,
    }  # fmt: skip
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
        table.write_csv(folder / f"{name}.csv")
