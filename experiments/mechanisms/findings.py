"""What `mechanisms` found: the tables of all cases, and how a page or a terminal shows them, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.languages.speech import ENGLISH, say, spoken
from experiments.mechanisms.tables import TABLES, campaign_weeks, numbers, tips_table, volunteers_table
from experiments.presentation.indicators import in_currency
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import cities_note, number

if TYPE_CHECKING:
    from experiments.mechanisms.kept import Trace
    from experiments.mechanisms.volunteer_study import Course
    from sim.scenario import Scenario


class Cell(NamedTuple):
    """A mean, its difference to `reactive`, and the interval of that; empty where there is none."""

    mean: str
    difference: str
    interval: str


class ShownRow(NamedTuple):
    """One number of a table, a cell a case."""

    name: str
    unit: str
    cells: list[Cell]


class Shown(NamedTuple):
    """A table as it is read: the cases above the columns, and its rows."""

    cases: list[str]
    rows: list[ShownRow]


@dataclass(frozen=True)
class Mechanisms:
    """The traces of all cases, and the tables that follow.

    Attributes
    ----------
    scenarios : mapping
        Case → scenario with the first seed.
    traces : mapping
        Case → its runs, in the order of the seeds.
    tables : mapping
        `fraud`, `disputes`, `tips`, `volunteers`, `campaigns`, `activities` → frame.
    shown : mapping
        `fraud`, `disputes` → the table as it is read.
    provenance : dict
        Versions, commit, seed, command, time.
    language : str
        Of the tables as they are read, and of what is printed and drawn.
    """

    scenarios: Mapping[str, Scenario]
    traces: Mapping[str, Sequence[Trace]]
    tables: Mapping[str, pl.DataFrame]
    shown: Mapping[str, Shown]
    provenance: dict[str, Any]
    language: str = ENGLISH

    @property
    def cities(self) -> str:
        """Whether the replications share a city, in a sentence."""
        return cities_note(self.scenarios["reactive"].city)

    @property
    def replications(self) -> int:
        """Number of runs of each case."""
        return len(self.traces["reactive"])


def findings(
    scenarios: Mapping[str, Scenario],
    traces: Mapping[str, Sequence[Trace]],
    courses: Sequence[Course],
    activities: pl.DataFrame,
    provenance: dict[str, Any],
) -> Mechanisms:
    """Work out all tables.

    Parameters
    ----------
    scenarios : mapping
        Case → scenario with the first seed.
    traces : mapping
        Case → its runs, in the order of the seeds.
    courses : sequence
        How volunteers develop in two years under each reward and each number of organisers' hours, when nothing else
        is simulated.
    activities : polars.DataFrame
        What an hour of each activity does.
    provenance : dict
        Versions, commit, seed, command, time.
    """
    currency = scenarios["reactive"].demand.fraud.currency
    main = {name: numbers(traces, rows, cases) for name, (rows, cases) in TABLES.items()}
    others = {
        "tips": tips_table(traces),
        "volunteers": volunteers_table(courses),
        "campaigns": campaign_weeks(traces),
        "activities": activities,
    }
    shown = {name: _shown(table, currency) for name, table in main.items()}
    return Mechanisms(scenarios, traces, {**main, **others}, shown, provenance, spoken())


def _shown(table: pl.DataFrame, currency: str) -> Shown:
    """Write a table: a row a number with a cell a case."""
    rows: dict[str, ShownRow] = {}
    for one in table.iter_rows(named=True):
        decimals = 2 if one["mean"] is not None and abs(one["mean"]) < 10 else 0
        ends = [number(one[end], decimals, True) for end in ("difference_lower", "difference_upper")]
        interval = "" if one["difference_lower"] is None else say("{low} to {high}", low=ends[0], high=ends[1])
        change = "" if one["difference"] is None else number(one["difference"], decimals, True)
        row = rows.setdefault(one["name"], ShownRow(say(one["name"]), in_currency(one["unit"], currency), []))
        row.cells.append(Cell(number(one["mean"], decimals), change, interval))
    return Shown([case_name(case) for case in table["case"].unique(maintain_order=True)], list(rows.values()))


def case_name(case: str) -> str:
    """Return what a case is called: as it is written, in another language by the name of its strategy."""
    return case if spoken() == ENGLISH else say(case) if " " in case else strategy_name(case)
