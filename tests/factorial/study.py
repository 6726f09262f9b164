"""What a large sweep costs beside its runs, and what comes of it: 5 strategies × 4 shortages × 3 lengths of stops × 20.

    nice python -m tests.factorial.study FOLDER [--days 28] [--workers 2]

By one command, in the town, in a store of its own. A smaller sweep of two seeds comes first, in which cities settle and
by which the beginning of a command is told from what each run costs:

    overhead of a run = (workers × (seconds of the large − seconds of the small) − seconds within their runs) / runs

in which a worker's seconds that go by while another works on the last batch count, too. Printed are minutes, runs, rows
and columns, overhead, what it takes to read all of it once more, and the analysis of variance.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from sweep_commands import finished, rows_kept

STRATEGIES = ("reactive", "random_patrol", "hotspot", "intelligence_led", "oracle")
SHORTAGES = ("none", "uniform30", "surge", "night_gap")
WORDS = (
    f"strategy={','.join(STRATEGIES)}",
    f"shortage={','.join(SHORTAGES)}",
    "strategy.dwell_min=5,15,25",
    "warmup_days=28",
)
FEW, MANY = 2, 20


def timed(folder: Path, *words: str) -> tuple[float, float, pl.DataFrame]:
    """Carry out the sweep; return its seconds, those within its runs, and the runs."""
    began = time.monotonic()
    runs = finished(folder, *WORDS, *words)
    seconds = time.monotonic() - began
    kept = pl.scan_parquet(folder / "store" / "shards" / "*.parquet").select(pl.col("seconds").sum()).collect().item()
    return seconds, float(kept), runs


def main() -> None:
    """Run the sweep, and print what it cost and what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    words = (f"days={given.days}", f"workers={given.workers}")
    settling, _, _ = timed(given.folder / "settling", "days=1", f"replications={MANY}", "strategy.dwell_min=5")
    print(f"cities settle, with runs of a day: {settling:.1f} s", flush=True)
    few, few_within, of_few = timed(given.folder / "few", *words, f"replications={FEW}")
    print(f"{of_few.height} runs, {FEW} seeds: {few:.1f} s, {few_within:.1f} s within runs", flush=True)
    many, within, runs = timed(given.folder / "many", *words, f"replications={MANY}")
    more = runs.height - of_few.height
    overhead = (given.workers * (many - few) - (within - few_within)) / more
    print(
        f"{runs.height} runs, {MANY} seeds: {many / 60:.2f} minutes, {within:.1f} s within runs "
        f"({1000 * within / runs.height:.1f} ms a run), overhead {1000 * overhead:.2f} ms a run"
    )
    print(f"rows {runs.height}, columns {runs.width}, in the store {rows_kept(given.folder / 'many')}")
    again, _, second = timed(given.folder / "many", *words, f"replications={MANY}")
    print(f"the same command again: {again:.1f} s, the same: {second.equals(runs)}")
    out = given.folder / "many" / "out"
    files = {path.name: path.stat().st_size for path in out.glob("*.parquet")}
    print(f"files: {files}")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, float_precision=3):
        print(pl.read_parquet(out / "variance.parquet"))
        print(pl.read_parquet(out / "effects.parquet"))


if __name__ == "__main__":
    main()
