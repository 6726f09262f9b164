"""What an engine is: an executor of Python's own kind, and what has to be known of its workers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import Future
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from types import TracebackType


class WorkerDied(RuntimeError):
    """A task ended its worker process as often as we are ready to try, or there are no workers any more."""


Result = TypeVar("Result")


class Begun(Future[Result]):
    """A future that knows when a worker began with it: until then it may have waited for hours in a cluster's queue.

    Attributes
    ----------
    begun_at : float or None
        By this machine's `time.monotonic`; None: no worker has.
    """

    begun_at: float | None = None


class Engine(ABC):
    """Where tasks are carried out. It opens what it needs with the first task; the end of a block closes that.

    Attributes
    ----------
    batch_s : float
        Seconds of work that a worker is sent at once.
    die_alone : bool
        Whether a worker that dies takes no other worker's tasks with it.
    in_this_process : bool
        Whether there is one worker, which this process can be itself.
    """

    batch_s: ClassVar[float]
    die_alone: ClassVar[bool]
    in_this_process = False

    def __enter__(self) -> Self:
        """Open nothing yet: perhaps nothing has to be run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close what was opened."""
        self.close()

    @abstractmethod
    def executor(self, most: int, own: bool) -> AbstractContextManager[tuple[Executor, int]]:
        """Return a block that gives an executor, and how many tasks it does at a time.

        A future whose worker has died raises `BrokenExecutor`. Where tasks may wait for others, it is `Begun`.

        Parameters
        ----------
        most : int
            How many tasks there are.
        own : bool
            Whether they run code that is not to be trusted with the tasks of other executors: no worker process may
            have both.
        """

    def check_own(self) -> None:  # noqa: B027 (most take it)
        """Refuse code of the user's own where its workers cannot be kept apart."""

    def close(self) -> None:  # noqa: B027 (not all have something)
        """End what was begun for the tasks."""
