"""A result done again in a process of its own, and what of its numbers is not the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from experiments.rerun.record import is_stored
from experiments.runs.folder import input_digest
from experiments.runs.processes import ROOT

if TYPE_CHECKING:
    from experiments.rerun.record import Result

MOST_NAMED = 8  # columns of a table that differ


class Failed(RuntimeError):
    """The command has not come to its end; its own message says why.

    Parameters
    ----------
    status : int
        Its exit status.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the command ended with status {status}")
        self.status = status


def differences(result: Result, workers: str) -> dict[str, str]:
    """Do a result again, without the store that it may be in, and return what is not the same.

    Parameters
    ----------
    result : Result
        From `experiments.rerun.record.read_result`.
    workers : str
        Number of processes, `null` for one a core.

    Returns
    -------
    dict
        File → how it differs; no file where all numbers are the same to the bit.

    Raises
    ------
    Failed
        When the command does not come to its end.
    """
    with TemporaryDirectory(prefix="beatlab-rerun-") as temporary:
        fresh = Path(temporary) / "out"
        stored = [f"store={Path(temporary) / 'store'}", f"workers={workers}"] if is_stored(result.words[0]) else []
        _carry_out([*result.words, f"out={fresh}", *stored])
        there = {str(path.relative_to(fresh)) for path in fresh.rglob("*") if path.suffix in (".parquet", ".csv")}
        told = dict.fromkeys(sorted(there - result.sha256.keys()), "only the new result has it")
        for name, digest in result.sha256.items():
            if input_digest(str(fresh / name)) != digest:
                told[name] = _how(result.folder / name, fresh / name)
    return told


def _carry_out(words: list[str]) -> None:
    """Carry out a command as its user would, its progress on our error stream."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-P", "-m", "beatlab", *words]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failed(done.returncode)


def _how(old: Path, new: Path) -> str:
    """Say how a file of numbers differs, as far as both can be read."""
    if not new.is_file():
        return "the new result lacks it"
    try:
        before, after = _read(old), _read(new)
    except Exception:  # whatever a file raises that is damaged
        return "it cannot be compared number by number"
    names = [name for name in {**before, **after} if not _same(before.get(name), after.get(name))]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}" if names else "the same values, written by another version"


def _read(path: Path) -> Mapping[str, Any]:
    """Return a file of numbers by name: the columns of a table, the names of a mapping."""
    import polars as pl
    import yaml

    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dict()
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False).to_dict()
    text = path.read_text(encoding="utf-8")
    read: Mapping[str, Any] = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return read


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    return bool(one.equals(other)) if hasattr(one, "equals") else bool(one == other)
