"""What follows from code and arguments and takes long to make: kept on disk, never stale, never trusted blindly.

A folder for each module, named after the content of every source file of `sim` that the module imports, directly or
not: a change makes anew what it can touch, and nothing else. Only this user can write there; a file that is not as
written is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numba
import numpy as np

KEPT_VERSIONS = 6
OTHERS_WRITE, OTHERS = stat.S_IWGRP | stat.S_IWOTH, stat.S_IRWXG | stat.S_IRWXO
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
    """Return a name for the content of a module of `sim`, of all that it imports, and of numba and numpy."""
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


def _places() -> Iterator[Path]:
    """Yield where our folder can be: in the user's cache, or else in the temporary folder, by the user's number."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    with contextlib.suppress(RuntimeError):  # the user has no home
        home = given if given.is_absolute() else Path.home() / ".cache"
        if home.is_absolute():
            yield home / "beatlab"
    yield Path(tempfile.gettempdir()) / f"beatlab-{os.geteuid()}"


def _private(place: Path, *below: str) -> Path:
    """Make a folder, and others in it, that only this user can change or read.

    Raises
    ------
    PermissionError
        When somebody else owns it, could have put something into it, or can put another one in its place.
    """
    folder = place.parent.resolve()
    for above in (*reversed(folder.parents), folder):
        status = _made(above).stat()
        open_to_others = status.st_mode & OTHERS_WRITE and not status.st_mode & stat.S_ISVTX
        if open_to_others or status.st_uid not in (0, os.geteuid()):
            raise PermissionError(above)
    for name in (place.name, *below):
        folder = _made(folder / name)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & OTHERS_WRITE:
            raise PermissionError(folder)
        if status.st_mode & OTHERS:
            folder.chmod(stat.S_IRWXU)
    return folder


def _made(folder: Path) -> Path:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=stat.S_IRWXU)
    return folder


@cache
def disk_cache(kind: str, module: str) -> Path | None:
    """Return a private writable folder for what a module makes; None: there is none, each process makes all anew."""
    with contextlib.suppress(OSError, RuntimeError):  # no temporary folder, no home
        for place in _places():
            with contextlib.suppress(OSError, RuntimeError):  # it cannot be written, is not ours, or its links go round
                folder = _private(place, kind, module, code_version(module))
                if os.access(folder, os.W_OK):
                    os.utime(folder)
                    for old in _beyond(folder.parent, KEPT_VERSIONS):
                        shutil.rmtree(old, ignore_errors=True)  # those that other checkouts use are among the latest
                    return folder
    return None


def seal_of(file: Path, content: bytes) -> bytes:
    """Return what ends a file: it tells a content that was changed, cut short, or written for another file."""
    return hashlib.sha256("/".join(file.parts[-4:]).encode() + b"\0" + content).digest()


def ours(status: os.stat_result) -> bool:
    """Return whether an entry of a folder is a file of this user."""
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def read_sealed(file: Path) -> bytes | None:
    """Return what `write_sealed` wrote into a file; None if it is not there, not ours, or not as it was written."""
    try:
        if not ours(file.lstat()):
            return None
        written = file.read_bytes()
    except OSError:
        return None
    length = hashlib.sha256().digest_size
    content, seal = written[:-length], written[-length:]
    return content if seal == seal_of(file, content) else None


def write_sealed(file: Path, content: bytes) -> None:
    """Write a file at once: another process sees all of it, or nothing. Where it cannot be written, nothing is left."""
    with contextlib.suppress(OSError):
        descriptor, temporary = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content + seal_of(file, content))
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def kept(folder: Path | None, name: str, make: Callable[[], bytes], most: int) -> bytes:
    """Return what is kept under a name, or what is made now, which is then kept.

    Parameters
    ----------
    folder : Path or None
        From `disk_cache`; None: nothing can be kept.
    name : str
        Tells all that the content follows from, but for the code, which the folder tells.
    make : callable
        Makes the content.
    most : int
        How many others the folder may hold, the latest.
    """
    if folder is None:
        return make()
    if (found := read_sealed(folder / name)) is not None:
        return found
    made = make()
    with contextlib.suppress(OSError):
        for old in _beyond(folder, most):
            old.unlink(missing_ok=True)
    write_sealed(folder / name, made)
    return made


def _beyond(folder: Path, most: int) -> list[Path]:
    """Return all entries of a folder but the latest."""
    return sorted(folder.iterdir(), key=written_at, reverse=True)[most:]


def written_at(entry: Path) -> float:
    """Return when an entry of a folder was written or last counted as used, in seconds."""
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:  # another process has just deleted it
        return 0.0
