"""Reads the dates of rows in whatever form a file writes them, and asks where a form fits both ways."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from sim.city.notices import Notice
from sim.parameters import BadInput

FORMS = ("%Y-%m-%d", "%m-%d-%Y", "%d-%m-%Y", "%m-%d-%y", "%d-%m-%y", "%y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%d %b %Y",
         "%b %d %Y", "%d-%b-%y", "%Y-%b-%d", "%d-%B-%Y", "%d %B %Y", "%B %d %Y", "%Y-%B-%d")  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1970, 2099
YEAR_OF_THE_REPUBLIC = 1911  # before the first year of the Republic of China (民國)
MOSTLY = 0.99
FEWER_YEARS = 3.0  # times as many years under another reading are the days of months; assumption
MOST_OF_ANOTHER = 0.01  # so few rows in a form that contradicts that of the others are typing errors; assumption


class Dates(NamedTuple):
    """The dates of rows."""

    date: pl.Series  # [rows] null where the text is no date
    unit: str  # that nearly all texts name: day, month or year, as D, M or Y
    form: str  # that was taken, with `-` for every separator


def parse_dates(text: pl.Series, field: str, column: str, time_format: str | None) -> Dates:
    """Read dates by the form that reads most rows.

    Tried are year-month-day, month-day-year and day-month-year, with `-`, `/`, `.` or 年月日, names of months, years of
    the Republic of China, and months or years alone. Where years have two digits, a reading that takes the days of
    months for years has many more years than one that does not. What the best form does not read is read by others that
    nowhere contradict it. A year outside 1970–2099 does not count as read.

    Parameters
    ----------
    text : polars.Series
        Dates without clocks; null where missing.
    field, column : str
        The file's field and the column's name, for errors.
    time_format : str or None
        A strptime format of the user, of the date alone; absent: trial.

    Raises
    ------
    BadInput
        If two forms read the same rows differently, as month-day and day-month do early in a month, or if the file
        mixes such forms.
    """
    each = pl.DataFrame({"text": text}).group_by("text", maintain_order=True).len("rows").drop_nulls("text")
    tidy, months, years = _tidy(each["text"])
    forms = FORMS if time_format is None else (_tidy(pl.Series([time_format]))[0][0],)
    read = {form: _read(tidy, form) for form in forms}
    rows = {form: int(each.filter(date.is_not_null())["rows"].sum()) for form, date in read.items()}
    most = max(rows.values())
    span = {form: max(read[form].drop_nulls().dt.year().n_unique(), 1) for form in forms if rows[form] == most}
    likely = [form for form, years_read in span.items() if years_read < FEWER_YEARS * min(span.values())]
    best = likely[0]
    for form in likely:
        differs = (read[form] != read[best]).fill_null(False)
        if differs.any():
            _ask(each["text"].filter(differs)[0], best, form, rows[best], field, column)
    date = read[best]
    for form in sorted(set(forms) - (set(span) - set(likely)), key=lambda form: (-rows[form], forms.index(form))):
        more = date.is_null() & read[form].is_not_null()
        if not more.any():
            continue
        if not (read[form] != date).fill_null(False).any():
            date = pl.select(pl.coalesce(date, read[form])).to_series()
        elif each.filter(more)["rows"].sum() > MOST_OF_ANOTHER * rows[best]:
            usual = each["text"].filter(read[best].is_not_null())[0]
            _refuse_mixture(each["text"].filter(more)[0], form, _as_written(best, usual), field, column)
    dates = pl.DataFrame({"text": each["text"], "date": date})
    found = pl.DataFrame({"text": text}).join(dates, on="text", how="left", maintain_order="left")["date"]
    enough = MOSTLY * max(int(each["rows"].sum()), 1)
    of_unit = {"Y": years, "M": months}
    unit = next((unit for unit, texts in of_unit.items() if int(each.filter(texts)["rows"].sum()) > enough), "D")
    return Dates(found, unit, best)


def _ask(example: str, first: str, second: str, rows: int, field: str, column: str) -> None:
    """Raise `BadInput` for a date that two forms read differently, with the settings that tell them apart."""
    ways = [_as_written(form, example) for form in (first, second)]
    said = (
        "dates that can be read in one way; all {rows:,} fit {one} and {other}: give city.columns.time_format='{one}' "
        "or city.columns.time_format='{other}'"
    )
    raise BadInput(f"{field}, column {column}", example, Notice(said, rows=rows, one=ways[0], other=ways[1]))


def _refuse_mixture(example: str, form: str, usual: str, field: str, column: str) -> None:
    """Raise `BadInput` for dates in two forms that contradict one another."""
    said = (
        "dates in one form; this one fits {form}, but most of the others fit {usual}: write them all in one form, such "
        "as 2021-03-25"
    )
    raise BadInput(f"{field}, column {column}", example, Notice(said, form=_as_written(form, example), usual=usual))


def _as_written(form: str, example: str) -> str:
    """Return a form with the separators of an example."""
    mark = re.search(r"\d\s*([-/.])", example)
    return form if mark is None else form.replace("-", mark[1])


def _tidy(text: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Bring the many ways of writing a form to one with `-`; return also which texts are months, and years, alone."""
    tidy = (
        text.str.replace_all(r"[,\s]+", " ")
        .str.replace_all(r"\s*[年月/.-]\s*", "-")
        .str.replace_all(r"[日号號]", "")
        .str.strip_chars(" -")
    )
    tidy = _of_the_republic(tidy)
    tidy = (
        tidy.str.replace(r"^(\d{1,2})-(\d{4})$", "${2}-${1}")
        .str.replace(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])$", "${1}-${2}")
        .str.replace(r"(?i)^([a-z]{3,9})[ -](\d{4})$", "${2}-${1}")
    )
    months = tidy.str.contains(r"(?i)^\d{4}-(?:\d{1,2}|[a-z]{3,9})$").fill_null(False)
    years = tidy.str.contains(r"^(?:19|20)\d{2}$").fill_null(False)
    first = pl.when(months).then(tidy + pl.Series(["-01"])).when(years).then(tidy + pl.Series(["-01-01"]))
    return pl.select(first.otherwise(tidy)).to_series(), months, years


def _of_the_republic(tidy: pl.Series) -> pl.Series:
    """Write years of the Republic of China, `民國110-3-1`, `110-3-1` or `1100301`, as 2021."""
    spaced = tidy.str.replace(r"^(1\d{2})(0[1-9]|1[0-2])([0-3]\d)$", "${1}-${2}-${3}")
    pattern = r"^(?:(?:中華|中华)?(?:民國|民国) ?(\d{1,3})|(1\d{2}))(-\d{1,2}(?:-\d{1,2})?)$"
    parts = spaced.str.extract_groups(pattern).struct.unnest()
    a, b, rest = (pl.col(name) for name in parts.columns)
    year = pl.coalesce(a, b).cast(pl.Int64) + YEAR_OF_THE_REPUBLIC
    western = parts.select((year.cast(pl.String) + rest).alias("western")).to_series()
    return pl.select(pl.coalesce(western, tidy)).to_series()


def _read(text: pl.Series, form: str) -> pl.Series:
    """Parse by one form; null where it does not fit or the year is absurd."""
    try:
        date = text.str.to_date(form, strict=False)
    except pl.exceptions.PolarsError:
        return pl.Series([None] * len(text), dtype=pl.Date)
    year = date.dt.year()
    return pl.select(pl.when((year >= FIRST_YEAR) & (year <= LAST_YEAR)).then(date)).to_series()
