"""A sweep on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.languages.speech import say
from experiments.presentation.terminal import speller
from experiments.sweep.findings import rows_shown

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.sweep.findings import Sweep

MOST_ROWS = 60


def print_sweep(console: Console, sweep: Sweep) -> None:
    """Print how much is there, the table of points, and what the differences hang on."""
    spell = speller(console)
    console.print()
    console.print(spell(sweep.state))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=spell(sweep.title), title_justify="left")
    for name in sweep.factors:
        table.add_column(say(name), overflow="fold")
    for name in ("value", "runs"):
        table.add_column(say(name), justify="right", overflow="fold")
    for levels, value, runs in rows_shown(sweep, MOST_ROWS):
        table.add_row(*(spell(text) for text in (*levels, value, runs)))
    console.print()
    console.print(table)
    if (more := sweep.shown.height - MOST_ROWS) > 0:
        console.print(spell(say("… {n} more points, see points.csv and effects.csv", n=more)))
    if sweep.sources:
        found = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False,
            title=say("What the differences hang on (analysis of variance)"), title_justify="left",
        )  # fmt: skip
        for name in ("strategy", "source", "share", "F", "p"):
            found.add_column(say(name), justify="left" if name in ("strategy", "source") else "right")
        for strategy, source, share, f, _, p in sweep.sources:
            found.add_row(*(spell(text) for text in (strategy, source, share, f, p)))
        console.print()
        console.print(found)
    for line in filter(None, (sweep.pairing, sweep.stopping)):
        console.print()
        console.print(Text(spell(line), style="dim"))
