"""A journal: what one writer has finished, run by run, so that not even a killed command loses what it has done.

Records follow each other, each with its length and its digest: a row as JSON, and behind it the bytes of its content.
What a writer was at when it was killed ends the file and is left out. A journal is locked as long as its writer lives;
another writer makes a shard of one that is not.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic_core import from_json, to_json

SUFFIX = ".journal"
CONTENT = "content"  # the column of bytes
_HEAD = struct.Struct("<Q32s")
_LENGTH = struct.Struct("<Q")  # of what is JSON


class Journal:
    """The journal of one writer, made when it is opened.

    Parameters
    ----------
    folder : Path
        Where the journals of a store are.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{uuid4().hex}{SUFFIX}"
        unlocked = self.path.with_suffix(".new")  # another writer would take it for one that was left behind
        self._stream = unlocked.open("xb")
        with suppress(OSError):  # some disks know no locks
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unlocked.rename(self.path)

    def add(self, row: dict[str, Any]) -> None:
        """Write a row so that it outlives this process."""
        told = to_json({name: value for name, value in row.items() if name != CONTENT})
        record = _LENGTH.pack(len(told)) + told + row[CONTENT]
        self._stream.write(_HEAD.pack(len(record), hashlib.sha256(record).digest()) + record)
        self._stream.flush()

    def close(self) -> None:
        """Let go of the file; its rows stay."""
        self._stream.close()


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a journal up to the first that is not whole."""
    rows = []
    with path.open("rb") as stream:
        while len(head := stream.read(_HEAD.size)) == _HEAD.size:
            length, digest = _HEAD.unpack(head)
            record = stream.read(length) if length <= path.stat().st_size else b""
            if hashlib.sha256(record).digest() != digest:
                break
            end = _LENGTH.size + _LENGTH.unpack_from(record)[0]
            rows.append({**from_json(record[_LENGTH.size : end]), CONTENT: record[end:]})
    return rows


def left_behind(folder: Path) -> list[tuple[Path, int]]:
    """Return the journals whose writers live no more, each with the open file that locks it: close it in the end."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with suppress(OSError):  # its writer lives, or another has just made a shard of it
            descriptor = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                raise
            if path.exists():
                found.append((path, descriptor))
            else:
                os.close(descriptor)
    return found
