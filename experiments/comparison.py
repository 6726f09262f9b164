"""What a comparison found, as the table, the figures and the report read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Comparison:
    """Strategies × shortages over paired replications.

    Attributes
    ----------
    scenario : dict
        Resolved tree of the first cell of the design (first strategy, first shortage).
    strategies, shortages : list of str
        Names, in the order of the table.
    baseline : str
        The strategy that the others are compared with.
    replications : int
        Number of paired replications; replication r has the seed `seed + r`.
    residents : int
        People who live in the city.
    days : int
        Measured days, without the warm-up.
    summary : DataFrame
        shortage, strategy, replication, seed, then every indicator as a float column with nulls.
    effects : DataFrame
        Paired differences to the baseline with intervals.
    cells : DataFrame
        shortage, strategy, cell, row, col, inside, crimes, harm, patrol_minutes: means over the replications.
    ledger : DataFrame
        shortage, strategy, post, activity, officer_hours: mean per replication over the measured days.
    profiles : DataFrame
        shortage, strategy, hour_of_day, calls: mean number a day.
    assumptions : list of dict
        parameter, value, unit, source, doc: every parameter of the first cell.
    files : list of dict
        path, rows_read, rows_used, rejected (reason → number): the real files that were read.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    scenario: dict[str, Any]
    strategies: list[str]
    shortages: list[str]
    baseline: str
    replications: int
    residents: int
    days: int
    summary: pl.DataFrame
    effects: pl.DataFrame
    cells: pl.DataFrame
    ledger: pl.DataFrame
    profiles: pl.DataFrame
    assumptions: list[dict[str, Any]]
    files: list[dict[str, Any]]
    provenance: dict[str, Any]
