"""The scoreboard on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.estimates.effects import FEWEST_FOR_INTERVAL
from experiments.presentation.indicators import MINUS, number, promise
from experiments.validate.scoreboard import NO_BAND, NOT_MEASURED, OUTSIDE, WITHIN

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.validate.scoreboard import Validation

WIDE = 130  # columns of a terminal on which the unit and the use have columns of their own
NAME_WIDTH = 26
STYLES = {WITHIN: "green", OUTSIDE: "bold red", NO_BAND: "dim", NOT_MEASURED: "yellow"}


def decimals_of(row: dict[str, Any]) -> int:
    """Decimals that suit a row: two for what lies around 1, one for other numbers."""
    largest = max(
        (abs(row[name]) for name in ("mean", "published_low", "published_high") if row[name] is not None), default=0
    )
    return 2 if largest < 10 else 1


def simulated(row: dict[str, Any]) -> str:
    """Write `43.2 (42.9 to 43.5)`: the mean and its 95 % interval."""
    digits = decimals_of(row)
    if row["lower"] is None:
        return number(row["mean"], digits)
    return f"{number(row['mean'], digits)} ({number(row['lower'], digits)} to {number(row['upper'], digits)})"


def band(low: float | None, high: float | None) -> str:
    """Write a published band: `42 to 46`, `over 1.1`."""
    if low is None and high is None:
        return "–"
    if high is None:
        return f"over {low:g}"
    return f"under {high:g}" if low is None else f"{low:g} to {high:g}"


def judged(row: dict[str, Any]) -> str:
    """Write the verdict, with a question mark when the interval crosses a limit of the band."""
    return f"{row['verdict']}?" if row["sure"] is False else str(row["verdict"])


def tally(validation: Validation) -> str:
    """Say how many patterns lie within their bands, and which do not."""
    patterns = validation.patterns
    within, outside = (patterns.filter(patterns["verdict"] == word) for word in (WITHIN, OUTSIDE))
    text = f"{within.height} of {within.height + outside.height} published patterns are within their bands."
    missing = patterns.filter(patterns["verdict"] == NOT_MEASURED).height
    if missing:
        text += f" {missing} could not be measured."
    return text


def footnote(validation: Validation) -> str:
    """Say what the numbers are."""
    n = validation.replications
    interval = "95 % interval of the mean (Student's t)" if n >= FEWEST_FOR_INTERVAL else "too few for an interval"
    return (
        f"Means over {n} {'replication' if n == 1 else 'replications'}, {interval}; a verdict is about the mean, with "
        "a question mark when the "
        "interval crosses a limit of the band. Use: what the project used the datum for; "
        "specify: it is a parameter, calibrate: parameters were set with an eye on it, validate: they were not."
    )


def print_validation(console: Console, validation: Validation) -> None:
    """Print the scoreboard: a block a group, a row a pattern."""
    ascii_only = not console.encoding.lower().startswith("utf")

    def spell(text: str) -> str:
        return text.translate(str.maketrans(f"{MINUS}–…", "--.")) if ascii_only else text

    console.print()
    console.print(Text(spell(tally(validation)), style="bold"))
    wide = console.width >= WIDE
    for (group,), rows in validation.patterns.group_by("group", maintain_order=True):
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
