"""Calls of one kind in one place wait as Erlang (1917) worked out.

Through the dispatcher alone, and through a whole city.

Every claim is an interval of batch means that misses the truth with probability 1e-5.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from laboratory import batch_means, claim, erlang_b, erlang_c, load_controls, queue
from scipy.linalg import expm

from sim.arrays import Array
from sim.incident_types import OTHER_CALLS, PLACE_CRIMES, IncidentType
from sim.incidents.calls import BY_HOUR
from sim.model import CityModel
from sim.scenario import Scenario

TWO, SIX = (2, 1.0, 1.0), (6, 8 / 60, 30.0)  # units, calls a minute, mean minutes on scene


def test_the_formulas_give_the_published_figures() -> None:
    assert erlang_c(2, 1) == pytest.approx(1 / 3, abs=1e-12)
    assert erlang_c(6, 4) == pytest.approx(0.284761, abs=5e-7)
    assert erlang_c(6, 4) * 60 / (6 * 2 - 8) == pytest.approx(4.271, abs=5e-4)
    assert erlang_c(6, 4) * 8 / (6 * 2 - 8) == pytest.approx(0.569522, abs=5e-7)
    assert erlang_b(6, 4) == pytest.approx(0.117162, abs=5e-7)


@pytest.mark.parametrize(("units", "per_min", "mean_min"), [TWO, SIX])
def test_the_share_of_calls_that_wait_and_their_mean_wait_are_those_of_erlang_c(
    units: int, per_min: float, mean_min: float
) -> None:
    found = queue(units, per_min, mean_min)
    controls = load_controls(found, per_min, mean_min)
    waits = erlang_c(units, per_min * mean_min)
    claim(f"{units} units, P(wait)", batch_means(found.wait_min > 0), waits, 0.015, controls)
    claim(f"{units} units, Wq min", batch_means(found.wait_min), waits / (units / mean_min - per_min), 0.04, controls)


def test_the_mean_number_of_waiting_calls_is_that_of_erlang_c() -> None:
    found = queue(*SIX)
    one = len(found.received_min) // 4  # a replication
    batches = []
    for first in range(0, 4 * one, one):
        received, dispatched = (
            found.received_min[first : first + one],
            np.sort(found.dispatched_min[first : first + one]),
        )
        edges = np.linspace(dispatched[0], received[-1], 26)
        batches.append(np.diff(minutes_since(received, edges) - minutes_since(dispatched, edges)) / np.diff(edges))
    claim("Lq", np.concatenate(batches), erlang_c(6, 4) * 8 / (6 * 2 - 8), 0.06)


def minutes_since(times: Array, now: Array) -> Array:
    """Return the sum over past times of the minutes since each."""
    n = np.searchsorted(times, now)
    return n * now - np.concatenate([[0.0], np.cumsum(times)])[n]


def test_waits_of_those_who_wait_are_exponential() -> None:
    units, per_min, mean_min = SIX
    found = queue(*SIX)
    mean_wait = 1 / (units / mean_min - per_min)
    for quantile in (0.5, 0.9):
        beyond = found.wait_min > -mean_wait * math.log(1 - quantile)
        claim(
            f"P(wait beyond its {quantile} quantile)",
            batch_means(beyond),
            erlang_c(6, 4) * (1 - quantile),
            0.1,
            load_controls(found, per_min, mean_min),
        )


def test_without_patience_the_share_of_lost_calls_is_that_of_erlang_b() -> None:
    found = queue(*SIX, patience_min=0.0, replications=2)
    claim("P(lost)", batch_means(found.lost), erlang_b(6, 4), 0.015, load_controls(found, 8 / 60, 30.0))
    assert (found.wait_min[~found.lost] == 0).all()


class ByHour(NamedTuple):
    """What Erlang's queue does when calls come by the hour of day: P(wait) and mean wait of a call."""

    waits: float
    wait_min: float


