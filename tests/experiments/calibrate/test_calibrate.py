"""The command from its words to its files, in a town so small that a run takes a fraction of a second."""

from __future__ import annotations

import polars as pl
import pytest
from small_commands import SMALL_TOWN

import beatlab as bl
from experiments.calibrate.__main__ import main
from experiments.calibrate.design import COMMAND, design, share_of
from experiments.runs.store.store import open_store
from experiments.settings.keywords import request_of
from sim import extras

SMALL = (
    *SMALL_TOWN, "days=14", "warmup_days=0", "workers=1", "replications=2", "fresh=5", "screen=2", "search=2",
    "waves=1", "points=11", "vectors=10", "parameters=[dispatch.scene_factor,demand.reporting.trust_slope]",
    "patterns=[calls_with_unit,unit_minutes]",
)  # fmt: skip


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    pytest.importorskip("optuna")
    pytest.importorskip("SALib")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_calibration_writes_a_set_that_goes_on_where_it_was_ended_and_speaks_chinese(in_folder, capsys):
    assert main([*SMALL, "store=runs", "out=first"]) == 0
    assert "beatlab compare parameters=first" in capsys.readouterr().out
    names = {path.name for path in (in_folder / "first").iterdir()}
    tables = {f"{name}.{end}" for name in ("parameters", "patterns", "screen") for end in ("csv", "parquet")}
    assert {"sets.csv", "calibrate.html", "provenance.json", "figures", *tables} <= names
    sets = pl.read_csv(in_folder / "first" / "sets.csv")
    assert sets.columns == ["dispatch.scene_factor", "demand.reporting.trust_slope", "weight"]
    assert sets["weight"].sum() == pytest.approx(1.0)
    assert sets["dispatch.scene_factor"].is_between(0.75, 1.35).all()
    parameters = pl.read_parquet(in_folder / "first" / "parameters.parquet")
    ends = ["prior_low", "low_95", "low_80", "median", "high_80", "high_95", "prior_high"]
    assert all(list(row) == sorted(row) for row in parameters.select(ends).iter_rows())
    patterns = pl.read_parquet(in_folder / "first" / "patterns.parquet")
    assert patterns["name"].to_list() == ["calls_with_unit", "unit_minutes"]
    screen = pl.read_parquet(in_folder / "first" / "screen.parquet")
    longer = screen.filter(pattern="unit_minutes", parameter="dispatch.scene_factor").row(0, named=True)
    assert longer["moves"]
    with open_store("runs") as store:
        kept = store.runs
    assert main([*SMALL, "store=runs", "out=again", "language=zh"]) == 0
    with open_store("runs") as store:
        assert store.runs == kept, "a calibration that is given again runs what is in the store"
    assert (in_folder / "first" / "sets.csv").read_bytes() == (in_folder / "again" / "sets.csv").read_bytes()
    told = capsys.readouterr().out
    assert "规律" in told
    assert "Patterns" not in told


def test_what_is_asked_for_is_what_is_varied():
    words = {"parameters": ["presence.sight_m", "dispatch.scene_factor=0.8..1.2"], "place": "city_western"}
    plan, problem = design(request_of(COMMAND, {"city": "town", **words}))
    assert plan["place"] == "city_western"
    assert [(one.name, one.low, one.high) for one in problem.factors] == [
        ("presence.sight_m", 30.0, 120.0), ("dispatch.scene_factor", 0.8, 1.2)
    ]  # fmt: skip
    assert all(one.use == "calibrate" for one in problem.patterns)
    assert {"violence_cleared", "calls_with_unit"} <= {one.name for one in problem.targets}
    assert [share_of(one, one.at(0.3)) for one in problem.factors] == pytest.approx([0.3, 0.3])
    assert problem.scenario(problem.usual).presence.sight_m == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("words", "said", "chinese"),
    [
        (["parameters=[people.search.nonsense]"], "parameters: 'people.search.nonsense'", "parameters"),
        (["patterns=[nonsense]"], "patterns: 'nonsense' is not allowed: one of", "patterns"),
        (["patterns=[generalised_gini]"], "kept to test the model", "检验模型"),
        (["patterns=[violence_cleared]"], "a pattern with a band in county_china", "公布范围"),
        (["points=3"], "points: 3 is not allowed: 5 or more, with 2 parameters", "至少 5"),
        (['parameters=["dispatch.scene_factor=0..200"]'], "within the declared bounds", "parameters"),
        (["place=atlantis"], "place: 'atlantis' is not allowed: one of county_china", "place"),
        (["preset=city_china"], "left out: place says it", "请去掉"),
        (["replications=1"], "replications: 1", "replications"),
        (["patterns=[robbery_recorded]", "days=1"], "more days, or a larger city", "更大的城市"),
    ],
)
def test_what_cannot_be_calibrated_ends_in_one_line(in_folder, capsys, words, said, chinese):
    for language, expected in (("en", said), ("zh", chinese)):
        assert main([*SMALL, *words, f"language={language}", "store=null", "out=none"]) == 2
        err = capsys.readouterr().err.strip().splitlines()
        assert expected in err[-1]
        assert not (in_folder / "none").exists()


def test_without_its_libraries_the_extra_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    assert main([*SMALL, f"out={tmp_path / 'none'}"]) == 2
    assert "pip install 'beatlab[calibrate]'" in capsys.readouterr().err


def test_python_gives_what_the_command_gives(in_folder):
    city = {"residents": 2000, "area_km2": 2, "beats": 1, "districts": 1}
    found = bl.calibrate(
        city=city, parameters="dispatch.scene_factor", patterns="unit_minutes", days=7, warmup_days=0, replications=2,
        fresh=5, screen=2, search=0, waves=0, points=20, vectors=5, workers=1,
    )  # fmt: skip
    assert found.sets.columns == ["dispatch.scene_factor", "weight"]
    assert found.parameters.height == found.patterns.height == found.screen.height == 1
    assert "parameters" in found.answer
