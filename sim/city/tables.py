"""Reads a table of a user, whatever its form, as columns of text with the line on which each row stands."""

from __future__ import annotations

import codecs
import csv
import re
from statistics import median
from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city import real_files
from sim.city.encodings import Text, as_text
from sim.city.notices import Notice, Weight
from sim.city.real_files import CHUNK, chunks, packing
from sim.city.workbooks import read_workbook
from sim.parameters import BadInput

SEPARATORS = ",;\t|"
MOST_COLUMNS = 2000
MOST_TITLE_LINES = 10
LOOKED_AT = 40  # lines that tell a title from the header
MOST_BYTES_OF_FIELD = 1 << 18
MOST_BYTES_OF_LINE = 100_000  # that are looked at for it
ABSENT = ["", "NA", "N/A", "NULL", "null", "None", "NaN", "nan", "#N/A"]
OTHERS = (  # what is given for a table by mistake: how it begins, what it is, what to do
    (rb"(?is)\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body|script)\b", "a web page", "download the file itself"),
    (rb"(?is)\s*<\?xml.*?<html\b", "a web page", "download the file itself"),
    (rb"\s*<(\?xml|\w+[\s>])", "XML", "export it as CSV"),
    (rb"\s*(\{\s*[\"}]|\[\s*[{\[\]])", "JSON", "export it as CSV"),
    (rb"%PDF", "a PDF", "ask for the table itself"),
    (rb"PAR1", "a Parquet file", "export it as CSV"),
    (rb"SQLite format 3", "a database (SQLite or GeoPackage)", "export the table as CSV"),
    (rb"\xd0\xcf\x11\xe0", "an old workbook (.xls)", "save it as .xlsx or 'CSV UTF-8'"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", "ask for the table itself"),
    (rb"7z\xbc\xaf|Rar!|\xfd7zXZ|\x28\xb5\x2f\xfd", "a packed file (7z, rar, xz or zstd)", "unpack it"),
    (rb"version https://git-lfs", "a pointer to a large file (Git LFS)", "download the file itself"),
)


class Table(NamedTuple):
    """A table as text."""

    frame: pl.DataFrame  # text columns, null where empty
    lines: Array  # [rows] the line of the file on which each row begins
    encoding: str  # that the file has
    notices: tuple[Notice, ...] = ()  # what a user should know about how it was read


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

    def because(self, reasons: tuple[str, ...]) -> Array:
        """Return which rows were rejected for one of the reasons, bool [rows]."""
        out: Array = np.isin(self._code, [code for code, reason in enumerate(self._reasons) if reason in reasons])
        return out

    def rejected(self, lines: Array) -> list[tuple[int, str]]:
        """Return (line, reason) of the rejected rows, given the line [rows] of each row."""
        rows = np.flatnonzero(self._code)
        return [(int(line), self._reasons[code]) for line, code in zip(lines[rows], self._code[rows], strict=True)]

    def reasons(self) -> pl.Series:
        """Return why each row is rejected, null where it is not."""
        return pl.Series([None, *self._reasons[1:]], dtype=pl.String).gather(self._code)


class _Layout(NamedTuple):
    """Where the header of a text is, and what parts its columns."""

    separator: str
    lines_before: int
    titles: int  # of these, those that are no `sep=`
    bytes_before: int


def read_table(path: str, field: str) -> Table:
    """Return a table as text columns: separated values (.csv, .tsv, .tab, .txt), or the first sheet of an .xlsx.

    It may be packed (.gz, .bz2, or .zip with one file), in any encoding of `as_text`, with lines that end in LF, CR or
    both. The separator is the one that `sep=;` in the first line names, or else the commonest of comma, semicolon, tab
    and bar in the header. Lines before the header that have at most half as many fields as those below are a title.

    Raises
    ------
    BadInput
        If the file is missing, is a folder, cannot be read, is no text that we know, or has no rows.
    """
    if packing(path, field) == "workbook":
        return _checked(_of_workbook(*read_workbook(path, field)), path, field)
    _refuse_others(next(chunks(path, field, real_files.MOST_TABLE_BYTES), b""), path, field)
    text = text_of(path, field)
    _refuse_others(text.utf8, path, field)  # such as a web page in UTF-16
    whole = _with_line_feeds(text.utf8)
    layout = _layout(whole)
    body, before = whole[layout.bytes_before :], layout.lines_before
    if body.split(b"\n", 1)[0].count(layout.separator.encode()) >= MOST_COLUMNS:
        raise BadInput(
            field,
            path,
            Notice(
                "a CSV with a header line of at most {most:,} columns; the first line of this one has more",
                most=MOST_COLUMNS,
            ),
        )
    try:
        frame = pl.read_csv(
            body, separator=layout.separator, infer_schema=False, truncate_ragged_lines=True, null_values=ABSENT
        )
    except pl.exceptions.PolarsError:
        raise BadInput(
            field,
            path,
            Notice(
                "a CSV with a header line and one row a line; this one is empty or has a quotation mark that never "
                "closes"
            ),
        ) from None
    lines = np.arange(2, frame.height + 2) + before
    if body.count(b"\n") > frame.height + 1:  # some field runs over several lines
        extra = frame.select(pl.sum_horizontal(pl.all().str.count_matches("\n").fill_null(0))).to_series().to_numpy()
        lines = lines + np.concatenate([[0], np.cumsum(extra.astype(np.int64))[:-1]])[: len(lines)]
    notices = _about_header(before, layout.titles)
    if text.damaged:
        notices += (Notice("{letters:,} letters are damaged and read as \ufffd", Weight.LOST, letters=text.damaged),)
    return _checked(Table(frame, lines, text.encoding, notices), path, field)


def _checked(table: Table, path: str, field: str) -> Table:
    if table.frame.height == 0:
        raise BadInput(field, path, Notice("a CSV with rows; this one has a header at most"))
    longest = table.frame.select(pl.max_horizontal(pl.all().str.len_bytes())).to_series().fill_null(0)
    row = int(longest.arg_max() or 0)
    if longest[row] > MOST_BYTES_OF_FIELD:
        raise BadInput(
            field,
            path,
            Notice(
                "a CSV with fields of at most {most:,} kB; on line {line:,} one has {size:,} kB: is a quotation mark "
                "not closed?",
                most=MOST_BYTES_OF_FIELD >> 10,
                line=int(table.lines[row]),
                size=int(longest[row]) >> 10,
            ),
        )
    return table


def _of_workbook(sheet: pl.DataFrame, notices: tuple[Notice, ...]) -> Table:
    """Return a sheet of texts as a table: the header is its first row that is no title."""
    header = _header_of([sum(bool(cell) for cell in row) for row in sheet.head(LOOKED_AT).iter_rows()])
    names: list[str] = []
    for i, cell in enumerate(sheet.row(header) if sheet.height else ()):
        name = cell or f"column_{i + 1}"
        names.append(name if name not in names else f"{name}_duplicated_{names.count(name) - 1}")  # as Polars does
    texts = pl.when(pl.all().is_in(ABSENT)).then(None).otherwise(pl.all()).name.keep()
    frame = sheet.slice(header + 1).rename(dict(zip(sheet.columns, names, strict=False))).select(texts)
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    lines = np.arange(header + 2, sheet.height + 1)[filled]
    return Table(frame.filter(filled), lines, "Excel", (*_about_header(header, header), *notices))


def _about_header(lines_before: int, titles: int) -> tuple[Notice, ...]:
    """Say that a file does not begin with its header."""
    said = Notice("the header is taken from line {line:,}; what stands above it is not read", line=lines_before + 1)
    return (said,) if titles else ()


def text_of(path: str, field: str) -> Text:
    """Return the text of a file.

    Raises
    ------
    BadInput
        If it cannot be read, or is no text.
    """
    parts: list[bytes] = []
    for chunk in chunks(path, field, real_files.MOST_TABLE_BYTES):
        if not parts and len(chunk) == CHUNK and not re.search(rb"[\r\n]", chunk):
            said = "a CSV with a header line and one row a line; the first line of this one is over 1 MB long"
            raise BadInput(field, path, Notice(said))
        parts.append(chunk)
    text = as_text(b"".join(parts))
    if text is None:
        raise BadInput(
            field,
            path,
            Notice(
                "a CSV in UTF-8, UTF-16, GB18030, Big5, Windows-1252 or Latin-1; this one is in another encoding or no "
                "text at all; save it as 'CSV UTF-8'"
            ),
        )
    return text


def _refuse_others(head: bytes, path: str, field: str) -> None:
    """Raise `BadInput` if a file begins as something else than a table does."""
    head = head[:4096].removeprefix(codecs.BOM_UTF8)
    for begins, what, mend in OTHERS:
        if re.match(begins, head):
            raise BadInput(
                field, path, Notice("a CSV; this one is {what}: {mend}", what=Notice(what), mend=Notice(mend))
            )


def _with_line_feeds(text: bytes) -> bytes:
    """Return a text whose lines end in LF, where those of the file end in CR alone."""
    first = text.split(b"\n", 1)[0].removesuffix(b"\r")
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in first else text


def _layout(text: bytes) -> _Layout:
    """Find the header."""
    lines = text[:CHUNK].split(b"\n")[:LOOKED_AT]
    named = re.fullmatch(rb"(?i)\"?sep=([^\w\s]|\t)\"?\s*", lines[0])
    first = 1 if named else 0
    separators = named[1].decode() if named else SEPARATORS
    header = first + _header_of([_fields(line, separators) for line in lines[first:]])
    separator = max(separators, key=lines[header].decode(errors="replace").count) if header < len(lines) else ","
    return _Layout(separator, header, header - first, sum(len(line) + 1 for line in lines[:header]))


def _header_of(fields: list[int]) -> int:
    """Return which of the first lines is the header, given how many fields of each have something in them."""
    typical = median([n for n in fields if n] or [0])
    return next((i for i, n in enumerate(fields[:MOST_TITLE_LINES]) if 2 * n > typical), 0)


def _fields(line: bytes, separators: str) -> int:
    """Return how many fields of a line have something in them, under the separator that makes most of them."""
    text = line[:MOST_BYTES_OF_LINE].decode(errors="replace").replace("\0", "")
    return max(
        sum(bool(field.strip()) for row in csv.reader([text], delimiter=each) for field in row) for each in separators
    )
