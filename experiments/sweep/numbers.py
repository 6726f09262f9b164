"""The numbers of a sweep: means and paired differences by point, and which factors the differences hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
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
    told = zip(runs[name], runs["residents"], runs["days"], strict=True)
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


def analysis_of_variance(differences: pl.DataFrame, factors: Sequence[str]) -> pl.DataFrame:
    """Say which factors the paired differences hang on, alone and two by two, for each strategy.

    Type II sums of squares of a linear model with the seed as a block; every factor is taken by its levels.

    Returns
    -------
    DataFrame
        strategy, source (a factor, `a × b`, `seed`, `residual`), sum_of_squares, degrees_of_freedom, f, p, and
        partial_eta_squared: the share of what other sources leave that this one explains.
    """
    columns = [*(name for name in factors if name != "strategy"), "seed"]
    groups = (
        differences.group_by("strategy", maintain_order=True) if "strategy" in factors else [((None,), differences)]
    )
    found = [{"strategy": name, **row} for (name,), part in groups for row in _sources(part, columns)]
    schema = {
        "strategy": pl.String, "source": pl.String, "sum_of_squares": pl.Float64, "degrees_of_freedom": pl.Float64,
        "f": pl.Float64, "p": pl.Float64, "partial_eta_squared": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema)


def _sources(part: pl.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of the analysis of one strategy; none where nothing varies, or no degree of freedom is left."""
    varied = [name for name in columns if part[name].n_unique() > 1 and part[name].null_count() == 0]
    factors = [name for name in varied if name != "seed"]
    values = part[DIFFERENCE].to_numpy().astype(float)
    if not factors or np.ptp(values) == 0:
        return []
    coded = {name: _coded(part[name]) for name in varied}
    terms: dict[str, np.ndarray] = dict(coded)
    for i, one in enumerate(factors):
        for two in factors[i + 1 :]:
            terms[f"{one} × {two}"] = (coded[one][:, :, None] * coded[two][:, None, :]).reshape(len(values), -1)
    residual, rank = _left(values, terms.values())
    free = len(values) - rank
    if free <= 0:
        return []
    rows = []
    for name in terms:
        others = {other: matrix for other, matrix in terms.items() if not _contains(other, name)}
        without = _left(values, (matrix for other, matrix in others.items() if other != name))
        with_it = _left(values, others.values())
        squares, degrees = without[0] - with_it[0], with_it[1] - without[1]
        rows.append(_row(name, squares, degrees, residual, free))
    return [*rows, {"source": "residual", "sum_of_squares": residual, "degrees_of_freedom": free}]


def _contains(term: str, name: str) -> bool:
    """Whether a term is an interaction that another term is a part of."""
    return term != name and name in term.split(" × ")


def _row(name: str, squares: float, degrees: int, residual: float, free: int) -> dict[str, Any]:
    from scipy import stats

    f = None if degrees == 0 or residual <= 0 else (squares / degrees) / (residual / free)
    return {
        "source": name,
        "sum_of_squares": max(squares, 0.0),
        "degrees_of_freedom": degrees,
        "f": f,
        "p": None if f is None else float(stats.f.sf(f, degrees, free)),
        "partial_eta_squared": max(squares, 0.0) / (max(squares, 0.0) + residual),
    }


def _coded(levels: pl.Series) -> np.ndarray:
    """Return the levels of a factor as deviations from its last level, shape [rows, levels − 1]."""
    codes = levels.cast(pl.String).rank("dense").to_numpy().astype(int) - 1
    table = np.vstack([np.eye(codes.max()), -np.ones(codes.max())])
    coded: np.ndarray = table[codes]
    return coded


def _left(values: np.ndarray, terms: Any) -> tuple[float, int]:
    """Return the sum of squares that some terms leave, and the rank of the model, its mean among them."""
    design = np.column_stack([np.ones(len(values)), *terms])
    solution, _, rank, _ = np.linalg.lstsq(design, values, rcond=None)
    return float(((values - design @ solution) ** 2).sum()), int(rank)
