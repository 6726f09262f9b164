"""Shows how much of some work is done, with the time left, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import TextIO

from experiments.languages.speech import say

Progress = Callable[[int, str], AbstractContextManager[Callable[[], None]]]
"""(number of pieces, what they are) → a block that gives a function to be called once for each finished piece."""


@contextmanager
def silent(_total: int, _label: str) -> Iterator[Callable[[], None]]:
    """Show nothing."""
    yield lambda: None


@contextmanager
def bar(total: int, label: str) -> Iterator[Callable[[], None]]:
    """Show on the standard error stream how much is done: a bar with the time left, in a notebook a line.

    Nothing where that stream is neither a terminal nor a notebook's.

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
    else:
        shown = silent(total, label)
    with shown as done:
        yield done


def remark(line: str) -> None:
    """Say something before long work where its progress is shown, and nowhere else."""
    if "ipykernel" in sys.modules or _is_terminal(sys.stderr):
        print(line, file=sys.stderr)


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
