"""`beatlab new`: write commented, working starting files for something of your own, with its test."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import TYPE_CHECKING

from experiments.languages.speech import ENGLISH, LANGUAGES, say
from experiments.settings.command import Parser, execute_words, shown_path, words_parser
from experiments.settings.request import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMAND = Command(
    name="new",
    summary="Write starting files that work for a strategy, programme, indicator, pattern, situation or lesson.",
    keys={},
    examples=(
        "beatlab new strategy near_repeat",
        "beatlab new indicator long_waits --dir mine",
        "beatlab new pattern calls_at_night",
        "beatlab new situation 夜班不足 --dir mine language=zh",
        "beatlab new lesson night_shift",
    ),
)
FILE = ("--with", "{folder}{name}.py", "city=town")
NEXT = {  # what → the command that uses it
    "strategy": ("compare", *FILE, "strategies=[reactive,hotspot,{name}]"),
    "programme": ("compare", *FILE, "strategies=[hotspot,hotspot with {name}]"),
    "indicator": ("compare", *FILE, "strategies=[reactive,hotspot]"),
    "pattern": ("validate", *FILE, "preset=county_china", "replications=3", "days=28"),
    "situation": ("compare", "--situation", "{folder}{name}.yaml"),
    "lesson": ("lesson", "{name}"),  # in the folder that has lessons/
}
USED = {"lesson": "teach:   {command}", "pattern": "score:   {command}"}  # else it is compared


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute_words(_parser, argv, _new)


def _new(given: argparse.Namespace) -> None:
    """Write the files, and say how they are used."""
    from experiments.new.files import files_of, write

    written = write(files_of(given.what, given.name, _language(given.settings)), given.dir)
    folder = "" if given.dir == "." else f"{given.dir.rstrip('/')}/"
    words = [word.format(folder=folder, name=given.name) for word in NEXT[given.what]]
    test = ["python", "-m", "pytest", f"{folder}test_{given.name}.py"]
    print(say("written: {files}", files=", ".join(shown_path(path) for path in written)))
    command = shlex.join(["beatlab", *words])
    print(say(USED.get(given.what, "compare: {command}"), command=command))
    print(say("test:    {command}", command=shlex.join(test)))


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    group.add_argument("what", choices=tuple(NEXT))
    group.add_argument("name", help=say("by which it is chosen: letters, digits and _; of a situation also -"))
    group.add_argument("settings", nargs="*", metavar="language=en|zh", help=say("of the comments in a situation"))
    group.add_argument(
        "--dir", default=".", help=say("folder to write into, made if there is none (default: this one)")
    )
    return parser


def _language(words: Sequence[str]) -> str:
    """Return the language that the user chose, English by default."""
    from experiments.settings.overrides import read_overrides
    from sim.parameters import BadInput

    choices, values = read_overrides(words)
    for key, value in (*choices.items(), *values.items()):
        if key != "language" or value not in LANGUAGES:
            raise BadInput(key, value, "language=en or language=zh")
    return str(values.get("language", ENGLISH))


if __name__ == "__main__":
    sys.exit(main())
