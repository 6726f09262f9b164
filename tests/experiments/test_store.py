"""Folders of results are complete or absent, and never replace what is not ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from experiments.store import check_output, frame, output_folder, provenance, write_json, write_rejected
from sim.city.city import FileReport
from sim.parameters import BadInput

RECORD = {"program": "beatlab"}


def write(folder, name="a.txt", text="a"):
    with output_folder(folder, RECORD) as temporary:
        (temporary / name).write_text(text)


def fail_half_way(folder, error):
    with output_folder(folder, RECORD) as temporary:
        (temporary / "a.txt").write_text("half")
        raise error


def test_a_folder_appears_complete_with_its_missing_parents(tmp_path):
    folder = check_output(str(tmp_path / "x" / "y" / "out"))
    assert list(tmp_path.iterdir()) == []
    write(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "provenance.json"]
    assert json.loads((folder / "provenance.json").read_text())["files"] == ["a.txt", "provenance.json"]
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_a_failure_leaves_nothing_not_even_the_parents(tmp_path, error):
    with pytest.raises(error):
        fail_half_way(tmp_path / "x" / "out", error)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_earlier_result(tmp_path):
    folder = tmp_path / "out"
    write(folder, text="earlier")
    with pytest.raises(RuntimeError):
        fail_half_way(folder, RuntimeError)
    assert (folder / "a.txt").read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_result_of_ours_is_replaced_with_all_its_files(tmp_path):
    folder = tmp_path / "out"
    write(folder, name="old.txt")
    write(check_output(str(folder)), name="new.txt")
    assert sorted(path.name for path in folder.iterdir()) == ["new.txt", "provenance.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_used(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    write(check_output(str(folder)))
    assert (folder / "a.txt").exists()


def test_a_folder_with_a_file_of_somebody_else_is_refused_and_kept(tmp_path):
    folder = tmp_path / "out"
    write(folder)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        check_output(str(folder))
    with pytest.raises(BadInput, match=r"notes\.txt"):
        write(folder)
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_folder_with_somebody_elses_provenance_is_refused(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    write_json(folder / "provenance.json", {"program": "another", "files": ["provenance.json"]})
    with pytest.raises(BadInput, match=r"provenance\.json"):
        check_output(str(folder))


def test_the_working_directory_is_refused(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for out in (".", "..", str(tmp_path)):
        with pytest.raises(BadInput, match="current folder"):
            check_output(out)


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for out in ("file", "file/out", "file/x/out"):
        with pytest.raises(BadInput, match="file"):
            check_output(str(tmp_path / out))


def test_a_place_that_cannot_be_written_is_refused():
    with pytest.raises(BadInput, match=r"^out: '/proc/nowhere/out' is not allowed: it cannot be written"):
        check_output("/proc/nowhere/out")


@pytest.mark.parametrize("out", ["", None])
def test_a_folder_without_a_name_is_refused(out):
    with pytest.raises(BadInput, match="out"):
        check_output(out)


def test_masked_values_and_not_a_number_become_null():
    columns = {
        "number": np.ma.masked_array([1.0, 2.0, np.nan], mask=[False, True, False]),
        "whole": np.ma.masked_array([1, -1, 3], mask=[False, True, False]),
        "word": np.ma.masked_array(["a", "b", "c"], mask=[True, False, False]),
        "flag": np.ma.masked_array([True, False, True], mask=[False, False, True]),
        "complete": np.arange(3),
    }
    out = frame(columns)
    assert out.to_dict(as_series=False) == {
        "number": [1.0, None, None], "whole": [1, None, 3], "word": [None, "b", "c"], "flag": [True, False, None], "complete": [0, 1, 2],
    }  # fmt: skip
    assert [out[name].dtype for name in ("whole", "word", "flag")] == [pl.Int64, pl.String, pl.Boolean]


def test_a_table_without_rows_keeps_its_types():
    out = frame({"number": np.ma.masked_array(np.empty(0), mask=np.empty(0, bool)), "word": np.empty(0, "U4")})
    assert out.schema == {"number": pl.Float64, "word": pl.String}


def test_json_with_infinities_is_never_written(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"x": float("nan")})


def test_rejected_rows_are_listed_with_their_reason(tmp_path):
    write_rejected(tmp_path / "none.csv", [])
    assert not (tmp_path / "none.csv").exists()
    write_rejected(tmp_path / "rejected.csv", [FileReport("calls.csv", 10, 8, [(3, "no time"), (7, "no place, at all")])])
    assert pl.read_csv(tmp_path / "rejected.csv").rows() == [("calls.csv", 3, "no time"), ("calls.csv", 7, "no place, at all")]


def test_provenance_names_versions_seed_and_command():
    record = provenance("python -m experiments.run", 7, datetime.now(UTC))
    assert record["command"] == "python -m experiments.run"
    assert record["seed"] == 7
    assert record["versions"]["numpy"] == np.__version__
    assert datetime.fromisoformat(record["time_utc"]).tzinfo is not None
