"""Which days and hours a file covers: the measure of its rates, and of what its silence means."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.notices import Notice, Weight

DAYS_PER_YEAR = 365.25
STRAY_SHARE = 0.1  # a month with less than this share of the usual rows a day holds strays only; assumption
CHANCE_SHARE = 0.02  # of the pauses that are taken as gaps, at most this share by chance; assumption
SILENT_SHARE = 0.02  # a weekday with less than this share of the others' mean is not covered; assumption
LEAST_OF_MEAN = 0.1  # no hour of any city has fewer events than this share of the mean; assumption
SURE_ROWS = 10  # silence where this many rows would be expected is no chance (1 in 20,000)
FEWEST_SILENT_HOURS = 4
FEWEST_TURNS = 3
DAY_S = 86_400
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MOST_GAPS_TOLD = 5


class Coverage(NamedTuple):
    """The days and hours for which a file would hold whatever happened."""

    day: Array  # [days] datetime64[D], ascending
    share: Array  # [days] of each day, 0–1: the first and the last may be parts
    hours: Array  # [24] bool
    unit: str  # D; M, Y: the file has months, or years, only

    @property
    def days(self) -> float:
        """Return the length of the time covered, in days."""
        return float(self.share.sum() * self.hours.mean())

    @property
    def weekday_share(self) -> Array:
        """Return the share of the time covered that fell on each day of the week [7], Monday first."""
        by_weekday = np.bincount(_weekday(self.day), weights=self.share, minlength=7)
        out: Array = by_weekday / by_weekday.sum()
        return out

    @property
    def hour_share(self) -> Array:
        """Return the share of the time covered that fell on each hour of the day [24]."""
        out: Array = self.hours / self.hours.sum()
        return out

    def holds(self, stamp: Array) -> Array:
        """Return which times, datetime64[s] [rows], are covered, bool [rows]."""
        out: Array = np.isin(stamp.astype("datetime64[D]"), self.day)
        return out

    def told(self) -> list[Notice]:
        """Return what a reader must know of the time covered, a sentence each."""
        first, last = self.day[0], self.day[-1]
        if self.unit != "D":
            return [_whole(self.day)]
        days = round(self.days, 0 if self.days >= 10 else 1)
        out = [Notice("covers {days:,g} days from {first} to {last}", days=days, first=str(first), last=str(last))]
        silent = np.bincount(_weekday(self.day), minlength=7) == 0
        if silent.any() and len(self.day) >= 7:
            names = tuple(Notice(name) for name, is_silent in zip(WEEKDAYS, silent, strict=True) if is_silent)
            out.append(
                Notice("has no {days}: not covered, and taken to be like the other days", Weight.ASSUMED, days=names)
            )
        if not self.hours.all():
            spans = tuple(f"{start:02d}:00–{end:02d}:00" for start, end in _spans(~self.hours))
            said = "has no rows at {hours}: not covered, and taken to be like the other hours"
            out.append(Notice(said, Weight.ASSUMED, hours=spans))
        gaps = [
            (str(self.day[i] + 1), str(self.day[i + 1] - 1), int(missing))
            for i in range(len(self.day) - 1)
            if (missing := _open_days(self.day[i], self.day[i + 1], silent)) > 0
        ]
        if gaps:
            longest = sorted(sorted(gaps, key=lambda gap: -gap[2])[:MOST_GAPS_TOLD])
            parts = [
                start if start == end else Notice("{start} to {end}", start=start, end=end) for start, end, _ in longest
            ]
            if len(gaps) > len(longest):
                parts.append(Notice("and {gaps} more", gaps=len(gaps) - len(longest)))
            out.append(
                Notice(
                    "has gaps of {days:,} days in all, not covered: {gaps}", Weight.LOST,
                    days=sum(gap[2] for gap in gaps), gaps=tuple(parts),
                )
            )  # fmt: skip
        return out


def coverage_of(stamp: Array, has_clock: bool, unit: str) -> Coverage:
    """Find the time that a file covers from when its rows happened.

    Months, or years, are covered whole where the rows name nothing smaller; else days are, and of the first and the
    last the part from the first row, or to the last one, and the mean time between two rows more. Not covered are
    months with hardly any rows (`STRAY_SHARE`), days of the week without rows, weeks that are left out in turn, hours
    of the day without rows where the rows of a tenth of the mean would be at least ten, and pauses that chance does not
    explain (`_gaps`).

    Parameters
    ----------
    stamp : array [rows]
        Times of all rows, whatever becomes of them; datetime64[s], at least one.
    has_clock : bool
        Whether the rows name hours.
    unit : str
        The smallest that they name of day, month and year: D, M or Y.
    """
    if unit == "Y":
        year = np.unique(stamp.astype("datetime64[Y]"))
        day = np.concatenate([np.arange(y.astype("datetime64[D]"), (y + 1).astype("datetime64[D]")) for y in year])
        return Coverage(day, np.ones(len(day)), np.ones(24, dtype=bool), unit)
    month = stamp.astype("datetime64[M]")
    months = np.arange(month.min(), month.max() + 1)
    in_month = np.bincount((month - months[0]).astype(np.int64), minlength=len(months))
    every = np.ones(24, dtype=bool)
    if unit == "M":
        kept = (in_month > 0) & _usual(in_month, np.ones(len(months)))
        day = np.concatenate([np.arange(m.astype("datetime64[D]"), (m + 1).astype("datetime64[D]"))
                              for m in months[kept & ~_gaps(in_month)]])  # fmt: skip
        return Coverage(day, np.ones(len(day)), every, unit)
    date = stamp.astype("datetime64[D]")
    dates = np.arange(date.min(), date.max() + 1)
    count = np.bincount((date - dates[0]).astype(np.int64), minlength=len(dates))
    of_month = (dates.astype("datetime64[M]") - months[0]).astype(np.int64)
    open_days = _usual(in_month, np.bincount(of_month, minlength=len(months)))[of_month]
    kept_rows = np.bincount(_weekday(dates[open_days]), weights=count[open_days], minlength=7)
    open_days &= ~_silent_weekdays(kept_rows)[_weekday(dates)]
    open_days &= ~_silent_weeks(count)
    open_days[np.flatnonzero(open_days)[_gaps(count[open_days])]] = False
    ends = np.flatnonzero(open_days & (count > 0))[[0, -1]]
    open_days[: ends[0]] = open_days[ends[1] + 1 :] = False
    day = dates[open_days]
    inside = stamp[np.isin(date, day)]
    hours = ~_silent_hours(inside) if has_clock else every
    return Coverage(day, _shares(day, inside) if has_clock else np.ones(len(day)), hours, unit)


def _usual(in_month: Array, days: Array) -> Array:
    """Return which months have a usual number of rows a day: a tenth of that of the median row's month at least."""
    a_day = in_month / days
    order = np.argsort(a_day)
    median = a_day[order][np.searchsorted(np.cumsum(in_month[order]), in_month.sum() / 2)]
    out: Array = (a_day >= STRAY_SHARE * median) | (in_month == 0)  # an empty one may be a pause by chance
    return out


