"""Work of sessions, in warm worker processes and never in the loop of the page: progress, cancelling, fair shares.

    job = jobs.start(session.key, work, total=4)  # work(job): a coroutine that awaits `job.run(function, *arguments)`
    job.state, job.done, job.left_s, job.result   # read by whoever shows it

Functions are at module level of importable modules, and get and give what can be pickled.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.runs.engines.engine import WorkerDied
from experiments.runs.processes import pool_of, processes_for
from experiments.runs.progress import compiles_first
from experiments.runs.work import MAX_ATTEMPTS

if TYPE_CHECKING:
    from types import TracebackType

    from experiments.runs.processes import Pool

Result = TypeVar("Result")
MOST_REMEMBERED = 100  # jobs that have ended, whose results are held in memory
RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"


@dataclass
class Job:
    """A piece of work of a session.

    Attributes
    ----------
    owner : str
        Key of the session.
    work : callable
        What it does, see `Jobs.start`.
    total, done : int
        Pieces of it, and how many are finished; whoever knows better sets them.
    state : str
        `running`, `done`, `failed` or `cancelled`.
    result : object
        What is known so far; the last word when the state is `done`.
    error : Exception or None
        Why it failed.
    """

    owner: str
    work: Callable[[Job], Awaitable[Any]]
    total: int
    jobs: Jobs
    done: int = 0
    state: str = RUNNING
    result: Any = None
    error: Exception | None = None
    begun: float = field(default_factory=monotonic)
    task: asyncio.Task[None] | None = None

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Carry out a piece in a worker process, when it is this session's turn."""
        result = await self.jobs.run(self.owner, function, *arguments)
        self.done += 1
        return result

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, at the rate so far; None: nothing is known yet."""
        if self.state != RUNNING or not 0 < self.done <= self.total:
            return None
        return (monotonic() - self.begun) / self.done * (self.total - self.done)

    def cancel(self) -> None:
        """Give the work up: what runs is carried to its end, where nobody waits for it, and nothing more begins."""
        if self.state == RUNNING:
            self.state = CANCELLED
            if self.task is not None:
                self.task.cancel()


class Jobs:
    """Warm worker processes, and whose turn it is; a block opens and closes them.

    Parameters
    ----------
    workers : int or None
        How many; None: one a core.
    """

    def __init__(self, workers: int | None) -> None:
        self.workers = processes_for(workers)
        self._open = ExitStack()
        self._pool: Pool | None = None
        self._waiting: defaultdict[str, deque[asyncio.Future[None]]] = defaultdict(deque)
        self._running: Counter[str] = Counter()
        self._jobs: dict[str, Job] = {}
        self.warming = False
        self.compiling_since: float | None = None  # monotonic seconds; None: nothing has to be compiled
        self._later: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> Jobs:
        """Begin the server that workers are forked from; they begin with the first tasks."""
        self._pool, _ = self._open.enter_context(pool_of(self.workers))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End the workers, in the midst of what they do."""
        self._open.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    def start(self, owner: str, work: Callable[[Job], Awaitable[Any]], total: int) -> Job:
        """Begin a job of a session, in place of the one that it has.

        Parameters
        ----------
        owner : str
            Key of the session.
        work : callable
            Job → what it comes to; it may set `job.result` on the way.
        total : int
            Of how many pieces it is, as far as is known.
        """
        if (before := self._jobs.pop(owner, None)) is not None:
            before.cancel()
        for name in [name for name, one in self._jobs.items() if one.state != RUNNING][:-MOST_REMEMBERED]:
            del self._jobs[name]  # its runs are in the store, and its page can ask again
        self._jobs[owner] = job = Job(owner, work, total, self)
        job.task = asyncio.get_running_loop().create_task(_carried_out(job))
        return job

    def of(self, owner: str) -> Job | None:
        """Return the job that a session has begun last."""
        return self._jobs.get(owner)

    async def warm(self, function: Callable[[], None]) -> None:
        """Let every worker carry out a function, the first one alone: what it compiles, the others find."""
        self.warming = True
        self.compiling_since = monotonic() if compiles_first() else None
        try:
            await self.run("", function)
            await asyncio.gather(*(self.run("", function) for _ in range(self.workers)))
        finally:
            self.warming, self.compiling_since = False, None

    def later(self, owner: str, function: Callable[..., Any], *arguments: Any) -> None:
        """Carry out a function in a worker process when there is time; nobody waits for it."""
        task = asyncio.get_running_loop().create_task(self.run(owner, function, *arguments))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def run(self, owner: str, function: Callable[..., Result], *arguments: Any) -> Result:
        """Carry out a function in a worker process, when it is the turn of a session.

        Raises
        ------
        WorkerDied
            When it has ended its worker again and again. An exception of the function passes through.
        """
        for _ in range(MAX_ATTEMPTS):
            await self._turn(owner)
            pool = self._pool
            assert pool is not None
            try:
                future = pool.submit(function, *arguments)
            except BrokenExecutor:
                self._end_turn(owner)
                self._renew(pool)
                continue
            future.add_done_callback(partial(_told_to, asyncio.get_running_loop(), self._end_turn, owner))
            try:
                return await asyncio.wrap_future(future)  # if cancelled, the turn ends when the worker is free again
            except BrokenExecutor:
                self._renew(pool)
        raise WorkerDied(f"a worker process died {MAX_ATTEMPTS} times in the same run (out of memory?)")

    @property
    def waiting(self) -> int:
        """How many sessions wait for a worker."""
        return sum(bool(turns) for turns in self._waiting.values())

    async def _turn(self, owner: str) -> None:
        """Wait until a worker is free, and it is the turn of a session: of who has fewest at work."""
        if self._running.total() < self.workers and not any(self._waiting.values()):
            self._running[owner] += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[owner].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._end_turn(owner)
            raise

    def _end_turn(self, owner: str) -> None:
        """Give the worker that a session had to the next one."""
        self._running[owner] -= 1
        while self._running.total() < self.workers:
            waiting = [name for name, turns in self._waiting.items() if turns]
            if not waiting:
                break
            following = min(waiting, key=lambda name: self._running[name])
            turns = self._waiting.pop(following)
            turn = turns.popleft()
            if turns:
                self._waiting[following] = turns  # at the end of the line
            if not turn.done():
                self._running[following] += 1
                turn.set_result(None)
        self._running += Counter()  # forget who has none

    def _renew(self, broken: Pool) -> None:
        """Begin new workers in place of a pool that broke, once."""
        if self._pool is broken:
            self._pool, _ = self._open.enter_context(pool_of(self.workers))


async def _carried_out(job: Job) -> None:
    """Do the work of a job, and say how it ended."""
    try:
        result = await job.work(job)
    except asyncio.CancelledError:
        job.state = CANCELLED
    except Exception as error:
        first = error.exceptions[0] if isinstance(error, ExceptionGroup) else error  # of runs side by side
        job.error, job.state = first, FAILED
    else:
        job.result, job.state = result, DONE


def _told_to(loop: asyncio.AbstractEventLoop, function: Callable[[str], None], owner: str, _done: object) -> None:
    """Call a function in a loop, unless that has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(function, owner)
