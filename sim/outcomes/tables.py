"""The tables of a run, in the formats of its files: incidents, records, calls, visits, the ledger, days, cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.city.grid import Grid
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import CRIME_NAMES, SUBTYPE_NAMES, TARGET_NAMES, TYPE_NAMES, Target
from sim.incidents.log import CALLS, INCIDENTS, VISITS, CallState, Discoverer, Logs, calls_between, said_min
from sim.people.feelings import Feeling
from sim.police.patrol.free_time import Police
from sim.police.patrol.units import ACTIVITY_NAMES, ON_DUTY

Columns = dict[str, Any]  # column → array, masked where values are absent
Masked = np.ma.MaskedArray[Any, Any]
OUTCOMES = {
    CallState.SERVED: "served",
    CallState.EXPIRED: "expired",
    CallState.AT_DESK: "desk",
    CallState.DIVERTED: "diverted",
}
MOODS = {
    "trust": Feeling.TRUST,
    "perceived_safety": Feeling.SAFETY,
    "awareness": Feeling.AWARENESS,
    "fraud_awareness": Feeling.FRAUD_AWARENESS,
}
DISCOVERERS = np.array(["nobody", *(d.name.lower() for d in Discoverer if d)])


def _absent(values: Array, gone: Array) -> Masked:
    return np.ma.masked_array(values, mask=gone)


def incident_table(logs: Logs, residents: Array, grid: Grid, start_min: float, now_min: float) -> Columns:
    """Return the true crimes from `start_min` to `now_min` in the format of `incidents.parquet`, in order of time.

    Who did it and who suffered it are residents, by their row; frauds come from outside, shops are no residents.

    Parameters
    ----------
    logs : Logs
        Of which the crimes are read.
    residents : Array
        Table of `RESIDENT_COLUMNS`.
    grid : Grid
        The cells of the city.
    start_min, now_min : float
        From when to when, minutes since the start of the run.
    """
    rows = logs.incidents[: logs.used[INCIDENTS]]
    number = np.flatnonzero((rows["time_min"] >= start_min) & (rows["time_min"] < now_min))
    number = number[np.argsort(rows["time_min"][number], kind="stable")]
    rows = rows[number]
    recorded = (rows["recorded_time_min"] >= 0) & (rows["recorded_time_min"] <= now_min)
    culprit = rows["culprit_id"]
    home = residents["home_cell"][culprit]
    across = np.hypot(grid.x_m[home] - grid.x_m[rows["cell"]], grid.y_m[home] - grid.y_m[rows["cell"]])
    subtype = np.array(SUBTYPE_NAMES)[rows["type"]]
    arrested = (rows["arrest_time_min"] >= 0) & (rows["arrest_time_min"] <= now_min)
    return {
        "incident_id": number,
        "type": np.array(TYPE_NAMES)[rows["type"]],
        "subtype": _absent(subtype, subtype == ""),
        "time_min": rows["time_min"] - start_min,
        "cell": rows["cell"],
        "x_m": rows["x_m"],
        "y_m": rows["y_m"],
        "offender_id": _absent(culprit, culprit < 0),
        "co_offender_id": _absent(rows["co_culprit_id"], rows["co_culprit_id"] < 0),
        "home_distance_km": _absent(across / 1000, culprit < 0),
        "offender_age": _absent(residents["age"][culprit], culprit < 0),
        "victim_id": _absent(rows["victim_id"], rows["victim_id"] < 0),
        "victim_age": _absent(residents["age"][rows["victim_id"]], rows["victim_id"] < 0),
        "target": _absent(np.array(TARGET_NAMES)[rows["target"]], rows["target"] == Target.NONE),
        "shop_id": _absent(rows["shop_id"], rows["shop_id"] < 0),
        "dispute_id": _absent(rows["dispute_id"], rows["dispute_id"] < 0),
        "reported": rows["call_id"] >= 0,
        "recorded_time_min": _absent(rows["recorded_time_min"] - start_min, ~recorded),
        "recorded_cell": _absent(rows["recorded_cell"], ~recorded),
        "recorded_type": _absent(np.array(TYPE_NAMES)[rows["recorded_type"]], ~recorded),
        "discovered_by": _absent(DISCOVERERS[rows["discovered_by"]], rows["discovered_by"] == Discoverer.NOBODY),
        "cleared": rows["cleared"],
        "arrest_time_min": _absent(rows["arrest_time_min"] - start_min, ~arrested),
        "harm": rows["harm"],
        "loss": _absent(rows["loss"], rows["loss"] <= 0),
    }


def recorded_table(logs: Logs, start_min: float, now_min: float) -> Columns:
    """Return the crimes that entered police records in this time, as recorded, in the format of `recorded.parquet`.

    Nothing in it leads back to the truth: it is what an analyst of the police would be given. Of the time that is what
    victims could say: between `earliest_min` and `latest_min`, of which `said_time_min` is the middle.
    """
    rows = logs.incidents[: logs.used[INCIDENTS]]
    rows = rows[(rows["recorded_time_min"] >= start_min) & (rows["recorded_time_min"] <= now_min)]
    rows = rows[np.argsort(rows["recorded_time_min"], kind="stable")]
    subtype = np.array(SUBTYPE_NAMES)[rows["recorded_type"]]
    return {
        "record_id": np.arange(len(rows)),
        "type": np.array(TYPE_NAMES)[rows["recorded_type"]],
        "subtype": _absent(subtype, subtype == ""),
        "recorded_time_min": rows["recorded_time_min"] - start_min,
        "said_time_min": said_min(rows) - start_min,
        "earliest_min": rows["earliest_min"] - start_min,
        "latest_min": rows["latest_min"] - start_min,
        "cell": rows["recorded_cell"],
        "discovered_by": DISCOVERERS[rows["discovered_by"]],
        "cleared": rows["cleared"] & (rows["arrest_time_min"] <= now_min),
    }


def calls_since(logs: Logs, start_min: float) -> tuple[Array, int]:
    """Return the calls from the first on that came in since a moment, nearly all of them since, and its row."""
    rows = logs.calls[: logs.used[CALLS]]
    since = rows["received_min"] >= start_min
    first = int(since.argmax()) if since.any() else len(rows)
    return rows[first:], first


def call_table(logs: Logs, start_min: float, now_min: float) -> Columns:
    """Return the calls received since `start_min` in the format of `calls.parquet`, in order of receipt.

    Each has one outcome: `served`, `desk` (taken down without a unit), `expired` (nobody was sent in time), `diverted`
    (handed over to another service), or `open` (the end of the run cut it off). `far` says that the first unit sent was
    none of the beat. Incidents that a patrol came upon count from then, `discovered_by` patrol.
    """
    rows, first = calls_since(logs, start_min)
    number = calls_between(rows, start_min, now_min)
    rows = rows[number]
    before = rows["occurred_min"] < start_min
    outcome = np.full(len(rows), "open", dtype="U8")
    for state, name in OUTCOMES.items():
        outcome[rows["state"] == state] = name
    return {
        "call_id": first + number,
        "incident_id": _absent(rows["incident_id"], (rows["incident_id"] < 0) | before),
        "type": np.array(TYPE_NAMES)[rows["type"]],
        "true_type": np.array(TYPE_NAMES)[rows["true_type"]],
        "discovered_by": np.where(rows["on_view"], "patrol", "caller"),
        "priority": rows["priority"],
        "received_min": rows["received_min"] - start_min,
        **{
            name: _absent(rows[name] - start_min, rows[name] < 0)
            for name in (
                "taken_min",
                "dispatched_min",
                "under_way_min",
                "arrived_min",
                "cleared_min",
                "freed_min",
            )
        },
        "unit_id": _absent(rows["unit_id"], rows["unit_id"] < 0),
        "cell": rows["cell"],
        "distance_km": _absent(rows["distance_km"], rows["unit_id"] < 0),
        "far": _absent(rows["far"], rows["dispatched_min"] < 0),
        "outcome": outcome,
    }


def visit_table(logs: Logs, start_min: float) -> Columns:
    """Return the patrol stops since `start_min` in the format of `visits.parquet`."""
    rows = logs.visits[: logs.used[VISITS]]
    rows = rows[rows["start_min"] >= start_min]
    return {
        "unit_id": rows["unit_id"],
        "cell": rows["cell"],
        "start_min": rows["start_min"] - start_min,
        "dwell_min": rows["dwell_min"],
        "purpose": np.where(rows["on_foot"], "foot_patrol", "patrol_stop"),
    }


def ledger_table(police: Police, crew: int, first: int, last: int) -> Columns:
    """Return officer-minutes of patrol by activity on days first … last − 1, in the format of `ledger.parquet`.

    Parameters
    ----------
    police : Police
        Of which the ledger is read, in unit-minutes.
    crew : int
        Officers of a unit.
    first, last : int
        Days of the run.
    """
    minutes = police.ledger[first:last][:, list(ON_DUTY)] * crew
    days, activities = minutes.shape
    return {
        "post": np.full(minutes.size, "patrol"),
        "activity": np.tile(np.array([ACTIVITY_NAMES[a] for a in ON_DUTY]), days),
        "day": np.repeat(np.arange(days), activities),
        "officer_minutes": minutes.ravel(),
    }


def daily_table(incidents: Columns, recorded: Columns, calls: Columns, moods: Array, days: float) -> Columns:
    """Return counts by day, and how the city felt at its start, in the format of `daily.parquet`.

    Parameters
    ----------
    incidents, recorded, calls : dict
        Columns of `incident_table`, `recorded_table` and `call_table`.
    moods : array [days, feelings]
        Means over the residents, in the order of `sim.people.feelings.Feeling`.
    days : float
        Days measured.
    """
    n = int(np.ceil(days))

    def per_day(minutes: Array, weights: Array | None = None) -> Array:
        out: Array = np.bincount((minutes // MINUTES_PER_DAY).astype(int), weights=weights, minlength=n)[:n]
        return out if weights is None else out.astype(float)  # numpy counts nothing in whole numbers

    time, kind = incidents["time_min"], incidents["type"]
    return {
        "day": np.arange(n),
        "crimes_total": per_day(time),
        **{f"crimes_{name}": per_day(time[kind == name]) for name in CRIME_NAMES},
        "harm_total": per_day(time, incidents["harm"].astype(float)),
        "recorded_total": per_day(
            recorded["recorded_time_min"][recorded["recorded_time_min"] < days * MINUTES_PER_DAY]
        ),
        "calls_total": per_day(calls["received_min"][calls["discovered_by"] == "caller"]),
        "arrests": per_day(incidents["arrest_time_min"].compressed()),
        "fraud_loss": per_day(time[kind == "fraud"], incidents["loss"].filled(0.0)[kind == "fraud"]),
        **{name: moods[:n, feeling] for name, feeling in MOODS.items()},
    }


def cell_table(ground: Ground, city: City, patrol_min_before: Array, incidents: Columns) -> Columns:
    """Return one row per cell in the format of `cells.parquet`.

    Parameters
    ----------
    ground : Ground
        The cells as they are now.
    city : City
        The place.
    patrol_min_before : array [cells]
        Unit-minutes of patrol up to the end of the warm-up, which do not count.
    incidents : dict
        Columns of `incident_table`.
    """
    grid = city.grid
    n = grid.n_cells

    def count(rows: Array, weights: Array | None = None) -> Array:
        out: Array = np.bincount(incidents["cell"][rows], weights=weights, minlength=n)
        return out if weights is None else out.astype(float)

    everything = np.ones(len(incidents["cell"]), dtype=bool)
    recorded = np.bincount(incidents["recorded_cell"].compressed(), minlength=n)
    beat = city.beats.beat
    return {
        "cell": np.arange(n),
        "row": np.arange(n) // grid.n_cols,
        "col": np.arange(n) % grid.n_cols,
        "x_m": grid.x_m,
        "y_m": grid.y_m,
        "inside": city.inside,
        "beat": _absent(beat, beat < 0),
        "district": _absent(np.where(beat >= 0, city.beats.district[beat], 0), beat < 0),
        "crimes": count(everything),
        **{f"crimes_{name}": count(incidents["type"] == name) for name in CRIME_NAMES},
        "recorded": recorded,
        "harm": count(everything, incidents["harm"].astype(float)),
        "patrol_minutes": ground.cells["patrol_min"] - patrol_min_before,
    }
