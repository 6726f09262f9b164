"""What may happen to a sweep, and what is there afterwards: all of it, once, to the bit (`study.py`: at length)."""

from __future__ import annotations

import os
import resource
import signal
import time

import pytest
from sweep_commands import begun, finished_here, half_written, rows_kept, rows_so_far, runs_in, workers_of

from experiments.sweep.__main__ import main

WORDS = ("strategy=reactive,random_patrol", "replications=6", "workers=2")
RUNS = 12


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return finished_here(tmp_path_factory.mktemp("undisturbed"), *WORDS)


def wait_for(process, folder, rows):
    while process.poll() is None and rows_so_far(folder) < rows:
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [5])
def test_a_sweep_whose_process_was_killed_goes_on_and_runs_nothing_twice(rows, tmp_path, undisturbed):
    process = begun(tmp_path, *WORDS)
    wait_for(process, tmp_path, rows)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "out").exists()
    assert finished_here(tmp_path, *WORDS).equals(undisturbed)
    assert rows_kept(tmp_path) == RUNS
    assert half_written(tmp_path) == []


@pytest.mark.slow
def test_a_sweep_outlives_a_worker_that_is_killed(tmp_path, undisturbed):
    process = begun(tmp_path, *WORDS)
    wait_for(process, tmp_path, 2)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    said = process.communicate()
    assert process.returncode == 0, said
    assert runs_in(tmp_path).equals(undisturbed)
    assert rows_kept(tmp_path) == RUNS


@pytest.mark.slow
def test_two_sweeps_at_once_on_one_store_share_the_work(tmp_path, undisturbed):
    both = [begun(tmp_path, *WORDS, f"out={tmp_path / name}") for name in ("out", "other")]
    for process in both:
        said = process.communicate()
        assert process.returncode == 0, said
    assert runs_in(tmp_path).equals(undisturbed)
    assert rows_kept(tmp_path) == RUNS
    assert finished_here(tmp_path, *WORDS).equals(undisturbed)
    assert half_written(tmp_path) == []


@pytest.mark.slow
def test_a_full_disk_ends_in_one_line_and_what_is_kept_is_whole(tmp_path, undisturbed):
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, usual[1]))
    try:
        process = begun(tmp_path, *WORDS)
        _, errors = process.communicate(timeout=300)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert process.returncode == 1
    assert errors.count("\n") == 1
    assert "File too large" in errors
    assert not (tmp_path / "out").exists()
    assert finished_here(tmp_path, *WORDS).equals(undisturbed)


FATAL = """
import multiprocessing, os, signal, time
import beatlab as bl

class Fatal(bl.Strategy):
    name = "fatal"
    def plan(self, briefing, rng):
        if multiprocessing.parent_process() is not None:
            DO
        return bl.PatrolPlan.none()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("do", "words", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", (), "ended its worker process 3 times"),
        ("time.sleep(600)", ("timeout_min=0.05",), "ran longer than 3 s"),
    ],
)
def test_a_run_that_kills_its_worker_or_hangs_is_a_row_with_its_error(do, words, why, tmp_path):
    own = tmp_path / "fatal.py"
    own.write_text(FATAL.replace("DO", do))
    runs = finished_here(tmp_path, "strategy=reactive,fatal", "replications=1", "workers=2", *words, "--with", str(own))
    errors = dict(zip(runs["strategy"], runs["error"], strict=True))
    assert errors["reactive"] is None
    assert why in errors["fatal"]
    assert runs["crimes_total"].null_count() == 1


SHORT = ("city=town", "days=1", "warmup_days=0", "replications=2", "workers=1")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["force.officers=range(1,10001)", "seed=1", "days=range(1,10001)"], "100,000,000 points"),
        (["engine=ray"], "beatlab[ray]"),
        (["engine=dask"], "beatlab[dask]"),
        (["engine=slurm"], "beatlab[slurm]"),
        (["engine.name=ray"], "the engine is chosen by engine=<name>"),
        (["engine=spark"], "one of dask, local, ray, slurm"),
        (["engine=local,ray"], "one value for the whole sweep"),
        (["engine.wait_s=1,2"], "one value for the whole sweep"),
        (["--detach"], "with engine=slurm"),
        (["points_csv=points.csv"], "no.such.key"),
        (["points_csv=of_command.csv"], "one value for the whole sweep"),
        (["store=future"], "another version"),
        (["--part", "0/4"], "1 ≤ k ≤ n"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(words, says, tmp_path, monkeypatch, capsys):
    from sim import extras

    (tmp_path / "points.csv").write_text("strategy,no.such.key\nreactive,1\n")
    (tmp_path / "of_command.csv").write_text("strategy,store\nreactive,elsewhere\n")
    (tmp_path / "future").mkdir()
    (tmp_path / "future" / "store.json").write_text('{"program": "beatlab", "format": 99}')
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    usual = extras.find_spec
    hidden = ("ray", "dask", "distributed", "submitit")
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name in hidden else usual(name))
    assert main([*SHORT, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert says in err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_store_that_may_only_be_read_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "access", lambda *_: False)  # who is root may write wherever modes alone forbid it
    assert main([*SHORT, f"store={tmp_path / 'store'}", f"out={tmp_path / 'out'}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
