"""`import beatlab`: all that the commands do, as functions that print, write and leave behind nothing."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

import beatlab as bl
from experiments import run
from experiments.compare import __main__ as compare
from experiments.settings.compose import compose
from experiments.settings.keywords import request_of
from experiments.settings.overrides import read_overrides
from experiments.settings.request import Command

REPOSITORY = Path(__file__).parents[2]
SMALL = {
    "city": "town",
    "settings": {"city.residents": 2000, "city": {"area_km2": 2, "beats": 1, "districts": 1}},
    "days": 2,
    "warmup_days": 1,
}
WORDS = (
    "city=town", "city.residents=2000", "city.area_km2=2", "city.beats=1", "city.districts=1", "days=2",
    "warmup_days=1",
)  # fmt: skip
COMPARED = {"strategies": ["reactive", "hotspot"], "shortages": ["none"], "replications": 3, "workers": 1}
COMPARED_WORDS = ("strategies=[reactive,hotspot]", "shortages=[none]", "replications=3", "workers=1")
ANY = Command("compare", "", {})


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def compared():
    return bl.compare(**SMALL, **COMPARED)


def python(folder, *words, **more):
    """Run Python in a folder, with this project on its path."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, **more
    )


def files_of(folder):
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def test_the_import_loads_nothing_that_takes_time(tmp_path):
    code = (
        "import sys, beatlab; print({'numba', 'numpy', 'polars', 'matplotlib', 'hydra', 'pydantic'} & {*sys.modules})"
    )
    assert python(tmp_path, "-c", code).stdout == "set()\n"


@pytest.mark.parametrize("name", bl.__all__)
def test_every_name_is_there(name):
    assert getattr(bl, name).__name__ == name
    assert name in dir(bl)


def test_a_name_that_is_not_there_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="no attribute 'compere'"):
        bl.compere  # noqa: B018


def test_a_comparison_gives_frames_an_answer_and_effects(compared):
    assert compared.summary.shape[0] == 6
    assert compared.summary["strategy"].unique().sort().to_list() == ["hotspot", "reactive"]
    assert compared.answer.startswith("Under no shortage, ")
    found = compared.effect("hotspot", "calls_total")
    by_seed = compared.summary.pivot("strategy", index="seed", values="calls_total")
    difference = (by_seed["hotspot"] - by_seed["reactive"]).mean()
    assert found.difference == pytest.approx(difference * 1000 / 2000 * 365 / 2)
    assert found == compared.effect("hotspot", "calls_total", shortage="none")
    assert compared.table["strategy"].to_list() == ["reactive", "hotspot"]
    assert compared.table["crimes_per_1000_year"].dtype == pl.Float64
    assert compared.answer.split()[-3:] == str(compared).split("\n\n")[0].split()[-3:]


def test_an_effect_shows_its_numbers_with_indicator_unit_and_verdict(compared):
    found = compared.effect("hotspot", "calls_total")
    shown = repr(found)
    assert shown.startswith("<Effect on calls_total: ")
    assert f"{found.unit}; {found.verdict}, n=3>" in shown
    assert "\n" not in shown
    assert len(shown) < 120


def test_an_indicator_that_no_run_has_is_said_to_be_absent(compared):
    with pytest.raises(bl.BadInput, match=r"pai.*of hotspot and of reactive.*was absent"):
        compared.effect("hotspot", "pai")


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("strategy", ("integrated",)),
        ("strategy", ("reactive",)),
        ("indicator", ("hotspot", "crime")),
        ("shortage", ("hotspot", "crimes_total", "uniform30")),
    ],
)
def test_an_effect_that_was_not_compared_is_refused(compared, field, asked):
    with pytest.raises(bl.BadInput) as caught:
        compared.effect(*asked)
    assert caught.value.field == field


def test_a_comparison_saves_what_the_command_writes(compared):
    folder = compared.save("mine")
    assert folder == Path("mine").resolve()
    assert compare.main([*WORDS, *COMPARED_WORDS, "out=theirs"]) == 0
    assert files_of("mine") == files_of("theirs")
    for name in ("summary", "effects", "cells", "ledger", "profiles", "duty"):
        assert pl.read_parquet(f"mine/{name}.parquet").equals(pl.read_parquet(f"theirs/{name}.parquet")), name
    assert Path("mine/scenario.yaml").read_text() == Path("theirs/scenario.yaml").read_text()


