"""Which columns of a police file say what a row is, and which say that the police began it themselves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.city import CityParameters, ColumnNames
from sim.city.column_names import OFFICER_YES_NO, ORIGIN_OF_CALL, TYPE_OF_CALL, TYPE_OF_INCIDENT
from sim.city.file_columns import check_no_twin, find, plain
from sim.city.recorded_types import RowTypes, all_of, most_exact, officer_initiated, types_of_rows
from sim.city.type_tables import TypeTables, own_tables, shipped_tables

CALLS = "city.calls_csv"
YES = r"(?i)^(Y|YES|T|TRUE|1)$"
BY_OFFICER = r"(?i)\bON[ -]?VIEW|(OFFICER|FIELD|POLICE)[ -]?(INIT|GENERATED)|^(POLICE )?OFFICER$|^SELF|^巡逻|民警"


class TypeSettings(NamedTuple):
    """What a user says about types."""

    tables: TypeTables
    all_are: str | None = None  # the class of all incidents

    @classmethod
    def of(cls, parameters: CityParameters) -> TypeSettings:
        """Return what the parameters of a city say."""
        path = parameters.types_file
        return cls(own_tables(path) if path else shipped_tables(), parameters.type)


class TypeReading(NamedTuple):
    """The types of the rows of a file, and the columns that they were read from."""

    types: RowTypes
    columns: tuple[str, ...]  # that which decides, and those that do where it says nothing
    origins: tuple[str, ...] = ()  # of these, and others, those that say that the police began a row


def names_of_types(field: str, said: TypeSettings) -> tuple[str, ...]:
    """Return the names that a column of types may have, the likeliest first; none if all rows are said to be alike."""
    if field == CALLS:
        return tuple(dict.fromkeys(TYPE_OF_CALL + TYPE_OF_INCIDENT))
    return () if said.all_are is not None else tuple(dict.fromkeys(TYPE_OF_INCIDENT + TYPE_OF_CALL))


def read_types(frame: pl.DataFrame, field: str, path: str, names: ColumnNames, said: TypeSettings) -> TypeReading:
    """Read what each row of a file is.

    Parameters
    ----------
    frame : polars.DataFrame
        The file, every column as text.
    field, path : str
        `city.incidents_csv` or `city.calls_csv`, which decides what names are looked for; and the file.
    names : ColumnNames
        Columns that the user named; a given type is the only one that is read.
    said : TypeSettings
        What the user says about types.

    Raises
    ------
    BadInput
        If the column of types occurs twice, with different content.
    """
    if not names_of_types(field, said):
        return TypeReading(all_of(str(said.all_are), frame.height), ())
    given = None if names.type is None else find(frame, names.type, ())
    by_plain = {plain(name): name for name in reversed(frame.columns)}
    there = [frame[by_plain[name]] for name in names_of_types(field, said) if name in by_plain]
    columns = most_exact(there, said.tables) if given is None else [frame[given]]
    check_no_twin(frame, columns[0].name, field, path)
    types = types_of_rows(columns, said.tables)
    names_of_columns = tuple(column.name for column in columns)
    if field != CALLS:
        return TypeReading(types, names_of_columns)
    by_column = _told_by_officer(frame, columns[0].name)
    by_column += [(column.name, officer_initiated(column, said.tables)) for column in there]
    police = np.logical_or.reduce([types.police, *(rows for _, rows in by_column)])
    origins = dict.fromkeys(name for name, rows in by_column if rows.any() and name != columns[0].name)
    return TypeReading(types._replace(police=police), names_of_columns, tuple(origins))


def _told_by_officer(frame: pl.DataFrame, type_name: str) -> list[tuple[str, Array]]:
    """Return the columns of a file that may say that the police began a call, and for which rows they do [rows]."""
    return [
        (name, frame[name].str.strip_chars().str.contains(pattern).fill_null(False).to_numpy())
        for wanted, pattern in ((OFFICER_YES_NO, YES), (ORIGIN_OF_CALL, BY_OFFICER))
        for name in frame.columns
        if plain(name) in wanted and name != type_name
    ]
