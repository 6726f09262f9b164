"""A lesson on a terminal: the list, the question that comes first, and what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments.languages.speech import listed, say
from experiments.lesson.findings import seen
from experiments.lesson.numbers import decimals_of, difference_words, promise_words
from experiments.lesson.texts import AT_FIRST, QUESTIONS, TO_SEE
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from experiments.lesson.findings import Kept
    from experiments.lesson.folder import Lesson
    from experiments.lesson.kept import Measured


def print_list(console: Console, lessons: Sequence[Lesson]) -> None:
    """Print the lessons there are, each with its line."""
    for lesson in lessons:
        console.print(lesson.name, style="bold", markup=False, highlight=False)
        for line in (lesson.text.title, lesson.text.summary):
            console.print(Padding(Text(line), (0, 0, 0, 2)))


def print_question(console: Console, lesson: Lesson) -> None:
    """Print what a class reads before it predicts, and the predictions to choose from."""
    _print_sections(console, lesson, AT_FIRST)
    _heading(console, say("Predict first"))
    console.print(lesson.text.question, markup=False, highlight=False)
    for i, choice in enumerate(lesson.text.choices, 1):
        console.print(f"  {i}  {choice}", markup=False, highlight=False)
    for name, knob in lesson.knobs.items():
        values = ", ".join(f"{value:g}" for value in knob.allowed)
        words = "{name}={value}: {what}; one of {values}"
        told = say(words, name=name, value=f"{knob.default:g}", what=lesson.text.knobs[name], values=values)
        console.print(told, markup=False, highlight=False)


def print_seen(console: Console, lesson: Lesson, knobs: Mapping[str, float], measured: Measured) -> None:
    """Print what was measured, a row for each arm; differences are to the first."""
    text, found = lesson.text, seen(measured)
    table = Table(box=None, header_style="bold")
    table.add_column(listed([f"{text.knobs[name]}: {value:g}" for name, value in knobs.items()]))
    shown = [name for name in next(iter(found.values())) if name in text.measures]
    for name in shown:
        table.add_column(text.measures[name], justify="right")
    for arm, measures in found.items():
        cells = []
        for name in shown:
            digits = decimals_of(name, found)
            difference = difference_words(measures[name], digits)
            cells.append(number(measures[name].mean, digits) + (f"\n{difference}" if difference else ""))
        table.add_row(text.arms.get(arm, arm), *cells)
    console.print()
    console.print(table)
    words = "Means of {n} runs of each; below them the difference to the first row, with its 95 % interval."
    console.print(say(words, n=lesson.replications), highlight=False)


def print_debriefing(console: Console, lesson: Lesson, prediction: int, kept: Sequence[Kept] | None) -> None:
    """Print what became of the prediction and of the promises, and what to talk about.

    `kept` is None where knobs are turned: promises are about how they stand at first.
    """
    right = prediction == lesson.answer
    _heading(console, say("Your prediction came true." if right else "Your prediction did not come true."))
    _print_sections(console, lesson, (TO_SEE, QUESTIONS))
    for one in kept or ():
        console.print(promise_words(one, lesson.text), markup=False, highlight=False)


def _print_sections(console: Console, lesson: Lesson, sections: Sequence[str]) -> None:
    from rich.markdown import Markdown

    for section in sections:
        _heading(console, say(section))
        console.print(Markdown(lesson.text.sections[section], hyperlinks=False))


def _heading(console: Console, words: str) -> None:
    console.print(f"\n{words}", style="bold", markup=False, highlight=False)
