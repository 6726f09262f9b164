"""Small scenarios, what a run left behind compared to the bit.

And the audit that every run of these tests must pass.
"""

from __future__ import annotations

from collections import Counter
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
IN_THE_OPEN_MIN = 300.0
NO_CRIME = ("traffic", "service", "alarm", "disorder")
NO_OTHER_CALLS = {kind: {"per_1000_year": 0.0, "unreported_per_1000_year": 0.0} for kind in NO_CRIME}
MUCH_CRIME = {
    kind: {"rate_per_1000": rate}
    for kind, rate in (("pickpocketing", 120), ("shoplifting", 90), ("vehicle_theft", 90), ("brawl", 150))
}


def in_town(**changes: Any) -> Scenario:
    """Two days in the town without a warm-up, unless told otherwise."""
    return Scenario(**{"city": TOWN, "days": 2, "warmup_days": 0, **changes})


def in_county(**changes: Any) -> Scenario:
    """Four weeks in the county after four weeks of warm-up, unless told otherwise."""
    return Scenario(**{"city": COUNTY, "warmup_days": 28, **changes})


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
    assert abs(booked_min - on_duty_min) < 1e-6 * max(on_duty_min, 1), (
        f"the ledger has {booked_min} officer-minutes, the units were on duty for {on_duty_min}"
    )
    assert (results.tables["ledger"]["officer_minutes"] >= 0).all()
    _audit_calls(results.tables["calls"])
    _audit_crimes(results.tables["incidents"], results.tables["calls"])
    _audit_books(results.tables["incidents"], results.tables["recorded"])
    _audit_frauds(results.tables["incidents"], results.tables["frauds"])
    _audit_arrests(results.tables["incidents"], results.tables["calls"], results.tables["cases"])


def _audit_calls(calls: dict[str, Any]) -> None:
    outcome = calls["outcome"]
    dispatched, arrived, cleared, unit = (
        ~np.ma.getmaskarray(calls[name]) for name in ("dispatched_min", "arrived_min", "cleared_min", "unit_id")
    )
    assert len(np.unique(calls["call_id"])) == len(outcome), "a call has more than one row"
    assert np.isin(outcome, ["served", "expired", "open", "desk", "diverted"]).all()
    assert np.array_equal(outcome == "served", cleared), "served calls, and they alone, are cleared"
    assert not dispatched[outcome == "expired"].any(), "a unit was sent to a call that expired"
    assert not (dispatched | arrived | cleared | unit)[np.isin(outcome, ["desk", "diverted"])].any(), (
        "a unit was sent to a call of the desk"
    )
    assert np.isin(calls["discovered_by"], ["caller", "patrol"]).all()
    found = calls["discovered_by"] == "patrol"
    assert dispatched[found].all(), "a patrol came upon something and did not go"
    assert np.array_equal(np.ma.getdata(calls["dispatched_min"])[found], calls["received_min"][found])
    assert np.array_equal(calls["type"][found], calls["true_type"][found]), (
        "a patrol that sees it describes something else"
    )
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
    order = np.argsort(ids)  # crimes stand in order of time; some are known of before others that happen earlier
    row = order[np.searchsorted(ids, about, sorter=order)]
    assert crimes["reported"][row].all()
    assert np.array_equal(crimes["type"][row], calls["true_type"][of_crime]), "call and crime disagree about the type"
    assert np.array_equal(crimes["cell"][row], calls["cell"][of_crime]), "call and crime disagree about the cell"
    told_at_desk = (crimes["type"][row] == "fraud") | (np.ma.filled(crimes["discovered_by"][row], "") == "tip")
    assert np.array_equal(told_at_desk, (calls["outcome"] == "desk")[of_crime]), (
        "the desk takes down frauds and what tips tell, and nothing else"
    )
    assert (crimes["time_min"][row] <= calls["received_min"][of_crime]).all(), "a call was made before its crime"
    recorded = ~np.ma.getmaskarray(crimes["recorded_time_min"])
    at_a_check = crimes["cleared"] & (
        np.ma.filled(crimes["discovered_by"], "") == "patrol"
    )  # its goods were found on the culprit
    assert (crimes["reported"] | at_a_check)[recorded].all(), "the books hold a crime that nobody reported"
    assert np.array_equal(crimes["cleared"], ~np.ma.getmaskarray(crimes["arrest_time_min"]))
    culprit, joined = (~np.ma.getmaskarray(crimes[name]) for name in ("offender_id", "co_offender_id"))
    assert np.array_equal(culprit, crimes["type"] != "fraud"), "frauds, and nothing else, have no offender of the city"
    assert np.array_equal(culprit, ~np.ma.getmaskarray(crimes["home_distance_km"]))
    assert (culprit >= joined).all(), "somebody joined in a crime that nobody committed"
    both = np.ma.getdata(crimes["offender_id"]) == np.ma.getdata(crimes["co_offender_id"])
    assert not both[joined].any(), "an offender joined in his own crime"
    assert np.array_equal(crimes["type"] == "fraud", ~np.ma.getmaskarray(crimes["loss"]))
    of_disputes = np.ma.filled(crimes["subtype"], "") == "dispute"
    assert np.array_equal(of_disputes, ~np.ma.getmaskarray(crimes["dispute_id"])), (
        "dispute assaults, and they alone, come from a dispute"
    )
    assert (crimes["harm"] > 0).all()


