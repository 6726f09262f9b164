"""Many independent tasks over workers: same results everywhere, what a worker that died had is done again."""

from __future__ import annotations

import signal
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait
from dataclasses import dataclass
from functools import partial
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from experiments.runs.engines.engine import Begun, WorkerDied
from experiments.runs.engines.local import Local

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from experiments.runs.engines.engine import Engine

MAX_ATTEMPTS = 3

Task = TypeVar("Task")
Result = TypeVar("Result")


class Patience(NamedTuple):
    """What becomes of a task that ends its worker `MAX_ATTEMPTS` times, or runs too long: it is left, the others go on.

    Attributes
    ----------
    given_up : callable
        Called with the key of such a task, and why it was left.
    limit_s : float or None
        Seconds after which a task is given up; None: never.
    """

    given_up: Callable[[str, str], None]
    limit_s: float | None = None


def all_of(keys: list[str]) -> list[str]:
    """Leave no task to others."""
    return keys


def run_all(function: Callable[[Task], Result], tasks: Mapping[str, Task], workers: int | None) -> dict[str, Result]:
    """Apply a function to every task, over processes; return the results by key, in the order of the tasks.

    See `work_through`.
    """
    results: dict[str, Result] = {}
    work_through(function, tasks, Local(workers), results.__setitem__)
    return {key: results[key] for key in tasks}


def work_through(
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    engine: Engine,
    done: Callable[[str, Result], None],
    patience: Patience | None = None,
    own: bool = False,
    mine: Callable[[list[str]], list[str]] = all_of,
) -> None:
    """Apply a function to every task, over workers, and hand on each result; none of them is held.

    Parameters
    ----------
    function : callable
        At module level of an importable module; depends on nothing but its task.
    tasks : mapping
        Key → task; tasks are sent to a worker.
    engine : Engine
        Where they are carried out.
    done : callable
        Called in this process with key and result of each finished task, in the order in which they finish.
    patience : Patience, optional
        For a task that ends its worker `MAX_ATTEMPTS` times; absent: that is an error.
    own : bool
        Whether the tasks run code that is not to be trusted with others.
    mine : callable
        Keys of tasks → those that are to be done here, asked just before they are begun; the others are left out.

    Raises
    ------
    WorkerDied
        When a task has ended its worker `MAX_ATTEMPTS` times. An exception of `function` passes through.
    """
    if engine.in_this_process and patience is None:
        for key, task in tasks.items():
            if mine([key]):
                done(key, _apply(function, task))
        return
    limit_s = patience and patience.limit_s
    work = _Work(partial(_apply_all, function, limit_s), tasks, engine, done, mine, dict.fromkeys(tasks))
    attempts: Counter[str] = Counter()
    while work.left:
        fresh = [key for key in work.left if patience is None or not attempts[key]]
        suspects = list(work.left)[: None if engine.die_alone else 1]  # each tried alone, so that it is known
        lost = work.off(deque(fresh or suspects), not fresh, own)
        attempts.update(lost.keys())
        often = [key for key in lost if attempts[key] >= MAX_ATTEMPTS]
        if patience is None and often:
            raise WorkerDied(
                f"a worker process died {MAX_ATTEMPTS} times in the same run (out of memory?); try fewer workers, or "
                "a smaller city"
            )
        if patience is not None and not fresh:
            late = [key for key, seconds in lost.items() if limit_s is not None and seconds >= limit_s]
            for key in dict.fromkeys([*late, *often]):
                del work.left[key]
                told = f"it ended its worker process {MAX_ATTEMPTS} times"
                patience.given_up(key, f"it ran longer than {limit_s:g} s" if key in late else told)


