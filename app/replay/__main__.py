"""`beatlab replay FOLDER…`: one HTML file in which two strategies are seen at work, side by side on one clock."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, check_language, say
from experiments.runs.progress import bar
from experiments.settings.command import Parser, execute_words, shown_path, words_parser
from experiments.settings.request import Command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from app.replay.branching import Branch
    from app.replay.folders import Kept

BRANCH = {  # what `beatlab.branch` takes
    "branch.at_min": "the moment from which on B is A otherwise, in minutes since the first measured day began",
    "branch.strategy": "strategy that holds from the next morning on; absent: that of A",
    "branch.programmes": "programmes that are added to it: names, or name: parameters",
    "branch.heads": "personnel missing, moved or added from then on, as in shortage.heads",
    "branch.changes": "parameters of the police that differ from then on",
}
COMMAND = Command(
    name="replay",
    summary="Write one HTML file that shows two strategies of a result at work, side by side on one clock.",
    keys={
        "strategies": "one or two of the result; absent: the first two, or the first of each folder",
        "shortage": "under which; absent: the first of the result",
        "replication": "which is shown first, from 0",
        "replications": "how many the file has, for the noise; at most those of the result",
        "days": "of each run, from its beginning; absent: all",
        "language": "in which the page begins: en or zh",
        "workers": "processes; null: one per core",
        **BRANCH,
        "out": "file to write",
    },
    examples=(
        "beatlab replay out/compare",
        "beatlab replay out/compare 'strategies=[reactive,hotspot]' shortage=uniform30 days=14 out=hotspot.html",
        "beatlab replay out/run out/other language=zh",
        "beatlab replay out/compare strategies=[reactive] branch.at_min=6000 branch.strategy=hotspot days=14",
        "beatlab replay out/run branch.at_min=6000 'branch.heads=[{post: patrol, heads: -10}]'",
    ),
)
GIVEN: dict[str, Any] = {
    "strategies": None, "shortage": None, "replication": 0, "replications": 3, "days": None, "language": ENGLISH,
    "workers": None, "out": "out/replay.html", **dict.fromkeys(BRANCH),
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute_words(_parser, argv, _replay)


def _replay(given: argparse.Namespace) -> None:
    """Do the runs again and write the page."""
    from app.replay.again import otherwise, read_folders, recordings, sides
    from app.replay.data import tree
    from app.replay.page import html
    from experiments.runs.places import at_once
    from sim.parameters import BadInput

    settings = _settings([word for word in given.words if "=" in word])
    folders = read_folders([word for word in given.words if "=" not in word] or [""])
    out = _check_out(settings["out"])
    branch = _branch(settings)
    strategies = settings["strategies"]
    if branch is not None and strategies is None and len(folders) == 1:
        strategies = folders[0].strategies[:1]
    every = sides(folders, strategies, settings["shortage"])
    places = [folders[min(side, len(folders) - 1)].place for side in range(len(every))]
    every = [_with_command(side, place, given.words) for side, place in zip(every, places, strict=True)]
    if branch is not None:
        if len(every) > 1:
            raise BadInput("branch.at_min", branch.at_min, "one strategy of one folder, which then goes on otherwise")
        every.append(otherwise(every[0], branch, settings["days"]))
        places *= 2
    numbers = _numbers(settings["replication"], settings["replications"], min(map(len, every)))
    runs = [(side[number], place) for number in numbers for side, place in zip(every, places, strict=True)]
    recorded = recordings(runs, settings["days"], settings["workers"], bar)
    out.parent.mkdir(parents=True, exist_ok=True)
    with at_once(out) as part:
        part.write_text(html(tree(recorded), settings["language"]), encoding="utf-8")
    size = out.stat().st_size / 1e6
    print(say("replay: {path}, {size} MB, {n} runs", path=shown_path(out), size=f"{size:.1f}", n=len(recorded)))
    if any(one.scenario.days < kept.scenario.days for one, (kept, _) in zip(recorded, runs, strict=True)):
        print(say("its totals are those of these days alone, not of the result"))


def _branch(settings: Mapping[str, Any]) -> Branch | None:
    """Return what is to be otherwise, None where nothing is.

    Raises
    ------
    BadInput
        For a value of another kind, and where the moment is missing.
    """
    from app.replay.branching import Branch
    from sim.parameters import BadInput

    given = {key.partition(".")[2]: settings[key] for key in BRANCH if settings[key] is not None}
    if not given:
        return None
    if "at_min" not in given:
        raise BadInput("branch.at_min", None, BRANCH["branch.at_min"])
    if isinstance(given.get("programmes"), str):
        given["programmes"] = [given["programmes"]]
    for key, kind in (("programmes", list | dict), ("heads", list), ("changes", list)):
        if key in given and not isinstance(given[key], kind):
            raise BadInput(f"branch.{key}", given[key], BRANCH[f"branch.{key}"])
    return Branch(**given)


def _with_command(side: Sequence[Kept], place: str, words: Sequence[str]) -> list[Kept]:
    """Return the runs of a side with the command that runs another future of them."""
    again = ("shortage", "replication", "replications", "days", "language")
    said = [word for word in words if word.partition("=")[0] in again]
    command = shlex.join(["beatlab", "replay", place, f"strategies=[{side[0].strategy}]", *said])
    command += " branch.at_min={minute} branch.strategy=hotspot"
    return [replace(one, command=command) for one in side]


def _numbers(first: int, many: int, there: int) -> list[int]:
    """Return the replications of the file, that which is shown first before the others."""
    from sim.parameters import BadInput

    if not 0 <= first < there:
        raise BadInput("replication", first, f"0 to {there - 1}, the replications of the result")
    return [first, *(number for number in range(there) if number != first)][: max(many, 1)]


def _settings(words: Sequence[str]) -> dict[str, Any]:
    """Return what the user wants, each value of its type."""
    from experiments.settings.overrides import read_overrides
    from sim.parameters import BadInput

    choices, values = read_overrides(words)
    for key, value in (*choices.items(), *((key, value) for key, value in values.items() if key not in GIVEN)):
        if key != "shortage":
            raise BadInput(key, value, f"{', '.join(GIVEN)}: what this command takes beside folders")
    found = {**GIVEN, **choices, **values}
    if isinstance(found["strategies"], str):
        found["strategies"] = [found["strategies"]]
    for key, least in (("replication", 0), ("replications", 1), ("days", 1), ("workers", 1)):
        value = found[key]
        if value != GIVEN[key] and (type(value) is not int or value < least):
            raise BadInput(key, value, f"a whole number from {least} on")
    wanted = found["strategies"]
    if wanted is not None and not (isinstance(wanted, list) and all(isinstance(name, str) for name in wanted)):
        raise BadInput("strategies", found["strategies"], "names of strategies")
    check_language(found["language"])
    return found


def _check_out(name: object) -> Path:
    """Return the file to write, before anything is computed.

    Raises
    ------
    BadInput
        When it is no HTML file that can be written.
    """
    from sim.parameters import BadInput, Unusable

    if not isinstance(name, str) or not name.endswith(".html"):
        raise BadInput("out", name, "the name of a file that ends in .html")
    path = Path(name).expanduser().resolve()
    above = next(folder for folder in path.parents if folder.exists())
    if path.is_dir() or not above.is_dir() or not os.access(above, os.W_OK):
        raise Unusable("out", name, "{} cannot be written; name another file")
    return path


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    group.add_argument("words", nargs="+", metavar="FOLDER", help=say("of a comparison or a run, or two of them"))
    keys = [f"  {f'{key}=…':<16}{say(what)}" for key, what in COMMAND.keys.items()]
    parser.epilog = "\n".join([say("keys"), *keys, "", *filter(None, [parser.epilog])])
    return parser


if __name__ == "__main__":
    sys.exit(main())
