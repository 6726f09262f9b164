"""A study of trials on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.languages.speech import say
from experiments.presentation.terminal import speller
from experiments.trial.findings import NOTE, tables

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.trial.findings import Trials


def print_trials(console: Console, found: Trials) -> None:
    """Print the answer, what designs are worth, and what their bias consists of."""
    spell = speller(console)
    console.print()
    for at, sentence in enumerate(found.sentences):
        console.print(Text(spell(say(sentence)), style="" if at else "bold"))
    for shown in tables(found):
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for at, head in enumerate(shown.heads):
            table.add_column(spell(head), justify="right" if at else "left")
        for row in shown.rows:
            table.add_row(*map(spell, row))
        console.print()
        console.print(Text(spell(shown.title), style="bold"))
        console.print(table)
    console.print(Text(spell(say(NOTE)), style="dim"))
