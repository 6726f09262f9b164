"""People in crisis: how often, who calls, what units at the scene prevent, and what it costs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats
from small_runs import TOWN, audit, in_town, same

from sim.incidents.crises import ROWS, CrisisParameters, draw_crises
from sim.incidents.log import CALLS, CRISIS_KEYS, INCIDENTS, MASS_KEYS, CallState
from sim.model import CityModel
from sim.scenario import Scenario

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
MANY_CARS = {"officers": 400, "auxiliaries": 0, "patrol_units": 40, "wellbeing": {"active": False}}
OFTEN = {"per_1000": 20.0, "per_year": 12.0, "calmed": 0.0, "hospital_probability": 0.0}
DAYS = 60


@cache
def town(**changes: float) -> CityModel:
    """Return a run of a town in which crises are frequent and cars are many."""
    model = CityModel(in_town(days=DAYS, demand={"crises": OFTEN | changes}, force=MANY_CARS))
    model.run()
    return model


def rows(model: CityModel) -> np.ndarray:
    crises = model.world.crises
    return crises.rows[: crises.used[ROWS]]


def test_nobody_is_in_crisis_unless_a_scenario_says_so() -> None:
    model = CityModel(in_town(days=1))
    model.run()
    assert len(model.world.crises.people) == 0
    assert not [name for name in model.results().indicators if "crises" in name or "hospital" in name]


def test_as_many_have_crises_as_often_as_they_are_said_to() -> None:
    """Poisson given the rates that were drawn; false alarm 1e-5."""
    model = town()
    people = model.world.crises.people
    assert stats.binomtest(len(people), TOWN.residents, 0.02).pvalue > ALARM
    assert (model.world.society.residents["age"][people["resident_id"]] >= 18).all()
    expected = DAYS * float((1.0 - np.exp(-people["rate_per_day"])).sum())
    assert abs(len(rows(model)) - expected) < 4.42 * np.sqrt(expected)
    assert expected > 200
    audit(model.results())


def test_a_unit_that_is_there_in_time_averts_violence_and_nobody_else_does() -> None:
    """Without a call it always comes to violence where somebody is near; false alarm of the rates 1e-5."""
    model = town(violent_probability=1.0, violent_after_min=60.0)
    crises, calls = rows(model), model.world.logs.calls
    called = crises["call_id"] >= 0
    arrived = np.where(called, calls["arrived_min"][crises["call_id"]], np.inf)
    assert (arrived[crises["averted"]] >= 0).all()
    assert not (crises["averted"] & ~called).any()
    assert not (crises["averted"] & (crises["incident_id"] >= 0)).any()
    done = np.isinf(crises["violent_min"])
    hurt = crises["incident_id"] >= 0
    assert crises["averted"][called & done].mean() > 0.7
    assert hurt[~called & done].mean() > 0.7
    crimes = model.world.logs.incidents[crises["incident_id"][hurt]]
    assert np.array_equal(crimes["culprit_id"], model.world.crises.people["resident_id"][crises["person"][hurt]])
    assert (crimes["victim_id"] >= 0).all()
    assert (crimes["victim_id"] != crimes["culprit_id"]).all()
    found = model.results().indicators
    assert found["crises_violent"] == hurt.sum()
    assert found["crises_averted"] == crises["averted"].sum()


def test_a_call_binds_two_units_and_a_hospital_takes_time_yuan_and_the_patient() -> None:
    model, plain = town(hospital_probability=1.0, transfer_min=200.0, hospital_days=1000.0), town()
    for one, least in ((model, 200.0), (plain, 0.0)):
        calls = one.world.logs.calls[: one.world.logs.used[CALLS]]
        about = (calls["key_entity"] >= CRISIS_KEYS) & (calls["key_entity"] < MASS_KEYS) & (calls["incident_id"] < 0)
        served = calls[about & (calls["state"] == CallState.SERVED)]
        assert len(served) > 20
        assert (served["sent"] == 2).all()
        assert (served["cleared_min"] - served["arrived_min"] >= least).all()
    found = model.results().indicators
    assert found["cost_police_hospital"] == 800.0 * found["crises_hospital"] > 0.0
    people = model.world.crises.people
    crises = rows(model)
    at = {int(p): float(t) for p, t in zip(crises["person"], crises["time_min"], strict=True)}  # the latest
    away = np.flatnonzero(np.isfinite(people["away_until_min"]))
    assert len(away) > 10
    assert all(at[int(p)] < people["away_until_min"][p] - 1000.0 * 1440.0 for p in away), "a crisis in hospital"


def test_crises_move_no_other_draw() -> None:
    """With crises that nobody calls about, and that come to nothing, all else is the same to the bit."""
    quiet = town(call_probability=1e-9, violent_probability=0.0)
    without = CityModel(in_town(days=DAYS, force=MANY_CARS))
    without.run()
    one, other = quiet.results(), without.results()
    assert len(rows(quiet)) > 200
    for name in ("incidents", "calls", "visits"):
        assert all(same(one.tables[name][column], other.tables[name][column]) for column in one.tables[name]), name
    assert quiet.world.logs.used[INCIDENTS] == without.world.logs.used[INCIDENTS]


def test_what_is_no_crisis_is_refused() -> None:
    with pytest.raises(ValueError, match=r"call_probability"):
        Scenario(demand={"crises": {"call_probability": 1.0}})


def test_who_is_ill_is_drawn_by_resident_so_that_more_of_them_are_the_same_and_others() -> None:
    society = town().world.society
    few, many = (
        set(draw_crises(CrisisParameters(per_1000=n), society, 3).people["resident_id"].tolist()) for n in (2.0, 8.0)
    )
    assert few < many
