"""Which columns of a police file hold the time, the place and the number of a row."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from sim.city.city import ColumnNames
from sim.city.column_names import (
    LATITUDE,
    LONGITUDE,
    NUMBER,
    PARTS_OF_DATE,
    POINT,
    PORTALS,
    TIME,
)
from sim.city.notices import Notice
from sim.city.points import split_points
from sim.parameters import BadInput


class PlaceColumns(NamedTuple):
    """Where a file has its places: names of columns, and their values as text (null where absent)."""

    latitude_name: str
    latitude: pl.Series
    longitude_name: str
    longitude: pl.Series


class Columns(NamedTuple):
    """What was found in one file: names of columns, and their values as text (null where absent)."""

    time_name: str
    time: pl.Series
    latitude_name: str
    latitude: pl.Series
    longitude_name: str
    longitude: pl.Series
    number: pl.Series | None
    joined: bool  # the time is joined from columns of its parts

    @property
    def place(self) -> PlaceColumns:
        """The columns of the place."""
        return PlaceColumns(self.latitude_name, self.latitude, self.longitude_name, self.longitude)


def plain(name: str) -> str:
    """Return a column's name in lower case without spaces, underscores and punctuation."""
    return re.sub(r"[\W_]+", "", name).lower()


def find_columns(
    frame: pl.DataFrame, field: str, path: str, names: ColumnNames, types: tuple[str, ...] = ()
) -> Columns:
    """Find the columns of a file.

    Parameters
    ----------
    frame : polars.DataFrame
        The file, every column as text.
    field : str
        `city.incidents_csv` or `city.calls_csv`, for errors.
    path : str
        The file, for errors.
    names : ColumnNames
        Names that the user gave; one that this file does not have is looked for as if it had not been given.
    types : tuple of str
        Names of columns of types, of which the file must have one; none: it need not.

    Raises
    ------
    BadInput
        If time, place or type cannot be found: says what was looked for, and what the file has.
    """
    time_name, time = _time(frame, names.time)
    latitude_name, longitude_name, latitude, longitude = _place(frame, names)
    missing = [
        (what, wanted)
        for what, found, wanted in (
            ("time", time_name, TIME),
            ("latitude", latitude_name, LATITUDE),
            ("longitude", longitude_name, LONGITUDE),
            ("type", find(frame, names.type, types) if types else "", types),
        )
        if found is None
    ]
    if missing:
        what, wanted = missing[0]
        said = (
            "no column of {missing} found; name it with city.columns.{what}=…; looked for {names}, …; the file has "
            "{columns}"
            if what != "type"
            else "no column of {missing} found; name it with city.columns.{what}=…; looked for {names}, …; the file "
            "has {columns}; if all rows are of one type, say so: city.type=burglary"
        )
        has = (*frame.columns[:30], *(["…"] if len(frame.columns) > 30 else []))
        kinds, looked = Notice(what), tuple(sorted(wanted, key=len)[:10])
        for kind, _ in missing[1:]:
            kinds = Notice("{one} or {other}", one=kinds, other=Notice(kind))
        raise BadInput(field, path, Notice(said, missing=kinds, what=what, names=looked, columns=has))
    for name in (time_name, latitude_name, longitude_name):
        check_no_twin(frame, str(name), field, path)
    number = find(frame, None, NUMBER)
    return Columns(
        str(time_name), time, str(latitude_name), latitude, str(longitude_name), longitude,
        None if number is None else frame[number], not time.equals(frame[str(time_name)]),
    )  # fmt: skip


def check_no_twin(frame: pl.DataFrame, name: str, field: str, path: str) -> None:
    """Raise `BadInput` if a file has a second column of that name, with other content."""
    twin = f"{name}_duplicated_0"  # as Polars calls it
    if twin in frame.columns and not frame[name].equals(frame[twin]):
        said = "a file with one column {name!r}; this one has several with different content: rename them"
        raise BadInput(field, path, Notice(said, name=name))


