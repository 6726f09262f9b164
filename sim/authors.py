"""Runs the code of the author of a strategy, a programme or an indicator: what it raises says whose it is, and when."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from sim.parameters import AuthorError, BadInput

ROOT = Path(__file__).resolve().parents[1]
OURS = tuple(
    ROOT / package for package in ("app", "beatlab", "sim", "scenarios", "experiments")
)  # not the author's code
OUTSIDE = {  # module or class of what differs from run to run → its functions
    "time": ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"),
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
    "posix": ("getpid", "getppid", "urandom", "getloadavg"),
    "nt": ("getpid", "getppid", "urandom"),
    "os": ("environ", "getenv", "cpu_count"),
    "uuid": ("uuid1", "uuid4"),
    "secrets": ("choice", "randbelow", "randbits", "token_bytes", "token_hex"),
    "builtins": ("hash", "input"),  # the hash of a text
}


class Leaving(BaseException):
    """The code of an author has called `os._exit`, which would end the command without a word."""


class TooLong(BaseException):
    """The code of an author has not come back in time."""


@contextmanager
def code_of(what: str, day: int | None) -> Iterator[None]:
    """Let whatever the code raises, be it `SystemExit`, become `AuthorError`; Ctrl-C and bad input pass through."""
    try:
        with staying():
            yield
    except (KeyboardInterrupt, BadInput, AuthorError):
        raise
    except BaseException as error:
        said = "".join(traceback.format_exception_only(error)).strip()
        raise AuthorError(what, day, said, own_traceback(error)) from None


def own_traceback(error: BaseException) -> str:
    """Return the traceback of an error from the first line of the author's code on; above it stands ours."""
    told = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = told
    while part is not None:
        theirs = [i for i, frame in enumerate(part.stack) if not _is_ours(frame.filename)]
        part.stack[:] = part.stack[theirs[0] :] if theirs else []
        part = part.__cause__ or part.__context__
    return "".join(told.format())


def _is_ours(file: str) -> bool:
    return file.startswith("<frozen") or any(Path(file).is_relative_to(folder) for folder in OURS)


@contextmanager
def staying() -> Iterator[None]:
    """Let `os._exit` raise `Leaving` in the block.

    It would end the process at once, with a status of the author's choice.
    """
    process, leave = os.getpid(), os._exit

    def refuse(status: int) -> NoReturn:
        if os.getpid() != process:  # a child that the author has made may end
            leave(status)
        raise Leaving(f"os._exit({status!r})")

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = leave


class OutsideWatch:
    """Sees, in a `with` block, whether the module of a class asks the clock, the process or the system's chance.

    Two plans of one second agree although they ask for the hour, so equal results do not show it. It looks at calls
    that the module itself makes: libraries may measure how long they take.

    Parameters
    ----------
    kind : type
        The class whose code runs.

    Attributes
    ----------
    seen : str
        The first such call; empty: none.
    """

    def __init__(self, kind: type[Any]) -> None:
        self._module, self.seen = kind.__module__, ""

    def __enter__(self) -> OutsideWatch:
        self._before = sys.getprofile()
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)

    def _look(self, frame: FrameType, event: str, called: Any) -> None:
        caller = frame if event == "c_call" else frame.f_back
        if (
            self.seen
            or event not in ("c_call", "call")
            or caller is None
            or caller.f_globals.get("__name__") != self._module
        ):
            return
        if event == "c_call":
            where, name = getattr(getattr(called, "__self__", None), "__name__", ""), called.__name__
        else:
            where, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
            if frame.f_locals.get("self") is os.environ:
                where, name = "os", "environ"
        if name in OUTSIDE.get(where, ()):
            self.seen = f"{where}.{name}"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the block raise `TooLong` when it takes longer; only the main thread can tell."""

    def give_up(_number: int, _frame: Any) -> NoReturn:
        raise TooLong(f"it has not come back after {seconds:g} s")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
