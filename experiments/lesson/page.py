"""The printable sheet of a lesson: one page for the class, one for the instructor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.lesson.numbers import bounds_words
from experiments.lesson.texts import AT_FIRST, INSTRUCTOR, QUESTIONS, TO_SEE, html

if TYPE_CHECKING:
    from experiments.lesson.folder import Lesson


def sheet(lesson: Lesson) -> str:
    """Return the sheet as a page that needs no other file; everything that the lesson says is escaped."""
    from experiments.presentation.letters import with_letters
    from experiments.presentation.page import templates

    text = lesson.text
    parts = {section: html(text.sections[section]) for section in text.sections}
    shown = (
        templates()
        .get_template("lesson.html.j2")
        .render(
            text=text,
            name=lesson.name,
            at_first=[(say(section), parts[section]) for section in AT_FIRST],
            questions=(say(QUESTIONS), parts[QUESTIONS]),
            after=[(say(section), parts[section]) for section in (TO_SEE, INSTRUCTOR)],
            knobs=[(text.knobs[name], [f"{value:g}" for value in knob.allowed]) for name, knob in lesson.knobs.items()],
            answer=text.choices[lesson.answer],
            promises=[bounds_words(promise, text) for promise in lesson.promises],
        )
    )
    return with_letters(shown)


def write_sheet(lesson: Lesson, file: str) -> Path:
    """Write the sheet; return its path.

    Raises
    ------
    BadInput
        If it cannot be written, or is something else that is there already.
    """
    from experiments.runs.places import at_once
    from sim.parameters import Unusable

    path = Path(file).expanduser()
    if path.suffix != ".html":
        raise Unusable("sheet", file, "file {} is no page: give it a name that ends in .html")
    try:
        with at_once(path) as part:
            part.write_text(sheet(lesson), encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unusable("sheet", file, f"file {{}} cannot be written ({why})") from None
    return path
