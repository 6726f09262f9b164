"""Many independent tasks over processes: same results for any number of workers, no orphan after Ctrl-C or a crash."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
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


def run_all(
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    workers: int | None,
    done: Callable[[str, Result], None] = lambda _key, _result: None,
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
        Called in this process with key and result of each finished task.

    Returns
    -------
    dict
        Key → result, in the order of `tasks`, whatever the order in which they were finished.

    Raises
    ------
    WorkerDied
        When a task has ended its worker `MAX_ATTEMPTS` times. An exception of `function` passes through.
    BadInput
        For several workers in a process that may have none.
    """
    results: dict[str, Result] = {}
    workers = processes_for(workers)
    if workers == 1:
        for key, task in tasks.items():
            results[key] = _apply(function, task)
            done(key, results[key])
        return results
    attempts: Counter[str] = Counter()
    while waiting := deque(key for key in tasks if key not in results):
        size = min(workers, len(waiting))
        with pool_of(size) as (pool, begun):
            lost = _work_off(pool, size, function, tasks, waiting, results, done)
        if lost and not begun.acquire(block=False):
            raise WorkerDied("no worker process could begin (out of memory?); try fewer workers, or workers=1")
        attempts.update(lost)
        if lost and max(attempts[key] for key in lost) >= MAX_ATTEMPTS:
            raise WorkerDied(
                f"a worker process died {MAX_ATTEMPTS} times in the same run (out of memory?); try fewer workers, or "
                "a smaller city"
            )
    return {key: results[key] for key in tasks}


def _apply(function: Callable[[Task], Result], task: Task) -> Result:
    """Apply a function to a task; one that ends the program has not done it."""
    from sim.extensions import open_parcels

    open_parcels()
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
    done: Callable[[str, Result], None],
) -> list[str]:
    """Fill `results` until nothing waits or a worker dies; return the keys of the tasks that were then under way."""
    running: dict[Future[Result], str] = {}
    lost: list[str] = []
    while (waiting or running) and not lost:
        while waiting and len(running) < workers:
            key = waiting.popleft()
            try:
                with beginning():
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
            done(key, results[key])
    return lost + list(running.values())
