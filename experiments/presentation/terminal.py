"""What all commands print alike: letters that the terminal has, results as text, the indicators of a single run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.presentation.indicators import factor, indicator
from experiments.presentation.wording import DAGGER, MINUS, number

if TYPE_CHECKING:
    from sim.outcomes.results import Results
    from sim.scenario import Scenario


def speller(console: Console) -> Callable[[str], str]:
    """Spell minus signs and dashes in ASCII where the terminal has no others."""
    if console.encoding.lower().startswith("utf"):
        return str
    return lambda text: text.translate(str.maketrans(f"{MINUS}–·✓✗{DAGGER}", "---+!?"))


def as_text(show: Callable[[Console], None]) -> str:
    """Return what a function prints: as wide as the terminal, in colours if the standard output shows them."""
    console = Console(force_jupyter=False)
    with console.capture() as captured:
        show(console)
    return captured.get()


def print_run(console: Console, results: Results, scenario: Scenario) -> None:
    """Print the indicators of one run that were measured, each with its unit."""
    values = results.indicators
    residents, days = values.get("residents") or 1, values.get("days") or scenario.days
    spell = speller(console)
    title = spell(
        f"{scenario.strategy.name} · shortage {scenario.shortage_name} · {scenario.days} days · seed {scenario.seed}"
    )
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=Text(title, style="bold"), title_justify="left"
    )
    table.add_column("Indicator", overflow="fold")
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("Unit", overflow="fold")
    for name, value in values.items():
        if value is None:
            continue
        shown = indicator(name, scenario.demand.fraud.currency)
        scaled = value * factor(name, residents, days)
        decimals = 0 if scaled.is_integer() or abs(scaled) >= 1000 else 2
        table.add_row(Text(shown.label), spell(number(scaled, decimals)), Text(shown.unit))
    console.print(table)
