"""Calls that the desk hands over to other services: which, how many, and what becomes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from laboratory import FALSE_ALARM, Laboratory, generator, line
from scipy.stats import chi2

from sim.incident_types import OTHER_CALLS, IncidentType
from sim.incidents.log import CallState
from sim.strategies.plan import PatrolPlan

STREET = line(31)
CHANCES = dict(zip(OTHER_CALLS, (0.0, 0.1, 0.5, 0.9), strict=True))
N = 4000  # calls


def crowded(units: int = 2, **rules: Any) -> Laboratory:
    """Return a laboratory after many calls of all types at random, some of them about crimes.

    The calls are the same whatever the rules.
    """
    lab = Laboratory([0] * units, STREET, **{"days": 30, "patience_min": (1000.0,) * 3, **rules})
    lab.desk.diverted[list(CHANCES)] = list(CHANCES.values())
    rng = generator(3)
    for i, kind in enumerate(rng.choice(list(CHANCES), N)):
        at_min = 9.0 * i
        crime = lab.crime(IncidentType.BURGLARY, at_min) if i % 5 == 0 else -1
        lab.call(
            at_min,
            cell=int(rng.integers(31)),
            priority=3,
            on_scene_min=float(rng.exponential(10.0)),
            incident=crime,
            told_as=IncidentType(kind),
        )
        lab.serve(at_min)
    for now_min in np.arange(9.0 * N, 9.0 * N + 3000.0, 100.0):  # patience is over by then
        lab.serve(now_min)
    return lab


def test_calls_are_handed_over_with_the_chance_of_the_type_that_they_are_told_as() -> None:
    """Chi-squared over three types; false alarm 1e-5."""
    calls = crowded().calls
    gone = calls["state"] == CallState.DIVERTED
    statistic = 0.0
    for kind, chance in CHANCES.items():
        of_type = calls["type"] == kind
        expected = chance * of_type.sum()
        if chance == 0.0:
            assert not gone[of_type].any()
        else:
            statistic += (gone[of_type].sum() - expected) ** 2 / (expected * (1 - chance))
    assert chi2.sf(statistic, 3) > FALSE_ALARM


def test_a_call_that_is_handed_over_gets_no_unit_and_a_crime_behind_it_never_enters_the_books() -> None:
    lab = crowded()
    calls, crimes = lab.calls, lab.incidents
    gone = calls["state"] == CallState.DIVERTED
    assert np.array_equal(gone, lab.outcomes == "diverted")
    assert (calls["sent"][gone] == 0).all()
    assert (calls["unit_id"][gone] == -1).all()
    for name in ("dispatched_min", "arrived_min", "cleared_min"):
        assert (calls[name][gone] == -1).all()
    of_crime = calls["incident_id"] >= 0
    assert (crimes["recorded_time_min"][calls["incident_id"][gone & of_crime]] == -1).all()
    assert (crimes["recorded_time_min"][calls["incident_id"][~gone & of_crime]] >= 0).all()
    assert (gone & of_crime).any()


@pytest.mark.parametrize(
    "rules",
    [
        {"units": 7},
        {"plan": PatrolPlan.of([4, 20], 1.0, 15.0, 0)},
        {"patience_min": (1.0, 1.0, 1.0)},
        {"pooling": "beat", "beat_of_cell": [0] * 15 + [1] * 16, "covers": [(0, 1), (1, 2)]},
    ],
)
def test_the_same_calls_are_handed_over_whatever_the_police_do(rules: dict[str, Any]) -> None:
    usual, other = crowded(), crowded(**rules)
    assert np.array_equal(usual.calls["state"] == CallState.DIVERTED, other.calls["state"] == CallState.DIVERTED)
    assert not np.array_equal(usual.calls["dispatched_min"], other.calls["dispatched_min"])


def test_more_diversion_hands_over_what_less_does_and_others() -> None:
    few, many = crowded(), Laboratory([0], STREET, days=30)
    many.desk.diverted[:] = 0.95
    for call in few.calls:
        many.call(float(call["received_min"]), told_as=IncidentType(call["type"]))
    many.calls["true_type"] = few.calls["true_type"]  # the same calls, of which some are about crimes
    many.serve(1e6)
    assert (many.calls["state"] == CallState.DIVERTED)[few.calls["state"] == CallState.DIVERTED].all()


def test_what_a_patrol_comes_upon_is_never_handed_over() -> None:
    lab = Laboratory([4], STREET, plan=PatrolPlan.of([4], 1.0, 1000.0, 0))
    lab.desk.diverted[:] = 0.999
    found = lab.call(100.0, cell=4, on_scene_min=10.0, on_view=True)
    lab.serve(200.0)
    assert lab.calls["state"][found] == CallState.SERVED
