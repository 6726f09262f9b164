"""What `mechanisms` found, and the page that shows it.

`mechanisms.html`, one file that opens from disk with no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.mechanisms.tables import TABLES, campaign_weeks, numbers, tips_table, volunteers_table
from experiments.presentation.indicators import in_currency, number, promise, words
from experiments.presentation.page import image_links, provenance_lines, templates

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.mechanisms.traces import Trace
    from experiments.mechanisms.volunteer_study import Course
    from sim.city.city import CityParameters
    from sim.scenario import Scenario

REPORT = "mechanisms.html"
MOST_COURSES = 3  # replications of the volunteers' two years


@dataclass(frozen=True)
class Mechanisms:
    """The traces of all cases, and the tables that follow.

    Attributes
    ----------
    scenarios : dict
        Case → scenario with the first seed.
    traces : dict
        Case → its runs, in the order of the seeds.
    courses : list
        How the volunteers develop in two years under each reward and each number of organisers' hours, when nothing
        else is simulated.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    scenarios: Mapping[str, Scenario]
    traces: Mapping[str, Sequence[Trace]]
    courses: Sequence[Course]
    provenance: dict[str, Any]

    @property
    def replications(self) -> int:
        """Number of runs of each case."""
        return len(self.traces["reactive"])

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """Tables by name: `fraud`, `disputes`, `tips`, `volunteers`, `campaigns`."""
        return {
            **{name: numbers(self.traces, rows, cases) for name, (rows, cases) in TABLES.items()},
            "tips": tips_table(self.traces),
            "volunteers": volunteers_table(self.courses),
            "campaigns": campaign_weeks(self.traces),
        }


def courses(city: CityParameters, replications: int) -> list[Course]:
    """Return how volunteers develop in a city, with hours in proportion to its residents."""
    from experiments.mechanisms.volunteer_study import HOURS_A_DAY, STUDIED_RESIDENTS, volunteer_courses
    from sim.city.build import build_city

    hours = [each * build_city(city).residents / STUDIED_RESIDENTS for each in HOURS_A_DAY]
    return volunteer_courses(city, hours=hours, seeds=range(1, 1 + min(replications, MOST_COURSES)))


def write_report(found: Mechanisms, folder: Path) -> Path:
    """Draw the figures into `folder/figures` and write `folder/mechanisms.html`."""
    from experiments.mechanisms.figures import write_figures  # matplotlib takes long to import

    (folder / "figures").mkdir(exist_ok=True)
    pictures = write_figures(found, folder / "figures")
    first = found.scenarios["reactive"]
    html = (
        templates()
        .get_template("mechanisms.html.j2")
        .render(
            city=first.city.name,
            days=first.days,
            warmup_days=first.warmup_days,
            replications=found.replications,
            promise=promise,
            tables={name: _rows(found, name) for name in TABLES},
            tips=list(found.tables["tips"].iter_rows(named=True)),
            pictures=pictures,
            images=image_links(pictures),
            provenance=provenance_lines(found.provenance),
            number=number,
            words=words,
        )
    )
    (folder / REPORT).write_text(html, encoding="utf-8")
    return folder / REPORT


def _rows(found: Mechanisms, name: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the cases, and one row a number with a cell a case: the mean, and the difference with its interval."""
    table, currency = found.tables[name], found.scenarios["reactive"].demand.fraud.currency
    cases = table["case"].unique(maintain_order=True).to_list()
    rows: dict[str, dict[str, Any]] = {}
    for one in table.iter_rows(named=True):
        decimals = 2 if one["mean"] is not None and abs(one["mean"]) < 10 else 0
        ends = [number(one[end], decimals, True) for end in ("difference_lower", "difference_upper")]
        interval = "" if one["difference_lower"] is None else " to ".join(ends)
        change = "" if one["difference"] is None else number(one["difference"], decimals, True)
        row = rows.setdefault(
            one["name"], {"name": one["name"], "unit": in_currency(one["unit"], currency), "cells": []}
        )
        row["cells"].append((number(one["mean"], decimals), change, interval))
    return cases, list(rows.values())


def print_mechanisms(console: Console, found: Mechanisms) -> None:
    """Print the tables of fraud, disputes and tips."""
    from rich import box
    from rich.table import Table

    for name in TABLES:
        cases, rows = _rows(found, name)
        title = f"{words(name)}: mean, and difference to reactive {promise(found.replications, '(95 % interval)')}"
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
                for mean, change, interval in row["cells"]
            ]
            table.add_row(f"{row['name']}\n[dim]{row['unit'].replace('residents a year', 'a year')}[/]", *cells)
        console.print(table)
    for row in found.tables["tips"].iter_rows(named=True):
        median, late = number(row["median_hours"], 0), number(row["p90_hours"], 0)
        console.print(
            f"tips, {row['case']}, {row['kind']}: {row['tips']:.0f} a run, of those that arrived the median took "
            f"{median} h, 90 % at most {late} h"
        )
