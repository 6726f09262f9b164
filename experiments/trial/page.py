"""Writes `trial.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.presentation.page import write_page
from experiments.trial.findings import NOTE, tables

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.presentation.pictures import Picture
    from experiments.trial.findings import Trials

REPORT = "trial.html"


def write_report(found: Trials, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/trial.html` with the figures that were drawn, in the language that is spoken."""
    return write_page(
        folder / REPORT,
        pictures,
        found.provenance,
        found=found,
        title=say("What evaluations find, and what is true"),
        answer=[say(one) for one in found.sentences],
        tables=tables(found),
        note=say(NOTE),
    )