def _audit_books(crimes: dict[str, Any], books: dict[str, Any]) -> None:
    """Each crime has at most one record, which says of the truth only what the police were told.

    Older crimes may enter the books now.
    """
    recorded = ~np.ma.getmaskarray(crimes["recorded_time_min"])
    surely, perhaps = (
        books["earliest_min"] >= 0,
        books["latest_min"] >= 0,
    )  # of now: the books do not know when those between them were
    assert surely.sum() <= recorded.sum() <= perhaps.sum(), (
        f"the books have {surely.sum()} to {perhaps.sum()} records of {recorded.sum()} recorded crimes"
    )
    for name in ("recorded_time_min", "recorded_cell", "recorded_type"):
        assert np.array_equal(recorded, ~np.ma.getmaskarray(crimes[name]))
        of_books, of_crimes = (
            books[name if name in books else name.removeprefix("recorded_")],
            Counter(np.ma.compressed(crimes[name]).tolist()),
        )
        assert Counter(of_books[surely].tolist()) <= of_crimes <= Counter(of_books[perhaps].tolist()), (
            f"crimes and books disagree about the {name}"
        )
    assert (books["recorded_time_min"] >= books["latest_min"]).all(), "a crime was recorded before it was found"
    assert books["cleared"][surely].sum() <= crimes["cleared"].sum()


def _audit_frauds(crimes: dict[str, Any], frauds: dict[str, Any]) -> None:
    """A fraud is a crime from its payment on."""
    paid = (frauds["outcome"] == "paid") & (np.ma.getdata(frauds["ended_min"]) >= 0)
    of_type = crimes["type"] == "fraud"
    for name, of_fraud in (("time_min", "ended_min"), ("loss", "loss"), ("victim_id", "victim_id")):
        ours, theirs = np.sort(np.ma.getdata(crimes[name])[of_type]), np.sort(np.ma.getdata(frauds[of_fraud])[paid])
        assert ours.shape == theirs.shape, "frauds paid and crimes of fraud are not the same number"
        assert np.allclose(ours, theirs, rtol=1e-6), f"frauds and crimes disagree about the {name}"
    assert (frauds["recovered"] <= frauds["loss"] + 1e-6).all()
    assert (frauds["loss"][frauds["outcome"] != "paid"] == 0).all()


def _audit_arrests(crimes: dict[str, Any], calls: dict[str, Any], cases: dict[str, Any]) -> None:
    """Whoever is arrested was caught as the first unit arrived, by a case that was cleared, in flight or at a check.

    Checks are made up for at midnight, and may be about a crime of which there is no case yet. In flight means after
    the call, within hours of it, and so that there never is a case.
    """
    received = dict(zip(np.ma.filled(calls["incident_id"], -1).tolist(), calls["received_min"].tolist(), strict=True))
    arrived = dict(
        zip(
            np.ma.filled(calls["incident_id"], -1).tolist(),
            np.ma.filled(calls["arrived_min"], np.nan).tolist(),
            strict=True,
        )
    )
    solved = dict(zip(cases["incident_id"].tolist(), np.ma.filled(cases["closed_min"], np.nan).tolist(), strict=True))
    cleared = cases["state"] == "cleared"
    for n, arrested in zip(
        crimes["incident_id"][crimes["cleared"]].tolist(), crimes["arrest_time_min"].compressed().tolist(), strict=True
    ):
        on_scene = arrived.get(n, np.nan) == arrested
        by_case = solved.get(n, np.nan) == arrested and bool(cleared[cases["incident_id"] == n].all())
        at_a_check = n not in solved and arrested % 1440 == 0
        in_flight = n not in solved and not on_scene and 0.0 < arrested - received.get(n, np.nan) < IN_THE_OPEN_MIN
        assert on_scene + by_case + (at_a_check or in_flight) == 1, (
            f"the arrest for crime {n} has {'two causes' if on_scene else 'no case, unit on scene or check'}"
        )
    assert len(np.unique(cases["incident_id"])) == len(cases["incident_id"]), "a crime has two cases"
    assert (np.ma.compressed(cases["closed_min"] - cases["opened_min"]) >= 0).all()
    assert (cases["hours_worked"] >= 0).all()
