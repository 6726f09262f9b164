"""The command: a complete folder, a page that opens anywhere, one line for bad input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import polars as pl
import pytest
import yaml
from small_commands import SMALL_TOWN

import beatlab as bl
from experiments.patterns.published import rows
from experiments.patterns.studies import STUDIES
from experiments.patterns.trials.enacted import EXPERIMENTS
from experiments.validate import __main__ as validate
from sim.scenario import Scenario

REPOSITORY = Path(__file__).parents[3]
SMALL = (
    *SMALL_TOWN,
    "warmup_days=1",
    "replications=2",
    "workers=1",
)
TINY = {"city.residents": 200, "city.area_km2": 2, "city.beats": 1, "city.districts": 1}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_validation_leaves_a_complete_folder_and_a_page_of_its_own(capsys, monkeypatch):
    for kind in EXPERIMENTS:  # each has cities of its own, as large as that of the published one
        monkeypatch.setattr(kind, "tasks", lambda *_: [])
        monkeypatch.setattr(kind, "judge", lambda *_: [-20.0, -18.0])
    assert validate.main([*SMALL, "scope=full", "days=20", "out=made"]) == 0
    shown = capsys.readouterr().out
    assert shown.endswith("report: made/validate.html\n")
    assert re.search(r"\d+ of \d+ published patterns", shown)
    folder = Path("made")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    tables = {f"{name}.parquet" for name in ("patterns", "rates", "calls", "knox", "spiral", "coordination")}
    assert (
        tables
        | {
            "validate.html",
            "provenance.json",
            "scenarios.yaml",
            "scoreboard.json",
            "figures/scoreboard.svg",
            "figures/hours.png",
            "figures/hours.svg",
            "figures/concentration.svg",
        }
        <= files
    )
    assert set(json.loads((folder / "provenance.json").read_text())["files"]) == files
    patterns = pl.read_parquet(folder / "patterns.parquet")
    board = json.loads((folder / "scoreboard.json").read_text())
    assert board["rows"] == patterns.to_dicts()
    assert sum(row["rows"] for row in board["tallies"]) == patterns.height == len(rows())
    of_experiments = patterns.filter(pl.col("pattern").is_in([kind.name for kind in EXPERIMENTS]))
    assert of_experiments["mean"].to_list() == [-19.0] * len(EXPERIMENTS)
    assert {
        "name",
        "unit",
        "mean",
        "lower",
        "upper",
        "published_low",
        "published_high",
        "source",
        "use",
        "quality",
        "verdict",
        "needed",
    } <= set(patterns.columns)
    page = (folder / "validate.html").read_text()
    for name in patterns["name"]:
        assert name in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page), "the page needs the network or other files"
    studies = yaml.safe_load((folder / "scenarios.yaml").read_text())["studies"]
    assert Scenario.model_validate(studies["city_western"]).days == 20


def test_from_python_a_validation_has_its_tables_and_a_notebook_shows_every_pattern():
    found = bl.validate(city="town", days=1, replications=1, workers=1, settings={**TINY, "warmup_days": 1})
    assert list(found.tables) == ["patterns", "rates", "calls", "knox"]
    assert repr(found) == "<ValidationResult: 2 studies, 1 replications>"
    html = unescape(found._repr_html_())
    patterns = found.tables["patterns"]
    assert html.count("<tr>") == 1 + patterns["group"].n_unique() + patterns.height
    assert all(name in html for name in patterns["name"])
    assert html.count("not measured") >= (patterns["verdict"] == "not measured").sum() > 0


def test_days_without_any_crime_leave_gaps_and_no_error(capsys):
    assert validate.main([*SMALL, "city.residents=200", "days=1", "replications=1", "out=made"]) == 0
    patterns = pl.read_parquet("made/patterns.parquet")
    assert patterns.filter(pl.col("name") == "Home to burglary, median")["mean"].to_list() == [None, None]
    assert patterns.filter(pl.col("name") == "As is")["verdict"].to_list() == ["not measured"]
    assert "too little to draw" in Path("made/validate.html").read_text()


def test_the_settings_are_shown_for_every_study(capsys):
    assert validate.main(["days=7", "scope=full", "--cfg"]) == 0
    tree = yaml.safe_load(capsys.readouterr().out)
    assert set(tree["studies"]) == set(STUDIES)
    assert (tree["replications"], tree["studies"]["neither"]["days"]) == (10, 7)
    assert tree["studies"]["neither"]["people"]["residents"]["dwelling_spread"] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["demand=calls_only"], "each place has its own mix of incidents"),
        (["preset=city_china"], "county_china or city_western, or any beside bands="),
        (["scope=some"], "scope: 'some' is not allowed: should be 'quick' or 'full'"),
        (["bands=city_china"], "should be 'county_china' or 'city_western'"),
        (["replications=0"], "replications: 0 is not allowed: should be greater than or equal to 1"),
        (["workers=0"], "should be greater than or equal to 1"),
        (["seed=4294967295"], "the last of 10 replications would have 4294967304"),
        (["dayz=3"], "did you mean days?"),
        (["city=twon"], "did you mean town?"),
        (["days=0"], "days: 0 is not allowed"),
        (["force.patrol_units=0"], "it leaves no patrol unit on duty"),
        (["out=/proc/nowhere/out"], "cannot be written"),
    ],
)
def test_bad_input_ends_in_one_line(capsys, words, says):
    assert validate.main([*([] if words[0].startswith("city=") else ["city=town"]), *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert says in err
    assert list(Path().iterdir()) == []


def test_help_lists_keys_without_loading_the_model(empty_folder):
    code = (
        "import sys; sys.argv[1:] = ['--help']\nfrom experiments.validate.__main__ import main\n"
        "main()\nprint(sorted(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty_folder,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert "replications          runs of each study" in shown.stdout
    loaded = shown.stdout.splitlines()[-1]
    for module in ("numba", "mesa", "polars", "hydra", "pydantic", "numpy"):
        assert f"'{module}'" not in loaded


def test_the_help_is_silent_about_the_mix_which_each_place_has_of_its_own(capsys):
    assert validate.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "\n  strategy " in shown
    assert "\n  preset " in shown
    assert "\n  demand " not in shown
