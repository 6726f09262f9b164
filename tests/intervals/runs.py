"""Makes the runs from which `tests.intervals.study` learns how often an interval holds the truth.

Many short ones, only their indicators kept.

    nice python -m tests.intervals.runs OUT SEEDS [group=option …] [key=value …]

Choices and settings are those of `experiments.compare`; a city of which nothing else is said gets 28 days after 7 of
warm-up. OUT is a folder with one file for every 50 seeds. What is there is not made again, so that a call that was
stopped is taken up by the same call, and a larger SEEDS adds to it:

    runs="nice python -m tests.intervals.runs"
    $runs out/intervals/pair 6000 city=town 'strategies=[reactive,hotspot]' 'shortages=[none]'
    $runs out/intervals/county 6000 city=county 'strategies=[reactive,hotspot]' 'shortages=[none]'
    $runs out/intervals/family 3000 city=town 'strategies=[all]' 'shortages=[none,uniform30]'
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CHUNK = 50  # seeds of a file
USUAL = ("days=28", "warmup_days=7", "workers=2")


def run(settings: Mapping[str, Any]) -> tuple[dict[str, float | None], float]:
    """Return the indicators of one run, and the seconds of processor that it took."""
    from experiments.runs.simulation import simulate

    began = time.process_time()
    return dict(simulate(settings).indicators), time.process_time() - began


def make(folder: Path, seeds: int, words: Sequence[str]) -> None:
    """Fill a folder with files of runs; say how long each took."""
    import polars as pl

    from experiments.compare.design import COMMAND, design
    from experiments.runs.work import run_all
    from experiments.settings.overrides import read_overrides
    from experiments.settings.request import Request

    choices, values = read_overrides([*USUAL, *words])
    plan, points = design(Request(COMMAND, list(words), choices, values, print_only=False))
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, seeds, CHUNK):
        file = folder / f"seeds_{first:06}.parquet"
        if file.exists():
            continue
        began, keys = time.monotonic(), [(*point, first + seed) for seed in range(CHUNK) for point in points]
        tasks = {
            str(key): {**points[key[:2]].model_dump(mode="json"), "seed": points[key[:2]].seed + key[2]} for key in keys
        }
        found = run_all(run, tasks, plan["workers"])
        rows = [
            {
                "shortage": key[0],
                "strategy": key[1],
                "replication": key[2],
                "seed": tasks[str(key)]["seed"],
                **found[str(key)][0],
            }
            for key in keys
        ]
        names = dict.fromkeys(
            name for row in rows for name in row if name not in ("shortage", "strategy", "replication", "seed")
        )
        unfinished = file.with_suffix(".unfinished")
        pl.DataFrame(rows, schema_overrides=dict.fromkeys(names, pl.Float64), infer_schema_length=None).write_parquet(
            unfinished
        )
        unfinished.rename(file)
        wall, cpu = time.monotonic() - began, sum(seconds for _, seconds in found.values())
        print(
            f"{file.name}: {len(keys)} runs, {wall / len(keys):.2f} s of wall time and {cpu / len(keys):.2f} s of "
            "processor a run",
            flush=True,
        )


if __name__ == "__main__":
    from tests.intervals import runs  # where worker processes find what they run

    runs.make(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
