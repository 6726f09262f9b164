"""Where results appear: written beside their place, put there at once; what a killed command left is swept by the next.

A folder that cannot be renamed (a container's volume) is filled from inside: the record of its files goes first and
comes last, so that what has it is complete. What a command writes is locked as long as it lives: what is not is swept.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROVENANCE = "provenance.json"
PROGRAM = "beatlab"
PART, OLD = SUFFIXES = ".beatlab-part", ".beatlab-old"
MOUNTS = Path("/proc/self/mountinfo")


class NotDrawn(RuntimeError):
    """Figures or a report could not be made; everything else is written."""


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Give an empty locked folder from which `put` can make `folder`.

    If it is still there at the end, it is removed together with the parents that were made for it.
    """
    inside = _stays(folder)
    parent = folder if inside else folder.parent
    missing = [above for above in (*reversed(parent.parents), parent) if not above.exists()]
    temporary = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=_prefix(folder, inside), suffix=PART, dir=parent))
        temporary.chmod(0o777 & ~_umask())
        with _locked(temporary):
            yield temporary
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        for above in reversed(missing):
            with suppress(OSError):  # somebody else has put something there, we have, or it was never made
                above.rmdir()


def put(temporary: Path, folder: Path) -> None:
    """Put a complete folder from `beside` in the place of `folder`; when that fails, all is as before."""
    old = temporary.with_name(temporary.name.removesuffix(PART) + OLD)
    if temporary.parent == folder:
        _fill(temporary, old, folder)
    elif folder.exists():
        with _locked(folder):
            folder.rename(old)
            try:
                temporary.rename(folder)
            except BaseException:
                old.rename(folder)
                raise
            shutil.rmtree(old, ignore_errors=True)
    else:
        temporary.rename(folder)


def sweep(folder: Path) -> None:
    """Remove what killed commands have left beside `folder` and in it; put back what they were replacing."""
    if folder.parent.is_dir():
        for left in _left(folder.parent, _prefix(folder, False)):
            if left.name.endswith(OLD) and not folder.exists():
                left.rename(folder)
            else:
                shutil.rmtree(left, ignore_errors=True)
    if folder.is_dir():
        for stem in {left.name.removesuffix(left.suffix) for left in _left(folder, _prefix(folder, True))}:
            part, old = folder / f"{stem}{PART}", folder / f"{stem}{OLD}"
            if not part.exists() or not _in_use(part):
                _put_back(part, old, folder)
                shutil.rmtree(old, ignore_errors=True)
                shutil.rmtree(part, ignore_errors=True)


def files_of(folder: Path) -> list[str]:
    """Return the files of a result that we wrote, by its record; none where there is no such record."""
    try:
        if not (folder / PROVENANCE).is_file():  # a pipe would be read for ever
            return []
        record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        return [str(file) for file in record["files"]] if record["program"] == PROGRAM else []
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []


def result_in(place: str) -> Path:
    """Return a folder that holds a result of ours, as the user has named it.

    Raises
    ------
    BadInput
        When there is none.
    """
    from sim.parameters import Unusable

    folder = Path(place).expanduser()
    if not files_of(folder):
        words = f"{{}} holds no result with its {PROVENANCE} (paths are relative to the working directory)"
        raise Unusable("folder", place, words)
    return folder


@contextmanager
def at_once(file: Path) -> Iterator[Path]:
    """Give a place beside a file to write it to: it takes the place of the file at once, or nothing of it is left."""
    part = file.with_name(f".{file.name}{PART}")
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _fill(temporary: Path, old: Path, folder: Path) -> None:
    """Put the content of a folder in the place of that of the folder around it."""
    old.mkdir()
    try:
        _move(folder, old, _entries(folder))
        _move(temporary, folder, reversed(_entries(temporary)))
    except BaseException:
        _put_back(temporary, old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _put_back(temporary: Path, old: Path, folder: Path) -> None:
    """Undo what `_fill` has done so far, unless it had come to its end; it may have been undone in part."""
    if old.is_dir() and not (folder / PROVENANCE).exists():
        _move(folder, temporary, [name for name in _entries(temporary) if not (temporary / name).exists()])
        _move(old, folder, sorted((path.name for path in old.iterdir()), key=PROVENANCE.__eq__))
        old.rmdir()


def _entries(folder: Path) -> list[str]:
    """Return the files and folders of a result, its record first."""
    names = {Path(file).parts[0] for file in files_of(folder)}
    return sorted(names, key=PROVENANCE.__ne__)


def _move(source: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):  # somebody has removed it
            (source / name).rename(target / name)


def _prefix(folder: Path, inside: bool) -> str:
    return "." if inside else f".{folder.name}."


def _left(parent: Path, prefix: str) -> list[Path]:
    """Return the folders of ours that nobody writes any more."""
    named = [path for path in parent.iterdir() if path.name.startswith(prefix) and path.name.endswith(SUFFIXES)]
    return [path for path in named if _is_ours(path) and not _in_use(path)]


def _is_ours(path: Path) -> bool:
    status = path.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _stays(folder: Path) -> bool:
    """Return whether a folder cannot be renamed: it is where a disk begins, or its parent cannot be written."""
    if not folder.is_dir():
        return False
    told = re.sub(r"[\\ \t\n]", lambda found: f"\\{ord(found[0]):03o}", str(folder))
    mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if MOUNTS.exists() else []
    begins = os.path.ismount(folder) or any(line.split()[4] == told for line in mounts)
    return begins or not os.access(folder.parent, os.W_OK)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Tell other commands that this one is at work in a folder, as long as it lives; some disks know no locks."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _in_use(folder: Path) -> bool:
    """Return whether a command is at work in a folder, or may be."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
