"""A comparison as a notebook shows it: the answer, the table, and the main figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.compare.ranking import SIGNS
from experiments.languages.speech import say
from experiments.presentation import notebook
from experiments.presentation.names import strategy_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.compare.findings import Findings
    from experiments.compare.table import Row

SHOWN = ("effects",)  # figures below the table; the others are asked for by name


def as_html(findings: Findings, figures: Mapping[str, notebook.Figure]) -> str:
    """Write the answer, the table with its notes and the main figures as a piece of HTML."""
    found = findings.table
    columns = [(say("Strategy"), ""), *((column.name, column.full_unit) for column in found.columns)]
    groups = {
        f"{under.title}{under.duty}": [
            _texts(row, [column.key for column in found.columns]) for row in found.rows if row.shortage == shortage
        ]
        for shortage, under in findings.under.items()
    }
    shown = [figures[name] for name in SHOWN if name in figures]
    answer = [one.text for one in findings.answer]
    return notebook.as_html([notebook.NotebookTable(columns, groups)], answer, shown, findings.footnotes)


def _texts(row: Row, keys: list[str]) -> list[str]:
    """Return the cells of a row, each with its mark before its number."""
    name = strategy_name(row.strategy)
    name = say("{name} (bound)", name=name) if row.bound else name
    signs = {key: SIGNS[mark] for key, mark in row.marks.items() if mark}
    return [name, *(f"{signs.get(key, '')} {row.texts[key]}".strip() for key in keys)]
