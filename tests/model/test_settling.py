"""A run begins in a city that has settled under its status quo, the same for all strategies of a seed."""

from __future__ import annotations

import os
import pickle
import threading
import zlib
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pytest
from small_runs import in_county, in_town

import sim.settling
from experiments.runs.cities import cities_of, settle_waiting
from experiments.runs.engines.local import Local
from experiments.runs.progress import silent
from sim.disk_cache import read_sealed, write_sealed
from sim.incidents.base_rate import base_rates
from sim.incidents.log import INCIDENTS, new_logs
from sim.incidents.rate_fit import RateFit
from sim.model import CityModel
from sim.police.posts import Post
from sim.programmes.base import Programme
from sim.scenario import Scenario, prepared, status_quo

W = 28


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for settled cities that nobody has used; kernels stay where they are."""
    monkeypatch.setattr(sim.settling, "disk_cache", lambda _kind, _module: tmp_path)
    monkeypatch.setattr(sim.settling, "LATEST", {})
    return tmp_path


def happened(model: CityModel) -> dict[str, np.ndarray[Any, Any]]:
    """All columns of the log of crimes and of the calls."""
    logs = model.world.logs
    crimes, calls = logs.incidents[: logs.used[INCIDENTS]], logs.calls[: logs.used[1]]
    return {
        **{f"crimes.{name}": crimes[name].copy() for name in crimes.dtype.names},
        **{f"calls.{name}": calls[name].copy() for name in calls.dtype.names if name not in ("next_waiting",)},
    }


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_who_goes_on_with_the_status_quo_goes_on_as_if_nothing_had_begun(own_cache: Path) -> None:
    scenario = in_town(warmup_days=W, days=14, strategy={"name": "reactive"})
    model = CityModel(scenario)
    model.run()
    through = CityModel(status_quo(scenario))
    through._fit = RateFit(through.city, scenario.demand, W)
    through.run(W + 14)
    assert len(happened(through)["crimes.type"]) > 20
    assert alike(happened(model), happened(through))
    assert np.array_equal(model.staff.officers, through.staff.officers)


@pytest.mark.parametrize("strategy", ["hotspot", "campaign", "integrated"])
def test_strategies_begin_where_the_same_city_has_settled(own_cache: Path, strategy: str) -> None:
    one = CityModel(in_town(warmup_days=W, days=14, strategy={"name": "reactive"}))
    other = CityModel(in_town(warmup_days=W, days=14, strategy={"name": strategy}))
    assert alike(happened(one), happened(other))
    assert other.world.logs.visits[: other.world.logs.used[2]].size == 0
    other.run()
    one.run()
    assert not alike(happened(one), happened(other))


def test_a_kept_city_is_the_city_that_was_written(own_cache: Path) -> None:
    scenario = in_town(warmup_days=W, days=7, strategy={"name": "random_patrol"})
    first = CityModel(scenario)
    first.run()
    assert len(list(own_cache.iterdir())) == 1
    sim.settling.LATEST.clear()
    again = CityModel(scenario)
    again.run()
    assert alike(happened(first), happened(again))


@pytest.mark.parametrize("damage", [b"", b"nothing of ours", None])
def test_a_kept_city_that_is_not_as_it_was_written_is_made_anew(own_cache: Path, damage: bytes | None) -> None:
    scenario = in_town(warmup_days=7, days=3)
    before = happened(CityModel(scenario))
    (file,) = own_cache.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-40] + b"\0" + content[-39:] if damage is None else damage)
    sim.settling.LATEST.clear()
    assert alike(before, happened(CityModel(scenario)))
    assert read_sealed(file) is not None


def test_what_runs_write_stays_in_them(own_cache: Path) -> None:
    scenario = in_town(warmup_days=7, days=3)
    one, other = CityModel(scenario), CityModel(scenario)
    before = happened(other)
    one.world.logs.incidents["cell"] = -5
    one.world.society.residents["trust"] = 2.0
    assert alike(before, happened(other))
    assert other.world.society.residents["trust"].max() <= 1.0
    assert other.world.society.places.present is one.world.society.places.present


def test_the_name_of_a_warm_up_tells_all_that_it_follows_from_and_nothing_else() -> None:
    usual = in_town(warmup_days=W)
    same = (
        in_town(warmup_days=W, days=200, strategy={"name": "integrated"}),
        in_town(warmup_days=W, force={"changes": [{"factor": 0.7, "cause": "uniform"}]}),
        in_town(warmup_days=W, demand={"changes": [{"calls": ["service"], "factor": 2.0}]}),
    )
    others = (
        in_town(warmup_days=W + 1),
        in_town(warmup_days=W, seed=2),
        in_town(warmup_days=W, status_quo="random_patrol"),
        in_town(warmup_days=W, people={"offenders": {"share": 0.01}}),
    )
    name = sim.settling.name_of(usual)
    assert name is not None
    assert {sim.settling.name_of(one) for one in same} == {name}
    names = [sim.settling.name_of(one) for one in others]
    assert len({name, *names}) == 1 + len(others)
    assert sim.settling.name_of(in_town(warmup_days=0)) is None


def test_changes_and_organisations_begin_after_the_warm_up(own_cache: Path) -> None:
    missing = {"changes": [{"factor": 0.5, "cause": "uniform", "start_day": 2}]}
    scenario = in_town(warmup_days=7, days=5, force=missing)
    assert [change.start_day for change in prepared(scenario).force.changes] == [9]
    model = CityModel(scenario)
    heads = []
    for _ in range(4):
        model.run(1)
        heads.append(int(model.staff.strength.sum()))
    assert heads[0] == heads[1] > 1.8 * heads[2] == 1.8 * heads[3]


def test_cars_and_people_that_only_a_strategy_needs_come_after_all_others(own_cache: Path) -> None:
    before = CityModel(in_county(warmup_days=2, days=3))
    model = CityModel(in_county(warmup_days=2, days=3, strategy={"name": "campaign"}))
    n = len(before.world.police.units)
    assert len(model.world.police.units) > n
    assert np.array_equal(model.world.police.units[:n], before.world.police.units)
    model.run()
    assert (model.world.police.units["on_duty_min"][n:] > 0).any()
    more = CityModel(in_county(warmup_days=2, days=3, force={"changes": [{"factor": 1.5, "cause": "more"}]}))
    assert len(more.staff.officers) > len(before.staff.officers)
    more.run(1)
    assert more.staff.strength[:, Post.PATROL].sum() > 1.4 * before.staff.strength[:, Post.PATROL].sum()


def test_the_status_quo_is_a_strategy_that_there_is() -> None:
    with pytest.raises(ValueError, match="status_quo: 'nothing_such' is not allowed"):
        Scenario(status_quo="nothing_such")


def test_several_processes_settle_each_city_once(own_cache: Path) -> None:
    tasks = {
        f"{strategy} {seed}": in_town(warmup_days=7, seed=seed, strategy={"name": strategy}).model_dump(mode="json")
        for seed in (1, 2)
        for strategy in ("reactive", "hotspot")
    }
    cities = cities_of(tasks)
    assert len(cities.waiting(tasks)) == 2
    settle_waiting(cities.waiting(tasks), Local(1), silent)
    assert len(list(own_cache.iterdir())) == 2
    written = {file: file.stat().st_ino for file in own_cache.iterdir()}
    assert not cities.waiting(tasks)
    settle_waiting(cities.scenarios, Local(1), silent)
    assert {file: file.stat().st_ino for file in own_cache.iterdir()} == written


def test_a_city_that_two_need_at_once_settles_once(own_cache: Path) -> None:
    made, found = [], []

    def make() -> bytes:
        made.append(threading.get_ident())
        sleep(0.2)
        return b"a city"

    threads = [threading.Thread(target=lambda: found.append(sim.settling._kept("one", make))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 1
    assert found == [b"a city"] * 3
    assert [file.name for file in own_cache.iterdir()] == ["one"]


def test_a_warm_up_that_fails_leaves_it_to_the_next(own_cache: Path) -> None:
    def fail() -> bytes:
        raise ValueError("no such city")

    with pytest.raises(ValueError, match="no such city"):
        sim.settling._kept("one", fail)
    assert not list(own_cache.iterdir())
    assert not sim.settling.under_way("one")
    assert sim.settling._kept("one", lambda: b"a city") == b"a city"


def test_intercepts_follow_what_they_give() -> None:
    """Offences come exactly as intercepts say, twice as many as wanted: after some reviews they are as wanted."""
    model = CityModel(in_town(warmup_days=0))
    city, demand = model.city, model.scenario.demand
    wanted = base_rates(city, demand) * city.residents / 1000 / 365
    fit, logs, intercept = RateFit(city, demand, 728), new_logs(), np.zeros(7)
    for day in range(728):
        fit.review(day, intercept, logs)
        logs.chances[:] += 2.0 * wanted * np.exp(intercept)
    assert np.allclose(intercept, -np.log(2.0), atol=0.05)


class Planted:
    """What somebody who can write into our folder might leave there."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


