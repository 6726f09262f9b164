"""Says which columns of a file were taken for what, and why."""

from __future__ import annotations

import polars as pl

from sim.city.city import ColumnNames, TakenColumn
from sim.city.file_columns import Columns, plain
from sim.city.notices import Notice
from sim.city.times import Times
from sim.city.type_columns import TypeReading

NAMED = Notice("you named it")
KNOWN = Notice("its name is one of those that such columns have")
JOINED = Notice("joined from columns of year, month and day")
BOTH = Notice("it has both coordinates")
CLOCK = Notice("the dates have no clock of their own, and this column holds clocks")
LOCAL = Notice("it shows the local clock of times in UTC")
FIRST_TYPE = Notice("it says most exactly what a row is")
NEXT_TYPE = Notice("it decides where those before it say nothing that is known")
BY_POLICE = Notice("it says which rows the police began themselves")
NUMBERS = Notice("a number that occurs twice counts once")


def taken_columns(columns: Columns, times: Times, types: TypeReading, names: ColumnNames) -> tuple[TakenColumn, ...]:
    """Return the columns of a file that are read, in the order of what they are for.

    Parameters
    ----------
    columns, times, types : Columns, Times, TypeReading
        What was found in the file.
    names : ColumnNames
        What the user named.
    """

    def why(name: str, given: str | None, otherwise: Notice = KNOWN) -> Notice:
        return NAMED if given is not None and plain(given) == plain(name) else otherwise

    out = [
        TakenColumn("time", columns.time_name, why(columns.time_name, names.time, JOINED if columns.joined else KNOWN))
    ]
    if times.clock_column is not None:
        found = LOCAL if times.in_utc else CLOCK
        out.append(TakenColumn("clock", times.clock_column, why(times.clock_column, names.clock, found)))
    if columns.latitude_name == columns.longitude_name:
        out.append(TakenColumn("point", columns.latitude_name, why(columns.latitude_name, names.point, BOTH)))
    else:
        out += [
            TakenColumn("latitude", columns.latitude_name, why(columns.latitude_name, names.latitude)),
            TakenColumn("longitude", columns.longitude_name, why(columns.longitude_name, names.longitude)),
        ]
    out += [
        TakenColumn("type", name, why(name, names.type, NEXT_TYPE if place else FIRST_TYPE))
        for place, name in enumerate(types.columns)
    ]
    out += [TakenColumn("origin", name, BY_POLICE) for name in types.origins]
    if columns.number is not None:
        out.append(TakenColumn("number", columns.number.name, NUMBERS))
    return tuple(out)


def untaken(frame: pl.DataFrame, taken: tuple[TakenColumn, ...]) -> tuple[str, ...]:
    """Return the columns of a file that are not read."""
    used = {one.name for one in taken}
    return tuple(name for name in frame.columns if name not in used)
