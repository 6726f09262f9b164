"""How commands begin and end: help without the model, signals, errors of authors, disks and readers that fail."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from small_commands import SMALL_TOWN

from experiments.compare import __main__ as compare
from experiments.settings.command import execute
from experiments.settings.request import Command
from sim.parameters import AuthorError

REPOSITORY = Path(__file__).parents[3]
SMALL = (
    *SMALL_TOWN,
    "days=2",
    "warmup_days=1",
)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["run", "compare.__main__"])
def test_help_lists_groups_and_keys_without_loading_the_model(name, empty_folder):
    code = (
        f"import sys; sys.argv[1:] = ['--help']\nfrom experiments.{name} import main\nmain()\n"
        "print(sorted(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty_folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    for word in (
        "metropolis",
        "uniform30",
        "warmup_days",
        "city.cell_m",
        "force.patrol_units",
        "strategy.dwell_min",
        "default: 728",
    ):
        assert word in shown.stdout
    loaded = shown.stdout.splitlines()[-1]
    for module in ("numba", "mesa", "polars", "hydra", "pydantic", "numpy"):
        assert f"'{module}'" not in loaded


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell")
def test_a_reader_that_goes_away_is_no_error(empty_folder):
    line = f"{sys.executable} -m experiments.run --cfg | head -1; exit ${{PIPESTATUS[0]}}"
    shown = subprocess.run(
        ["bash", "-c", line],
        cwd=empty_folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert (shown.stdout, shown.stderr, shown.returncode) == ("out: out/run\n", "", 0)


@pytest.fixture
def command(monkeypatch):
    """Carry out a command with a body of one's own; the signals and the environment are as before afterwards."""
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    numbers = (signal.SIGTERM, signal.SIGHUP)
    handlers = [signal.getsignal(number) for number in numbers]
    yield lambda body: execute(Command("run", "", {}), [], body)
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)


def test_an_authors_error_is_one_line_and_its_traceback_a_file(capsys, command, empty_folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(empty_folder))
    said = "ZeroDivisionError: division by zero"
    text = f"Traceback (most recent call last):\n  File 'mine.py', line 3\n{said}"

    def body(_request):
        raise pickle.loads(pickle.dumps(AuthorError("strategy 'mine'", 3, said, text)))  # as a worker sends it

    assert command(body) == 2
    (file,) = empty_folder.iterdir()
    what = f"strategy 'mine' failed on day 3: {said}"
    assert capsys.readouterr().err == f"error: {what}; where: {file}\n"
    assert file.read_text() == text


def test_the_latest_tracebacks_are_kept_and_what_others_wrote_there(capsys, command, empty_folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(empty_folder))
    (empty_folder / "beatlab-notes.txt").touch()

    def body(_request):
        raise AuthorError("strategy 'mine'", 3, "said", "text")

    for _ in range(8):
        command(body)
    last = capsys.readouterr().err.splitlines()[-1].rpartition("where: ")[2]
    left = {str(path) for path in empty_folder.iterdir()}
    assert len(left) == 6
    assert {last, str(empty_folder / "beatlab-notes.txt")} <= left


def test_what_ends_the_program_is_no_success(capsys, command):
    assert command(lambda _request: sys.exit(0)) == 2
    assert re.fullmatch(r"error: .*sys\.exit\(0\).*\n", capsys.readouterr().err)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_status_tells_the_signal(command, number):
    assert command(lambda _request: signal.raise_signal(number)) == 128 + number


def test_under_nohup_a_command_goes_on(command):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert command(lambda _request: signal.raise_signal(signal.SIGHUP)) == 0


def test_a_notebooks_backend_does_not_reach_the_figures(command):
    code = "import matplotlib; print(matplotlib.get_backend().lower())"
    told = []
    assert command(lambda _request: told.append(subprocess.check_output([sys.executable, "-c", code], text=True))) == 0
    assert told == ["agg\n"]


def test_a_comparison_whose_figures_cannot_be_drawn_keeps_its_tables(capsys, monkeypatch):
    def fail(*_):
        raise ImportError("no matplotlib")

    monkeypatch.setattr("experiments.compare.figures.draw_findings", fail)
    words = ("strategies=[reactive,hotspot]", "shortages=[none]", "replications=2", "workers=1", "out=made")
    assert compare.main([*SMALL, *words]) == 1
    err = capsys.readouterr().err
    assert re.match(r"error: .* \(ImportError: no matplotlib, ", err)
    assert err.count("\n") == 1
    made = {path.name for path in Path("made").iterdir()}
    assert {"summary.parquet", "effects.parquet", "hours.csv", "drawing_error.txt"} < made


def test_output_that_finds_no_room_ends_in_one_line(empty_folder):
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    words = [sys.executable, "-m", "experiments.run", "--cfg"]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(words, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ran.returncode == 1
    assert re.fullmatch(r"error: \[Errno 28\] .*\n", ran.stderr)
