"""The one way to compile a hot loop, with a cache that can never be stale.

numba's own cache looks only at the file of a kernel, not at the kernels that it calls. Ours has a folder for each module of kernels and
version of its code: a change compiles anew what it can touch, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.caching import _CacheLocator

from sim.disk_cache import code_version, disk_cache

F = TypeVar("F", bound=Callable[..., Any])
_njit: Any = numba.njit  # its types do not know all of its options
row = cast("Callable[[Any], int]", np.int64)  # a row number read from a table, in the one width that kernels are compiled for


def _is_ours(function: Callable[..., Any]) -> bool:
    return function.__module__.startswith("sim.")


class SourceLocator(_CacheLocator):
    """Tells numba where the compiled kernels of a module of `sim` are, and that they are as fresh as the name of their folder."""

    def __init__(self, module: str, line: int) -> None:
        self._module, self._line = module, line

    def get_cache_path(self) -> str:
        """Return the folder of the module's kernels."""
        return str(disk_cache("kernels", self._module))

    def get_source_stamp(self) -> str:
        """Return the content that the kernels were compiled from."""
        return code_version(self._module)

    def get_disambiguator(self) -> str:
        """Return the line of the kernel, which tells it from others of its name."""
        return str(self._line)

    @classmethod
    def from_function(cls, function: Any, _file: str) -> SourceLocator | None:
        """Return the locator of a kernel of `sim`, none for anybody else's."""
        return cls(function.__module__, function.__code__.co_firstlineno) if _is_ours(function) else None


_LOCATORS = "sim.kernels.SourceLocator,UserProvidedCacheLocator,InTreeCacheLocator,UserWideCacheLocator"
setattr(numba.config, "CACHE_LOCATOR_CLASSES", _LOCATORS)  # noqa: B010 (numba fills its config at run time)


def kernel(function: F) -> F:
    """Compile a hot loop that creates no array: cached on disk if it is of `sim`, one thread, IEEE division by zero, no reference counts.

    Without counts (numba's `_nrt`) a kernel takes dozens of arrays at no cost; counting them took nine tenths of the time of a call.
    """
    return cast("F", _njit(cache=_is_ours(function), error_model="numpy", _nrt=False, no_cfunc_wrapper=True)(function))


def inner_kernel(function: F) -> F:
    """Compile a kernel that only other kernels call, without the door to Python, which takes longer to compile than most rules."""
    return cast("F", _njit(cache=_is_ours(function), error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def inlined(function: F) -> F:
    """Write a kernel into its caller, which saves compiling it twice."""
    return cast("F", _njit(error_model="numpy", inline="always", _nrt=False)(function))


def allocating_kernel(function: F) -> F:
    """Compile a loop that creates arrays, with reference counts; otherwise as `kernel`."""
    return cast("F", _njit(cache=_is_ours(function), error_model="numpy")(function))