def test_the_command_prints_what_a_result_does(compared, capsys):
    assert compare.main([*WORDS, *COMPARED_WORDS, "out=theirs"]) == 0
    assert capsys.readouterr().out == f"{compared}report: theirs/report.html\n"


def test_a_notebook_shows_the_answer_the_table_and_a_figure(compared):
    html = compared._repr_html_()
    assert "<strong>Under no shortage" in html
    assert html.count("<tr>") == 4
    assert html.count("data:image/svg+xml") == 1
    assert compared.figures["effects"]._repr_svg_().lstrip().startswith("<?xml")
    assert "maps" in compared.figures


def test_nothing_is_printed_written_or_left_behind(capfd, tmp_path):
    before = [signal.getsignal(number) for number in signal.valid_signals()], dict(os.environ)
    bl.run(**SMALL, strategy="hotspot")
    bl.compare(**SMALL, **{**COMPARED, "replications": 2, "workers": 2})
    assert ([signal.getsignal(number) for number in signal.valid_signals()], dict(os.environ)) == before
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_a_run_gives_indicators_and_frames_with_nulls_and_saves_what_the_command_writes(capsys):
    found = bl.run(**{**SMALL, "days": 20}, strategy="hotspot", seed=3)
    assert found.indicators["days"] == 20
    assert found.tables["incidents"]["arrest_time_min"].null_count() > 0
    found.save("mine")
    assert run.main([*WORDS, "days=20", "strategy=hotspot", "seed=3", "out=theirs"]) == 0
    assert capsys.readouterr().out == f"{found}results: theirs\n"
    assert files_of("mine") == files_of("theirs")
    assert Path("mine/indicators.json").read_text() == Path("theirs/indicators.json").read_text()


def test_a_notebook_shows_the_table_of_a_run():
    found = bl.run(**SMALL, strategy="hotspot")
    html = found._repr_html_()
    measured = [name for name, value in found.indicators.items() if value is not None]
    assert html.count("<tr>") == 2 + len(measured)
    assert "hot-spot patrol · no shortage · 2 days · seed 1" in html
    assert f"<td>{found.indicators['calls_total'] * 1000 / 2000 * 365 / 2:g}</td>" in html


def test_a_scenario_is_that_of_a_run():
    scenario = bl.scenario(**SMALL, strategy={"dwell_min": 12, "deployment": "hotspot"}, force={"officers": 12})
    assert scenario.city.residents == 2000
    assert scenario.strategy.dwell_min == 12
    assert scenario.force.officers == 12