def erlang_by_hour(units: int, per_hour: Array, mean_min: float, room: int = 120, step_min: float = 2.0) -> ByHour:
    """Solve the queue with a rate for each of 24 hours, day after day the same, by its forward equations in steps."""
    number = np.arange(room + 1)
    ends = np.minimum(number, units) / mean_min
    moves = []
    for rate in per_hour / 60:
        flow = np.diag(np.full(room, rate), 1) + np.diag(ends[1:], -1)
        moves.append(expm((flow - np.diag(flow.sum(axis=1))) * step_min))
    steps = round(60 / step_min)
    day = np.linalg.multi_dot([np.linalg.matrix_power(move, steps) for move in moves])
    state = np.linalg.matrix_power(day, 64)[0]
    waits = wait_min = 0.0
    for rate, move in zip(per_hour / per_hour.sum(), moves, strict=True):
        for step in range(steps + 1):
            weight = rate / steps * (0.5 if step in (0, steps) else 1.0)
            waits += weight * state[units:].sum()
            wait_min += weight * (state[units:] * (number[units:] - units + 1)).sum() * mean_min / units
            state = state @ move if step < steps else state
    return ByHour(float(waits), float(wait_min))


@pytest.mark.slow
def test_the_solution_by_the_hour_is_erlang_c_when_all_hours_are_alike() -> None:
    alike = erlang_by_hour(6, np.full(24, 8.0), 30.0)
    assert alike == pytest.approx((erlang_c(6, 4), erlang_c(6, 4) * 15), rel=1e-6)


@pytest.mark.slow
def test_calls_in_a_whole_city_wait_as_the_queue_with_its_hourly_rates_says() -> None:
    """Service calls alone, six units on a shift without end, a small city with fast streets.

    The drive is part of the service.
    """
    units, mean_min, a_day = 6, 30.0, 168.0
    nothing_else: dict[str, dict[str, float]] = {kind.name.lower(): {"rate_per_1000": 0.0} for kind in PLACE_CRIMES}
    nothing_else |= {kind.name.lower(): {"per_1000_year": 0.0, "unreported_per_1000_year": 0.0} for kind in OTHER_CALLS}
    nothing_else |= {
        "school_violence": {"pairs_per_1000_pupils": 0.0},
        "fraud": {"contacts_per_resident_month": 0.0},
        "disputes": {"per_1000_year": 0.0},
    }
    service = {"per_1000_year": a_day * 365 / 4, "on_scene_min": (mean_min,) * 3, "paperwork_min": 0.0}
    reporting = {"service_shape": 1.0}
    streets = {"arterial_speed_kmh": 200.0, "local_speed_kmh": 200.0, "spacing_m": 100.0}
    model = CityModel(
        Scenario(
            city={
                "residents": 4000,
                "area_km2": 0.25,
                "cell_m": 50.0,
                "beats": 1,
                "districts": 1,
                "centres": 1,
                "streets": streets,
            },
            clock={"tick_min": 60},
            demand={**nothing_else, "service": service, "reporting": reporting},
            force={"patrol_units": units, "shift_starts_hour": (0,)},
            posts={"administration_min": 0.0},  # it would pile up for decades
            patrol={"break_min": 0.0},
            dispatch={"pooling": "city", "patience_min": (100_000.0,) * 3, "urgent_speed": 1.0},
            warmup_days=10,
            days=5_000,
            seed=2,
        )
    )
    model.run()
    calls = model.results().tables["calls"]
    assert (calls["true_type"] == "service").all()
    served = slice(0, -100)
    received, dispatched, arrived = (
        np.asarray(calls[f"{moment}_min"][served]) for moment in ("received", "dispatched", "arrived")
    )
    assert (calls["outcome"][served] == "served").all()
    assert (calls["priority"] > 1).any()
    drive_min = float((arrived - dispatched).mean())
    assert 0 < drive_min < 0.005 * mean_min
    per_hour = a_day / 24 * np.array(BY_HOUR[IncidentType.SERVICE]) / np.mean(BY_HOUR[IncidentType.SERVICE])
    exact = erlang_by_hour(units, per_hour, mean_min + drive_min)
    on_scene = np.asarray(calls["cleared_min"][served]) - arrived
    controls = [batch_means(np.diff(received)) - 1440 / a_day, batch_means(on_scene) - mean_min]
    claim("a city, P(wait)", batch_means(dispatched > received), exact.waits, 0.03, controls)
    claim("a city, Wq min", batch_means(dispatched - received), exact.wait_min, 0.07, controls)
