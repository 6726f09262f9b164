"""Shards: files of finished runs, named by their own content, so that a damaged one is known by its name."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import polars as pl

SUFFIX = ".parquet"
SCHEMA = {  # of what every shard has; an indicator is a column more
    "run": pl.String,
    "kept": pl.String,
    "strategy": pl.String,
    "seed": pl.Int64,
    "seconds": pl.Float64,
    "finished_utc": pl.String,
    "error": pl.String,
    "code": pl.String,
    "scenario": pl.String,
    "content": pl.Binary,
}
COLUMNS = tuple(SCHEMA)


def write_shard(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write rows into a new shard at once: another process sees all of it, or nothing.

    Parameters
    ----------
    folder : Path
        Where the shards of a store are.
    rows : sequence of dict
        The columns of `SCHEMA`, and `indicators`: name → number.
    """
    names = sorted({name for row in rows for name in row["indicators"]})
    frame = pl.DataFrame(
        [{**{name: row[name] for name in COLUMNS}, **row["indicators"]} for row in rows],
        schema={**SCHEMA, **dict.fromkeys(names, pl.Float64)},
    )
    return write_frame(folder, frame)


def write_frame(folder: Path, frame: pl.DataFrame) -> Path:
    """Write the rows of a frame, as `write_shard` does."""
    written = io.BytesIO()
    frame.write_parquet(written, compression="zstd", compression_level=3)
    path = folder / f"{_digest(written.getbuffer())}{SUFFIX}"
    descriptor, temporary = mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(written.getbuffer())
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def whole(path: Path) -> bool:
    """Return whether a shard holds what was written; False too for one that cannot be read."""
    with suppress(OSError), path.open("rb") as stream:
        return path.name == f"{hashlib.file_digest(stream, 'sha256').hexdigest()[:32]}{SUFFIX}"
    return False


def shards_of(folder: Path) -> list[Path]:
    """Return the shards of a folder, in the order of their names."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))


def scanned(paths: Iterable[Path]) -> pl.LazyFrame:
    """Return all rows of some shards, read as far as they are asked for; an indicator that a run lacks is null."""
    frames = [pl.scan_parquet(path) for path in paths]
    return pl.concat(frames, how="diagonal") if frames else pl.LazyFrame(schema=SCHEMA)


def _digest(content: Any) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
