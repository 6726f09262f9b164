"""The numbers of a sweep: means and paired differences by point, and what pairing gained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from experiments.estimates.estimate import estimate
from experiments.presentation.indicators import factor

if TYPE_CHECKING:
    from collections.abc import Sequence

RUN_COLUMNS = ("run", "point", "replication", "seed", "seconds", "error")
DIFFERENCE = "difference"


def in_unit(runs: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return runs with an indicator in the unit in which tables show it, by the residents and days of each run."""
    if name not in runs.columns:
        return runs
    told = zip(runs[name], runs["residents"], runs["days"].cast(pl.Float64), strict=True)  # days may be a factor
    values = [None if value is None else value * factor(name, residents, days) for value, residents, days in told]
    return runs.with_columns(pl.Series(name, values, dtype=pl.Float64))


def differences_of(runs: pl.DataFrame, twins: pl.DataFrame, indicator: str) -> pl.DataFrame:
    """Return a row a run whose twin on the same seed is there and another run, with their difference in an indicator.

    Parameters
    ----------
    runs, twins : DataFrame
        From `experiments.sweep.runs.frame_of`; point n of the twins is the baseline of point n.
    indicator : str
        A column of both.
    """
    base = twins.select("point", "replication", pl.col(indicator).alias("baseline"), pl.col("run").alias("twin"))
    joined = runs.join(base, on=["point", "replication"], how="inner").filter(pl.col("run") != pl.col("twin"))
    return joined.with_columns((pl.col(indicator) - pl.col("baseline")).alias(DIFFERENCE)).filter(
        pl.col(DIFFERENCE).is_not_null()
    )


def by_point(values: pl.DataFrame, column: str, factors: Sequence[str]) -> pl.DataFrame:
    """Return the mean of a column by point with its interval, see `experiments.estimates.estimate`."""
    keys = ["point", *factors]
    rows = [(*key, len(part), *estimate(part[column])) for key, part in values.group_by(keys, maintain_order=True)]
    numbers = {"replications": pl.Int64, **dict.fromkeys(("mean", "low", "high"), pl.Float64)}
    return pl.DataFrame(rows, schema={**{name: values.schema[name] for name in keys}, **numbers}, orient="row")


def gain_of_pairing(differences: pl.DataFrame, indicator: str) -> float | None:
    """Return how many times more replications an unpaired comparison would need for intervals as narrow.

    The mean variance of runs and of their twins over the mean variance of their paired differences; None where there
    is nothing to divide by.
    """
    by = differences.group_by("point").agg(
        pl.col(indicator).var().alias("one"), pl.col("baseline").var().alias("two"), pl.col(DIFFERENCE).var()
    )
    apart, paired = (by["one"] + by["two"]).mean(), by[DIFFERENCE].mean()
    return None if not apart or not paired else float(apart) / float(paired)  # type: ignore[arg-type]
