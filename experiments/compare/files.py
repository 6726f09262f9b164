"""The files of a comparison but its page and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.presentation.wording import csv_text

if TYPE_CHECKING:
    from experiments.compare.comparison import Point
    from experiments.compare.findings import Findings
    from sim.city.city import City
    from sim.scenario import Scenario


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
        "compare": {**{key: plan[key] for key in ("baseline", "replications", "seeds_per_city")}, "confidence": 0.95},
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
    store.write_table(folder / "summary.parquet", findings.comparison.runs)
    for name in (
        "effects",
        "fifths",
        "cells",
        "ledger",
        "profiles",
        "duty",
        "quarters",
        "paths",
        "rings",
        "displacement",
        "warmup",
    ):
        store.write_table(folder / f"{name}.parquet", getattr(findings.comparison, name))
    if not findings.comparison.city_shares.is_empty():
        store.write_table(folder / "city_shares.parquet", findings.comparison.city_shares)
    if plan["sets"]:
        names = list(plan["sets"][0])
        rows = [[number, *(json.dumps(one[name]) for name in names)] for number, one in enumerate(plan["sets"], 1)]
        (folder / "parameter_sets.csv").write_text(csv_text([["set", *names], *rows]), encoding="utf-8")
    if findings.best.csv:
        (folder / "best.csv").write_text(findings.best.csv, encoding="utf-8")
    if findings.unit_costs.csv:
        (folder / "unit_costs.csv").write_text(findings.unit_costs.csv, encoding="utf-8")
    if findings.equivalents.csv:
        (folder / "equivalents.csv").write_text(findings.equivalents.csv, encoding="utf-8")
        store.write_table(folder / "staffing.parquet", findings.comparison.staffing)
    (folder / "hours.csv").write_text(findings.hours.csv, encoding="utf-8")
    if findings.ablation.csv:
        (folder / "ablation.csv").write_text(findings.ablation.csv, encoding="utf-8")
    if findings.shortages.outcomes:
        (folder / "shortages.csv").write_text(findings.shortages.csv, encoding="utf-8")
    store.write_rejected(folder / "rejected.csv", city.files)
    store.write_types(folder / "types.csv", city.files)
