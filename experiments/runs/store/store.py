"""The store of runs: what has been run is never run again, by any command, unless scenario, files or code changed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import polars as pl
from pydantic_core import to_json

from experiments.runs.places import PROGRAM
from experiments.runs.store.claims import LOCK, Claims
from experiments.runs.store.codec import pack
from experiments.runs.store.identity import code_digest, method_digest, run_ids
from experiments.runs.store.journal import Journal, left_behind, rows_of
from experiments.runs.store.shards import COLUMNS, scanned, shards_of, whole, write_frame, write_shard
from sim.parameters import Unusable

if TYPE_CHECKING:
    from types import TracebackType

FORMAT = 1  # of the files; another one is refused
RECORD = "store.json"
FOLDERS = ("journals", "shards", "aside", "claims")
SHOWN_S = 5.0  # after which what was run is made a shard when others use the store, too: they may wait for it
Key = tuple[str, str]  # run, what is kept of it


@dataclass
class Store:
    """Runs in a folder, for one command; a block closes it.

    Attributes
    ----------
    folder : Path
        The folder, from `open_store`.
    set_aside : list of Path
        Damaged shards that were found when it was opened, where they are now.
    added : int
        Runs that this command has put into it.
    """

    folder: Path
    set_aside: list[Path] = field(default_factory=list)
    added: int = 0
    _of: dict[Key, Path] = field(default_factory=dict)
    _shards: set[Path] = field(default_factory=set)
    _changed_ns: int = 0
    _journal: Journal | None = None
    _sealed_at: float = field(default_factory=monotonic)
    _claims: Claims = field(init=False)
    _made: list[Path] | None = None

    def __post_init__(self) -> None:
        self._claims = Claims(self.folder / "claims")

    def __enter__(self) -> Self:
        """Find what is kept."""
        self.gather()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Make a shard of what this command has run, however it ends; one that is interrupted says what is kept."""
        try:
            self.seal()
        finally:
            self._claims.close()
        self._unmake()
        if isinstance(error, KeyboardInterrupt) and self.added:
            error.add_note(f"{self.added} runs of this command are kept in {self.folder}; the same command goes on")

    def gather(self) -> None:
        """Make shards of what killed commands have left, take in all that are new, and set aside what is damaged."""
        with self._claims.alone() if self._claims.folder.exists() else nullcontext(0.0) as now:
            dead = self._claims.dead(now)
            for path, lock in left_behind(self.folder / "journals"):
                if rows := rows_of(path):
                    write_shard(self.folder / "shards", rows)
                path.unlink(missing_ok=True)
                os.close(lock)
            for path in dead:  # what they had claimed and done is there now, the rest is free
                path.unlink(missing_ok=True)
        self.look_again()

    def look_again(self) -> None:
        """Take in the shards that others have written meanwhile."""
        folder = self.folder / "shards"
        self._changed_ns = folder.stat().st_mtime_ns if folder.exists() else 0
        new = [path for path in shards_of(folder) if path not in self._shards]
        for path in new:
            if not whole(path):
                with suppress(OSError):
                    self.set_aside.append(path.rename(self.folder / "aside" / path.name))
                continue
            self._shards.add(path)
            for run, kept in pl.read_parquet(path, columns=["run", "kept"]).iter_rows():
                self._of.setdefault((run, kept), path)

    def take(self, keys: Iterable[Key]) -> list[Key]:
        """Claim those of some runs that are neither kept nor claimed by another command; return them.

        Until this command closes the store, or ends, no other one does them.
        """
        self._make()
        with self._claims.alone():
            others = self._claims.of_others()  # before the shards: who ends makes a shard first
            if others or (self.folder / "shards").stat().st_mtime_ns != self._changed_ns:
                self.look_again()
            mine = [key for key in keys if key not in self and _claim_of(key) not in others]
            self._claims.add(map(_claim_of, mine))
        return mine

    def __contains__(self, key: object) -> bool:
        """Whether a run is kept, be it that it failed."""
        return key in self._of

    def mean_seconds(self, keys: Iterable[Key]) -> float | None:
        """Return how long those of some runs that are kept took on average; None: none of them tells it."""
        of_these = self.rows.filter(pl.col("run").is_in({run for run, _ in keys}))
        mean: float | None = of_these.select(pl.col("seconds").mean()).collect().item()
        return mean

    @property
    def shards(self) -> int:
        """Number of its files of runs."""
        return len(self._shards)

    @property
    def runs(self) -> int:
        """Number of runs, each once for each way of keeping it."""
        return len(self._of)

    @property
    def size_bytes(self) -> int:
        """Room that its files of runs take."""
        return sum(path.stat().st_size for path in self._shards)

    @property
    def rows(self) -> pl.LazyFrame:
        """All rows, each run once for each way of keeping it."""
        return scanned(sorted(self._shards)).unique(["run", "kept"], keep="first", maintain_order=True)

    def find(self, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
        """Return `error`, `seconds` and `content` of runs by key, of those that are kept."""
        wanted: dict[Path, set[Key]] = {}
        for key in keys:
            if key in self._of:
                wanted.setdefault(self._of[key], set()).add(key)
        found: dict[Key, dict[str, Any]] = {}
        for path, of_shard in wanted.items():
            rows = pl.scan_parquet(path).filter(pl.col("run").is_in([run for run, _ in of_shard]))
            for row in rows.select("run", "kept", "error", "seconds", "content").collect().iter_rows(named=True):
                if (key := (row["run"], row["kept"])) in of_shard:
                    found[key] = row
        return found

    def add(self, row: dict[str, Any]) -> None:
        """Keep a run, so that it outlives this process from now on; see `row_of`."""
        if self._journal is None:
            self._make()
            self._journal = Journal(self.folder / "journals")
        self._journal.add(row)
        self.added += 1
        self.show(SHOWN_S)

    def show(self, after_s: float = 0.0) -> None:
        """Make a shard for others, if any use the store and the last one is so many seconds old."""
        if monotonic() - self._sealed_at >= after_s and self._claims.company():
            self.seal()

    def prune(self) -> int:
        """Let go of runs of other code, of failed ones and of what was set aside; return how many rows are gone.

        What stays goes into one new file before the old ones are removed; what others write meanwhile stays too.
        """
        before = self.rows.collect()
        stays = before.filter((pl.col("code") == code_digest()) & pl.col("error").is_null())
        old = set(self._shards)
        for name in [name for name in stays.columns if name not in COLUMNS and stays[name].null_count() == len(stays)]:
            stays = stays.drop(name)
        if stays.height:
            old.discard(write_frame(self.folder / "shards", stays))
        for path in (*old, *(self.folder / "aside").glob("*")):
            path.unlink(missing_ok=True)
        self._of.clear()
        self._shards.clear()
        self.look_again()
        return before.height - stays.height

    def seal(self) -> None:
        """Make a shard of what was kept since the last one."""
        if self._journal is not None:
            self._journal.close()
            if rows := rows_of(self._journal.path):
                write_shard(self.folder / "shards", rows)
            self._journal.path.unlink(missing_ok=True)
            self._journal = None
            self.look_again()
        self._sealed_at = monotonic()

    def _make(self) -> None:
        """Make the folders of the store, and its record."""
        if self._made is not None:
            return
        self._made = [above for above in (self.folder, *self.folder.parents) if not above.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / RECORD).exists():  # comes first: what else is in a folder without it is no store
            part = self.folder / f".{RECORD}.{uuid4().hex}"
            part.write_text(json.dumps({"program": PROGRAM, "format": FORMAT}), encoding="utf-8")
            part.replace(self.folder / RECORD)
        for name in FOLDERS:
            (self.folder / name).mkdir(exist_ok=True)

    def _unmake(self) -> None:
        """Remove the folders that this command has made if nothing is kept in them."""
        if not self._made:
            return
        folders = [self.folder / name for name in FOLDERS]
        lock = self._claims.folder / LOCK
        with self._claims.alone():
            if {path for folder in folders for path in folder.iterdir()} == {lock}:
                lock.unlink()
                (self.folder / RECORD).unlink()
                with suppress(OSError):  # something else is there, too
                    for folder in (*folders, *self._made):
                        folder.rmdir()


def row_of(
    key: Key, settings: Mapping[str, Any], result: Any, seconds: float | None = None, error: str | None = None
) -> dict[str, Any]:
    """Return a row of the store.

    Parameters
    ----------
    key : tuple of str
        From `keys_of_runs`.
    settings : mapping
        The scenario as plain values.
    result : object
        What is kept of the run, with `indicators` if it has them; None where it failed.
    seconds : float, optional
        How long it took.
    error : str, optional
        Why it failed.
    """
    return {
        "run": key[0],
        "kept": key[1],
        "strategy": settings["strategy"]["name"],
        "seed": settings["seed"],
        "seconds": seconds,
        "finished_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "error": error,
        "code": code_digest(),
        "scenario": to_json(settings).decode(),
        "content": pack(result),
        "indicators": {
            name: None if value is None else float(value)
            for name, value in getattr(result, "indicators", {}).items()
            if name not in COLUMNS
        },
    }


def keys_of_runs(
    runs: Sequence[Mapping[str, Any]], function: Callable[..., Any], more: Sequence[Any]
) -> list[Key | None]:
    """Return the key of what a function keeps of each of some runs; None: such a run cannot be kept.

    Parameters
    ----------
    runs : sequence of mapping
        Scenarios as plain values.
    function : callable
        What runs them.
    more : sequence of object
        What else the function is told of each, as plain values; None: nothing.
    """
    kept = method_digest(function)
    told = ["" if one is None else f" {json.dumps(one, sort_keys=True)}" for one in more]
    return [None if run is None else (run, kept + one) for run, one in zip(run_ids(runs), told, strict=True)]


def open_store(place: str) -> Store:
    """Return the store in a folder, which is made when the first run is kept if there is none.

    Raises
    ------
    BadInput
        When it cannot be written, holds something else, or was written by another version.
    """
    folder = Path(place).expanduser().resolve()
    try:
        found = _format_of(folder)
        above = next(above for above in (folder, *folder.parents) if above.exists())
        if not os.access(above, os.W_OK) or not above.is_dir():
            raise PermissionError(errno.EACCES, "no folder that can be written")
        if above != folder:  # some that may be written take no folders all the same
            Path(mkdtemp(prefix=".beatlab-", dir=above)).rmdir()
    except OSError as error:
        why = f"{{}} cannot be written ({error.strerror or error}); name a folder that can, or store=null"
        raise Unusable("store", place, why) from None
    if found is None:
        raise Unusable("store", place, "{} holds something that is no store of runs; name another folder")
    if found != FORMAT:
        why = f"{{}} was written by another version (format {found}, this one has {FORMAT}); name another folder"
        raise Unusable("store", place, why)
    return Store(folder)


def _format_of(folder: Path) -> object:
    """Return the format that a folder's record tells, ours for one that is empty or not there; None: it is no store."""
    record = folder / RECORD
    used = folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())
    if not record.exists():  # asked last: another command may just have made it
        return None if used else FORMAT
    try:
        written = json.loads(record.read_text(encoding="utf-8"))
        return written["format"] if written["program"] == PROGRAM else None
    except (ValueError, KeyError, TypeError):
        return None


def _claim_of(key: Key) -> str:
    """Return the name by which a run is claimed."""
    return hashlib.sha256(" ".join(key).encode()).hexdigest()[:32]
