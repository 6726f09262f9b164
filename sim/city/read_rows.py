"""Reads a CSV of incidents or calls: which rows can be used, and why the others cannot."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.call_stages import CallStages, read_stages
from sim.city.city import ColumnNames, FileReport, HandlingEvidence, StageFit, TurnOutEvidence
from sim.city.coverage import Coverage, coverage_of
from sim.city.file_columns import Columns, find_columns, portal_of
from sim.city.file_portrait import portrait_of
from sim.city.notices import Notice, Weight
from sim.city.places import Source, coordinates
from sim.city.recorded_types import KINDS, MADE_BY_THE_MODEL, NO_CRIME, report_types, types_told
from sim.city.stage_fits import handling_evidence, stage_fits, taken_from_stages, turn_out_evidence
from sim.city.tables import Sieve, Table
from sim.city.taken_columns import taken_columns, untaken
from sim.city.times import Times, read_times
from sim.city.type_columns import TypeSettings, names_of_types, read_types
from sim.city.zones import nearest_zone
from sim.parameters import BadInput

INCIDENTS, CALLS = "city.incidents_csv", "city.calls_csv"
ARISING = "counts for its rate alone: the model brings this type about itself"
MIN_ROWS = 30  # assumption: fewer say hardly more than the priors
WITHOUT_PLACE = (  # such a row still counts for the rate of its type
    "coordinates are missing",
    "coordinates are no numbers",
    "coordinates are zero",
    "coordinates are impossible",
)


class Rows(NamedTuple):
    """The usable rows of one file, in its order."""

    field: str  # `city.incidents_csv` or `city.calls_csv`
    latitude: Array  # [rows] degrees north
    longitude: Array  # [rows] degrees east
    stamp: Array  # [rows] datetime64[s], clock on the wall
    has_clock: bool
    unit: str  # the smallest that the times name: D, M or Y
    crime: Array  # [rows] int8, place in `CRIME_EVIDENCE`, or `NO_CRIME`
    call: Array  # [rows] int8, place in `OTHER_CALLS`, or `NO_CALL`
    unplaced_stamp: Array  # [unplaced] of rows that are usable but for their place
    unplaced_crime: Array  # [unplaced]
    unplaced_call: Array  # [unplaced]
    coverage: Coverage  # the time covered, by all rows whose time can be read
    handling: HandlingEvidence | None  # of calls
    turn_out: TurnOutEvidence | None
    arising: dict[str, int]  # rows in the time covered of classes that the model brings about itself
    report: FileReport


def read_rows(
    table: Table, path: str, field: str, names: ColumnNames, said: TypeSettings, crs: str | None = None,
    boundary: Any = None,
) -> Rows:  # fmt: skip
    """Find the columns of a file and sort its rows into usable and rejected ones.

    A row is rejected if its time is missing or does not parse; if its place is missing, no number, zero, impossible, of
    the opposite sign or far from the others; if its type is missing or, among incidents, not simulated; if, among
    calls, the police began it themselves; or if its number occurred before (calls), or number, type and time did
    (incidents, whose offences may share one number).

    Parameters
    ----------
    table : Table
        From `sim.city.tables.read_table`.
    path, field : str
        The file, and `city.incidents_csv` or `city.calls_csv`.
    names : ColumnNames
        Columns that the user named.
    said : TypeSettings
        What the user says about types.
    crs : str, optional
        Coordinate system of places that are not in degrees, such as `EPSG:26910`.
    boundary : shapely polygon, optional
        In degrees; rows outside are rejected.

    Raises
    ------
    BadInput
        If columns are missing, most times do not parse, or places look swapped or projected or lie in the wrong
        hemisphere for the portal.
    """
    frame, lines = table.frame, table.lines
    columns = find_columns(frame, field, path, names, names_of_types(field, said))
    sieve = Sieve(frame.height)
    times = read_times(frame, columns.time, columns.time_name, field, names)
    sieve.reject(columns.time.is_null().to_numpy(), "time is missing")
    sieve.reject(np.isnat(times.stamp), "time does not parse")
    source = Source(path, field, portal_of(frame), crs, boundary)
    latitude, longitude, notices = coordinates(columns.place, sieve, source)
    unplaced = sieve.because(WITHOUT_PLACE)
    read = read_types(frame, field, path, names, said)
    types = read.types
    sieve.reject(types.text.is_null().to_numpy(), "type is missing")
    unplaced &= types.text.is_not_null().to_numpy()
    crime = types.crime
    if field == CALLS:
        sieve.reject(types.police, "no call from the public")
        unplaced &= ~types.police
    else:
        sieve.reject(types.made_by_the_model, ARISING)
        sieve.reject(crime == NO_CRIME, "type is not simulated")
        unplaced &= ~types.made_by_the_model & (crime != NO_CRIME)
    counts = sieve.usable | unplaced | sieve.because((ARISING,))
    if columns.number is not None:
        offence = [pl.Series(types.kind), pl.Series(times.stamp.astype(np.int64))] if field == INCIDENTS else []
        first = _first_of(columns.number, *offence, pl.Series(counts))
        sieve.reject(~first, "number occurs twice")
        unplaced &= first
        counts &= first
    use = sieve.usable
    taken = taken_columns(columns, times, read, names)
    every = times.stamp[~np.isnat(times.stamp)]
    coverage = coverage_of(every, times.has_clock, times.unit)
    stages = read_stages(table, field, columns.time_name, names) if field == CALLS else None
    fits, handling, turn_out, told_of_stages = _of_stages(stages, use, types.kind)
    if stages is not None:
        taken += stages.columns
    counts &= coverage.holds(times.stamp)
    arising = {name: int((counts & (types.kind == KINDS.index(name))).sum()) for name in MADE_BY_THE_MODEL}
    place, timed = (latitude[use], longitude[use]), (every, coverage, times.has_clock)
    in_utc = _in_utc(columns, times, latitude[use], longitude[use])
    told = (*table.notices, *times.notices, *in_utc, *notices, *told_of_stages)
    report = FileReport(
        path, frame.height, int(use.sum()), sieve.rejected(lines), table.encoding,
        report_types(types, sieve.reasons()), read.columns, told, columns=taken, unread=untaken(frame, taken),
        stages=fits, key=field, portrait=portrait_of(times.stamp[use], types.kind[use], KINDS, place, timed),
    )  # fmt: skip
    return Rows(
        field, latitude[use], longitude[use], times.stamp[use], times.has_clock, times.unit, crime[use],
        types.call[use], times.stamp[unplaced], crime[unplaced], types.call[unplaced],
        coverage, handling, turn_out, arising, report,
    )  # fmt: skip


def _first_of(*key: pl.Series) -> Array:
    """Return which rows are the first of their key, or have none in its first part, bool [rows]."""
    rows = pl.DataFrame([series.alias(str(i)) for i, series in enumerate(key)])
    first = rows.select(pl.struct(pl.all()).is_first_distinct() | pl.col("0").is_null()).to_series()
    out: Array = first.to_numpy()
    return out


def _of_stages(
    stages: CallStages | None, use: Array, kind: Array
) -> tuple[tuple[StageFit, ...], HandlingEvidence | None, TurnOutEvidence | None, tuple[Notice, ...]]:
    """Return the distributions of stages of usable rows, what a run takes from them, and what to say about it."""
    if stages is None:
        return (), None, None, ()
    usable = stages.of(use)
    handling, turn_out = handling_evidence(usable, kind[use]), turn_out_evidence(usable)
    told = (*stages.notices, *taken_from_stages(handling, turn_out))
    return stage_fits(usable, kind[use]), handling, turn_out, told


def check_enough(rows: Rows) -> None:
    """Raise `BadInput` if fewer than 30 rows of a file can be used, with what is commonest among the others."""
    report = rows.report
    if report.rows_used < MIN_ROWS:
        said = "a file with at least {least} usable rows; {used} of {read} can be used{most}{types}"
        few = Notice(
            said, least=MIN_ROWS, used=report.rows_used, read=report.rows_read, most=_commonest(report.rejected),
            types=types_told(report.types, report.type_columns),
        )  # fmt: skip
        raise BadInput(rows.field, report.path, few)


def _in_utc(columns: Columns, times: Times, latitude: Array, longitude: Array) -> tuple[Notice, ...]:
    """Say that times in UTC are taken as local, for want of a zone, and which zone is likely."""
    if not times.in_utc or times.clock_column is not None:
        return ()
    near = nearest_zone(float(np.median(latitude)), float(np.median(longitude))) if len(latitude) else "America/Chicago"
    said = Notice(
        "times of column {column!r} are marked as UTC and no column shows the local clock: taken as local as they are "
        "written, so that all hours may be wrong; city.columns.timezone={zone} turns them into those of the nearest "
        "large city", Weight.DOUBTFUL, ("city.columns.timezone",), column=columns.time_name, zone=near,
    )  # fmt: skip
    return (said,)


def _commonest(rejected: list[tuple[int, str]]) -> Notice | str:
    reasons = [reason for _, reason in rejected]
    if not reasons:
        return ""
    return Notice("; most often: {reason}", reason=Notice(max(sorted(set(reasons)), key=reasons.count)))
