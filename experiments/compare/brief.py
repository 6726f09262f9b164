"""The table of the sheet for who decides: strategies under the shortage that is told about, and levers against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.cells import mark
from experiments.compare.options import options
from experiments.compare.paired import decimals_for, difference, effect
from experiments.compare.table import COUNTED
from experiments.presentation.indicators import UNSERVED
from experiments.presentation.names import option_name, strategy_name

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.ranking import Mark
    from experiments.compare.serving import Kind
    from experiments.compare.table import Column, Row, Table

COLUMNS = ("crimes", "crimes_effect", "harm", "p1", "unserved", "cleared", "cost")  # of the table, on one sheet


class BriefRow(NamedTuple):
    """A strategy, or a lever with the strategy of today: its name, and texts and marks by the key of the column."""

    key: str
    name: str
    texts: dict[str, str]
    marks: dict[str, Mark]


class BriefTable(NamedTuple):
    """The columns, the strategies, and the levers, whose differences are to today."""

    columns: list[Column]
    strategies: list[BriefRow]
    levers: list[BriefRow]


def brief_table(comparison: Comparison, told: str, table: Table) -> BriefTable:
    """Make the table from that of all shortages.

    Parameters
    ----------
    comparison : Comparison
        What was kept of all runs.
    told : str
        The shortage that is told about.
    table : Table
        The main table.
    """
    rows = {(row.shortage, row.strategy): row for row in table.rows}
    strategies = [
        BriefRow(row.strategy, strategy_name(row.strategy), row.texts, row.marks)
        for row in table.rows
        if row.shortage == told
    ]
    chosen = [option for option in options(comparison, told) if option.point[0] == option.name]
    levers = [_lever(comparison, option.name, rows[option.point]) for option in chosen]
    return BriefTable([column for column in table.columns if column.key in COLUMNS], strategies, levers)


def _lever(comparison: Comparison, lever: str, row: Row) -> BriefRow:
    """Return the row of a lever, with its difference to the situation as it is, and a mark where it is worse."""
    point: tuple[Kind, str, str] = "shortage", lever, comparison.baseline
    crimes = effect(comparison, *point, COUNTED["crimes"])
    judged = {key: mark(comparison, *point, name) for key, name in {**COUNTED, "unserved": UNSERVED}.items()}
    marks: dict[str, Mark] = {key: "worse" for key, found in judged.items() if found == "worse"}
    return BriefRow(
        lever, option_name(lever), {**row.texts, "crimes_effect": difference(crimes, decimals_for([crimes]))}, marks
    )
