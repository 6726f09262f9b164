"""Many independent runs over processes: same results for any number of workers, no orphan after Ctrl-C or a crash."""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import os
import signal
import tempfile
import threading
import warnings
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, forkserver, resource_tracker, util
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from multiprocessing.synchronize import Semaphore

    import numpy as np

    from sim.scenario import Scenario

MAX_ATTEMPTS = 3
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PRELOADED = ["sim.model"]  # imported once, by the server from which the workers are forked
ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

GUARD = "a script that starts runs needs the line `if __name__ == '__main__':` before them"
LONGEST_TMPDIR = 70  # bytes: the address of a socket has at most 107, and ours stands in a folder there

Task = TypeVar("Task")
Result = TypeVar("Result")
Case = TypeVar("Case")


class WorkerDied(RuntimeError):
    """A task ended its worker process as often as we are ready to try."""


@dataclass(frozen=True)
class RunResult:
    """What a comparison keeps of one run.

    Attributes
    ----------
    indicators : dict
        Name → value, None where absent.
    cells : dict
        `crimes`, `harm`, `patrol_minutes`: each an array, shape [cells], over the measured days.
    officer_hours : dict
        (post, activity) → hours over the measured days.
    calls_by_hour : array
        Calls received by hour of day, mean a day, shape [24].
    duty : dict
        Post → mean number of officers on duty by hour of day, shape [24]; empty where a run does not tell.
    """

    indicators: dict[str, float | None]
    cells: dict[str, np.ndarray]
    officer_hours: dict[tuple[str, str], float]
    calls_by_hour: np.ndarray
    duty: dict[str, np.ndarray]


def key_of(settings: Mapping[str, Any]) -> str:
    """Return a name for a run that is the same for equal settings, the seed among them."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:24]


def simulate(settings: Mapping[str, Any]) -> RunResult:
    """Run one scenario and keep what a comparison needs.

    Parameters
    ----------
    settings : mapping
        The scenario as plain values (`scenario.model_dump(mode="json")`), which any process can be sent.
    """
    import numpy as np

    from sim.model import CityModel
    from sim.scenario import Scenario

    scenario = Scenario.model_validate(settings)
    model = CityModel(scenario)
    model.run()
    results = model.results()
    tables = results.tables
    hours = np.asarray(tables["calls"]["received_min"]) // 60 % 24
    return RunResult(
        indicators=dict(results.indicators),
        cells={name: np.asarray(tables["cells"][name], dtype=float) for name in ("crimes", "harm", "patrol_minutes")},
        officer_hours=officer_hours(tables["ledger"]),
        calls_by_hour=np.bincount(hours.astype(int), minlength=24) / scenario.days,
        duty=duty_by_hour(tables.get("duty", {})),
    )


def officer_hours(ledger: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return the officer-hours of a ledger by post and activity.

    Parameters
    ----------
    ledger : mapping
        Columns `post, activity, officer_minutes`.
    """
    minutes: Counter[tuple[str, str]] = Counter()
    for post, activity, spent in zip(*(ledger[name].tolist() for name in ("post", "activity", "officer_minutes")), strict=True):
        minutes[post, activity] += spent
    return {key: total / 60 for key, total in minutes.items()}


