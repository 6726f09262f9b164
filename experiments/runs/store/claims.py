"""Claims: which runs a command is at, so that another one that needs them does others, and has these from the store.

Each command has a file of the runs that it has begun, locked as long as it lives and touched every so often. One that
shows no sign of life has lost its claims: at once where the lock tells it, which is on the same machine, else when its
lease is over. All files are read and written by one command at a time; where a disk knows no locks, two may now and
then do the same run, of which one is kept.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIX = ".claims"
LOCK = "lock"
LEASE_S = 60.0  # without a sign of life, after which claims are void
TOUCHED_S = LEASE_S / 6  # between signs of life


class _Read(NamedTuple):
    """What has been read of the file of another command."""

    end: int
    names: set[str]


class Claims:
    """The claims of one command, and what it knows of those of others.

    Parameters
    ----------
    folder : Path
        Where the claims of a store are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own: Path | None = None
        self._names: set[str] = set()
        self._descriptor = -1
        self._over = threading.Event()
        self._others: dict[Path, _Read] = {}

    @contextmanager
    def alone(self) -> Iterator[float]:
        """Keep others from claiming in a block; give what time it is by the clock of the disk."""
        with (self.folder / LOCK).open("ab") as stream:
            with suppress(OSError):
                fcntl.flock(stream, fcntl.LOCK_EX)
            os.utime(stream.fileno())
            yield os.fstat(stream.fileno()).st_mtime

    def of_others(self) -> set[str]:
        """Return the names that others have claimed; to be asked in a block of `alone`."""
        there = {path for path in self.folder.glob(f"*{SUFFIX}") if path != self._own}
        self._others = {path: _read(path, self._others.get(path, _Read(0, set()))) for path in there}
        return set().union(*(one.names for one in self._others.values()))

    def company(self) -> bool:
        """Whether another command has claims."""
        return any(path != self._own for path in self.folder.glob(f"*{SUFFIX}"))

    def add(self, names: Iterable[str]) -> None:
        """Claim names; to be done in a block of `alone`."""
        if self._own is None or not self._own.exists():  # who showed no sign of life for long has lost its own
            self._begin()
        new = [name for name in names if name not in self._names]
        os.write(self._descriptor, "".join(f"{name}\n" for name in new).encode())
        self._names.update(new)

    def dead(self, now: float) -> list[Path]:
        """Return the files of commands that live no more; to be asked in a block of `alone`, which tells the time."""
        return [path for path in self.folder.glob(f"*{SUFFIX}") if path != self._own and not _lives(path, now)]

    def close(self) -> None:
        """Give up all claims: what was claimed is in the store, or left to others."""
        self._over.set()
        if self._own is not None:
            self._own.unlink(missing_ok=True)
            os.close(self._descriptor)
        self._own, self._names = None, set()

    def _begin(self) -> None:
        """Make this command's file, and a thread that touches it."""
        self.close()
        self._own = self.folder / f"{uuid4().hex}{SUFFIX}"
        self._descriptor = os.open(self._own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        with suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(self._descriptor, f"{socket.gethostname()} {os.getpid()}\n".encode())
        self._over = threading.Event()
        threading.Thread(target=_touch, args=(self._own, self._over), daemon=True).start()


def _touch(path: Path, over: threading.Event) -> None:
    while not over.wait(TOUCHED_S):
        with suppress(OSError):
            os.utime(path)


def _read(path: Path, before: _Read) -> _Read:
    """Return what a file of claims holds, of which a part has been read before; the line of its owner is no name."""
    try:
        with path.open("rb") as stream:
            stream.seek(before.end)
            content = stream.read()
    except FileNotFoundError:  # its command has just ended
        return before
    whole = content[: content.rfind(b"\n") + 1]
    return _Read(before.end + len(whole), before.names | {*whole.decode().splitlines()})


def _lives(path: Path, now: float) -> bool:
    """Return whether the command of a file of claims shows a sign of life."""
    try:
        with path.open("rb") as stream:
            if now - os.fstat(stream.fileno()).st_mtime > LEASE_S:
                return False
            if stream.readline().decode().split(" ")[0] != socket.gethostname():
                return True
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True  # it has just ended by itself
    except OSError:
        return True  # its lock is held
    return False
