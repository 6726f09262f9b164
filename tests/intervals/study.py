"""Learns how often the intervals of `experiments.estimates.effects` hold the truth.

It reads the many runs that `tests.intervals.runs` has made:

    python -m tests.intervals.study FOLDER [--statistics FILE] [--shortage NAME] [--strategy NAME] [--baseline NAME]

The runs are cut into disjoint blocks of n replications; each block is compared as `experiments.compare` would compare
it, and its interval holds the truth or does not. The truth is the mean over all runs, or 0 where a strategy is compared
with itself on other seeds. Three tables are printed:

- a pair: the strategy against the baseline on the same seeds;
- the same strategy on other seeds: the baseline against itself, nothing shared;
- the family: every strategy under every shortage of the folder, where a block counts when all simultaneous intervals
  hold together.

`--statistics` takes another version of `experiments/statistics.py`, to set its figures beside those of this one.
Brackets are 95 % intervals of the share itself (Clopper and Pearson). A block without an interval claims nothing and is
counted apart.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
from scipy import stats

from experiments.estimates.effects import KEYS, PRIMARY, effects

SIZES = (3, 5, 10, 20)
OUTCOMES = (
    "crimes_total", "harm_total", "response_p1_median_min", "response_p1_p90_min", "clearance_rate", "crimes_robbery",
    "fraud_loss", "trust", "overtime_hours",
)  # fmt: skip
AT_A_TIME = 100  # blocks that are compared in one call, each in the place of a shortage
Effects = Callable[[pl.DataFrame, str], pl.DataFrame]


def effects_of(file: Path) -> Effects:
    """Return `effects` of another version of the module of statistics."""
    described = importlib.util.spec_from_file_location("other_statistics", file)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module.effects  # type: ignore[no-any-return]


def in_blocks(runs: pl.DataFrame, n: int) -> pl.DataFrame:
    """Cut runs, numbered from 0 without a gap, into whole blocks of n replications; add `block`."""
    whole = runs["replication"].n_unique() // n * n
    block = pl.col("replication") // n
    return runs.filter(pl.col("replication") < whole).with_columns(
        block.alias("block"), (pl.col("replication") % n).alias("replication")
    )


def of_pair(runs: pl.DataFrame, baseline: str, n: int, found: Effects) -> pl.DataFrame:
    """Compare two strategies under one shortage in every block.

    Rows of `effects`, with the truth in `truth` and `relative_truth`.
    """
    blocks = in_blocks(runs, n).with_columns(pl.col("block").cast(pl.String).alias("shortage"))
    parts = [
        found(blocks.filter(pl.col("block").is_between(first, first + AT_A_TIME - 1)).drop("block"), baseline).filter(
            pl.col("kind") == "strategy"
        )
        for first in range(0, int(blocks["block"].max()) + 1, AT_A_TIME)  # type: ignore[arg-type]
    ]
    return pl.concat(parts)


def truths(runs: pl.DataFrame, baseline: str) -> pl.DataFrame:
    """Return the mean difference to the baseline over all runs.

    `shortage, strategy, indicator, truth, relative_truth`.
    """
    names = [name for name in runs.columns if name not in KEYS]
    means = (
        runs.group_by("shortage", "strategy")
        .agg(pl.col(names).mean())
        .unpivot(index=["shortage", "strategy"], variable_name="indicator")
    )
    before = means.filter(pl.col("strategy") == baseline).select(
        "shortage", "indicator", pl.col("value").alias("before")
    )
    difference = pl.col("value") - pl.col("before")
    both = means.filter(pl.col("strategy") != baseline).join(before, on=["shortage", "indicator"])
    return both.select(
        "shortage",
        "strategy",
        "indicator",
        difference.alias("truth"),
        (100 * difference / pl.col("before")).alias("relative_truth"),
    )


def share(held: int, of: int) -> str:
    """Write a share in percent with its exact interval."""
    if of == 0:
        return "–"
    low = stats.beta.ppf(0.025, held, of - held + 1) if held else 0.0
    high = stats.beta.ppf(0.975, held + 1, of - held) if held < of else 1.0
    return f"{100 * held / of:.1f} ({100 * low:.1f} to {100 * high:.1f})"


HOLDS = pl.col("truth").is_between(pl.col("low") - 1e-9, pl.col("high") + 1e-9)
HOLDS_RATIO = pl.col("relative_truth").is_between(pl.col("relative_low") - 1e-9, pl.col("relative_high") + 1e-9)
HOLDS_TOGETHER = pl.col("truth").is_between(pl.col("low_simultaneous") - 1e-9, pl.col("high_simultaneous") + 1e-9)


def lines_of_pair(rows: pl.DataFrame, n: int) -> Iterator[str]:
    """Write a line an outcome."""
    for name in OUTCOMES:
        of_name = rows.filter(pl.col("indicator") == name)
        there = of_name.filter(pl.col("low").is_not_null()).with_columns(
            HOLDS.alias("holds"), HOLDS_RATIO.alias("holds_ratio")
        )
        sure = there.filter(~pl.col("interval").str.contains("skewed"))
        ratio = there.filter(pl.col("holds_ratio").is_not_null())
        yield (
            f"{name:24} n = {n:2} {of_name.height:5} blocks: holds {share(there['holds'].sum(), there.height):24} "
            "ratio "
            f"{share(ratio['holds_ratio'].sum(), ratio.height):24} no interval "
            f"{100 * (1 - there.height / max(of_name.height, 1)):3.0f} %, "
            f"skewed {100 * (1 - sure.height / max(there.height, 1)):3.0f} %, the others hold "
            f"{share(sure['holds'].sum(), sure.height)}"
        )


def family_line(runs: pl.DataFrame, baseline: str, n: int, found: Effects) -> str:
    """Say how often all simultaneous intervals of a block hold the truth, and which outcome fails where not."""
    truth, held, missed, without, known = truths(runs, baseline), 0, dict.fromkeys(PRIMARY, 0), 0, 0
    blocks = in_blocks(runs, n).partition_by("block", include_key=False)
    for block in blocks:
        rows = (
            found(block, baseline)
            .filter(pl.col("family") == "strategy")
            .join(truth, on=["shortage", "strategy", "indicator"])
        )
        rows = rows.with_columns(HOLDS_TOGETHER.alias("holds"))
        wrong = rows.filter(~pl.col("holds"))["indicator"].unique().to_list()  # a row without an interval is not wrong
        held += not wrong
        without, known = without + rows["holds"].null_count(), known + rows.height
        for name in wrong:
            missed[name] += 1
    return (
        f"{known // len(blocks)} comparisons, n = {n:2} {len(blocks):5} blocks: all hold {share(held, len(blocks))}; "
        f"missed in: {missed}; "
        f"without an interval {100 * without / known:.1f} % of the comparisons"
    )


def study(folder: Path, found: Effects, shortage: str, strategy: str, baseline: str) -> Iterator[str]:
    """Make the tables that the runs of a folder allow, line by line."""
    runs = pl.read_parquet(folder / "*.parquet").sort("shortage", "strategy", "replication")
    endless = {name: pl.col(name).is_infinite().any().over("shortage", "replication") for name in OUTCOMES}
    yield "seeds in which too few calls are answered for a quantile, left out of its rows: " + ", ".join(
        f"{name} {100 * runs.select(where.mean()).item():.1f} %"
        for name, where in endless.items()
        if runs.select(where.any()).item()
    )
    runs = runs.with_columns(
        pl.when(where).then(None).otherwise(pl.col(name)).alias(name) for name, where in endless.items()
    )
    alone = runs.filter(pl.col("shortage") == shortage).select(*KEYS, *OUTCOMES)
    pair = alone.filter(pl.col("strategy").is_in([baseline, strategy]))
    yield f"{strategy} against {baseline}, {pair.height // 2} seeds; shares in %"
    truth = truths(pair, baseline).drop("shortage", "strategy")
    for n in SIZES:
        yield from lines_of_pair(of_pair(pair, baseline, n, found).join(truth, on="indicator"), n)
    yield f"\n{baseline} against itself on other seeds"
    own, other = pl.col("replication") % 2 == 0, pl.col("replication") // 2
    again = alone.filter(pl.col("strategy") == baseline).with_columns(
        other, pl.when(own).then(pl.col("strategy")).otherwise(pl.lit("again")).alias("strategy")
    )
    for n in SIZES:
        rows = of_pair(again, baseline, n, found).with_columns(
            pl.lit(0.0).alias("truth"), pl.lit(0.0).alias("relative_truth")
        )
        yield from lines_of_pair(rows, n)
    if runs["strategy"].n_unique() > 2:
        yield f"\nThe family of all comparisons with {baseline}"
        for n in SIZES:
            yield family_line(runs.select(*KEYS, *OUTCOMES), baseline, n, found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of the runs")
    parser.add_argument("--statistics", type=Path, help="another version of experiments/statistics.py")
    parser.add_argument("--shortage", default="none")
    parser.add_argument("--strategy", default="hotspot")
    parser.add_argument("--baseline", default="reactive")
    given = parser.parse_args()
    chosen = effects_of(given.statistics) if given.statistics else effects
    for line in study(given.folder, chosen, given.shortage, given.strategy, given.baseline):
        print(line, flush=True)
