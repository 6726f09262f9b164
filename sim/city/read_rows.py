"""Reads a CSV of incidents or calls: which rows can be used, and why the others cannot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from sim.arrays import Array
from sim.city.city import ColumnNames, FileReport
from sim.city.file_columns import Columns, find_columns, portal_of
from sim.city.real_files import read_text
from sim.city.recorded_types import NO_CRIME, report_types, types_told
from sim.city.times import parse_times
from sim.city.type_columns import TypeSettings, names_of_types, read_types
from sim.parameters import BadInput

INCIDENTS, CALLS = "city.incidents_csv", "city.calls_csv"
MIN_ROWS = 30  # assumption: fewer say hardly more than the priors
MIN_PLACES = 50  # for a place to be told from the others as a lonely one
MOST_COLUMNS = 2000
KM_PER_DEGREE = 111.2
MAX_REACH_KM = 60.0  # from the median: a city is meant
MIN_MARGIN_KM = 2.0
LONELY_KM = 1.0
NO_COORDINATE = 1e8  # metres or feet, in any system of coordinates
MOST_POLAR = 72.0  # degrees; no city lies nearer to a pole, so a latitude beyond it is a longitude
ABSENT = ["", "NA", "N/A", "NULL", "null", "None", "NaN", "nan", "#N/A"]


class Rows(NamedTuple):
    """The usable rows of one file, in its order."""

    field: str  # `city.incidents_csv` or `city.calls_csv`
    latitude: Array  # [rows] degrees north
    longitude: Array  # [rows] degrees east
    stamp: Array  # [rows] datetime64[s], clock on the wall
    has_clock: bool
    has_day: bool
    crime: Array  # [rows] int8, place in `CRIME_EVIDENCE`, or `NO_CRIME`
    call: Array  # [rows] int8, place in `OTHER_CALLS`, or `NO_CALL`
    report: FileReport


class Sieve:
    """Remembers the first reason why each row cannot be used."""

    def __init__(self, n: int) -> None:
        self._code = np.zeros(n, dtype=np.int16)
        self._reasons = [""]

    @property
    def usable(self) -> Array:
        """Return which rows nothing speaks against, bool [rows]."""
        out: Array = self._code == 0
        return out

    def reject(self, rows: Array, reason: str) -> None:
        """Reject the marked rows that have not been rejected yet."""
        self._reasons.append(reason)
        self._code[self.usable & rows] = len(self._reasons) - 1

    def rejected(self, lines: Array) -> list[tuple[int, str]]:
        """Return (line, reason) of the rejected rows, given the line [rows] of each row."""
        rows = np.flatnonzero(self._code)
        return [(int(line), self._reasons[code]) for line, code in zip(lines[rows], self._code[rows], strict=True)]

    def reasons(self) -> pl.Series:
        """Return why each row is rejected, null where it is not."""
        return pl.Series([None, *self._reasons[1:]], dtype=pl.String).gather(self._code)


class Table(NamedTuple):
    """A CSV as text."""

    frame: pl.DataFrame  # text columns, null where empty
    lines: Array  # [rows] the line of the file on which each row begins
    encoding: str  # that the file has


def read_table(path: str, field: str) -> Table:
    """Return a CSV as text columns, plain, `.gz` or `.bz2`.

    The separator is the commonest of comma, semicolon, tab and bar in the first line.

    Raises
    ------
    BadInput
        If the file is missing, is a folder, cannot be read, is no text that we know, or has no rows.
    """
    text, encoding = read_text(path, field)
    head = text.split(b"\n", 1)[0].decode()
    separator = max(",;\t|", key=head.count)
    if head.count(separator) >= MOST_COLUMNS:
        raise BadInput(
            field,
            path,
            f"a CSV with a header line of at most {MOST_COLUMNS:,} columns; the first line of this one has "
            f"{head.count(separator) + 1:,}",
        )
    try:
        frame = pl.read_csv(
            text, separator=separator, infer_schema=False, truncate_ragged_lines=True, null_values=ABSENT
        )
    except pl.exceptions.PolarsError:
        raise BadInput(
            field,
            path,
            "a CSV with a header line and one row a line; this one is empty or has a quotation mark that never closes",
        ) from None
    if frame.height == 0:
        raise BadInput(field, path, "a CSV with rows; this one has a header at most")
    lines = np.arange(2, frame.height + 2)
    if text.count(b"\n") > frame.height + 1:  # some field runs over several lines
        extra = (
            frame.select(pl.sum_horizontal(pl.all().str.count_matches("\n").fill_null(0)))
            .to_series()
            .to_numpy()
            .astype(np.int64)
        )
        lines = lines + np.concatenate([[0], np.cumsum(extra)[:-1]])
    return Table(frame, lines, encoding)


def read_rows(table: Table, path: str, field: str, names: ColumnNames, said: TypeSettings) -> Rows:
    """Find the columns of a file and sort its rows into usable and rejected ones.

    A row is rejected if its time is missing or does not parse; if its place is missing, no number, zero, impossible, of
    the opposite sign or far from the others; if its type is missing or, among incidents, not simulated; if, among
    calls, the police began it themselves; or if its number occurred before (calls), or number, type and time did
    (incidents, whose offences may share one number).

    Parameters
    ----------
    table : Table
        From `read_table`.
    path, field : str
        The file, and `city.incidents_csv` or `city.calls_csv`.
    names : ColumnNames
        Columns that the user named.
    said : TypeSettings
        What the user says about types.

    Raises
    ------
    BadInput
        If columns are missing, most times do not parse, places look swapped or projected or lie in the wrong hemisphere
        for the portal, or fewer than 30 rows are left.
    """
    frame, lines, encoding = table
    columns = find_columns(frame, field, path, names, names_of_types(field, said))
    sieve = Sieve(frame.height)
    times = parse_times(columns.time, field, columns.time_name, names.time_format)
    sieve.reject(columns.time.is_null().to_numpy(), "time is missing")
    sieve.reject(np.isnat(times.stamp), "time does not parse")
    latitude, longitude = _coordinates(columns, sieve, path, field, portal_of(frame))
    types, type_columns = read_types(frame, field, path, names, said)
    sieve.reject(types.text.is_null().to_numpy(), "type is missing")
    crime = types.crime
    if field == CALLS:
        sieve.reject(types.police, "no call from the public")
    else:
        sieve.reject(types.made_by_the_model, "the model brings this type about itself")
        sieve.reject(crime == NO_CRIME, "type is not simulated")
    if columns.number is not None:
        offence = [pl.Series(crime), pl.Series(times.stamp.astype(np.int64))] if field == INCIDENTS else []
        key = [columns.number, *offence, pl.Series(sieve.usable)]
        rows = pl.DataFrame([series.alias(str(i)) for i, series in enumerate(key)])
        first = rows.select(pl.struct(pl.all()).is_first_distinct() | pl.col("0").is_null()).to_series()
        sieve.reject(~first.to_numpy(), "number occurs twice")
    use = sieve.usable
    told = report_types(types, sieve.reasons())
    if use.sum() < MIN_ROWS:
        most = _commonest(sieve.rejected(lines)) + types_told(told, type_columns)
        few = f"a file with at least {MIN_ROWS} usable rows; {use.sum()} of {frame.height} can be used{most}"
        raise BadInput(field, path, few)
    report = FileReport(path, frame.height, int(use.sum()), sieve.rejected(lines), encoding, told, type_columns)
    return Rows(
        field, latitude[use], longitude[use], times.stamp[use], times.has_clock, times.has_day, crime[use],
        types.call[use], report,
    )  # fmt: skip


def _commonest(rejected: list[tuple[int, str]]) -> str:
    reasons = [reason for _, reason in rejected]
    return f"; most often: {max(sorted(set(reasons)), key=reasons.count)}" if reasons else ""


def _coordinates(
    columns: Columns, sieve: Sieve, path: str, field: str, portal: tuple[str, float, float, float] | None
) -> tuple[Array, Array]:
    """Return latitude and longitude [rows], NaN where rejected, after checking the file as a whole and each row."""
    texts = (columns.latitude, columns.longitude)
    missing = texts[0].is_null().to_numpy() | texts[1].is_null().to_numpy()
    sieve.reject(missing, "coordinates are missing")
    latitude, longitude = (
        text.str.strip_chars()
        .str.replace(r"^(-?\d+),(\d+)$", "${1}.${2}")
        .cast(pl.Float64, strict=False)
        .fill_null(np.nan)
        .to_numpy(writable=True)
        for text in texts
    )
    sieve.reject(~(np.isfinite(latitude) & np.isfinite(longitude)), "coordinates are no numbers")
    sieve.reject((np.abs(latitude) < 1e-6) & (np.abs(longitude) < 1e-6), "coordinates are zero")
    for axis in (latitude, longitude):
        axis[~(np.abs(axis) < NO_COORDINATE)] = np.nan
    sieve.reject(~(np.isfinite(latitude) & np.isfinite(longitude)), "coordinates are impossible")
    good = np.isfinite(latitude) & np.isfinite(longitude) & ~((np.abs(latitude) < 1e-6) & (np.abs(longitude) < 1e-6))
    if not good.any():
        raise BadInput(
            field,
            path,
            f"a file with coordinates in degrees in columns {columns.latitude_name!r} and {columns.longitude_name!r}",
        )
    lat0, lon0 = float(np.median(latitude[good])), float(np.median(longitude[good]))
    _check_whole(columns, path, field, lat0, lon0, portal)
    sieve.reject(good & ((np.abs(latitude) > 90) | (np.abs(longitude) > 180)), "coordinates are impossible")
    fits = _fence(latitude[good], longitude[good], lat0, lon0, path, field)
    sieve.reject(
        good & ~fits(latitude, longitude) & fits(latitude, -longitude), "longitude has the opposite sign of the rest"
    )
    sieve.reject(
        good & ~fits(latitude, longitude) & fits(-latitude, longitude), "latitude has the opposite sign of the rest"
    )
    sieve.reject(good & ~fits(latitude, longitude) & fits(longitude, latitude), "latitude and longitude are swapped")
    sieve.reject(good & ~fits(latitude, longitude), "far from the others")
    near = np.flatnonzero(good & fits(latitude, longitude))
    sieve.reject(
        np.isin(np.arange(len(good)), near[_lonely(latitude[near], longitude[near], lat0, lon0)]), "far from the others"
    )
    return latitude, longitude


def _check_whole(
    columns: Columns, path: str, field: str, lat0: float, lon0: float, portal: tuple[str, float, float, float] | None
) -> None:
    """Raise `BadInput` if the median place shows that the columns as a whole are wrong."""
    names = f"city.columns.latitude={columns.longitude_name!r} city.columns.longitude={columns.latitude_name!r}"
    swapped = (
        f"latitude and longitude look swapped: {columns.latitude_name!r} has the median {lat0:.4g}; give {names}, or "
        "swap the columns"
    )
    if (abs(lat0) > 90 and abs(lon0) > 90) or max(abs(lat0), abs(lon0)) > 180:
        advice = (
            f"coordinates in degrees; the medians of {columns.latitude_name!r} and {columns.longitude_name!r} are "
            f"{lat0:.6g} and {lon0:.6g}"
        )
        raise BadInput(
            field,
            path,
            f"{advice}, which look like metres or feet; give other columns as city.columns.latitude and "
            "city.columns.longitude",
        )
    if abs(lat0) > MOST_POLAR and abs(lon0) <= MOST_POLAR:
        raise BadInput(field, path, swapped)
    if portal is None:
        return
    name, home_lat, home_lon, reach_km = portal
    if kilometres(lat0, lon0, home_lat, home_lon) <= reach_km:
        return
    for lat, lon, what in (
        (lat0, -lon0, "longitude"),
        (-lat0, lon0, "latitude"),
        (-lat0, -lon0, "latitude and longitude"),
    ):
        if kilometres(lat, lon, home_lat, home_lon) <= reach_km:
            where = f"the columns are those of {name}, but the median place is {lat0:.4f}, {lon0:.4f}"
            raise BadInput(
                field,
                path,
                f"{where}: the wrong hemisphere; change the sign of {what} (or rename the columns if the place is "
                "right)",
            )
    if kilometres(lon0, lat0, home_lat, home_lon) <= reach_km:
        raise BadInput(field, path, swapped)


class _Fence(NamedTuple):
    """A box in kilometres round a median place."""

    lat0: float
    lon0: float
    west_km: float
    east_km: float
    south_km: float
    north_km: float

    def __call__(self, latitude: Array, longitude: Array) -> Array:
        x, y = offsets_km(latitude, longitude, self.lat0, self.lon0)
        out: Array = (x >= self.west_km) & (x <= self.east_km) & (y >= self.south_km) & (y <= self.north_km)
        return out


def _fence(latitude: Array, longitude: Array, lat0: float, lon0: float, path: str, field: str) -> _Fence:
    """Return the box beyond which a row is far from the others.

    On each axis it spans the 2.5 % to 97.5 % quantiles of the rows within 60 km of the median, widened on both sides by
    half that range (at least 2 km), and never reaches more than 60 km: the fences of Tukey's box plot (1977), with
    outer quantiles because crime crowds.
    """
    x, y = offsets_km(latitude, longitude, lat0, lon0)
    near = (np.abs(x) <= MAX_REACH_KM) & (np.abs(y) <= MAX_REACH_KM)
    if near.mean() < 0.5:
        raise BadInput(
            field,
            path,
            f"rows of one city; more than half lie over {MAX_REACH_KM:.0f} km from their median place {lat0:.3f}, "
            f"{lon0:.3f}",
        )
    sides = []
    for along in (x[near], y[near]):
        low, high = np.quantile(along, [0.025, 0.975])
        margin = max(0.5 * (high - low), MIN_MARGIN_KM)
        sides += [max(low - margin, -MAX_REACH_KM), min(high + margin, MAX_REACH_KM)]
    return _Fence(lat0, lon0, *(float(side) for side in sides))


def _lonely(latitude: Array, longitude: Array, lat0: float, lon0: float) -> Array:
    """Return which rows lie alone.

    A place is lonely if it has at most three rows, and its third nearest place with rows is over 1 km, and over three
    times as far away as that of 95 % of the places.
    """
    x, y = offsets_km(latitude, longitude, lat0, lon0)
    places, which, rows = np.unique(x + 1j * y, return_inverse=True, return_counts=True)
    if len(places) < MIN_PLACES:
        return np.zeros(len(latitude), dtype=bool)
    at = np.column_stack([places.real, places.imag])
    third = cKDTree(at).query(at, k=4)[0][:, 3]
    lonely = (rows <= 3) & (third > max(LONELY_KM, 3 * float(np.quantile(third, 0.95))))
    out: Array = lonely[which]
    return out


def offsets_km(latitude: Array, longitude: Array, lat0: float, lon0: float) -> tuple[Array, Array]:
    """Return how far east and north of a place others lie, in km, on a flat earth: it tells near from far."""
    east = (np.asarray(longitude) - lon0 + 180) % 360 - 180
    return east * KM_PER_DEGREE * np.cos(np.radians(lat0)), (np.asarray(latitude) - lat0) * KM_PER_DEGREE


def kilometres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the great-circle distance between two places in degrees, in kilometres (haversine)."""
    a, b = np.radians(lat_a), np.radians(lat_b)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    return float(2 * KM_PER_DEGREE * np.degrees(np.arcsin(min(1.0, np.sqrt(h)))))
