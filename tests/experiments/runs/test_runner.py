"""Many runs over processes: the same results for any number of workers, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from experiments.runs import processes
from experiments.runs import work as runner
from experiments.runs.cases import key_of, run_cases, with_seeds
from experiments.runs.cities import Cities, cities_of
from experiments.runs.engines import local
from experiments.runs.engines.engine import WorkerDied
from experiments.runs.engines.local import Local
from experiments.runs.simulation import simulate
from experiments.runs.work import run_all, work_through
from sim.authors import staying
from sim.parameters import BadInput
from sim.scenario import Scenario

REPOSITORY = Path(__file__).parents[3]
PATIENCE = (
    30  # seconds, on a machine that has much else to do; who waited for the end of a run would need a minute and more
)
TINY = {
    "city": {"residents": 2000, "area_km2": 2, "beats": 1, "districts": 1, "centres": 1},
    "days": 1,
    "warmup_days": 0,
}


def square(number):
    return number * number


def square_late(number):
    time.sleep(0.2 if number == 0 else 0)
    return number * number


def die_once(file):
    if not Path(file).exists():
        Path(file).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die_always(file):
    with Path(file).open("a") as stream:
        stream.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def end_the_program(number):
    sys.exit(0)


def end_the_process(number):
    os._exit(0)


def end_the_tracker(number):
    """Kill multiprocessing's tracker of resources, a brother of the fork server, from which this process was forked."""
    server = os.getppid()
    parent = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1]
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if "resource_tracker" in Path(f"/proc/{child}/cmdline").read_text():
            os.kill(int(child), signal.SIGKILL)
    return number * number


def refuse(number):
    if number == 1:
        raise BadInput("field", number, "anything else")
    time.sleep(0.05)


def environment_of_worker(name):
    return os.environ.get(name), signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def processes_of_group(group):
    """Return the processes of a process group that are alive."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, _, of_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(of_group) == group and state != "Z":
                found.append(int(folder.name))
    return found


SPOILED = []


def spoil(task):
    """Tell in which process a task is done, and who has spoiled it; code that is not to be trusted spoils it."""
    told = os.getpid(), [*SPOILED]
    if task["code"]:
        SPOILED.append(task["code"])
    return told


@pytest.mark.parametrize("workers", [1, 2])
def test_code_that_is_not_to_be_trusted_spoils_nothing_but_its_own_processes(monkeypatch, workers):
    monkeypatch.setattr(f"{__name__}.SPOILED", [])
    cases = {code: [{"code": code, "seed": seed} for seed in range(3)] for code in ("mine", "", "yours", "theirs")}
    monkeypatch.setattr("experiments.runs.placed.cities_of", lambda _tasks: Cities({}, {}))
    found = run_cases(spoil, cases, Local(workers), apart=lambda task: tuple(filter(None, [task["code"]])))
    assert [spoiled for _, spoiled in found[""]] == [[], [], []]
    processes = [{process for process, _ in runs} for runs in found.values()]
    if workers == 2:
        assert len(set().union(*processes)) == sum(map(len, processes)), "each has processes of its own"
        assert {
            name for code, runs in found.items() for _, spoiled in runs for name in spoiled if name != code
        } == set()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(workers):
    assert list(run_all(square_late, {str(i): i for i in range(6)}, workers).items()) == [
        (str(i), i * i) for i in range(6)
    ]


def test_progress_is_told_once_a_task():
    done = []
    work_through(square, {str(i): i for i in range(5)}, Local(2), lambda key, _: done.append(key))
    assert len(done) == 5


def test_nothing_to_do_starts_nothing():
    assert run_all(square, {}, 2) == {}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_of_a_task_passes_through(workers):
    with pytest.raises(BadInput, match="field: 1 is not allowed: anything else"):
        run_all(refuse, {str(i): i for i in range(50)}, workers)


def test_a_killed_worker_is_replaced_and_its_task_done_again(tmp_path):
    tasks = {str(i): str(tmp_path / str(i)) for i in range(3)}
    Path(tasks["0"]).touch()
    assert run_all(die_once, tasks, 2) == dict.fromkeys(tasks, "done")


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_that_is_killed_while_it_waits_for_work_holds_up_nobody(which):
    """It may hold the lock of the queue, for which the other would wait for ever when it is told to end."""
    with processes.pool_of(2) as (pool, _):
        assert [future.result() for future in [pool.submit(square, number) for number in (2, 3, 4)]] == [4, 9, 16]
        time.sleep(0.5)  # both wait for work, one of them with the lock
        workers = list(pool._processes.values())
        workers[which].kill()
    assert not any(worker.is_alive() for worker in workers)


def test_a_task_that_always_kills_its_worker_ends_in_a_clear_error(tmp_path):
    with pytest.raises(WorkerDied, match="try fewer workers"):
        run_all(die_always, {"a": str(tmp_path / "a"), "b": str(tmp_path / "a")}, 2)
    assert len((tmp_path / "a").read_text()) <= 2 * runner.MAX_ATTEMPTS


def test_workers_have_one_thread_and_ignore_ctrl_c_and_the_parent_does_not():
    before = dict(os.environ)
    assert set(run_all(environment_of_worker, {name: name for name in processes.ONE_THREAD}, 2).values()) == {
        ("1", True)
    }
    assert dict(os.environ) == before
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_ends_the_program_is_not_done(workers):
    with pytest.raises(WorkerDied, match=r"sys\.exit\(0\)"):
        run_all(end_the_program, {"a": 1, "b": 2}, workers)


def test_a_task_that_ends_its_process_is_not_done():
    with pytest.raises(WorkerDied, match="died 3 times"):
        run_all(end_the_process, {"a": 1, "b": 2}, 2)


@pytest.mark.parametrize("stillborn", [2, 3])
def test_workers_that_are_killed_before_they_begin_are_replaced_twice(stillborn, monkeypatch):
    pools, pool_of = [], local.pool_of

    class Stillborn:
        def submit(self, *_):
            raise BrokenExecutor

        def acquire(self, block):
            return False

    @contextmanager
    def made(size):
        pools.append(size)
        if len(pools) > stillborn:
            with pool_of(size) as living:
                yield living
        else:
            yield Stillborn(), Stillborn()

    monkeypatch.setattr(local, "pool_of", made)
    if stillborn == 3:
        with pytest.raises(WorkerDied, match="no worker process could begin"):
            run_all(square, {"a": 1, "b": 2}, 2)
    else:
        assert run_all(square, {"a": 1, "b": 2}, 2) == {"a": 1, "b": 4}
    assert len(pools) == 3


SCRIPT = """
import sys
from experiments.runs import processes
from experiments.runs import work as runner
from experiments.settings.request import Command
from experiments.settings.command import execute
import test_runner

