"""Reads when each row happened, as the clock on the wall showed it, and says what it had to guess."""

from __future__ import annotations

import zoneinfo
from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.city import ColumnNames
from sim.city.clock_columns import clock_column, local_clock
from sim.city.clocks import DAY_S, parse_clocks, split_times, zone_seconds
from sim.city.dates import FIRST_YEAR, LAST_YEAR, parse_dates
from sim.city.file_columns import plain
from sim.city.notices import Notice, Weight
from sim.parameters import BadInput

EPOCH = r"^(?:1[0-8]\d{8}|[1-9]\d{8})(?:\d{3})?(?:\.\d+)?$"  # seconds or milliseconds since 1970, of 1973 to 2030
SERIAL, SERIAL_1970 = r"^[23456]\d{4}(?:\.\d+)?$", 25_569  # days as a spreadsheet counts them, of 1954 to 2091
MILLISECONDS = 100_000_000_000  # from here on
COMPACT = r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d(?:[01]\d|2[0-4])(?:[0-5]\d)?$"  # a year to an hour or minute
CLOCK_PARTS = ("%H", "%I", "%T", "%R", "%X", "%c", "%s")
ONE_CLOCK_SHARE = 0.98  # of the rows: what they show then is no clock
FEWEST_OF_ONE = 20  # rows of which that can be said
HOUR_S = 3600
TO_THE_WEST_S = 12 * HOUR_S  # midnight shown as at most this in UTC is that of a place west of Greenwich


class Parsed(NamedTuple):
    """Times as they are written in one column."""

    stamp: Array  # [rows] datetime64[s]; NaT where the text does not parse
    has_clock: Array  # [rows] bool
    east_s: Array  # [rows] seconds ahead of UTC, as the text says; NaN where it does not
    unit: str  # that the text names: day, month or year, as D, M or Y


class Times(NamedTuple):
    """When each row happened, as its clock on the wall showed it."""

    stamp: Array  # [rows] datetime64[s]; NaT where the text does not parse
    has_clock: bool  # False: the file has dates only
    unit: str  # D; M, Y: the file has months, or years, only
    notices: list[Notice]  # what was guessed, a sentence each
    clock_column: str | None  # that the clock is from, if it is another one
    in_utc: bool  # the column says so; without a `clock_column` they stay as they are written


def read_times(frame: pl.DataFrame, text: pl.Series, column: str, field: str, names: ColumnNames) -> Times:
    """Read the times of a file and turn them into those of the clock on the wall.

    A clock is looked for in other columns where the text has none, or the same one in all rows. Times in UTC become
    those of `city.columns.timezone`, or those of a local clock beside them; failing both they stay as written. Times in
    UTC that all show one hour, as portals write the midnight of dates without a clock, become that date.

    Parameters
    ----------
    frame : polars.DataFrame
        The file as text.
    text : polars.Series
        The times as written.
    column : str
        Their column's name.
    field : str
        `city.incidents_csv` or `city.calls_csv`, for errors.
    names : ColumnNames
        What the user said about times.

    Raises
    ------
    BadInput
        If less than half of the times can be read, dates can be read in two ways, or a clock or zone that the user
        named is none.
    """
    parsed = parse_times(text, field, column, names.time_format)
    there = ~np.isnat(parsed.stamp)
    named_utc = "utc" in plain(column) or "gmt" in plain(column)
    if named_utc and np.isnan(parsed.east_s).all():
        parsed = parsed._replace(east_s=np.zeros(len(there)))
    in_utc = bool((parsed.east_s[there] == 0).sum() > 0.5 * there.sum()) and names.timezone is None
    notices: list[Notice] = []
    clock_from = None
    if names.timezone is not None:
        parsed, notices = _in_zone(parsed, names.timezone)
    if clocks := clocks_shown(parsed.stamp[parsed.has_clock]):
        parsed, said = _as_dates(parsed, clocks, column, in_utc)
        notices += said
    elif in_utc:
        parsed, clock_from, said = _from_utc(frame, parsed, column, names.clock)
        notices += said
    if names.clock is not None or not parsed.has_clock.any():
        parsed, clock_from, said = _with_clock(frame, parsed, column, names.clock)
        notices += said
    has_clock, unit = bool(parsed.has_clock.any()), parsed.unit
    if not has_clock and unit == "D" and _first_of_months(parsed.stamp[there]):
        unit = "M"
    notices += _about_clocks(parsed, unit, there)
    return Times(parsed.stamp, has_clock, unit, notices, clock_from, in_utc and has_clock)


