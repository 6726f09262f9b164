"""A look into programmes as a notebook shows it: the tables of fraud and disputes, a column for each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.languages.speech import opened, say
from experiments.mechanisms.findings import case_name
from experiments.presentation import notebook
from experiments.presentation.names import noun
from experiments.presentation.wording import promise

if TYPE_CHECKING:
    from experiments.mechanisms.findings import Cell, Mechanisms


def as_html(found: Mechanisms) -> str:
    """Write the tables of fraud and disputes as a piece of HTML."""
    tables = []
    for name, (cases, rows) in found.shown.items():
        columns = [(opened(noun(name)), ""), *((case, "") for case in cases)]
        interval = promise(found.replications, say("(95 % interval)"))
        title = say("mean, and difference to {baseline} {interval}", baseline=case_name("reactive"), interval=interval)
        texts = [[say("{label}, {unit}", label=row.name, unit=row.unit), *map(_text, row.cells)] for row in rows]
        tables.append(notebook.NotebookTable(columns, {title: texts}))
    return notebook.as_html(tables)


def _text(cell: Cell) -> str:
    """Write a mean, its difference, and the interval of that in brackets."""
    interval = f"({cell.interval})" if cell.interval else ""
    return " ".join(filter(None, (cell.mean, cell.difference, interval)))
