"""Writes `calibrate.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.calibrate.findings import NOTE, tables_told
from experiments.languages.speech import say
from experiments.presentation.page import write_page

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.calibrate.findings import Calibration
    from experiments.presentation.pictures import Picture

REPORT = "calibrate.html"


def write_report(found: Calibration, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/calibrate.html` with the figures that were drawn, in the language that is spoken."""
    return write_page(
        folder / REPORT,
        pictures,
        found.provenance,
        found=found,
        title=say("What the patterns say of the parameters"),
        answer=[say(one) for one in found.sentences],
        tables=tables_told(found),
        note=say(NOTE),
    )
