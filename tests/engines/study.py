"""Runs the same sweep through every engine, and through a cluster of Ray that loses a node on the way.

    nice python -m tests.engines.study FOLDER [--replications 100] [--days 2]

The town, two strategies, two shortages: 400 runs, through processes of this machine, Ray, dask, jobs of submitit's
local cluster, and four parts one after another. Printed are the seconds of each, those beyond local processes a run,
and whether the runs reported are the same to the bit. Last comes a cluster of Ray of two nodes that are begun here as
processes of their own, of which one is killed when a third of the runs is kept. Engines that are not installed are left
out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from sweep_commands import ROOT, begun, finished, rows_kept, rows_so_far, runs_in

WORDS = ("strategy=reactive,random_patrol", "shortage=none,uniform30", "workers=2")
ENGINES = {
    "local": ("engine", ()),
    "ray": ("ray", ("engine=ray",)),
    "dask": ("distributed", ("engine=dask",)),
    "submitit's local cluster": ("submitit", ("engine=slurm", "engine.cluster=local")),
}
PARTS = 4
PORT = 6399


def losing_a_node(folder: Path, words: tuple[str, ...], runs: int) -> tuple[float, pl.DataFrame]:
    """Return the seconds and the runs of a sweep on a cluster of two nodes, of which one is killed on the way."""
    from ray.cluster_utils import Cluster

    os.environ["PYTHONPATH"] = str(ROOT)  # for the nodes: their workers are to have these sources
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "gcs_server_port": PORT})
    second = cluster.add_node(num_cpus=1)
    try:
        began = time.monotonic()
        process = begun(folder, *words, "engine=ray", f"engine.address={cluster.address}")
        while process.poll() is None and rows_so_far(folder) < runs / 3:
            time.sleep(0.05)
        cluster.remove_node(second, allow_graceful=False)
        print(f"a node was killed when {rows_so_far(folder)} runs were kept", flush=True)
        said = process.communicate()
        assert process.returncode == 0, said
        return time.monotonic() - began, runs_in(folder)
    finally:
        cluster.shutdown()


def main() -> None:
    """Run the sweep everywhere, and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replications", type=int, default=100)
    parser.add_argument("--days", type=int, default=2)
    given = parser.parse_args()
    words = (*WORDS, f"replications={given.replications}", f"days={given.days}")
    runs = 4 * given.replications
    took: dict[str, float] = {}
    frames: dict[str, pl.DataFrame] = {}

    def note(name: str, seconds: float, frame: pl.DataFrame, folder: Path) -> None:
        took[name], frames[name] = seconds, frame
        same = frame.equals(frames["local"])
        over_ms = 1000 * (seconds - took["local"]) / runs
        print(
            f"{name}: {frame.height} runs in {seconds:.1f} s ({over_ms:+.1f} ms a run), the same: {same}, "
            f"in the store {rows_kept(folder)}",
            flush=True,
        )

    for name, (library, engine) in ENGINES.items():
        if library == "engine" or find_spec(library) is not None:
            folder = given.folder / name.replace(" ", "_").replace("'", "")
            began = time.monotonic()
            frame = finished(folder, *words, *engine)
            note(name, time.monotonic() - began, frame, folder)
    folder = given.folder / "parts"
    began = time.monotonic()
    for part in range(1, PARTS + 1):
        process = begun(folder, *words, "--part", f"{part}/{PARTS}")
        said = process.communicate()
        assert process.returncode == 0, said
    frame = finished(folder, *words)
    note(f"{PARTS} parts", time.monotonic() - began, frame, folder)
    if find_spec("ray") is not None:
        folder = given.folder / "losing_a_node"
        note("Ray, one of two nodes killed", *losing_a_node(folder, words, runs), folder)


if __name__ == "__main__":
    main()
