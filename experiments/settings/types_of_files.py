"""Shows how the types of a user's files were read: class, rows used, rows lost and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.city.city import FileReport

MOST_SHOWN = 12
WIDEST = 40  # letters of a type


def types_as_lines(file: FileReport) -> Iterator[str]:
    """Yield the lines that tell how the types of a file were read, the commonest types first."""
    from sim.city.recorded_types import MADE_BY_THE_MODEL
    from sim.parameters import printable

    if not file.types:
        return
    column = f"column {file.type_columns[0]!r}" if file.type_columns else "the settings"
    if len(file.type_columns) > 1:
        column += f", where it says nothing from {', '.join(repr(name) for name in file.type_columns[1:])}"
    yield printable(f"{file.path}: types from {column}")
    shown = file.types[:MOST_SHOWN]
    wide = max(len(_short(one.type)) for one in shown)
    for one in shown:
        lost = f"; lost {one.rows - one.used:,}: {one.lost}" if one.lost else ""
        yield printable(f"  {_short(one.type):<{wide}}  {one.kind:<15} {one.used:>9,} of {one.rows:,} used{lost}")
    rows: Counter[str] = Counter()
    for one in file.types:
        rows[one.kind] += one.rows
    if len(file.types) > MOST_SHOWN:
        more = f"{len(file.types) - MOST_SHOWN:,} types more, all of them in types.csv"
        yield f"  … {more}; rows by class: {', '.join(f'{kind} {n:,}' for kind, n in rows.most_common())}"
    own = [one for one in file.types if one.kind in MADE_BY_THE_MODEL and one.used]
    if own:
        kinds, n = ", ".join(dict.fromkeys(one.kind for one in own)), sum(one.used for one in own)
        yield f"  {kinds}: {n:,} rows say how often a run records them, and where people are"
    unknown = [one for one in file.types if one.kind == "unknown"]
    if unknown:
        names = ", ".join(f"{_short(one.type)!r} ({one.rows:,})" for one in unknown[:5])
        advice = "give city.types_file to say what they are"
        yield printable(f"  no table has {len(unknown):,} of the types: {names}; {advice}")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
