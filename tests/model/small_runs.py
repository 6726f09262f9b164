"""Small scenarios, what a run left behind compared to the bit, and the audit that every run of these tests must pass."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from sim.city.city import CityParameters
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.scenario import Scenario
from sim.strategies.base import Strategy

TOWN = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1)
COUNTY = CityParameters()
EVENTS = ("incidents", "calls", "visits")


def in_town(**changes: Any) -> Scenario:
    """Two days in the town without a warm-up, unless told otherwise."""
    return Scenario(**{"city": TOWN, "days": 2, "warmup_days": 0, **changes})


def in_county(**changes: Any) -> Scenario:
    return Scenario(**{"city": COUNTY, **changes})


def after(scenario: Scenario, strategy: Strategy | None = None) -> Results:
    """Return the results of a whole run."""
    model = CityModel(scenario, strategy)
    model.run()
    return model.results()


def same(one: Any, other: Any) -> bool:
    """Whether two columns are equal to the bit, absent values included."""
    mask, other_mask = np.ma.getmaskarray(one), np.ma.getmaskarray(other)
    if one.shape != other.shape or not np.array_equal(mask, other_mask):
        return False
    return np.ma.getdata(one)[~mask].tobytes() == np.ma.getdata(other)[~mask].tobytes()


def different_columns(one: Results, other: Results, tables: tuple[str, ...] | None = None) -> list[str]:
    """Return the columns in which two runs differ."""
    return [
        f"{table}.{column}"
        for table in tables or tuple(one.tables)
        for column in one.tables[table]
        if not same(one.tables[table][column], other.tables[table][column])
    ]


def audit(results: Results) -> None:
    """Check what is conserved in every run: officer-minutes, calls and crimes."""
    on_duty_min = results.indicators["on_duty_hours"] * 60
    booked_min = results.tables["ledger"]["officer_minutes"].sum()
    assert abs(booked_min - on_duty_min) < 1e-6 * max(on_duty_min, 1), f"the ledger has {booked_min} officer-minutes, the units were on duty for {on_duty_min}"
    assert (results.tables["ledger"]["officer_minutes"] >= 0).all()
    _audit_calls(results.tables["calls"])
    _audit_crimes(results.tables["incidents"], results.tables["calls"])


def _audit_calls(calls: dict[str, Any]) -> None:
    outcome = calls["outcome"]
    dispatched, arrived, cleared, unit = (~np.ma.getmaskarray(calls[name]) for name in ("dispatched_min", "arrived_min", "cleared_min", "unit_id"))
    assert len(np.unique(calls["call_id"])) == len(outcome), "a call has more than one row"
    assert np.isin(outcome, ["served", "expired", "open"]).all()
    assert np.array_equal(outcome == "served", cleared), "served calls, and they alone, are cleared"
    assert not dispatched[outcome == "expired"].any(), "a unit was sent to a call that expired"
    assert (dispatched >= arrived).all(), "somebody arrived who was never sent"
    assert (arrived >= cleared).all(), "a call was cleared where nobody arrived"
    assert np.array_equal(arrived, unit), "the unit of a call is the first that arrived"
    moments = ("received_min", "dispatched_min", "arrived_min", "cleared_min")
    for earlier, later in pairwise(moments):
        assert (np.ma.compressed(calls[later] - calls[earlier]) >= 0).all(), f"{later} before {earlier}"


def _audit_crimes(crimes: dict[str, Any], calls: dict[str, Any]) -> None:
    ids = crimes["incident_id"]
    assert len(np.unique(ids)) == len(ids), "a crime has more than one row"
    of_crime = ~np.ma.getmaskarray(calls["incident_id"])
    about = np.ma.getdata(calls["incident_id"])[of_crime]
    assert np.isin(about, ids).all(), "a call is about a crime that has no row"
    assert len(np.unique(about)) == len(about), "two calls are about one crime"
    row = np.searchsorted(ids, about)
    assert crimes["reported"][row].all()
    for name in ("type", "cell"):
        assert np.array_equal(crimes[name][row], calls[name][of_crime]), f"call and crime disagree about the {name}"
    assert (crimes["time_min"][row] <= calls["received_min"][of_crime]).all(), "a call was made before its crime"
    recorded = ~np.ma.getmaskarray(crimes["recorded_time_min"])
    assert crimes["reported"][recorded].all(), "the books hold a crime that nobody reported"
    assert np.array_equal(crimes["cleared"], ~np.ma.getmaskarray(crimes["arrest_time_min"]))