def test_a_file_that_names_anything_but_a_city_is_not_carried_out(own_cache: Path) -> None:
    scenario = in_town(warmup_days=7, days=3)
    CityModel(scenario)
    (file,) = own_cache.iterdir()
    write_sealed(file, zlib.compress(pickle.dumps(Planted())))
    sim.settling.LATEST.clear()
    with pytest.raises(pickle.UnpicklingError, match=r"no state of a run is made of posix\.system"):
        CityModel(scenario)


def test_a_process_lets_go_of_the_settled_city_with_the_others(own_cache: Path) -> None:
    CityModel(in_town(warmup_days=7, days=3))
    assert sim.settling.LATEST
    sim.settling.clear_caches()
    assert not sim.settling.LATEST


def test_presence_that_a_programme_changes_holds_from_the_end_of_the_warm_up(own_cache: Path) -> None:
    def far(warmup_days: int) -> CityModel:
        return CityModel(in_town(warmup_days=warmup_days, days=3), programmes=[FarSighted(FarSighted.Parameters())])

    for settled, new in zip(
        (far(7).world.ground.in_view, *far(7).world.rules.deterrents),
        (far(0).world.ground.in_view, *far(0).world.rules.deterrents),
        strict=True,
    ):
        assert np.array_equal(settled, new)


class FarSighted(Programme):
    """Lets everybody see three times as far."""

    name = "far_sighted"

    def prepare(self, scenario: Any) -> Any:
        presence = scenario.presence.model_copy(update={"sight_m": 3 * scenario.presence.sight_m})
        return scenario.model_copy(update={"presence": presence})
