"""Writes what a sensitivity study found: indices, how they settled, the parameters, and what was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.sensitivity.tables import convergence, experiments, indices, parameters

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.sensitivity.findings import Sensitivity


def write_files(folder: Path, found: Sensitivity) -> None:
    """Write all tables into an empty folder.

    `experiments.csv` and `outcomes.csv` have what EMA workbench works on: a column a parameter, a row a point and
    strategy (the policy), and as many rows of outcomes.
    """
    for name, table in {"sensitivity": indices(found), "convergence": convergence(found)}.items():
        table.write_parquet(folder / f"{name}.parquet")
        table.write_csv(folder / f"{name}.csv")
    parameters(found).write_csv(folder / "parameters.csv")
    for name, table in zip(("experiments", "outcomes"), experiments(found), strict=True):
        table.write_csv(folder / f"{name}.csv")
