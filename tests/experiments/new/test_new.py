"""`beatlab new` writes starting files that pass the lint and their own tests, and can be compared at once."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from beatlab.__main__ import main
from experiments.new.files import files_of, write
from sim.parameters import BadInput

REPOSITORY = Path(__file__).parents[3]
TINY = "city.residents=3000 city.area_km2=2 city.beats=1 city.districts=1 replications=2 days=3 warmup_days=2 workers=1"
LINT = ("--line-length=120", "--select=B,D,E,F,I,N,UP", "--ignore=D203,D213")
MADE = (("strategy", "社区热点"), ("programme", "doorstep"), ("indicator", "long_waits"), ("situation", "夜班-不足"))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def python(*words):
    surroundings = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run([sys.executable, "-m", *words], env=surroundings, capture_output=True, text=True)


@pytest.mark.parametrize(("what", "name"), MADE)
def test_what_is_written_passes_lint_and_test_and_is_compared_by_the_command_that_is_named(what, name, capsys):
    assert main(["new", what, name, "--dir", "我的"]) == 0
    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert {Path(path).name for path in told["written"].split(", ")} >= {f"test_{name}.py"}
    lint = python("ruff", "check", "--isolated", *LINT, "我的")
    assert lint.returncode == 0, lint.stdout
    assert python("ruff", "format", "--isolated", "--line-length=120", "--check", "我的").returncode == 0
    program, module, *words = shlex.split(told["test"])
    assert (program, module) == ("python", "-m")
    tested = python(*words, "-q", "-p", "no:cacheprovider")
    assert "1 passed" in tested.stdout, tested.stdout
    program, *words = shlex.split(told["compare"])
    assert program == "beatlab"
    assert main([*words, *TINY.split(), *([] if what == "situation" else ["shortages=[none]"])]) == 0
    summary = pl.read_parquet("out/compare/summary.parquet")
    named = {*summary.columns, *summary["strategy"], *summary["shortage"]}
    assert {f"hotspot with {name}" if what == "programme" else name} <= named


def test_a_situation_is_commented_in_either_language():
    chinese, english = (files_of("situation", "夜班", language) for language in ("zh", "en"))
    assert chinese.keys() == english.keys() == {"夜班.yaml", "test_夜班.py"}
    keys = [
        [re.sub(r"#.*", "", line).rstrip() for line in text["夜班.yaml"].splitlines()] for text in (chinese, english)
    ]
    said, others = ([line for line in of_language if line] for of_language in keys)
    assert [one for one in zip(said, others, strict=True) if one[0] != one[1]] == [("language: zh", "language: en")]
    assert chinese["夜班.yaml"] != english["夜班.yaml"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["strategy", "near-repeat"], "name: 'near-repeat' is not allowed: letters, digits and _"),
        (["strategy", "class"], "name: 'class' is not allowed"),
        (["strategy", "_"], "name: '_' is not allowed"),
        (["strategy", "random"], "name: 'random'"),
        (["strategy", "hotspot"], "name: .* strategy 'hotspot' exists"),
        (["programme", "visits"], "name: .* programme 'visits' exists"),
        (["situation", "uniform35"], "name: .* 'uniform35' exists"),
        (["situation", "town"], "name: .* 'town' exists"),
        (["situation", "a/b"], "name: 'a/b' is not allowed"),
        (["situation", "夜班", "language=fr"], "language: 'fr' is not allowed"),
        (["situation", "夜班", "days=3"], "days: 3 is not allowed"),
        (["situation", "夜班", "--dir", "file/below"], "--dir: .*'file/below'"),
        (["situation", "夜班", "--dir", "\x00"], "new|--dir"),
    ],
)
def test_a_name_that_cannot_be_used_is_told_in_one_line_and_nothing_is_written(words, says, capsys):
    Path("file").touch()
    assert main(["new", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert re.search(says, err)
    assert [path.name for path in Path().rglob("*")] == ["file"]


def test_nothing_is_overwritten():
    files = files_of("indicator", "waits", "en")
    Path("test_waits.py").write_text("mine")
    with pytest.raises(BadInput, match=r"^new: file '.*test_waits\.py' exists"):
        write(files, ".")
    assert not Path("waits.py").exists()
    assert Path("test_waits.py").read_text() == "mine"
