"""What the page shows of a comparison: words and numbers of its findings, ready to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.brief import COLUMNS
from experiments.languages.speech import say, speaking
from experiments.presentation.indicators import indicator
from experiments.presentation.names import option_name, shortage_name, strategy_name

if TYPE_CHECKING:
    from experiments.compare.api import ComparisonResult
    from experiments.compare.findings import Findings
    from experiments.compare.table import Row


class Shown(NamedTuple):
    """A cell of a table: its text, and `best`, `worse` or nothing."""

    text: str
    mark: str


class Answer(NamedTuple):
    """What the page shows of a comparison, in the language that was asked for.

    Attributes
    ----------
    statements : list
        (heading, text), decision first.
    warnings : list of str
        What the answer must not be read without.
    columns : list
        (name, unit) of the table.
    rows : list
        (shortage, strategy, cells).
    footnotes : list of str
        What the numbers are.
    replications, days : int
        What was run.
    equivalents : list
        (option, texts by outcome) where they were asked for; the first row is the head.
    unit_costs : list
        The same for yuan for each effect.
    command : str
        What does the same.
    """

    statements: list[tuple[str, str]]
    warnings: list[str]
    columns: list[tuple[str, str]]
    rows: list[tuple[str, str, list[Shown]]]
    footnotes: list[str]
    replications: int
    days: int
    equivalents: list[list[str]]
    unit_costs: list[list[str]]
    command: str


def answer_of(result: ComparisonResult, command: str) -> Answer:
    """Take from the findings of a comparison what the page shows; `command` is what does the same."""
    found = result.findings
    with speaking(found.language):
        columns = [column for column in found.table.columns if column.key in COLUMNS]

        def cells(row: Row) -> list[Shown]:
            return [Shown(row.texts[column.key], row.marks.get(column.key, "")) for column in columns]

        return Answer(
            statements=[(one.heading, one.text) for one in found.answer],
            warnings=[say(one) for one in found.warnings],
            columns=[(column.name, column.full_unit) for column in columns],
            rows=[(shortage_name(row.shortage), strategy_name(row.strategy), cells(row)) for row in found.table.rows],
            footnotes=found.footnotes,
            replications=found.comparison.replications,
            days=found.comparison.days,
            equivalents=_in_officers(found),
            unit_costs=_in_yuan(found),
            command=command,
        )


def _in_officers(found: Findings) -> list[list[str]]:
    """Return what options are worth in officers, with a head; nothing where that was not asked for."""
    if not found.equivalents.worths:
        return []
    head = [indicator(name).label for name in found.equivalents.outcomes]
    return [["", *head], *([option_name(name), *map(str, of)] for name, of in found.equivalents.worths.items())]


def _in_yuan(found: Findings) -> list[list[str]]:
    """Return what effects cost, with a head; nothing where accounts are not whole."""
    rows = found.unit_costs.rows.get(found.told, {})
    if not rows:
        return []
    return [["", *map(say, found.unit_costs.per)], *([option_name(name), *map(str, of)] for name, of in rows.items())]
