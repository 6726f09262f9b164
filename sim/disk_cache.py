"""What follows from the code, or from code and arguments, and takes long to make again: kept on disk, and never stale.

A folder for each module, named after the content of every source file of `sim` that the module imports, directly or not: a change makes
anew what it can touch, and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

import numba
import numpy as np
from pydantic import BaseModel

from sim.arrays import Array

KEPT_VERSIONS, KEPT_ANSWERS = 6, 400
P = ParamSpec("P")
_ROOT = Path(__file__).parents[1]
_IMPORTS = re.compile(rb"^\s*(?:from|import)\s+(sim(?:\.\w+)*)", re.MULTILINE)


@cache
def _sources(module: str) -> tuple[bytes, frozenset[str]]:
    """Return the content of a module of `sim`, and the modules of `sim` that it names in its imports."""
    path = _ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    content = path.read_bytes() if path.exists() else b""
    return content, frozenset(name.decode() for name in _IMPORTS.findall(content))


@cache
def code_version(module: str) -> str:
    """Return a name for the content of a module of `sim`, of all that it imports, directly or not, and of numba and numpy."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _sources(name)[1]
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for name in sorted(seen):
        digest.update(name.encode() + _sources(name)[0])
    return digest.hexdigest()[:16]


def _roots() -> Iterator[Path]:
    yield Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    yield Path(tempfile.gettempdir())


@cache
def disk_cache(kind: str, module: str) -> Path:
    """Return a writable folder for what a module makes: in the user's cache, or else in the temporary folder."""
    for root in _roots():
        versions = root / "beatlab" / kind / module
        folder = versions / code_version(module)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            os.utime(folder)
            for old in _beyond(versions, KEPT_VERSIONS):
                shutil.rmtree(old, ignore_errors=True)  # those that other checkouts still use are among the latest
            return folder
    return Path(tempfile.mkdtemp(prefix=f"beatlab-{kind}-"))


def _beyond(folder: Path, most: int) -> list[Path]:
    """Return all entries of a folder but the latest."""
    return sorted(folder.iterdir(), key=_written, reverse=True)[most:]


def _written(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:  # another process has just deleted it
        return 0.0


class _Content(pickle.Pickler):
    """Writes arguments so that the same content gives the same bytes in every process."""

    def reducer_override(self, value: Any) -> Any:
        """Write parameters as their values, and tables by column.

        Parameters also hold a set of names, whose order differs from process to process; the gaps between columns hold anything.
        """
        if isinstance(value, BaseModel):
            return str, (value.model_dump_json(),)
        if isinstance(value, np.ndarray) and value.dtype.names:
            return list, ([(name, value[name].copy()) for name in value.dtype.names],)
        return NotImplemented


def _name(arguments: object) -> str:
    written = io.BytesIO()
    _Content(written, protocol=5).dump(arguments)
    return hashlib.sha256(written.getbuffer()).hexdigest()[:32]


def answers_kept(function: Callable[P, Array]) -> Callable[P, Array]:
    """Keep the arrays that a slow pure function returns, by its code and the whole content of its arguments."""

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Array:
        file = disk_cache("answers", function.__module__) / f"{function.__name__}-{_name((args, kwargs))}.npy"
        try:
            kept: Array = np.load(file)
        except (OSError, ValueError, EOFError):  # not there, or not whole
            kept = function(*args, **kwargs)
            with contextlib.suppress(OSError):
                _write(file, kept)
        return kept

    return answer


def _write(file: Path, answer: Array) -> None:
    """Write a file at once: another process sees all of it, or nothing."""
    for old in _beyond(file.parent, KEPT_ANSWERS):
        old.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as temporary:
        np.save(temporary, answer)
    Path(temporary.name).replace(file)
