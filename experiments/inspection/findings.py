"""What was understood of the files of a city, worked out once: tables, what weighs most, and the answer."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from experiments.languages.refusals import refusal
from sim.city.notices import Notice, Weight

if TYPE_CHECKING:
    from sim.city.city import City, CityParameters, FileReport
    from sim.parameters import BadInput

OTHERWISE = (  # settings of the city by which a user says otherwise how files are read
    "columns.time", "columns.clock", "columns.timezone", "columns.time_format", "columns.latitude", "columns.longitude",
    "columns.point", "crs", "columns.type", "type", "types_file", "complete", "residents", "cell_m", "boundary_file",
    "beats_file", "stations_csv",
)  # fmt: skip
WEIGHTS = {
    Weight.DOUBTFUL: Notice("look at this first"),
    Weight.LOST: Notice("does not count"),
    Weight.ASSUMED: Notice("assumed"),
    Weight.READ: Notice("read so"),
}


class Said(NamedTuple):
    """A sentence about a file."""

    file: str
    notice: Notice


class Rate(NamedTuple):
    """What the files say of how often something is recorded."""

    kind: str
    rows: int
    per_1000_year: float


@dataclass(frozen=True)
class Inspection:
    """What was understood of the files of a city.

    Attributes
    ----------
    parameters : CityParameters
        How they were read.
    files : tuple of FileReport
        What became of the rows of each.
    city : City or None
        What a run would take place in; None: none can be made of them.
    refusal : BadInput or None
        Why none can be made.
    reasons : mapping
        Path → how the file was found to be what it is taken for; only of files for which the user did not say it.
    provenance : dict
        Versions, commit, command, time.
    """

    parameters: CityParameters
    files: tuple[FileReport, ...]
    city: City | None
    refusal: BadInput | None = None
    reasons: Mapping[str, Notice] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> list[Said]:
        """All that was guessed or lost, the heaviest first."""
        every = [Said(file.path, notice) for file in self.files for notice in file.notices]
        return sorted(every, key=lambda one: -one.notice.weight)

    @property
    def warnings(self) -> list[Said]:
        """What may be otherwise than it was read, or does not count, the heaviest first."""
        return [one for one in self.said if one.notice.weight > Weight.READ]

    @property
    def answer(self) -> list[Notice]:
        """What came of it, in a few sentences."""
        doubtful = sum(one.notice.weight is Weight.DOUBTFUL for one in self.said)
        out = [
            Notice("{file}: {used:,} of {read:,} {what} are used.", file=file.path, used=file.rows_used,
                   read=file.rows_read, what=Notice(file.what))
            for file in self.files
        ]  # fmt: skip
        if self.refusal is not None:
            out.append(Notice("A comparison cannot be run with them yet: {why}", why=refusal(self.refusal)))
        elif doubtful:
            said = "A comparison can be run; look first at what all results hang on ({things} below)."
            out.append(Notice(said, things=doubtful))
        else:
            out.append(Notice("A comparison can be run; nothing that all results hang on was guessed."))
        return out

    @property
    def rates(self) -> list[Rate]:
        """How often each kind is recorded, as far as the files say it."""
        return list(_rates(self.city, self.files)) if self.city is not None else []

    @property
    def command(self) -> str:
        """The command that compares strategies in the city of these files."""
        return shlex.join(["beatlab", "compare", "city=from_data", *self.settings])

    @property
    def settings(self) -> list[str]:
        """The settings, as a command takes them, that read the files so."""
        usual = dict(_leaves(type(self.parameters)().model_dump()))
        return [
            f"city.{name}={value}"
            for name, value in _leaves(self.parameters.model_dump())
            if value != usual[name] and name not in ("kind", "name")
        ]

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name: `columns`, `notices`, `rejected`, `stages`, `hours`, `weekdays`, `days`."""
        return {
            "columns": _frame(_columns(self.files), ("file", "column", "read_for", "why")),
            "notices": _frame(
                ((one.file, one.notice.weight.name.lower(), str(one.notice), ", ".join(one.notice.settings))
                 for one in self.said),
                ("file", "weight", "notice", "settings"),
            ),
            "rejected": _frame(
                ((file.path, reason, n) for file in self.files for reason, n in rejected(file)),
                ("file", "reason", "rows"),
            ),
            "stages": _stages(self.files),
            "hours": _counts(self.files, "hours", "hour"),
            "weekdays": _counts(self.files, "weekdays", "weekday"),
            "days": _days(self.files),
        }  # fmt: skip


def rejected(file: FileReport) -> list[tuple[str, int]]:
    """Return the reasons why rows of a file are not used, with their numbers, the commonest first."""
    return Counter(reason for _, reason in file.rejected).most_common()


def _rates(city: City, files: Sequence[FileReport]) -> Iterator[Rate]:
    from sim.city.city import CRIME_EVIDENCE
    from sim.city.read_rows import CALLS
    from sim.incident_types import OTHER_CALLS

    def used(file: FileReport) -> Counter[str]:
        """Count the rows of a file that are used, by kind of incident."""
        rows: Counter[str] = Counter()
        for one in file.types:
            rows[one.kind] += one.used
        return rows

    counts = {file.key: used(file) for file in files}
    if city.crime is not None:  # which one file says, the first that has any
        rows = next(count for count in counts.values() if set(CRIME_EVIDENCE) & set(+count))
        for kind, rate in zip(CRIME_EVIDENCE, city.crime.recorded_per_1000_year, strict=True):
            yield Rate(kind, rows[kind], float(rate))
    if city.calls is not None:
        for call, share in zip(OTHER_CALLS, city.calls.share, strict=True):
            kind = call.name.lower()
            yield Rate(kind, counts[CALLS][kind], float(share * city.calls.per_1000_year))
    for kind, rate in city.arising.items():  # which the first file that has any says
        of_kind = (sum(one.rows for one in file.types if one.kind == kind) for file in files)
        yield Rate(kind, next(filter(None, of_kind), 0), rate)


def _columns(files: Sequence[FileReport]) -> Iterator[tuple[str, str, str, str]]:
    for file in files:
        yield from ((file.path, one.name, one.what, str(one.why)) for one in file.columns)
        yield from ((file.path, name, "", "") for name in file.unread)


def _stages(files: Sequence[FileReport]) -> pl.DataFrame:
    from sim.city.city import StageFit

    rows = ((file.path, *fit[:-1]) for file in files for fit in file.stages)
    return _frame(rows, ("file", *StageFit._fields[:-1]))


def _counts(files: Sequence[FileReport], what: str, unit: str) -> pl.DataFrame:
    rows = (
        (file.path, kind, at, int(n))
        for file in files
        if file.portrait is not None
        for kind, counts in zip(file.portrait.kinds, getattr(file.portrait, what), strict=True)
        for at, n in enumerate(counts)
    )
    return _frame(rows, ("file", "kind", unit, "rows"))


def _days(files: Sequence[FileReport]) -> pl.DataFrame:
    rows = (
        (file.path, (seen.first + day).item(), int(n), bool(covered))
        for file in files
        if (seen := file.portrait) is not None
        for day, (n, covered) in enumerate(
            zip(seen.a_day, np.isin(seen.first + np.arange(len(seen.a_day)), seen.coverage.day), strict=True)
        )
    )
    return _frame(rows, ("file", "day", "rows", "covered"))


def _frame(rows: Any, names: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=list(names), orient="row")


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
