"""The scoreboard on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.presentation.wording import MINUS, promise
from experiments.validate.findings import band, footnote, judged, simulated, tally
from experiments.validate.scoreboard import NO_BAND, NOT_MEASURED, OUTSIDE, WITHIN

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.validate.findings import Validation

WIDE = 130  # columns of a terminal on which the unit and the use have columns of their own
NAME_WIDTH = 26
STYLES = {WITHIN: "green", OUTSIDE: "bold red", NO_BAND: "dim", NOT_MEASURED: "yellow"}


def print_validation(console: Console, validation: Validation) -> None:
    """Print the scoreboard: a block a group, a row a pattern."""
    ascii_only = not console.encoding.lower().startswith("utf")

    def spell(text: str) -> str:
        return text.translate(str.maketrans(f"{MINUS}–…", "--.")) if ascii_only else text

    console.print()
    console.print(Text(spell(tally(validation)), style="bold"))
    wide = console.width >= WIDE
    for (group,), rows in validation.tables["patterns"].group_by("group", maintain_order=True):
        units = rows["unit"].unique().to_list()
        title = spell(f"{group}, {units[0]}" if len(units) == 1 and not wide else str(group))
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=Text(title, style="bold"), title_justify="left"
        )
        table.add_column("Pattern", overflow="fold", min_width=NAME_WIDTH)
        table.add_column(
            f"Simulated {promise(validation.replications, '(95 %)')}", justify="right", no_wrap=True, min_width=23
        )
        table.add_column("Published", justify="right", no_wrap=True, min_width=10)
        table.add_column("Verdict", no_wrap=True, min_width=12)
        if wide:
            table.add_column("Unit", no_wrap=True, min_width=25)
            table.add_column("Use", no_wrap=True, min_width=9)
        for row in rows.iter_rows(named=True):
            name = row["name"] if wide or len(units) == 1 else f"{row['name']}, {row['unit']}"
            texts = (name, simulated(row), band(row["published_low"], row["published_high"]))
            more = (row["unit"], row["use"]) if wide else ()
            verdict = Text(spell(judged(row)), style=STYLES[row["verdict"]])
            table.add_row(*(Text(spell(text)) for text in texts), verdict, *(Text(spell(text)) for text in more))
        console.print()
        console.print(table)
    console.print()
    console.print(Text(spell(footnote(validation)), style="dim"))