def parse_times(text: pl.Series, field: str, column: str, time_format: str | None) -> Parsed:
    """Read times as they are written.

    They are dates in any form of `parse_dates` with clocks in any of `parse_clocks`, seconds or milliseconds since
    1970, or days as spreadsheets count them.

    Parameters
    ----------
    text : polars.Series
        As written in the file; null where missing.
    field, column : str
        The file's field and the column's name, for errors.
    time_format : str or None
        A strptime format of the user: of the whole text if it has a clock, else of the date alone; absent: trial.

    Raises
    ------
    BadInput
        If less than half of the rows that have a time can be read, or dates can be read in two ways.
    """
    rows, present = len(text), len(text) - text.null_count()
    unit = "D"
    if time_format is not None and any(part in time_format for part in CLOCK_PARTS):
        written = split_times(text)
        bare = text.str.strip_chars()
        if time_format.endswith("%z"):
            bare = bare.str.replace(r"\s*(?:Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$", "")
        stamp = _strptime(bare, time_format.removesuffix("%z").rstrip())
        clock = ~np.isnat(stamp)
        east_s = zone_seconds(written.zone).cast(pl.Float64).fill_null(np.nan).to_numpy()
    elif time_format is None and _most(text, EPOCH, COMPACT):
        number = text.str.strip_chars().cast(pl.Float64, strict=False).to_numpy()
        seconds = np.where(number >= MILLISECONDS, number / 1000, number)
        bad = ~np.isfinite(seconds)
        stamp = np.where(bad, 0, seconds).astype(np.int64).astype("datetime64[s]")
        stamp[bad] = np.datetime64("NaT")
        clock, east_s = ~bad, np.zeros(rows)
    elif time_format is None and _most(text, SERIAL):
        number = text.str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        minutes = np.round((number - SERIAL_1970) * DAY_S / 60)
        stamp = np.where(np.isfinite(minutes), minutes, 0).astype("datetime64[m]").astype("datetime64[s]")
        stamp[~np.isfinite(minutes)] = np.datetime64("NaT")
        clock, east_s = number % 1 > 0, np.full(rows, np.nan)
    else:
        written = split_times(text)
        dates = parse_dates(written.date, field, column, time_format)
        since_midnight = parse_clocks(written.clock)
        clock = since_midnight.is_not_null().to_numpy()
        stamp = dates.date.to_numpy().astype("datetime64[s]") + since_midnight.fill_null(0).to_numpy().astype(
            "timedelta64[s]"
        )
        east_s = zone_seconds(written.zone).cast(pl.Float64).fill_null(np.nan).to_numpy()
        unit = dates.unit
        stamp[written.clock.is_not_null().to_numpy() & ~clock] = np.datetime64("NaT")  # such as 25:00
    read = int((~np.isnat(stamp)).sum())
    if read < 0.5 * present or (present and not read):
        example = next(iter(text.drop_nulls()), "")
        if time_format is not None:
            said = "it reads {read} of {rows} rows of column {column!r}, such as {example!r}"
            raise BadInput(
                "city.columns.time_format", time_format,
                Notice(said, read=read, rows=present, column=column, example=example),
            )  # fmt: skip
        raise BadInput(
            f"{field}, column {column}",
            example,
            Notice(
                "the times do not parse; give their form as city.columns.time_format, such as '%d/%m/%Y %H:%M', or "
                "another column as city.columns.time"
            ),
        )
    return Parsed(stamp, clock & ~np.isnat(stamp), east_s, unit)


