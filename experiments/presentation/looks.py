"""For what figures are drawn (a screen, paper, a projector), and in which further formats results are written.

The look is that of a block, `with looking(...)`, so that nobody who draws has to hand it on. Letters and lines have
their sizes in points: on a narrower figure they are larger for its width, and panels stand in fewer columns.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MM_PER_IN = 25.4
SCREEN, PRINT, PROJECTOR = "screen", "print", "projector"
SVG, PDF, CSV, XLSX, LATEX = FORMATS = ("svg", "pdf", "csv", "xlsx", "latex")
PAPER_MM = (89, 183)  # a column and a page of journals: the widths of figures as PDF


class Look(NamedTuple):
    """How figures are drawn.

    Attributes
    ----------
    width_in : float
        Width of a figure, inches.
    png_dpi : int
        Dots per inch of PNG files.
    formats : tuple of str
        Some of `FORMATS`, beside PNG and SVG.
    """

    width_in: float
    png_dpi: int
    formats: tuple[str, ...] = ()


LOOKS = {
    SCREEN: Look(9.0, 110),
    PRINT: Look(PAPER_MM[1] / MM_PER_IN, 200),
    PROJECTOR: Look(6.2, 200),
}
_look: ContextVar[Look] = ContextVar("look", default=LOOKS[SCREEN])


@contextmanager
def looking(look: Look) -> Iterator[None]:
    """Draw everything in a look within a block."""
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


def look() -> Look:
    """Return the look in which figures are drawn here."""
    return _look.get()


def width_in() -> float:
    """Return the width of a figure, inches."""
    return look().width_in


def columns(most: int, least_in: float = 2.1) -> int:
    """Return how many panels, or names of a legend, stand beside each other: at most so many, of at least a width."""
    return max(1, min(most, int(width_in() / least_in)))
