"""Folders of results: complete or absent, never half-written."""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from sim.parameters import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sim.city.city import FileReport

PROVENANCE = "provenance.json"
PROGRAM = "beatlab"
LIBRARIES = ("beatlab", "hydra-core", "matplotlib", "mesa", "networkx", "numba", "numpy", "pointpats", "polars", "pydantic", "scipy", "statsmodels")


def check_output(out: str) -> Path:
    """Make sure that results can be written, before anything is computed.

    Parameters
    ----------
    out : str
        Folder that the user named, absolute or relative to the working directory.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    BadInput
        When it cannot be written, or holds something that is not ours.
    """
    if not out or not isinstance(out, str):
        raise BadInput("out", out, "the name of a folder")
    try:
        folder = Path(out).expanduser().resolve()
        _refuse_foreign(folder, out)
        temporary, made = _temporary_beside(folder)
    except (FileExistsError, NotADirectoryError):
        raise BadInput("out", out, "a part of this path is a file; name another folder") from None
    except OSError as error:
        raise BadInput("out", out, f"it cannot be written ({error.strerror}); name a folder that can") from None
    _remove(temporary, made)
    return folder


@contextmanager
def output_folder(folder: Path, provenance: Mapping[str, Any]) -> Iterator[Path]:
    """Give a temporary folder that becomes `folder` when the block ends well, and vanishes when it does not.

    Parameters
    ----------
    folder : Path
        From `check_output`. A folder there that we wrote is replaced.
    provenance : mapping
        Is written last, as `provenance.json`, with the list of the files.

    Yields
    ------
    Path
        Where to write.
    """
    try:
        temporary, made = _temporary_beside(folder)
        try:
            yield temporary
            files = sorted(str(path.relative_to(temporary)) for path in temporary.rglob("*") if path.is_file())
            write_json(temporary / PROVENANCE, {**provenance, "files": [*files, PROVENANCE]})
            _refuse_foreign(folder, str(folder))
            _swap(temporary, folder)
        except BaseException:
            _remove(temporary, made)
            raise
    except OSError as error:
        raise BadInput("out", str(folder), f"it cannot be written ({error.strerror})") from error


def _temporary_beside(folder: Path) -> tuple[Path, list[Path]]:
    """Make an empty sibling of `folder`; return it and the parents that had to be made, the outermost first."""
    missing = [parent for parent in reversed(folder.parents) if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    except BaseException:
        _remove(None, missing)
        raise
    temporary.chmod(0o777 & ~_umask())
    return temporary, missing


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove(temporary: Path | None, made: Sequence[Path]) -> None:
    if temporary is not None:
        shutil.rmtree(temporary, ignore_errors=True)
    for parent in reversed(made):
        try:
            parent.rmdir()
        except OSError:  # somebody else has put something there, or it was never made
            return


def _refuse_foreign(folder: Path, out: str) -> None:
    """Refuse a place that holds anything but results that we wrote."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise BadInput("out", out, "it is a file; name a folder")
    if folder == Path.cwd() or folder in Path.cwd().parents:
        raise BadInput("out", out, "it is the current folder or lies above it; name a folder below it")
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    if not present:
        return
    try:
        record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        ours = set(record["files"]) if record["program"] == PROGRAM else set()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        ours = set()
    if foreign := sorted(present - ours):
        raise BadInput("out", out, f"the folder holds {foreign[0]}, which is no result of ours; name another folder")


def _swap(temporary: Path, folder: Path) -> None:
    """Put `temporary` in the place of `folder`."""
    if not folder.exists():
        os.replace(temporary, folder)  # noqa: PTH105 — atomic, and named so
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".old", dir=folder.parent))
    try:
        os.replace(folder, old)  # noqa: PTH105
        try:
            os.replace(temporary, folder)  # noqa: PTH105
        except BaseException:
            os.replace(old, folder)  # noqa: PTH105
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def provenance(command: str, seed: int, started: datetime) -> dict[str, Any]:
    """Say what made a result.

    Parameters
    ----------
    command : str
        The command line that does it again.
    seed : int
        First seed.
    started : datetime
        When the command began, in UTC.
    """
    now = datetime.now(UTC)
    return {
        "program": PROGRAM,
        "command": command,
        "seed": seed,
        "time_utc": now.isoformat(timespec="seconds"),
        "seconds": round((now - started).total_seconds(), 1),
        "git_commit": _commit(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}},
        "platform": platform.platform(),
    }


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit of the source, with `+changes` when files differ from it; None outside a repository."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None
    try:
        commit = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=10).stdout.strip()
        changes = subprocess.run(["git", "-C", root, "status", "--porcelain"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}+changes" if changes else commit


def frame(columns: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """Turn columns into a data frame; masked entries and not-a-number become null.

    Parameters
    ----------
    columns : mapping
        Name → array, all of one length; masked arrays have absent values.
    """
    out = pl.DataFrame({name: np.ma.getdata(values) for name, values in columns.items()})
    absent = {name: np.ma.getmaskarray(values) for name, values in columns.items() if np.ma.is_masked(values)}
    masked = [pl.when(pl.lit(pl.Series(mask))).then(None).otherwise(pl.col(name)).alias(name) for name, mask in absent.items()]
    return out.with_columns(masked).with_columns(pl.selectors.float().fill_nan(None))


def write_json(path: Path, content: Any) -> None:
    """Write JSON that any reader accepts: UTF-8, no infinities."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_yaml(path: Path, content: Any) -> None:
    """Write YAML in the order of `content`."""
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def write_rejected(path: Path, files: Sequence[FileReport]) -> None:
    """Write the rows of real files that could not be used, with the reason; nothing when there were no files."""
    if not files:
        return
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "line", "reason"])
        writer.writerows([report.path, line, reason] for report in files for line, reason in report.rejected)
