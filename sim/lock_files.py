"""Lock files: one process at a time does a piece of work, and one that is killed at it holds nobody up."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

POLL_S = 0.1  # between tries


@contextlib.contextmanager
def alone(file: Path, patience_s: float) -> Iterator[None]:
    """Keep other processes that ask for the same lock file waiting during a block; wait for one that came before.

    The system lets go of a lock with the end of its process, however it ends. Where a disk has no locks, and when
    patience is over, the block is carried out all the same: it must be right to do the work twice.

    Parameters
    ----------
    file : Path
        Made now, and removed afterwards.
    patience_s : float
        How long to wait for another process.
    """
    descriptor = _locked(file, monotonic() + patience_s)
    try:
        yield
    finally:
        if descriptor is not None:
            with contextlib.suppress(OSError):
                file.unlink()
            os.close(descriptor)


def held(file: Path) -> bool:
    """Return whether somebody is in the block of a lock file."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)
    return False


def _locked(file: Path, until: float) -> int | None:
    """Return a descriptor that holds the lock of a file; None: there are no locks, or others had it all the time."""
    while True:
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                return descriptor
        except FileNotFoundError:
            pass  # who had it has just removed it
        except OSError as error:
            if not isinstance(error, BlockingIOError) or monotonic() >= until:
                os.close(descriptor)
                return None
            sleep(POLL_S)
        os.close(descriptor)
