"""Results of one run: the event tables of the measured days, and the indicators computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.incidents.demand import CRIME_NAMES, TYPE_NAMES
from sim.incidents.log import CALLS, INCIDENTS, VISITS, CallState, Discoverer, Logs
from sim.outcomes.indicators import Columns, indicators_of
from sim.police.patrol import Police
from sim.police.units import ACTIVITY_NAMES, ON_DUTY, Activity

Masked = np.ma.MaskedArray[Any, Any]
OUTCOMES = {CallState.SERVED: "served", CallState.EXPIRED: "expired"}


@dataclass(frozen=True)
class Results:
    """Indicators (absent ones are None) and tables (column → array; absent values are masked)."""

    indicators: dict[str, float | None]
    tables: dict[str, Columns]


class Snapshot(NamedTuple):
    """Running totals at the end of the warm-up, to be taken off those at the end."""

    start_min: float
    patrol_min: Array  # [cells] unit-minutes
    on_duty_min: float  # unit-minutes
    overtime_min: float


def snapshot(police: Police, ground: Ground, now_min: float) -> Snapshot:
    """Return the running totals now, by the units' own clocks from signing on to signing off."""
    units = police.units
    on_duty = units["activity"] != Activity.OFF_DUTY
    open_min = (now_min - units["sign_on_min"][on_duty]).sum()
    late_min = np.maximum(now_min - units["shift_end_min"][on_duty], 0.0).sum()
    on_duty_min, overtime_min = (float(units[name].sum()) for name in ("on_duty_min", "overtime_min"))
    return Snapshot(now_min, ground.cells["patrol_min"].copy(), on_duty_min + float(open_min), overtime_min + float(late_min))


def results_of(logs: Logs, police: Police, ground: Ground, city: City, crew: int, since: Snapshot, now_min: float) -> Results:
    """Return what happened between a snapshot and now; times count from the snapshot.

    Parameters
    ----------
    logs, police, ground : Logs, Police, Ground
        State of a run whose books are closed at `now_min`.
    city : City
        The place.
    crew : int
        People in a unit, whose minutes are counted.
    since : Snapshot
        Running totals at the end of the warm-up.
    now_min : float
        Minutes since the start of the run.
    """
    start_min = since.start_min
    incidents = incident_table(logs, start_min, now_min)
    calls = call_table(logs, start_min, now_min)
    ledger = ledger_table(police, crew, start_min, now_min)
    tables = {
        "incidents": incidents,
        "calls": calls,
        "visits": visit_table(logs, start_min),
        "daily": daily_table(incidents, calls, (now_min - start_min) / MINUTES_PER_DAY),
        "cells": cell_table(ground, city, since, incidents),
        "ledger": ledger,
    }
    total = snapshot(police, ground, now_min)
    on_duty, overtime = total.on_duty_min - since.on_duty_min, total.overtime_min - since.overtime_min
    return Results(indicators_of(tables, city, (now_min - start_min) / MINUTES_PER_DAY, on_duty * crew, overtime * crew), tables)


def _absent(values: Array, gone: Array) -> Masked:
    return np.ma.masked_array(values, mask=gone)


def incident_table(logs: Logs, start_min: float, now_min: float) -> Columns:
    """Return the true crimes since `start_min` in the format of `incidents.parquet`."""
    rows = logs.incidents[: logs.used[INCIDENTS]]
    number = np.flatnonzero(rows["time_min"] >= start_min)
    rows = rows[number]
    recorded = (rows["recorded_time_min"] >= 0) & (rows["recorded_time_min"] <= now_min)
    names = np.array(["nobody", *(d.name.lower() for d in Discoverer if d)])
    return {
        "incident_id": number,
        "type": np.array(CRIME_NAMES)[rows["type"]],
        "time_min": rows["time_min"] - start_min,
        "cell": rows["cell"],
        "x_m": rows["x_m"],
        "y_m": rows["y_m"],
        "offender_id": rows["offender_id"],
        "victim_id": _absent(rows["victim_id"], rows["victim_id"] < 0),
        "reported": rows["call_id"] >= 0,
        "recorded_time_min": _absent(rows["recorded_time_min"] - start_min, ~recorded),
        "recorded_cell": _absent(rows["recorded_cell"], ~recorded),
        "discovered_by": _absent(names[rows["discovered_by"]], rows["discovered_by"] == Discoverer.NOBODY),
        "cleared": rows["cleared"],
        "arrest_time_min": _absent(rows["arrest_time_min"] - start_min, rows["arrest_time_min"] < 0),
        "harm": rows["harm"],
    }


