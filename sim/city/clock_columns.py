"""Finds the clock of rows whose date stands in another column, and the local clock beside a time in UTC."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.clocks import DAY_S, parse_clocks, split_times
from sim.city.file_columns import plain

DATE_WORDS = ("datetime", "date", "dt", "day", "year", "datum", "fecha", "日期")
CLOCK_WORDS = ("time", "tm", "clock", "hour", "hr", "uhrzeit", "hora", "heure", "时间", "時間")
HOUR_WORDS = ("hour", "hr")
MINUTE_WORDS, HALF_WORDS = ("minute", "min"), ("ampm", "meridiem")
LOCAL_WORDS = ("time", "tm", "hour", "hr", "date", "dt", "clock", "local", "时", "時", "日期")
SAMPLE = 2000
MOSTLY = 0.8
NEARLY_ALL = 0.95
QUARTER_S, HOUR_S = 900, 3600
EASTERNMOST_S = 14 * HOUR_S  # no zone lies further ahead of Greenwich


class Clock(NamedTuple):
    """The clock of each row, and where it is from."""

    column: str
    seconds: pl.Series  # [rows] since midnight, null where it cannot be read


def clock_column(frame: pl.DataFrame, date_name: str, given: str | None) -> Clock | None:
    """Return the clock that belongs to the dates of a column, or None.

    It is in the column that the user gave; or in the one whose name says time or hour where that of the date says date,
    or says time or hour alone, with minutes and halves of the day in columns of like names; or in the only other column
    that holds clocks such as 22:07.
    """
    by_plain = {plain(name): name for name in reversed(frame.columns)}
    if given is not None:
        wanted = [given if given in frame.columns else by_plain[plain(given)]] if _has(frame, given) else []
    else:
        date = plain(date_name)
        stems = [date.replace(word, "{}", 1) for word in DATE_WORDS if word in date] + ["{}"]
        names = [stem.format(word) for stem in stems for word in CLOCK_WORDS]
        wanted = [by_plain[name] for name in names if name in by_plain and by_plain[name] != date_name]
    for name in wanted:
        seconds = parse_clocks(_whole_clock(frame, name, by_plain))
        if seconds.count() >= 0.5 * frame.height:
            return Clock(name, seconds)
    if given is not None:
        return None
    others = [name for name in frame.columns if name != date_name and _holds_clocks(_sample(frame[name]))]
    return Clock(others[0], parse_clocks(frame[others[0]])) if len(others) == 1 else None


def local_clock(frame: pl.DataFrame, name: str, utc: Array, given: str | None) -> tuple[str, Array] | None:
    """Return the column that shows the local clock of times in UTC, and how many seconds it is ahead [rows].

    The clock of a column is local if it is ahead by the same quarters of an hour in nearly all rows, or by two numbers
    of them that are an hour apart (summer time); one that differs from UTC goes before one that does not.

    Parameters
    ----------
    frame : polars.DataFrame
        The file as text.
    name : str
        The column of the times.
    utc : array [rows]
        Times in UTC, datetime64[s].
    given : str or None
        The column of the clock that the user gave: none other is looked at.
    """
    known = np.flatnonzero(~np.isnat(utc))
    some = known[:: max(1, len(known) // SAMPLE)]
    by_plain = {plain(other): other for other in reversed(frame.columns)}
    same: tuple[str, Array] | None = None
    for other in frame.columns:
        wanted = other == given if given is not None else any(word in plain(other) for word in LOCAL_WORDS)
        if other == name or not wanted or split_times(_sample(frame[other])).zone.count():
            continue
        text = _whole_clock(frame, other, by_plain)
        if _ahead(parse_clocks(text.gather(some)), utc[some]) is None:
            continue
        ahead = _ahead(parse_clocks(text), utc)
        if ahead is not None and (ahead != 0).any():
            return other, ahead
        same = same or (None if ahead is None else (other, ahead))
    return same


def _ahead(seconds: pl.Series, utc: Array) -> Array | None:
    """Return by how many seconds clocks are ahead of UTC [rows], or None if that is no zone's difference."""
    clock = seconds.cast(pl.Float64).fill_null(np.nan).to_numpy()
    of_utc = (utc.astype(np.int64) % DAY_S).astype(float)
    of_utc[np.isnat(utc)] = np.nan
    if (clock[np.isfinite(clock)] % HOUR_S == 0).all():  # a column of hours
        of_utc = of_utc // HOUR_S * HOUR_S
    ahead = (clock - of_utc) % DAY_S
    if np.isfinite(ahead).sum() < MOSTLY * max(int(np.isfinite(of_utc).sum()), 1):
        return None
    ahead = np.round(ahead / 60) * 60 % DAY_S  # seconds may be cut
    values, rows = np.unique(ahead[np.isfinite(ahead)], return_counts=True)
    two = values[np.argsort(-rows)][:2]
    if len(two) == 2 and (two.max() - two.min()) % (DAY_S - HOUR_S) not in (0, HOUR_S):
        two = two[:1]
    if (two % QUARTER_S != 0).any() or np.isin(ahead, two).sum() < NEARLY_ALL * np.isfinite(ahead).sum():
        return None
    ahead = np.where(np.isin(ahead, two), ahead, two[0])  # also where the clock is missing
    out: Array = np.where(ahead < EASTERNMOST_S, ahead, ahead - DAY_S).astype(np.int64)
    return out


def _has(frame: pl.DataFrame, name: str) -> bool:
    return name in frame.columns or plain(name) in {plain(other) for other in frame.columns}


def _whole_clock(frame: pl.DataFrame, name: str, by_plain: dict[str, str]) -> pl.Series:
    """Return a column of clocks, with the minutes and halves of the day that columns of like names hold."""
    text = frame[name].str.strip_chars().str.replace(r"^(\d+)\.0+$", "${1}")
    word = next((word for word in CLOCK_WORDS if word in plain(name)), "")
    beside = [
        next((by_plain[at] for other in words if (at := plain(name).replace(word, other)) in by_plain), None)
        if word else None
        for words in (MINUTE_WORDS, HALF_WORDS)
    ]  # fmt: skip
    minute, half = beside
    if word in HOUR_WORDS and minute is not None:
        text = (
            text + pl.Series([":"]) + frame[minute].str.strip_chars().str.replace(r"^(\d+)\.0+$", "${1}").fill_null("0")
        )
    if half is not None:
        if minute is None or word not in HOUR_WORDS:
            text = text.str.replace(r"^(\d{1,2})$", "${1}:00").str.replace(r"^(\d{1,2})(\d\d)$", "${1}:${2}")
        text = text + pl.Series([" "]) + frame[half].str.strip_chars().fill_null("")
    return text.str.strip_chars()


def _sample(text: pl.Series) -> pl.Series:
    there = text.drop_nulls()
    return there.gather_every(max(1, len(there) // SAMPLE)) if len(there) else there


def _holds_clocks(text: pl.Series) -> bool:
    """Return whether most texts are clocks that nobody could take for another number, and not all of them one."""
    clocks = text.filter(text.str.contains(r"^\D{0,3}\d{1,2}\s*[:时時点點]\s*\d{1,2}").fill_null(False))
    return len(text) > 0 and len(clocks) >= MOSTLY * len(text) and parse_clocks(clocks).n_unique() > 1
