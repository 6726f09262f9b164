"""Engines: whatever carries tasks out, results are the same, and a worker that dies is replaced."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from experiments.runs.engines.adapter import Adapter, Luggage, carried_out, packed
from experiments.runs.engines.answers import check_answers
from experiments.runs.engines.choice import engine_of
from experiments.runs.engines.engine import Begun, Engine, WorkerDied
from experiments.runs.engines.settings import ENGINES, EXTRAS, SlurmSettings, checked, defaults_of
from experiments.runs.engines.slurm import Jobs
from experiments.runs.work import Patience, work_through
from experiments.sweep.__main__ import main
from sim.parameters import BadInput


class Threads(Engine):
    """Two threads; those batches of which something is in `fatal` lose their worker."""

    batch_s = 0.2
    die_alone = True

    def __init__(self, fatal=()):
        self.fatal, self.batches = {*fatal}, []

    @contextmanager
    def executor(self, most, own):
        with ThreadPoolExecutor(2) as pool:
            yield Adapter(lambda *given: pool.submit(self.begin, *given), lambda error: error), min(2, most)

    def begin(self, luggage, apply, batch):
        self.batches.append(batch)
        if self.fatal & {*batch}:
            raise BrokenExecutor
        return carried_out(luggage, apply, batch)


def slow_square(number):
    time.sleep(0.01)
    return number * number


def refuse_five(number):
    if number == 5:
        raise BadInput("number", number, "another one")
    return slow_square(number)


def keys(numbers):
    return {str(number): number for number in numbers}


def test_batches_take_as_long_as_the_engine_likes_and_are_small_at_both_ends():
    engine, found = Threads(), {}
    work_through(slow_square, keys(range(200)), engine, found.__setitem__)
    assert found == {str(number): number * number for number in range(200)}
    sizes = [len(batch) for batch in engine.batches]
    assert sizes[:2] == [1, 1]
    assert 8 <= max(sizes) <= 20, "0.2 s of tasks of 0.01 s"
    assert sizes[-1] == 1


def test_an_error_passes_through_and_what_came_before_it_is_kept():
    found = {}
    with pytest.raises(BadInput, match="another one"):
        work_through(refuse_five, keys([5]), Threads(), found.__setitem__)
    engine = Threads()
    engine.batch_s = 100.0
    with pytest.raises(BadInput, match="another one"):
        work_through(refuse_five, keys([0, 1, 2, 3, 4, 6, 7, 8, 9, 5, *range(10, 40)]), engine, found.__setitem__)
    assert {"0", "1", "2", "3", "4"} <= {*found}


def test_who_was_with_a_worker_that_died_is_tried_alone_and_given_up_after_three_times():
    engine, found, left = Threads(fatal=[7]), {}, {}
    work_through(slow_square, keys(range(60)), engine, found.__setitem__, Patience(left.__setitem__))
    assert {*found} == {str(number) for number in range(60) if number != 7}
    assert list(left) == ["7"]
    with_seven = [batch for batch in engine.batches if 7 in batch]
    assert len(with_seven) == 3
    assert with_seven[1:] == [[7], [7]]


class Queue(Threads):
    """A cluster on which each batch waits for 0.3 s before a worker begins with it."""

    @contextmanager
    def executor(self, most, own):
        yield Adapter(self.enqueue, lambda error: error), min(2, most)

    def enqueue(self, *given):
        future = Begun()

        def wait_and_begin():
            time.sleep(0.3)
            future.begun_at = time.monotonic()
            try:
                future.set_result(self.begin(*given))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=wait_and_begin, daemon=True).start()
        return future


def test_time_in_a_queue_is_no_time_of_a_run():
    engine, found, left = Queue(fatal=[2]), {}, {}
    work_through(slow_square, keys(range(3)), engine, found.__setitem__, Patience(left.__setitem__, limit_s=0.25))
    assert {*found} == {"0", "1"}
    assert "3 times" in left["2"]
    assert engine.batches.count([2]) == 3


def test_without_leave_to_give_up_the_third_death_is_an_error():
    with pytest.raises(WorkerDied, match="3 times"):
        work_through(slow_square, keys(range(4)), Threads(fatal=[2]), lambda *_: None)


def test_a_worker_with_another_version_of_the_model_is_refused():
    with pytest.raises(BadInput, match="another version of the model"):
        carried_out(Luggage("other", ()), slow_square, 2)
    assert carried_out(packed(), slow_square, 2) == 4


def test_an_adapter_hands_on_results_errors_and_deaths():
    theirs = [Future(), Future(), Future()]
    waiting = iter(theirs)
    adapter = Adapter(lambda *_: next(waiting), lambda error: None if isinstance(error, OSError) else error)
    ours = [adapter.submit(slow_square, 2) for _ in theirs]
    theirs[0].set_result(4)
    theirs[1].set_exception(ValueError("theirs"))
    theirs[2].set_exception(OSError("gone"))
    assert ours[0].result(1) == 4
    assert isinstance(ours[1].exception(1), ValueError)
    assert isinstance(ours[2].exception(1), BrokenExecutor)


@contextmanager
def listener(speak):
    """Give the port of a server that takes calls, and does with each what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls = []

        def answer():
            while True:
                try:
                    calls.append(server.accept()[0])
                except OSError:
                    return
                speak(calls[-1])

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        for call in calls:
            call.close()


