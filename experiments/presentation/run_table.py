"""The indicators of a single run as a table, on the terminal and in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from experiments.languages.speech import say
from experiments.presentation import notebook
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.terminal import speller
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from rich.console import Console

    from sim.outcomes.results import Results
    from sim.scenario import Scenario


def print_run(console: Console, results: Results, scenario: Scenario) -> None:
    """Print the indicators of one run that were measured, each with its unit."""
    spell = speller(console)
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        title=Text(spell(_title(scenario)), style="bold"),
        title_justify="left",
    )
    name, value, unit = _columns()
    table.add_column(name, overflow="fold")
    table.add_column(value, justify="right", no_wrap=True)
    table.add_column(unit, overflow="fold")
    for label, shown, in_unit in _rows(results, scenario):
        table.add_row(Text(label), spell(shown), Text(in_unit))
    console.print(table)


def as_html(results: Results, scenario: Scenario) -> str:
    """Write the same table as a piece of HTML."""
    columns = [(name, "") for name in _columns()]
    return notebook.as_html([notebook.NotebookTable(columns, {_title(scenario): _rows(results, scenario)})])


def _columns() -> tuple[str, str, str]:
    return say("Indicator"), say("Value"), say("Unit")


def _title(scenario: Scenario) -> str:
    return say(
        "{strategy} · {shortage} · {days} days · seed {seed}", strategy=strategy_name(scenario.strategy.name),
        shortage=shortage_name(scenario.shortage_name), days=scenario.days, seed=scenario.seed,
    )  # fmt: skip


def _rows(results: Results, scenario: Scenario) -> list[tuple[str, str, str]]:
    """Return the label, the value and the unit of every indicator that was measured."""
    values = results.indicators
    residents, days = values.get("residents") or 1, values.get("days") or scenario.days
    rows = []
    for name, value in values.items():
        if value is None:
            continue
        shown = indicator(name, scenario.demand.fraud.currency)
        scaled = value * factor(name, residents, days)
        decimals = 0 if scaled.is_integer() or abs(scaled) >= 1000 else 2
        rows.append((shown.label, number(scaled, decimals), shown.unit))
    return rows
