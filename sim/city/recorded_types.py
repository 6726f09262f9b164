"""What the rows of a file are: a crime of the four, another incident, a call of some kind, or none from the public."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE, TypeReport
from sim.city.notices import Notice
from sim.city.type_tables import CLASSES, UNKNOWN, Meaning, TypeTables, shipped_tables
from sim.incident_types import OTHER_CALLS, IncidentType

NO_CRIME = NO_CALL = -1
POLICE = "police"  # the class of what no citizen called about
NONE = "none"
KNOWN_ENOUGH = 0.75  # of the rows whose type the best column tells: assumption
MORE_EXACT = 1.5  # times as many types: assumption
MOST_TYPES_TRIED = 300  # the commonest of a column, by which columns are compared
# A call that is known to be no crime of the four, or is of no kind that we know, is taken for this kind of call.
# Disputes, frauds and violence at schools come about in the model itself.
CALL_OF = {
    "traffic": IncidentType.TRAFFIC, "alarm": IncidentType.ALARM, "disorder": IncidentType.DISORDER,
    "offence": IncidentType.DISORDER, "service": IncidentType.SERVICE, UNKNOWN: IncidentType.SERVICE,
}  # fmt: skip
KINDS = (*CLASSES, UNKNOWN)
MADE_BY_THE_MODEL = ("fraud", "school_violence", "dispute")


class RowTypes(NamedTuple):
    """What each row of a file is."""

    text: pl.Series  # [rows] the type that decided, null where there is none
    crime: Array  # [rows] int8, place in `CRIME_EVIDENCE`, or `NO_CRIME`
    call: Array  # [rows] int8, place in `OTHER_CALLS`, or `NO_CALL`
    police: Array  # [rows] bool, the police began it themselves
    made_by_the_model: Array  # [rows] bool, an incident that the model brings about itself
    kind: Array  # [rows] int8, place of the class in `KINDS`
    meanings: dict[str, Meaning]  # by text


def crime_type(text: str, tables: TypeTables | None = None) -> int:
    """Return the place in `CRIME_EVIDENCE` of a recorded type or a nature of a call, or `NO_CRIME`."""
    kind = (tables or shipped_tables()).meaning(text).kind
    return CRIME_EVIDENCE.index(kind) if kind in CRIME_EVIDENCE else NO_CRIME


def officer_initiated(nature: pl.Series, tables: TypeTables | None = None) -> Array:
    """Return which rows of a call log are by their nature no call from the public, bool [rows]."""
    kinds = {text: (tables or shipped_tables()).meaning(text).kind for text in _texts(nature)}
    own = [text for text, kind in kinds.items() if kind == POLICE]
    out: Array = nature.is_in(own).fill_null(False).to_numpy()
    return out


def most_exact(columns: list[pl.Series], tables: TypeTables) -> list[pl.Series]:
    """Return columns of types, that which says most exactly what a row is before the others.

    That is the one whose types the tables know for the most rows, the first of those about equal (names come in order
    of preference); but another that is known nearly as well is more exact if it tells half as many types again apart.
    Columns of which no table knows anything, such as codes, are left out.
    """
    known = [_known_share(column, tables) for column in columns]
    if max(known, default=0.0) == 0:
        return columns
    enough = [i for i, share in enumerate(known) if share >= KNOWN_ENOUGH * max(known)]
    apart = {i: columns[i].n_unique() for i in enough}
    best = max(enough, key=lambda i: (round(known[i], 1), -i))
    finest = max(enough, key=lambda i: (apart[i], -i))
    first = finest if apart[finest] >= MORE_EXACT * apart[best] else best
    return [columns[first], *(column for i, column in enumerate(columns) if i != first and known[i] > 0)]


def types_of_rows(columns: list[pl.Series], tables: TypeTables) -> RowTypes:
    """Return what each row is by the first of some columns (`most_exact`).

    Where no table knows its text, the first of the others decides whose text some table knows.
    """
    meanings = {text: tables.meaning(text) for column in columns for text in _texts(column)}
    known = [text for text, meaning in meanings.items() if meaning.kind != UNKNOWN]
    text = pl.select(
        pl.coalesce([*(pl.when(column.is_in(known)).then(column) for column in columns), *columns]).alias("type")
    ).to_series()
    kinds = {value: meaning.kind for value, meaning in meanings.items()}
    by_police = {value: int(kind == POLICE) for value, kind in kinds.items()}
    by_model = {value: int(kind in MADE_BY_THE_MODEL) for value, kind in kinds.items()}
    crime = {value: CRIME_EVIDENCE.index(kind) for value, kind in kinds.items() if kind in CRIME_EVIDENCE}
    call = {value: OTHER_CALLS.index(CALL_OF[kind]) for value, kind in kinds.items() if kind in CALL_OF}
    return RowTypes(
        text,
        _looked_up(text, crime, NO_CRIME),
        _looked_up(text, call, NO_CALL),
        _looked_up(text, by_police, 0).astype(bool),
        _looked_up(text, by_model, 0).astype(bool),
        _looked_up(text, {value: KINDS.index(kind) for value, kind in kinds.items()}, KINDS.index(UNKNOWN)),
        meanings,
    )


def all_of(kind: str, n: int) -> RowTypes:
    """Return the types of n rows that are all of one class, one of `CRIME_EVIDENCE`, because the user says so."""
    no = np.zeros(n, dtype=bool)
    crime = np.full(n, CRIME_EVIDENCE.index(kind), dtype=np.int8)
    text = f"(all rows: {kind})"
    said = {text: Meaning(kind, Notice("city.type={kind}", kind=kind))}
    call, of_kind = np.full(n, NO_CALL, dtype=np.int8), np.full(n, KINDS.index(kind), dtype=np.int8)
    return RowTypes(pl.Series("type", [text] * n), crime, call, no, no, of_kind, said)


def report_types(types: RowTypes, reasons: pl.Series) -> tuple[TypeReport, ...]:
    """Return what became of the rows of each type, the commonest first.

    Parameters
    ----------
    types : RowTypes
        Of all rows of a file.
    reasons : polars.Series [rows]
        Why each row is rejected, null where it is not.
    """
    rows = pl.DataFrame({"type": types.text, "reason": reasons})
    counts: dict[str | None, Counter[str | None]] = {}
    for text, reason, n in rows.group_by("type", "reason", maintain_order=True).len().iter_rows():
        counts.setdefault(text, Counter())[reason] += n
    out = []
    for text, why in counts.items():
        meaning = Meaning(UNKNOWN, Notice("type is missing")) if text is None else types.meanings[text]
        told = tuple(
            Notice("{reason} ({rows:,})", reason=Notice(reason), rows=n)
            for reason, n in why.most_common()
            if reason is not None
        )
        lost = Notice("{reasons}", reasons=told)
        out.append(TypeReport(text or "", meaning.kind, why.total(), why[None], lost, meaning.why))
    return tuple(sorted(out, key=lambda one: -one.rows))


def types_told(types: tuple[TypeReport, ...], columns: tuple[str, ...]) -> Notice | str:
    """Return from which column types were read and what its commonest are, as a part of an error."""
    if not columns:
        return ""
    commonest = tuple(Notice("{type!r} ({kind})", type=one.type[:40], kind=Notice(one.kind)) for one in types[:3])
    said = "; the type is read from column {column!r}, where the commonest are {types}: city.columns.type=…"
    return Notice(said, column=columns[0], types=commonest)


def _known_share(column: pl.Series, tables: TypeTables) -> float:
    """Return the share of the rows whose type some table knows, by the commonest types."""
    counts = column.drop_nulls().value_counts(sort=True).head(MOST_TYPES_TRIED)
    known = sum(n for text, n in counts.iter_rows() if tables.meaning(text).kind != UNKNOWN)
    return float(known / max(counts["count"].sum(), 1) * (1 - column.null_count() / max(len(column), 1)))


def _texts(column: pl.Series) -> list[str]:
    return column.unique().drop_nulls().to_list()


def _looked_up(text: pl.Series, numbers: dict[str, int], otherwise: int) -> Array:
    """Return the number of each row's text, int8 [rows]."""
    out: Array = text.replace_strict(numbers, default=otherwise, return_dtype=pl.Int8).to_numpy()
    return out
