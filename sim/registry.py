"""Finds strategies, programmes and indicators by name.

They are in the modules of a package of ours, registered by hand (`sim.extensions`), or entry points of other packages.
A module that cannot be loaded, and a name that two classes have, stand in the way of those who ask for that name, and
of nobody else.
"""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from sim.authors import staying
from sim.parameters import BadInput

LONGEST_NAME = 100
MIXING = (" with ", " without ")  # `hotspot with doorstep`: a strategy and a programme more
METHODS = ("plan", "measure")  # without which a strategy, an indicator, means nothing
_by_hand: dict[tuple[str, str], tuple[type[Any], str]] = {}  # (module, class) → class, file that it was loaded from


class Registry(NamedTuple):
    """What was found.

    Attributes
    ----------
    kinds : dict
        Name → class, of the names that one class has.
    twice : dict
        Name → the classes that share it, each with its module or file.
    broken : dict
        Module, or name of an entry point → why it cannot be loaded, with file and line.
    """

    kinds: dict[str, type[Any]]
    twice: dict[str, list[str]]
    broken: dict[str, str]

    def pick(self, name: object, field: str) -> type[Any]:
        """Return the class of a name.

        Raises
        ------
        BadInput
            If none has it, several have it, or its module may be one that cannot be loaded.
        """
        if not isinstance(name, str):
            raise BadInput(field, name, "a name")
        if name in self.twice:
            raise BadInput(
                field, name, f"a name that one class has; {' and '.join(self.twice[name])} both have it: rename one"
            )
        if name not in self.kinds:
            broken = "".join(f"; {why}" for why in self.broken.values())
            raise BadInput(field, name, f"one of {', '.join(self.kinds)}{broken}")
        return self.kinds[name]


def shipped(kind: type[Any]) -> bool:
    """Whether a strategy or programme is one of this project: all others are tried before they are compared."""
    return kind.__module__.startswith(("sim.strategies.", "sim.programmes."))


def put_by_hand(kind: type[Any], file: str = "") -> None:
    """Remember a class for `found`; one of the same module and name, such as that of a cell run again, is replaced."""
    _by_hand[kind.__module__, kind.__qualname__] = kind, file


def take_back(kind: type[Any]) -> None:
    """Forget a class that was put by hand."""
    _by_hand.pop((kind.__module__, kind.__qualname__), None)


def by_hand() -> list[tuple[type[Any], str]]:
    """Return the classes that were put by hand, each with the file that it was loaded from, or an empty text."""
    return list(_by_hand.values())


def found(base: type[Any], package: str, group: str) -> Registry:
    """Load the modules of a package and the entry points of a group; return the classes below `base` that have a name.

    Parameters
    ----------
    base : type
        `Strategy`, `Programme` or `Indicator`; has a `name`.
    package : str
        Such as `sim.strategies`.
    group : str
        Such as `beatlab.strategies`.
    """
    broken: dict[str, str] = {}
    for module in sorted(
        pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."), key=lambda module: module.name
    ):
        name = module.name
        try:
            with staying():
                importlib.import_module(name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever its author's code raises as it is loaded, SystemExit too
            broken[name] = f"{name} cannot be loaded: {place_of(error)}"
    owners: dict[str, list[type[Any]]] = {}
    for kind in _below(base):
        if not kind.name or not kind.__module__.startswith(f"{package}.") or kind.__module__ in broken:
            continue
        if fault := fault_of(kind, base):
            broken[f"{kind.__module__}.{kind.__qualname__}"] = (
                f"the class {kind.__qualname__} of {kind.__module__} cannot be used: {fault}"
            )
        else:
            owners.setdefault(kind.name, []).append(kind)
    for kind, _ in by_hand():
        if issubclass(kind, base):
            owners.setdefault(kind.name, []).append(kind)
    for point in entry_points(group=group):
        try:
            with staying():
                kind = _loaded(point, base)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            broken[point.name] = f"the entry point {point.name} ({point.value}) cannot be loaded: {place_of(error)}"
        else:
            if kind not in owners.setdefault(point.name, []):
                owners[point.name].append(kind)
    return _sorted(owners, broken)


def _loaded(point: EntryPoint, base: type[Any]) -> type[Any]:
    kind = point.load()
    if not (isinstance(kind, type) and issubclass(kind, base)):
        raise TypeError(f"it is no class that derives from {base.__name__}")
    name = getattr(kind, "name", "")
    if name != point.name:
        raise TypeError(f"its class has the name {name!r}; give both one name")
    if fault := fault_of(kind, base):
        raise TypeError(fault)
    return kind


def fault_of(kind: type[Any], base: type[Any]) -> str:
    """Return what stands in the way of choosing a class by its name and of settings that hold its parameters.

    Empty: nothing.
    """
    name = kind.name
    if (
        not isinstance(name, str)
        or not name.isprintable()
        or len(name) > LONGEST_NAME
        or "/" in name
        or name.strip() != name
    ):
        return f"its name is {name!r:.80}; write a text of at most {LONGEST_NAME} letters, without '/'"
    if mixing := next((word for word in MIXING if word in name), None):
        return f"its name is {name!r}; choose one without {mixing.strip()!r}, which joins a strategy and a programme"
    for method in METHODS:
        if hasattr(base, method) and getattr(kind, method) is getattr(base, method):
            return f"it has no {method}(); write one"
    for field in ("programmes", "needs", "structures", "totals", "means"):
        given = getattr(kind, field, ())
        if not isinstance(given, tuple | list) or not all(isinstance(one, str) for one in given):
            return f"{field} is {given!r:.80}; write a tuple of names, such as ('visits',)"
    for field in ("label", "unit"):
        if not isinstance(getattr(kind, field, ""), str):
            return f"{field} is {getattr(kind, field)!r:.80}; write a text"
    if getattr(kind, "good", 0) not in (-1, 0, 1):
        return f"good is {kind.good!r:.80}; write 1 (more is better), -1 (less is better) or 0"
    return _fault_of_parameters(kind.Parameters, base.Parameters) if hasattr(base, "Parameters") else ""


def _fault_of_parameters(parameters: Any, base: type[Any]) -> str:
    if not isinstance(parameters, type) or not issubclass(parameters, base.__bases__):
        return f"derive its Parameters from {base.__bases__[0].__name__}"
    try:
        made: Any = parameters()
        made.model_dump_json()
    except Exception as error:
        return f"its Parameters cannot be made without arguments and written to a file: {' '.join(str(error).split())}"
    return ""


def _sorted(owners: Mapping[str, list[type[Any]]], broken: dict[str, str]) -> Registry:
    names = sorted(owners)
    kinds = {name: owners[name][0] for name in names if len(owners[name]) == 1}
    twice = {name: [_origin(kind) for kind in owners[name]] for name in names if len(owners[name]) > 1}
    return Registry(kinds, twice, broken)


def _origin(kind: type[Any]) -> str:
    """Return where a class is from: its name, and the file that it was loaded from by hand or its module."""
    _, file = _by_hand.get((kind.__module__, kind.__qualname__), (kind, ""))
    return f"{kind.__qualname__} of {file or kind.__module__}"


def _below(base: type[Any]) -> Iterator[type[Any]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)


def place_of(error: BaseException) -> str:
    """Return an error in one line: its kind, what it says, and the file and line that it comes from."""
    if isinstance(error, SyntaxError):  # names no file where that holds no text
        file, line = error.filename or "", error.lineno
    else:
        stack = [
            frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen")
        ]
        file, line = (stack[-1].filename, stack[-1].lineno) if stack else ("", None)
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}{f': {said}' if said else ''}{f' ({file}, line {line})' if file else ''}"
