"""Waits and responses count every caller who asked for a unit: a call that is dropped never makes them look better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.incidents.log import CallState
from sim.model import CityModel
from sim.outcomes.waiting import NEVER, quantile, share_never, waiting_indicators
from sim.scenario import Scenario

TOWN = {"name": "town", "residents": 10_000, "area_km2": 8.0, "beats": 4, "districts": 2, "centres": 1}
NAMES = [
    "calls_waiting_mean",
    "calls_waiting_p90_min",
    *(f"response_p{p}_{name}_min" for p in (1, 2, 3) for name in ("median", "p90")),
]
MINUTES = st.lists(st.floats(0.0, 500.0), min_size=1, max_size=30)


def of_all(minutes: np.ndarray, gave_up: np.ndarray, q: float) -> float:
    """Return a quantile when nobody waits any more at the end."""
    return quantile(np.where(gave_up, np.nan, minutes), gave_up, np.full(len(minutes), 1e6), q)


@given(MINUTES, st.floats(0.0, 1.0))
def test_where_all_are_answered_it_is_the_usual_quantile(minutes, q):
    assert of_all(np.array(minutes), np.zeros(len(minutes), dtype=bool), q) == pytest.approx(
        np.quantile(minutes, q), abs=1e-9
    )


@given(MINUTES, st.data(), st.floats(0.0, 1.0))
def test_dropping_calls_never_shortens_a_wait(minutes, data, q):
    dropped = np.array(data.draw(st.lists(st.booleans(), min_size=len(minutes), max_size=len(minutes))))
    more = dropped | np.array(data.draw(st.lists(st.booleans(), min_size=len(minutes), max_size=len(minutes))))
    assert of_all(np.array(minutes), more, q) >= of_all(np.array(minutes), dropped, q) - 1e-9


def test_a_quantile_among_those_who_gave_up_is_never_reached():
    minutes, gave_up = np.arange(1.0, 11.0), np.arange(10) >= 8
    assert of_all(minutes, gave_up, 0.5) == 5.5
    assert of_all(minutes, gave_up, 0.9) == NEVER
    assert quantile(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0), 0.5) is None


def test_who_still_waits_at_the_end_shares_the_future_of_those_who_waited_as_long():
    """Exponential answers cut off at random moments: the median is still that of the exponential.

    Of the answered alone it is a third shorter.

    False alarm: 1e-5 (normal, standard error of the Kaplan–Meier median below 1.2 / √n of the median here, with 4,000
    entries).
    """
    rng = np.random.default_rng(3)
    answer, age = rng.exponential(10.0, 4000), rng.exponential(15.0, 4000)
    reached = np.where(answer <= age, answer, np.nan)
    true = 10 * np.log(2)
    found = quantile(reached, np.zeros(4000, dtype=bool), age, 0.5)
    assert abs(found - true) < 4.42 * 2 * true / np.sqrt(4000)
    assert np.nanmedian(reached) < 0.7 * true


@pytest.fixture(scope="module")
def town():
    """A town with one unit a beat and callers who soon give up, watched minute by minute.

    The mean number that its desk has waiting.
    """
    demand = {"service": {"per_1000_year": 4000.0}}
    settings = {
        "city": TOWN,
        "force": {"patrol_units": 1.0},
        "demand": demand,
        "dispatch": {"patience_min": (15.0, 30.0, 60.0)},
        "clock": {"tick_min": 1},
    }
    model = CityModel(Scenario(**settings, warmup_days=1, days=5, seed=8))
    seen = []
    for _ in range(5 * 1440):
        model.run(1 / 1440)
        seen.append(model.world.desk.waiting.sum())
    return model, float(np.mean(seen))


def test_the_mean_number_waiting_is_what_the_desk_counts_though_callers_give_up(town):
    """Little's law.

    A wait is seen from a grid of minutes, so that n of them are off by √(n/6) minutes (standard deviation); false alarm
    1e-5.
    """
    model, seen = town
    found = model.results().indicators
    assert found["calls_unserved_share"] > 0.1
    calls = model.results().tables["calls"]
    served_alone = float(
        (calls["dispatched_min"] - calls["received_min"])[calls["discovered_by"] == "caller"].compressed().sum()
    ) / (5 * 1440)
    print(
        f"waiting by the desk {seen:.4f}, by the indicator {found['calls_waiting_mean']:.4f}, of the served alone "
        f"{served_alone:.4f}"
    )
    margin = 4.42 * np.sqrt(len(calls["call_id"]) / 6) / (5 * 1440)
    assert abs(found["calls_waiting_mean"] - seen) < margin
    assert abs(served_alone - seen) > margin, "nothing is shown where hardly anybody gives up"


def test_no_indicator_of_waiting_gets_better_when_served_calls_are_dropped_instead(town):
    model, _ = town
    patience, (start, now) = np.array(model.scenario.dispatch.patience_min), (1440.0, 6 * 1440.0)
    before = waiting_indicators(model.world.logs, patience, start, now)
    rows = model.world.logs.calls
    kept = rows.copy()
    slow = (rows["state"] == CallState.SERVED) & (rows["dispatched_min"] - rows["received_min"] > 3.0)
    rows["state"][slow] = CallState.EXPIRED
    for name in ("dispatched_min", "arrived_min"):
        rows[name][slow] = -1.0
    after = waiting_indicators(model.world.logs, patience, start, now)
    rows[:] = kept
    assert slow.sum() > 50
    assert all(after[name] >= before[name] for name in NAMES), (before, after)
    assert after["calls_unserved_share"] > before["calls_unserved_share"]


def test_callers_who_still_wait_behind_everybody_are_not_served():
    """A queue that only grows: two of ten were answered, nobody gave up, the rest has waited longer than those."""
    reached = np.array([5.0, 6.0, *[np.nan] * 8])
    age = np.array([100.0, 90.0, *np.linspace(80.0, 10.0, 8)])
    assert share_never(reached, np.zeros(10, dtype=bool), age) == pytest.approx(0.8)


def test_who_has_only_just_called_is_served_as_often_as_others_were():
    answered = np.array([*np.full(8, 10.0), np.nan, np.nan])
    gave_up = np.array([*[False] * 8, True, False])
    age = np.array([*np.full(9, 1e5), 1.0])
    assert share_never(answered, gave_up, age) == pytest.approx(1 / 9)


def test_where_nobody_waits_at_the_end_it_is_the_share_of_those_who_gave_up():
    gave_up = np.arange(10) >= 7
    assert share_never(np.where(gave_up, np.nan, 3.0), gave_up, np.full(10, 1e6)) == pytest.approx(0.3)
    assert share_never(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0)) is None
