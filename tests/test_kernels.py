"""Compiled kernels are kept on disk, and only what is as it was written is ever loaded."""

import gc
import os
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sim.kernels import forget_arguments, kernel

REPOSITORY = Path(__file__).parents[1]
KERNEL = """
from pathlib import Path
import sys
import numpy as np
from sim.kernels import kernel

def total(values):
    found = 0.0
    for value in values:
        found += value
    return found

total.__module__ = "sim.clock"

def ask():
    fresh = kernel(total)
    assert fresh(np.arange(5.0)) == 10
    return sum(fresh.dispatcher.stats.cache_hits.values())

def written():
    return [path for path in Path(sys.argv[1]).rglob("*") if path.is_file()]
"""


def ask(cache, code="print(ask())", **environment):
    """Run code that asks a kernel in a process of its own, with its cache in a folder; return what it printed."""
    asked = subprocess.run(
        [sys.executable, "-c", KERNEL + code, str(cache)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "XDG_CACHE_HOME": str(cache), **environment},
        cwd=cache,
        capture_output=True,
        text=True,
    )
    assert (asked.returncode, asked.stderr) == (0, "")
    return asked.stdout.split()


def test_a_kernel_is_compiled_once(tmp_path):
    assert ask(tmp_path) == ["0"]
    assert ask(tmp_path) == ["1"]


def test_a_damaged_kernel_is_compiled_anew(tmp_path):
    code = """
ask()
for file in written():
    whole = file.read_bytes()
    step = max(1, len(whole) // 12)
    places = (*range(0, len(whole), step), len(whole) - 1)
    flipped = [whole[:k] + bytes([whole[k] ^ 4]) + whole[k + 1 :] for k in places]
    for damaged in (b"", b"x", whole[: len(whole) // 2], whole[:-1], whole + b"x", *flipped):
        file.write_bytes(damaged)
        assert ask() == 0, "a damaged file was loaded"
        assert ask() == 1, "it was not made anew"
print("held")
"""
    assert ask(tmp_path, code) == ["held"]


def test_a_kernel_of_another_name_is_not_taken_for_it(tmp_path):
    code = """
ask()
(file,) = written()
kernel(total)(np.arange(5))
(other,) = set(written()) - {file}
file.write_bytes(other.read_bytes())
print(ask())
"""
    assert ask(tmp_path, code) == ["0"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a folder to somebody else")
@pytest.mark.parametrize("owner", ["nobody", "everybody"])
def test_a_kernel_that_somebody_else_could_have_put_there_is_not_loaded(tmp_path, owner):
    place = tmp_path / f"beatlab-{os.geteuid()}"
    unusable = {"XDG_CACHE_HOME": "/proc/nowhere", "TMPDIR": str(tmp_path)}
    assert ask(tmp_path, **unusable) == ["0"]
    assert ask(tmp_path, **unusable) == ["1"], "the private folder in the temporary folder is used"
    for path in (place, *place.rglob("*")):
        if owner == "nobody":
            os.chown(path, 65534, 65534)
        else:
            path.chmod(0o777)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert ask(tmp_path, **unusable) == ["0"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before, "nothing is left behind"


def test_nobody_waits_for_a_cache_whose_disk_is_full(tmp_path):
    code = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
print(ask(), ask(), len(written()))
"""
    begun = time.monotonic()
    assert ask(tmp_path, code) == ["0", "0", "0"]
    assert time.monotonic() - begun < 60


def test_who_imports_the_model_finds_numba_as_it_was(tmp_path):
    """Neither its settings nor its classes are touched, and kernels that are not ours are compiled as ever."""
    code = """
import numba
from numba.core import caching, compiler, config, dispatcher, registry, serialize

def state():
    parts = (config, numba, caching, compiler, dispatcher, registry, serialize, caching.NullCache,
        compiler.CompileResult, compiler.Flags, dispatcher.Dispatcher, registry.CPUDispatcher)
    return [{name: id(value) for name, value in vars(part).items()} for part in parts]

before = state()
import sim.model
from sim.clock import hour_of_week
assert hour_of_week(0.0, 0) == 0
for one, other in zip(before, state()):
    assert one == other, set(one.items()) ^ set(other.items())
theirs = numba.njit(lambda value: 1 / value)
try:
    theirs(0)
except ZeroDivisionError:
    print(type(theirs._cache) is caching.NullCache)
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    asked = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert (asked.returncode, asked.stderr, asked.stdout) == (0, "", "True\n")


class Half(NamedTuple):
    """A table and a number."""

    rows: np.ndarray
    factor: float


class Whole(NamedTuple):
    """A tuple of tuples, as worlds are."""

    half: Half
    other: np.ndarray


def add_up(whole, more):
    total = 0.0
    for k in range(len(whole.half.rows)):
        total += whole.half.rows[k] * whole.half.factor
    for k in range(len(whole.other)):
        total += whole.other[k]
    return total + more


def test_a_kernel_looks_at_the_types_of_whatever_it_is_given_anew():
    """Kernels are entered without a look at types where all are those of the latest call, and nowhere else."""
    compiled = kernel(add_up)
    usual = Whole(Half(np.arange(4.0), 2.0), np.ones(3))
    read_only = np.arange(4.0)
    read_only.flags.writeable = False
    others = (
        (usual, 1.0),
        (usual._replace(other=np.full(5, 7.0)), 1.0),
        (usual._replace(half=usual.half._replace(rows=np.arange(6.0))), 1.0),
        (usual._replace(half=usual.half._replace(rows=np.arange(4))), 1.0),
        (usual._replace(half=usual.half._replace(rows=np.arange(8.0)[::2])), 1.0),
        (usual._replace(half=usual.half._replace(rows=read_only)), 1.0),
        (usual._replace(half=usual.half._replace(factor=3)), 1.0),
        (usual, 1),
    )
    for given in others:
        for arguments in ((usual, 1.0), given, given):
            assert compiled(*arguments) == add_up(*arguments)
    with pytest.raises(TypeError):
        compiled(usual)


def test_kernels_let_go_of_what_they_were_called_with():
    compiled, rows = kernel(add_up), np.ones(3)
    compiled(Whole(Half(rows, 1.0), rows), 0.0)
    held = weakref.ref(rows)
    del rows
    forget_arguments()
    gc.collect()
    assert held() is None
