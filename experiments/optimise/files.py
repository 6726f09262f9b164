"""Writes what a search found: tables, and a situation in which it can be compared with today."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from experiments.settings.situation import COMBINED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from experiments.optimise.findings import Optimum
    from experiments.settings.request import Request

SITUATION = "best.yaml"
HEAD = (
    "# Today, and the best that `beatlab optimise` found: all levers together, then each of them alone.\n"
    "#   beatlab compare --situation {file}\n"
    "# The seeds are others than those of the search and of its judgement.\n"
)
NOT_OF_A_SITUATION = ("out", "store", "workers", "levers", "strategies", "baseline", "seed", "city.seed")


def write_files(folder: Path, found: Optimum, request: Request) -> None:
    """Write tables and the situation into an empty folder."""
    for name, table in {"tried": found.tried, "fresh": found.fresh}.items():
        table.write_parquet(folder / f"{name}.parquet")
        table.write_csv(folder / f"{name}.csv")
    if found.chosen != found.space.status_quo:
        (folder / SITUATION).write_text(situation_of(found, request), encoding="utf-8")


def situation_of(found: Optimum, request: Request) -> str:
    """Return the file of a situation that compares what was found with today, on seeds not yet seen."""
    import yaml

    space, first = found.space, found.space.scenario(found.space.status_quo)
    parts = space.missing.get("parts", [space.missing])
    levers = [_said(lever) for lever in space.measures(found.chosen)]
    together = [{"kind": COMBINED, "parts": levers}] if len(levers) > 1 else []
    used = found.plan["replications"] + found.plan["fresh"]
    values = {
        key: value
        for key, value in request.values.items()
        if key not in NOT_OF_A_SITUATION and not key.startswith("shortage.")
    }
    tree: dict[str, Any] = {
        "name": "today" if request.situation is None else request.situation.name,
        **{group: option for group, option in request.choices.items() if group != "shortage"},
        **values,
        "missing": [_said(part) for part in parts if part["kind"] != "none"],
        "strategies": list(dict.fromkeys([space.baseline, found.chosen.strategy])),
        "levers": [*deepcopy(together), *levers],  # a part that stood there twice would be written as an alias
        "replications": found.plan["fresh"],
        "seed": first.seed + used,
        "city.seed": first.city.of_replication(used).seed,
    }
    plain = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=120)
    return HEAD.format(file=SITUATION) + plain


def _said(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a shortage or lever: its kind, its size, and settings that are not the default."""
    from scenarios.levers import size_of
    from scenarios.shortages import kinds

    usual = kinds()[part["kind"]]().model_dump(mode="json")
    size = (size_of(part) or ("",))[0]
    return {key: value for key, value in part.items() if key in ("kind", size) or value != usual.get(key)}
