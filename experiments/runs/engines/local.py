"""The engine `local`: processes of this machine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.runs.engines.engine import Engine, WorkerDied
from experiments.runs.processes import pool_of, processes_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor


MOST_STILLBORN = 3  # pools one after another of which no process has begun, perhaps since it was killed at once


class Local(Engine):
    """Processes of this machine; each executor has its own.

    Parameters
    ----------
    workers : int or None
        How many; None: one a core; 1: this process itself, unless tasks may be given up.

    Raises
    ------
    BadInput
        For several workers in a process that may have none.
    """

    batch_s = 0.5
    die_alone = False  # Python's pool of processes breaks as a whole

    def __init__(self, workers: int | None) -> None:
        self.workers = processes_for(workers)
        self.in_this_process = self.workers == 1
        self._stillborn = 0

    @contextmanager
    def executor(self, most: int, own: bool) -> Iterator[tuple[Executor, int]]:  # noqa: ARG002 (always apart)
        """See `Engine.executor`."""
        size = min(self.workers, most)
        with pool_of(size) as (pool, begun):
            yield pool, size
        self._stillborn = 0 if begun.acquire(block=False) else self._stillborn + 1
        if self._stillborn == MOST_STILLBORN:
            raise WorkerDied("no worker process could begin (out of memory?); try fewer workers, or workers=1")
