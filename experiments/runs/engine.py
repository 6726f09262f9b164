"""Many independent tasks over processes: same results for any number of workers, no orphan after Ctrl-C or a crash."""

from __future__ import annotations

import signal
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from experiments.runs.processes import beginning, pool_of, processes_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future, ProcessPoolExecutor

MAX_ATTEMPTS = 3

Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerDied(RuntimeError):
    """A task ended its worker process as often as we are ready to try."""


def run_all(function: Callable[[Task], Result], tasks: Mapping[str, Task], workers: int | None) -> dict[str, Result]:
    """Apply a function to every task, over processes; return the results by key, in the order of the tasks.

    See `work_through`.
    """
    results: dict[str, Result] = {}
    work_through(function, tasks, workers, results.__setitem__)
    return {key: results[key] for key in tasks}


def work_through(
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    workers: int | None,
    done: Callable[[str, Result], None],
    given_up: Callable[[str, str], None] | None = None,
    limit_s: float | None = None,
) -> None:
    """Apply a function to every task, over processes, and hand on each result; none of them is held.

    Parameters
    ----------
    function : callable
        At module level of an importable module; depends on nothing but its task.
    tasks : mapping
        Key → task; both are sent to a process.
    workers : int or None
        Number of processes; None: one a core; 1: no process is started, unless tasks may be given up.
    done : callable
        Called in this process with key and result of each finished task, in the order in which they finish.
    given_up : callable, optional
        Called with the key of a task that has ended its worker `MAX_ATTEMPTS` times, or ran too long, and why it was
        left; the others go on. Absent: that is an error.
    limit_s : float, optional
        Seconds after which a task is given up.

    Raises
    ------
    WorkerDied
        When a task has ended its worker `MAX_ATTEMPTS` times. An exception of `function` passes through.
    BadInput
        For several workers in a process that may have none.
    """
    workers = processes_for(workers)
    if workers == 1 and given_up is None:
        for key, task in tasks.items():
            done(key, _apply(function, task))
        return
    attempts: Counter[str] = Counter()
    open_keys = dict.fromkeys(tasks)  # in their order
    while open_keys:
        fresh = [key for key in open_keys if given_up is None or not attempts[key]]
        waiting = deque(fresh or list(open_keys)[:1])  # who may have ended a worker is tried alone, so that it is known
        size, begun_at = min(workers, len(waiting)), monotonic()
        with pool_of(size) as (pool, begun):
            lost = _work_off(pool, size, partial(_apply, function, limit_s=limit_s), tasks, waiting, open_keys, done)
        if lost and not begun.acquire(block=False):
            raise WorkerDied("no worker process could begin (out of memory?); try fewer workers, or workers=1")
        attempts.update(lost)
        if given_up is None and any(attempts[key] >= MAX_ATTEMPTS for key in lost):
            raise WorkerDied(
                f"a worker process died {MAX_ATTEMPTS} times in the same run (out of memory?); try fewer workers, or "
                "a smaller city"
            )
        if given_up is not None and lost and not fresh:
            (key,) = lost
            late = limit_s is not None and monotonic() - begun_at >= limit_s
            if late or attempts[key] >= MAX_ATTEMPTS:
                del open_keys[key]
                told = f"it ended its worker process {MAX_ATTEMPTS} times"
                given_up(key, f"it ran longer than {limit_s:g} s" if late else told)


def _apply(function: Callable[[Task], Result], task: Task, limit_s: float | None = None) -> Result:
    """Apply a function to a task; one that ends the program has not done it, and one that takes too long is killed."""
    from sim.extensions import open_parcels

    open_parcels()
    if limit_s is not None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        return function(task)
    except SystemExit as error:
        raise WorkerDied(f"a run has called sys.exit({error.code!r})") from error
    finally:
        if limit_s is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _work_off(
    pool: ProcessPoolExecutor,
    workers: int,
    apply: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    waiting: deque[str],
    open_keys: dict[str, None],
    done: Callable[[str, Result], None],
) -> list[str]:
    """Take keys from those open until nothing waits or a worker dies; return those of tasks then under way."""
    running: dict[Future[Result], str] = {}
    lost: list[str] = []
    while (waiting or running) and not lost:
        while waiting and len(running) < workers:
            key = waiting.popleft()
            try:
                with beginning():
                    running[pool.submit(apply, tasks[key])] = key
            except BrokenProcessPool:  # a worker has died while it had nothing to do
                return [key, *running.values()]
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            key = running.pop(future)
            try:
                result = future.result()
            except BrokenProcessPool:
                lost.append(key)
                continue
            del open_keys[key]
            done(key, result)
    return lost + list(running.values())
