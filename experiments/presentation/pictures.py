"""What a figure of a page consists of."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Picture(NamedTuple):
    """A figure that was written: the files' stem, a heading, what it shows in words, and how to read it."""

    name: str
    title: str
    alt: str
    caption: str
    svg: Path
