"""A pattern of the user's own is on the scoreboard, is tried first, and is refused in one line where it cannot be."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from typing import ClassVar

import polars as pl
import pytest
from small_commands import SMALL_TOWN

import beatlab as bl
from beatlab.__main__ import main
from experiments.patterns.pattern import Experiment
from experiments.patterns.published import published
from experiments.runs.engines.local import Local
from experiments.runs.progress import silent
from experiments.settings.request import Request
from experiments.validate.api import COMMAND, _experiments

NUMBERS = count()
RUN = (*SMALL_TOWN, "preset=county_china", "days=5", "warmup_days=0", "replications=3", "workers=1", "out=made")


class Constant(bl.Pattern):
    """A pattern that conforms."""

    name = "constant"
    about = title = "Constant"
    unit = "1"
    source = "made up"
    bands: ClassVar = {"county_china": (1, None)}

    def measure(self, portrait):
        """Return the same for all runs."""
        return float(portrait.days > 0)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_what_new_writes_conforms_and_is_scored_by_the_command_that_is_named(capsys):
    assert main(["new", "pattern", "calls_at_night"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"score: +beatlab validate --with calls_at_night.py .*preset=county_china", told)
    assert main(["validate", "--with", "calls_at_night.py", *RUN]) == 0
    row = pl.read_parquet("made/patterns.parquet").row(-1, named=True)
    assert (row["pattern"], row["study"], row["use"], row["n"]) == ("calls_at_night", "county_china", "validate", 3)
    assert 0 < row["mean"] < 100
    assert "Calls from 22 h to 6 h" in Path("made/validate.html").read_text()
    assert "calls_at_night" not in [it.name for it in published()], "the file is forgotten with the command"


def test_one_that_conforms_passes_the_check():
    bl.check_pattern(Constant)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"unit": ""}, "it has no unit"),
        ({"use": "tune"}, "its use is 'tune'; write specify, calibrate or validate"),
        ({"quality": "good"}, "its quality is 'good'"),
        ({"bands": {}}, "it has no bands"),
        ({"bands": {"mars": (1, 2)}}, "its band is for 'mars'"),
        ({"bands": {"county_china": (2, 1)}}, "the lower first"),
        ({"bands": {"county_china": 2}}, "write two numbers"),
        ({"measure": lambda self, portrait: float("inf")}, "return a finite number"),
        ({"measure": lambda self, portrait, made=NUMBERS: next(made)}, "draw nothing"),
        ({"name": "two words"}, "no name of letters"),
    ],
)
def test_one_that_breaks_a_promise_is_told_what_to_change(changed, says):
    with pytest.raises(AssertionError, match=says):
        bl.check_pattern(type("Wrong", (Constant,), changed))


def test_a_file_that_cannot_be_used_ends_in_one_line(capsys):
    Path("mine.py").write_text("import beatlab as bl\nclass Mine(bl.Pattern):\n    name = 'mine'\n"
                               "    def measure(self, portrait):\n        return 1.0\n")  # fmt: skip
    assert main(["validate", "--with", "mine.py", *RUN]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: pattern: 'mine' is not allowed")
    assert err.count("\n") == 1
    assert not Path("made").exists()


class Doubled(Experiment):
    """A field experiment of a made-up kind: its runs are numbers."""

    name = "doubled"
    about = title = "Doubled"
    unit = "1"
    source = "made up"
    bands: ClassVar = {"county_china": (3, 5)}

    def tasks(self, tree, replications):
        """Give each replication its seed."""
        scenario = {"city": {"residents": 300, "area_km2": 2, "beats": 1, "districts": 1}, "days": 1, "warmup_days": 0}
        return [{"scenario": {**scenario, "seed": tree["seed"] + r}, "number": r} for r in range(replications)]

    @staticmethod
    def run(task):
        """Return a number that tells the seed."""
        return [task["scenario"]["seed"], 2.0 * task["number"] + 2]

    def judge(self, results):
        """Read the numbers."""
        return [number for _, number in results]


def test_a_field_experiment_has_runs_of_its_own_in_the_full_scope_alone(monkeypatch):
    plan = {"places": ("county_china",), "replications": 3, "store": None}
    monkeypatch.setattr("experiments.patterns.published.PUBLISHED", (Doubled,))
    request = Request(COMMAND, [], {"city": "town"}, {}, False)
    assert _experiments(request, plan, Local(1), silent) == {("doubled", "county_china"): [2.0, 4.0, 6.0]}