def _silent_weekdays(rows: Array) -> Array:
    """Return which days of the week [7] have hardly any of the rows, if rows would be expected."""
    others = (rows.sum() - rows) / 6
    out: Array = (rows <= SILENT_SHARE * others) & (rows.sum() / 7 >= SURE_ROWS / 2)
    return out


def _silent_weeks(count: Array) -> Array:
    """Return which days [days] lie in weeks that a file leaves out in turn, such as every other one.

    Of two, three or four weeks in turn, a stretch of a week or more without rows, at least three times, where
    `SURE_ROWS` would be expected.
    """
    for turn in (14, 21, 28):
        if len(count) < FEWEST_TURNS * turn:
            break
        phase = np.arange(len(count)) % turn
        empty = np.bincount(phase, weights=count, minlength=turn) == 0
        if not empty.any():
            continue
        start = int(np.flatnonzero(~empty)[0])
        silent = np.zeros(turn, dtype=bool)
        for first, end in _spans(np.roll(empty, -start)):
            silent[first:end] = end - first >= 7 and count.sum() * (end - first) / turn >= SURE_ROWS
        if silent.any():
            out: Array = np.roll(silent, start)[phase]
            return out
    return np.zeros(len(count), dtype=bool)


def _silent_hours(stamp: Array) -> Array:
    """Return which hours of the day [24] lie in a stretch without rows that cannot be the quiet of a night."""
    empty = np.bincount(stamp.astype(np.int64) // 3600 % 24, minlength=24) == 0
    out = np.zeros(24, dtype=bool)
    if empty.all():
        return out
    turn = int(np.flatnonzero(~empty)[0])
    for start, end in _spans(np.roll(empty, -turn)):
        if end - start >= FEWEST_SILENT_HOURS and len(stamp) * (end - start) / 24 * LEAST_OF_MEAN >= SURE_ROWS:
            out[start:end] = True
    return np.roll(out, turn)


def _gaps(count: Array) -> Array:
    """Return which days (or months) [n] lie in a pause that chance does not explain.

    p is the share of the days after a day with rows that have none. If days are empty by chance, n days have
    n (1 − p) pᵍ pauses of g days or more on average. The shortest g is taken at which that is at most `CHANCE_SHARE` of
    the pauses that there are; then p is estimated without these, until nothing changes.
    """
    empty = count == 0
    gaps = np.zeros(len(count), dtype=bool)
    pauses = _spans(empty)
    length = np.array([end - start for start, end in pauses], dtype=np.int64)
    while True:
        followed = ~empty[:-1] & ~gaps[1:]
        p = (float((empty[1:] & followed).sum()) + 0.5) / (float(followed.sum()) + 1)
        n = int((~gaps).sum())
        shortest = next(
            (g for g in np.unique(length) if n * (1 - p) * p**g <= CHANCE_SHARE * (length >= g).sum()), None
        )
        found = np.zeros(len(count), dtype=bool)
        for start, end in pauses:
            found[start:end] = shortest is not None and end - start >= shortest
        if (found <= gaps).all():
            return gaps
        gaps |= found


def _shares(day: Array, stamp: Array) -> Array:
    """Return how much of each covered day lies between the first row and the last, and a mean interval round them."""
    share = np.ones(len(day))
    seconds = np.sort(stamp.astype(np.int64))
    interval = len(day) * DAY_S / len(seconds)
    late = max(float(seconds[0] % DAY_S) - interval, 0.0) / DAY_S
    early = max(float(DAY_S - seconds[-1] % DAY_S) - interval, 0.0) / DAY_S
    share[0] -= late
    share[-1] -= early
    out: Array = np.maximum(share, 1 / 24)
    return out


def _spans(marked: Array) -> list[tuple[int, int]]:
    """Return (start, end) of each stretch of marked places."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _weekday(day: Array) -> Array:
    """Return the day of the week of dates, 0 is Monday; 1 January 1970 was a Thursday."""
    out: Array = (day.astype(np.int64) + 3) % 7
    return out


def _open_days(before: np.datetime64, after: np.datetime64, silent: Array) -> int:
    """Return how many days between two days are missing although their day of the week is covered."""
    between = np.arange(before + 1, after)
    return int((~silent[_weekday(between)]).sum())


def _whole(day: Array) -> Notice:
    """Say which months, or years, the days of a file without days are, and how many are missing between them."""
    months = np.unique(day.astype("datetime64[M]"))
    missing = int((months[-1] - months[0]).astype(np.int64)) + 1 - len(months)
    gaps = Notice(", {months} months between them being absent and not covered", months=missing)
    span = (
        Notice("the whole of {month}", month=str(months[0]))
        if len(months) == 1
        else Notice("{months} whole months from {first} to {last}", months=len(months), first=str(months[0]),
                    last=str(months[-1]))
    )  # fmt: skip
    return Notice(
        "covers {span} ({days:,} days{gaps}); the days and hours are unknown and taken as alike", Weight.ASSUMED,
        span=span, days=len(day), gaps=gaps if missing else "",
    )  # fmt: skip
