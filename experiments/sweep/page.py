"""Writes `sweep.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.presentation.page import csv_link, image_links, provenance_lines, templates
from experiments.sweep.findings import rows_shown

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.presentation.pictures import Picture
    from experiments.sweep.findings import Sweep

REPORT = "sweep.html"
MOST_ROWS = 400


def write_report(sweep: Sweep, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/sweep.html` with the figure that was drawn."""
    page = templates().get_template("sweep.html.j2")
    html = page.render(
        sweep=sweep,
        rows=rows_shown(sweep, MOST_ROWS),
        most=MOST_ROWS,
        pictures=pictures,
        images=image_links(pictures),
        points_link=csv_link(sweep.shown.write_csv()),
        provenance=provenance_lines(sweep.provenance),
    )
    (folder / REPORT).write_text(html, encoding="utf-8")
    return folder / REPORT
