"""Reads the date and time of rows in whatever form a portal writes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.parameters import BadInput

# In this order: where two forms read equally many rows, such as 03-04-2016, the earlier one is taken, that is month
# before day.
DATES = (
    "%Y-%m-%d",
    "%m-%d-%Y",
    "%d-%m-%Y",
    "%m-%d-%y",
    "%d-%m-%y",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d %Y",
    "%d-%b-%y",
)
CLOCKS = (" %H:%M:%S", " %I:%M:%S %p", " %H:%M", " %I:%M %p", "")
SAMPLE = 2000
FIRST_YEAR, LAST_YEAR = 1970, 2099
MONTH_ONLY = r"^\d{4}-\d{1,2}$"


class Times(NamedTuple):
    """When each row happened, as its clock on the wall showed it."""

    stamp: Array  # [rows] datetime64[s]; NaT where the text does not parse
    has_clock: bool  # False: the file has dates only
    has_day: bool  # False: the file has months only


def parse_times(text: pl.Series, field: str, column: str, time_format: str | None) -> Times:
    """Read times by the form that reads most rows.

    Tried are year-month-day, month-day-year, day-month-year and names of months, with `-`, `/` or `.`, with a clock of
    24 or of 12 hours or none. Fractions of seconds and time zones are dropped: the reading of the clock counts. Where
    month-day and day-month read equally many rows, the month comes first. A year outside 1970–2099 does not count as
    read.

    Parameters
    ----------
    text : polars.Series
        As written in the file; null where missing.
    field, column : str
        The file's field and the column's name, for errors.
    time_format : str or None
        A strptime format of the user, tried on the text as it is; absent: trial.

    Raises
    ------
    BadInput
        If less than half of the rows that have a time can be read.
    """
    present = len(text) - text.null_count()
    if time_format is not None:
        stamp = _read(
            _without_zone(text) if time_format.endswith("%z") else text.str.strip_chars(),
            time_format.removesuffix("%z"),
        )
        forms = time_format
    else:
        tidy = _tidy(text)
        forms = _best(tidy)
        stamp = _read(tidy, forms)
    read = len(stamp) - stamp.null_count()
    if read < 0.5 * present or (present and not read):
        example = next(iter(text.drop_nulls()), "")
        if time_format is not None:
            raise BadInput(
                "city.columns.time_format",
                time_format,
                f"it reads {read} of {present} rows of column {column!r}, such as {example!r}",
            )
        advice = (
            "the times do not parse; give their form as city.columns.time_format, such as '%d/%m/%Y %H:%M', or "
            "another column as city.columns.time"
        )
        raise BadInput(f"{field}, column {column}", example, advice)
    clock = any(part in forms for part in ("%H", "%I", "%T", "%R", "%X", "%c", "%s"))
    months = (text.str.strip_chars().str.contains(MONTH_ONLY).sum() or 0) > 0.5 * present
    return Times(stamp.to_numpy().astype("datetime64[s]"), clock, not months)


def _without_zone(text: pl.Series) -> pl.Series:
    return text.str.strip_chars().str.replace(r"\s*(?:Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$", "")


def _tidy(text: pl.Series) -> pl.Series:
    """Bring the many ways of writing one form to one.

    No fraction, no zone, `-` in dates, one space before the clock and before AM or PM.
    """
    return (
        text.str.strip_chars()
        .str.replace(r"(\d)[Tt](\d)", "${1} ${2}")
        .str.replace(r"(:\d{2})[.,]\d+", "${1}")
        .str.replace(r"(:\d{2}(?::\d{2})?)\s*(?:Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$", "${1}")
        .str.replace(r"(?i)([ap])\.?m\.?$", "${1}m")
        .str.to_uppercase()
        .str.replace(r"(\d)([AP]M)$", "${1} ${2}")
        .str.replace_all(r"[年月/.]", "-")
        .str.replace(r"日", " ")
        .str.replace_all(r",", " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(r"^(\d{4}-\d{1,2})$", "${1}-01")
    )


def _best(tidy: pl.Series) -> str:
    """Return the form that reads most rows; forms that read none of a sample are not tried on all."""
    some = tidy.drop_nulls()
    some = some.gather_every(max(1, len(some) // SAMPLE))
    forms = [date + clock for date in DATES for clock in CLOCKS]
    promising = [form for form in forms if _read(some, form).count() > 0]
    counts = [_read(tidy, form).count() for form in promising]
    return promising[int(np.argmax(counts))] if counts else forms[0]


def _read(text: pl.Series, form: str) -> pl.Series:
    """Parse by one form; null where it does not fit or the year is absurd."""
    try:
        stamp = text.str.strptime(pl.Datetime("us"), form, strict=False)
    except pl.exceptions.PolarsError:
        return pl.Series([None] * len(text), dtype=pl.Datetime("us"))
    year = stamp.dt.year()
    return pl.select(pl.when((year >= FIRST_YEAR) & (year <= LAST_YEAR)).then(stamp)).to_series()