def duty_by_hour(duty: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the officers on duty of each post by hour of day, shape [24].

    Parameters
    ----------
    duty : mapping
        Columns `post, hour_of_day, officers`; empty where a run does not tell.
    """
    import numpy as np

    found: dict[str, np.ndarray] = {}
    for post, hour, officers in zip(*(np.asarray(duty.get(name, ())).tolist() for name in ("post", "hour_of_day", "officers")), strict=True):
        found.setdefault(post, np.zeros(24))[int(hour)] = officers
    return found


def with_seeds(scenario: Scenario, replications: int) -> list[dict[str, Any]]:
    """Return a scenario as plain values, once for each replication: r has its seed + r."""
    settings = scenario.model_dump(mode="json")
    return [{**settings, "seed": scenario.seed + r} for r in range(replications)]


def run_cases(function: Callable[[Any], Result], cases: Mapping[Case, Sequence[Mapping[str, Any]]], workers: int | None) -> dict[Case, list[Result]]:
    """Run the tasks of every case over processes, equal ones once, and show the progress.

    Parameters
    ----------
    function : callable
        See `run_all`.
    cases : mapping
        Case → its tasks, in the order of the seeds.
    workers : int or None
        Number of processes; None: one a core.

    Returns
    -------
    dict
        Case → results, in the order of its tasks.
    """
    from experiments.progress import progress

    keys = {case: [key_of(task) for task in tasks] for case, tasks in cases.items()}
    longest = max(map(len, keys.values()), default=0)
    unique = {keys[case][r]: tasks[r] for r in range(longest) for case, tasks in cases.items() if r < len(tasks)}  # all cases side by side
    with progress(len(unique), "runs") as done:
        results = run_all(function, unique, workers, done)
    return {case: [results[key] for key in of_case] for case, of_case in keys.items()}


def run_all(
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    workers: int | None,
    done: Callable[[], None] = lambda: None,
) -> dict[str, Result]:
    """Apply a function to every task, over processes.

    Parameters
    ----------
    function : callable
        At module level of an importable module; depends on nothing but its task.
    tasks : mapping
        Key → task; both are sent to a process.
    workers : int or None
        Number of processes; None: one a core; 1: no process is started.
    done : callable
        Called in this process after each finished task.

    Returns
    -------
    dict
        Key → result, in the order of `tasks`, whatever the order in which they were finished.

    Raises
    ------
    WorkerDied
        When a task has ended its worker `MAX_ATTEMPTS` times. An exception of `function` passes through.
    """
    results: dict[str, Result] = {}
    workers = workers or len(os.sched_getaffinity(0))
    if workers == 1:
        for key, task in tasks.items():
            results[key] = _apply(function, task)
            done()
        return results
    attempts: Counter[str] = Counter()
    while waiting := deque(key for key in tasks if key not in results):
        size = min(workers, len(waiting))
        with _pool(size) as (pool, begun):
            lost = _work_off(pool, size, function, tasks, waiting, results, done)
        if lost and not begun.acquire(block=False):
            raise WorkerDied(f"no worker process could begin; {GUARD}, or take workers=1")
        attempts.update(lost)
        if lost and max(attempts[key] for key in lost) >= MAX_ATTEMPTS:
            raise WorkerDied(f"a worker process died {MAX_ATTEMPTS} times in the same run (out of memory?); try fewer workers, or a smaller city")
    return {key: results[key] for key in tasks}


def _apply(function: Callable[[Task], Result], task: Task) -> Result:
    """Apply a function to a task; one that ends the program has not done it."""
    try:
        return function(task)
    except SystemExit as error:
        raise WorkerDied(f"a run has called sys.exit({error.code!r})") from error


def _work_off(
    pool: ProcessPoolExecutor,
    workers: int,
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    waiting: deque[str],
    results: dict[str, Result],
    done: Callable[[], None],
) -> list[str]:
    """Fill `results` until nothing waits or a worker dies; return the keys of the tasks that were then under way."""
    running: dict[Future[Result], str] = {}
    lost: list[str] = []
    while (waiting or running) and not lost:
        while waiting and len(running) < workers:
            key = waiting.popleft()
            try:
                with _signals_deferred():
                    running[pool.submit(_apply, function, tasks[key])] = key
            except BrokenProcessPool:  # a worker has died while it had nothing to do
                return [key, *running.values()]
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            key = running.pop(future)
            try:
                results[key] = future.result()
            except BrokenProcessPool:
                lost.append(key)
                continue
            done()
    return lost + list(running.values())


def begin_server() -> None:
    """Start the server from which workers are forked, if it does not run: begun early, it imports the model while this process reads settings."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)  # a worker that reads the script of its parent, which has no guard
    _make_room_for_sockets()
    with _environment_of_workers():
        forkserver.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()
    _replace_tracker()


@contextmanager
def _pool(workers: int) -> Iterator[tuple[ProcessPoolExecutor, Semaphore]]:
    """Give a pool whose processes are gone when the block ends, however it ends, and a count of those that began."""
    context = multiprocessing.get_context("forkserver")
    before = set(multiprocessing.active_children())
    begin_server()
    begun = context.Semaphore(0)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker, initargs=(begun,))
    try:
        yield pool, begun
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    finally:
        _replace_tracker()  # before the semaphores go
        pool.shutdown(wait=True, cancel_futures=True)


def _replace_tracker() -> None:
    """Start multiprocessing's tracker of semaphores anew if it was killed.

    The new one does not know the old names, and would say so at length.
    """
    try:
        error_stream = os.dup(2)
    except OSError:  # it is closed: nobody can be disturbed
        return
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    try:
        with warnings.catch_warnings(action="ignore"):
            resource_tracker.ensure_running()
    finally:
        os.dup2(error_stream, 2)
        os.close(error_stream)
        os.close(silent)


def _make_room_for_sockets() -> None:
    """Let multiprocessing make the folder of its sockets, not in a temporary folder whose name is too long for them."""
    usual, given = tempfile.gettempdir(), tempfile.tempdir
    try:
        if len(os.fsencode(usual)) > LONGEST_TMPDIR:
            tempfile.tempdir = "/tmp"
        util.get_temp_dir()  # is made once a process
    except OSError as error:
        from sim.parameters import BadInput

        allowed = f"at most {LONGEST_TMPDIR} bytes, since /tmp cannot be written ({error.strerror})"
        raise BadInput("TMPDIR", usual, allowed) from None
    finally:
        tempfile.tempdir = given


@contextmanager
def _environment_of_workers() -> Iterator[None]:
    """Let the processes that are started inside have one thread each, deaf to Ctrl-C and hanging up: ours to answer."""
    saved = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    in_main_thread = threading.current_thread() is threading.main_thread()
    deaf_to = (signal.SIGINT, signal.SIGHUP) if in_main_thread else ()
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in deaf_to}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for name, value in saved.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Answer signals after the block: a process that is being started would complain that its parent has gone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    come: list[int] = []
    ours = [number for number in ENDING if callable(signal.getsignal(number))]
    handlers = {number: signal.signal(number, lambda number, _frame: come.append(number)) for number in ours}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if come:
        signal.raise_signal(come[0])


def _begin_worker(begun: Semaphore) -> None:
    """Say that this process has begun, ignore Ctrl-C, and end with the parent, even when that was killed.

    What was imported stays, and need not be looked through for garbage.
    """
    begun.release()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
