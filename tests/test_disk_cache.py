import inspect
import os
import subprocess
import sys

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


@pytest.mark.parametrize("other", [np.array([0, 1, 2, 4]), np.arange(4.0), np.arange(4).reshape(2, 2)], ids=["value", "type", "shape"])
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
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
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


def test_where_nothing_can_be_written_the_answer_is_worked_out(slow, cache, monkeypatch):
    total, asked = slow
    monkeypatch.setattr(disk_cache, "_write", lambda *_: (_ for _ in ()).throw(OSError("disk is full")))
    for _ in range(2):
        assert total(np.arange(4))[0] == 6
    assert len(asked) == 2


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
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert len(told.pop().split()) == 1
