"""Paired differences quarter by quarter: the path of an effect, with intervals that hold for all quarters together."""

from __future__ import annotations

import polars as pl

from experiments.estimates.effects import KEYS, SCHEMA, effects

PLACE = ("quarter", "first_day", "days", "ended")  # which quarter it is
PATH_SCHEMA = pl.Schema(
    [(name, kind) for name, kind in SCHEMA.items() if name not in ("kind", "indicator")]
    + [("quarter", pl.Int64), ("first_day", pl.Int64), ("days", pl.Int64), ("ended", pl.Boolean)]
    + [("indicator", pl.String)]
)


def quarter_effects(quarters: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """Compare every strategy with the baseline, quarter by quarter and replication by replication.

    Parameters
    ----------
    quarters : polars.DataFrame
        One row per shortage × strategy × replication × quarter: `shortage, strategy, replication, seed`, those of
        `PLACE`, and the indicators, null when absent.
    baseline : str
        The strategy that the others are compared with.

    Returns
    -------
    polars.DataFrame
        One row a shortage, strategy, quarter and indicator, as `experiments.estimates.effects.effects` gives it.
        `low_simultaneous` and `high_simultaneous` hold together for the primary indicators of all strategies,
        shortages and quarters.
    """
    if quarters.is_empty() or quarters["strategy"].n_unique() < 2:
        return pl.DataFrame(schema=PATH_SCHEMA)
    places = quarters.select("shortage", *PLACE).unique(maintain_order=True).with_row_index("place")
    place = pl.col("place").cast(pl.String)
    joined = quarters.join(places, on=["shortage", *PLACE], how="left", maintain_order="left")
    summary = joined.drop("shortage", *PLACE, "place").with_columns(joined.select(place.alias("shortage")))
    summary = summary.select(*KEYS, pl.exclude(*KEYS))
    found = effects(summary, baseline).filter(pl.col("kind") == "strategy").rename({"shortage": "place"})
    named = found.join(places.with_columns(place), on="place", how="left", maintain_order="left")
    return named.select(*PATH_SCHEMA).cast(PATH_SCHEMA)
