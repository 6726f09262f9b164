"""What is large and follows from parameters alone: made once, kept on disk, and mapped by all processes that need it.

Processes share the memory of its arrays, which nobody can write to. A file that is not as it was written is made anew;
as elsewhere on disk, only this user can write there, see `sim.disk_cache`.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sim.arrays import frozen
from sim.disk_cache import disk_cache, ours, seal_of, written_at
from sim.lock_files import alone

Value = TypeVar("Value")
KEPT_BYTES = 3 << 30  # of all versions of the code together, the latest (assumption: a disk has room for it)
SPARED = 4  # times the size of a file must be free for it to be written
PATIENCE_S = 600.0  # with another process that makes the same, before it is made twice
ALIGNED = 64  # bytes, at which each array begins
_LENGTH = struct.Struct("<Q")


class _Head(NamedTuple):
    """What a file begins with."""

    tree: bytes  # the value without its arrays
    arrays: list[tuple[int, int, int]]  # where each begins, counted from the first, its bytes, and their checksum


def mapped(kind: str, module: str, name: str, make: Callable[[], Value]) -> Value:
    """Return a value whose arrays processes share: as another has written it, or as it is made and written now.

    Parameters
    ----------
    kind : str
        Of what is kept.
    module : str
        Whose code, with all that it imports, makes it.
    name : str
        Tells all else that it follows from.
    make : callable
        Makes it. Where there is no disk to keep it, what it returns is returned, read-only.
    """
    folder, waiting = disk_cache(kind, module), disk_cache("settling", module)
    if folder is None or waiting is None:
        return frozen(make())
    file = folder / name
    found = _read(file)
    if found is None:
        with alone(waiting / f"{kind}-{name}.lock", PATIENCE_S):
            found = _read(file)  # another process may just have made it
            if found is None:
                made = frozen(make())
                _write(file, made)
                found = _read(file)
                if found is None:
                    return made
    with contextlib.suppress(OSError):
        os.utime(file)  # it counts among the latest
    value: Value = found[0]
    return frozen(value)


def _read(file: Path) -> tuple[Any] | None:
    """Return the only value of a file; None if it is not there, not ours, or not as it was written."""
    try:
        with file.open("rb") as stream:
            if not ours(os.fstat(stream.fileno())):
                return None
            content = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # an empty file cannot be mapped
        return None
    sealed = seal_of(file, b"")
    length = _LENGTH.unpack_from(content)[0] if len(content) >= _LENGTH.size else len(content)
    end = _LENGTH.size + length
    told = bytes(content[_LENGTH.size : end])
    if bytes(content[end : end + len(sealed)]) != seal_of(file, told):
        return None
    head: _Head = pickle.loads(told)
    first = _first(end + len(sealed))
    arrays = [content[first + begin : first + begin + size] for begin, size, _ in head.arrays]
    if any(zlib.crc32(array) != checksum for array, (_, _, checksum) in zip(arrays, head.arrays, strict=True)):
        return None
    return (pickle.loads(head.tree, buffers=arrays),)


def _write(file: Path, value: Any) -> None:
    """Write a value at once, if the disk has room for it: another process sees all of it, or nothing."""
    buffers: list[pickle.PickleBuffer] = []
    tree = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    arrays, begin, parts = [], 0, [buffer.raw() for buffer in buffers]
    for part in parts:
        arrays.append((begin, part.nbytes, zlib.crc32(part)))
        begin = _first(begin + part.nbytes)
    told = pickle.dumps(_Head(tree, arrays))
    head = _LENGTH.pack(len(told)) + told + seal_of(file, told)
    with contextlib.suppress(OSError):
        if shutil.disk_usage(file.parent).free < SPARED * begin:
            return
        _make_room(file.parent.parent, begin)
        part_file = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with part_file.open("xb") as stream:
                stream.write(head)
                for (start, _, _), part in zip(arrays, parts, strict=True):
                    stream.seek(_first(len(head)) + start)
                    stream.write(part)
            part_file.replace(file)
        except BaseException:
            part_file.unlink(missing_ok=True)
            raise


def _first(at: int) -> int:
    """Return where the next array may begin."""
    return -(-at // ALIGNED) * ALIGNED


def _make_room(folder: Path, size: int) -> None:
    """Remove the files of all versions that were not used for longest, until one of a size has room."""
    files = sorted((file for file in folder.glob("*/*") if file.is_file()), key=written_at, reverse=True)
    room = KEPT_BYTES - size
    for file in files:
        with contextlib.suppress(OSError):
            room -= file.stat().st_size
            if room < 0:
                file.unlink()