def _about_clocks(parsed: Parsed, unit: str, there: Array) -> list[Notice]:
    """Say for how many rows with a time, bool [rows], the clock or even the day is unknown."""
    out, without = [], int((there & ~parsed.has_clock).sum())
    if not parsed.has_clock.any() and parsed.unit == "D":
        said = "its hours are unknown and taken as alike; if a column has the clock, name it as city.columns.clock"
        out.append(Notice(said, Weight.DOUBTFUL, ("city.columns.clock", "city.columns.time")))
    elif parsed.has_clock.any() and without:
        said = "{rows:,} rows have a date without a clock: they count as at midnight"
        out.append(Notice(said, Weight.ASSUMED, rows=without))
    if unit != parsed.unit:
        out.append(Notice("all its dates are the first of a month: taken as months", Weight.ASSUMED))
    return out


def clocks_shown(stamp: Array) -> list[int]:
    """Return the one clock, in seconds since midnight, that nearly all of the times [rows] show.

    They may be two that are an hour apart, for summer and winter; the list is empty if the clocks differ.
    """
    if len(stamp) < FEWEST_OF_ONE:
        return []
    clocks, rows = np.unique(stamp.astype(np.int64) % DAY_S, return_counts=True)
    order = np.argsort(-rows)
    if rows[order[0]] >= ONE_CLOCK_SHARE * len(stamp):
        return [int(clocks[order[0]])]
    two = np.sort(clocks[order[:2]])
    return two.tolist() if two[1] - two[0] == HOUR_S and rows[order[:2]].sum() >= ONE_CLOCK_SHARE * len(stamp) else []


def _first_of_months(stamp: Array) -> bool:
    """Return whether dates [rows] are the first of a month throughout, as of files that tell months alone."""
    day = stamp.astype("datetime64[D]")
    return len(day) >= FEWEST_OF_ONE and bool((day == day.astype("datetime64[M]")).all())


def _most(text: pl.Series, pattern: str, but: str = "^$") -> bool:
    """Return whether most texts look like `pattern` and not like `but`."""
    some = text.drop_nulls().str.strip_chars()
    return len(some) > 0 and (some.str.contains(pattern) & ~some.str.contains(but)).sum() > 0.5 * len(some)


def _strptime(text: pl.Series, form: str) -> Array:
    try:
        read = text.str.strptime(pl.Datetime("us"), form, strict=False)
    except pl.exceptions.PolarsError:
        read = pl.Series([None] * len(text), dtype=pl.Datetime("us"))
    year = read.dt.year()
    usual = pl.select(pl.when((year >= FIRST_YEAR) & (year <= LAST_YEAR)).then(read)).to_series()
    out: Array = usual.to_numpy().astype("datetime64[s]")
    return out


def _in_zone(parsed: Parsed, timezone: str) -> tuple[Parsed, list[Notice]]:
    """Return times that say their zone as those of `timezone`, and what is to be said about it."""
    if timezone not in zoneinfo.available_timezones():
        said = "the name of a time zone, such as America/Chicago"
        raise BadInput("city.columns.timezone", timezone, Notice(said))
    zoned = np.isfinite(parsed.east_s) & parsed.has_clock
    if not zoned.any():
        said = "its times name no zone: taken as local, city.columns.timezone={zone} notwithstanding"
        return parsed, [Notice(said, Weight.ASSUMED, ("city.columns.timezone",), zone=timezone)]
    utc = parsed.stamp[zoned] - parsed.east_s[zoned].astype(np.int64).astype("timedelta64[s]")
    local = pl.Series(utc.astype("datetime64[ms]")).dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    stamp = parsed.stamp.copy()
    stamp[zoned] = local.dt.replace_time_zone(None).to_numpy().astype("datetime64[s]")
    said = Notice("times turned from the zone that they name into {zone}", zone=timezone)
    return parsed._replace(stamp=stamp), [said]


