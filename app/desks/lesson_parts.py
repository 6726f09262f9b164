"""What a student and an instructor both see of a lesson: its sections, what was measured, what a class predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from experiments.languages.speech import say
from experiments.lesson.findings import seen
from experiments.lesson.numbers import decimals_of, difference_words
from experiments.lesson.texts import html
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.classroom import Classroom
    from app.frame import Page
    from experiments.lesson.folder import Lesson
    from experiments.lesson.kept import Measured

BLUE, PALE = "#1d4e79", "#9db8cf"


def sections(page: Page, lesson: Lesson, names: Sequence[str]) -> None:
    """Draw sections of the text, each below its heading."""
    for name in names:
        ui.label(page.say(name)).classes("heading").props("role=heading aria-level=2")
        ui.html(html(lesson.text.sections[name]), sanitize=False).classes("prose")  # escaped by its reader


def seen_table(page: Page, lesson: Lesson, knobs: Mapping[str, float], measured: Measured) -> None:
    """Draw a row for each arm: the mean of each measure, and the difference to the first row."""
    text, found = lesson.text, seen(measured)
    names = [name for name in next(iter(found.values())) if name in text.measures]
    columns = [{"name": "arm", "label": "", "field": "arm", "align": "left"}]
    columns += [{"name": name, "label": text.measures[name], "field": name, "align": "right"} for name in names]
    rows: list[dict[str, Any]] = []
    for arm, measures in found.items():
        row: dict[str, Any] = {"arm": text.arms.get(arm, arm)}
        for name in names:
            digits = decimals_of(name, found)
            row[name] = f"{number(measures[name].mean, digits)}\n{difference_words(measures[name], digits)}"
        rows.append(row)
    told = "; ".join(f"{text.knobs[name]}: {value:g}" for name, value in knobs.items())
    ui.label(told).classes("soft")
    ui.table(columns=columns, rows=rows, row_key="arm").props("flat dense wrap-cells").classes("wide seen")
    words = "Means of {n} runs of each; below them the difference to the first row, with its 95 % interval."
    ui.label(page.say(words, n=lesson.replications)).classes("soft")


def chart(lesson: Lesson, measured: Measured) -> None:
    """Draw a bar for each arm, in a panel for each measure; the first arm is pale."""
    text, found = lesson.text, seen(measured)
    with ui.element("div").classes("panels"):
        for name, words in text.measures.items():
            if any(name not in measures for measures in found.values()):
                continue
            bars = [
                {"value": round(measures[name].mean, 3), "itemStyle": {"color": PALE if i == 0 else BLUE}}
                for i, measures in enumerate(found.values())
            ]
            ui.echart(
                {
                    "animation": False,
                    "title": {"text": words, "textStyle": {"fontSize": 13, "fontWeight": "normal"}},
                    "grid": {"left": 8, "right": 24, "top": 36, "bottom": 8, "containLabel": True},
                    "xAxis": {"type": "value", "min": 0},
                    "yAxis": {"type": "category", "inverse": True, "data": [text.arms.get(arm, arm) for arm in found],
                        "axisLabel": {"width": 150, "overflow": "break"}},
                    "series": [{"type": "bar", "data": bars, "barMaxWidth": 22}],
                }
            ).classes("panel")  # fmt: skip


def choice_bars(page: Page, lesson: Lesson, one: Classroom) -> None:
    """Draw how many predicted what."""
    choices = lesson.text.choices
    counts = one.predictions(len(choices))
    ui.label(page.say("What the class predicted")).classes("heading").props("role=heading aria-level=2")
    with ui.element("div").classes("choice-bars"):
        for i, (choice, count) in enumerate(zip(choices, counts, strict=True), 1):
            ui.label(f"{i}  {choice}")
            with ui.row().classes("count"):
                width = 100 * count / max(1, sum(counts))
                ui.element("div").classes("bar").style(f"width: {width:.0f}%")
                ui.label(say("{count} of {n}", count=count, n=sum(counts))).classes("soft")
