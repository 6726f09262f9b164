"""Tries whether a lesson shows what its sheet promises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.lesson.findings import promises_kept
from experiments.lesson.folder import load_folder
from experiments.lesson.kept import gather
from experiments.lesson.numbers import promise_words

if TYPE_CHECKING:
    import os


def check_lesson(folder: str | os.PathLike[str], *, seed: int = 1, workers: int | None = None) -> None:
    """Run a lesson with its knobs as they stand at first; an error says what it promises and does not show.

    Parameters
    ----------
    folder : str or path
        With `lesson.py`, and `en.md` or `zh.md`.
    seed : int
        Of the first replication.
    workers : int, optional
        Processes; absent: one a core.

    Raises
    ------
    AssertionError
        With a line for each promise that is not kept.
    BadInput, AuthorError
        If something is missing in it, or its code fails.
    """
    lesson = load_folder(Path(folder).resolve())
    kept = promises_kept(lesson.promises, gather(lesson, {}, seed, workers))
    broken = [promise_words(one, lesson.text) for one in kept if not one.holds]
    if broken:
        raise AssertionError("; ".join(broken))
