"""The scoreboard on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.languages.speech import say
from experiments.presentation.terminal import speller
from experiments.presentation.wording import promise
from experiments.validate.findings import footnote, tally
from experiments.validate.verdict import NO_BAND, NOT_MEASURED, OUTSIDE, UNDECIDED, WITHIN

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.validate.findings import Validation

WIDE = 130  # columns of a terminal on which the unit and the use have columns of their own
NAME_WIDTH = 26
STYLES = {WITHIN: "green", OUTSIDE: "bold red", UNDECIDED: "yellow", NO_BAND: "dim", NOT_MEASURED: "dim"}


def print_validation(console: Console, validation: Validation) -> None:
    """Print the scoreboard: a block a group, a row a pattern."""
    spell = speller(console)
    console.print()
    console.print(Text(spell(tally(validation)), style="bold"))
    wide = console.width >= WIDE
    for group, rows in validation.groups.items():
        units = {row["unit"] for row in rows}
        one_unit = units.pop() if len(units) == 1 else ""
        title = say("{label}, {unit}", label=group, unit=one_unit) if one_unit and not wide else group
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=Text(spell(title), style="bold"),
            title_justify="left",
        )  # fmt: skip
        table.add_column(say("Pattern"), overflow="fold", min_width=NAME_WIDTH)
        simulated = f"{say('Simulated')} {promise(validation.replications, say('(95 %)'))}"
        table.add_column(simulated, justify="right", no_wrap=True, min_width=23)
        table.add_column(say("Published"), justify="right", no_wrap=True, min_width=10)
        table.add_column(say("Verdict"), no_wrap=True, min_width=12)
        if wide:
            table.add_column(say("Unit"), no_wrap=True, min_width=25)
            table.add_column(say("Use"), no_wrap=True, min_width=9)
        for row in rows:
            named = wide or one_unit
            name = row["name"] if named else say("{label}, {unit}", label=row["name"], unit=row["unit"])
            more = (row["unit"], row["use"]) if wide else ()
            verdict = Text(spell(row["judged"] if wide else say(row["verdict"])), style=STYLES[row["verdict"]])
            texts = (Text(spell(text)) for text in (name, row["simulated"], row["published"]))
            table.add_row(*texts, verdict, *(Text(spell(text)) for text in more))
        console.print()
        console.print(table)
    console.print()
    console.print(Text(spell(footnote(validation)), style="dim"))
