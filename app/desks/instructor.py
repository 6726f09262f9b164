"""A class as its instructor sees it: the code, who is where, what they predicted, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from app.classroom import Classrooms
from app.desks.lesson_parts import choice_bars, sections
from app.lesson_runs import asked
from experiments.lesson.numbers import bounds_words
from experiments.lesson.page import sheet
from experiments.lesson.texts import INSTRUCTOR, TO_SEE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.frame import Page
    from experiments.lesson.folder import Lesson

EVERY_S = 2.0  # how often the class is looked at


def show(page: Page, lesson: Lesson, code: str, leave: Callable[[], Awaitable[None]]) -> None:
    """Draw a class for who has opened it; its towns begin to settle before anybody asks."""
    classes = Classrooms(page.site.keep)
    asked(page.jobs, lesson, {})

    async def close() -> None:
        """End the class, and leave."""
        classes.close(code, page.session.key)
        await leave()

    def print_sheet() -> None:
        """Give the browser the sheet."""
        with page.speaking():
            ui.download.content(sheet(lesson), f"{lesson.name}.html", "text/html")

    with ui.row().classes("wide bar-of-title"):
        ui.label(lesson.text.title).classes("title").props("role=heading aria-level=1")
        ui.space()
        ui.button(page.say("Sheet to print"), on_click=print_sheet).props("outline no-caps")
        ui.button(page.say("Close the class"), on_click=close).props("flat no-caps")
    with ui.row().classes("join"):
        ui.label(page.say("Join at Teach with the code")).classes("soft")
        ui.label(code).classes("code")
    with ui.element("div").classes("lesson-columns led"):
        here = ui.element("article").classes("lesson")
        answers = ui.expansion(page.say("Answers, not for the projector")).props("dense")
        with answers.classes("lesson"):
            ui.label(page.say("Prediction that comes true")).classes("heading").props("role=heading aria-level=2")
            ui.label(lesson.text.choices[lesson.answer])
            sections(page, lesson, (TO_SEE, INSTRUCTOR))
            ui.label(page.say("Differences that are promised")).classes("heading").props("role=heading aria-level=2")
            for promise in lesson.promises:
                ui.label(bounds_words(promise, lesson.text)).classes("soft")
    shown: list[str] = []

    def look() -> None:
        """Draw the class anew where something has changed."""
        one = classes.find(code)
        if one is None or [repr(one)] == shown:
            return
        shown[:] = [repr(one)]
        here.clear()
        with page.speaking(), here:
            _students(page, lesson, classes, code)

    look()
    ui.timer(EVERY_S, look)


def _students(page: Page, lesson: Lesson, classes: Classrooms, code: str) -> None:
    """Draw who is where, and the distribution of predictions."""
    one = classes.find(code)
    if one is None:
        return
    choice_bars(page, lesson, one)
    ui.label(page.say("{n} in the class", n=len(one.students))).classes("heading").props("role=heading aria-level=2")
    columns = [
        {"name": key, "label": page.say(label), "field": key, "align": "left"}
        for key, label in (
            ("name", "Name"), ("step", "Where"), ("prediction", "Predicted"), ("because", "Because:"),
        )
    ]  # fmt: skip
    rows = [
        {
            "key": i,
            "name": student.name,
            "step": page.say(student.step),
            "prediction": "–" if student.prediction is None else f"{student.prediction + 1}",
            "because": student.because,
        }
        for i, student in enumerate(one.students.values())
    ]
    ui.table(columns=columns, rows=rows, row_key="key").props("flat dense wrap-cells").classes("wide students")
