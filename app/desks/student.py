"""A lesson as a student sees it: read and predict, then run and turn the knob, then talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.classroom import DEBRIEFED, PREDICTED, RAN, Classrooms
from app.desks.lesson_parts import chart, choice_bars, sections, seen_table
from app.jobs import DONE, FAILED
from app.lesson_runs import asked
from experiments.lesson.texts import AT_FIRST, QUESTIONS, TO_SEE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.frame import Page
    from app.jobs import Job
    from experiments.lesson.folder import Lesson

EVERY_S = 0.5  # how often progress is looked at


class Desk:
    """What one student does in one lesson; kept with the session, so that it is there after a restart.

    Parameters
    ----------
    page : Page
        Where it is drawn.
    lesson : Lesson
        Which.
    code : str
        Of the class; empty: alone.
    """

    def __init__(self, page: Page, lesson: Lesson, code: str) -> None:
        self.page, self.lesson, self.code = page, lesson, code
        self.classes = Classrooms(page.site.keep)
        self.place = f"lesson {lesson.name} {code}"
        self.kept: dict[str, Any] = page.session.read(self.place) or {}

    def keep(self, **what: Any) -> None:
        """Keep what was done, and tell the class."""
        self.kept |= what
        self.page.session.write(self.place, self.kept)
        told = {name: value for name, value in what.items() if name in ("prediction", "because", "step")}
        if self.code and told:
            self.classes.tell(self.code, self.page.session.key, **told)

    @property
    def knobs(self) -> dict[str, float]:
        """The knobs as they stand."""
        kept = {name: value for name, value in self.kept.get("knobs", {}).items() if name in self.lesson.knobs}
        return self.lesson.with_defaults(kept)


def show(page: Page, lesson: Lesson, code: str, leave: Callable[[], Awaitable[None]]) -> None:
    """Draw a lesson for a student; before a prediction is made nothing can be run."""
    desk = Desk(page, lesson, code)
    text = lesson.text
    with ui.row().classes("wide bar-of-title"):
        ui.label(text.title).classes("title").props("role=heading aria-level=1")
        ui.space()
        if code:
            ui.label(page.say("class {code}", code=code)).classes("soft")
        ui.button(page.say("All lessons"), on_click=leave).props("flat no-caps")
    with ui.element("div").classes("lesson-columns"):
        with ui.element("article").classes("lesson"):
            sections(page, lesson, AT_FIRST)
        with ui.element("article").classes("lesson"):
            after = ui.column().classes("wide")
            _predict(desk, after)


def _predict(desk: Desk, body: ui.column) -> None:
    """Draw the question; with its answer the rest appears."""
    page, text = desk.page, desk.lesson.text
    made = desk.kept.get("prediction")

    def predict() -> None:
        """Keep the prediction, and go on."""
        with page.speaking():
            if choice.value is None:
                ui.notify(page.say("Choose one first."), type="warning")
                return
            desk.keep(prediction=choice.value, because=(because.value or "")[:500], step=PREDICTED)
            body.clear()
            _predict(desk, body)

    with body:
        ui.label(page.say("Predict first")).classes("heading").props("role=heading aria-level=2")
        ui.label(text.question)
        if made is not None:
            ui.label(page.say("You predicted: {choice}", choice=text.choices[made])).classes("made")
            _run(desk, body)
            return
        choice = ui.radio(dict(enumerate(text.choices)))
        because = ui.textarea(page.say("Because:")).props("outlined dense autogrow maxlength=500").classes("wide")
        ui.button(page.say("This is my prediction"), on_click=predict).props("unelevated no-caps")


def _run(desk: Desk, body: ui.column) -> None:
    """Draw the knobs, and what was seen with them."""
    page, lesson = desk.page, desk.lesson
    with body:
        ui.label(page.say("Run")).classes("heading").props("role=heading aria-level=2")
        chosen = {}
        for name, knob in lesson.knobs.items():
            ui.label(lesson.text.knobs[name])
            options = {value: f"{value:g}" for value in knob.allowed}
            chosen[name] = ui.toggle(options, value=desk.knobs[name]).props("no-caps unelevated")

        def start() -> None:
            """Run with the knobs as they stand."""
            desk.keep(knobs={name: one.value for name, one in chosen.items()}, asked=True)
            _watch(desk, found)

        ui.button(page.say("Run"), on_click=start).props("unelevated no-caps")
        found = ui.column().classes("wide")
        if desk.kept.get("asked"):
            _watch(desk, found)


def _watch(desk: Desk, found: ui.column) -> None:
    """Show the progress of a run, and then what was seen."""
    page, knobs = desk.page, desk.knobs
    job = asked(page.jobs, desk.lesson, knobs)
    found.clear()
    with found:
        bar = ui.linear_progress(0, show_value=False).props("instant-feedback")
        told = ui.label(page.say("The towns are running.")).classes("soft")

        def look() -> None:
            """Show how far the run is, or what became of it."""
            if knobs != desk.knobs:  # it was asked for something else meanwhile
                timer.cancel()
                return
            bar.set_value(job.done / job.total)
            if job.state == DONE:
                timer.cancel()
                _show(desk, found, job)
            elif job.state == FAILED:
                timer.cancel()
                told.set_text(page.say("It failed: {why}", why=str(job.error)))

        timer = ui.timer(EVERY_S, look)
    if job.state == DONE:
        timer.cancel()
        _show(desk, found, job)


def _show(desk: Desk, found: ui.column, job: Job) -> None:
    """Show what was seen, and lead to the debriefing."""
    page = desk.page
    desk.keep(step=RAN)
    found.clear()
    with page.speaking(), found:
        seen_table(page, desk.lesson, desk.knobs, job.result)
        chart(desk.lesson, job.result)
        debriefing = ui.column().classes("wide")

        def debrief() -> None:
            """Go on to the debriefing."""
            button.delete()
            desk.keep(debriefed=True, step=DEBRIEFED)
            _debrief(desk, debriefing)

        button = ui.button(page.say("To the debriefing"), on_click=debrief).props("unelevated no-caps")
        if desk.kept.get("debriefed"):
            button.delete()
            _debrief(desk, debriefing)


def _debrief(desk: Desk, body: ui.column) -> None:
    """Show what became of the prediction, what the class predicted, and what to talk about."""
    page, lesson = desk.page, desk.lesson
    right = desk.kept.get("prediction") == lesson.answer
    with page.speaking(), body:
        words = "Your prediction came true." if right else "Your prediction did not come true."
        ui.label(page.say(words)).classes("verdict").props("role=status")
        if desk.code and (one := desk.classes.find(desk.code)) is not None:
            choice_bars(page, lesson, one)
        sections(page, lesson, (TO_SEE, QUESTIONS))
