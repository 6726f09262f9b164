"""Words that no command takes, by command: each has to end in one line, status 2, and no file.

    PYTHONPATH=.:tests/support python tests/support/bad_words.py

tries all of them in both languages, in this process and without a run, and prints what is otherwise.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from beatlab.__main__ import main

LANGUAGES = ("en", "zh")
OF_SETTINGS = (  # of every command that takes settings
    "nonsense=1",
    "days=0",
    "days=1.5",
    "days=many",
    "days",
    "=3",
    "seed=-1",
    "workers=0",
    "out=",
    "city=nowhere",
    "city.residents=abc",
    "city.residents=-5",
    "city.incidents_csv=missing.csv",
    "force.officers=-3",
    "strategy.dwell_min=[",
    "--nonsense",
    "--situation missing.yaml",
    "--with missing.py",
    "--config-dir missing",
)
TAKE_SETTINGS = ("compare", "sweep", "optimise", "run", "validate", "mechanisms")
OWN = {
    "compare": (
        "strategies=[]",
        "strategies=[nope]",
        "strategies=[reactive,reactive]",
        "shortages=[nope]",
        "replications=0",
        "target=foo<=1",
        "target=crimes_total",
        "precision_of=crimes_totl",
        "precision=0",
        "formats=[gif]",
        "engine=spark",
        "baseline=nope",
    ),
    "sweep": (
        "indicator=crimes_totl",
        "indicator=clearance_burgalry",
        "strategy=reactive,nope",
        "days=interval(1,5)",
        "design=cube",
        "points_csv=missing.csv",
        "replications=0",
        "timeout_min=0",
        "precision=-1",
        "baseline=nope",
        "store=null",
        "engine.wait_s=-1",
        "--part 5/4",
        "--part x",
        "seed=range(1,200000) days=range(1,100)",
    ),
    "optimise": (
        "outcomes=[crimes_totl]",
        "outcomes=[residents]",
        "outcomes=[]",
        "budget=-1",
        "personnel=0",
        "levers=[nope]",
        "fresh=1",
        "sampler=dice",
        "strategies=[nope]",
    ),
    "sensitivity": ("outcomes=[crimes_totl]", "outcomes=[]", "samples=33", "strategies=[nope]", "trajectories=1"),
    "run": ("strategy=nope", "shortage=nope", "keep=all"),
    "store": ("", "lst", "list extra", "export", "list store=7=8", "prune --all"),
    "rerun": ("", "missing", "missing out=x out=y"),
    "power": ("", "missing", "missing indicator=1 power=2", "missing effect=3"),
    "new": ("", "planet x", "strategy", "strategy 1+2"),
    "lesson": ("nope", "more_patrol seed=-1", "more_patrol knob=1"),
    "replay": ("", "missing", "missing days=0"),
    "app": ("port=abc", "--nonsense"),
    "inspect": ("nonsense=1", "city=nowhere", "city.incidents_csv=missing.csv"),
}
ALONE = ("compre", "--nope")


class Told(NamedTuple):
    """What became of a command."""

    status: int
    out: str
    errors: str
    written: list[str]

    def faults(self, language: str) -> list[str]:
        """Return what is not as it has to be."""
        line = self.errors.removesuffix("\n")
        return [
            *([] if self.status == 2 else [f"status {self.status}"]),
            *([] if line and "\n" not in line else [f"{self.errors.count(chr(10))} lines"]),
            *(["something on the output"] if self.out else []),
            *([f"wrote {', '.join(self.written)}"] if self.written else []),
            *([] if re.search(r"[\u4e00-\u9fff]" if language == "zh" else r"^error: ", line) else ["another language"]),
        ]


def cases() -> Iterator[tuple[str, ...]]:
    """Yield the words of each command."""
    for command in TAKE_SETTINGS:
        for words in OF_SETTINGS:
            yield command, *words.split()
    for command, many in OWN.items():
        for words in many:
            yield command, *words.split()
    for words in ALONE:
        yield (words,)


def tried(words: tuple[str, ...], language: str) -> Told:
    """Give words to the console in an empty folder."""
    out, errors = io.StringIO(), io.StringIO()
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.chdir(folder)
        stack.callback(os.chdir, here)
        stack.enter_context(mock.patch("experiments.runs.work.work_through", _ran))
        stack.enter_context(mock.patch("experiments.runs.cities.work_through", _ran))
        stack.enter_context(mock.patch("experiments.runs.placed.work_through", _ran))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(errors))
        try:
            status = main([*words, f"language={language}"])
        except SystemExit as ended:
            status = int(ended.code or 0)
        written = sorted(path.name for path in Path(folder).rglob("*"))
    return Told(status, out.getvalue(), errors.getvalue(), written)


def _ran(*_given: object, **_more: object) -> None:
    raise AssertionError("it came to runs")


if __name__ == "__main__":
    number = 0
    for words in cases():
        for language in LANGUAGES:
            number += 1
            told = tried(words, language)
            if faults := told.faults(language):
                print(f"{language} {' '.join(words)}: {'; '.join(faults)}\n    {told.errors.strip()[:300]}", flush=True)
    print(f"{number} commands tried")
