"""An executor over workers that know nothing of this process: each is told what it needs, and is asked who it is."""

from __future__ import annotations

import socket
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from experiments.runs.engines.engine import Begun
from experiments.runs.store.identity import code_digest
from sim.extensions import Parcel, parcels, receive

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Luggage(NamedTuple):
    """What a worker is told with each batch.

    Attributes
    ----------
    code : str
        Name of the version of the model: results of another one would be kept under a wrong name.
    parcels : tuple of Parcel
        What is registered here.
    """

    code: str
    parcels: tuple[Parcel, ...]


_unpacked: list[Luggage] = []  # the latest, in a worker


def packed() -> Luggage:
    """Return what workers of this process have to be told."""
    return Luggage(code_digest(), parcels())


def carried_out(luggage: Luggage, function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in a worker, which takes in first what it has been told.

    Raises
    ------
    BadInput
        When it has another version of the model.
    """
    if _unpacked != [luggage]:
        if luggage.code != code_digest():
            from sim.parameters import Unusable

            why = "a worker on {} has another version of the model, or of numba and numpy: install the same there"
            raise Unusable("engine", socket.gethostname(), why)
        receive(luggage.parcels)
        _unpacked[:] = [luggage]
    return function(*arguments)


class Adapter(Executor):
    """An executor over a cluster.

    Parameters
    ----------
    start : callable
        Starts a call of a function with arguments on a worker, and returns a future of Python's own kind, or `Begun`.
    verdict : callable
        Turns what such a future raises into the error of the function itself, or None: the worker has died.
    """

    def __init__(
        self, start: Callable[..., Future[Any]], verdict: Callable[[BaseException], BaseException | None]
    ) -> None:
        self._start, self._verdict, self._luggage = start, verdict, packed()

    def submit(self, function: Callable[..., Result], /, *arguments: Any, **keywords: Any) -> Future[Result]:
        """See `concurrent.futures.Executor.submit`; keywords are not taken."""
        assert not keywords
        ours: Begun[Result] = Begun()
        ours.begun_at = monotonic()
        theirs = self._start(self._luggage, function, *arguments)
        theirs.add_done_callback(partial(self._hand_on, ours))
        return ours

    def _hand_on(self, ours: Begun[Result], theirs: Future[Result]) -> None:
        """Give our future what theirs has come to."""
        if isinstance(theirs, Begun):
            ours.begun_at = theirs.begun_at
        try:
            ours.set_result(theirs.result())
        except BaseException as error:
            ours.set_exception(self._verdict(error) or BrokenExecutor(f"its worker died: {type(error).__name__}"))
