"""Sets of values from a file of the user's: a CSV file whose columns are names of settings, a set a row."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any


def read_table(field: str, path: str, names: str, row: str) -> tuple[list[str], list[list[str]]]:
    """Read a CSV file of values, as they are written; empty lines are passed over.

    Parameters
    ----------
    field, path : str
        What the user wrote the path in, and the path.
    names, row : str
        What its first line holds, and what each other line is, for messages: `names of keys`, `point`.

    Returns
    -------
    names : list of str
        Of the columns, in their order.
    rows : list of list of str
        As many values each.

    Raises
    ------
    BadInput
        When it cannot be read, has no rows or a column twice, or a row of another length.
    """
    from sim.parameters import BadInput, Unusable

    try:
        text = io.StringIO(Path(path).expanduser().read_text(encoding="utf-8-sig"))
        lines = [line for line in csv.reader(text, strict=True) if any(cell.strip() for cell in line)]
    except FileNotFoundError:
        raise Unusable(field, path, "file {} not found (paths are relative to the working directory)") from None
    except UnicodeDecodeError:
        raise Unusable(field, path, "file {} is no UTF-8, but GBK or another encoding; save it as UTF-8") from None
    except (OSError, ValueError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unusable(field, path, f"file {{}} cannot be read ({why})") from None
    header, *rows = lines or [[]]
    columns = [name.strip() for name in header]
    if not columns or not rows:
        raise Unusable(field, path, f"file {{}} needs a line of {names}, and a line for each {row}")
    for name, times in Counter(columns).items():
        if times > 1:
            raise Unusable(field, name, "column {} is there twice")
    for number, values in enumerate(rows, start=1):
        if len(values) != len(columns):
            raise BadInput(f"{field}, {row} {number}", ",".join(values), f"{len(columns)} values, one a column")
    return columns, rows


def value_of(text: str) -> Any:
    """Return a value that is written as in JSON; what is none is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()
