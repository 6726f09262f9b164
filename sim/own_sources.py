"""Where a class of somebody's own was written: in a file, or in a notebook or a console, which keep its text."""

from __future__ import annotations

import hashlib
import linecache
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Source(NamedTuple):
    """Where a class was written.

    Attributes
    ----------
    file : str
        Absolute path; empty: it was typed into a notebook or a console.
    text : str
        What was typed, the whole cell; empty where there is a file, or where Python has not kept it.
    can_be_loaded : bool
        Whether that file alone defines the class, without doing anything else: no script, no part of a package.
    """

    file: str
    text: str
    can_be_loaded: bool


def source_of(kind: type[Any]) -> Source:
    """Return where a class was written."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    if not file:
        return Source("", _typed(kind), False)
    alone = kind.__module__ != "__main__" and "." not in kind.__module__
    return Source(str(Path(file).resolve()), "", alone and getattr(module, kind.__qualname__, None) is kind)


def digest_of(file: str) -> str | None:
    """Return the SHA-256 of what a file holds now; None: it cannot be read."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return None


def typed_cells() -> dict[str, str]:
    """Return what was typed into this process, by the name that tracebacks give it."""
    return {name: "".join(entry[2]) for name, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None}


def remember_cells(cells: Mapping[str, str]) -> None:
    """Let tracebacks of this process show lines that were typed into another one."""
    for name, text in cells.items():
        linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name


def _typed(kind: type[Any]) -> str:
    code = next((value.__code__ for value in vars(kind).values() if hasattr(value, "__code__")), None)
    return "".join(linecache.getlines(code.co_filename)) if code else ""
