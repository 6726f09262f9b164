"""Writes `mechanisms.html`, one file that opens from disk with no network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.mechanisms.findings import case_name
from experiments.presentation.names import noun
from experiments.presentation.page import write_page
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from experiments.mechanisms.findings import Mechanisms
    from experiments.presentation.pictures import Picture

REPORT = "mechanisms.html"


def write_report(found: Mechanisms, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/mechanisms.html` with the figures that were drawn."""
    return write_page(
        folder / REPORT,
        pictures,
        found.provenance,
        found=found,
        first=found.scenarios["reactive"],
        number=number,
        promise=promise,
        noun=noun,
        case_name=case_name,
    )
