"""A search on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.languages.speech import say
from experiments.optimise.findings import NOTE, tables
from experiments.presentation.terminal import speller

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.optimise.findings import Optimum


def print_optimum(console: Console, found: Optimum) -> None:
    """Print the answer and the candidates on fresh seeds: their names once, and their numbers in the tables."""
    spell = speller(console)
    console.print()
    for at, sentence in enumerate(found.sentences):
        console.print(Text(spell(say(sentence)), style="" if at else "bold"))
    every = tables(found)
    numbers = {
        name: str(number) for number, name in enumerate(dict.fromkeys(row[0] for one in every for row in one.rows), 1)
    }
    names = Table(box=None, show_header=False, pad_edge=False)
    for name, number in numbers.items():
        names.add_row(number, spell(name))
    console.print()
    console.print(names)
    for shown in every:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for at, head in enumerate(shown.heads):
            table.add_column(
                spell(head).replace(" ", "\n") if at else spell(head), justify="right" if at else "left", no_wrap=at > 0
            )
        for name, *cells in shown.rows:
            table.add_row(numbers[name], *map(spell, cells))
        console.print()
        console.print(Text(spell(shown.title), style="bold"))
        console.print(table)
    console.print(Text(spell(say(NOTE)), style="dim"))
