import errno
import os
import tempfile

import pytest

from sim import disk_cache

MOST = 3


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

    def total(number):
        def add():
            asked.append(number)
            return str(sum(range(number))).encode()

        folder = disk_cache.disk_cache("answers", "sim.incidents.base_rate")
        return int(disk_cache.kept(folder, f"{number}.kept", add, MOST))

    return total, asked


def test_an_answer_is_worked_out_once(slow):
    total, asked = slow
    for _ in range(3):
        assert total(4) == 6
    assert len(asked) == 1


def test_another_name_has_its_own_answer(slow):
    total, asked = slow
    assert (total(4), total(5)) == (6, 10)
    assert len(asked) == 2


def test_half_a_file_is_worked_out_again(slow, cache):
    total, asked = slow
    total(4)
    (file,) = cache.rglob("*.kept")
    file.write_bytes(file.read_bytes()[:-3])
    assert total(4) == 6
    assert len(asked) == 2
    assert total(4) == 6
    assert len(asked) == 2
    assert list(file.parent.iterdir()) == [file], "nothing half-written is left"


def test_only_the_latest_answers_are_kept(slow, cache):
    total, _ = slow
    for k in range(8):
        total(k)
    assert len(list(cache.rglob("*.kept"))) == MOST + 1


@pytest.mark.parametrize("another", [False, True])
def test_an_answer_that_was_changed_is_worked_out_again(slow, cache, another):
    total, asked = slow
    total(4)
    (file,) = cache.rglob("*.kept")
    if another:
        total(5)
        (other,) = set(cache.rglob("*.kept")) - {file}
        file.write_bytes(other.read_bytes())
    else:
        file.write_bytes(b"7" + file.read_bytes()[1:])
    before = len(asked)
    for _ in range(2):
        assert total(4) == 6
    assert len(asked) == before + 1


def test_where_nothing_can_be_written_the_answer_is_worked_out(slow, cache, monkeypatch):
    total, asked = slow
    monkeypatch.setattr(disk_cache, "_places", lambda: iter([cache / "file" / "beatlab"]))
    (cache / "file").touch()
    for _ in range(2):
        assert total(4) == 6
    assert len(asked) == 2
    assert list(cache.iterdir()) == [cache / "file"]


def test_a_disk_that_is_full_keeps_nothing_and_leaves_nothing(slow, cache, monkeypatch):
    total, asked = slow

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "disk is full")

    monkeypatch.setattr(os, "fdopen", full)
    for _ in range(2):
        assert total(4) == 6
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
