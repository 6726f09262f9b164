"""What was understood of some files, on the terminal: the answer, what weighs most, and each file in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from experiments.inspection.findings import WEIGHTS, rejected
from experiments.languages.speech import say
from experiments.presentation.terminal import speller
from sim.city.notices import Weight
from sim.parameters import printable

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.inspection.findings import Inspection

STYLES = {Weight.DOUBTFUL: "bold red", Weight.LOST: "yellow", Weight.ASSUMED: "", Weight.READ: "dim"}
MOST_TYPES, MOST_LETTERS = 8, 36


def print_inspection(console: Console, inspection: Inspection) -> None:
    """Print the answer, the warnings by weight, and of each file its columns, time, types and rows not used."""
    spell = speller(console)

    def show(text: str, style: str = "", indent: int = 0) -> None:
        console.print(Text(" " * indent + printable(spell(text)), style=style), soft_wrap=True)

    for line in inspection.answer:
        show(say(line), "bold")
    for one in inspection.warnings:
        settings = f"  [{', '.join(one.notice.settings)}]" if one.notice.settings else ""
        weight = say(WEIGHTS[one.notice.weight])
        show(f"{weight}: {one.file}: {say(one.notice)}{settings}", STYLES[one.notice.weight])
    for file in inspection.files:
        console.print()
        show(f"{file.path} ({file.key}, {file.encoding})", "bold")
        if file.columns:
            taken = ", ".join(f"{say(column.what)} {column.name!r}" for column in file.columns)
            show(f"{say('Columns')}: {taken}", indent=2)
        if file.portrait is not None:
            show("; ".join(say(sentence) for sentence in file.portrait.coverage.told()), indent=2)
        for kind in file.types[:MOST_TYPES]:
            name = " ".join((kind.type or say("(missing)")).split())[:MOST_LETTERS]
            show(f"{name:<{MOST_LETTERS}}  {say(kind.kind):<15} {kind.used:>9,} / {kind.rows:,}", indent=2)
        if len(file.types) > MOST_TYPES:
            show(say("… {types:,} types more").format(types=len(file.types) - MOST_TYPES), indent=2)
        for reason, rows in rejected(file):
            show(f"{say('Rows not used')}: {rows:,}, {say(reason)}", indent=2)
    console.print()
    show(inspection.command)
