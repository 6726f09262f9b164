"""Tables in further formats, on request: CSV, one workbook, LaTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from experiments.presentation.looks import CSV, LATEX, XLSX
from experiments.presentation.wording import MINUS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

FOLDER, WORKBOOK = "tables", "tables.xlsx"
MOST_ROWS = 100_000  # of a sheet; longer tables are Parquet and CSV alone
LONGEST_NAME = 31  # of a sheet
_SPECIAL = re.compile(r"[&%$#_{}~^\\]")
_ESCAPED = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}


def write_exports(
    folder: Path,
    formats: Collection[str],
    tables: Mapping[str, pl.DataFrame],
    shown: Mapping[str, Sequence[Sequence[str]]],
) -> None:
    """Write tables in the formats that are asked for.

    Parameters
    ----------
    folder : Path
        An existing folder: CSV and LaTeX go into `tables` below it, the workbook is `tables.xlsx`.
    formats : collection of str
        Some of `csv`, `xlsx`, `latex`; others are none of tables.
    tables : mapping
        Name → table with unrounded numbers, for CSV and the workbook.
    shown : mapping
        Name → rows as a page shows them, the heading first, for LaTeX.
    """
    if {CSV, LATEX} & {*formats}:
        (folder / FOLDER).mkdir()
    if CSV in formats:
        for name, table in tables.items():
            table.write_csv(folder / FOLDER / f"{name}.csv")
    if LATEX in formats:
        for name, rows in shown.items():
            (folder / FOLDER / f"{name}.tex").write_text(latex(rows), encoding="utf-8")
    if XLSX in formats:
        _write_workbook(folder / WORKBOOK, tables)


def _write_workbook(path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write a sheet a table."""
    from xlsxwriter import Workbook

    with Workbook(path) as workbook:
        for name, table in tables.items():
            if table.height <= MOST_ROWS:
                finite = table.with_columns(
                    pl.when(pl.selectors.float().is_finite()).then(pl.selectors.float()).otherwise(None)
                )
                finite.write_excel(workbook, worksheet=name[:LONGEST_NAME], autofit=True, freeze_panes=(1, 0))


def latex(rows: Sequence[Sequence[str]]) -> str:
    """Write rows as a `tabular` with the rules of booktabs; columns of numbers stand to the right."""
    head, *body = rows
    sides = "".join("r" if body and all(_is_number(row[i]) for row in body) else "l" for i in range(len(head)))
    lines = [" & ".join(map(_escaped, row)) + r" \\" for row in rows]
    return "\n".join([
        "% \\usepackage{booktabs}; with Chinese also \\usepackage{ctex}",
        rf"\begin{{tabular}}{{{sides}}}", r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule",
        r"\end{tabular}", "",
    ])  # fmt: skip


def _is_number(text: str) -> bool:
    return bool(re.match(rf"[{MINUS}+<>]?\d|–$|$", text))


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(lambda found: _ESCAPED.get(found[0], rf"\{found[0]}"), text)
    return text.replace(MINUS, "$-$").replace("†", r"\dag{}").replace("✓", r"\checkmark{}").replace("✗", r"$\times$")
