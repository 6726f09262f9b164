"""What is mapped from disk is what was made, read-only; a file that is not as it was written is made anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import beatlab as bl
from sim import mapped as module
from sim.arrays import Array
from sim.mapped import mapped
from sim.world import let_go_of_cities, setting_of

ROOT = Path(__file__).parents[2]


class Place(NamedTuple):
    name: str
    cells: Array
    rows: Array
    columns: Array


def place(scale: float = 1.0) -> Place:
    rows = np.zeros(3, dtype=[("x", "i1"), ("y", "<f8")])
    rows["y"] = scale
    return Place("here", scale * np.arange(1000.0), rows, np.asfortranarray(np.arange(6.0).reshape(2, 3)))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept, of a version of the code."""

    def folder(kind: str, _module: str) -> Path:
        (tmp_path / kind / "version").mkdir(parents=True, exist_ok=True)
        return tmp_path / kind / "version"

    monkeypatch.setattr(module, "disk_cache", folder)
    return tmp_path / "cities" / "version"


def made() -> tuple[Place, int]:
    """Return what is mapped, and how often it was made."""
    calls = []
    value = mapped("cities", "sim.world", "one", lambda: calls.append(1) or place())
    return value, len(calls)


def test_what_is_mapped_is_what_was_made_and_nobody_can_write_to_it(disk: Path) -> None:
    first, once = made()
    second, never = made()
    assert (once, never) == (1, 0)
    for value in (first, second):
        assert value.name == "here"
        for found, wanted in zip(value[1:], place()[1:], strict=True):
            np.testing.assert_array_equal(found, wanted)
            assert found.dtype == wanted.dtype
            assert (found.flags.c_contiguous, found.flags.f_contiguous, found.flags.aligned) == (
                wanted.flags.c_contiguous, wanted.flags.f_contiguous, True,
            )  # fmt: skip
            with pytest.raises(ValueError, match="read-only"):
                found[...] = found[...]
    assert [path.name for path in disk.iterdir()] == ["one"]


@pytest.mark.parametrize("at", [0, 3, 20, 300, -100, -1])
def test_a_file_with_a_letter_changed_is_made_anew(disk: Path, at: int) -> None:
    made()
    written = bytearray((disk / "one").read_bytes())
    written[at] ^= 1
    (disk / "one").write_bytes(written)
    found, times = made()
    np.testing.assert_array_equal(found.cells, place().cells)
    assert times == 1, "a letter that nothing follows from may change, but there is none"
    assert made()[1] == 0


@pytest.mark.parametrize("left", [0, 5, 50, 400, 5000])
def test_a_file_that_was_cut_short_is_made_anew(disk: Path, left: int) -> None:
    made()
    written = (disk / "one").read_bytes()
    assert left < len(written)
    (disk / "one").write_bytes(written[:left])
    assert made()[1] == 1
    assert (disk / "one").read_bytes() == written


def test_a_file_under_another_name_is_none(disk: Path) -> None:
    made()
    (disk / "one").rename(disk / "two")
    calls = []
    mapped("cities", "sim.world", "two", lambda: calls.append(1) or place(2.0))
    assert calls == [1]


def test_where_there_is_no_disk_and_no_room_on_it_all_goes_on(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPARED", 10**15)
    assert made()[1] == made()[1] == 1
    assert not list(disk.iterdir())
    monkeypatch.setattr(module, "disk_cache", lambda _kind, _module: None)
    found, times = made()
    assert times == 1
    assert not found.cells.flags.writeable


def test_what_was_not_used_for_longest_makes_room_whatever_code_it_is_of(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made()
    size = (disk / "one").stat().st_size
    earlier = disk.parent / "earlier_version"
    earlier.mkdir()
    for age, name in enumerate(("newer", "older"), 1):
        (earlier / name).write_bytes(bytes(size))
        os.utime(earlier / name, (1000 - age, 1000 - age))
    monkeypatch.setattr(module, "KEPT_BYTES", 3 * size + 100)
    mapped("cities", "sim.world", "two", place)
    assert sorted(path.name for path in disk.parent.glob("*/*")) == ["newer", "one", "two"]


def test_a_city_that_another_process_has_built_is_mapped_and_the_same(tmp_path: Path) -> None:
    asked = (
        "import beatlab as bl\nfrom sim.world import setting_of\n"
        "s = setting_of(bl.scenario(city='town', seed=3, settings={'city.residents': 3000, 'city.seed': 77}))\n"
        "print(s.society.residents['home_cell'].sum(), float(s.opportunity.appeal.sum()), s.city.travel.km.sum())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", asked], cwd=ROOT, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
            check=True, capture_output=True, text=True,
        ).stdout
        for _ in range(2)
    }  # fmt: skip
    assert len(told) == 1
    assert len(list((tmp_path / "cache" / "beatlab" / "cities").glob("*/*"))) == 1


def test_all_large_tables_of_a_city_are_mapped() -> None:
    scenario = bl.scenario(city="town", settings={"city.residents": 3000})
    let_go_of_cities()
    shared = setting_of(scenario)
    for array in (
        shared.society.residents,
        shared.opportunity.appeal,
        shared.city.travel.km,
        shared.society.ties.other,
    ):
        base = array
        while isinstance(base, np.ndarray):
            base = base.base
        assert isinstance(base, memoryview)
        assert not array.flags.writeable
