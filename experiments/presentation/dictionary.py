"""The data dictionary: what stands in each column of the tables that are written, with its unit."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.presentation.indicators import COST_TOTALS, INDICATORS, indicator
from sim.incident_types import CRIME_NAMES
from sim.outcomes.own_indicators import own_indicators

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = dict.fromkeys(("table", "column", "type", "unit", "meaning"), pl.String)
TYPES = {pl.String: "text", pl.Boolean: "true or false", pl.Null: "number"}
RARE = (  # indicators of runs alone in which there is any of it
    "crises", "crises_violent", "crises_averted", "crises_hospital", "mass_incidents", "mass_incident_unit_hours",
    "serial_crimes", "serial_cleared",
)  # fmt: skip
RANK = re.compile(r"(?:probability|share)_rank_(\d+)")


@cache
def described(name: str) -> Mapping[str, Any]:
    """Return one of our files of meanings: `columns` of a run's tables, those of a `comparison`, `indicators`."""
    text = (files("experiments.presentation") / "dictionary" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def type_name(kind: Any) -> str:
    """Return the type of a column in a word."""
    return TYPES.get(kind, "number" if kind.is_float() else "whole number")


def dictionary(tables: Mapping[str, pl.DataFrame], sheets: Iterable[str] = ("columns",)) -> pl.DataFrame:
    """Return a row for each column of some tables: table, column, type, unit, meaning.

    Parameters
    ----------
    tables : mapping
        Name → table.
    sheets : iterable of str
        The files in which their columns are described, the first that has one counts; else it is an indicator, whose
        unit is that of a run, and not of a rate: crimes, and not crimes per 1,000 residents.
    """
    rows = [
        (name, column, type_name(kind), *meaning(name, column, sheets))
        for name, table in tables.items()
        for column, kind in table.schema.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def meaning(table: str, column: str, sheets: Iterable[str]) -> tuple[str, str]:
    """Return the unit and the meaning of a column; empty where nobody has described it."""
    for sheet in sheets:
        for part in (table, "any"):
            if found := described(sheet).get(part, {}).get(column):
                return str(found[0]), str(found[1])
    if rank := RANK.fullmatch(column):
        return (
            "1",
            f"{'Share of the sets with' if column.startswith('share') else 'Probability of'} the rank {rank[1]}.",
        )
    return _of_indicator(column)


def _of_indicator(name: str) -> tuple[str, str]:
    """Return the unit in which a run has an indicator, and what it means."""
    shown = indicator(name)
    of_run = {"rate": "in the run", "each": "yuan in the run", "share": "1"}
    unit = of_run.get(shown.how, shown.unit) or "–"
    said = described("indicators").get(name, "")
    if name not in INDICATORS and not said:
        return unit, shown.label
    return unit, f"{shown.label}. {said}".strip()


def check_measured(field: str, name: str) -> None:
    """Refuse the name of an indicator that no run can have, before there is any.

    Parameters
    ----------
    field : str
        The key in which it was written.
    name : str
        The name.

    Raises
    ------
    BadInput
        When nothing has it, with the nearest name.
    """
    from sim.outcomes.indicators import EVERY_ACTIVITY
    from sim.parameters import BadInput
    from sim.programmes.base import registry

    known = [
        *INDICATORS,
        *described("indicators"),
        *RARE,
        *own_indicators(),
        *(f"{what}_{crime}" for what in ("crimes", "clearance") for crime in CRIME_NAMES),
        *(f"officer_hours_{activity}" for activity in EVERY_ACTIVITY),
    ]
    noted = tuple(f"{start}_" for start in (*COST_TOTALS, *registry().kinds))  # by accounts and by programmes
    if name not in known and not name.startswith(noted):
        near = get_close_matches(name, known, n=1)
        did_you_mean = f"; did you mean {near[0]}?" if near else ""
        raise BadInput(field, name, f"an indicator of a run, such as crimes_total{did_you_mean}")
