"""The files of a comparison but its page and figures."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.languages.speech import say
from experiments.presentation.dictionary import dictionary
from experiments.presentation.exports import write_exports
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import csv_text

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Point
    from experiments.compare.findings import Findings
    from sim.city.city import City
    from sim.scenario import Scenario


TABLES = (
    "effects", "fifths", "cells", "ledger", "profiles", "duty", "quarters", "paths", "rings", "displacement", "warmup",
)  # fmt: skip


def _differences(tree: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a tree that differs from another one with the same keys."""
    found = {}
    for key, value in tree.items():
        if isinstance(value, dict) and isinstance(usual[key], dict):
            if inner := _differences(value, usual[key]):
                found[key] = inner
        elif value != usual[key]:
            found[key] = value
    return found


OWN_KEYS = (
    "baseline", "replications", "precision", "precision_of", "most_replications", "seeds_per_city", "seeds_per_set",
)  # fmt: skip


def _apart(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario without its strategy."""
    return {key: value for key, value in tree.items() if key not in ("strategy", "programmes")}


def write_files(
    folder: Path, plan: dict[str, Any], points: Mapping[Point, Scenario], findings: Findings, city: City
) -> None:
    """Write everything but the report."""
    from experiments.runs import folder as store

    trees = {point: scenario.model_dump(mode="json") for point, scenario in points.items()}
    common = plan["common"].model_dump(mode="json")
    resolved = {
        "compare": {**{key: plan[key] for key in OWN_KEYS}, "confidence": 0.95},
        "strategies": {
            strategy: {key: trees[plan["shortages"][0], strategy][key] for key in ("strategy", "programmes")}
            for strategy in plan["strategies"]
        },
        "shortages": {
            name: {
                "settings": settings,
                "changes": _differences(_apart(trees[name, plan["strategies"][0]]), _apart(common)),
            }
            for name, settings in plan["shortage_settings"].items()
        },
        **{key: value for key, value in _apart(common).items() if key != "shortage_name"},
    }
    store.write_yaml(folder / "scenario.yaml", resolved)
    tables, texts = tables_of(findings.comparison), texts_of(findings)
    store.write_tables(folder, tables)
    if plan["sets"] is not None:
        names = list(plan["sets"].values[0])
        taken = zip(plan["sets"].rows[: findings.comparison.replications], plan["sets"].values, strict=False)
        rows = [[i, row, *(json.dumps(one[name]) for name in names)] for i, (row, one) in enumerate(taken, 1)]
        (folder / "parameter_sets.csv").write_text(csv_text([["set", "row", *names], *rows]), encoding="utf-8")
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    every = tables | {name: _frame(text) for name, text in texts.items()}
    explained = dictionary(every, ("comparison", "columns"))
    (folder / "dictionary.csv").write_text(explained.write_csv(), encoding="utf-8")
    write_exports(folder, plan["formats"], {**every, "dictionary": explained}, _shown(findings))
    store.write_rejected(folder / "rejected.csv", city.files)
    store.write_types(folder / "types.csv", city.files)


def tables_of(comparison: Comparison) -> dict[str, pl.DataFrame]:
    """Return the tables that are written as Parquet, by name."""
    found = {"summary": comparison.runs, **{name: getattr(comparison, name) for name in TABLES}}
    more = {
        "variance_shares": comparison.variance_shares, "staffing": comparison.staffing,
        "unchanged": comparison.unchanged, "turning": comparison.turns,
    }  # fmt: skip
    return found | {name: table for name, table in more.items() if not table.is_empty()}


def texts_of(findings: Findings) -> dict[str, str]:
    """Return the tables that are written as CSV, by name; those without a row are left out."""
    found = {
        "table": findings.table.csv, "best": findings.best.csv, "unit_costs": findings.unit_costs.csv,
        "equivalents": findings.equivalents.csv, "hours": findings.hours.csv, "ablation": findings.ablation.csv,
        "robustness": findings.robustness.csv,
        "shortages": findings.shortages.csv if findings.shortages.outcomes else "",
    }  # fmt: skip
    return {name: text for name, text in found.items() if text}


def _frame(text: str) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(text), infer_schema_length=None)


def _shown(findings: Findings) -> dict[str, list[list[str]]]:
    """Return the main table as the page shows it."""
    table = findings.table
    head = [say("Shortage"), say("Strategy"), *(f"{column.heading} {column.unit}" for column in table.columns)]
    rows = [
        [shortage_name(row.shortage), strategy_name(row.strategy), *(row.texts[one.key] for one in table.columns)]
        for row in table.rows
    ]
    return {"table": [head, *rows]}
