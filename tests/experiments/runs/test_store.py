"""Folders of results are complete or absent, and never replace what is not ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from experiments.runs import folder as store
from experiments.runs import places
from experiments.runs.folder import (
    check_output,
    drawing,
    frame,
    output_folder,
    provenance,
    write_json,
    write_rejected,
    write_table,
    write_types,
)
from experiments.runs.places import NotDrawn
from sim.city.city import FileReport, TypeReport
from sim.city.type_tables import own_tables
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


def test_a_pipe_in_the_place_of_a_record_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "provenance.json")
    with pytest.raises(BadInput, match=r"^out: .* holds provenance\.json"):
        check_output(str(tmp_path))


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
    with pytest.raises(BadInput, match=r"^out: '/proc/nowhere/out' cannot be written"):
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
        "number": [1.0, None, None], "whole": [1, None, 3], "word": [None, "b", "c"], "flag": [True, False, None],
        "complete": [0, 1, 2],
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
    write_rejected(
        tmp_path / "rejected.csv",
        [FileReport("calls.csv", 10, 8, [(3, "no time"), (7, "no place, at all")], notices=("a guess",))],
    )
    assert pl.read_csv(tmp_path / "rejected.csv").rows() == [
        ("calls.csv", None, "a guess"),
        ("calls.csv", 3, "no time"),
        ("calls.csv", 7, "no place, at all"),
    ]


def test_types_are_listed_with_their_class_and_can_be_given_back_as_ones_own_table(tmp_path):
    write_types(tmp_path / "none.csv", [])
    assert not (tmp_path / "none.csv").exists()
    told = (
        TypeReport("Theft, petty", "theft", 9, 7, "coordinates are missing (2)", "'theft*' in english.yaml"),
        TypeReport("QX 7", "unknown", 3, 0, "type is not simulated (3)", "in no table"),
    )
    write_types(tmp_path / "types.csv", [FileReport("a.csv", 12, 7, types=told)])
    table = pl.read_csv(tmp_path / "types.csv")
    assert table.columns == ["file", "type", "class", "rows", "used", "lost", "why_lost", "why_class"]
    assert table.select("type", "class", "rows", "used", "lost").rows() == [
        ("Theft, petty", "theft", 9, 7, 2),
        ("QX 7", "unknown", 3, 0, 3),
    ]
    text = (tmp_path / "types.csv").read_text(encoding="utf-8").replace(",theft,", ",robbery,")
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    own = own_tables(str(tmp_path / "own.csv"))
    assert [own.meaning(one.type).kind for one in told] == ["robbery", "unknown"]


def test_provenance_names_versions_seed_and_command():
    record = provenance("python -m experiments.run", 7, datetime.now(UTC))
    assert record["command"] == "python -m experiments.run"
    assert record["seed"] == 7
    assert record["versions"]["numpy"] == np.__version__
    assert datetime.fromisoformat(record["time_utc"]).tzinfo is not None


def killed(action):
    """Do something in a process of its own, which must be killed by it."""
    child = os.fork()
    if child == 0:
        try:
            action()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def kill_while_writing(folder):
    with output_folder(folder, RECORD) as temporary:
        (temporary / "half.txt").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_command_was_writing_is_swept_by_the_next(tmp_path):
    folder = tmp_path / "out"
    write(folder, text="earlier")
    for _ in range(2):
        killed(lambda: kill_while_writing(folder))
    assert len(list(tmp_path.iterdir())) == 3
    check_output(str(folder))
    assert list(tmp_path.iterdir()) == [folder]
    assert (folder / "a.txt").read_text() == "earlier"


def test_what_another_command_is_writing_and_what_is_not_ours_is_left_alone(tmp_path):
    folder = tmp_path / "out"
    (tmp_path / ".out.mine").mkdir()
    (tmp_path / ".outer.x.beatlab-part").mkdir()
    with output_folder(folder, RECORD) as temporary:
        (temporary / "a.txt").write_text("a")
        check_output(str(folder))
    assert (folder / "a.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.mine", ".outer.x.beatlab-part", "out"]


@contextmanager
def killed_at(rename):
    """Let the process be killed before it renames for the n-th time."""
    done, usual = [], Path.rename

    def renamed(path, target):
        if len(done) == rename:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(path)
        return usual(path, target)

    Path.rename = renamed
    yield
    Path.rename = usual
    os.kill(os.getpid(), signal.SIGKILL)


def replace(folder, rename):
    with killed_at(rename), output_folder(folder, RECORD) as temporary:
        (temporary / "a.txt").write_text("later")
        (temporary / "new").mkdir()
        (temporary / "new" / "b.txt").write_text("later")


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "in a container's volume"])
def test_a_command_killed_while_it_replaces_a_result_leaves_the_one_or_the_other(tmp_path, monkeypatch, inside):
    monkeypatch.setattr(places, "_stays", lambda _: inside)
    monkeypatch.setattr(store, "LEAST_FREE", 0)
    seen = []
    for rename in range(9):
        folder = tmp_path / f"out{rename}"
        folder.mkdir()
        with output_folder(folder, RECORD) as temporary:
            (temporary / "a.txt").write_text("earlier")
            (temporary / "old").mkdir()
            (temporary / "old" / "c.txt").write_text("earlier")
        killed(lambda folder=folder, rename=rename: replace(folder, rename))
        for _ in range(2):
            check_output(str(folder))
        texts = {path.read_text() for path in folder.rglob("*.txt")}
        present = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
        assert sorted(present) == sorted(places.files_of(folder))
        assert len(texts) == 1
        seen += texts
    assert {path.name for path in tmp_path.iterdir()} == {f"out{rename}" for rename in range(9)}
    assert seen == sorted(seen), "from some rename on it is the later one"
    assert set(seen) == {"earlier", "later"}


@contextmanager
def disk(folder, size):
    """Mount a small disk at a folder."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_containers_volume_is_filled_and_filled_again(tmp_path):
    with disk(tmp_path / "out", "8m") as folder:
        for name in ("first.txt", "second.txt"):
            write(check_output(str(folder)), name=name)
            assert sorted(path.name for path in folder.iterdir()) == sorted([name, "provenance.json"])
        with pytest.raises(RuntimeError):
            fail_half_way(folder, RuntimeError)
        assert sorted(path.name for path in folder.iterdir()) == ["provenance.json", "second.txt"]
        (folder / "notes.txt").write_text("mine")
        with pytest.raises(BadInput, match=r"notes\.txt"):
            check_output(str(folder))


