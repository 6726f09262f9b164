"""Shows what a sweep survives: kills at random moments, company, damaged files, a full disk, runs that kill or hang.

    nice python -m tests.survival.study FOLDER [--times 10] [--seed 1]

A sweep of 30 runs in the town is carried out undisturbed, then disturbed in each of these ways and begun again by the
same command. Printed are, for each way, how often it was tried, how often the runs reported were the same to the bit,
how many runs were in the store more than once, and how many files were half-written. A full disk is a file system of
its own of one megabyte where this user may mount one, else a limit on the size of files.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from sweep_commands import begun, finished, half_written, rows_kept, runs_in, workers_of

WORDS = (
    "strategy=reactive,random_patrol,hotspot",
    "shortage=none,uniform30",
    "replications=5",
    "days=4",
    "workers=2",
)
RUNS = 30
FATAL = """
import multiprocessing, os, signal, time
import beatlab as bl

class Fatal(bl.Strategy):
    name = "fatal"
    def plan(self, briefing, rng):
        if multiprocessing.parent_process() is not None:
            DO
        return bl.PatrolPlan.none()
"""

Way = Callable[[Path, np.random.Generator, float], None]


def kill_the_parent(folder: Path, random: np.random.Generator, seconds: float) -> None:
    """Kill the command, and nothing else, at a moment between its beginning and its end."""
    process = begun(folder, *WORDS)
    time.sleep(random.uniform(0, seconds))
    process.kill()
    process.communicate(timeout=60)  # its streams stay open as long as a process of it lives


def kill_a_worker(folder: Path, random: np.random.Generator, seconds: float) -> None:
    """Kill a worker at such a moment, or the first one after it; the command goes on by itself."""
    process = begun(folder, *WORDS)
    time.sleep(random.uniform(0, seconds))
    while process.poll() is None and not workers_of(process):
        time.sleep(0.01)
    for worker in workers_of(process)[:1]:
        os.kill(worker, signal.SIGKILL)
    said = process.communicate()
    assert process.returncode == 0, said


def two_at_once(folder: Path, random: np.random.Generator, seconds: float) -> None:
    """Let another command do the same in the same store, begun a little later."""
    first = begun(folder, *WORDS, f"out={folder / 'other'}")
    time.sleep(random.uniform(0, seconds / 2))
    finished(folder, *WORDS)
    assert first.wait() == 0


def damage_a_shard(folder: Path, random: np.random.Generator, _seconds: float) -> None:
    """Cut off, change or empty a file of runs of a sweep that is done."""
    finished(folder, *WORDS)
    (shard,) = (folder / "store" / "shards").glob("*.parquet")
    content = bytearray(shard.read_bytes())
    place = int(random.integers(len(content)))
    match int(random.integers(3)):
        case 0:
            content = content[:place]
        case 1:
            content[place] ^= 1 << int(random.integers(8))
        case 2:
            content.clear()
    shard.write_bytes(content)


def fill_the_disk(folder: Path, random: np.random.Generator, _seconds: float) -> None:
    """Let the disk of the store be full after some runs, and then no more."""
    disk = folder / "store"
    disk.mkdir(parents=True)
    kilobytes = int(random.integers(60, 400))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", disk], capture_output=True)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    if mounted.returncode:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, usual[1]))
    process = begun(folder, *WORDS)
    resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    _, errors = process.communicate()
    what = "files" if mounted.returncode else "a disk"
    print(f"  {what} of {kilobytes} kB: status {process.returncode}, {errors!r}")
    if not mounted.returncode:
        shutil.copytree(disk, folder / "moved")
        subprocess.run(["umount", disk], check=True)
        disk.rmdir()
        (folder / "moved").rename(disk)


WAYS: dict[str, Way] = {
    "the command is killed": kill_the_parent,
    "a worker is killed": kill_a_worker,
    "two sweeps at once": two_at_once,
    "a file of runs is damaged": damage_a_shard,
    "the disk is full": fill_the_disk,
}


def fatal_runs(folder: Path) -> None:
    """Print what a sweep says of a strategy that kills its worker, and of one that hangs."""
    for name, do in (("kills", "os.kill(os.getpid(), signal.SIGKILL)"), ("hangs", "time.sleep(10_000)")):
        own = folder / f"{name}.py"
        own.write_text(FATAL.replace("DO", do))
        words = ("strategy=reactive,fatal", "replications=2", "workers=2", "timeout_min=0.1", "--with", str(own))
        runs = finished(folder / name, *words)
        print(f"a run that {name}:", runs.select("strategy", "seed", "error").rows())


def main() -> None:
    """Disturb sweeps, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    undisturbed = finished(given.folder / "undisturbed", *WORDS)
    seconds = time.monotonic() - began
    print(f"undisturbed: {undisturbed.height} runs in {seconds:.1f} s")
    random = np.random.default_rng(given.seed)
    rows = []
    for name, disturb in WAYS.items():
        same = more = half = 0
        for time_ in range(given.times):
            folder = given.folder / disturb.__name__ / str(time_)
            disturb(folder, random, seconds)
            after_all = finished(folder, *WORDS)
            same += after_all.equals(undisturbed) and runs_in(folder).equals(undisturbed)
            more += rows_kept(folder) - RUNS
            half += len(half_written(folder))
        rows.append(
            {"what happens": name, "times": given.times, "the same": same, "run twice": more, "half-written": half}
        )
        print(rows[-1], flush=True)
    fatal_runs(given.folder)
    print(pl.DataFrame(rows))


if __name__ == "__main__":
    main()
