"""Writes `sweep.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.presentation.page import csv_link, write_page
from experiments.sweep.findings import rows_shown

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.presentation.pictures import Picture
    from experiments.sweep.findings import Sweep

REPORT = "sweep.html"
MOST_ROWS = 400


def write_report(sweep: Sweep, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/sweep.html` with the figure that was drawn."""
    return write_page(
        folder / REPORT,
        pictures,
        sweep.provenance,
        sweep=sweep,
        rows=rows_shown(sweep, MOST_ROWS),
        most=MOST_ROWS,
        points_link=csv_link(sweep.shown.write_csv()),
    )