def test_a_volume_of_the_same_disk_is_told_from_a_folder(tmp_path):
    (tmp_path / "with space").mkdir()
    assert not places._stays(tmp_path / "with space")
    (tmp_path / "here").mkdir()
    if subprocess.run(["mount", "--bind", tmp_path / "here", tmp_path / "with space"], capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        assert places._stays(tmp_path / "with space")
    finally:
        subprocess.run(["umount", tmp_path / "with space"], check=True)


def test_a_disk_that_is_too_small_is_refused_before_anything_is_run(tmp_path):
    with disk(tmp_path / "small", "64k") as folder, pytest.raises(BadInput, match="65 kB free"):
        check_output(str(folder / "out"))


def test_a_disk_that_fills_up_is_told_in_one_line(tmp_path):
    with pytest.raises(OSError, match="No space"):
        write_table(Path("/dev/full"), pl.DataFrame({"a": np.arange(9)}))
    with pytest.raises(BadInput, match="No space left on device"):
        fail_half_way(tmp_path / "out", OSError(28, "No space left on device"))
    assert list(tmp_path.iterdir()) == []


def draw(folder, end):
    with output_folder(folder, RECORD) as temporary:
        (temporary / "a.txt").write_text("table")
        with drawing(temporary, folder, RECORD):
            (temporary / "figures").mkdir()
            (temporary / "figures" / "half.png").write_text("half")
            end()


def not_drawn():
    raise ImportError("no canvas")


def test_tables_survive_when_the_report_cannot_be_made(tmp_path):
    folder = tmp_path / "out"
    with pytest.raises(NotDrawn, match=r"\(ImportError: no canvas"):
        draw(folder, not_drawn)
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "drawing_error.txt", "provenance.json"]
    assert "no canvas" in (folder / "drawing_error.txt").read_text()
    assert places.files_of(folder) == ["a.txt", "drawing_error.txt", "provenance.json"]
    assert json.loads((folder / "provenance.json").read_text())["missing"] == "the figures and the report"
    write(check_output(str(folder)))


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "in a container's volume"])
def test_tables_survive_a_command_that_is_killed_while_it_draws(tmp_path, monkeypatch, inside):
    monkeypatch.setattr(places, "_stays", lambda _: inside)
    folder = tmp_path / "out"
    folder.mkdir()
    write(folder, name="earlier.txt")
    killed(lambda: draw(folder, lambda: os.kill(os.getpid(), signal.SIGKILL)))
    assert json.loads((folder / "provenance.json").read_text())["missing"] == "the figures and the report"
    check_output(str(folder))
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "out",
        "out/a.txt",
        "out/provenance.json",
    ]
    draw(folder, lambda: None)
    assert places.files_of(folder) == ["a.txt", "figures/half.png", "provenance.json"]
    assert "missing" not in json.loads((folder / "provenance.json").read_text())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_tables_survive_a_command_that_is_interrupted_while_it_draws(tmp_path, monkeypatch, error):
    def interrupted():
        raise error

    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("this disk knows no second names")))
    with pytest.raises(error):
        draw(tmp_path / "out", interrupted)
    assert places.files_of(tmp_path / "out") == ["a.txt", "provenance.json"]
    assert (tmp_path / "out" / "a.txt").read_text() == "table"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_without_a_matplotlib_that_works_nothing_is_begun(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(BadInput, match=r"^installation: 'matplotlib' cannot be imported"):
        store.check_drawing()


@pytest.mark.parametrize("out", ["~nobody_at_all/out", "a\0b", "\udcff", "round/out"])
def test_what_names_no_folder_is_refused_in_one_line(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(BadInput, match=r"^out: "):
        check_output(out)


@pytest.fixture
def somebodys_repository(tmp_path):
    folder = tmp_path / "theirs"
    words = ["-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "--allow-empty", "-m", "theirs"]
    for command in (["init", "-q", folder], ["-C", folder, *words]):
        subprocess.run(["git", *command], check=True)
    return folder


def test_another_repository_does_not_reach_provenance(somebodys_repository, monkeypatch):
    ours = store._commit()
    monkeypatch.setenv("GIT_DIR", str(somebodys_repository / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(somebodys_repository))
    assert store._commit() == ours
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_WORK_TREE")
    (somebodys_repository / "experiments").mkdir()
    installed = shutil.copy(store.__file__, somebodys_repository / "experiments")
    monkeypatch.setattr(store, "__file__", str(installed))
    assert store._commit() is None


def test_a_folder_of_somebody_else_is_refused_at_the_first_file(monkeypatch, tmp_path):
    (tmp_path / "home").mkdir()

    def endless(self, pattern):
        yield self / "first"
        raise AssertionError("it has looked at more than the first")

    monkeypatch.setattr(Path, "rglob", endless)
    with pytest.raises(BadInput, match=r"^out: .* holds first"):
        check_output(str(tmp_path / "home"))
