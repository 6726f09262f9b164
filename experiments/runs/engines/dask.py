"""The engine `dask`: a scheduler of dask with its workers, or some that are begun here and end with the command."""

from __future__ import annotations

from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from experiments.runs.engines.adapter import Adapter, carried_out
from experiments.runs.engines.answers import FIELD, check_answers, unanswered
from experiments.runs.engines.engine import Begun, Engine, WorkerDied
from experiments.runs.processes import beginning, environment_of_workers, processes_for
from sim.parameters import BadInput, Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor, Future

    from experiments.runs.engines.settings import DaskSettings

PORT = 8786  # at which a scheduler answers, unless it was told another one
BEGUN = "beatlab: begun"  # topic under which workers tell that they begin with a task
LOOK_S = 2.0  # between looks at who is there
ABSENT = 10  # times as long as an address may take to answer, without any worker: what waits is given up


class Dask(Engine):
    """Workers of dask, one thread each.

    Parameters
    ----------
    settings : DaskSettings
        Where the scheduler is.
    workers : int or None
        How many tasks at a time; None: one a worker, or a core.
    """

    batch_s = 1.0
    die_alone = True

    def __init__(self, settings: DaskSettings, workers: int | None) -> None:
        self.settings, self.workers = settings, workers
        self._client: Any = None
        self._cluster: Any = None
        self._waiting: dict[str, Begun[Any]] = {}
        self._sent: dict[str, Future[Any]] = {}  # dask forgets a task that nobody keeps
        self._over = Event()

    @contextmanager
    def executor(self, most: int, own: bool) -> Iterator[tuple[Executor, int]]:  # noqa: ARG002 (see check_own)
        """See `Engine.executor`."""
        if self._client is None:
            self._connect()
        if self._client.status != "running":
            raise WorkerDied("the cluster of dask has gone; what is done is kept")
        threads = self._client.nthreads().values()
        if any(number > 1 for number in threads):
            why = "the workers at {} have several threads; begin them with --nthreads 1 --nworkers -1"
            raise Unusable(FIELD, self.settings.address, why)
        theirs = self._client.get_executor(pure=False, retries=0)

        def start(*given: Any) -> Begun[Any]:
            """Send a task to the scheduler, where it may wait for a worker."""
            name, ours = uuid4().hex, Begun[Any]()
            self._waiting[name] = ours
            self._sent[name] = theirs.submit(_told, name, *given)
            self._sent[name].add_done_callback(partial(self._hand_on, name))
            return ours

        yield Adapter(start, _verdict), min(self.workers or max(len(threads), 1), most)

    def _begin(self, event: tuple[float, str]) -> None:
        """Note that a worker has begun with a task; workers tell only its name."""
        if (future := self._waiting.get(event[1])) is not None:
            future.begun_at = monotonic()

    def _hand_on(self, name: str, theirs: Future[Any]) -> None:
        """Give our future what theirs has come to, unless it was given up."""
        self._sent.pop(name, None)
        if (ours := self._waiting.pop(name, None)) is None:
            return
        try:
            ours.set_result(theirs.result())
        except BaseException as error:
            ours.set_exception(error)

    def _watch(self, client: Any) -> None:
        """Give up what waits when no worker has been there for long: nobody would ever answer for it."""
        limit_s = ABSENT * self.settings.wait_s
        last_there = monotonic()
        while not self._over.wait(min(LOOK_S, limit_s)):
            if not self._waiting or _has_workers(client):
                last_there = monotonic()
            elif monotonic() - last_there > limit_s:
                for name in list(self._waiting):
                    if (ours := self._waiting.pop(name, None)) is not None:
                        ours.set_exception(
                            WorkerDied(f"no worker of dask was there for {limit_s:g} s; what is done is kept")
                        )

    def check_own(self) -> None:
        """Refuse code of the user's own, for which no worker can be set apart.

        Raises
        ------
        BadInput
            Always.
        """
        raise BadInput("engine", "dask", "local or ray, whose workers can be kept apart for code of your own")

    def _connect(self) -> None:
        """Begin workers here or join the scheduler at an address, and watch whether workers stay.

        Raises
        ------
        BadInput
            When nobody answers there, or it has no workers.
        """
        import dask
        from distributed import Client, LocalCluster

        address, wait_s = self.settings.address, self.settings.wait_s
        if address is None:
            number = processes_for(self.workers)
            given = {"n_workers": number, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
            with environment_of_workers(), beginning(), dask.config.set({"distributed.scheduler.allowed-failures": 0}):
                self._cluster = LocalCluster(**given)
            self._client = Client(self._cluster)
        else:
            check_answers(address, PORT, wait_s, address.startswith("tls:"))
            try:
                self._client = Client(address, timeout=wait_s)
                self._client.wait_for_workers(1, timeout=wait_s)
            except (OSError, ValueError, TimeoutError) as error:
                self.close()
                raise unanswered(address, wait_s, error) from None
        self._client.subscribe_topic(BEGUN, self._begin)
        self._over.clear()
        Thread(target=self._watch, args=(self._client,), daemon=True).start()

    def close(self) -> None:
        """Leave the cluster, which ends if it was begun here."""
        self._over.set()
        for one in (self._client, self._cluster):
            if one is not None:
                one.close()
        self._client = self._cluster = None


def _has_workers(client: Any) -> bool:
    """Return whether a scheduler answers that it has workers."""
    try:
        return bool(client.nthreads())
    except Exception:  # of dask's many kinds: the scheduler has gone
        return False


def _told(name: str, *given: Any) -> Any:
    """Say in a worker that a task has begun, which may have waited for a place, and carry it out."""
    from distributed import get_worker

    get_worker().log_event(BEGUN, name)
    return carried_out(*given)


def _verdict(error: BaseException) -> BaseException | None:
    """Return the error of the function itself; None: its worker has died."""
    from distributed import KilledWorker

    return None if isinstance(error, KilledWorker | CancelledError) else error
