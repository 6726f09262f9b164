"""The deviations of paired differences in a finished comparison, by days, and the replications that effects take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import yaml

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.estimates.power import replications_for
from experiments.presentation.indicators import factor, indicator
from experiments.runs.places import files_of
from sim.parameters import BadInput, Unusable

EFFECTS_PERCENT = (1, 2, 5, 10, 20)  # of the mean of the baseline
NEEDS = ("summary.parquet", "quarters.parquet", "scenario.yaml")


class Measured(NamedTuple):
    """What a comparison says of the differences of a strategy to the baseline under a shortage.

    Attributes
    ----------
    shortage, strategy : str
        Which.
    days : int
        Measured days: all, or those of the first quarters.
    pairs : int
        Replications.
    baseline : float
        Mean of the baseline, in the unit of the table.
    deviation : float
        Standard deviation of a paired difference, in the same unit.
    gain : float or None
        How many times as large the variance were with independent seeds.
    """

    shortage: str
    strategy: str
    days: int
    pairs: int
    baseline: float
    deviation: float
    gain: float | None

    def replications(self, wanted: float) -> list[int | None]:
        """Return the replications that each of `EFFECTS_PERCENT` takes; None: more than are looked for."""
        effects = (abs(self.baseline) * percent / 100 for percent in EFFECTS_PERCENT)
        return [replications_for(effect, self.deviation, wanted) if effect else None for effect in effects]


def measured(place: str, name: str) -> list[Measured]:
    """Return what the comparison in a folder says of the differences in an indicator.

    Deviations over fewer days than it measured are those of the sums of its first quarters, where the indicator is a
    sum: measured, not scaled, since some of the chance of a replication stays however long it is.

    Raises
    ------
    BadInput
        When the folder holds no comparison, the comparison has too few replications, or lacks the indicator.
    """
    folder = Path(place).expanduser().resolve()
    if not set(NEEDS) <= {*files_of(folder)}:
        raise Unusable("folder", place, "{} holds no comparison (paths are relative to the working directory)")
    summary, quarters = (pl.read_parquet(folder / file) for file in NEEDS[:2])
    baseline = str(yaml.safe_load((folder / NEEDS[2]).read_text(encoding="utf-8"))["compare"]["baseline"])
    if name not in summary.columns or not summary[name].dtype.is_float():
        raise BadInput("indicator", name, "a column of summary.parquet, such as crimes_total")
    if summary["replication"].n_unique() < FEWEST_FOR_INTERVAL:
        raise BadInput("folder", place, f"a comparison of at least {FEWEST_FOR_INTERVAL} replications")
    frames = [*_by_days(summary, quarters, name)]
    return [one for frame in frames for one in _deviations(frame, baseline)]


def _by_days(summary: pl.DataFrame, quarters: pl.DataFrame, name: str) -> Iterator[pl.DataFrame]:
    """Yield shortage, strategy, replication, days, value in the unit of the table, for ever more days."""
    keys = ["shortage", "strategy", "replication"]
    whole = summary.select(*keys, "residents", pl.col("days").cast(pl.Int64), pl.col(name).alias("value"))
    if name in quarters.columns and indicator(name).how == "rate":
        there = quarters.filter(~pl.col("ended"))
        for last in there["quarter"].unique().sort().to_list()[:-1]:
            first = there.filter(pl.col("quarter") <= last)
            sums = first.group_by(keys, maintain_order=True).agg(
                pl.col("days").sum(), pl.col(name).sum().alias("value")
            )
            yield _in_unit(sums.join(whole.select(*keys, "residents"), on=keys), name)
    yield _in_unit(whole, name)


def _in_unit(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    told = zip(frame["value"], frame["residents"], frame["days"], strict=True)
    values = [None if value is None else value * factor(name, residents, days) for value, residents, days in told]
    return frame.with_columns(pl.Series("value", values, dtype=pl.Float64))


def _deviations(frame: pl.DataFrame, baseline: str) -> Iterator[Measured]:
    """Yield what the replications of one length say, a strategy under a shortage each."""
    base = frame.filter(pl.col("strategy") == baseline).select("shortage", "replication", pl.col("value").alias("base"))
    pairs = frame.filter(pl.col("strategy") != baseline).join(base, on=["shortage", "replication"])
    pairs = pairs.drop_nulls(["value", "base"])
    for (shortage, strategy), part in pairs.group_by("shortage", "strategy", maintain_order=True):
        if part.height < FEWEST_FOR_INTERVAL:
            continue
        difference = part["value"] - part["base"]
        variance, apart = _number(difference.var()), _number(part["value"].var()) + _number(part["base"].var())
        yield Measured(
            str(shortage), str(strategy), int(part["days"][0]), part.height, _number(part["base"].mean()),
            variance**0.5, apart / variance if variance else None,
        )  # fmt: skip


def _number(value: Any) -> float:
    return float(value)
