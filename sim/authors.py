"""Runs the code of a strategy's or programme's author; what it raises becomes an error that says whose it is, and when."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from sim.parameters import AuthorError, BadInput


@contextmanager
def code_of(what: str, day: int | None) -> Iterator[None]:
    """Let whatever the code raises, be it `SystemExit`, become `AuthorError`; Ctrl-C and bad input pass through."""
    try:
        yield
    except (KeyboardInterrupt, BadInput, AuthorError):
        raise
    except BaseException as error:
        raise AuthorError(what, day, traceback.format_exc()) from error
