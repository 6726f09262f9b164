"""The processes that runs are spread over: how they begin, what they are deaf to, and that none outlives its parent.

They import this project from where it lies, whatever packages of the same names are in the working directory, and never
run the script of their parent, which therefore needs no `if __name__ == "__main__"`.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, forkserver, resource_tracker, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from multiprocessing.synchronize import Semaphore

    from sim.extensions import Parcel

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PRELOADED = [
    "sim.model",
    "scenarios",
    "experiments.runs.simulation",
    "experiments.runs.preloaded",
]  # once, by the server that workers are forked from
ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ROOT = Path(__file__).parents[2]  # of this project's packages
ALTERING = threading.RLock()  # what is altered while a process begins belongs to all threads: one at a time
Result = TypeVar("Result")
LONGEST_TMPDIR = 70  # bytes: the address of a socket has at most 107, and ours stands in a folder there


def processes_for(workers: int | None) -> int:
    """Return how many processes to use: by default one a core, or this one alone where it may not start any.

    Raises
    ------
    BadInput
        For several in a process of `multiprocessing.Pool`, which may not start any.
    """
    if not multiprocessing.current_process().daemon:
        return workers or _cores()
    if workers not in (None, 1):
        from sim.parameters import BadInput

        raise BadInput("workers", workers, "1: this process belongs to a pool of multiprocessing and may start none")
    return 1


def _cores() -> int:
    """Return the number of cores that this process may use; macOS tells only how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin_server() -> None:
    """Start the server from which workers are forked, if it does not run.

    Begun early, it imports the model while this process reads settings.

    Raises
    ------
    BadInput
        When the working directory, in which processes begin, has been removed.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        from sim.parameters import BadInput

        raise BadInput("working directory", "removed", "a folder that exists: change to one first") from None
    with ALTERING:
        _make_room_for_sockets()
        with environment_of_workers():
            forkserver.set_forkserver_preload(PRELOADED)
            forkserver.ensure_running()
        _replace_tracker()


class Pool(ProcessPoolExecutor):
    """Processes that begin with the first tasks, see `beginning`."""

    def submit(self, function: Callable[..., Result], /, *arguments: Any, **keywords: Any) -> Future[Result]:
        """See `concurrent.futures.Executor.submit`."""
        with beginning():
            return super().submit(function, *arguments, **keywords)

    def kill(self) -> None:
        """End all processes at once, whatever they do."""
        for process in list((self._processes or {}).values()):  # Python 3.14 has `kill_workers`
            process.kill()


@contextmanager
def pool_of(workers: int) -> Iterator[tuple[Pool, Semaphore]]:
    """Give a pool whose processes are gone when the block ends, however it ends, and a count of those that began."""
    from sim.extensions import parcels

    context = multiprocessing.get_context("forkserver")
    begin_server()
    with ALTERING, _tracker_silent():
        begun = context.Semaphore(0)
    pool = Pool(workers, mp_context=context, initializer=_begin_worker, initargs=(begun, parcels()))
    try:
        yield pool, begun
    finally:
        pool.kill()  # their work is done, or not wanted; told to end, they might wait for a lock that a dead one holds
        with ALTERING:
            _replace_tracker()  # before the semaphores go
        pool.shutdown(wait=True, cancel_futures=True)


def _replace_tracker() -> None:
    """Start multiprocessing's tracker of semaphores anew if it was killed."""
    with _tracker_silent():
        resource_tracker.ensure_running()


@contextmanager
def _tracker_silent() -> Iterator[None]:
    """Let a tracker of semaphores that is started inside, in place of one that was killed, say nothing.

    It does not know the old names, and would say so at length, on the error stream that it inherits.
    """
    try:
        error_stream = os.dup(2)
    except OSError:  # it is closed: nobody can be disturbed
        yield
        return
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
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
def environment_of_workers() -> Iterator[None]:
    """Let the processes that are started inside have one thread each, and look here for what they import, not around.

    They are deaf to Ctrl-C and hanging up: ours to answer.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    given = {**ONE_THREAD, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
    saved = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
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
def beginning() -> Iterator[None]:
    """Start a process inside: one that neither misses its parent after a signal nor runs the script of its parent."""
    with signals_deferred(), ALTERING, _script_hidden(), _tracker_silent():
        yield


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Let the processes that are started inside not know which script their parent runs: they would run it again."""
    main = vars(sys.modules["__main__"])
    saved: dict[str, Any] = {name: main[name] for name in ("__file__", "__spec__") if name in main}
    main.update(dict.fromkeys(saved))
    try:
        yield
    finally:
        main.update(saved)


@contextmanager
def signals_deferred() -> Iterator[None]:
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


def _begin_worker(begun: Semaphore, sent: Iterable[Parcel]) -> None:
    """Say that this process has begun, ignore Ctrl-C, and end with the parent, even when that was killed.

    What was imported stays, and need not be looked through for garbage. What is registered in the parent will be
    registered here when the first task comes, whose result can say what went wrong.
    """
    from sim.extensions import receive

    begun.release()
    receive(sent)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)  # while code of the user's own runs, `os._exit` is refused

    threading.Thread(target=follow, daemon=True).start()