processes.PRELOADED = []

def body(request):
    print(list(runner.run_all(test_runner.FUNCTION, {str(i): i for i in range(4)}, 2).values()))

GUARD
    sys.exit(execute(Command("run", "", {}), [], body))
"""


def script(folder, function="square", guard="if __name__ == '__main__':", **environment):
    """Run a script that runs a function over processes."""
    path = folder / "script.py"
    path.write_text(SCRIPT.replace("FUNCTION", function).replace("GUARD", guard))
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}:{Path(__file__).parent}", **environment}
    words = [sys.executable, path]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_a_tracker_of_resources_that_was_killed_disturbs_nobody(tmp_path):
    ran = script(tmp_path, "end_the_tracker")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[0, 1, 4, 9]\n", "")


def test_a_script_needs_no_guard_and_is_not_run_again_by_the_workers(tmp_path):
    ran = script(tmp_path, guard="if True:")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[0, 1, 4, 9]\n", "")


def test_a_temporary_folder_with_a_long_name_is_no_hindrance(tmp_path):
    long = tmp_path / ("x" * 200)
    long.mkdir()
    ran = script(tmp_path, TMPDIR=str(long))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[0, 1, 4, 9]\n", "")


@pytest.mark.parametrize("number", processes.ENDING)
def test_a_signal_waits_until_a_process_is_started(number):
    told = []
    usual = signal.signal(number, lambda *_: told.append("answered"))
    try:
        with processes.signals_deferred():
            signal.raise_signal(number)
            told.append("started")
    finally:
        signal.signal(number, usual)
    assert told == ["started", "answered"]


def test_a_scenario_is_looked_at_once_for_each_warm_up_that_it_may_have(monkeypatch):
    asked = []
    monkeypatch.setattr("sim.settling.name_of", lambda scenario: asked.append(scenario.seed))
    scenarios = [
        Scenario.model_validate({**TINY, "warmup_days": 7, "strategy": {"name": name}, "days": days})
        for name in ("reactive", "hotspot")
        for days in (1, 2)
    ]
    cities_of({f"{n} {r}": task for n, one in enumerate(scenarios) for r, task in enumerate(with_seeds(one, 3))})
    assert sorted(asked) == [1, 2, 3]


def test_equal_scenarios_have_one_key_and_another_seed_another():
    assert key_of({"a": 1, "seed": 1}) == key_of({"seed": 1, "a": 1}) != key_of({"a": 1, "seed": 2})


def test_one_and_two_workers_give_the_same_results():
    tasks = {
        f"{strategy} {seed}": {**TINY, "strategy": {"name": strategy}, "seed": seed}
        for seed in (1, 2)
        for strategy in ("reactive", "hotspot")
    }
    one, two = (run_all(simulate, tasks, workers) for workers in (1, 2))
    for key, result in one.items():
        assert result.indicators == two[key].indicators
        assert result.officer_hours == two[key].officer_hours
        np.testing.assert_array_equal(result.calls_by_hour, two[key].calls_by_hour)
        for name, values in result.cells.items():
            np.testing.assert_array_equal(values, two[key].cells[name])
    assert one["reactive 1"].indicators != one["reactive 2"].indicators


def nobody_left(group):
    """Wait until a process group is empty; return whether it is (the fork server ends a moment after its parent)."""
    limit = time.monotonic() + PATIENCE
    while processes_of_group(group) and time.monotonic() < limit:
        time.sleep(0.05)
    return not processes_of_group(group)


def long_comparison(folder):
    """Start a comparison that takes hours, each run minutes.

    Return it, in a process group of its own, when its workers compute.
    """
    words = ["city=county", "days=7300", "warmup_days=0", "replications=2", "workers=2", "out=made/out"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = subprocess.Popen(
        [sys.executable, "-m", "experiments.compare", *words],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    limit = time.monotonic() + 120
    while len(processes_of_group(command.pid)) < 5:  # itself, the tracker of resources, the fork server, two workers
        assert command.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)
    time.sleep(2)  # until all have begun to compute; sooner is a harder case, not a false alarm
    return command


def without_progress(errors):
    """Return the lines of an error stream but those that tell after ten seconds how much is done."""
    return [line for line in errors.splitlines() if not line.startswith("runs: ")]


def test_hanging_up_leaves_no_process_and_no_file(tmp_path):
    command = long_comparison(tmp_path)
    os.killpg(command.pid, signal.SIGHUP)
    errors = command.communicate(timeout=PATIENCE)[1]
    assert command.returncode == 128 + signal.SIGHUP
    assert without_progress(errors) == []
    assert nobody_left(command.pid)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("whom", ["group", "parent"])
def test_ctrl_c_leaves_no_process_and_no_file(tmp_path, whom):
    command = long_comparison(tmp_path)
    (os.killpg if whom == "group" else os.kill)(command.pid, signal.SIGINT)
    errors = command.communicate(timeout=PATIENCE)[1]
    assert command.returncode == 130
    assert without_progress(errors) == ["interrupted: nothing half-written is left"]
    assert nobody_left(command.pid)
    assert list(tmp_path.iterdir()) == []


def test_workers_end_when_their_parent_is_killed(tmp_path):
    command = long_comparison(tmp_path)
    command.kill()
    command.communicate(timeout=PATIENCE)
    assert nobody_left(command.pid)
    left = sorted(path.suffix or path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == [".claims", ".json", "lock"], "who opens the store next takes over what was claimed"


def be_in_the_code_of_an_author(file):
    with staying():
        Path(file).touch()
        time.sleep(600)


def test_workers_end_with_their_parent_while_they_run_code_of_an_author(tmp_path):
    """In which `os._exit` is refused: a worker that counted on it stayed for ever."""
    files = [str(tmp_path / name) for name in "ab"]
    words = f"from {__name__} import *; run_all(be_in_the_code_of_an_author, dict(zip('ab', {files})), 2)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(Path(__file__).parent)])}
    command = subprocess.Popen([sys.executable, "-c", words], env=environment, start_new_session=True)
    limit = time.monotonic() + 120
    while not all(Path(file).exists() for file in files):
        assert command.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)
    command.kill()
    command.wait()
    assert nobody_left(command.pid)


def test_the_number_of_processes_is_that_of_the_cores_where_the_system_tells_no_other(monkeypatch):
    monkeypatch.delattr("os.sched_getaffinity")  # as on macOS
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert [processes.processes_for(workers) for workers in (None, 1, 8)] == [3, 1, 8]
