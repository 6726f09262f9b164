"""What the files of a city say about its crimes and calls, and in words what they do not say."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE, CallEvidence, CrimeEvidence, FileReport
from sim.city.coverage import DAYS_PER_YEAR
from sim.city.evidence import PRIOR_CRIMES_PER_1000, Events, call_evidence, crime_evidence, unknown_clocks
from sim.city.grid import Grid
from sim.city.notices import Notice, Weight
from sim.city.read_rows import CALLS, Rows
from sim.city.recorded_types import NO_CALL, NO_CRIME

RATE_OF = {  # what the model brings about itself → the setting that says how common it is
    "fraud": "demand.fraud.contacts_per_resident_month",
    "school_violence": "demand.school_violence.incidents_per_pair_year",
    "dispute": "demand.disputes.per_1000_year",
}


class FileEvidence(NamedTuple):
    """What all files say."""

    crime: CrimeEvidence | None
    calls: CallEvidence | None
    arising: dict[str, float]  # class that the model brings about itself → rows per 1,000 residents a year
    reports: tuple[FileReport, ...]  # of each file, with what was guessed or lost


def file_evidence(
    files: list[Rows], cells: list[Array], residents: int, grid: Grid, inside: Array, complete: bool
) -> FileEvidence:
    """Return what the files say about crimes (incidents, or else calls that report one) and about all other calls.

    Parameters
    ----------
    files : list of Rows
        The usable rows of incidents and calls.
    cells : list of array [rows]
        Where they lie.
    residents : int
        Residents of the city.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    complete : bool
        Whether what the files do not have did not happen.
    """
    crime: CrimeEvidence | None = None
    calls: CallEvidence | None = None
    reports = []
    arising: dict[str, float] = {}
    for rows, cell in zip(files, cells, strict=True):
        coverage = rows.coverage
        kind = np.concatenate([rows.crime, rows.unplaced_crime])
        call = np.concatenate([rows.call, rows.unplaced_call])
        where = np.concatenate([cell, np.full(len(rows.unplaced_crime), -1)])
        events = Events(where, np.concatenate([rows.stamp, rows.unplaced_stamp]), rows.has_clock, rows.unit == "D")
        notices = [*coverage.told(), *_unknown(events), *_unplaced(rows)]
        if crime is None and (kind != NO_CRIME).any():
            of_crime = kind != NO_CRIME
            crime = crime_evidence(_of(events, of_crime), kind[of_crime], coverage, residents, grid, inside, complete)
            notices += _absent(kind, complete)
        of_call = call != NO_CALL
        if rows.field == CALLS and of_call.any():
            calls = call_evidence(_of(events, of_call), call[of_call], coverage, residents, grid, inside)
        thousand_years = residents / 1000 * coverage.days / DAYS_PER_YEAR
        arising |= {name: n / thousand_years for name, n in rows.arising.items() if n and name not in arising}
        reports.append(noted(rows.report, *notices))
    if reports:
        reports[0] = noted(reports[0], *_no_file(crime, calls, arising))
    return FileEvidence(crime, calls, arising, tuple(reports))


def noted(report: FileReport, *sentences: Notice) -> FileReport:
    """Return the report of a file with more sentences about what was guessed."""
    return replace(report, notices=(*report.notices, *sentences))


def _no_file(crime: CrimeEvidence | None, calls: CallEvidence | None, arising: dict[str, float]) -> list[Notice]:
    """Say what no file tells."""
    out = []
    if crime is None:
        said = "no file has {types}: their rates, hours and places are those of a made-up city"
        kinds = tuple(Notice(name) for name in CRIME_EVIDENCE)
        out.append(Notice(said, Weight.ASSUMED, ("city.incidents_csv",), types=kinds))
    if calls is None:
        said = (
            "no file has calls for service other than crimes: their rates, hours and places are those of a made-up city"
        )
        out.append(Notice(said, Weight.ASSUMED, ("city.calls_csv",)))
    for name, setting in RATE_OF.items():
        if name not in arising:
            said = "no file has rows of {type}: it is as common as the settings say (prior)"
            out.append(Notice(said, Weight.ASSUMED, (setting,), type=Notice(name)))
    return out


def _of(events: Events, rows: Array) -> Events:
    return events._replace(cell=events.cell[rows], stamp=events.stamp[rows])


def _unknown(events: Events) -> list[Notice]:
    """Say which clocks stand for times that nobody knew."""
    unknown = unknown_clocks(events.stamp) * events.has_clock
    told = tuple(
        Notice("{hour:02d}:00 ({rows:,.0f} rows)", hour=int(hour), rows=float(unknown[hour]))
        for hour in np.flatnonzero(unknown)
    )
    said = "many more rows than chance at {hours}: taken as times that nobody knew"
    return [Notice(said, Weight.ASSUMED, hours=told)] if told else []


def _unplaced(rows: Rows) -> list[Notice]:
    """Say how many rows of each type count for its rate although they have no place."""
    out = []
    of_type = [(name, rows.unplaced_crime == kind, rows.crime == kind) for kind, name in enumerate(CRIME_EVIDENCE)]
    for name, unplaced, with_place in [*of_type, ("other calls", rows.unplaced_call != NO_CALL, rows.call != NO_CALL)]:
        n, placed = int(unplaced.sum()), int(with_place.sum())
        if n:
            surface = (
                Notice("that of all types, for none has a place")
                if placed == 0
                else Notice("that of the {rows:,} with one", rows=placed)
            )
            out.append(
                Notice(
                    "{type}: {rows:,} rows without a usable place count for the rate; their surface is {surface}",
                    Weight.LOST, type=Notice(name), rows=n, surface=surface,
                )
            )  # fmt: skip
    return out


def _absent(kind: Array, complete: bool) -> list[Notice]:
    """Say which types have no rows, and what their rate is."""
    out = []
    for place, name in enumerate(CRIME_EVIDENCE):
        if (kind == place).any():
            continue
        settings = ("city.complete", "city.types_file", "city.columns.type")
        said = (
            "{type}: no rows of this type; its rate is none, as city.complete says that the file holds all that was "
            "recorded"
            if complete
            else "{type}: no rows of this type; its rate is the usual one (prior) of {rate:g} recorded per 1,000 "
            "residents a year; city.complete=true makes it zero"
        )
        weight = Weight.ASSUMED if complete else Weight.DOUBTFUL
        out.append(Notice(said, weight, settings, type=Notice(name), rate=PRIOR_CRIMES_PER_1000[place]))
    return out
