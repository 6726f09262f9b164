"""Reads the first sheet of a workbook (.xlsx)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl

from sim.city.notices import Notice
from sim.city.real_files import MOST_TABLE_BYTES, regular_file, told_by
from sim.extras import EXCEL, require
from sim.parameters import BadInput


def read_workbook(path: str, field: str) -> tuple[pl.DataFrame, tuple[Notice, ...]]:
    """Return the first sheet as columns of text without names, and what a user should know about that.

    Dates are written as `2021-03-01 22:07:00`.

    Raises
    ------
    BadInput
        If it cannot be read, unpacks to more than we hold, or the library for it is not installed.
    """
    require(EXCEL)
    import fastexcel

    file = regular_file(path, field)
    _check_size(file, path, field)
    try:
        book = fastexcel.read_excel(file)
        frame = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError, OSError) as error:
        said = "a workbook (.xlsx) whose first sheet is a table; this one cannot be read ({why})"
        raise BadInput(field, path, Notice(said, why=told_by(error))) from None
    first, *others = book.sheet_names
    said = Notice("the first sheet, {sheet!r}, is read; {others} others are not", sheet=first, others=len(others))
    return frame, (said,) if others else ()


def _check_size(file: Path, path: str, field: str) -> None:
    """Raise `BadInput` if a workbook says, or hides, that it unpacks to more than we hold."""
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        said = "a workbook that is whole; this one cannot be read ({why})"
        raise BadInput(field, path, Notice(said, why=str(error))) from None
    if size > MOST_TABLE_BYTES:
        said = "a workbook of at most {most:,} MB, unpacked; save it as CSV"
        raise BadInput(field, path, Notice(said, most=MOST_TABLE_BYTES >> 20))
