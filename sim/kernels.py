"""The one way to compile a hot loop, with a cache that can never be stale.

numba's own cache looks only at the file of a kernel, not at the kernels that it calls. Ours lives in a folder named after the
content of every source file of `sim`, so that a change anywhere compiles anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

KEPT_CACHES = 4
F = TypeVar("F", bound=Callable[..., Any])
_njit: Any = numba.njit  # its types do not know all of its options
row = cast("Callable[[Any], int]", np.int64)  # a row number read from a table, in the one width that kernels are compiled for


def _source_hash() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old(folder: Path) -> None:
    """Delete the caches of older sources, but for the latest few, which other checkouts may still use."""
    others = sorted((f for f in folder.parent.glob("kernels-*") if f != folder), key=lambda f: f.stat().st_mtime, reverse=True)
    for old in others[KEPT_CACHES:]:
        shutil.rmtree(old, ignore_errors=True)


def _cache_folder() -> Path:
    """Return a writable folder for compiled kernels: the user's cache, or else the temporary folder."""
    roots = [Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")), Path(tempfile.gettempdir())]
    for root in roots:
        folder = root / "beatlab" / f"kernels-{_source_hash()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            _forget_old(folder)
            return folder
    return Path(tempfile.mkdtemp(prefix="beatlab-kernels-"))


setattr(numba.config, "CACHE_DIR", str(_cache_folder()))  # noqa: B010 (numba fills its config at run time)


def kernel(function: F) -> F:
    """Compile a hot loop that creates no array: cached on disk, one thread, IEEE division by zero, no reference counts.

    Without counts (numba's `_nrt`) a kernel takes dozens of arrays at no cost; counting them took nine tenths of the time of a call.
    """
    return cast("F", _njit(cache=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True)(function))


def inner_kernel(function: F) -> F:
    """Compile a kernel that only other kernels call, without the door to Python, which takes longer to compile than most rules."""
    return cast("F", _njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def inlined(function: F) -> F:
    """Write a kernel into its caller, which saves compiling it twice."""
    return cast("F", _njit(error_model="numpy", inline="always", _nrt=False)(function))


def allocating_kernel(function: F) -> F:
    """Compile a loop that creates arrays, with reference counts; otherwise as `kernel`."""
    return cast("F", _njit(cache=True, error_model="numpy")(function))