def test_an_address_at_which_nobody_answers_is_named_in_bounded_time():
    with listener(lambda call: call.send(b"hello")) as port:
        check_answers(f"127.0.0.1:{port}", 1, 5, False)
        check_answers("tcp://127.0.0.1", port, 5, False)
    for speak in (lambda _: None, lambda call: call.close()):
        begun = time.monotonic()
        with listener(speak) as port, pytest.raises(BadInput, match="nobody answers at"):
            check_answers(f"127.0.0.1:{port}", 1, 0.3, False)
        assert time.monotonic() - begun < 5
    with pytest.raises(BadInput, match="nobody answers at"):
        check_answers(f"127.0.0.1:{port}", 1, 5, False)
    for address in ("", "host:x", "://"):
        with pytest.raises(BadInput):
            check_answers(address, 1, 1, False)


def test_settings_of_engines_are_declared_and_checked():
    assert {*ENGINES} == {"local", *EXTRAS}
    for name, kind in ENGINES.items():
        for field, info in kind.model_fields.items():
            assert field == "name" or info.json_schema_extra["unit"]
            assert field == "name" or info.description
        assert defaults_of(name)["name"] == name
    for engine in ({"name": "local", "address": "x"}, {"name": "slurm", "minutes": 0}):
        with pytest.raises(BadInput):
            checked(engine)


def test_jobs_are_for_sweeps_alone():
    with pytest.raises(BadInput, match="beatlab sweep"):
        engine_of({"engine": defaults_of("slurm"), "workers": None})


def test_runs_are_packed_into_jobs_by_the_time_that_they_take(tmp_path):
    jobs = Jobs(tmp_path, SlurmSettings(minutes=10, cpus=4))
    assert jobs.sizes(1000, 6.0) == [333, 333, 334], "400 would fill a job: three of about the same size"
    assert jobs.sizes(3, 1e6) == [1, 1, 1]
    assert sum(jobs.sizes(12_345, 7.0)) == 12_345


SWEEP = ("city=town", "days=2", "warmup_days=0", "replications=3", "strategy=reactive,random_patrol")


def swept(folder: Path, *words: str) -> pl.DataFrame:
    assert main([*SWEEP, *words, f"store={folder / 'store'}", f"out={folder / 'out'}"]) == 0
    return pl.read_parquet(folder / "out" / "runs.parquet").drop("seconds", strict=False)


LEFT = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # jobs are left on purpose


