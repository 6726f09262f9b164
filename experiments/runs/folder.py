"""Folders of results: complete or absent, never half-written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import traceback
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from experiments.runs import places
from experiments.runs.places import PROGRAM, PROVENANCE, NotDrawn
from sim.city.file_contents import contents
from sim.parameters import BadInput, Unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sim.city.city import FileReport

DRAWING_ERROR = "drawing_error.txt"
MISSING = {"missing": "the figures and the report"}  # stands in the record of a result that has its tables alone
LEAST_FREE = 5_000_000  # bytes: a small comparison with its figures
PROCESSOR = "processor"  # in the record, beside libraries
LIBRARIES = (
    "beatlab",
    "hydra-core",
    "matplotlib",
    "mesa",
    "networkx",
    "numba",
    "numpy",
    "pointpats",
    "polars",
    "pydantic",
    "scipy",
    "statsmodels",
)


def check_output(out: str | os.PathLike[str]) -> Path:
    """Make sure that results can be written, before anything is computed; sweep what killed commands have left there.

    Parameters
    ----------
    out : str or path
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
    if isinstance(out, os.PathLike):
        out = os.fspath(out)
    if not out or not isinstance(out, str):
        raise BadInput("out", out, "the name of a folder")
    try:
        folder = Path(out).expanduser().resolve()
        os.fsencode(folder).decode()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, no such user, bytes that are no text
        raise Unusable("out", out, f"{{}} names no folder ({error}); name another one") from None
    try:
        places.sweep(folder)
        _refuse_foreign(folder, out)
        with places.beside(folder) as temporary:
            free = shutil.disk_usage(temporary).free
    except (FileExistsError, NotADirectoryError):
        raise Unusable("out", out, "a part of the path {} is a file; name another folder") from None
    except OSError as error:
        why = f"{{}} cannot be written ({error.strerror or error}); name a folder that can"
        raise Unusable("out", out, why) from None
    if free < LEAST_FREE:
        needed = f"name a folder with {LEAST_FREE // 1_000_000} MB or more"
        raise Unusable("out", out, f"{{}} has {free // 1000:,} kB free, too few for results; {needed}")
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
        Where to write. A block that ends with `NotDrawn` has ended well, and the error passes through.
    """
    try:
        with places.beside(folder) as temporary:
            not_drawn = None
            try:
                yield temporary
            except NotDrawn as error:
                not_drawn = error
            _put(temporary, folder, {**provenance, **MISSING} if not_drawn else provenance)
        if not_drawn:
            raise not_drawn
    except OSError as error:
        raise Unusable("out", str(folder), f"{{}} cannot be written ({error.strerror or error})") from error


def _put(temporary: Path, folder: Path, provenance: Mapping[str, Any]) -> None:
    """Write the record of all files in a temporary folder, and put it in its place."""
    files = sorted(path for path in temporary.rglob("*") if path.is_file())
    names = [str(path.relative_to(temporary)) for path in files]
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in zip(names, files, strict=True)}
    write_json(temporary / PROVENANCE, {**provenance, "sha256": digests, "files": [*names, PROVENANCE]})
    _refuse_foreign(folder, str(folder))
    places.put(temporary, folder)


@contextmanager
def drawing(temporary: Path, folder: Path, provenance: Mapping[str, Any]) -> Iterator[None]:
    """Keep tables before figures and a report are made in the block, however it ends.

    They are put in place first, by themselves. Of what cannot be made, the traceback alone is left.

    Parameters
    ----------
    temporary : Path
        From `output_folder`, with all tables written.
    folder, provenance : Path, mapping
        Those of `output_folder`.

    Raises
    ------
    NotDrawn
        In the place of any error.
    """
    with suppress(OSError), places.beside(folder) as copy:  # without room for a second copy it goes on
        shutil.copytree(temporary, copy, dirs_exist_ok=True, copy_function=_link)
        _put(copy, folder, {**provenance, **MISSING})
    before = set(temporary.iterdir())
    try:
        yield
    except Exception as error:
        for path in set(temporary.iterdir()) - before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        with suppress(OSError):
            text = "".join(traceback.format_exception(error))
            (temporary / DRAWING_ERROR).write_bytes(text.encode(errors="backslashreplace"))
        why = f"{' '.join(f'{type(error).__name__}: {error}'.split())}, see {DRAWING_ERROR}"
        raise NotDrawn(f"the figures and the report are missing ({why}); the tables are complete") from error


def _link(source: str, target: str) -> None:
    """Give a file a second name, which takes no room; a copy where the disk knows no such names."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def check_drawing() -> None:
    """Make sure that figures can be drawn, before anything is computed.

    Raises
    ------
    BadInput
        When matplotlib cannot be imported.
    """
    try:
        import_module("matplotlib.figure")
    except Exception as error:  # whatever a broken installation raises
        why = f"{{}} cannot be imported ({type(error).__name__}: {error}), and figures need it; install it again"
        raise Unusable("installation", "matplotlib", why) from None


