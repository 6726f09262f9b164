"""What a store holds, as frames: runs by strategy and code, and one row a run with all in which scenarios differ."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.runs.store.identity import code_digest
from experiments.runs.store.shards import COLUMNS
from experiments.settings.compose import leaf_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from experiments.runs.store.store import Store

_SEED = re.compile(r'("seed": ?)(\d+)(?=[,}])')
OTHER_CODE = "another version"


def overview(store: Store) -> pl.DataFrame:
    """Return how many runs a store holds, by strategy, by what is kept of them, and by the code that made them."""
    rows = store.rows.select(
        "strategy",
        pl.col("kept").str.split(" ").list.first(),
        pl.when(pl.col("code") == code_digest()).then(pl.lit("this one")).otherwise(pl.lit(OTHER_CODE)).alias("code"),
        "error",
        "seconds",
        "finished_utc",
    )
    return (
        rows.group_by("strategy", "kept", "code")
        .agg(
            pl.len().alias("runs"),
            pl.col("error").count().alias("failed"),
            pl.col("seconds").sum().round(1),
            pl.col("finished_utc").max().alias("latest_utc"),
        )
        .sort("strategy", "kept", "code")
        .collect()
    )


def by_run(store: Store) -> pl.DataFrame:
    """Return a row a run: what it is, each setting in which the runs of the store differ, then its indicators."""
    rows = store.rows.drop("content").collect()
    differ = {name: column for name, column in _settings(rows["scenario"]).items() if len(set(column)) > 1}
    indicators = [name for name in rows.columns if name not in COLUMNS]
    return rows.select(
        *(name for name in COLUMNS if name not in ("scenario", "content")),
        *(pl.Series(name, column, dtype=pl.String) for name, column in differ.items()),
        *sorted(indicators),
    )


def _settings(scenarios: Iterable[str]) -> dict[str, list[str | None]]:
    """Return those settings of scenarios, but seed and strategy, in which not all may be equal, a value a run.

    Of many thousands most are the same but for their seeds: each such form is read once, and of what it holds only that
    is kept in which it differs from the first one.
    """
    forms: dict[str, dict[str, str | None]] = {}
    seeds_of: dict[str, list[str]] = {}
    first: dict[str, str | None] = {}
    runs = []
    for text in scenarios:
        form = _SEED.sub(r"\g<1>0", text)
        if form not in forms:
            values = dict(leaf_values(json.loads(form)))
            told = {name: _told(value) for name, value in values.items()}
            first = first or told
            names = first.keys() | told.keys()
            forms[form] = {name: told.get(name) for name in names if told.get(name) != first.get(name)}
            seeds_of[form] = [
                name for name in values if name.rpartition(".")[2] == "seed" and type(values[name]) is int
            ]
        seeds = [seed for _, seed in _SEED.findall(text)]
        runs.append((forms[form], dict(zip(seeds_of[form], seeds, strict=True))))
    named = {name for differing in forms.values() for name in differing}
    named |= {name for names in seeds_of.values() for name in names}
    return {
        name: [seeds.get(name, differing.get(name, first.get(name))) for differing, seeds in runs]
        for name in sorted(named - {"seed", "strategy.name"})
    }


def table_of_runs(store: Store, name: str) -> pl.DataFrame:
    """Return a table of all runs that keep it, one below the other: run, strategy, seed, then its columns.

    Parameters
    ----------
    store : Store
        An open one.
    name : str
        Such as `daily`, which runs of a sweep with `keep=daily` or `keep=tables` have.

    Raises
    ------
    BadInput
        When no run keeps it; the message names the tables that runs keep.
    """
    from experiments.runs.folder import frame
    from experiments.runs.store.codec import unpack
    from experiments.runs.store.records import Run
    from sim.parameters import BadInput

    with_tables = pl.col("kept").str.contains(r'"keep": "(?:daily|tables)"')
    rows = store.rows.filter(with_tables).select("run", "strategy", "seed", "content").collect()
    parts: dict[str, pl.DataFrame] = {}
    known: set[str] = set()
    for run, strategy, seed, content in rows.iter_rows():
        tables = unpack(content, (Run,)).tables
        known |= tables.keys()
        if name in tables and run not in parts:  # one run may be kept in two ways
            keys = (pl.lit(value).alias(key) for key, value in (("run", run), ("strategy", strategy), ("seed", seed)))
            parts[run] = frame(tables[name]).select(*keys, pl.all())
    if not parts:
        tables_kept = f": {', '.join(sorted(known))}" if known else "; none keeps any, beatlab sweep keep=daily would"
        raise BadInput("--table", name, f"a table that runs of the store keep{tables_kept}")
    return pl.concat(parts.values(), how="diagonal_relaxed")


def _told(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
