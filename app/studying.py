"""What the store of runs holds, for the desk Study: runs by their settings, and effects across settings that vary.

The functions are carried out by workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.estimates.estimate import estimate
from experiments.presentation.indicators import factor as factor_of
from experiments.runs.store.store import open_store
from experiments.store.contents import by_run
from sim.parameters import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 2_000  # that are listed: the latest
LISTED = ("strategy", "seed", "seconds", "finished_utc")
SHOWN = ("crimes_total", "harm_total", "response_p1_p90_min", "calls_unserved_share", "trust", "perceived_safety")
OF_A_STRATEGY = ("strategy", "programmes")  # settings that come and go with it
OF_THE_RUN = ("run", "kept", "strategy", "seed", "seconds", "finished_utc", "error", "code")


class Contents(NamedTuple):
    """What is in a store.

    Attributes
    ----------
    runs : int
        Runs of this version that did not fail.
    factors, indicators, strategies : list of str
        Settings in which runs of one strategy differ, apart from the seed; what was measured; strategies.
    rows : list of dict
        The latest of them, as plain values; what was measured in the units of tables.
    """

    runs: int
    factors: list[str]
    indicators: list[str]
    strategies: list[str]
    rows: list[dict[str, Any]]


class Effect(NamedTuple):
    """The paired difference of a strategy to the baseline where a factor has a value.

    Attributes
    ----------
    value, strategy : str
        The value, and the strategy.
    pairs : int
        Runs alike in all but the strategy.
    mean, low, high : float
        The mean difference with its 95 % interval, None where it cannot be known.
    """

    value: str
    strategy: str
    pairs: int
    mean: float
    low: float | None
    high: float | None


def contents(place: str) -> Contents:
    """Look into a store; it need not be there."""
    runs = _runs(place)
    if runs is None:
        return Contents(0, [], [], [], [])
    factors = [name for name in _factors(runs) if _simple(runs[name]) and _varies(runs, name)]
    indicators = _indicators(runs)
    listed = [*LISTED, *factors[:6], *(name for name in SHOWN if name in indicators)]
    latest = _in_units(runs.sort("finished_utc", descending=True).head(MOST_ROWS), SHOWN).select(listed)
    return Contents(runs.height, factors, indicators, sorted(runs["strategy"].unique()), latest.to_dicts())


def effects(place: str, indicator: str, baseline: str, factor: str | None) -> list[Effect]:
    """Return how strategies differ from the baseline, in the unit of tables, by value of a factor, or in all runs.

    Runs are paired that are alike in all settings and the seed but for the strategy and its programmes.

    Parameters
    ----------
    place : str
        Folder of the store.
    indicator, baseline, factor : str
        What is compared, with which strategy, and what is varied; None: nothing.
    """
    runs = _runs(place)
    if runs is None or indicator not in runs.columns or (factor is not None and factor not in runs.columns):
        return []
    alike = ["seed", *(name for name in _factors(runs) if name.partition(".")[0] not in OF_A_STRATEGY)]
    values = (
        _in_units(runs, [indicator])
        .select("strategy", *alike, indicator)
        .unique(["strategy", *alike], maintain_order=True)
    )
    usual = values.filter(pl.col("strategy") == baseline).drop("strategy").rename({indicator: "usual"})
    pairs = values.filter(pl.col("strategy") != baseline).join(usual, on=alike, nulls_equal=True)
    pairs = pairs.with_columns((pl.col(indicator) - pl.col("usual")).alias("difference")).filter(
        pl.col("difference").is_finite()
    )
    by = pl.lit("").alias("value") if factor is None else pl.col(factor).cast(pl.String).fill_null("–").alias("value")
    groups = pairs.group_by(by, "strategy").agg(pl.col("difference")).sort("value", "strategy")
    return [_effect(*row) for row in groups.select("value", "strategy", "difference").iter_rows()]


def _effect(value: str, strategy: str, differences: Sequence[float]) -> Effect:
    """Return the mean of differences with the interval of the paired t test."""
    mean, low, high = estimate(differences)
    assert mean is not None
    return Effect(value, strategy, len(differences), mean, low, high)


def _runs(place: str) -> pl.DataFrame | None:
    """Return the runs of this version that did not fail, as `beatlab store export` has them; None: there are none."""
    from experiments.runs.store.identity import code_digest

    try:
        with open_store(place) as store:
            if not store.runs:
                return None
            runs = by_run(store).filter((pl.col("code") == code_digest()) & pl.col("error").is_null())
    except BadInput:
        return None
    return runs if runs.height else None


def _in_units(runs: pl.DataFrame, indicators: Iterable[str]) -> pl.DataFrame:
    """Return runs with what was measured in the units of tables."""
    sizes = runs.select("residents", "days").rows()
    return runs.with_columns(
        pl.col(name) * pl.Series([factor_of(name, *size) for size in sizes], dtype=pl.Float64)
        for name in indicators if name in runs.columns
    )  # fmt: skip


def _factors(runs: pl.DataFrame) -> list[str]:
    """Return the settings in which runs differ, the seed of the city left out, which goes with that of the run."""
    return [
        name for name in runs.columns
        if name not in OF_THE_RUN and runs[name].dtype == pl.String and name != "city.seed"
        and runs[name].n_unique() > 1
    ]  # fmt: skip


def _varies(runs: pl.DataFrame, name: str) -> bool:
    """Whether runs of one strategy differ in a setting; what only tells strategies apart is no setting to look at."""
    return any(number > 1 for number in runs.group_by("strategy").agg(pl.col(name).n_unique())[name])


def _simple(values: pl.Series) -> bool:
    """Whether values are words or numbers, not lists and settings of parts, which nobody could read in a figure."""
    return not values.str.starts_with("[").any() and not values.str.starts_with("{").any()


def _indicators(runs: pl.DataFrame) -> list[str]:
    """Return what was measured in some of the runs."""
    return [
        name for name in runs.columns
        if name not in OF_THE_RUN and runs[name].dtype.is_numeric() and runs[name].null_count() < runs.height
    ]  # fmt: skip
