"""What a student and an instructor both see of a lesson: its sections, what was measured, what a class predicted."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.charts import draw, interval
from experiments.languages.speech import say
from experiments.lesson.findings import seen
from experiments.lesson.numbers import decimals_of, difference_words
from experiments.lesson.texts import html
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.classroom import Classroom
    from app.frame import Page
    from experiments.lesson.findings import Seen
    from experiments.lesson.folder import Lesson
    from experiments.lesson.kept import Measured

BLUE, PALE, AMBER, INK = "#1d4e79", "#9db8cf", "#e8a33d", "#1c2733"
ENDS = {"showSymbol": True, "symbol": "rect", "symbolSize": [2, 12], "itemStyle": {"color": AMBER}}  # of intervals


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
    told = [say("{measure}: {value}", measure=text.knobs[name], value=f"{value:g}") for name, value in knobs.items()]
    ui.label(say("; ").join(told)).classes("soft")
    ui.table(columns=columns, rows=rows, row_key="arm").props("flat dense wrap-cells").classes("wide seen")
    words = "Means of {n} runs of each; below them the difference to the first row, with its 95 % interval."
    ui.label(page.say(words, n=lesson.replications)).classes("soft")


def chart(lesson: Lesson, measured: Measured) -> None:
    """Draw a panel for each measure: a bar for each arm, the first pale, and how sure the differences to it are."""
    text, found = lesson.text, seen(measured)
    names = [text.arms.get(arm, arm) for arm in found]
    with ui.element("div").classes("panels"):
        for measure, words in text.measures.items():
            if all(measure in measures for measures in found.values()):
                draw(_panel(words, names, [measures[measure] for measures in found.values()])).classes("panel")
    ui.label(say("The dashed line is the first row, the orange lines are the intervals.")).classes("soft")


def _panel(title: str, names: Sequence[str], arms: Sequence[Seen]) -> dict[str, Any]:
    """Return the options of a panel: bars from 0, a line where the first ends, and each difference's interval."""
    bars = [
        {"value": round(one.mean, 3), "itemStyle": {"color": PALE if i == 0 else BLUE}} for i, one in enumerate(arms)
    ]
    baseline = {
        "silent": True, "symbol": "none", "label": {"show": False}, "lineStyle": {"color": INK, "type": "dashed"},
        "data": [{"xAxis": arms[0].mean}],
    }  # fmt: skip
    intervals = [
        interval(max(0.0, one.mean - one.half), one.mean + one.half, i, AMBER, 3) | ENDS
        for i, one in enumerate(arms) if i > 0 and not isnan(one.half)
    ]  # fmt: skip
    return {
        "title": {"text": title, "textStyle": {"fontSize": 13, "fontWeight": "normal"}},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "value", "min": 0, "splitNumber": 3, "axisLine": {"onZero": False},
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": [
            {"type": "category", "inverse": True, "data": list(names),
             "axisLabel": {"width": 150, "overflow": "break"}},
            {"type": "value", "inverse": True, "min": -0.5, "max": len(arms) - 0.5, "show": False},
        ],
        "series": [{"type": "bar", "data": bars, "barMaxWidth": 22, "markLine": baseline}, *intervals],
    }  # fmt: skip


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
