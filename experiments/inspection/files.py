"""Writes the page of an inspection with its figures, by itself or beside the report of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.inspection.findings import Inspection


def write_page(inspection: Inspection, folder: Path) -> Path:
    """Draw the figures into `folder/figures`, which is there, and write `folder/inspect.html`, in the language spoken.

    Parameters
    ----------
    inspection : Inspection
        What was understood.
    folder : Path
        An existing folder.
    """
    from experiments.inspection.figures import write_figures
    from experiments.inspection.page import write_report

    return write_report(inspection, write_figures(inspection, folder / "figures"), folder)
