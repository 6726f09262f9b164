import errno
import inspect
import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from sim import disk_cache
from sim.columns import table
from sim.disk_cache import answers_kept
from sim.parameters import Parameters, parameter
from sim.people.residents import DWELLING_COLUMNS


class Two(Parameters):
    one: float = parameter(1.0, unit="1", source="assumption", doc="One.")
    other: float = parameter(2.0, unit="1", source="assumption", doc="Other.")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A folder of the user's cache that is empty, for this test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    disk_cache.disk_cache.cache_clear()
    yield tmp_path
    disk_cache.disk_cache.cache_clear()


@pytest.fixture
def slow(cache):
    """A function whose answers are kept, and the list of what it was really asked."""
    asked = []

    def total(*parts, start=0.0):
        asked.append(parts)
        return np.array([start + sum(float(np.sum(part)) for part in parts)])

    total.__module__ = "sim.incidents.base_rate"
    return answers_kept(total), asked


def test_an_answer_is_worked_out_once(slow):
    total, asked = slow
    for _ in range(3):
        np.testing.assert_array_equal(total(np.arange(4), start=0.5), [6.5])
    assert len(asked) == 1


@pytest.mark.parametrize(
    "other", [np.array([0, 1, 2, 4]), np.arange(4.0), np.arange(4).reshape(2, 2)], ids=["value", "type", "shape"]
)
def test_other_arguments_have_their_own_answer(slow, other):
    total, asked = slow
    total(np.arange(4))
    assert total(other)[0] == other.sum()
    assert len(asked) == 2


def test_gaps_between_columns_are_no_content():
    def filled(gap):
        rows = table(DWELLING_COLUMNS, 3)
        rows.view(np.uint8)[:] = gap
        for name in rows.dtype.names:
            rows[name] = 1
        return rows

    assert filled(0).tobytes() != filled(255).tobytes(), "the table has gaps"
    assert disk_cache._name(filled(0)) == disk_cache._name(filled(255))
    assert disk_cache._name(filled(0)) != disk_cache._name(filled(0)[:2])


def test_every_process_gives_the_same_arguments_the_same_name(cache):
    imports = "from sim.disk_cache import _name\nfrom sim.parameters import Parameters, parameter"
    code = f"{imports}\n{inspect.getsource(Two)}\nprint(_name((Two(one=3.0, other=4.0), 'α')))"
    names = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(names) == 1
    assert disk_cache._name((Two(one=3.0, other=4.5), "α")) + "\n" not in names


def test_half_a_file_is_worked_out_again(slow, cache):
    total, asked = slow
    total(np.arange(4))
    (file,) = cache.rglob("*.npy")
    file.write_bytes(file.read_bytes()[:-3])
    assert total(np.arange(4))[0] == 6
    assert len(asked) == 2
    assert total(np.arange(4))[0] == 6
    assert len(asked) == 2
    assert list(file.parent.iterdir()) == [file], "nothing half-written is left"


def test_only_the_latest_answers_are_kept(slow, cache, monkeypatch):
    monkeypatch.setattr(disk_cache, "KEPT_ANSWERS", 3)
    total, _ = slow
    for k in range(8):
        total(np.arange(k))
    assert len(list(cache.rglob("*.npy"))) == 4


@pytest.mark.parametrize("damage", ["value", "not a number", "shape", "another's"])
def test_an_answer_that_was_changed_is_worked_out_again(slow, cache, damage):
    total, asked = slow
    total(np.arange(4))
    (file,) = cache.rglob("*.npy")
    if damage == "another's":
        total(np.arange(5))
        (other,) = set(cache.rglob("*.npy")) - {file}
        file.write_bytes(other.read_bytes())
    else:
        np.save(file, {"value": np.array([7.0]), "not a number": np.array([np.nan]), "shape": np.zeros((2, 3))}[damage])
    before = len(asked)
    for _ in range(2):
        np.testing.assert_array_equal(total(np.arange(4)), [6.0])
    assert len(asked) == before + 1


def test_a_pickle_in_the_place_of_an_answer_is_not_loaded(slow, cache):
    total, asked = slow
    total(np.arange(4))
    (file,) = cache.rglob("*.npy")
    np.save(file, np.array([{}], dtype=object), allow_pickle=True)
    assert total(np.arange(4))[0] == 6
    assert len(asked) == 2


