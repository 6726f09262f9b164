"""`beatlab trial`: what is refused, what it writes, and that it goes on where it was ended."""

from __future__ import annotations

import polars as pl
import pytest

import beatlab as bl
from experiments.languages.refusals import told
from experiments.languages.speech import speaking
from experiments.runs.store.store import open_store
from experiments.settings.keywords import request_of
from experiments.trial.__main__ import main
from experiments.trial.design import COMMAND, DESIGNS, WAITING, design
from experiments.trial.kept import watch
from sim.parameters import BadInput

pytest.importorskip("statsmodels")

TOWN = {"city": "town", "city.residents": 2000, "city.area_km2": 3, "city.beats": 3, "city.districts": 3}
SHORT = {**TOWN, "days": 70, "start_day": 35, "warmup_days": 0, "replications": 3, "workers": 1}


def asked_for(**given):
    return design(request_of(COMMAND, {"city": "town", "days": 140, "start_day": 56, **given}, None))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"strategies": ["reactive"]}, "strategies"),
        ({"strategies": ["intelligence_led"]}, "strategies"),
        ({"strategies": ["hotspt"]}, "strategies"),
        ({"designs": ["before"]}, "designs"),
        ({"designs": ["hot_spots"]}, "designs"),
        ({"strategies": ["directed_patrol"]}, "designs"),
        ({"outcomes": ["crimes_total"]}, "outcomes"),
        ({"treated": 2}, "treated"),
        ({"designs": ["before_after"], "treated": 3}, "treated"),
        ({"steps": 3}, "steps"),
        ({"start_day": 200}, "start_day"),
        ({"start_day": 113}, "start_day"),
        ({"start_day": 112, "begin": "after_bad_month"}, "start_day"),
        ({"before_days": 84}, "before_days"),
        ({"city.beats": 1, "city.districts": 1}, "designs"),
        ({"cities": 1}, "cities"),
        ({"replications": 2}, "replications"),
        ({"strategy": "hotspot"}, "strategy"),
        ({"strategy_course": {"phases": [{"start_day": 3}]}}, "strategy_course.phases"),
        ({"cities": 2, "settings.x": 1}, "settings.x"),
    ],
)
def test_a_trial_that_cannot_be_is_refused_in_one_line(given, field):
    with pytest.raises(BadInput) as caught:
        asked_for(**{"cities": 2, **given})
    assert caught.value.field == field
    assert "\n" not in str(caught.value)
    with speaking("zh"):
        said = told(caught.value)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said)


def test_a_strategy_that_acts_everywhere_is_named_with_what_can_be_limited():
    with pytest.raises(BadInput, match="intelligence") as caught:
        asked_for(cities=2, strategies=["intelligence_led"])
    assert "cannot be limited to districts" in str(caught.value)


def test_what_is_left_open_is_filled_in():
    plan, scenarios = asked_for(cities=2, strategies=["hotspot", "co_governance"])
    assert (plan["treated"], plan["steps"], plan["before_days"], plan["after_days"]) == (1, 2, 56, 84)
    assert list(scenarios) == [WAITING, "hotspot", "co_governance"]
    later, _ = asked_for(cities=2, begin="after_bad_month", start_day=56, looks=2)
    assert later["after_days"] == 56


def test_before_the_roll_out_everything_is_as_without_it(tmp_path):
    larger = {**SHORT, "city.residents": 8000, "city.area_km2": 6}
    plan, scenarios = design(request_of(COMMAND, larger, None))
    course = {"phases": [{"start_day": plan["start_day"], "districts": [0]}]}
    settings = scenarios["hotspot"].model_dump(mode="json") | {"strategy_course": course}
    quiet, there = watch(scenarios[WAITING].model_dump(mode="json")), watch(settings)
    for name in ("true", "recorded"):
        one, other = (getattr(seen, name) for seen in (quiet, there))
        one, other = (events.rows(events.known_day < plan["start_day"]) for events in (one, other))
        assert len(one.day)
        for column in ("kind", "day", "cell", "known_day"):
            assert getattr(one, column).tolist() == getattr(other, column).tolist()
    assert quiet.true.cell.tolist() != there.true.cell.tolist()
    assert len(quiet.recorded.day) < len(quiet.true.day), "police know of a part"


def test_a_study_writes_tables_figures_and_a_page_and_its_runs_are_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [*(f"{key}={value}" for key, value in SHORT.items()), "strategies=[hotspot,directed_patrol]"]
    words += [f"designs=[{','.join(DESIGNS)}]"]
    assert main([*words, "store=runs", "out=first"]) == 0
    said = capsys.readouterr().out
    assert "trial.html" in said
    names = {path.name for path in (tmp_path / "first").iterdir()}
    tables = {f"{name}.{end}" for name in ("trial", "estimates", "powers", "days_needed") for end in ("parquet", "csv")}
    assert tables | {"trial.html", "provenance.json", "figures"} <= names
    assert pl.read_parquet(tmp_path / "first" / "estimates.parquet").height == 3 * (4 + 1)
    assert pl.read_parquet(tmp_path / "first" / "trial.parquet")["design"].to_list() == list(DESIGNS)
    with open_store("runs") as store:
        kept = store.runs
    assert kept == 3 * (1 + 2 + 1)
    assert main([*words, "store=runs", "out=second", "language=zh"]) == 0
    chinese = capsys.readouterr().out
    assert "前后对比" in chinese
    with open_store("runs") as store:
        assert store.runs == kept
    first, second = (pl.read_parquet(tmp_path / name / "estimates.parquet") for name in ("first", "second"))
    assert first.equals(second)
    assert "<html lang" in (tmp_path / "first" / "trial.html").read_text(encoding="utf-8")


def test_python_gives_what_the_command_writes():
    given = {key: value for key, value in SHORT.items() if key not in ("city", "replications")}
    result = bl.trial(city="town", replications=3, designs="before_after", settings=given)
    assert result.worth.select("design", "trials").row(0) == ("before_after", 3)
    assert result.estimates.height == 3
    assert result.answer
    assert "before_after" not in repr(result)
