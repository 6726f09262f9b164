"""The one way to compile a hot loop, with a cache that can never be stale and is never trusted blindly.

numba's own cache looks only at the file of a kernel, not at the kernels that it calls, and loads whatever it finds.
Ours has a folder for each module of kernels and version of its code (a change compiles anew what it can touch, and
nothing else), and a seal on every file.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import compiler, serialize
from numba.core.caching import NullCache

from sim.disk_cache import disk_cache, read_sealed, write_sealed

F = TypeVar("F", bound=Callable[..., Any])
_njit: Any = numba.njit  # its types do not know all of its options
_pack: Any = serialize.dumps
_unpack: Any = compiler.CompileResult._rebuild
# A row number read from a table, in the one width that kernels are compiled for
row = cast("Callable[[Any], int]", np.int64)


_PLAIN = frozenset({int, float, bool, np.float64, np.float32, np.int64, np.int32, np.int16, np.int8, np.bool_})
_WHOSE = 0x4  # of the flags of an array: whether its memory is its own, which is no part of its type
_latest: dict[Any, tuple[Any, ...]] = {}  # kernel → arguments of its latest call from Python


class Kernel:
    """A kernel as Python calls it: at once if the arguments are of the types of the latest call.

    To work out the types of hundreds of arrays and numbers took longer than many a kernel. Most of them are in tuples
    that are the very ones of the latest call; only the others are looked at. Kernels call one another past this door.
    """

    def __init__(self, function: Callable[..., Any], dispatcher: Any) -> None:
        update_wrapper(self, function)
        self.dispatcher, self._numba_type_ = dispatcher, dispatcher._numba_type_
        self._compiled: Callable[..., Any] | None = None  # its only form

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the kernel."""
        if named:
            return self.dispatcher(*args, **named)
        latest = _latest.get(self)
        if latest and self._compiled and _alike(args, latest):
            _latest[self] = args
            return self._compiled(*args)
        args = tuple(int(given) if isinstance(given, IntEnum) else given for given in args)  # no form of its own
        result, forms = self.dispatcher(*args), self.dispatcher.overloads
        self._compiled = next(iter(forms.values())).entry_point if len(forms) == 1 else None
        _latest[self] = args
        return result


def _alike(new: tuple[Any, ...], old: tuple[Any, ...]) -> bool:
    """Whether what is in a tuple is of the same types as in another, for all that is sure at a glance."""
    if len(new) != len(old):
        return False
    for one, other in zip(new, old, strict=True):
        if one is other:
            continue
        kind = type(one)
        if kind is not type(other):
            return False
        if kind is np.ndarray:
            if one.dtype is not other.dtype or one.ndim != other.ndim:
                return False
            if (one.flags.num ^ other.flags.num) & ~_WHOSE:
                return False
        elif not (kind in _PLAIN or (isinstance(one, tuple) and _alike(one, other))):
            return False
    return True


def forget_arguments() -> None:
    """Let go of what kernels were called with, as a run that is over would be held by it."""
    _latest.clear()


class KernelCache(NullCache):
    """Keeps the compiled forms of one kernel, a sealed file for each combination of argument types and processor."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def _file(self, signature: Any, codegen: Any) -> Path | None:
        folder = disk_cache("kernels", self._function.__module__)
        if folder is None:
            return None
        code = self._function.__code__
        machine = f"{codegen.magic_tuple()} {sys.implementation.cache_tag}"
        told = f"{code.co_qualname} {code.co_firstlineno} {signature} {machine}"
        return folder / f"{code.co_name}-{hashlib.sha256(told.encode() + code.co_code).hexdigest()[:32]}.pickle"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return a compiled form, None if it has to be compiled."""
        target_context.refresh()
        file = self._file(sig, target_context.codegen())
        content = read_sealed(file) if file else None
        return None if content is None else _unpack(target_context, *pickle.loads(content))

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep a compiled form, unless it holds addresses of this process."""
        file = self._file(sig, cres.codegen)
        if file and not cres.library.has_dynamic_globals:
            write_sealed(file, _pack(cres._reduce()))


def _compiled(function: F, **options: Any) -> F:
    """Compile a function when it is called, IEEE division by zero, one thread; a kernel of `sim` is cached on disk."""
    dispatcher = _njit(error_model="numpy", **options)(function)
    if function.__module__.startswith("sim.") and function.__closure__ is None:
        dispatcher._cache = KernelCache(function)
    return cast("F", dispatcher)


def _entered(function: F, compiled: Any) -> F:
    """Return the door to a compiled function; the function itself where numba is switched off."""
    return cast("F", Kernel(function, compiled) if hasattr(compiled, "overloads") else compiled)


def kernel(function: F) -> F:
    """Compile a hot loop that creates no array: one thread, IEEE division by zero, no reference counts.

    It is cached on disk if it is of `sim`, runs in one thread, divides by zero as IEEE has it, and counts no
    references. Without counts (numba's `_nrt`) a kernel takes dozens of arrays at no cost; counting them took nine
    tenths of the time of a call.
    """
    return _entered(function, _compiled(function, _nrt=False, no_cfunc_wrapper=True))


def inner_kernel(function: F) -> F:
    """Compile a kernel that only other kernels call, without the costly door to Python."""
    return _compiled(function, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: F) -> F:
    """Write a kernel into its caller, which saves compiling it twice."""
    return cast("F", _njit(error_model="numpy", inline="always", _nrt=False)(function))


def allocating_kernel(function: F) -> F:
    """Compile a loop that creates arrays, with reference counts; otherwise as `kernel`."""
    return _entered(function, _compiled(function))
