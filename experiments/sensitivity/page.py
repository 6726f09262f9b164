"""Writes `sensitivity.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.presentation.page import write_page
from experiments.sensitivity.findings import NOTE, SCREEN_NOTE
from experiments.sensitivity.tables import indices, levels, parameters, screen_tables, share_tables, top_table

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.presentation.pictures import Picture
    from experiments.sensitivity.findings import Sensitivity

REPORT = "sensitivity.html"


def write_report(found: Sensitivity, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/sensitivity.html` with the figures that were drawn, in the language that is spoken."""
    return write_page(
        folder / REPORT,
        pictures,
        found.provenance,
        found=found,
        title=say("What the outcomes hang on"),
        answer=[say(one) for one in found.sentences],
        top=top_table(found),
        parts=[("shares", share_tables(found), say(NOTE)), ("screen", screen_tables(found), say(SCREEN_NOTE))],
        levels=levels(found),
        files={"sensitivity.csv": indices(found).write_csv(), "parameters.csv": parameters(found).write_csv()},
    )
