"""What a store holds, as frames: runs by strategy and code, and one row a run with all in which scenarios differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.runs.store.identity import code_digest
from experiments.runs.store.shards import COLUMNS
from experiments.settings.compose import leaf_values

if TYPE_CHECKING:
    from experiments.runs.store.store import Store

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
    values = [dict(leaf_values(json.loads(text))) for text in rows["scenario"]]
    names = sorted({name for of_run in values for name in of_run} - {"seed", "strategy.name"})
    told = {name: [_told(of_run.get(name)) for of_run in values] for name in names}
    differ = {name: column for name, column in told.items() if len(set(column)) > 1}
    indicators = [name for name in rows.columns if name not in COLUMNS]
    return rows.select(
        *(name for name in COLUMNS if name not in ("scenario", "content")),
        *(pl.Series(name, column, dtype=pl.String) for name, column in differ.items()),
        *sorted(indicators),
    )


def _told(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
