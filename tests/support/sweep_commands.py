"""Sweeps as commands of their own, which can be killed, and what they leave behind."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import polars as pl

from experiments.runs.store.journal import rows_of
from experiments.sweep.__main__ import main

ROOT = Path(__file__).parents[2]


def _words(folder: Path, *words: str) -> list[str]:
    """Return the words of a sweep of a small town with store and results in a folder; what is given later counts."""
    folder = folder.resolve()
    return ["city=town", "days=2", "warmup_days=0", f"store={folder / 'store'}", f"out={folder / 'out'}", *words]


def begun(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Begin a sweep in a process group of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "experiments.sweep", *_words(folder, *words)]
    return subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **streams)


def finished(folder: Path, *words: str) -> pl.DataFrame:
    """Carry out a sweep; return its runs, without how long they took."""
    process = begun(folder, *words)
    said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return runs_in(folder)


def finished_here(folder: Path, *words: str) -> pl.DataFrame:
    """Carry out a sweep from this process, which has imported all that it needs; return the same."""
    folder.mkdir(parents=True, exist_ok=True)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = main(_words(folder, *words))
    assert status == 0, said.getvalue()
    return runs_in(folder)


def runs_in(folder: Path) -> pl.DataFrame:
    """Return the runs that a sweep has reported, without how long they took."""
    return pl.read_parquet(folder / "out" / "runs.parquet").drop("seconds", strict=False)


def rows_kept(folder: Path) -> int:
    """Return how many rows the files of a store have, a run counting as often as it is there."""
    shards = pl.scan_parquet(list((folder / "store" / "shards").glob("*.parquet")))
    journals = (folder / "store" / "journals").glob("*.journal")
    return int(shards.select(pl.len()).collect().item()) + sum(len(rows_of(path)) for path in journals)


def rows_so_far(folder: Path) -> int:
    """Return how many runs a sweep at work has kept, as its journals tell."""
    return sum(len(rows_of(path)) for path in (folder / "store" / "journals").glob("*.journal"))


def half_written(folder: Path) -> list[Path]:
    """Return the files that are neither whole nor waiting for another command."""
    return [path for path in folder.rglob("*") if path.name.startswith(".") or path.suffix in (".part", ".new")]


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the worker processes of a sweep: the children of its fork server."""
    return [worker for child in _children(process.pid) for worker in _children(child)]


def _children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
