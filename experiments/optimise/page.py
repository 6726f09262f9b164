"""Writes `optimise.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.optimise.findings import NOTE, tables
from experiments.presentation.page import write_page

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.optimise.findings import Optimum
    from experiments.presentation.pictures import Picture

REPORT = "optimise.html"


def write_report(found: Optimum, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/optimise.html` with the figure that was drawn, in the language that is spoken."""
    return write_page(
        folder / REPORT,
        pictures,
        found.provenance,
        found=found,
        title=say("What the search found"),
        answer=[say(one) for one in found.sentences],
        tables=tables(found),
        note=say(NOTE),
    )