@pytest.mark.parametrize(
    ("field", "keywords"),
    [
        ("force.oficers", {"force": {"oficers": 3}}),
        ("strategies", {"strategies": ["hotspt"]}),
        ("replications", {"replications": 1}),
        ("out", {"out": "here"}),
        ("out", {"settings": {"out": "here"}}),
        ("city", {"city": 3}),
        ("seed", {"seed": object()}),
        ("replicatoins", {"replicatoins": 5}),
        ("days", {"days": 3, "settings": {"days": 4}}),
        ("force.officers", {"force": {"officers": 3}, "settings": {"force.officers": 4}}),
        ("settings", {"settings": [("days", 4)]}),
        ("settings", {"settings": "days=4"}),
        ("config_dir", {"config_dir": 5}),
        ("config_dir", {"config_dir": b"folder"}),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(field, keywords, tmp_path):
    with pytest.raises(bl.BadInput) as caught:
        bl.compare(**{**SMALL, **COMPARED, **keywords})
    assert caught.value.field == field
    assert list(tmp_path.iterdir()) == []


def test_what_python_gives_is_what_the_command_line_would_say():
    given = {
        "city": "沙县",
        "strategies": ["integrated without visits", "null", "it's"],
        "baseline": None,
        "seed": 7,
        "force.fraction": 1e-7,
        "same_force": False,
        "shortage.parts": [{"kind": "uniform", "fraction": 0.3}],
        "city.incidents_csv": Path("a folder, with/'quotes'.csv"),
        "city.name": "'quoted'",
    }
    request = request_of(ANY, {}, given)
    values = {key: value for key, value in given.items() if key != "city"}
    assert request.choices == {"city": "沙县"}
    assert request.values == {**values, "city.incidents_csv": "a folder, with/'quotes'.csv"}
    assert read_overrides(shlex.split(request.line)[2:]) == (request.choices, request.values)


def test_what_is_none_is_left_to_the_command_unless_it_stands_in_the_settings():
    assert request_of(ANY, {"seed": None}, {"workers": None}).values == {"workers": None}


def test_clearing_the_caches_changes_no_result():
    before = bl.run(**SMALL).indicators
    bl.clear_caches()
    assert bl.run(**SMALL).indicators == before


def test_a_run_takes_the_class_of_a_strategy_as_a_comparison_does():
    from sim.strategies.hotspot import Hotspot

    assert bl.scenario(**SMALL, strategy=Hotspot).strategy.name == "hotspot"


def test_comparisons_at_once_in_threads_give_what_each_gives_alone(compared, capfd):
    before = dict(os.environ), vars(sys.modules["__main__"]).get("__file__")
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(bl.compare, **SMALL, **{**COMPARED, "workers": workers}) for workers in (2, 2, 1)]
        assert all(found.result().summary.equals(compared.summary) for found in asked)
    assert (dict(os.environ), vars(sys.modules["__main__"]).get("__file__")) == before
    os.write(2, b"still here")
    assert capfd.readouterr() == ("", "still here")


def test_a_program_that_uses_hydra_itself_keeps_its_own(tmp_path):
    from hydra import compose as compose_of_hydra
    from hydra import initialize_config_dir

    (tmp_path / "mine.yaml").write_text("x: 1")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        assert bl.scenario(city="metropolis").city.name == "metropolis"
        assert compose_of_hydra("mine") == {"x": 1}


POOLED = """
import multiprocessing
import beatlab as bl

def summary(workers):
    small = {"city.residents": 2000, "city.area_km2": 2, "city.beats": 1, "city.districts": 1}
    asked = {"city": "town", "strategies": ["reactive"], "shortages": ["none"], "replications": 2, "days": 1}
    try:
        return bl.compare(**asked, warmup_days=0, workers=workers, settings=small).summary.height
    except bl.BadInput as error:
        return error.field

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(summary, [None, 1, 2]))
"""


def test_in_a_process_of_a_pool_a_comparison_stays_in_it(tmp_path):
    (tmp_path / "script.py").write_text(POOLED)
    ran = python(tmp_path, "script.py")
    assert (ran.stdout, ran.stderr) == ("[2, 2, 'workers']\n", "")


def test_a_working_directory_that_is_gone_is_named(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(bl.BadInput) as caught:
        bl.compare(**SMALL, **{**COMPARED, "workers": 2})
    monkeypatch.chdir(tmp_path)
    assert caught.value.field == "working directory"


def test_results_can_be_members_of_a_set_and_figures_tell_their_titles(compared):
    assert compared in {compared, bl.run(**SMALL)}
    assert repr(compared.figures["effects"]) == "<Figure effects: Differences to reactive policing>"


@pytest.mark.parametrize("folder", [None, 5, b"bytes", True, ""])
def test_what_is_no_folder_is_refused(compared, folder):
    for result in (compared, bl.run(**SMALL)):
        with pytest.raises(bl.BadInput) as caught:
            result.save(folder)
        assert caught.value.field == "out"


def test_keys_of_a_group_may_be_nested():
    flat = request_of(ANY, {}, {"force.officers": 90, "force.wellbeing.hires_per_year": 0.1})
    nested = request_of(ANY, {"force": {"officers": 90, "wellbeing": {"hires_per_year": 0.1}}})
    assert flat.values == nested.values
    assert compose("compare", {}, nested.values)["force"]["officers"] == 90
