"""The container of a replay's data: a tree of plain values and columns, compressed, read by `player/player.js`."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np

ALIGNED = 8  # bytes, as typed arrays of a browser want it
TYPES = {"u1": np.uint8, "i2": np.int16, "u2": np.uint16, "i4": np.int32, "f4": np.float32}
_NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}


class Differences:
    """A column that is kept as the differences of its neighbours, which compress better; they may wrap around.

    Parameters
    ----------
    values : array
        Of a type of `TYPES` that is a whole number.
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = np.diff(values, prepend=values.dtype.type(0))


def pack(tree: Any) -> bytes:
    """Return a tree of mappings, sequences, plain values and columns as bytes.

    Parameters
    ----------
    tree : mapping, sequence or plain value
        Arrays in it, of one of `TYPES`, become columns; it has no key `$`.

    Returns
    -------
    bytes
        gzip of: the length of the head (4 bytes, little-endian), the head (JSON, in which a column is
        `{"$": [type, offset, entries, 1 if it is kept as differences]}`), and the columns, each from a multiple of 8
        bytes on. The same tree gives the same bytes.
    """
    columns: list[bytes] = []
    length = 0

    def placed(values: np.ndarray, differences: bool) -> dict[str, Any]:
        """Append a column, and return what stands for it in the head."""
        nonlocal length
        content = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
        found = {"$": [_NAMES[values.dtype], length, len(values), int(differences)]}
        columns.append(_padded(content))
        length += len(columns[-1])
        return found

    def plain(value: Any) -> Any:
        """Return a value of the tree as JSON has it."""
        match value:
            case Differences():
                return placed(value.values, True)
            case np.ndarray():
                return placed(value, False)
            case dict():
                return {key: plain(inner) for key, inner in value.items()}
            case list() | tuple():
                return [plain(inner) for inner in value]
        return value

    head = json.dumps(plain(tree), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return gzip.compress(_padded(len(head).to_bytes(4, "little") + head) + b"".join(columns), 9, mtime=0)


def unpack(content: bytes) -> Any:
    """Return the tree of `pack`, its columns as arrays."""
    plain = gzip.decompress(content)
    length = int.from_bytes(plain[:4], "little")
    first = len(_padded(plain[: 4 + length]))

    def revived(value: dict[str, Any]) -> Any:
        """Return a column in place of what stands for it."""
        if "$" not in value:
            return value
        kind, offset, entries, differences = value["$"]
        found = np.frombuffer(plain, np.dtype(TYPES[kind]).newbyteorder("<"), entries, first + offset)
        return np.cumsum(found, dtype=TYPES[kind]) if differences else found

    return json.loads(plain[4 : 4 + length], object_hook=revived)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % ALIGNED)
