"""A result is done again from its own record alone: the same to the bit, or it is said what is not."""

import json
from pathlib import Path

import polars as pl
import pytest
from slow_machines import without_progress
from small_commands import SMALL_TOWN

from beatlab.__main__ import main

SHORT = ("city=town", "days=1", "warmup_days=0", "workers=1")
OWN = """
from beatlab import PatrolPlan, Strategy

class Mine(Strategy):
    name = "mine"

    def plan(self, briefing, rng):
        return PatrolPlan.none()
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rerun(capfd, *words):
    status = main(["rerun", *map(str, words)])
    told = capfd.readouterr()
    return status, told.out.splitlines(), without_progress(told.err).splitlines()


@pytest.mark.parametrize(
    "words",
    [
        ("run", *SMALL_TOWN, "days=1", "warmup_days=0"),
        ("compare", *SHORT, *SMALL_TOWN, "strategies=[reactive,hotspot]", "shortages=[none]", "replications=2"),
        ("sweep", *SHORT, *SMALL_TOWN, "strategy=reactive,hotspot", "replications=2"),
        ("optimise", *SHORT, *SMALL_TOWN, "combinations=3", "replications=2", "fresh=3", "confirm=2"),
        (
            "sensitivity",
            *SHORT,
            *SMALL_TOWN,
            "parameters=people.search.risk",
            "samples=0",
            "replications=1",
            "trajectories=4",
        ),
        ("trial", *SMALL_TOWN, "designs=[before_after]", "days=56", "start_day=28", "warmup_days=0", "replications=3"),
        ("calibrate", *SMALL_TOWN, "days=14", "warmup_days=0", "workers=1",
         "parameters=dispatch.scene_factor", "patterns=unit_minutes", "screen=2",
         "search=0", "waves=0", "points=5", "replications=2", "fresh=5"),
    ],
)  # fmt: skip
def test_a_result_done_again_is_the_same_to_the_bit(words, here, capfd):
    assert main([*words, "out=first"]) == 0
    capfd.readouterr()
    status, out, err = rerun(capfd, "first")
    assert (status, err) == (0, [])
    files = json.loads(Path("first/provenance.json").read_text())["sha256"]
    numbers = [name for name in files if name.endswith((".parquet", ".csv", ".json", ".yaml"))]
    assert out == [f"{len(numbers)} of {len(numbers)} files of numbers are identical to the bit"]
    assert sorted(path.name for path in here.iterdir()) in (["first"], ["first", "out"]), "nothing else is left"


def test_what_differs_is_named_by_file_and_column(here, capfd):
    main(["run", *SMALL_TOWN, "days=1", "warmup_days=0", "out=first"])
    record = json.loads(Path("first/provenance.json").read_text())
    daily = pl.read_parquet("first/daily.parquet")
    daily.with_columns(pl.lit(-1).alias("days")).write_parquet("first/daily.parquet")
    record["sha256"]["daily.parquet"] = "0" * 64
    record["sources"]["sim"] = "other"
    Path("first/provenance.json").write_text(json.dumps(record))
    capfd.readouterr()
    status, out, err = rerun(capfd, "first")
    assert status == 1
    assert out[0] == "daily.parquet differs: days"
    assert "files of numbers are identical" in out[1]
    assert err[0].startswith("daily.parquet: not there as it was written")
    assert "sim differ; going on" in err[1]


def test_an_input_that_is_missing_or_has_changed_is_one_line(here, capfd):
    Path("mine.py").write_text(OWN)
    assert main(["run", "--with", "mine.py", *SMALL_TOWN, "strategy=mine", "days=1", "warmup_days=0", "out=o"]) == 0
    capfd.readouterr()
    assert rerun(capfd, "o")[0] == 0
    Path("mine.py").write_text(OWN + "# another one\n")
    status, out, (line,) = rerun(capfd, "o")
    assert (status, out) == (2, [])
    assert "mine.py" in line
    assert "has changed" in line
    Path("mine.py").unlink()
    status, out, (line,) = rerun(capfd, "o")
    assert (status, out) == (2, [])
    assert "not found" in line


def test_a_result_of_another_processor_says_so_before_it_is_done_again(here, capfd):
    main(["run", *SMALL_TOWN, "days=1", "warmup_days=0", "out=first"])
    record = json.loads(Path("first/provenance.json").read_text())
    record["versions"]["processor"] = "abacus"
    Path("first/provenance.json").write_text(json.dumps(record))
    capfd.readouterr()
    status, _, (line,) = rerun(capfd, "first")
    assert status == 0
    assert "processor abacus → " in line


def test_a_part_of_a_sweep_is_not_done_again(here, capfd):
    words = ("sweep", *SHORT, *SMALL_TOWN, "strategy=reactive,hotspot", "replications=2", "store=s", "out=o")
    assert main([*words, "--part", "1/2"]) == 0
    assert main([*words, "--status"]) == 0
    capfd.readouterr()
    status, _, (line,) = rerun(capfd, "o")
    assert status == 2
    assert "2 are still to be run" in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"program": "another"}, "holds no result"),
        ({"command": "rm -r ."}, "no command that can be repeated"),
        ({"command": "beatlab ../run"}, "no command that can be repeated"),
        ({"sha256": None}, "kept no hashes"),
        ({"command_note": "it lacks strategy mine"}, "it lacks strategy mine"),
    ],
)
def test_a_record_that_cannot_be_followed_is_one_line(change, said, here, capfd):
    record = {"program": "beatlab", "files": ["provenance.json"], "sha256": {}, "inputs": {}, "sources": {}}
    record |= {"command": "beatlab run", "versions": {}, "git_commit": None}
    Path("o").mkdir()
    Path("o/provenance.json").write_text(json.dumps({**record, **change}))
    status, out, (line,) = rerun(capfd, "o")
    assert (status, out) == (2, [])
    assert said in line


def test_a_command_that_fails_hands_on_its_status(here, capfd):
    main(["run", *SMALL_TOWN, "days=1", "warmup_days=0", "out=first"])
    record = json.loads(Path("first/provenance.json").read_text())
    record["command"] += " strategy=nonsense"
    Path("first/provenance.json").write_text(json.dumps(record))
    capfd.readouterr()
    status, out, (line,) = rerun(capfd, "first")
    assert (status, out) == (2, [])
    assert "nonsense" in line
