"""The engine `ray`: a cluster of Ray, or one that is begun on this machine and ends with the command."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from experiments.runs.engines.adapter import Adapter, carried_out
from experiments.runs.engines.answers import check_answers, unanswered
from experiments.runs.engines.engine import Begun, Engine, WorkerDied
from experiments.runs.processes import environment_of_workers, processes_for
from sim.parameters import Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from experiments.runs.engines.settings import RaySettings

PORT = 6379  # at which the head of a cluster answers, unless it was told another one


class Ray(Engine):
    """Workers of Ray, which replaces those that die.

    Parameters
    ----------
    settings : RaySettings
        Where the cluster is.
    workers : int or None
        How many tasks at a time; None: one a core of the cluster.
    """

    batch_s = 1.0
    die_alone = True

    def __init__(self, settings: RaySettings, workers: int | None) -> None:
        self.settings, self.workers = settings, workers
        self._is_ours = False

    @contextmanager
    def executor(self, most: int, own: bool) -> Iterator[tuple[Executor, int]]:
        """See `Engine.executor`; a worker with code of the user's own ends with the batch."""
        import ray

        if not ray.is_initialized():  # a program that uses Ray itself may have done so
            self._connect()
        given = {"num_cpus": 1, "max_retries": 0, "num_returns": "streaming"}
        remote = ray.remote(**given, max_calls=1 if own else 0)(_told)
        try:
            cores = int(ray.cluster_resources().get("CPU", 0))
            yield Adapter(lambda *given: _followed(remote.remote(*given)), _verdict), min(self.workers or cores, most)
        except ray.exceptions.RayError as error:
            raise WorkerDied(f"the cluster of Ray has gone ({type(error).__name__}); what is done is kept") from error

    def _connect(self) -> None:
        """Begin a cluster here, or join the one at an address.

        Raises
        ------
        BadInput
            When nobody answers there.
        """
        import ray

        address = self.settings.address
        silent: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
        if address is None:
            with environment_of_workers():
                ray.init("local", num_cpus=processes_for(self.workers), include_dashboard=False, **silent)
        else:
            check_answers(address, PORT, self.settings.wait_s, os.environ.get("RAY_USE_TLS", "0") != "0")
            try:
                ray.init(address, **silent)
            except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
                raise unanswered(address, self.settings.wait_s, error) from None
        self._is_ours = True

    def close(self) -> None:
        """Leave the cluster, which ends if it was begun here."""
        import ray

        if self._is_ours:
            ray.shutdown()
            self._is_ours = False


def _told(*given: Any) -> Iterator[Any]:
    """Say in a worker that a task has begun, which may have waited for a place, then what it has come to."""
    yield None
    yield carried_out(*given)


def _followed(told: Iterator[Any]) -> Begun[Any]:
    """Return a future of what a worker says of a task."""
    import ray

    future: Begun[Any] = Begun()

    def follow() -> None:
        """Hand on what comes, in a thread of its own."""
        try:
            ray.get(next(told))
            future.begun_at = monotonic()
            future.set_result(ray.get(next(told)))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=follow, daemon=True).start()
    return future


def _verdict(error: BaseException) -> BaseException | None:
    """Return the error of the function itself; None: its worker has died."""
    import ray

    if isinstance(error, ray.exceptions.RayTaskError):
        cause = error.cause if isinstance(error.cause, BaseException) else error
        if isinstance(cause, ray.exceptions.RayError):  # a module of ours is missing there, or another one
            said = str(cause).splitlines()[0]
            return Unusable(
                "engine", "ray", f"workers of {{}} cannot read their tasks ({said}): install the same there"
            )
        return cause
    return None if isinstance(error, ray.exceptions.RayError) else error
