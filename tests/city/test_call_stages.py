"""Claims about the stages of calls: columns in any form, distributions that are known, and times on scene in a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_city import Table, city_of, made_up, rows_of, save

from sim.city.read_rows import CALLS, Rows
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.handling import with_times_of_files
from sim.police.patrol.stages import StageParameters, stage_rule
from sim.scenario import Scenario

N = 2000
TYPES = ("NOISE", "WELFARE CHECK", "BURGLARY", "FAMILY DISPUTE")
MEAN = {"wait": (2.0, 8.0, 20.0), "travel": 6.0, "scene": (50.0, 30.0, 20.0)}  # by priority


def calls(form: str = "%Y-%m-%d %H:%M:%S", **changes: list[str]) -> Table:
    """Return calls whose stages have known means by priority, and gamma shape 3 on scene."""
    rng = np.random.default_rng(11)
    table = made_up(N, types=TYPES)
    start = np.array([text.replace(" ", "T") for text in table["Date"]], dtype="datetime64[s]")
    level = rng.integers(0, 3, N)
    wait = rng.exponential(np.array(MEAN["wait"])[level])
    travel = rng.lognormal(np.log(MEAN["travel"]) - 0.18, 0.6, N)
    scene = rng.gamma(3.0, np.array(MEAN["scene"])[level] / 3)
    moments = start + (60 * np.cumsum([wait, travel, scene], axis=0)).astype("timedelta64[s]")
    written = [[moment.item().strftime(form) for moment in stage] for stage in moments]
    names = ("TimeDispatch", "TimeArrive", "TimeClosed")
    times = {"TimeCreate": [moment.item().strftime(form) for moment in start]}
    del table["Date"]
    table |= times | dict(zip(names, written, strict=True)) | {"Priority": [str(i + 1) for i in level]}
    return table | changes


def read(tmp_path: Path, table: Table) -> Rows:
    return rows_of(save(tmp_path / "calls.csv", table), CALLS)


def means(rows: Rows, group: str = "all") -> dict[str, float]:
    return {fit.stage: fit.mean_min for fit in rows.report.stages if fit.calls_of == group}


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y年%m月%d日%H时%M分"])
def test_the_stages_of_a_file_are_read_in_any_form(tmp_path: Path, form: str) -> None:
    """Means of 2,000 draws: tolerance of four standard errors and the half minute that is cut."""
    found = means(read(tmp_path, calls(form)))
    assert found["call-taking and waiting"] == pytest.approx(10.0, abs=1.6)
    assert found["turn-out and travel"] == pytest.approx(6.0, abs=0.9)
    assert found["on scene"] == pytest.approx(100 / 3, abs=2.5)
    assert found["from receipt to arrival"] == pytest.approx(16.0, abs=1.8)
    assert len(found) == 4


def test_clocks_without_dates_are_read_past_midnight(tmp_path: Path) -> None:
    whole = calls()
    clocks = {name: [text[11:] for text in whole[name]] for name in ("TimeDispatch", "TimeArrive", "TimeClosed")}
    found, expected = means(read(tmp_path, whole | clocks)), means(read(tmp_path, whole))
    assert found["on scene"] == pytest.approx(expected["on scene"], rel=0.01)


def test_priorities_are_told_by_number_by_words_and_by_who_is_served_sooner(tmp_path: Path) -> None:
    table = calls()
    of_number = read(tmp_path, table)
    words = {"1": "Emergency", "2": "Prompt", "3": "Routine"}
    of_words = read(tmp_path, table | {"Priority": [words[text] for text in table["Priority"]]})
    backwards = read(tmp_path, table | {"Priority": [str(4 - int(text)) for text in table["Priority"]]})
    for rows in (of_number, of_words, backwards):
        assert means(rows, "P1")["on scene"] == pytest.approx(means(of_number, "P1")["on scene"])
        assert means(rows, "P1")["on scene"] == pytest.approx(50, abs=5)
    assert any("3 = P1" in notice for notice in backwards.report.notices)


def test_the_likelier_family_is_fitted(tmp_path: Path) -> None:
    fits = {fit.stage: fit for fit in read(tmp_path, calls()).report.stages if fit.calls_of == "P1"}
    assert fits["turn-out and travel"].family == "lognormal"
    assert fits["on scene"].family == "gamma"
    assert fits["on scene"].shape == pytest.approx(3.0, abs=0.6)
    assert all(fit.distance < 0.1 for fit in fits.values())


def test_stages_in_the_wrong_order_are_said_and_do_not_count(tmp_path: Path) -> None:
    table = calls()
    table["TimeArrive"][:100] = ["1999-01-01 00:00:00"] * 100
    rows = read(tmp_path, table)
    assert means(rows)["turn-out and travel"] == pytest.approx(6.0, abs=0.9)
    assert any("100 calls have a stage (turn-out and travel)" in notice for notice in rows.report.notices)


def test_the_columns_of_stages_are_said(tmp_path: Path) -> None:
    taken = {one.what: one.name for one in read(tmp_path, calls()).report.columns}
    assert taken["dispatched"] == "TimeDispatch"
    assert taken["cleared"] == "TimeClosed"
    assert taken["priority"] == "Priority"
    assert means(rows_of(save(tmp_path / "plain.csv", made_up()), CALLS)) == {}


def test_a_run_takes_the_times_on_scene_of_its_file(tmp_path: Path) -> None:
    city = city_of(calls=save(tmp_path / "calls.csv", calls()))
    demand = Scenario().demand
    changed = with_times_of_files(demand, city)
    assert changed.service.on_scene_min == pytest.approx((50, 30, 20), rel=0.15)
    assert changed.disputes.on_scene_min == pytest.approx((50, 30, 20), rel=0.15)
    assert changed.burglary.on_scene_min == pytest.approx(100 / 3, rel=0.1)
    assert changed.fraud == demand.fraud
    assert changed.reporting.service_shape == pytest.approx(3.0, abs=0.5)
    rule = demand_rule(changed, 100.0)
    assert rule.on_scene_min[IncidentType.SERVICE] == pytest.approx(changed.service.on_scene_min)


def test_where_no_file_says_it_the_settings_hold(tmp_path: Path) -> None:
    demand = DemandParameters()
    assert with_times_of_files(demand, city_of(save(tmp_path / "rows.csv", made_up()))) is demand


def test_a_run_takes_the_turn_outs_of_its_file_where_they_are_switched_on(tmp_path: Path) -> None:
    """The mean of 2,000 turn-outs of 2 minutes, to half a minute that is cut."""
    table = calls()
    sent = np.array([text.replace(" ", "T") for text in table["TimeDispatch"]], dtype="datetime64[s]")
    moved = sent + np.random.default_rng(5).exponential(120.0, N).astype("timedelta64[s]")
    table["TimeEnroute"] = [moment.item().strftime("%Y-%m-%d %H:%M:%S") for moment in moved]
    city = city_of(calls=save(tmp_path / "calls.csv", table))
    assert city.turn_out is not None
    assert city.turn_out.mean_min == pytest.approx(2.0, abs=0.2)
    assert city.turn_out.cv == pytest.approx(1.0, abs=0.15)
    off, on = (stage_rule(StageParameters(turn_out_station_min=mean), city) for mean in (0.0, 5.0))
    assert (off.turn_out_station_min, off.turn_out_road_min) == (0.0, 0.0)
    assert on.turn_out_station_min == city.turn_out.mean_min
    assert on.turn_out_cv == city.turn_out.cv
    assert on.turn_out_road_min == 0.0
    assert city_of(calls=save(tmp_path / "without.csv", calls())).turn_out is None


def test_a_lognormal_time_on_scene_has_the_variation_of_the_file(tmp_path: Path) -> None:
    """Gamma distributed times of shape 3 vary by 0.58 of their mean."""
    city = city_of(calls=save(tmp_path / "calls.csv", calls()))
    demand = DemandParameters.model_validate({"alarm": {"on_scene_cv": 2.0}})
    changed = with_times_of_files(demand, city)
    assert changed.alarm.on_scene_cv == pytest.approx(3**-0.5, abs=0.05)
    assert changed.service.on_scene_cv is None
    assert demand_rule(changed, 100.0).on_scene_cv[[IncidentType.ALARM, IncidentType.SERVICE]] == pytest.approx(
        [3**-0.5, 0.0], abs=0.05
    )
