"""Writes `report.html`.

One file that opens from disk with no network, with the answer, the table, the figures and all assumptions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.compare.equivalents import NOTE as EQUIVALENTS_NOTE
from experiments.compare.ranking import SIGNS
from experiments.compare.shortages import note
from experiments.compare.unit_costs import NOTE
from experiments.presentation.glossary import CHINESE
from experiments.presentation.indicators import indicator
from experiments.presentation.page import csv_link, image_links, provenance_lines, templates
from experiments.presentation.wording import DAGGER, number, promise, words

if TYPE_CHECKING:
    from experiments.compare.findings import Findings
    from experiments.presentation.pictures import Picture

REPORT = "report.html"
SIGNED = (
    f"Colour and sign (✓ better, ✗ worse) only where the 95 % interval excludes 0 and has no {DAGGER}, which says "
    "that it may be too narrow"
)


def write_report(findings: Findings, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/report.html`.

    Parameters
    ----------
    findings : Findings
        What was found.
    pictures : mapping
        The figures that were drawn, by name.
    folder : Path
        An existing folder.

    Returns
    -------
    Path
        The report; it appears whole or not at all.
    """
    comparison = findings.comparison
    environment = templates()
    environment.filters |= {"nowrap": _nowrap, "in_brackets": _in_brackets, "words": words, "csv_link": csv_link}
    environment.filters["indicator"] = lambda name: indicator(name, comparison.currency)
    html = environment.get_template("report.html.j2").render(
        findings=findings,
        comparison=comparison,
        pictures=pictures,
        images=image_links(pictures),
        number=number,
        promise=lambda text: promise(comparison.replications, text),
        chinese=CHINESE,
        signs=SIGNS,
        unit_cost_note=NOTE,
        equivalents_note=EQUIVALENTS_NOTE,
        shortage_note=note(comparison.replications, SIGNED),
        files=[{**file, "rejected": _reasons(file.get("rejected"))} for file in comparison.files],
        provenance=provenance_lines(comparison.provenance),
    )
    temporary = folder / f".{REPORT}.{os.getpid()}"
    try:
        temporary.write_text(html, encoding="utf-8")
        temporary.replace(folder / REPORT)
    finally:
        temporary.unlink(missing_ok=True)
    return folder / REPORT


def _nowrap(text: str) -> str:
    """Keep a number and its unit on one line."""
    return re.sub(r"(?<=\d) (?=%|min)|(?<=priority) (?=\d)", "\u00a0", text)


def _in_brackets(text: str) -> str:
    """Keep what stands in brackets on one line."""
    return re.sub(r"\([^)]*\)", lambda found: found[0].replace(" ", "\u00a0"), text)


def _reasons(rejected: Any) -> list[tuple[str, int]]:
    """Reasons why rows were not used, the most frequent first."""
    return sorted((rejected or {}).items(), key=lambda item: -item[1])