def _as_dates(parsed: Parsed, clocks: list[int], column: str, in_utc: bool) -> tuple[Parsed, list[Notice]]:
    """Return times that all show one clock as dates, and what is to be said about it.

    In UTC, or if there is one clock for summer and one for winter, that is the midnight of another zone.
    """
    shown = tuple(f"{clock // HOUR_S:02d}:{clock // 60 % 60:02d}" for clock in clocks)
    stamp = parsed.stamp
    said = "nearly all times of column {column!r} show {clock}, which is taken as no clock"
    if clocks[-1] > 0 and (in_utc or len(clocks) == 2):
        since_midnight = stamp.astype(np.int64) % DAY_S
        ahead = np.where(since_midnight > TO_THE_WEST_S, DAY_S - since_midnight, 0)
        stamp = stamp + np.where(np.isnat(stamp), 0, ahead).astype("timedelta64[s]")
        said = "nearly all times of column {column!r} show {clock}, which is taken as midnight of a date, in UTC"
    stamp = stamp.astype("datetime64[D]").astype("datetime64[s]")
    told = Notice(said, Weight.ASSUMED, ("city.columns.time", "city.columns.clock"), column=column, clock=shown)
    return parsed._replace(stamp=stamp, has_clock=np.zeros_like(parsed.has_clock)), [told]


def _from_utc(
    frame: pl.DataFrame, parsed: Parsed, column: str, clock: str | None
) -> tuple[Parsed, str | None, list[Notice]]:
    """Return times in UTC as local ones if another column shows the local clock, with that column and what to say."""
    found = local_clock(frame, column, parsed.stamp, clock)
    if found is None:
        return parsed, None, []
    other, ahead = found
    shifts = sorted({int(value) // 60 for value in ahead[~np.isnat(parsed.stamp)].tolist()})
    if shifts == [0]:
        return parsed, other, []
    told = Notice(
        "times of column {column!r} are in UTC: turned into the local clock of column {clock!r} ({shifts})",
        settings=("city.columns.timezone", "city.columns.clock"), column=column, clock=other,
        shifts=tuple(f"{'-' if shift < 0 else '+'}{abs(shift) // 60}:{abs(shift) % 60:02d} h" for shift in shifts),
    )  # fmt: skip
    return parsed._replace(stamp=parsed.stamp + ahead.astype("timedelta64[s]")), other, [told]


def _with_clock(
    frame: pl.DataFrame, parsed: Parsed, column: str, given: str | None
) -> tuple[Parsed, str | None, list[Notice]]:
    """Return dates with the clock that stands in another column, if there is one, with that column and what to say."""
    clock = clock_column(frame, column, given)
    if clock is None:
        if given is not None and plain(given) in map(plain, frame.columns):
            said = "a column with clocks, such as 22:07, 2207 or 10:07 PM"
            raise BadInput("city.columns.clock", given, Notice(said))
        return parsed, None, []
    seconds = clock.seconds.fill_null(-1).to_numpy()
    stamp = parsed.stamp.astype("datetime64[D]") + np.maximum(seconds, 0).astype("timedelta64[s]")
    parsed = parsed._replace(stamp=stamp, has_clock=(seconds >= 0) & ~np.isnat(stamp))
    if clocks := clocks_shown(stamp[parsed.has_clock]):
        dates, told = _as_dates(parsed, clocks, clock.column, in_utc=False)
        return dates, None, told
    said = Notice(
        "clock taken from column {clock!r}, date from {date!r}", settings=("city.columns.clock", "city.columns.time"),
        clock=clock.column, date=column,
    )  # fmt: skip
    return parsed, clock.column, [] if given else [said]
