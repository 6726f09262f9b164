"""A course is given to a command as everything else is."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import beatlab as bl
from experiments.run import COMMAND, main
from experiments.settings.compose import compose, scenario_of

TOWN = ["city=town", "city.residents=3000", "city.area_km2=2", "city.beats=4", "city.districts=2", "warmup_days=0"]
PHASES = (
    "strategy_course.phases=[{start_day: 2, districts: [1], strategy: {name: random_patrol, programmes: [visits]}}]"
)


def test_a_run_takes_a_course_and_the_parameters_of_its_programmes(tmp_path: Path) -> None:
    words = [*TOWN, "days=4", PHASES, "programmes.visits.visit_min=20", f"out={tmp_path / 'run'}"]
    assert main(words) == 0
    table = pl.read_parquet(tmp_path / "run" / "course.parquet")
    assert table.filter(pl.col("strategy") == "random_patrol").select("day", "district").rows() == [(2, 1), (3, 1)]
    assert "visit_min: 20" in (tmp_path / "run" / "scenario.yaml").read_text(encoding="utf-8")


def test_python_takes_it_nested() -> None:
    phases = [{"start_day": 2, "districts": [1]}]
    for settings in ({"strategy_course": {"phases": phases}}, {"strategy_course.phases": phases}):
        scenario = bl.scenario(city="town", strategy="hotspot", settings={"city.districts": 2, **settings})
        assert scenario.strategy_course.phases[0].districts == (1,)


def test_the_pilot_that_comes_with_the_project_is_allowed() -> None:
    scenario = scenario_of(compose("run", {"experiment": "pilot", "strategy": "hotspot"}, {}), COMMAND.keys)
    assert [phase.name for phase in scenario.strategy_course.phases] == ["pilot", "everywhere"]


def test_what_is_wrong_is_one_line_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*TOWN, "days=4", "strategy_course.phases=[{start_day: 2, districts: [7]}]", f"out={tmp_path / 'run'}"]
    assert main(words) == 2
    assert capsys.readouterr().err.strip() == (
        "error: strategy_course.phases.0.districts: 7 is not allowed: 0 to 1: there are 2"
    )
    assert not (tmp_path / "run").exists()
