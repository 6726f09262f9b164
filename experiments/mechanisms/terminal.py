"""Prints what `mechanisms` found: the tables of fraud and disputes, and how long tips took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from experiments.languages.speech import say
from experiments.mechanisms.findings import case_name
from experiments.presentation.names import noun
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.mechanisms.findings import Mechanisms


def print_mechanisms(console: Console, found: Mechanisms) -> None:
    """Print the tables of fraud, disputes and tips."""
    for name, (cases, rows) in found.shown.items():
        interval = promise(found.replications, say("(95 % interval)"))
        words = "{table}: mean, and difference to {baseline} {interval}"
        title = say(words, table=noun(name), baseline=case_name("reactive"), interval=interval)
        table = Table(
            title=title,
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            pad_edge=False,
        )
        table.add_column("")
        for case in cases:
            table.add_column(case, justify="right", no_wrap=True)
        for row in rows:
            cells = [
                f"{mean}\n{change}\n({interval})" if interval else f"{mean} {change}".strip()
                for mean, change, interval in row.cells
            ]
            table.add_row(f"{row.name}\n[dim]{row.unit.replace('residents per year', 'per year')}[/]", *cells)
        console.print(table)
    console.print(found.cities, style="dim")
    for tip in found.tables["tips"].iter_rows(named=True):
        median, late = number(tip["median_hours"], 0), number(tip["p90_hours"], 0)
        console.print(
            say(
                "tips, {case}, {kind}: {tips:.0f} per run, of those that arrived the median took {median} h, 90 % at "
                "most {late} h",
                case=say(tip["case"]),
                kind=noun(tip["kind"]),
                tips=tip["tips"],
                median=median,
                late=late,
            )
        )
