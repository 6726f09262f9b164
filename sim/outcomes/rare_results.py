"""What came of people in crisis, mass incidents and serial offenders: indicators of runs that have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.clock import MINUTES_PER_DAY
from sim.incidents.crises import ROWS, Crises
from sim.incidents.log import CALLS, INCIDENTS, MASS_KEYS, CallState, Logs
from sim.incidents.rare_events import CrimeSeries, MassIncident


class RareRecord(NamedTuple):
    """People in crisis, mass incidents and serial offenders of a run."""

    crises: Crises
    crowds: Sequence[MassIncident]
    series: Sequence[CrimeSeries]
    relief_after_min: float  # from the start of a mass incident until headquarters' people are there


def rare_indicators(record: RareRecord, logs: Logs, start_min: float, now_min: float) -> dict[str, int | float]:
    """Return the indicators of crises, mass incidents and series from `start_min` to `now_min`.

    Parameters
    ----------
    record : RareRecord
        Of the run.
    logs : Logs
        Of which crimes and calls are read.
    start_min, now_min : float
        From when to when, minutes since the start of the run.

    Returns
    -------
    dict
        Where somebody is ever in crisis: `crises`, of these `crises_violent`, `crises_averted` (a unit was there before
        it came to violence) and `crises_hospital` (taken to a hospital). With mass incidents: `mass_incidents` and the
        hours that units were bound there, `mass_incident_unit_hours`. With serial offenders: `serial_crimes` of their
        series, and of these `serial_cleared`.
    """
    found = _of_crises(record.crises, logs, start_min, now_min) if len(record.crises.people) else {}
    if record.crowds:
        found |= _of_crowds(record, logs, now_min)
    if record.series:
        found |= _of_series(record.series, logs, now_min)
    return found


def _of_crises(crises: Crises, logs: Logs, start_min: float, now_min: float) -> dict[str, int | float]:
    rows = crises.rows[: crises.used[ROWS]]
    rows = rows[(rows["time_min"] >= start_min) & (rows["time_min"] < now_min)]
    served = (rows["call_id"] >= 0) & (logs.calls["state"][rows["call_id"]] == CallState.SERVED)
    return {
        "crises": len(rows),
        "crises_violent": int((rows["incident_id"] >= 0).sum()),
        "crises_averted": int(rows["averted"].sum()),
        "crises_hospital": int((served & rows["hospital"]).sum()),
    }


def _of_crowds(record: RareRecord, logs: Logs, now_min: float) -> dict[str, int | float]:
    calls = logs.calls[: logs.used[CALLS]]
    calls = calls[(calls["key_entity"] == MASS_KEYS) & (calls["arrived_min"] >= 0)]
    until = np.where(calls["cleared_min"] >= 0, calls["cleared_min"], now_min)
    stayed = np.minimum(calls["sent"], calls["needed"])
    relief_min = np.clip(calls["received_min"] + record.relief_after_min, calls["arrived_min"], until)
    unit_min = stayed * (until - calls["arrived_min"]) + (calls["sent"] - stayed) * (relief_min - calls["arrived_min"])
    return {
        "mass_incidents": len(record.crowds),
        "mass_incident_unit_hours": float(unit_min.sum() / 60),
    }


def _of_series(series: Sequence[CrimeSeries], logs: Logs, now_min: float) -> dict[str, int | float]:
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    of_series = np.zeros(len(crimes), dtype=bool)
    for one in series:
        day = crimes["time_min"] // MINUTES_PER_DAY
        of_series |= (crimes["culprit_id"] == one.resident) & (day >= one.since_day) & (day < one.until_day)
    cleared = crimes["cleared"] & (crimes["arrest_time_min"] <= now_min)
    return {"serial_crimes": int(of_series.sum()), "serial_cleared": int((of_series & cleared).sum())}