def call_table(logs: Logs, start_min: float, now_min: float) -> Columns:
    """Return the calls received since `start_min` in the format of `calls.parquet`, in order of receipt.

    Each has one outcome: `served`, `expired` (nobody was sent in time), or `open` (the end of the run cut it off).
    """
    rows = logs.calls[: logs.used[CALLS]]
    number = np.flatnonzero((rows["received_min"] >= start_min) & (rows["received_min"] < now_min))
    number = number[np.argsort(rows["received_min"][number], kind="stable")]
    rows = rows[number]
    before = rows["occurred_min"] < start_min
    outcome = np.full(len(rows), "open", dtype="U7")
    for state, name in OUTCOMES.items():
        outcome[rows["state"] == state] = name
    return {
        "call_id": number,
        "incident_id": _absent(rows["incident_id"], (rows["incident_id"] < 0) | before),
        "type": np.array(TYPE_NAMES)[rows["type"]],
        "priority": rows["priority"],
        "received_min": rows["received_min"] - start_min,
        **{name: _absent(rows[name] - start_min, rows[name] < 0) for name in ("dispatched_min", "arrived_min", "cleared_min")},
        "unit_id": _absent(rows["unit_id"], rows["unit_id"] < 0),
        "cell": rows["cell"],
        "distance_km": _absent(rows["distance_km"], rows["unit_id"] < 0),
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
        "purpose": np.full(len(rows), "patrol_stop"),
    }


def ledger_table(police: Police, crew: int, start_min: float, now_min: float) -> Columns:
    """Return officer-minutes by post, activity and day in the format of `ledger.parquet`."""
    first, last = int(start_min // MINUTES_PER_DAY), int(np.ceil(now_min / MINUTES_PER_DAY))
    minutes = police.ledger[first:last][:, list(ON_DUTY)] * crew
    days, activities = minutes.shape
    return {
        "post": np.full(minutes.size, "patrol"),
        "activity": np.tile(np.array([ACTIVITY_NAMES[a] for a in ON_DUTY]), days),
        "day": np.repeat(np.arange(days), activities),
        "officer_minutes": minutes.ravel(),
    }


def daily_table(incidents: Columns, calls: Columns, days: float) -> Columns:
    """Return counts by day in the format of `daily.parquet`."""
    n = int(np.ceil(days))

    def per_day(minutes: Array, weights: Array | None = None) -> Array:
        out: Array = np.bincount((minutes // MINUTES_PER_DAY).astype(int), weights=weights, minlength=n)[:n]
        return out

    time, kind = incidents["time_min"], incidents["type"]
    recorded = incidents["recorded_time_min"].compressed()
    return {
        "day": np.arange(n),
        "crimes_total": per_day(time),
        **{f"crimes_{name}": per_day(time[kind == name]) for name in CRIME_NAMES},
        "harm_total": per_day(time, incidents["harm"].astype(float)),
        "recorded_total": per_day(recorded[recorded < days * MINUTES_PER_DAY]),
        "calls_total": per_day(calls["received_min"]),
        "arrests": per_day(incidents["arrest_time_min"].compressed()),
    }


def cell_table(ground: Ground, city: City, since: Snapshot, incidents: Columns) -> Columns:
    """Return one row a cell in the format of `cells.parquet`; patrol minutes are unit-minutes since the warm-up."""
    grid = city.grid
    n = grid.n_cells

    def count(rows: Array, weights: Array | None = None) -> Array:
        out: Array = np.bincount(incidents["cell"][rows], weights=weights, minlength=n)
        return out

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
        "patrol_minutes": ground.cells["patrol_min"] - since.patrol_min,
    }
