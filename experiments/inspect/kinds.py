"""Finds out what a file of a city is, so that its user need not say which setting it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from sim.city.notices import Notice

FIELD = "files"
CALL_WORDS = (  # in names of columns that only calls have, or only crimes
    "call", "dispatch", "cad", "arriv", "onscene", "enroute", "nature", "priority",
    "警情", "报警", "接警", "出警", "報警",
)  # fmt: skip
CRIME_WORDS = ("offense", "offence", "crime", "ucr", "nibrs", "casenumber", "primarytype", "statute", "案", "罪")
ONLY_CALLS = ("service", "traffic", "alarm", "dispute", "police")  # classes that a file of crimes hardly has
MANY = 0.25  # of the rows of which a class is known: assumption


class Found(NamedTuple):
    """A file, the setting that it belongs to, and what tells so."""

    path: str
    key: str
    why: Notice


def settled(words: Sequence[str]) -> tuple[list[str], list[Found]]:
    """Return words of a command line in which each file that stands by itself is given to its setting.

    Parameters
    ----------
    words : sequence of str
        Files and `key=value`.

    Raises
    ------
    BadInput
        For a file that is missing or of no kind that is known, and for two of one kind.
    """
    from sim.city.notices import Notice
    from sim.parameters import BadInput

    out: list[str] = []
    found: list[Found] = []
    for word in words:
        if "=" in word and not Path(word).is_file():
            out.append(word)
            continue
        one = kind_of(word)
        twin = next((other for other in found if other.key == one.key), None)
        if twin is not None:
            said = (
                "one file of each kind: {twin!r} belongs to {key}, too; say what they are, such as "
                "city.incidents_csv=FILE city.calls_csv=FILE"
            )
            raise BadInput(FIELD, word, Notice(said, twin=twin.path, key=one.key))
        found.append(one)
        out.append(f"{one.key}={word}")
    return out, found


def kind_of(path: str) -> Found:
    """Return which setting a file belongs to by what it holds.

    Raises
    ------
    BadInput
        If it cannot be read.
    """
    from sim.city.real_files import first_bytes, is_streets, packing
    from sim.city.vector_files import holds_map, is_map
    from sim.extras import CITY_FILES, require

    require(CITY_FILES)
    kind = packing(path, FIELD)
    if (kind in ("zip", "workbook") and holds_map(path)) or (kind is None and is_map(first_bytes(path, FIELD))):
        return _of_map(path)
    if is_streets(first_bytes(path, FIELD)) or ".osm" in Path(path).suffixes or path.endswith(".pbf"):
        return _found(path, "city.streets_file", "It holds a network of streets.")
    from sim.city.tables import read_table

    return _of_table(path, read_table(path, FIELD).frame)


def _of_map(path: str) -> Found:
    """Tell streets, beats and a boundary by the shapes of a map."""
    from sim.city.notices import Notice
    from sim.city.vector_files import read_map
    from sim.parameters import BadInput

    layers = read_map(path, FIELD, None).values()
    shapes = [str(kind) for layer in layers for kind in layer.geom_type]
    lines, areas = (sum(kind.endswith(end) for kind in shapes) for end in ("LineString", "Polygon"))
    if lines > areas:
        return _found(path, "city.streets_file", "It is a map of {n:,} lines.", n=lines)
    if areas > 1:
        return _found(path, "city.beats_file", "It is a map of {n:,} areas.", n=areas)
    if areas:
        return _found(path, "city.boundary_file", "It is a map of one area.")
    said = "a map of lines (streets) or areas (beats, a boundary); export points as CSV"
    raise BadInput(FIELD, path, Notice(said))


def _of_table(path: str, frame: pl.DataFrame) -> Found:
    """Tell incidents, calls, stations and a table of types by columns and, where these say nothing, by types."""
    from sim.city.city import ColumnNames
    from sim.city.file_columns import find_columns, place_columns, plain
    from sim.parameters import BadInput

    names = [plain(name) for name in frame.columns]
    if {"type", "class"} <= set(names):
        return _found(path, "city.types_file", "It has the columns type and class.")
    try:
        find_columns(frame, FIELD, path, ColumnNames())
    except BadInput as error:
        try:
            place_columns(frame, FIELD, path, ColumnNames())
        except BadInput:
            raise error from None
        return _found(path, "city.stations_csv", "Its rows have a place and no time.")
    of_calls, of_crimes = (
        [column for column, name in zip(frame.columns, names, strict=True) if any(word in name for word in words)]
        for words in (CALL_WORDS, CRIME_WORDS)
    )
    if bool(of_calls) != bool(of_crimes):
        key = "city.calls_csv" if of_calls else "city.incidents_csv"
        return _found(path, key, "Its columns say so: {columns}.", columns=tuple((of_calls or of_crimes)[:3]))
    share = _share_of_calls(path, frame)
    key = "city.calls_csv" if share > MANY else "city.incidents_csv"
    return _found(path, key, "{share:.0%} of its rows are of types that only calls have.", share=share)


def _share_of_calls(path: str, frame: pl.DataFrame) -> float:
    """Return the share of rows whose type only calls have, of those whose type is known."""
    import numpy as np

    from sim.city.city import ColumnNames
    from sim.city.file_columns import plain
    from sim.city.recorded_types import KINDS
    from sim.city.type_columns import CALLS, TypeSettings, names_of_types, read_types
    from sim.city.type_tables import UNKNOWN, shipped_tables
    from sim.parameters import BadInput

    said = TypeSettings(shipped_tables())
    if not {plain(name) for name in frame.columns} & set(names_of_types(CALLS, said)):
        return 0.0  # whoever reads the file asks for its types
    try:
        kind = read_types(frame, CALLS, path, ColumnNames(), said).types.kind
    except BadInput:  # two columns of types, which is refused by whoever reads the file
        return 0.0
    known = kind != KINDS.index(UNKNOWN)
    of_calls = np.isin(kind, [KINDS.index(name) for name in ONLY_CALLS])
    return float(of_calls.sum() / max(int(known.sum()), 1))


def _found(path: str, key: str, why: str, **values: Any) -> Found:
    from sim.city.notices import Notice

    said = Notice("{why} If it is something else, write the setting before it, such as city.calls_csv=FILE.",
                  why=Notice(why, **values))  # fmt: skip
    return Found(path, key, said)