@LEFT
@pytest.mark.slow
@pytest.mark.parametrize(
    ("library", "words"),
    [
        ("ray", ["engine=ray"]),
        ("distributed", ["engine=dask"]),
        ("submitit", ["engine=slurm", "engine.cluster=local", "engine.minutes=0.01"]),
    ],
)
def test_a_sweep_is_the_same_wherever_it_is_run(library, words, tmp_path):
    pytest.importorskip(library, reason=f"the extra that brings {library} is not installed")
    assert swept(tmp_path / "there", *words).equals(swept(tmp_path / "here", "workers=1"))


@LEFT
@pytest.mark.slow
def test_a_queue_that_does_not_answer_is_one_line_and_nothing_is_run(tmp_path, capsys, monkeypatch):
    pytest.importorskip("submitit")
    for name in ("srun", "sbatch", "squeue"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\necho 'slurm_load_jobs error: Unable to contact slurm controller' >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    words = ("city=town", "days=1", "warmup_days=0", "replications=2", "engine=slurm", f"store={tmp_path / 'store'}")
    for more in ((), ("--detach",), ("engine.options={nonsense: 1}",)):
        assert main([*words, f"out={tmp_path / 'out'}", *more]) == 2
        errors = capsys.readouterr().err
        assert errors.count("\n") == 1
        assert ("nonsense" if more[:1] == ("engine.options={nonsense: 1}",) else "does not answer") in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin"]


def test_jobs_are_submitted_and_left_and_never_twice(tmp_path, capsys):
    pytest.importorskip("submitit", reason="the extra slurm is not installed")
    words = ["engine=slurm", "engine.cluster=local", f"store={tmp_path / 'store'}", f"out={tmp_path / 'out'}"]
    for _ in range(2):
        assert main([*SWEEP, *words, "--detach"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 2
    assert told[0] == told[1] == "5 runs are with jobs; --status tells how far they are", "one was measured here"
    assert not (tmp_path / "out").exists()
    assert main([*SWEEP, *words]) == 0, "it waits for them"
    rows = pl.scan_parquet(list((tmp_path / "store" / "shards").glob("*.parquet")))
    assert rows.select(pl.len()).collect().item() == 6
    assert not (tmp_path / "store" / "jobs").exists()


@pytest.mark.slow
def test_tasks_of_dask_without_any_worker_are_given_up_and_not_waited_for_for_ever():
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    engine = engine_of({"engine": {**defaults_of("dask"), "wait_s": 3.0}, "workers": 1})
    with engine, engine.executor(1, own=False) as (executor, _):
        assert executor.submit(os.getpid).result(timeout=90) != os.getpid()  # a worker takes some seconds to begin
        engine._cluster.scale(0)
        while engine._client.nthreads():  # a task that one is at when it goes is lost with it, and done again
            time.sleep(0.1)
        with pytest.raises(WorkerDied, match="no worker of dask was there for 30 s"):
            executor.submit(os.getpid).result(timeout=90)


@pytest.mark.slow
@pytest.mark.xfail(reason="seen once on a full machine: dask never answered for a task of a worker that was killed")
def test_a_worker_of_dask_that_is_killed_is_replaced_and_waiting_is_no_time_of_a_run(tmp_path):
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    engine = engine_of({"engine": defaults_of("dask"), "workers": 2})
    tasks = {str(number): str(tmp_path / str(number)) for number in range(4)}
    found = {}
    with engine:
        worked = Thread(target=work_through, args=(die_once, tasks, engine, found.__setitem__), daemon=True)
        worked.start()
        worked.join(timeout=90)
        assert not worked.is_alive(), "a task is waited for that will never be answered"
        with engine.executor(6, own=False) as (executor, _):
            futures = [executor.submit(time.sleep, 0.2) for _ in range(6)]
            for future in futures:
                future.result()
    assert found == dict.fromkeys(tasks, "done")
    begun_at = [future.begun_at for future in futures]
    assert max(begun_at) - min(begun_at) > 0.2, "two at a time: the last have waited for the first"


def die_once(file):
    if not Path(file).exists():
        Path(file).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"
