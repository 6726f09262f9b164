"""A sensitivity study on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table as Shown
from rich.text import Text

from experiments.languages.speech import say
from experiments.presentation.terminal import speller
from experiments.sensitivity.findings import NOTE, SCREEN_NOTE
from experiments.sensitivity.tables import screen_tables, share_tables, top_table

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.sensitivity.findings import Sensitivity
    from experiments.sensitivity.tables import Table

MOST_ROWS = 10


def print_sensitivity(console: Console, found: Sensitivity) -> None:
    """Print the answer, what the parameters are that matter most, and the largest of each target."""
    spell = speller(console)
    console.print()
    for at, sentence in enumerate(found.sentences):
        console.print(Text(spell(say(sentence)), style="" if at else "bold"))
    top, tables = top_table(found), share_tables(found) or screen_tables(found)
    for table in [*([top] if top.rows else []), *tables]:
        _print(console, table)
    if tables:
        console.print(Text(spell(say(NOTE if found.steps else SCREEN_NOTE)), style="dim"))


def _print(console: Console, table: Table) -> None:
    spell = speller(console)
    shown = Shown(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    numeric = len(table.heads) < 7
    for at, head in enumerate(table.heads):
        shown.add_column(spell(head), justify="right" if at and numeric else "left", overflow="fold")
    for row in table.rows[:MOST_ROWS]:
        shown.add_row(*map(spell, row))
    console.print()
    console.print(Text(spell(table.title), style="bold"))
    console.print(shown)
    if (more := len(table.rows) - MOST_ROWS) > 0:
        console.print(spell(say("… {n} more, see sensitivity.csv", n=more)))
