"""The state of a run as bytes and back again.

Written is what can change during a run. What all runs of a city share, and can be built anew, is named in it instead,
and so are classes of a user's own: bytes can name code, never bring it.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.parameters import BadInput
from sim.world import Setting

MADE_OF = {  # package → what of it a state may name, beside classes of ours
    "numpy": ("ndarray", "dtype", "scalar", "_frombuffer", "_reconstruct"),
    "collections": ("deque", "OrderedDict", "defaultdict"),
    "builtins": ("set", "frozenset", "slice", "range", "complex", "bytearray"),
}
OWN = "own"  # begins the name of a class of a user's own
ClassName = tuple[str, str, str]  # OWN, the name of a registered class, the path to the class from there


def written(state: Any, shared: Setting | None, owners: dict[str, type[Any]] | None = None) -> bytes:
    """Return a state as bytes.

    Parameters
    ----------
    state : object
        Tables, and whatever holds them.
    shared : Setting or None
        What all runs of the city share, which is named.
    owners : dict, optional
        Classes of a user's own, by a name under which `read` will find them.

    Raises
    ------
    BadInput
        When it holds something that cannot be written, such as an open file or a class that is not registered.
    """
    names = {id(value): name for name, value in _shared(shared).items()}

    class Writer(pickle.Pickler):
        def persistent_id(self, value: Any) -> str | ClassName | None:
            if isinstance(value, type) and not _may_name(value.__module__, value.__qualname__, value):
                return _name_of(value, owners or {})
            return names.get(id(value))

        def reducer_override(self, value: Any) -> Any:
            """Write a read-only array as one that is locked as it is read, and that its owner can open again."""
            if isinstance(value, np.ndarray) and not value.flags.writeable:
                return locked, (value.copy("K"),)
            return NotImplemented

    content = io.BytesIO()
    try:
        Writer(content, protocol=5).dump(state)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        told = " ".join(str(error).split())
        raise BadInput("state", told, "arrays, numbers, texts and objects of registered classes alone") from error
    return content.getvalue()


def read(content: bytes, shared: Setting | None, owners: dict[str, type[Any]] | None = None) -> Any:
    """Return the state that `written` has written, with tables of its own.

    Parameters
    ----------
    content : bytes
        From `written`.
    shared, owners
        Those of `written`.

    Raises
    ------
    UnpicklingError
        When it names anything else than a state is made of.
    """
    values = _shared(shared)

    class Reader(pickle.Unpickler):
        def persistent_load(self, name: str | ClassName) -> Any:
            if isinstance(name, str):
                return values[name]
            return _at(owners[name[1]], name[2]) if owners else None

        def find_class(self, module: str, name: str) -> Any:
            """Return what a state names by its module, if it may."""
            value = super().find_class(module, name) if module.partition(".")[0] in ("sim", *MADE_OF) else None
            if not _may_name(module, name, value):
                raise pickle.UnpicklingError(f"no state of a run is made of {module}.{name}")
            return value

    return Reader(io.BytesIO(content)).load()


def locked(array: Array) -> Array:
    """Make an array read-only, and return it."""
    array.flags.writeable = False
    return array


def _may_name(module: str, name: str, value: Any) -> bool:
    """Whether a state may name something by its module: a class of ours, or what tables and containers are made of."""
    package = module.partition(".")[0]
    if package == "sim":
        return value is locked or (isinstance(value, type) and value.__module__.partition(".")[0] == "sim")
    return name in MADE_OF.get(package, ())


def _name_of(kind: type[Any], owners: dict[str, type[Any]]) -> ClassName:
    """Return a name for a class of a user's own: itself a registered one, or defined in the module of one."""
    for name, owner in owners.items():
        if owner.__module__ == kind.__module__ and _at(owner, kind.__qualname__) is kind:
            return OWN, name, kind.__qualname__
    raise pickle.PicklingError(f"{kind.__module__}.{kind.__qualname__} is not registered (bl.register)")


def _at(owner: type[Any], path: str) -> Any:
    """Return what has a qualified name in the module of a class; None: nothing."""
    if path == owner.__qualname__:
        return owner
    inside = path.removeprefix(f"{owner.__qualname__}.")
    try:
        return attrgetter(inside)(owner if inside != path else sys.modules[owner.__module__])
    except AttributeError:
        return None


def _shared(shared: Setting | None) -> dict[str, Any]:
    if shared is None:
        return {}
    return dict([*_named(shared, "setting"), *_named(shared.city.travel, "travel")])


def _named(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield what all runs of a city share, each with its name."""
    from networkx import Graph

    if isinstance(value, np.ndarray | Graph):
        yield path, value
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _named(part, f"{path}.{number}")
    elif is_dataclass(value):
        yield path, value
        for field in fields(value):
            yield from _named(getattr(value, field.name), f"{path}.{field.name}")
