"""The data dictionary: what stands in each column of the tables that are written, with its unit."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.presentation.indicators import INDICATORS, indicator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = dict.fromkeys(("table", "column", "type", "unit", "meaning"), pl.String)
TYPES = {pl.String: "text", pl.Boolean: "true or false", pl.Null: "number"}
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
