"""What is kept of a run as bytes and back again: plain values, arrays and our own records; a file can name no code."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_LENGTH = struct.Struct("<Q")  # of the tree of values, which goes before the arrays


def pack(value: Any) -> bytes:
    """Return a value as bytes.

    Parameters
    ----------
    value : object
        None, truth values, numbers, texts, bytes, arrays of numbers or texts, masked ones too; lists, tuples, mappings,
        dataclasses and named tuples of these.
    """
    arrays: list[np.ndarray] = []
    tree = json.dumps(_plain(value, arrays), ensure_ascii=False).encode()
    written = io.BytesIO()
    written.write(_LENGTH.pack(len(tree)) + tree)
    for array in arrays:
        np.lib.format.write_array(written, array, allow_pickle=False)
    return written.getvalue()


def unpack(content: bytes, records: Iterable[type[Any]] = ()) -> Any:
    """Return the value that `pack` has written.

    Parameters
    ----------
    content : bytes
        From `pack`.
    records : iterable of type
        The dataclasses and named tuples that it may hold.
    """
    stream = io.BytesIO(content)
    (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
    tree = json.loads(stream.read(length))
    return _value(tree, stream, {record.__name__: record for record in records})


def _plain(value: Any, arrays: list[np.ndarray]) -> Any:
    """Return a value as JSON has it; what JSON does not know is a list of a letter and its parts."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ma.MaskedArray):
        return ["m", _plain(np.ma.getdata(value), arrays), _plain(np.ma.getmaskarray(value), arrays)]
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return ["a"]
    if isinstance(value, bytes):
        arrays.append(np.frombuffer(value, dtype=np.uint8))
        return ["b"]
    if isinstance(value, dict):
        return ["d", *([key, one] if type(key) is str and type(one) is float
                       else [_plain(key, arrays), _plain(one, arrays)] for key, one in value.items())]  # fmt: skip
    if is_dataclass(value):
        return ["r", type(value).__name__, *(_plain(getattr(value, field.name), arrays) for field in fields(value))]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return ["r", type(value).__name__, *(_plain(one, arrays) for one in value)]
    if isinstance(value, list | tuple):
        return ["l" if isinstance(value, list) else "t", *(_plain(one, arrays) for one in value)]
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def _value(tree: Any, stream: io.BytesIO, records: dict[str, type[Any]]) -> Any:
    """Return the value of a tree; arrays are read in the order in which they were met."""
    if not isinstance(tree, list):
        return tree
    kind, *parts = tree
    if kind == "a":
        return np.lib.format.read_array(stream, allow_pickle=False)
    if kind == "b":
        return np.lib.format.read_array(stream, allow_pickle=False).tobytes()
    if kind == "d":
        return {_value(key, stream, records): _value(one, stream, records) for key, one in parts}
    if kind == "r":
        return records[parts[0]](*(_value(one, stream, records) for one in parts[1:]))
    values = [_value(one, stream, records) for one in parts]
    if kind == "m":
        return np.ma.MaskedArray(*values)
    return tuple(values) if kind == "t" else values