@dataclass
class _Work(Generic[Task, Result]):
    """Tasks that are worked off in batches, which take about as long as the engine likes.

    Attributes
    ----------
    apply : callable
        Tasks → results of the first ones of them, and seconds.
    mine : callable
        See `work_through`.
    left : dict
        The keys of tasks that are to be done here and are not done, in their order.
    """

    apply: Callable[[list[Task]], tuple[list[Result], float]]
    tasks: Mapping[str, Task]
    engine: Engine
    done: Callable[[str, Result], None]
    mine: Callable[[list[str]], list[str]]
    left: dict[str, None]
    measured: int = 0
    seconds: float = 0.0

    def off(self, waiting: deque[str], alone: bool, own: bool) -> dict[str, float]:
        """Do tasks until none waits, or all workers have died with one of them.

        Parameters
        ----------
        waiting : deque
            Their keys.
        alone : bool
            Whether each is a batch by itself.
        own : bool
            See `Engine.executor`.

        Returns
        -------
        dict
            Key of each task that was with a worker when that died → seconds since it was begun there.
        """
        running: dict[Future[tuple[list[Result], float]], tuple[list[str], float]] = {}
        lost: dict[str, float] = {}
        with self.engine.executor(len(waiting), own) as (executor, workers):
            while waiting or running:
                most_running = workers + (not alone)  # the next one waits at the workers' door
                while len(running) < most_running and (batch := self._next(waiting, alone, workers)):
                    try:
                        future = executor.submit(self.apply, [self.tasks[key] for key in batch])
                    except BrokenExecutor:  # a worker has died while it had nothing to do
                        lost.update(dict.fromkeys(batch, 0.0))
                        waiting.clear()
                    else:
                        running[future] = batch, monotonic()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    batch, sent_at = running.pop(future)
                    try:
                        results, seconds = future.result()
                    except BrokenExecutor:
                        begun_at = future.begun_at if isinstance(future, Begun) else sent_at
                        lost.update(dict.fromkeys(batch, 0.0 if begun_at is None else monotonic() - begun_at))
                        if not self.engine.die_alone:
                            waiting.clear()
                        continue
                    self.measured, self.seconds = self.measured + len(results), self.seconds + seconds
                    waiting.extendleft(reversed(batch[len(results) :]))
                    for key, result in zip(batch, results, strict=False):
                        del self.left[key]
                        self.done(key, result)
        return lost

    def _next(self, waiting: deque[str], alone: bool, workers: int) -> list[str]:
        """Take the next batch out of those that wait; what others do is taken out, too. Empty: none waits."""
        while waiting:
            asked = [waiting.popleft() for _ in range(1 if alone else self._size(len(waiting), workers))]
            batch = self.mine(asked)
            for key in {*asked}.difference(batch):
                del self.left[key]
            if batch:
                return batch
        return []

    def _size(self, waiting: int, workers: int) -> int:
        """Return how many tasks make a batch: by their mean run time, and fewer towards the end."""
        if not self.measured:
            return 1
        wished = self.engine.batch_s * self.measured / max(self.seconds, 1e-9)
        return max(1, min(int(wished), waiting // (2 * workers)))


def _apply_all(
    function: Callable[[Task], Result], limit_s: float | None, tasks: list[Task]
) -> tuple[list[Result], float]:
    """Apply a function to tasks up to the first that fails, which is an error if nothing comes before it."""
    results: list[Result] = []
    begun = perf_counter()
    for task in tasks:
        try:
            results.append(_apply(function, task, limit_s))
        except Exception:
            if not results:
                raise
            break
    return results, perf_counter() - begun


def _apply(function: Callable[[Task], Result], task: Task, limit_s: float | None = None) -> Result:
    """Apply a function to a task; one that ends the program has not done it, and one that takes too long is killed."""
    from sim.extensions import open_parcels

    open_parcels()
    if limit_s is not None:
        if signal.getsignal(signal.SIGALRM) != signal.SIG_DFL:  # only a main thread may set what is there anyway
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        return function(task)
    except SystemExit as error:
        raise WorkerDied(f"a run has called sys.exit({error.code!r})") from error
    finally:
        if limit_s is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
