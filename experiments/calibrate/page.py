"""Writes `calibrate.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.calibrate.findings import NOTE, tables_told
from experiments.languages.speech import say
from experiments.presentation.page import image_links, provenance_lines, templates

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.calibrate.findings import Calibration
    from experiments.presentation.pictures import Picture

REPORT = "calibrate.html"


def write_report(found: Calibration, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/calibrate.html` with the figures that were drawn, in the language that is spoken."""
    page = templates().get_template("calibrate.html.j2")
    html = page.render(
        found=found,
        title=say("What the patterns say of the parameters"),
        answer=[say(one) for one in found.sentences],
        tables=tables_told(found),
        note=say(NOTE),
        pictures=pictures,
        images=image_links(pictures),
        provenance=provenance_lines(found.provenance),
    )
    (folder / REPORT).write_text(html, encoding="utf-8")
    return folder / REPORT
