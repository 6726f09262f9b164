"""When and where the rows of a file are, as a person looks at them before anything is estimated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.coverage import Coverage

FINE_DEGREES, COARSE_DEGREES = 0.0005, 0.002  # to which places are rounded for a picture, about 50 m and 200 m
MOST_PLACES = 4000  # of the finer kind
WIDE = 10**7  # more steps than there are round the earth


class FilePortrait(NamedTuple):
    """The usable rows of a file by kind, hour, day and place."""

    kinds: tuple[str, ...]  # classes that it has rows of
    hours: Array  # [kinds, 24] rows; zero if the file has no clock
    weekdays: Array  # [kinds, 7] rows, Monday first; zero if the file has no days
    first: np.datetime64  # day on which its time begins
    a_day: Array  # [days] rows of any kind from then on, whatever speaks against them
    coverage: Coverage
    latitude: Array  # [places] degrees, rounded
    longitude: Array  # [places]
    rows: Array  # [places] usable rows there


def portrait_of(
    stamp: Array, kind: Array, names: tuple[str, ...], place: tuple[Array, Array], times: tuple[Array, Coverage, bool]
) -> FilePortrait:
    """Count rows by kind, hour, day and place.

    Parameters
    ----------
    stamp, kind : array [rows]
        Times of usable rows, datetime64[s], and the number of their kind in `names`.
    names : tuple of str
        All kinds that there may be.
    place : tuple of array [rows]
        Latitude and longitude of usable rows, degrees.
    times : tuple
        Times of all rows [times], the time that they cover, and whether they name hours.
    """
    every, coverage, has_clock = times
    seconds = stamp.astype(np.int64)
    there = np.flatnonzero(np.bincount(kind, minlength=len(names)))
    number = np.searchsorted(there, kind)
    hours = _table(number, seconds // 3600 % 24, len(there), 24) * has_clock
    weekdays = _table(number, (seconds // 86_400 + 3) % 7, len(there), 7) * (coverage.unit == "D")
    day = every.astype("datetime64[D]")
    at, rows = _places(place, FINE_DEGREES)
    if len(rows) > MOST_PLACES:
        at, rows = _places(place, COARSE_DEGREES)
    return FilePortrait(
        tuple(names[i] for i in there), hours, weekdays, day.min(), np.bincount((day - day.min()).astype(np.int64)),
        coverage, at[:, 0], at[:, 1], rows,
    )  # fmt: skip


def _table(row: Array, column: Array, rows: int, columns: int) -> Array:
    return np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns)


def _places(place: tuple[Array, Array], degrees: float) -> tuple[Array, Array]:
    """Return the places [places, 2] to which rows are rounded, and how many rows each has."""
    north, east = (np.round(along / degrees).astype(np.int64) for along in place)
    each, rows = np.unique(north * WIDE + east, return_counts=True)  # far faster than of pairs
    north, east = np.divmod(each + WIDE // 2, WIDE)
    return np.column_stack([north, east - WIDE // 2]) * degrees, rows
