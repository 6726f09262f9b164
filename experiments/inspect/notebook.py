"""What was understood of some files, as a notebook shows it: the answer, and what weighs most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.inspection.findings import WEIGHTS
from experiments.languages.speech import say
from experiments.presentation import notebook

if TYPE_CHECKING:
    from experiments.inspection.findings import Inspection


def as_html(inspection: Inspection) -> str:
    """Write the answer, and a table of the warnings, the heaviest first."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for file, notice in inspection.warnings:
        row = (say(notice), file, ", ".join(notice.settings))
        groups.setdefault(say(WEIGHTS[notice.weight]), []).append(row)
    columns = [(say(heading), "") for heading in ("What", "File", "Settings that say it otherwise")]
    return notebook.as_html(
        [notebook.NotebookTable(columns, groups)] if groups else [], [say(line) for line in inspection.answer]
    )
