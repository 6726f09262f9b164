"""Shows how the types of a user's files were read: class, rows used, rows lost and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from experiments.languages.speech import say

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
    column = say("column {column!r}", column=file.type_columns[0]) if file.type_columns else say("the settings")
    if len(file.type_columns) > 1:
        others = ", ".join(map(repr, file.type_columns[1:]))
        column = say("{column}, where it says nothing from {others}", column=column, others=others)
    yield printable(say("{file}: types from {column}", file=file.path, column=column))
    shown = file.types[:MOST_SHOWN]
    wide = max(len(_short(one.type)) for one in shown)
    for one in shown:
        used = say("{used:>9,} of {rows:,} used", used=one.used, rows=one.rows)
        lost = say("; lost {rows:,}: {why}", rows=one.rows - one.used, why=say(one.lost)) if one.lost else ""
        yield printable(f"  {_short(one.type):<{wide}}  {one.kind:<15} {used}{lost}")
    rows: Counter[str] = Counter()
    for one in file.types:
        rows[one.kind] += one.rows
    if len(file.types) > MOST_SHOWN:
        by_class = ", ".join(f"{kind} {n:,}" for kind, n in rows.most_common())
        words = "{n:,} types more, all of them in types.csv; rows by class: {by_class}"
        yield f"  … {say(words, n=len(file.types) - MOST_SHOWN, by_class=by_class)}"
    own = [one for one in file.types if one.kind in MADE_BY_THE_MODEL and one.used]
    if own:
        kinds, n = ", ".join(dict.fromkeys(one.kind for one in own)), sum(one.used for one in own)
        words = "{kinds}: {n:,} rows say how often a run records them, and where people are"
        yield f"  {say(words, kinds=kinds, n=n)}"
    unknown = [one for one in file.types if one.kind == "unknown"]
    if unknown:
        names = ", ".join(f"{_short(one.type)!r} ({one.rows:,})" for one in unknown[:5])
        words = "no table has {n:,} of the types: {names}; give city.types_file to say what they are"
        yield printable(f"  {say(words, n=len(unknown), names=names)}")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
