"""Mass incidents and serial offenders: on their days, the same for every strategy, bound and paid for."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from small_runs import audit, different_columns, in_town

from sim.incidents.log import CALLS, MASS_KEYS
from sim.model import CityModel
from sim.police.post_ledger import Work
from sim.police.posts import Post

MANY_CARS = {"officers": 400, "auxiliaries": 0, "patrol_units": 40, "wellbeing": {"active": False}}
CROWD = {"on_days": (3,), "units": 6, "hours": 5.0, "hours_cv": 0.01}
SERIES = {"on_days": (2,), "weeks": 3, "times": 200.0, "type": "burglary"}


@cache
def town(
    strategy: str = "reactive", days: int = 8, seed: int = 1, demand: str = "{}", called_out: float = 0.0
) -> CityModel:
    """Return a run of a town with many cars; `demand` is JSON, so that it can be remembered."""
    model = CityModel(
        in_town(
            days=days, seed=seed, strategy={"name": strategy}, force=MANY_CARS, demand=json.loads(demand),
            posts={"called_out_share": called_out},
        )
    )  # fmt: skip
    model.run()
    return model


def with_crowd(**changes: Any) -> str:
    return json.dumps({"mass_incidents": CROWD | changes})


def with_series(**changes: Any) -> str:
    return json.dumps({"serial_offenders": SERIES | changes})


def tasks(model: CityModel) -> np.ndarray:
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    return calls[calls["key_entity"] == MASS_KEYS]


def test_without_any_nothing_is_different_to_the_bit() -> None:
    one = town(demand=json.dumps({"mass_incidents": {"on_days": [500]}, "serial_offenders": {"on_days": [500]}}))
    other = town()
    assert different_columns(one.results(), other.results()) == []
    assert one.results().indicators == other.results().indicators
    assert not [
        name for name in one.results().indicators if "mass_" in name or "serial" in name or "operations" in name
    ]


def test_a_crowd_binds_the_units_that_are_asked_for_until_it_is_gone() -> None:
    model = town(demand=with_crowd())
    (task,) = tasks(model)
    assert task["key_time"] == 3
    assert task["sent"] == 6
    assert task["cleared_min"] - task["arrived_min"] == pytest.approx(300.0, rel=0.05)
    found = model.results()
    audit(found)
    assert found.indicators["mass_incidents"] == 1
    assert found.indicators["mass_incident_unit_hours"] == pytest.approx(30.0, rel=0.05)
    on_scene = found.tables["ledger"]
    minutes = on_scene["officer_minutes"][(on_scene["activity"] == "on_scene") & (on_scene["day"] == 3)].sum()
    before = town().results().tables["ledger"]
    without = before["officer_minutes"][(before["activity"] == "on_scene") & (before["day"] == 3)].sum()
    assert minutes - without > 0.8 * 2 * 6 * 300.0


def test_headquarters_relieves_units_and_pays_for_it_with_its_day() -> None:
    model, alone = town(demand=with_crowd(), called_out=0.5), town(demand=with_crowd())
    (task,) = tasks(model)
    booked = model.posts.ledger[:, Post.HEADQUARTERS, Work.OPERATIONS]
    assert np.flatnonzero(booked).tolist() == [3]
    relief = 6 - int(task["needed"])
    assert 0 < relief <= booked[3] / 480 / 2 + 1
    assert task["sent"] == 6
    found, other = model.results().indicators, alone.results().indicators
    audit(model.results())
    assert found["calls_total"] == other["calls_total"] == town().results().indicators["calls_total"] + 1
    assert found["officer_hours_operations"] == pytest.approx(booked[3] / 60)
    saved = relief * (300.0 - 90.0) / 60
    assert other["mass_incident_unit_hours"] - found["mass_incident_unit_hours"] == pytest.approx(saved, rel=0.1)
    assert other["officer_hours_on_scene"] - found["officer_hours_on_scene"] == pytest.approx(2 * saved, rel=0.3)
    assert found["administration_backlog_hours"] >= other["administration_backlog_hours"]


def test_all_strategies_meet_the_same_crowd_and_seeds_meet_others() -> None:
    runs = (("reactive", 1), ("hotspot", 1), ("reactive", 2))
    places = [town(strategy, seed=seed, demand=with_crowd()).rare.crowds for strategy, seed in runs]
    assert places[0] == places[1] != places[2]


def test_by_chance_there_are_as_many_as_the_rate_says() -> None:
    """Poisson of mean 36 in 180 days; false alarm 1e-5."""
    model = town(days=180, seed=9, demand=with_crowd(on_days=[], per_year=73.0, units=1, hours=0.1))
    assert abs(len(model.rare.crowds) - 180 * (1 - np.exp(-0.2))) < 4.42 * np.sqrt(180 * 0.16)
    assert max(int(one.start_min // 1440) for one in model.rare.crowds) < 180


def test_a_serial_offender_does_one_type_of_crime_often_and_then_is_as_before() -> None:
    model, plain = town(days=40, demand=with_series()), town(days=40)
    (series,) = model.rare.series
    assert (series.since_day, series.until_day) == (2, 23)
    now, then = model.world.offenders[series.offender], plain.world.offenders[series.offender]
    assert now["rate_per_min"] == then["rate_per_min"]
    assert np.array_equal(now["preference"], then["preference"])
    found = model.results()
    audit(found)
    crimes = found.tables["incidents"]
    mine = crimes["offender_id"] == series.resident
    of_series = mine & (crimes["time_min"] >= 2 * 1440) & (crimes["time_min"] < 23 * 1440)
    assert set(crimes["type"][of_series]) == {"burglary"}
    assert of_series.sum() > 10
    assert found.indicators["serial_crimes"] == of_series.sum()
    before = plain.results().tables["incidents"]
    assert (before["offender_id"] == series.resident).sum() < of_series.sum() / 4


def test_evidence_links_the_crimes_of_a_series() -> None:
    demand = {"serial_offenders": SERIES | {"weeks": 5}, "burglary": {"report_probability": 0.95}}
    model = town(days=40, demand=json.dumps(demand))
    (series,) = model.rare.series
    rows, crimes = model.posts.cases.rows, model.world.logs.incidents
    opened = rows[: model.posts.cases.used[0]]
    mine = opened[crimes["culprit_id"][opened["incident_id"]] == series.resident]
    assert len(mine) > 5
    assert mine["true_links"].sum() > 0


def test_series_begin_on_the_same_offender_whatever_the_police_do() -> None:
    demand = with_series()
    one, other = town(days=8, demand=demand).rare.series, town("hotspot", days=8, demand=demand).rare.series
    assert [(row.offender, row.since_day) for row in one] == [(row.offender, row.since_day) for row in other]