def place_columns(frame: pl.DataFrame, field: str, path: str, names: ColumnNames) -> PlaceColumns:
    """Find the columns of the place in a file that has no others to be found, such as one of stations.

    Raises
    ------
    BadInput
        If there are none.
    """
    latitude_name, longitude_name, latitude, longitude = _place(frame, names)
    if latitude_name is None or longitude_name is None:
        said = "a file with columns latitude and longitude; it has {columns}"
        raise BadInput(field, path, Notice(said, columns=tuple(frame.columns[:30])))
    return PlaceColumns(latitude_name, latitude, longitude_name, longitude)


def check_given_names(frames: list[tuple[str, pl.DataFrame]], names: ColumnNames) -> None:
    """Raise `BadInput` if a column that the user named is in none of the files (path, rows)."""
    for what in ("time", "clock", "latitude", "longitude", "point", "type"):
        given = getattr(names, what)
        if given is not None and frames and all(find(frame, given, ()) is None for _, frame in frames):
            has = tuple(
                Notice("{file} has {columns}", file=path, columns=tuple(frame.columns[:30])) for path, frame in frames
            )
            raise BadInput(f"city.columns.{what}", given, Notice("a column of the file; {has}", has=has))


def portal_of(frame: pl.DataFrame) -> tuple[str, float, float, float] | None:
    """Return the name, latitude, longitude and radius (km) of the portal whose columns a file has, or None."""
    has = {plain(name) for name in frame.columns}
    return next(((name, lat, lon, km) for name, wanted, lat, lon, km in PORTALS if wanted <= has), None)


def find(frame: pl.DataFrame, given: str | None, wanted: tuple[str, ...]) -> str | None:
    """Return the column that was given, else the first wanted one that is half filled, else the first wanted one."""
    by_plain = {plain(name): name for name in reversed(frame.columns)}
    if given is not None:
        if given in frame.columns:
            return given
        if plain(given) in by_plain:
            return by_plain[plain(given)]
    there = [by_plain[name] for name in wanted if name in by_plain]
    filled = [name for name in there if frame[name].null_count() <= frame.height / 2]
    return next(iter(filled or there), None)


def _time(frame: pl.DataFrame, given: str | None) -> tuple[str | None, pl.Series]:
    """Return name and text of the time, or of the date where the clock stands elsewhere.

    The date is joined from year, month and day where a file has it so.
    """
    short = tuple(time.replace("date", "dt") for time in TIME)  # such as EVENT_DT
    name = find(frame, given, (*(f"{time}local" for time in TIME), *TIME, *short, *(f"{time}utc" for time in TIME)))
    if name is not None:
        return name, frame[name]
    year, month, day = (find(frame, None, names) for names in PARTS_OF_DATE)
    if year is None or month is None:
        alone = year or month  # a column of months has their years, or is none
        return alone, frame[alone] if alone else pl.Series([], dtype=pl.String)
    parts = [frame[part].str.strip_chars().str.replace(r"\.0+$", "") for part in (year, month, day) if part is not None]
    return year, pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator="-")).to_series()


def _place(frame: pl.DataFrame, names: ColumnNames) -> tuple[str | None, str | None, pl.Series, pl.Series]:
    """Return names and texts of latitude and longitude.

    A column of points such as `POINT (lon lat)` or `(lat, lon)` serves when the user names it, or there are no others.
    """
    latitude, longitude = find(frame, names.latitude, LATITUDE), find(frame, names.longitude, LONGITUDE)
    given = find(frame, names.point, ())
    if given is not None:
        points = split_points(frame[given])
        if points is None:
            said = (
                "a column of places such as (41.8, -87.6), '41.8, -87.6' or POINT (-87.6 41.8); this one has {text!r}"
            )
            raise BadInput("city.columns.point", given, Notice(said, text=str(frame[given].drop_nulls().first())[:60]))
        return given, given, *points
    if latitude is not None and longitude is not None:
        return latitude, longitude, frame[latitude], frame[longitude]
    for name in _all_of(frame, POINT):
        points = split_points(frame[name])
        if points is not None:
            return name, name, *points
    none = pl.Series([], dtype=pl.String)
    return latitude, longitude, none, none


def _all_of(frame: pl.DataFrame, wanted: tuple[str, ...]) -> list[str]:
    """Return the columns that have one of the wanted names, in the order of these."""
    by_plain = {plain(name): name for name in reversed(frame.columns)}
    return [by_plain[name] for name in wanted if name in by_plain]
