"""How much of the variance of paired differences lies between sets of parameters, between cities, and in chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.effects import KEYS
from experiments.estimates.intervals import LEVEL, Floats

DRAWS, DRAWS_SEED = 4000, 1  # of generalised intervals: the same runs give the same ones


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
    from scipy.special import fdtri

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
    tails = fdtri(*freedom, [(1 + LEVEL) / 2, (1 - LEVEL) / 2])
    ratios = np.maximum(0.0, (of_groups / of_values / tails - 1) / each)  # of the variance between to that within
    low, high = (float(ratio / (1 + ratio)) for ratio in ratios)
    share = between / (between + of_values)
    return Components(groups, each, float(np.sqrt(between)), float(np.sqrt(of_values)), share, low, high)


class Share(NamedTuple):
    """A source of variance: its standard deviation, and its share of the variance of one value with a 95 % interval.

    Share and limits are not-a-number where all values are equal.
    """

    groups: int
    sd: float
    share: float
    low: float
    high: float


def nested(values: Floats) -> list[Share]:
    """Split the variance of values into that between groups, between parts of a group, …, and that within the last.

    With two levels the intervals are exact, see `components`. With three they are generalised intervals (Weerahandi
    1993): mean squares are divided by what chi-squared draws make of them, and the components follow from each draw.

    Parameters
    ----------
    values : array [groups, each] or [groups, parts, each]
        At least 2 of any.

    Returns
    -------
    list of Share
        One more than there are levels of groups: as many as the array has dimensions.
    """
    if values.ndim == 2:
        found = components(values)
        groups, each, between, within, share, low, high = found
        return [Share(groups, between, share, low, high), Share(values.size, within, 1 - share, 1 - high, 1 - low)]
    groups, parts, each = values.shape
    of_parts, of_groups = values.mean(axis=2), values.mean(axis=(1, 2))
    freedom = np.array([groups - 1, groups * (parts - 1), groups * parts * (each - 1)])
    sums = np.array([
        parts * each * float(((of_groups - values.mean()) ** 2).sum()),
        each * float(((of_parts - of_groups[:, None]) ** 2).sum()),
        float(((values - of_parts[..., None]) ** 2).sum()),
    ])  # fmt: skip
    counts = groups, groups * parts, values.size
    if not sums.sum() > 0:
        return [Share(count, 0.0, np.nan, np.nan, np.nan) for count in counts]

    def variances(squares: Floats) -> Floats:
        """Return the components [3, …] that mean squares [3, …] have as their expectations."""
        of_all, of_one, within = squares
        found = np.array([(of_all - of_one) / (parts * each), (of_one - within) / each, within])
        of_sources: Floats = np.maximum(found, 0.0)
        return of_sources

    estimated = variances(sums / freedom)
    drawn = variances(sums[:, None] / np.random.default_rng(DRAWS_SEED).chisquare(freedom, (DRAWS, 3)).T)
    low, high = np.quantile(drawn / drawn.sum(axis=0), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1)
    shares = estimated / estimated.sum()
    return [
        Share(count, float(np.sqrt(variance)), float(share), float(least), float(most))
        for count, variance, share, least, most in zip(counts, estimated, shares, low, high, strict=True)
    ]


def variance_shares(runs: pl.DataFrame, baseline: str, seeds_per_city: int, seeds_per_set: int = 1) -> pl.DataFrame:
    """Split the variance of paired differences to a baseline by where it comes from.

    Parameters
    ----------
    runs : polars.DataFrame
        One row per shortage × strategy × replication, as for `effects`, with all replications of a set, and of a city,
        side by side.
    baseline : str
        The strategy that the others are compared with.
    seeds_per_city : int
        Replications of a city; with 1, cities are among chance.
    seeds_per_set : int
        Replications of a set of parameters; with 1 there are none, or they cannot be told from chance.

    Returns
    -------
    polars.DataFrame
        `shortage, strategy, indicator, source, groups, mean, sd, share, low, high`: a row for each source of variance
        (`parameters`, `cities`, `chance`) and each indicator that every run of both has; no rows where there is nothing
        to split. The last three are null where all differences are equal.
    """
    sizes = {"parameters": seeds_per_set // seeds_per_city, "cities": seeds_per_city}
    sizes = {source: size for source, size in sizes.items() if size > 1}
    indicators = [name for name in runs.columns if name not in KEYS]
    runs = runs.sort("replication", maintain_order=True)
    parts = runs.partition_by("shortage", "strategy", as_dict=True, maintain_order=True)
    rows: list[tuple[object, ...]] = []
    for (shortage, strategy), part in parts.items():
        if strategy == baseline or not sizes:
            continue
        after, before = (runs.select(indicators).to_numpy().T for runs in (part, parts[shortage, baseline]))
        for name, one, other in zip(indicators, after, before, strict=True):
            if not np.isfinite([one, other]).all():
                continue
            values = one - other
            found = zip((*sizes, "chance"), nested(values.reshape(-1, *sizes.values())), strict=True)
            rows += [
                (shortage, strategy, name, source, it.groups, float(values.mean()), *it[1:]) for source, it in found
            ]
    schema = pl.Schema({
        **dict.fromkeys(("shortage", "strategy", "indicator", "source"), pl.String), "groups": pl.Int64,
        **dict.fromkeys(("mean", "sd", "share", "low", "high"), pl.Float64),
    })  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row", nan_to_null=True)


def over_cities(runs: pl.DataFrame, seeds_together: int, also: Sequence[str] = ()) -> pl.DataFrame:
    """Return the mean of the replications of each city, or set of parameters, as one with the first of their seeds.

    Runs of one city are not independent, so that intervals may count cities only; nor are those of one set. An
    indicator that is absent in some run of a city is absent there. `also` are further columns that tell rows apart,
    such as the quarter.
    """
    if seeds_together == 1:
        return runs
    indicators = [name for name in runs.columns if name not in (*KEYS, *also)]
    city = (pl.col("replication") // seeds_together).alias("replication")
    whole = [pl.when(pl.col(name).null_count() == 0).then(pl.col(name).mean()).alias(name) for name in indicators]
    keys = [name for name in (*KEYS[:2], *also) if name in runs.columns]
    by_city = runs.group_by(*keys, city, maintain_order=True)
    return by_city.agg(pl.col("seed").first(), *whole).select(runs.columns)
