"""The slope of clearance on response time: what is counted, and that it finds what was put in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.arrays import Array
from sim.outcomes.investigation_results import Slope, clearance_by_response

Columns = dict[str, Any]
FALSE_ALARM = 1e-6  # chance that a right estimate fails one claim on a seed that nobody has tried
WIDER = float(norm.ppf(1 - FALSE_ALARM / 2) / norm.ppf(0.975))  # that interval in units of the one of 95 %
TENTH = 100 * np.log(1.1)


def books(n: int, slope: float, seed: int = 1) -> tuple[Columns, Columns]:
    """Return crimes and calls in which `slope` is the change of P(cleared) per log unit of response.

    Assaults are quicker and cleared more often.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    assault = rng.random(n) < 0.5
    log_response = 2.0 - assault + 0.7 * rng.standard_normal(n)
    chance = np.clip(0.3 + 0.3 * assault + slope * (log_response - (2.0 - assault)), 0, 1)
    number, received = rng.permutation(n) + 10, rng.uniform(0, 1e5, n)
    order = np.argsort(number)
    incidents = {
        "incident_id": number[order],
        "type": np.where(assault, "assault", "burglary")[order],
        "recorded_time_min": np.ma.masked_array(received[order], mask=np.zeros(n, dtype=bool)),
        "cleared": (rng.random(n) < chance)[order],
    }
    calls = {
        "incident_id": np.ma.masked_array(number, mask=np.zeros(n, dtype=bool)),
        "received_min": received,
        "arrived_min": np.ma.masked_array(received + np.exp(log_response), mask=np.zeros(n, dtype=bool)),
        "discovered_by": np.full(n, "caller"),
        "outcome": np.full(n, "served"),
    }
    return incidents, calls


def measured(incidents: Columns, calls: Columns) -> Slope:
    """Return the slope, which there must be."""
    found = clearance_by_response(incidents, calls)
    assert found is not None
    return found


@pytest.mark.parametrize("slope", [0.0, -0.05, -0.15])
def test_the_slope_that_was_put_in_is_found_although_types_differ_in_both(slope: float) -> None:
    found = measured(*books(40_000, slope))
    assert abs(found.points - TENTH * slope) < WIDER * (found.high - found.points)
    assert found.high - found.low < 0.3
    assert found.crimes == 40_000
    assert found.high - found.points == pytest.approx(found.points - found.low)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Of 400 intervals of 95 % at least 352 hold it, but for a chance below 1e-6 (binomial)."""
    found = [measured(*books(300, -0.05, seed)) for seed in range(400)]
    assert sum(one.low <= TENTH * -0.05 <= one.high for one in found) >= 352


def without(calls: Columns, incidents: Columns, gone: Array) -> tuple[Columns, Columns]:
    """Return only the calls that are not gone."""
    return incidents, {name: values[~gone] for name, values in calls.items()}


def test_what_was_not_served_nor_called_in_nor_recorded_is_left_out() -> None:
    incidents, calls = books(1_000, -0.05)
    kept = measured(*without(calls, incidents, np.arange(1_000) % 4 > 0))
    calls["outcome"][1::4] = "expired"
    calls["arrived_min"][1::4] = np.ma.masked
    calls["discovered_by"][2::4] = "patrol"
    unrecorded = np.isin(incidents["incident_id"], calls["incident_id"][3::8])
    incidents["recorded_time_min"][unrecorded] = np.ma.masked
    calls["incident_id"][7::8] = np.ma.masked
    assert measured(incidents, calls) == kept


def test_without_crimes_or_differences_there_is_no_slope() -> None:
    incidents, calls = books(50, -0.05)
    assert clearance_by_response(*without(calls, incidents, np.arange(50) >= 5)) is None
    assert clearance_by_response(*without(calls, incidents, np.ones(50, dtype=bool))) is None
    calls["received_min"] = np.zeros(50)
    calls["arrived_min"] = np.ma.masked_array(np.full(50, 7.0), mask=np.zeros(50, dtype=bool))
    assert clearance_by_response(incidents, calls) is None
