"""Investigation in the measured days.

The table of cases, how they ended, how long news of series took, and what response time did.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import CRIME_NAMES, TYPE_NAMES, IncidentType
from sim.incidents.log import INCIDENTS, Logs
from sim.police.cases.case_log import ROWS, Cases, CaseState
from sim.police.cases.parameters import InvestigationRule
from sim.police.posts import POST_NAMES

Columns = dict[str, Any]  # column → array, masked where values are absent
FAMILY = np.array(
    [CRIME_NAMES.index(name) if name in CRIME_NAMES else -1 for name in TYPE_NAMES]
)  # by type; cases of one are compared with each other
SERIES_LENGTH = 3  # recorded crimes of a culprit and family that count as a series
NORMAL_95 = 1.959964
FEWEST = 10  # crimes for a slope
NOTHING = 1e-12  # variance that is rounding
STATE_NAMES = np.array([state.name.lower() for state in CaseState])


def case_table(cases: Cases, start_min: float, now_min: float) -> Columns:
    """Return the cases that were open at any time since `start_min` in the format of `cases.parquet`.

    Parameters
    ----------
    cases : Cases
        The log of a run.
    start_min, now_min : float
        End of the warm-up and now, in minutes since the start of the run; times of the table count from the first.

    Returns
    -------
    dict
        Column → array; times are masked if they were before, or never. `hours_needed` are hours of work by
        specialists, `hours_worked` officer-hours.
    """
    rows = cases.rows[: cases.used[ROWS]]
    number = np.flatnonzero(
        (rows["opened_min"] < now_min) & ((rows["closed_min"] < 0) | (rows["closed_min"] >= start_min))
    )
    number = number[np.argsort(rows["opened_min"][number], kind="stable")]
    rows = rows[number]
    worked = rows["worked_min"] > 0
    return {
        "case_id": number,
        "incident_id": rows["incident_id"],
        "type": np.array(TYPE_NAMES)[rows["type"]],
        "post": np.array(POST_NAMES)[rows["post"]],
        "opened_min": _measured(rows["opened_min"], np.ones(len(rows), dtype=bool), start_min),
        "known_min": _measured(rows["known_min"], rows["known_min"] <= now_min, start_min),
        "begun_min": _measured(rows["begun_min"], rows["begun_min"] >= 0, start_min),
        "closed_min": _measured(rows["closed_min"], rows["closed_min"] >= 0, start_min),
        "age_days": (np.where(rows["closed_min"] >= 0, rows["closed_min"], now_min) - rows["opened_min"])
        / MINUTES_PER_DAY,
        "state": STATE_NAMES[rows["state"]],
        "lost": np.isinf(rows["known_min"]),
        "hours_needed": rows["needed_min"] / 60,
        "hours_worked": rows["worked_min"] / 60,
        "skill": np.ma.masked_array(rows["skill"], mask=~worked),
        **{name: rows[name] for name in ("witness", "trace", "named", "camera")},
        "series_known_min": _measured(
            rows["series_known_min"], (rows["linked_to"] >= 0) & (rows["series_known_min"] <= now_min), start_min
        ),
        "series_id": np.ma.masked_array(rows["series"], mask=rows["series"] < 0),
        "links": rows["links"],
        "true_links": rows["true_links"],
        "arrests": rows["arrests"],
    }


def _measured(time_min: Array, happened: Array, start_min: float) -> Any:
    """Return times since the start of the measured days, masked where nothing happened since."""
    return np.ma.masked_array(time_min - start_min, mask=~happened | (time_min < start_min))


def investigation_indicators(table: Columns, recorded: Columns, detective_min: float) -> dict[str, float | None]:
    """Return the indicators of investigation.

    Parameters
    ----------
    table : dict
        Columns of `case_table`.
    recorded : dict
        Columns of `sim.outcomes.tables.recorded_table`: the crimes recorded in the measured days.
    detective_min : float
        Minutes spent on cases, arrests and series in the measured days.

    Returns
    -------
    dict
        `clearance_rate` of the crimes recorded in the measured days by now, on scene or by a case, and by type
        `clearance_<type>`; `cases` opened, `cases_filed`, `cases_lost` of which the files never got to investigators,
        `backlog` of other open cases at the end and their mean `backlog_age_days`, `detective_hours` used
        (officer-hours), `arrests_by_detectives` in people. None where there was nothing to measure.
    """
    is_open = ~table["lost"] & np.isin(
        table["state"], [STATE_NAMES[state] for state in CaseState if state < CaseState.CLEARED]
    )
    closed = ~np.ma.getmaskarray(table["closed_min"])
    cleared = {name: recorded["cleared"][recorded["type"] == name] for name in CRIME_NAMES}
    return {
        "clearance_rate": _mean(recorded["cleared"]),
        **{f"clearance_{name}": _mean(values) for name, values in cleared.items()},
        "cases": float(table["opened_min"].count()),
        "cases_filed": float(np.count_nonzero(closed & (table["state"] == STATE_NAMES[CaseState.FILED]))),
        "cases_lost": float(np.count_nonzero(table["lost"] & ~np.ma.getmaskarray(table["opened_min"]))),
        "backlog": float(np.count_nonzero(is_open)),
        "backlog_age_days": _mean(table["age_days"][is_open]),
        "detective_hours": float(detective_min) / 60,
        "arrests_by_detectives": float(table["arrests"][closed].sum()),
    }


def ownership_indicators(
    cases: Cases, rule: InvestigationRule, start_min: float, now_min: float
) -> dict[str, float | None]:
    """Return how cases changed hands, where it matters who works on them; nothing where it does not.

    Returns
    -------
    dict
        Of the cases worked that were opened in the measured days: `handovers_per_case`, and `case_days_mean` from the
        first hour of work to the end, of those closed.
    """
    if not rule.owned and rule.reading_in_min == 0.0:
        return {}
    rows = cases.rows[: cases.used[ROWS]]
    rows = rows[(rows["opened_min"] >= start_min) & (rows["opened_min"] < now_min) & (rows["worked_min"] > 0)]
    closed = rows[rows["closed_min"] >= 0]
    return {
        "handovers_per_case": _mean(rows["handed_over"]),
        "case_days_mean": _mean((closed["closed_min"] - closed["begun_min"]) / MINUTES_PER_DAY),
    }


def _mean(values: Array) -> float | None:
    return float(values.mean()) if len(values) else None


def series_delay(cases: Cases, logs: Logs, start_min: float, now_min: float) -> Columns:
    """Return for each case of a culprit who had one before when the detectives learnt that it belongs to them, if ever.

    The truth decides which cases belong together; the police do not know it.

    Parameters
    ----------
    cases, logs : Cases, Logs
        The logs of a run.
    start_min, now_min : float
        End of the warm-up and now, in minutes since the start of the run; cases opened between count, with any earlier
        one of the same culprit.

    Returns
    -------
    dict
        Column → array, one row per case that an analyst could link, in order of opening: `case_id`, `opened_min` since
        the warm-up, `linked` (it was, rightly), `delay_days` from its opening until the detectives heard of a right
        link to an earlier case, masked if they have not by now.
    """
    rows = cases.rows[: cases.used[ROWS]]
    culprit = logs.incidents["culprit_id"][rows["incident_id"]]
    new = np.flatnonzero(rows["linked_to"] >= 0)
    old = rows["linked_to"][new]
    right = (culprit[new] >= 0) & (culprit[new] == culprit[old])
    new, old = new[right], old[right]
    second = np.where(rows["opened_min"][old] > rows["opened_min"][new], old, new)
    heard_min = np.full(len(rows), np.inf)
    np.minimum.at(heard_min, second, rows["series_known_min"][new])
    linked = np.zeros(len(rows), dtype=bool)
    linked[second] = True
    order = np.lexsort((rows["opened_min"], FAMILY[rows["type"]], culprit))
    repeat = np.zeros(len(rows), dtype=bool)
    repeat[order[1:]] = (culprit[order[1:]] == culprit[order[:-1]]) & (
        FAMILY[rows["type"][order[1:]]] == FAMILY[rows["type"][order[:-1]]]
    )
    repeat &= (
        (culprit >= 0)
        & (rows["type"] != IncidentType.FRAUD)
        & (rows["opened_min"] >= start_min)
        & (rows["opened_min"] < now_min)
    )
    number = np.flatnonzero(repeat)
    number = number[np.argsort(rows["opened_min"][number], kind="stable")]
    delay = np.ma.masked_array(heard_min[number], mask=heard_min[number] > now_min)
    return {
        "case_id": number,
        "opened_min": rows["opened_min"][number] - start_min,
        "linked": linked[number],
        "delay_days": (delay - rows["opened_min"][number]) / MINUTES_PER_DAY,
    }


def series_indicators(cases: Cases, logs: Logs, start_min: float, now_min: float) -> dict[str, float | None]:
    """Return what became of series in the measured days; for the arguments see `series_delay`.

    Returns
    -------
    dict
        `series_known_share` of the cases of a culprit who had one before: the detectives know that it belongs to
        another; `series_delay_median_days` of these, since they were opened; `clearance_series` of recorded crimes by
        culprits with at least three of the same family, all in the measured days. None where there was nothing to
        measure.
    """
    delay = series_delay(cases, logs, start_min, now_min)["delay_days"]
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    crimes = crimes[
        (crimes["recorded_time_min"] >= start_min)
        & (crimes["recorded_time_min"] <= now_min)
        & (crimes["culprit_id"] >= 0)
    ]
    culprits = np.column_stack([crimes["culprit_id"], FAMILY[crimes["type"]]])
    _, whose, count = np.unique(culprits, axis=0, return_inverse=True, return_counts=True)
    of_series = crimes[count[whose.ravel()] >= SERIES_LENGTH]
    return {
        "series_known_share": float(delay.count() / len(delay)) if len(delay) else None,
        "series_delay_median_days": float(np.median(delay.compressed())) if delay.count() else None,
        "clearance_series": _mean(of_series["cleared"] & (of_series["arrest_time_min"] <= now_min)),
    }


class Slope(NamedTuple):
    """What ten per cent more response time go with, in percentage points of clearance, and its 95 % interval."""

    points: float
    low: float
    high: float
    crimes: int


def clearance_by_response(incidents: Columns, calls: Columns) -> Slope | None:
    """Regress clearance on the log of response time, each type of crime round its own means.

    The crimes are those in police records to which a unit was sent.

    Parameters
    ----------
    incidents, calls : dict
        Columns of `sim.outcomes.tables.incident_table` and `call_table`. What a patrol came upon has no response time
        and is left out.

    Returns
    -------
    Slope or None
        Least-squares slope × ln 1.1 × 100, with an interval that holds whatever the variance (White 1980); None with
        fewer than ten crimes of types that have two or more, or without differences of response time.
    """
    used = (
        (calls["outcome"] == "served")
        & (calls["discovered_by"] == "caller")
        & ~np.ma.getmaskarray(calls["incident_id"])
    )
    response_min = np.ma.getdata(calls["arrived_min"] - calls["received_min"])[used].astype(float)
    order = np.argsort(incidents["incident_id"])
    crime = order[np.searchsorted(incidents["incident_id"], np.ma.getdata(calls["incident_id"])[used], sorter=order)]
    recorded = ~np.ma.getmaskarray(incidents["recorded_time_min"])[crime] & (response_min > 0)
    x, y = np.log(response_min[recorded]), incidents["cleared"][crime][recorded].astype(float)
    _, kind, count = np.unique(incidents["type"][crime][recorded], return_inverse=True, return_counts=True)
    x = x - (np.bincount(kind, x) / count)[kind]
    y = y - (np.bincount(kind, y) / count)[kind]
    n, spread = int(count[count >= 2].sum()), float(x @ x)
    if n < FEWEST or spread <= NOTHING * len(x):
        return None
    slope = float(x @ y) / spread
    half = NORMAL_95 * float(np.sqrt(x**2 @ (y - slope * x) ** 2)) / spread
    points = 100 * math.log(1.1)
    return Slope(points * slope, points * (slope - half), points * (slope + half), n)
