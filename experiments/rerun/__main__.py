"""`beatlab rerun FOLDER`: do any result again from its own record, and say whether it is the same to the bit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.languages.speech import check_language, say, spoken
from experiments.settings.command import FAILED, Parser, complain, execute_words, words_parser
from experiments.settings.request import Command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

COMMAND = Command(
    name="rerun",
    summary="Do a result again from its own record, and say whether all numbers are the same to the bit.",
    keys={},
    examples=("beatlab rerun out/compare", "beatlab rerun out/sweep workers=1"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status: 1 where numbers differ, that of the command where that fails."""
    told: list[int] = []
    return execute_words(_parser, argv, lambda given: told.append(_rerun(given))) or sum(told)


def _rerun(given: argparse.Namespace) -> int:
    from experiments.rerun.again import Failed, differences
    from experiments.rerun.record import read_result

    workers = _workers(given.settings)
    result = read_result(given.folder)
    for name in result.damaged:
        words = "{name}: not there as it was written; what is done again is compared with its recorded hash"
        complain(say(words, name=name))
    if other := result.other_code:
        made_by = say(", which was commit {commit}", commit=result.commit) if result.commit else ""
        words = "code or processor are not those that made this result{made_by}: {other} differ; going on"
        complain(say(words, made_by=made_by, other=other))
    try:
        differing = differences(result, workers)
    except Failed as error:
        return error.status
    for name, how in differing.items():
        print(say("{name} differs: {how}", name=name, how=how))
    same = len(result.sha256) - sum(name in result.sha256 for name in differing)
    print(say("{same} of {n} files of numbers are identical to the bit", same=same, n=len(result.sha256)))
    return FAILED if differing else 0


def _workers(words: Sequence[str]) -> str:
    """Return how many processes the user wants, in the words of a command."""
    from experiments.settings.overrides import read_overrides
    from sim.parameters import BadInput

    choices, values = read_overrides(words)
    check_language(values.pop("language", spoken()))
    for key, value in (*choices.items(), *((key, value) for key, value in values.items() if key != "workers")):
        allowed = "workers=N and language=en or zh, which is all that this command takes beside the folder"
        raise BadInput(key, value, allowed)
    return "null" if values.get("workers") is None else str(values["workers"])


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    group.add_argument("folder", help=say("of a result, with its provenance.json"))
    group.add_argument("settings", nargs="*", metavar="workers=N", help=say("processes (default: one per core)"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
