"""How much of the variance of paired differences lies between cities, and how much is chance within one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.effects import KEYS
from experiments.estimates.intervals import LEVEL, Floats


class Components(NamedTuple):
    """Components of variance of a one-way layout with random groups, in the unit of the values.

    The limits are those of the share, and not-a-number, as the share is, where all values are equal.
    """

    groups: int
    each: int
    between_sd: float
    within_sd: float
    share: float  # of the variance that lies between groups
    low: float
    high: float


def components(values: Floats) -> Components:
    """Estimate the variance between and within groups.

    With the mean squares B between groups and W within, the variance within is W and that between is
    max(0, (B − W) / each). F = B / W over 1 + each · between / within has an F distribution with groups − 1 and
    groups · (each − 1) degrees of freedom, from which the 95 % interval of the share follows exactly where values are
    normal (Searle, Casella & McCulloch 1992, *Variance components*).

    Parameters
    ----------
    values : array [groups, each]
        At least 2 of either.

    Raises
    ------
    ValueError
        For fewer.
    """
    from scipy import stats  # a second to import, which `--help` should not pay

    groups, each = values.shape
    if groups < 2 or each < 2:
        raise ValueError(f"{groups} groups of {each} values have no components of variance: at least 2 of 2")
    means = values.mean(axis=1)
    of_groups = each * float(np.var(means, ddof=1))
    of_values = float(((values - means[:, None]) ** 2).sum()) / (groups * (each - 1))
    between = max(0.0, (of_groups - of_values) / each)
    if not of_groups + of_values > 0:
        return Components(groups, each, 0.0, 0.0, np.nan, np.nan, np.nan)
    if of_values == 0:
        return Components(groups, each, float(np.sqrt(between)), 0.0, 1.0, 1.0, 1.0)
    freedom = groups - 1, groups * (each - 1)
    tails = stats.f.ppf([(1 + LEVEL) / 2, (1 - LEVEL) / 2], *freedom)
    ratios = np.maximum(0.0, (of_groups / of_values / tails - 1) / each)  # of the variance between to that within
    low, high = (float(ratio / (1 + ratio)) for ratio in ratios)
    share = between / (between + of_values)
    return Components(groups, each, float(np.sqrt(between)), float(np.sqrt(of_values)), share, low, high)


def shares_of_cities(runs: pl.DataFrame, baseline: str, seeds_per_city: int) -> pl.DataFrame:
    """Split the variance of paired differences to a baseline into that between cities and that within.

    Parameters
    ----------
    runs : polars.DataFrame
        One row per shortage × strategy × replication, as for `effects`, with all replications of a city side by side.
    baseline : str
        The strategy that the others are compared with.
    seeds_per_city : int
        Replications of a city; with 1 there is nothing to split, and no row.

    Returns
    -------
    polars.DataFrame
        `shortage, strategy, indicator, cities, seeds_per_city, mean, between_sd, within_sd, share, low, high`: a row
        for each indicator that every run of both has; the last three are null where all differences are equal.
    """
    indicators = [name for name in runs.columns if name not in KEYS]
    runs = runs.sort("replication", maintain_order=True)
    parts = runs.partition_by("shortage", "strategy", as_dict=True, maintain_order=True)
    rows = []
    for (shortage, strategy), part in parts.items():
        if strategy == baseline or seeds_per_city == 1:
            continue
        after, before = (runs.select(indicators).to_numpy().T for runs in (part, parts[shortage, baseline]))
        for name, one, other in zip(indicators, after, before, strict=True):
            if not np.isfinite([one, other]).all():
                continue
            values = one - other
            found = components(values.reshape(-1, seeds_per_city))
            rows.append((shortage, strategy, name, found.groups, found.each, float(values.mean()), *found[2:]))
    schema = pl.Schema({
        "shortage": pl.String, "strategy": pl.String, "indicator": pl.String, "cities": pl.Int64,
        "seeds_per_city": pl.Int64,
        **dict.fromkeys(("mean", "between_sd", "within_sd", "share", "low", "high"), pl.Float64),
    })  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row", nan_to_null=True)


def over_cities(runs: pl.DataFrame, seeds_per_city: int, also: Sequence[str] = ()) -> pl.DataFrame:
    """Return the mean of the replications of each city, as one replication with the first of their seeds.

    Runs of one city are not independent, so that intervals may count cities only. An indicator that is absent in some
    run of a city is absent there. `also` are further columns that tell rows apart, such as the quarter.
    """
    if seeds_per_city == 1:
        return runs
    indicators = [name for name in runs.columns if name not in (*KEYS, *also)]
    city = (pl.col("replication") // seeds_per_city).alias("replication")
    whole = [pl.when(pl.col(name).null_count() == 0).then(pl.col(name).mean()).alias(name) for name in indicators]
    keys = [name for name in (*KEYS[:2], *also) if name in runs.columns]
    by_city = runs.group_by(*keys, city, maintain_order=True)
    return by_city.agg(pl.col("seed").first(), *whole).select(runs.columns)
