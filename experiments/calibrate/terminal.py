"""A calibration on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.calibrate.findings import NOTE, tables_told
from experiments.languages.speech import say
from experiments.presentation.terminal import speller

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.calibrate.findings import Calibration


def print_calibration(console: Console, found: Calibration) -> None:
    """Print the answer, the parameters and the patterns."""
    spell = speller(console)
    console.print()
    for at, sentence in enumerate(found.sentences):
        console.print(Text(spell(say(sentence)), style="" if at else "bold"))
    for shown in tables_told(found):
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for head in shown.heads:
            table.add_column(spell(head), overflow="fold")
        for row in shown.rows:
            table.add_row(*map(spell, row))
        console.print()
        console.print(Text(spell(shown.title), style="bold"))
        console.print(table)
    console.print(Text(spell(say(NOTE)), style="dim"))
