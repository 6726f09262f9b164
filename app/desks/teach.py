"""The desk Teach: lessons to choose from, a class to join or to open, and then the lesson or the instructor's view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import run, ui

from app.classroom import Classrooms
from app.desks import instructor, student
from experiments.lesson.folder import Lesson, load
from scenarios.lessons.found import lesson_folders
from sim.parameters import AuthorError, BadInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.frame import Page

    Again = Callable[[], Awaitable[None]]  # draws the desk anew

PLACE = "teach"  # in the session: {"lesson": name, "code": of a class or "", "leads": whether it leads that class}


def show(page: Page) -> None:
    """Draw the desk; the first lesson that is read imports the model, which the loop of the page does not wait for."""
    body = ui.column().classes("wide")

    async def draw() -> None:
        """Draw what the session is at, and which lessons are broken."""
        lessons, broken = await run.io_bound(_lessons) or ({}, [])
        with page.speaking(), body:
            body.clear()
            _draw(page, lessons, draw)
            for why in broken:
                ui.label(why).classes("warning")

    with body:
        ui.spinner(size="lg")
    ui.timer(0, draw, once=True)


def _lessons() -> tuple[dict[str, Lesson], list[str]]:
    """Return the lessons, and of each that cannot be used, which only its author can mend, why not."""
    found, broken = {}, []
    for name in lesson_folders():
        try:
            found[name] = load(name)
        except (BadInput, AuthorError) as error:
            broken.append(str(error))
    return found, broken


def _draw(page: Page, lessons: dict[str, Lesson], again: Again) -> None:
    """Draw what the session is at: the list, a lesson, or a class of its own."""
    at = page.session.read(PLACE) or {}
    lesson = lessons.get(at.get("lesson", ""))
    classes = Classrooms(page.site.keep)
    one = classes.find(at.get("code", ""))
    leads = one is not None and at.get("leads") and one.owner == page.session.key

    async def leave() -> None:
        """Go back to the list."""
        page.session.write(PLACE, None)
        await again()

    if lesson is None or (at.get("leads") and not leads):
        _list(page, lessons, classes, again)
    elif leads and one is not None:
        instructor.show(page, lesson, one.code, leave)
    else:
        student.show(page, lesson, "" if one is None else one.code, leave)


def _list(page: Page, lessons: dict[str, Lesson], classes: Classrooms, again: Again) -> None:
    """Draw the field for a code, and the lessons."""

    async def go(lesson: str, code: str, leads: bool) -> None:
        """Go to a lesson, alone or in a class."""
        page.session.write(PLACE, {"lesson": lesson, "code": code, "leads": leads})
        await again()

    async def join() -> None:
        """Go to the lesson of the class whose code was given."""
        found = classes.join(code.value or "", page.session.key, name.value or "")
        if found is None or found.lesson not in lessons:
            ui.notify(page.say("There is no class with this code, or it is full."), type="warning")
        else:
            await go(found.lesson, found.code, False)

    async def open_class(lesson: str) -> None:
        """Open a class, and go to it."""
        await go(lesson, classes.open(lesson, page.session.key).code, True)

    with ui.row().classes("join"):
        code = ui.input(page.say("Code of the class")).props("dense outlined maxlength=8")
        name = ui.input(page.say("Name, or none")).props("dense outlined maxlength=40")
        ui.button(page.say("Join the class"), on_click=join).props("unelevated no-caps")
    with ui.element("div").classes("lessons"):
        for number, lesson in enumerate(lessons.values(), 1):
            with ui.element("section").classes("lesson"):
                ui.label(f"{number}  {lesson.text.title}").classes("heading").props("role=heading aria-level=2")
                ui.label(lesson.text.summary).classes("soft")
                with ui.row():
                    alone = partial(go, lesson.name, "", False)
                    ui.button(page.say("Begin"), on_click=alone).props("unelevated no-caps")
                    leading = partial(open_class, lesson.name)
                    ui.button(page.say("Open a class"), on_click=leading).props("outline no-caps")
