"""`beatlab lesson`: predict, run a town in which the effect can be seen, and talk about it; or print the sheet."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, check_language, say
from experiments.settings.command import Parser, execute_words, shown_path, words_parser
from experiments.settings.request import Command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.lesson.folder import Lesson

COMMAND = Command(
    name="lesson",
    summary="Teach with a town in which effects can be seen: predict, run, talk; 45 minutes each.",
    keys={},
    examples=(
        "beatlab lesson",
        "beatlab lesson how_long",
        "beatlab lesson how_long prediction=2 stay_min=25",
        "beatlab lesson how_long sheet=how_long.html language=zh",
    ),
)
OWN_KEYS = ("prediction", "seed", "workers", "sheet", "language")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute_words(_parser, argv, _lesson)


def _lesson(given: argparse.Namespace) -> None:
    from rich.console import Console

    from experiments.lesson.folder import load
    from experiments.lesson.page import write_sheet
    from experiments.lesson.terminal import print_list, print_question
    from scenarios.lessons.found import lesson_folders

    named = [word for word in given.words if "=" not in word]
    settings, knobs = _settings([word for word in given.words if "=" in word])
    console = Console()
    if not named:
        print_list(console, [load(name) for name in lesson_folders()])
        return
    lesson = load(_only(named))
    knobs = lesson.with_defaults(knobs)
    if settings["sheet"] is not None:
        print(say("sheet: {path}", path=shown_path(write_sheet(lesson, str(settings["sheet"])))))
    elif settings["prediction"] is None:
        print_question(console, lesson)
        print("\n" + say("then: {command}", command=f"beatlab lesson {lesson.name} prediction=1"))
    else:
        _run(console, lesson, knobs, settings)


def _run(console: Any, lesson: Lesson, knobs: Mapping[str, float], settings: Mapping[str, Any]) -> None:
    """Run the lesson after the prediction, and print what was seen."""
    from experiments.lesson.findings import promises_kept
    from experiments.lesson.kept import gather
    from experiments.lesson.terminal import print_debriefing, print_seen
    from experiments.runs.progress import bar
    from sim.parameters import BadInput

    choices = range(1, len(lesson.text.choices) + 1)
    if isinstance(settings["prediction"], bool) or settings["prediction"] not in choices:
        raise BadInput("prediction", settings["prediction"], f"one of {', '.join(map(str, choices))}")
    measured = gather(lesson, knobs, settings["seed"], settings["workers"], bar)
    print_seen(console, lesson, knobs, measured)
    as_promised = knobs == lesson.with_defaults({})
    kept = promises_kept(lesson.promises, measured) if as_promised else None
    print_debriefing(console, lesson, settings["prediction"] - 1, kept)


def _only(named: Sequence[str]) -> str:
    from sim.parameters import BadInput

    if len(named) > 1:
        raise BadInput("lesson", " ".join(named), "one lesson at a time")
    return named[0]


def _settings(words: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of the command, and those of knobs."""
    from experiments.settings.overrides import read_overrides
    from sim.parameters import BadInput
    from sim.randomness import MAX_SEED

    choices, values = read_overrides(words)
    for key, value in choices.items():
        raise BadInput(key, value, f"a knob of the lesson, or one of {', '.join(OWN_KEYS)}")
    found: dict[str, Any] = {"prediction": None, "seed": 1, "workers": None, "sheet": None, "language": ENGLISH}
    found |= {key: values.pop(key) for key in OWN_KEYS if key in values}
    check_language(found["language"])
    for key, most in (("seed", MAX_SEED), ("workers", 1000)):
        value = found[key]
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most):
            raise BadInput(key, value, f"a whole number from 1 to {most}")
    return found, values


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    words = "name of a lesson, its knobs, prediction=1, seed=1, sheet=FILE.html; without any: lists the lessons"
    group.add_argument("words", nargs="*", metavar="NAME key=value", help=say(words))
    return parser


if __name__ == "__main__":
    sys.exit(main())
