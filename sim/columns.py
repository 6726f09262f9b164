"""Tables.

Documented columns of a population in one numpy structured array, and how they are read and written safely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array


class Column(NamedTuple):
    """One column of a table; `dtype` is numpy's, such as `f8`, `i4`, `?`, or `(4,)i4` for four numbers an agent."""

    name: str
    dtype: str
    unit: str
    meaning: str


def table(columns: Sequence[Column], n: int) -> Array:
    """Return a table of `n` rows of zeros with these columns, shape [n], fields aligned as in C.

    Raises
    ------
    ValueError
        If two columns share a name or a name is no identifier.
    """
    names = [column.name for column in columns]
    for i, name in enumerate(names):
        if not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"column {name!r}: a name must be a public identifier")
        if name in names[:i]:
            raise ValueError(f"column {name!r} is declared twice")
    return np.zeros(n, dtype=np.dtype([(column.name, column.dtype) for column in columns], align=True))


def grown(old: Array, capacity: int) -> Array:
    """Return a copy of a table with `capacity` rows, the new ones zero.

    Populations and views of the old table stay with the old.

    Raises
    ------
    ValueError
        If `capacity` is less than the rows that exist.
    """
    if capacity < len(old):
        raise ValueError(f"a table of {len(old)} rows cannot grow to {capacity}")
    new = np.zeros(capacity, dtype=old.dtype)
    new[: len(old)] = old
    return new


def fitting(values: Any, column: np.dtype[Any], name: str) -> Array:
    """Return values in the type of a column, and refuse those that would be cut silently (2.7 or 300 into a byte)."""
    column = column.base
    given = np.asarray(values)
    with np.errstate(invalid="ignore"):
        stored = given.astype(column)
    if column.kind in "iubSU" and not np.array_equal(stored, given):
        raise ValueError(f"{values!r} does not fit column {name!r} of type {column}")
    return stored


class Columns(Mapping[str, Array]):
    """Columns of a population by name: live and writable of the whole, a read-only copy in its order of a selection.

    `dict(population.columns)` is what the constructors of data frames take.
    """

    def __init__(self, rows: Array, selected: Array | None) -> None:
        self._table, self._selected = rows, selected

    def __getitem__(self, name: str) -> Array:
        if name not in (self._table.dtype.names or ()):
            raise KeyError(f"no column {name!r}; there are: {', '.join(self)}")
        column: Array = self._table[name]
        if self._selected is not None:
            column = column[self._selected]
            column.flags.writeable = False  # a write would be lost: Population.set is the way
        return column

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.dtype.names or ())

    def __len__(self) -> int:
        return len(self._table.dtype.names or ())


def objects(values: Iterable[Any]) -> Array:
    """Return a one-dimensional array of objects, whatever these are."""
    return np.fromiter(values, dtype=object)


def plain_array(values: list[Any]) -> Array:
    """Return plain numbers, truth values or texts as an array of their type, all else as objects."""
    return (
        np.array(values)
        if values and len({type(value) for value in values}) == 1 and np.ndim(values[0]) == 0
        else objects(values)
    )
