"""How a run goes: what happened quarter by quarter, and week by week while the city settled."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import CRIME_NAMES
from sim.incident_types import at_places as of_places
from sim.incidents.log import INCIDENTS, CallState, Logs
from sim.outcomes.indicators import at_places
from sim.outcomes.tables import MOODS, Columns, calls_since
from sim.outcomes.waiting import quantile, waits

QUARTER_DAYS = 91  # thirteen whole weeks
WEEK_DAYS = 7
COUNTED = (
    "crimes_total", *(f"crimes_{name}" for name in CRIME_NAMES), "harm_total", "recorded_total", "calls_total",
    "arrests", "fraud_loss",
)  # fmt: skip
FELT = ("trust", "perceived_safety")


def first_days(days: int) -> Array:
    """Return the first day of each quarter: as many as 91 days go into the days, rounded; the last has the rest."""
    n = max(1, (days + QUARTER_DAYS // 2) // QUARTER_DAYS)
    return QUARTER_DAYS * np.arange(n if days else 0)


def quarter_table(
    incidents: Columns, daily: Columns, logs: Logs, patience_min: Array, start_min: float, measured: int
) -> Columns:
    """Return what happened in each quarter in the format of `quarters.parquet`.

    Parameters
    ----------
    incidents, daily : dict
        Columns of `sim.outcomes.tables.incident_table` and `daily_table`.
    logs : Logs
        Of which the calls and what became of the crimes are read.
    patience_min : array [priorities]
        Of callers.
    start_min : float
        End of the warm-up, minutes since the start of the run.
    measured : int
        Days up to the end of the strategy; quarters begin anew there.

    Returns
    -------
    dict
        Column → array [quarters]. A count is that of the quarter, whose `days` may differ; a call belongs to the
        quarter in which it came in, however late the answer. `clearance_rate` are the crimes cleared in the quarter for
        each that entered police records in it, which may be more than one.
    """
    n = len(daily["day"])
    first = np.concatenate([first_days(min(n, measured)), measured + first_days(max(n - measured, 0))])
    edges_min = start_min + np.append(first, n) * MINUTES_PER_DAY
    days = np.diff(first, append=n)

    def counted(minutes: Array) -> Array:
        return np.histogram(minutes, edges_min)[0]

    out: Columns = {
        "quarter": np.arange(1, len(first) + 1),
        "first_day": first,
        "days": days,
        "ended": first >= measured,
        **{name: np.add.reduceat(daily[name], first).astype(float) for name in COUNTED},
        "crimes_place": counted(start_min + incidents["time_min"][at_places(incidents)]).astype(float),
        **{name: np.add.reduceat(daily[name], first) / days for name in FELT},
    }
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    recorded = counted(crimes["recorded_time_min"])
    cleared = counted(crimes["arrest_time_min"][crimes["cleared"]])
    out["clearance_rate"] = _share(cleared, recorded)
    return out | _responses(logs, patience_min, edges_min)


def _responses(logs: Logs, patience_min: Array, edges_min: Array) -> Columns:
    """Return median and P90 of the response to priority 1, and the share of calls that are not served, by quarter."""
    now_min = edges_min[-1]
    every = waits(logs, patience_min, now_min)
    urgent = every.priority == 1
    quantiles: dict[str, list[float]] = {"response_p1_median_min": [], "response_p1_p90_min": []}
    for a, b in pairwise(edges_min):
        mine = urgent & (every.received >= a) & (every.received < b)
        for name, q in zip(quantiles, (0.5, 0.9), strict=True):
            found = quantile(every.arrived[mine], every.gave_up[mine], now_min - every.received[mine], q)
            quantiles[name].append(np.nan if found is None else found)
    calls, _ = calls_since(logs, edges_min[0])
    known = ~calls["on_view"]
    expired, served = (
        np.histogram(calls["received_min"][known & (calls["state"] == state)], edges_min)[0]
        for state in (CallState.EXPIRED, CallState.SERVED)
    )
    absent = {name: np.ma.masked_array(values, mask=np.isnan(values)) for name, values in quantiles.items()}
    return {**absent, "calls_unserved_share": _share(expired, expired + served)}


def _share(part: Array, whole: Array) -> Any:
    """Return shares, absent where there is nothing to share."""
    return np.ma.masked_array(part / np.maximum(whole, 1), mask=whole == 0)


def warmup_table(logs: Logs, moods: Array) -> Columns:
    """Return the whole weeks of the warm-up in the format of `warmup.parquet`.

    Parameters
    ----------
    logs : Logs
        Of a run.
    moods : array [days, feelings]
        Means of the feelings over the residents at the start of each day of the warm-up.
    """
    weeks = len(moods) // WEEK_DAYS
    edges_min = np.arange(weeks + 1) * WEEK_DAYS * MINUTES_PER_DAY
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    times = crimes["time_min"][of_places(crimes["type"])]
    week_by_week = moods[: weeks * WEEK_DAYS].reshape(weeks, WEEK_DAYS, moods.shape[1]).mean(axis=1)
    return {
        "week": np.arange(weeks),
        "crimes_place": np.histogram(times, edges_min)[0].astype(float) if weeks else np.zeros(0),
        **{name: week_by_week[:, feeling] for name, feeling in MOODS.items()},
    }
