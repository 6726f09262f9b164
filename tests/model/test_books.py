"""What callers say, what units find, and what the books keep: each is wrong at its stated rate.

Every claim about a rate is binomial and fails by chance once in 10⁵ sets of seeds; seeds are fixed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_runs import MUCH_CRIME, in_county, in_town

from sim.arrays import Array
from sim.incident_types import CRIMES, TYPE_NAMES, IncidentType
from sim.incidents.demand import BOOKED_AS, TAKEN_FOR
from sim.incidents.log import CALLS, INCIDENTS, CallState, Discoverer
from sim.model import CityModel

ALARM = 1e-5
BOUND = stats.norm.isf(ALARM / 2)


@cache
def county(wrong_at_call: float = 0.08, data_quality: float = 0.8) -> CityModel:
    reporting = {"wrong_at_call": wrong_at_call, "data_quality": data_quality}
    demand: dict[str, Any] = {**MUCH_CRIME, "reporting": reporting, "fraud": {"engaging_probability": 0.005}}
    model = CityModel(in_county(days=28, warmup_days=0, demand=demand, strategy={"name": "random_patrol"}))
    model.run()
    return model


def rows_of(model: CityModel) -> tuple[Array, Array]:
    """Return the crimes and the calls that have happened."""
    logs = model.world.logs
    crimes, calls = logs.incidents[: logs.used[INCIDENTS]], logs.calls[: logs.used[CALLS]]
    return crimes, calls


def told(model: CityModel) -> Array:
    """Return the calls in which somebody describes what a unit will find.

    What a patrol sees and reports at the desk are left out.
    """
    crimes, calls = rows_of(model)
    seen = (calls["incident_id"] >= 0) & (crimes["discovered_by"][calls["incident_id"]] == Discoverer.PATROL)
    return calls[~calls["on_view"] & ~seen & (calls["state"] != CallState.AT_DESK)]


def assert_binomial(happened: int, chance: float, n: int) -> None:
    assert abs(happened - chance * n) <= BOUND * np.sqrt(chance * (1 - chance) * n) + 1e-9, (
        f"{happened} of {n}, expected {chance * n:.1f}"
    )


@pytest.mark.parametrize("rate", [0.0, 0.08, 0.5, 1.0])
def test_callers_describe_something_else_at_the_stated_rate_and_always_what_it_may_be_taken_for(rate: float) -> None:
    calls = told(county(wrong_at_call=rate))
    wrong = calls["type"] != calls["true_type"]
    assert len(calls) > 4000
    assert_binomial(int(wrong.sum()), rate, len(calls))
    taken_for = np.array([TAKEN_FOR[kind] for kind in IncidentType])
    assert np.array_equal(calls["type"][wrong], taken_for[calls["true_type"][wrong]])
    for kind in (
        IncidentType.SERVICE,
        IncidentType.DISORDER,
        IncidentType.TRAFFIC,
        IncidentType.ALARM,
        IncidentType.DISPUTE,
        IncidentType.VEHICLE_THEFT,
    ):
        of_kind = calls["true_type"] == kind
        assert of_kind.sum() > 20, kind.name
        assert_binomial(int(wrong[of_kind].sum()), rate, int(of_kind.sum()))


def test_a_patrol_that_sees_it_and_a_victim_at_the_desk_describe_what_it_is() -> None:
    model = county(wrong_at_call=1.0)
    crimes, calls = rows_of(model)
    seen = (calls["incident_id"] >= 0) & (crimes["discovered_by"][calls["incident_id"]] == Discoverer.PATROL)
    at_desk = calls["state"] == CallState.AT_DESK
    assert at_desk.sum() > 20
    assert (calls["type"] == calls["true_type"])[seen | at_desk | calls["on_view"]].all()


def test_a_unit_needs_the_time_of_what_it_finds_not_of_what_it_was_told() -> None:
    """Alarms take 20 minutes on scene, the burglaries they are taken for 35: gamma of shape 2, false alarm 1e-5."""
    calls = told(county(wrong_at_call=0.5))
    for wrong in (False, True):
        on_scene = calls["on_scene_min"][
            (calls["true_type"] == IncidentType.ALARM) & ((calls["type"] == IncidentType.BURGLARY) == wrong)
        ]
        assert len(on_scene) > 80
        assert abs(on_scene.mean() - 20.0) < BOUND * 20.0 / np.sqrt(2 * len(on_scene))


@pytest.mark.parametrize("quality", [0.0, 0.8, 1.0])
def test_the_books_have_a_wrong_type_at_the_rate_of_the_quality_of_data(quality: float) -> None:
    """0.2 · (1 − q), each type taken for its neighbour; frauds are what they are.

    A call that is misdescribed does not make it worse.
    """
    crimes, _ = rows_of(county(data_quality=quality))
    known = crimes[crimes["call_id"] >= 0]
    of_places = known[known["type"] != IncidentType.FRAUD]
    wrong = of_places["recorded_type"] != of_places["type"]
    assert len(of_places) > 500
    assert_binomial(int(wrong.sum()), 0.2 * (1 - quality), len(of_places))
    booked_as = np.array([BOOKED_AS[kind] for kind in CRIMES])
    assert np.array_equal(of_places["recorded_type"][wrong], booked_as[of_places["type"][wrong]])
    frauds = known[known["type"] == IncidentType.FRAUD]
    assert len(frauds) > 20
    assert (frauds["recorded_type"] == IncidentType.FRAUD).all()
    unknown = crimes[crimes["call_id"] < 0]
    assert np.array_equal(unknown["recorded_type"], unknown["type"])


@pytest.mark.parametrize("quality", [0.0, 0.8, 1.0])
def test_the_books_have_a_wrong_place_at_the_rate_of_the_quality_of_data_and_never_far_off(quality: float) -> None:
    """0.3 · (1 − q) of records are moved by up to 250 m each way, so by at most three cells of 100 m.

    One in 25 stays in its cell, some at the edge of the city too.
    """
    model = county(data_quality=quality)
    crimes, _ = rows_of(model)
    known = crimes[(crimes["call_id"] >= 0) & (crimes["type"] != IncidentType.FRAUD)]
    n_cols = model.city.grid.n_cols
    assert model.city.grid.cell_m == 100
    off = [
        np.abs(known["recorded_cell"] // n_cols - known["cell"] // n_cols),
        np.abs(known["recorded_cell"] % n_cols - known["cell"] % n_cols),
    ]
    chance, moved = 0.3 * (1 - quality), int((known["recorded_cell"] != known["cell"]).sum())
    spread = BOUND * np.sqrt(chance * (1 - chance) * len(known))
    assert 0.93 * chance * len(known) - spread <= moved <= 0.96 * chance * len(known) + spread
    assert max(int(distance.max()) for distance in off) == (3 if quality < 1 else 0)
    assert model.city.inside[known["recorded_cell"]].all()


def test_strategies_are_told_what_the_books_say_and_not_the_truth() -> None:
    model = county(data_quality=0.0)
    crimes, _ = rows_of(model)
    known = crimes[(crimes["recorded_time_min"] >= 0) & (crimes["recorded_time_min"] <= model.now_min)]
    known = known[np.argsort(known["recorded_time_min"], kind="stable")]
    told_to = model.briefing().recorded
    assert np.array_equal(told_to.type, known["recorded_type"])
    assert np.array_equal(told_to.cell, known["recorded_cell"])
    assert np.array_equal(told_to.earliest_min, known["earliest_min"])
    assert np.array_equal(told_to.latest_min, known["latest_min"])
    assert np.array_equal(told_to.time_min, (known["earliest_min"] + known["latest_min"]) / 2)
    vague = np.isin(known["type"], (IncidentType.BURGLARY, IncidentType.VEHICLE_THEFT, IncidentType.PICKPOCKETING))
    vague &= known["discovered_by"] == Discoverer.VICTIM
    assert (told_to.time_min != known["time_min"])[vague].mean() > 0.99
    assert (known["recorded_type"] != known["type"]).any()
    assert (known["recorded_cell"] != known["cell"]).any()


def test_the_table_of_records_says_only_what_the_police_know() -> None:
    found = county(data_quality=0.0).results().tables
    assert {"incident_id", "offender_id", "victim_id", "harm", "x_m", "y_m", "dispute_id"}.isdisjoint(found["recorded"])
    crimes, books = found["incidents"], found["recorded"]
    assert np.array_equal(books["record_id"], np.arange(len(books["type"])))
    assert (np.diff(books["recorded_time_min"]) >= 0).all()
    assert books["said_time_min"] == pytest.approx((books["earliest_min"] + books["latest_min"]) / 2)
    assert (books["earliest_min"] <= books["latest_min"]).all()
    assert (books["latest_min"] <= books["recorded_time_min"]).all()
    assert set(books["type"].tolist()) <= set(TYPE_NAMES[: len(CRIMES)])
    assert (crimes["recorded_type"].compressed() != crimes["type"][~np.ma.getmaskarray(crimes["recorded_type"])]).any()


def test_victims_report_less_where_trust_is_low() -> None:
    """The same town on the same seed, mean trust 0.3 against 0.9.

    Some 600 crimes with victims, so a difference of 10 % is four standard errors.
    """

    def share(trust: float) -> float:
        model = CityModel(
            in_town(
                days=60, demand=MUCH_CRIME, people={"residents": {"trust_mean": trust}}, force={"patrol_units": 1e-6}
            )
        )
        model.run()
        crimes, _ = rows_of(model)
        suffered = crimes[(crimes["victim_id"] >= 0) & (crimes["offender_id"] >= 0)]
        assert len(suffered) > 300
        return float((suffered["call_id"] >= 0).mean())

    assert share(0.9) > share(0.3) + 0.1
