"""Shows how much of some work is done, with the time left: a bar, a line in a notebook, in a file a line a minute."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from time import monotonic
from typing import TextIO

from experiments.languages.speech import say

COMPILING_MIN = 3  # of one core that has nothing else to do: 150 s measured in November 2026
FIRST_LINE_S, EVERY_S = 10.0, 60.0  # in a file: short work leaves no line there

Progress = Callable[[int, str], AbstractContextManager[Callable[[], None]]]
"""(number of pieces, what they are) → a block that gives a function to be called once for each finished piece."""


@contextmanager
def silent(_total: int, _label: str) -> Iterator[Callable[[], None]]:
    """Show nothing."""
    yield lambda: None


@contextmanager
def bar(total: int, label: str) -> Iterator[Callable[[], None]]:
    """Show on the standard error stream how much is done, and the time left.

    A bar on a terminal, in a notebook a line that is written over, in a file or a pipe a line a minute, the first after
    ten seconds. Nothing where a process has no such stream.

    Parameters
    ----------
    total : int
        Number of pieces.
    label : str
        What the pieces are, such as `runs`.

    Yields
    ------
    callable
        To be called once for each finished piece.
    """
    if "ipykernel" in sys.modules:
        shown = _line(total, label)
    elif _is_terminal(sys.stderr):
        shown = _bar(total, label)
    elif sys.stderr is not None and not sys.stderr.closed:
        shown = lines(total, label)
    else:
        shown = silent(total, label)
    with shown as done:
        yield done


@contextmanager
def lines(
    total: int, label: str, first_s: float = FIRST_LINE_S, every_s: float = EVERY_S
) -> Iterator[Callable[[], None]]:
    """Write a line every so often, also while no piece is finished, and a last one if there was any.

    Parameters
    ----------
    total, label : int, str
        See `bar`.
    first_s, every_s : float
        Seconds to the first line, and from one to the next.

    Yields
    ------
    callable
        To be called once for each finished piece.
    """
    finished, begun, over, stream = count(), monotonic(), threading.Event(), sys.stderr
    number = next(finished)

    def done() -> None:
        nonlocal number
        number = next(finished)

    def tell() -> None:
        print(told(number, total, label, monotonic() - begun), file=stream, flush=True)

    def watch() -> None:
        """Tell how far it is at its times, until all is over."""
        wait_s = first_s
        while not over.wait(wait_s):
            tell()
            wait_s = every_s

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield done
    finally:
        over.set()
        watching.join()
        if monotonic() - begun >= first_s:
            tell()


def told(number: int, total: int, label: str, seconds: float) -> str:
    """Say how many pieces are finished, since when, and how long the others will take at this rate."""
    left = f", about {_time(seconds / number * (total - number))} left" if 0 < number < total else ""
    return f"{label}: {number} of {total} done in {_time(seconds)}{left}"


def _time(seconds: float) -> str:
    """Say a time as people do, in seconds, minutes or hours."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def remark(line: str) -> None:
    """Say something before long work where its progress is shown, and nowhere else."""
    if "ipykernel" in sys.modules or _is_terminal(sys.stderr):
        print(line, file=sys.stderr)


def compiles_first() -> bool:
    """Whether this version of the model has never run on this machine, so that it is compiled first."""
    from sim.disk_cache import disk_cache

    kernels = disk_cache("kernels", "sim.day")
    return kernels is not None and not any(kernels.glob("advance-*"))


def on_compiling() -> str:
    """Say that the model is compiled first, and how long that takes."""
    words = "The model is compiled first, once on this machine: that takes about {n} minutes."
    return say(words, n=COMPILING_MIN)


def remark_on_compiling() -> None:
    """Say that the model is compiled first, where it is."""
    if compiles_first():
        remark(on_compiling())


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a process without a console has none, or one that is closed."""
    return stream is not None and not stream.closed and stream.isatty()


@contextmanager
def _line(total: int, label: str) -> Iterator[Callable[[], None]]:
    """Write one line over and over, and empty it in the end."""
    numbers = count(1)

    def done() -> None:
        line = say("{label}: {done} of {total}", label=label, done=next(numbers), total=total)
        print(f"\r{line}", end="", file=sys.stderr, flush=True)

    yield done
    print("\r" + " " * 40, end="\r", file=sys.stderr, flush=True)


@contextmanager
def _bar(total: int, label: str) -> Iterator[Callable[[], None]]:
    """Draw a bar, and remove it in the end."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("·"),
        TimeElapsedColumn(),
        TextColumn(say("· left")),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda: shown.advance(task)
