"""Disputes of the measured days: their table, and the indicators of how they ended."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.incidents.disputes.log import ROWS, Disputes, Finder, Level, Outcome, Subject

Columns = dict[str, Any]  # column → array, masked where values are absent
SUBJECT_NAMES = np.array([subject.name.lower() for subject in Subject])
OUTCOME_NAMES = np.array([outcome.name.lower() for outcome in Outcome])
LEVEL_NAMES = np.array([level.name.lower() for level in Level])
FINDER_NAMES = np.array([finder.name.lower() for finder in Finder])


def dispute_table(disputes: Disputes, start_min: float, now_min: float) -> Columns:
    """Return the disputes that were open at any time since `start_min` in the format of `disputes.parquet`.

    Parameters
    ----------
    disputes : Disputes
        The log of a run.
    start_min, now_min : float
        End of the warm-up and now, in minutes since the start of the run; times of the table count from the first.

    Returns
    -------
    dict
        Column → array; `began_min`, `found_min` and `last_assault_min` are masked if they were before, or never.
        `calls` to the police and `escalations` to assault are counted from the beginning of the dispute. `level` is
        that of the mediators whom it waits for or had last, masked if it was never found; `handed_up` counts the steps
        from level to level.
    """
    rows = disputes.rows[: disputes.used[ROWS]]
    closed = rows["outcome"] != Outcome.OPEN
    number = np.flatnonzero((rows["began_min"] < now_min) & (~closed | (rows["ended_min"] >= start_min)))
    rows, closed = rows[number], closed[number]
    return {
        "dispute_id": number,
        "subject": SUBJECT_NAMES[rows["subject"]],
        "party_id": rows["party_id"],
        "other_id": rows["other_id"],
        "cell": rows["cell"],
        "began_min": _measured(rows["began_min"], np.ones(len(rows), dtype=bool), start_min),
        "ended_min": _measured(rows["ended_min"], closed, start_min),
        "outcome": OUTCOME_NAMES[rows["outcome"]],
        "found_by": np.ma.masked_array(FINDER_NAMES[rows["found_by"]], mask=rows["found_by"] == Finder.NOBODY),
        "found_min": _measured(rows["found_min"], rows["found_by"] != Finder.NOBODY, start_min),
        "level": np.ma.masked_array(LEVEL_NAMES[rows["level"]], mask=rows["found_by"] == Finder.NOBODY),
        "handed_up": rows["handed_up"],
        "sessions": rows["sessions"],
        "calls": rows["calls"],
        "escalations": rows["assaults"],
        "last_assault_min": _measured(rows["assault_min"], rows["assaults"] > 0, start_min),
    }


def _measured(time_min: Array, happened: Array, start_min: float) -> Any:
    """Return times since the start of the measured days, masked where nothing happened since."""
    return np.ma.masked_array(time_min - start_min, mask=~happened | (time_min < start_min))


def dispute_indicators(table: Columns, hours: Array) -> dict[str, float | None]:
    """Return the indicators of disputes.

    Parameters
    ----------
    table : dict
        Columns of `dispute_table`.
    hours : array [levels]
        Hours that those who mediate at each level worked in the measured days; at the station they are hours of
        officers.

    Returns
    -------
    dict
        `disputes` that began, `disputes_escalated` to an assault (each once), `disputes_resolved_at_source_share`
        (矛盾不上交): of those that ended, the share that was mediated in the village without a call to the police or an
        assault, None if none ended; `disputes_handed_up` at least once, of those in the table; by level
        `disputes_resolved_<level>` and `mediation_hours_per_resolved_<level>`, None if it resolved none;
        `mediator_hours` of people's mediators in village and town and `mediation_officer_hours` of the station.
    """
    ended = ~np.ma.getmaskarray(table["ended_min"])
    mediated = table["outcome"] == "mediated"
    at_source = (
        mediated & (np.ma.getdata(table["level"]) == "village") & (table["calls"] == 0) & (table["escalations"] == 0)
    )
    resolved = {str(name): int((mediated & (np.ma.getdata(table["level"]) == name)).sum()) for name in LEVEL_NAMES}
    return {
        "disputes": float(table["began_min"].count()),
        "disputes_resolved_at_source_share": float(at_source[ended].mean()) if ended.any() else None,
        "disputes_escalated": float(table["last_assault_min"].count()),
        "disputes_handed_up": float((table["handed_up"] > 0).sum()),
        **{f"disputes_resolved_{name}": float(number) for name, number in resolved.items()},
        **{
            f"mediation_hours_per_resolved_{name}": float(hours[level]) / number if number else None
            for level, (name, number) in enumerate(resolved.items())
        },
        "mediator_hours": float(hours[Level.VILLAGE] + hours[Level.TOWN]),
        "mediation_officer_hours": float(hours[Level.STATION]),
    }
