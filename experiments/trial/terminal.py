"""A study of trials on the terminal."""

from __future__ import annotations

import re
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


INTERVAL = re.compile(r" ?(?=[(（])")  # before it a line is broken


def print_trials(console: Console, found: Trials) -> None:
    """Print the answer, what designs are worth, and what their bias consists of."""
    spell = speller(console)
    console.print()
    for at, sentence in enumerate(found.sentences):
        console.print(Text(spell(say(sentence)), style="" if at else "bold"))
    console.print()
    for shown in tables(found):
        console.print(Text(spell(shown.title), style="bold"))
        for columns in ((0, 1, 2, 3), (0, *range(4, len(shown.heads)))):  # what fits on a line of 80
            table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
            for at in columns:
                table.add_column(spell(shown.heads[at]), justify="right" if at else "left", no_wrap=not at)
            for row in shown.rows:
                table.add_row(*(INTERVAL.sub("\n", spell(row[at]), count=1) for at in columns))
            console.print(table)
            console.print()
    console.print(Text(spell(say(NOTE)), style="dim"))
