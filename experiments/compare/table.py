"""The table of a comparison: for each strategy under each shortage its levels and its differences to the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from experiments.compare.costs import accounts
from experiments.compare.paired import decimals_for, difference, effect, mean
from experiments.compare.ranking import Mark, marks
from experiments.estimates.effects import PRIMARY
from experiments.languages.speech import say
from experiments.presentation.indicators import COST_TOTALS, UNSERVED
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import csv_text, number, promise

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.ranking import Rankings

OPERATIONS = (
    "response_p1_p90_min",
    "response_p2_median_min",
    "response_p3_median_min",
    UNSERVED,
    "clearance_rate",
    "utilisation",
)
RATE = "per 1,000 residents per year"
COUNTED = {"crimes": "crimes_total", "harm": "harm_total"}  # column → indicator of a run
LIMITS = ("difference", "low", "high", "low_simultaneous", "high_simultaneous")


class Column(NamedTuple):
    """A column of the table.

    Heading and unit, short for the terminal and in full for the page, and the part it goes with when the table is
    split.
    """

    key: str
    heading: str
    unit: str
    name: str
    full_unit: str
    part: Literal["crimes", "harm", "operations"]


COLUMNS = (
    Column("crimes", "Crimes", "/1,000 yr", "Crimes", RATE, "crimes"),
    Column("crimes_effect", "against baseline", "{interval}", "Crimes against {baseline}", "difference {interval}",
           "crimes"),
    Column("harm", "Crime harm", "/1,000 yr", "Crime harm", f"sentence-days {RATE}", "harm"),
    Column("harm_effect", "against baseline", "{interval}", "Crime harm against {baseline}", "difference {interval}",
           "harm"),
    Column("p1", "P1 median", "/ P90 min", "P1 response", "median / P90, min", "operations"),
    Column("p23", "P2 / P3", "median min", "P2 / P3 response", "medians, min", "operations"),
    Column("unserved", "% not", "served", "Not served", "% of calls for a unit", "operations"),
    Column("cleared", "Clear", "%", "Cleared", "% of recorded crimes", "operations"),
    Column("busy", "Busy", "%", "Patrol busy", "% of its time on duty, overtime included", "operations"),
)  # fmt: skip
COST = Column(
    "cost", "Cost police", "/ others", "Cost to the police / to others", "yuan per resident per year", "operations"
)


class Row(NamedTuple):
    """One strategy under one shortage; `texts`, `counts`, `marks` by the key of the column; a bound is no policy."""

    shortage: str
    strategy: str
    texts: dict[str, str]
    counts: dict[str, str]  # in one run: what stands behind a rate
    marks: dict[str, Mark]
    bound: bool


class Table(NamedTuple):
    """Columns after the strategy's name, rows, and the same numbers as CSV, unrounded."""

    columns: list[Column]
    rows: list[Row]
    csv: str


def table(comparison: Comparison, rankings: Rankings) -> Table:
    """Make the table."""
    shown = _columns(comparison)
    return Table(shown, _rows(comparison, shown, rankings), _csv(comparison))


def _columns(comparison: Comparison) -> list[Column]:
    """Columns after the strategy's name."""
    interval = promise(comparison.replications, say("(95 % interval)"))
    named = {"baseline": strategy_name(comparison.baseline), "interval": interval}
    shown = [*COLUMNS, COST] if accounts(comparison) else COLUMNS

    def spoken(words: str) -> str:
        return say(words).format(**named)

    return [
        column._replace(
            heading=spoken(column.heading), unit=spoken(column.unit), name=spoken(column.name),
            full_unit=spoken(column.full_unit),
        )
        for column in shown
    ]  # fmt: skip


def _rows(comparison: Comparison, shown: list[Column], rankings: Rankings) -> list[Row]:
    """Make the rows, strategies within shortages in the order of the comparison, but bounds last."""
    found = {
        (shortage, strategy, name): effect(comparison, "strategy", shortage, strategy, name)
        for shortage in comparison.shortages
        for strategy in comparison.rivals
        for name in PRIMARY[:2]
    }
    decimals = {name: decimals_for([it for key, it in found.items() if key[2] == name]) for name in PRIMARY[:2]}
    table = []
    for shortage in comparison.shortages:
        marked = marks(comparison, shortage, rankings)
        for strategy in (*comparison.policies, *comparison.bounds):
            values = {
                name: mean(comparison, shortage, strategy, name) for name in (*PRIMARY, *OPERATIONS, *COST_TOTALS)
            }
            texts = {
                "crimes": number(values["crimes_total"], decimals["crimes_total"]),
                "harm": number(values["harm_total"], decimals["harm_total"]),
                "p1": f"{number(values['response_p1_median_min'])} / {number(values['response_p1_p90_min'])}",
                "p23": f"{number(values['response_p2_median_min'])} / {number(values['response_p3_median_min'])}",
                "cleared": number(values["clearance_rate"]),
                "busy": number(values["utilisation"]),
                "unserved": number(values[UNSERVED]),
                "cost": " / ".join(number(values[name]) for name in COST_TOTALS),
            }
            texts = {column.key: texts.get(column.key, "") for column in shown}
            for key, name in (("crimes_effect", "crimes_total"), ("harm_effect", "harm_total")):
                is_baseline = strategy == comparison.baseline
                texts[key] = (
                    say("baseline") if is_baseline else difference(found[shortage, strategy, name], decimals[name])
                )
            of_strategy = {
                key: marked.get((strategy, name), "")
                for key, name in (("crimes", "crimes_total"), ("harm", "harm_total"))
            }
            dropped = effect(comparison, "strategy", shortage, strategy, UNSERVED)
            of_strategy["unserved"] = (
                "worse"
                if dropped is not None
                and dropped.decided
                and dropped.difference > 0
                and strategy in comparison.policies
                else ""
            )
            counts = {key: number(a_run(comparison, shortage, strategy, name), 0) for key, name in COUNTED.items()}
            table.append(Row(shortage, strategy, texts, counts, of_strategy, strategy in comparison.bounds))
    return table


def a_run(comparison: Comparison, shortage: str, strategy: str, name: str) -> float | None:
    """Return an indicator as a run counts it, mean over replications: no rate; None where it was not measured."""
    values = comparison.values(shortage, strategy, name)
    return None if np.isnan(values).any() else float(values.mean())


def _csv(comparison: Comparison) -> str:
    """Write the same numbers, unrounded, a column a number."""
    costs = accounts(comparison)
    header = (
        *("shortage", "strategy"),
        *("crimes_per_1000_year", "crimes_a_run", *(f"crimes_{limit}" for limit in LIMITS)),
        *("harm_days_per_1000_year", "harm_days_a_run", *(f"harm_{limit}" for limit in LIMITS)),
        *("response_p1_median_min", "response_p1_p90_min", "response_p2_median_min", "response_p3_median_min"),
        *("unserved_percent", "clearance_percent", "utilisation_percent"),
        *(f"{name}_yuan_per_resident_year" for name in costs),
    )
    lines = []
    for shortage in comparison.shortages:
        for strategy in comparison.strategies:
            line: list[str | float | None] = [shortage, strategy]
            for name in PRIMARY[:2]:
                it = effect(comparison, "strategy", shortage, strategy, name)
                line += [mean(comparison, shortage, strategy, name), a_run(comparison, shortage, strategy, name)]
                line += [getattr(it, limit, None) for limit in LIMITS]
            line += [mean(comparison, shortage, strategy, name) for name in (PRIMARY[2], *OPERATIONS, *costs)]
            lines.append(line)
    return csv_text([header, *lines])
