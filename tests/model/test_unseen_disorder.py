"""Disorder that nobody calls about.

It happens whatever the police do, and only a free patrol that is there finds it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.ndimage import convolve
from small_runs import in_county, in_town

from sim.arrays import Array
from sim.incident_types import OTHER_CALLS, PLACE_CRIMES, IncidentType
from sim.incidents.judgement import MOST_REASSURANCE
from sim.incidents.log import CALLS, CallState
from sim.model import CityModel

DAYS = 10
STRATEGIES = ("reactive", "random_patrol", "hotspot")
SILENCE = {kind.name.lower(): {"rate_per_1000": 0.0} for kind in PLACE_CRIMES} | {
    "school_violence": {"pairs_per_1000_pupils": 0.0}, "fraud": {"contacts_per_resident_month": 0.0},
    "disputes": {"per_1000_year": 0.0},
    **{kind.name.lower(): {"per_1000_year": 0.0} for kind in OTHER_CALLS},
}  # fmt: skip


@cache
def county(strategy: str) -> CityModel:
    demand = {
        "disorder": {"unreported_per_1000_year": 10_000.0}
    }  # a hundred times as much: a unit sees one cell of 6,400 at a time
    model = CityModel(in_county(days=DAYS, warmup_days=0, strategy={"name": strategy}, seed=3, demand=demand))
    model.run()
    return model


def true_disorder(model: CityModel) -> Array:
    """Return all disorder, called about, found, or never known."""
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    return calls[
        (calls["true_type"] == IncidentType.DISORDER)
        & (calls["incident_id"] < 0)
        & np.isin(calls["key_time"], range(DAYS))
    ]


def exogenous(model: CityModel) -> Array:
    """Return disorder that is drawn by day, not the calls about crimes that are taken for it."""
    rows = true_disorder(model)
    return rows[np.argsort(rows["occurred_min"], kind="stable")]


def found(model: CityModel) -> Array:
    rows = exogenous(model)
    return rows[rows["on_view"] & ~np.isin(rows["state"], (CallState.UNNOTICED, CallState.EXPECTED))]


@pytest.mark.parametrize("strategy", STRATEGIES[1:])
def test_true_disorder_is_the_same_under_every_strategy(strategy: str) -> None:
    ours, theirs = exogenous(county("reactive")), exogenous(county(strategy))
    for name in ("occurred_min", "cell", "priority", "on_view", "on_scene_min", "key_entity", "key_time"):
        assert ours[name].tobytes() == theirs[name].tobytes(), name
    expected = np.array([10_000, 100]) * 100 / 365 * DAYS
    number = np.array([ours["on_view"].sum(), (~ours["on_view"]).sum()])
    assert (np.abs(number - expected) < 4.42 * np.sqrt(expected)).all()  # Poisson, false alarm 1e-5


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_known_disorder_is_what_callers_tell_and_patrols_find(strategy: str) -> None:
    calls, rows = county(strategy).results().tables["calls"], exogenous(county(strategy))
    by = calls["discovered_by"][calls["true_type"] == "disorder"]
    assert (by == "caller").sum() == (~rows["on_view"]).sum()
    assert (by == "patrol").sum() == len(found(county(strategy))) == (calls["discovered_by"] == "patrol").sum()


def test_the_more_a_unit_is_about_the_more_it_finds() -> None:
    """Reactive units are about only on their way back, some 3 % of their time; those on patrol for most of it."""
    number = {strategy: len(found(county(strategy))) for strategy in STRATEGIES}
    print(f"disorder that patrols found of {exogenous(county('reactive'))['on_view'].sum()} unreported: {number}")
    assert number["random_patrol"] > 3 * max(number["reactive"], 1)
    assert number["random_patrol"] > 15


def test_units_that_wait_at_their_stations_find_nothing_at_all() -> None:
    """Nobody calls in this town, so that reactive units never leave and find nothing.

    The same units on patrol find some of the same disorder.
    """
    unseen = {**SILENCE, "disorder": {"per_1000_year": 0.0, "unreported_per_1000_year": 20_000.0}}
    known = {}
    for strategy in ("reactive", "random_patrol"):
        model = CityModel(in_town(days=10, demand=unseen, strategy={"name": strategy}))
        model.run()
        known[strategy] = len(model.results().tables["calls"]["call_id"])
        assert model.world.logs.used[CALLS] > 5000
        worked = model.results().indicators["officer_hours_on_scene"] > 0
        assert worked == (known[strategy] > 0)
    assert known["reactive"] == 0
    assert known["random_patrol"] > 5


def test_a_unit_that_comes_upon_disorder_is_there_at_once_and_handles_it() -> None:
    rows = found(county("random_patrol"))
    served = rows[rows["state"] == CallState.SERVED]
    assert len(served) > 10
    late = served["dispatched_min"] - served["occurred_min"]
    assert ((late >= 0) & (late < 30)).all(), "disorder was found when it was over"
    assert np.array_equal(served["dispatched_min"], served["received_min"])
    assert (served["arrived_min"] - served["received_min"] < 3).all(), "it was in view"
    slow = (served["cleared_min"] - served["arrived_min"]) / served["on_scene_min"]
    assert ((slow > 1 - 1e-5) & (slow < 1.3)).all(), "only fatigue changes the time on scene"
    assert (served["distance_km"] < 1).all()


def test_response_times_are_those_of_callers_not_of_what_a_patrol_came_upon() -> None:
    """Else a strategy would respond faster by finding more, with nobody helped sooner."""
    found_results = county("random_patrol").results()
    calls = {
        name: column[found_results.tables["calls"]["discovered_by"] == "caller"]
        for name, column in found_results.tables["calls"].items()
    }
    ended = np.isin(calls["outcome"], ("served", "expired"))
    assert np.count_nonzero(calls["outcome"] == "open") < 0.01 * ended.sum(), "few enough to move no quantile by much"

    def minutes(until: str, priorities: tuple[int, ...]) -> np.ndarray:
        chosen = ended & np.isin(calls["priority"], priorities)
        return np.ma.filled(calls[until] - calls["received_min"], np.inf)[chosen]

    for name, until, priorities, q in (
        ("calls_waiting_p90_min", "dispatched_min", (1, 2, 3), 0.9),
        *(
            (f"response_p{p}_{name}_min", "arrived_min", (p,), q)
            for p in (1, 2, 3)
            for name, q in (("median", 0.5), ("p90", 0.9))
        ),
    ):
        assert found_results.indicators[name] == pytest.approx(np.quantile(minutes(until, priorities), q), rel=0.03), (
            name
        )


def only_disorder(strategy: str, loss: float) -> CityModel:
    """Return a town in which nothing happens but disorder that nobody reports."""
    feelings = {"disorder_safety_loss": loss, "patrol_reassurance": 0.0}
    demand = SILENCE | {"disorder": {"per_1000_year": 0.0, "unreported_per_1000_year": 2000.0}}
    model = CityModel(in_town(days=DAYS, strategy={"name": strategy}, demand=demand, people={"feelings": feelings}))
    model.run()
    return model


@pytest.mark.parametrize("strategy", ["reactive", "random_patrol"])
def test_disorder_that_nobody_settles_is_felt_by_those_who_live_there_and_what_a_patrol_settles_is_not(
    strategy: str,
) -> None:
    model = only_disorder(strategy, 0.01)
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    judged = calls[calls["judged"]]
    unsettled = np.bincount(
        judged["cell"][judged["state"] == CallState.UNNOTICED], minlength=len(model.world.ground.cells)
    )
    grid, fear = model.city.grid, -model.world.ground.cells["reassurance"]
    expected = 0.01 * convolve(
        unsettled.reshape(grid.n_rows, grid.n_cols).astype(float), model.world.ground.in_view, mode="constant"
    )
    lived_in = (model.world.ground.cells["residents"] > 0) & (expected.ravel() < MOST_REASSURANCE)
    faded = 0.5 ** (DAYS / 60)
    assert (fear[lived_in] <= 1.001 * expected.ravel()[lived_in]).all(), "only those feel it who have it in view"
    assert (fear[lived_in] >= 0.999 * faded * expected.ravel()[lived_in]).all()
    assert not fear[model.world.ground.cells["residents"] == 0].any()
    results = model.results().indicators
    settled = found(model)
    assert results["disorder_settled"] == len(settled)
    assert results["disorder_unnoticed"] == np.count_nonzero(calls["state"] == CallState.UNNOTICED) > 500
    assert len(settled) > 0 or strategy == "reactive"


def test_patrols_that_settle_disorder_make_a_city_feel_safer_than_units_that_wait() -> None:
    """Patrols reassure nobody here but by what they settle."""
    waits, patrols = (
        only_disorder(strategy, 0.01).results().indicators["perceived_safety"]
        for strategy in ("reactive", "random_patrol")
    )
    unmoved = only_disorder("random_patrol", 0.0).results().indicators["perceived_safety"]
    assert waits < patrols < unmoved
