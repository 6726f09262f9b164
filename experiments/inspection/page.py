"""Writes `inspect.html`: one file that opens from disk with no network, in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.inspection.findings import OTHERWISE, WEIGHTS, rejected
from experiments.languages.refusals import refusal
from experiments.languages.speech import say
from experiments.presentation.page import write_page

if TYPE_CHECKING:
    from experiments.inspection.findings import Inspection
    from experiments.presentation.pictures import Picture

REPORT = "inspect.html"
MOST_TYPES, MOST_LINES = 200, 40  # shown; the tables beside the page have all


def write_report(inspection: Inspection, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/inspect.html`.

    Parameters
    ----------
    inspection : Inspection
        What was understood.
    pictures : mapping
        The figures that were drawn, by name.
    folder : Path
        An existing folder.
    """
    return write_page(
        folder / REPORT,
        pictures,
        inspection.provenance,
        inspection=inspection,
        otherwise=_otherwise(),
        weights={int(weight): say(words) for weight, words in WEIGHTS.items()},
        rejected=rejected,
        most_types=MOST_TYPES,
        most_lines=MOST_LINES,
        refusal=refusal,
        say=say,
    )


def _otherwise() -> list[tuple[str, str]]:
    """Return the settings by which a user says otherwise how files are read, and what each says."""
    from sim.city.city import CityParameters, ColumnNames

    out = []
    for name in OTHERWISE:
        group, _, column = name.rpartition(".")
        fields = ColumnNames.model_fields if group else CityParameters.model_fields
        out.append((f"city.{name}", str(fields[column].description)))
    return out
