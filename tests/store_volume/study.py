"""How a store of 20,000 runs does: its size, the seconds to open it and to ask it, and the memory that takes.

One run of a small town is carried out; the others are copies of its result under other seeds, with numbers changed, in
as many files as sweeps of 1,000 runs each would leave. Run by hand: `python tests/store_volume/study.py [RUNS]`.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import polars as pl

from experiments.run import scenario
from experiments.runs.measured import measure
from experiments.runs.store.store import keys_of_runs, open_store, row_of
from experiments.store.contents import by_run

RUNS, A_SWEEP = 20_000, 1_000
TOWN = {"residents": 2000, "area_km2": 2, "beats": 1, "districts": 1}


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long a block takes, and the most memory that this process has had."""
    begun = perf_counter()
    yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<58}{perf_counter() - begun:8.2f} s   at most {memory:,.0f} MB")


def fill(folder: Path, runs: int) -> list[tuple[str, str]]:
    """Write a store of copies of one run, and return their keys."""
    rng = np.random.default_rng(1)
    settings = scenario(city="town", settings={"city": TOWN}, days=2, warmup_days=0).model_dump(mode="json")
    result = measure({"scenario": settings, "keep": "indicators"})
    keys = []
    for first in range(0, runs, A_SWEEP):
        with open_store(str(folder)) as store:
            for seed in range(first, min(first + A_SWEEP, runs)):
                strategy = ("reactive", "hotspot", "community", "integrated")[seed % 4]
                of_seed = {**settings, "seed": seed, "strategy": {**settings["strategy"], "name": strategy}}
                moved = {
                    name: None if value is None else value * (1 + rng.normal() / 10)
                    for name, value in result.indicators.items()
                }
                (key,) = keys_of_runs([of_seed], measure, [{"keep": "indicators"}])
                assert key is not None
                store.add(row_of(key, of_seed, replace(result, indicators=moved), 0.5))
                keys.append(key)
    return keys


def main(runs: int) -> None:
    """Fill a store and ask it."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "store"
        with timed(f"{runs:,} runs written, {A_SWEEP:,} a file"):
            keys = fill(place, runs)
        size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        print(f"{'size on disk':<58}{size / 1e6:8.1f} MB  {size / runs:,.0f} bytes a run")
        with timed("opened, every file checked by its hash"), open_store(str(place)) as store:
            pass
        with timed("mean crimes by strategy"):
            found = store.rows.group_by("strategy").agg(pl.col("crimes_total").mean(), pl.len()).collect()
        assert found["len"].sum() == runs
        with timed("the results of 1,000 runs by key"):
            assert len(store.find(keys[:: max(1, runs // 1000)][:1000])) == min(1000, runs)
        with timed("which of all runs are there"):
            assert len(store.find(keys)) == runs
        with timed("a row a run, settings and indicators (store export)"):
            assert by_run(store).height == runs
        with timed("the files alone, by polars"):
            frame = pl.scan_parquet(place / "shards" / "*.parquet").select(pl.col("harm_total").mean()).collect()
            assert frame.height == 1


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else RUNS)