def _refuse_foreign(folder: Path, out: str) -> None:
    """Refuse a place that holds anything but results that we wrote."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Unusable("out", out, "{} is a file; name a folder")
    if folder == Path.cwd() or folder in Path.cwd().parents:
        raise Unusable("out", out, "{} is the current folder or lies above it; name a folder below it")
    ours = set(places.files_of(folder))
    for path in folder.rglob("*"):  # one is enough: there may be millions, as in somebody's home
        below = path.relative_to(folder)
        if (
            not path.is_dir() and not below.parts[0].endswith(places.SUFFIXES) and str(below) not in ours
        ):  # in those another command writes
            raise Unusable("out", out, f"{{}} holds {below}, which is no result of ours; name another folder")


def provenance(command: str, seed: int, started: datetime, inputs: Iterable[str] = ()) -> dict[str, Any]:
    """Say what made a result.

    Parameters
    ----------
    command : str
        The command line that does it again.
    seed : int
        First seed.
    started : datetime
        When the command began, in UTC.
    inputs : iterable of str
        The files that it has read, as the command names them.
    """
    from experiments.runs.store.identity import source_digests
    from sim.extensions import made_with

    now = datetime.now(UTC)
    return {
        "program": PROGRAM,
        "command": command,
        "seed": seed,
        "time_utc": now.isoformat(timespec="seconds"),
        "seconds": round((now - started).total_seconds(), 1),
        "git_commit": _commit(),
        "sources": source_digests(),
        "inputs": {path: input_digest(path) for path in sorted({*inputs})},
        "versions": installed_versions(),
        "platform": platform.platform(),
        **made_with(),
    }


def installed_versions() -> dict[str, str | None]:
    """Return the versions of Python and of what results are computed with, the kind of processor among them.

    Code is compiled for the processor that it runs on; between kinds, the last digits of a result may differ.
    """
    from numba.core.registry import cpu_target

    _, processor, _ = cpu_target.target_context.codegen().magic_tuple()
    return {
        "python": platform.python_version(),
        PROCESSOR: processor,
        **{name: _version(name) for name in LIBRARIES},
    }


def input_digest(path: str) -> str | None:
    """Return the SHA-256 of an input file, of a shapefile's with those beside it; None: it is not there."""
    found = contents(path)
    return hashlib.sha256("".join(found).encode()).hexdigest() if len(found) > 1 else next(iter(found), None)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit of the source, with `+changes` when files differ; None outside a checkout of its own."""
    root = Path(__file__).resolve().parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}  # of another one

    def git(*words: str) -> str:
        command = ["git", "--no-optional-locks", "-C", str(root), *words]
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10, env=environment)
        return told.stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != root:
            return None
        git("ls-files", "--error-unmatch", str(Path(__file__).resolve()))  # fails if installed in somebody's repository
        commit, changes = git("rev-parse", "HEAD"), git("status", "--porcelain")
    except (OSError, ValueError, subprocess.SubprocessError):
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
    masked = [
        pl.when(pl.lit(pl.Series(mask))).then(None).otherwise(pl.col(name)).alias(name) for name, mask in absent.items()
    ]
    return out.with_columns(masked).with_columns(pl.selectors.float().fill_nan(None))


def write_table(path: Path, table: pl.DataFrame) -> None:
    """Write a data frame as parquet; a disk that is full is an `OSError`, which it is not to polars."""
    content = io.BytesIO()
    table.write_parquet(content)
    path.write_bytes(content.getbuffer())


def write_tables(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write each data frame under its name."""
    for name, table in tables.items():
        write_table(folder / f"{name}.parquet", table)


def write_json(path: Path, content: Any) -> None:
    """Write JSON that any reader accepts: UTF-8, no infinities."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_yaml(path: Path, content: Any) -> None:
    """Write YAML in the order of `content`."""
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def write_rejected(path: Path, files: Sequence[FileReport]) -> None:
    """Write what was guessed in real files, without a line, and their rows that could not be used, with the reason.

    Nothing is written when there were no files.
    """
    if not files:
        return
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "line", "reason"])
        for report in files:
            writer.writerows([report.path, "", notice] for notice in report.notices)
            writer.writerows([report.path, line, reason] for line, reason in report.rejected)


def write_types(path: Path, files: Sequence[FileReport]) -> None:
    """Write each type of real files, the class that it was read as, and what became of its rows; nothing without files.

    The columns `type` and `class` can be changed and given back as `city.types_file`.
    """
    if not files:
        return
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "type", "class", "rows", "used", "lost", "why_lost", "why_class"])
        for report in files:
            for one in report.types:
                lost = one.rows - one.used
                writer.writerow([report.path, one.type, one.kind, one.rows, one.used, lost, one.lost, one.why])