def test_where_nothing_can_be_written_the_answer_is_worked_out(slow, cache, monkeypatch):
    total, asked = slow
    monkeypatch.setattr(disk_cache, "_places", lambda: iter([cache / "file" / "beatlab"]))
    (cache / "file").touch()
    for _ in range(2):
        assert total(np.arange(4))[0] == 6
    assert len(asked) == 2
    assert list(cache.iterdir()) == [cache / "file"]


def test_a_disk_that_is_full_keeps_nothing_and_leaves_nothing(slow, cache, monkeypatch):
    total, asked = slow

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "disk is full")

    monkeypatch.setattr(os, "fdopen", full)
    for _ in range(2):
        assert total(np.arange(4))[0] == 6
    assert len(asked) == 2
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def folder_of(monkeypatch, **environment):
    for name, elsewhere in (("XDG_CACHE_HOME", ""), ("HOME", "/proc/nowhere")):
        monkeypatch.setenv(name, str(environment.get(name) or elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", str(environment["TMPDIR"]))
    disk_cache.disk_cache.cache_clear()
    return disk_cache.disk_cache("answers", "sim.clock")


def test_what_is_kept_is_for_its_owner_alone(cache, monkeypatch):
    (cache / "home").mkdir()
    (cache / "home" / ".cache" / "beatlab").mkdir(parents=True)  # of an earlier version: open to readers
    folder = folder_of(monkeypatch, HOME=cache / "home", TMPDIR=cache)
    while folder != cache / "home" / ".cache":
        assert folder.stat().st_mode & 0o777 == 0o700
        folder = folder.parent


@pytest.mark.parametrize(
    "unusable",
    ["open", "above open", "not ours", "above not ours", "a link", "links in a loop", "relative", "a file", "no home"],
)
def test_a_cache_that_others_can_write_or_that_cannot_be_is_not_used(cache, monkeypatch, unusable):
    if "not ours" in unusable and os.geteuid() != 0:
        pytest.skip("needs root, to give a folder to somebody else")
    home, spare = cache / "home", cache / "spare"
    ours = home / "beatlab"
    ours.mkdir(parents=True)
    spare.mkdir()
    given = home
    if unusable.endswith("open"):
        (home if "above" in unusable else ours).chmod(0o777)
    elif unusable.endswith("not ours"):
        os.chown(home if "above" in unusable else ours, 65534, 65534)
    elif unusable == "a link":
        ours.rmdir()
        ours.symlink_to(cache)
    elif unusable == "links in a loop":
        given = cache / "round"
        given.symlink_to(given)
    elif unusable == "relative":
        monkeypatch.chdir(cache)
        given = "home"
    elif unusable == "a file":
        given = cache / "file"
        given.touch()
    elif unusable == "no home":
        given = None
        monkeypatch.setattr(disk_cache.Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    before = sorted(home.rglob("*"))
    folder = folder_of(monkeypatch, XDG_CACHE_HOME=given, TMPDIR=spare)
    assert folder.is_relative_to(spare / f"beatlab-{os.geteuid()}")
    assert sorted(home.rglob("*")) == before
    spare.chmod(0o777)
    assert folder_of(monkeypatch, XDG_CACHE_HOME=given, TMPDIR=spare) is None
    spare.chmod(0o1777)
    assert folder_of(monkeypatch, XDG_CACHE_HOME=given, TMPDIR=spare) == folder


def test_a_change_of_any_imported_source_changes_the_version(monkeypatch):
    before = disk_cache.code_version("sim.incidents.base_rate")
    real = disk_cache._sources.__wrapped__

    def edited(module):
        content, imports = real(module)
        return (content + b"# edited", imports) if module == "sim.randomness" else (content, imports)

    monkeypatch.setattr(disk_cache, "_sources", edited)
    assert disk_cache.code_version.__wrapped__("sim.incidents.base_rate") != before
    assert disk_cache.code_version.__wrapped__("sim.clock") == disk_cache.code_version("sim.clock")


def test_the_base_rates_of_a_city_are_asked_for_by_the_same_name_in_every_process():
    code = """
from sim import disk_cache
from sim.scenario import Scenario
from sim.world import build_world
name = disk_cache._name
disk_cache._name = lambda arguments: print(name(arguments)) or name(arguments)
build_world(Scenario(city={"residents": 2000, "area_km2": 4, "beats": 2, "districts": 1, "centres": 1}))
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert len(told.pop().split()) == 1
