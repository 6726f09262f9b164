"""Strategies, programmes, indicators and patterns registered by hand: a class of a script, or all of a file's.

Registered once, a class can be chosen by its name like one of ours, in worker processes too.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import cloudpickle

from sim import registry
from sim.authors import staying
from sim.outcomes import own_indicators
from sim.outcomes.own_indicators import Indicator
from sim.own_sources import Source, digest_of, remember_cells, source_of, typed_cells
from sim.parameters import BadInput, Unusable
from sim.programmes import base as programmes
from sim.programmes.base import Programme
from sim.strategies import base as strategies
from sim.strategies.base import Strategy

BASES: dict[type[Any], str] = {Strategy: "strategy", Programme: "programme", Indicator: "indicator"}
REGISTRIES: dict[type[Any], Any] = {  # base → the cached function that returns its registry
    Strategy: strategies.registry,
    Programme: programmes.registry,
    Indicator: own_indicators.registry,
}
FLAG = "--with"


class Parcel(NamedTuple):
    """What another process needs to have an extension too."""

    file: str  # absolute path; empty: a class
    content: bytes  # source of the file, or the pickled class
    cells: Mapping[str, str] = {}  # what was typed where the class is from, so that tracebacks can show it


_files: dict[str, Parcel] = {}  # name of the module of a loaded file → the file
_waiting: list[Parcel] = []  # come with this process, not yet opened


def extensible(base: type[Any], what: str, read: Any) -> None:
    """Let classes below another base be registered, too: one that stands above the model, such as a pattern.

    Parameters
    ----------
    base : type
        Has a `name`.
    what : str
        What such a class is, in a word.
    read : callable
        Cached function that returns the registry of the base.
    """
    BASES[base], REGISTRIES[base] = what, read


def register(kind: Any) -> Any:
    """Register a strategy, programme, indicator or pattern of your own; return it, so that this can be a decorator.

    Parameters
    ----------
    kind : type
        A class that derives from `Strategy`, `Programme`, `Indicator` or `Pattern` and has a name. A class of the same
        name from the same place, such as that of a notebook's cell that is run again, is replaced.

    Raises
    ------
    BadInput
        If it is none, cannot be used, or its name is taken.
    """
    if not _is_extension(kind):
        raise BadInput("register", kind, f"a class that derives from {_names_of_bases()}")
    if not kind.name:
        raise BadInput("register", kind.__qualname__, "a class with a name: write name = '…', by which it is chosen")
    _admit(kind)
    return kind


@contextmanager
def loaded(files: Iterable[str | Path]) -> Iterator[list[str]]:
    """Register in the block what some Python files define, see `register_file`; give the list in words."""
    known, before = dict(_files), registry.by_hand()
    try:
        kinds = [kind for file in files for kind in _read_file(file, FLAG)]
        yield [f"{_base_of(kind)[1]} {kind.name}" for kind in kinds]
    finally:
        for name in _files.keys() - known.keys():
            del _files[name], sys.modules[name]
        for kind, _ in registry.by_hand():
            registry.take_back(kind)
        for kind, file in before:
            registry.put_by_hand(kind, file)
        _forget_what_was_found()


def register_file(file: str | Path) -> list[type[Any]]:
    """Load a Python file, and register all strategies, programmes, indicators and patterns that it defines.

    It may import the modules that lie beside it.

    Parameters
    ----------
    file : str or Path
        Relative to the working directory, or absolute.

    Returns
    -------
    list of type
        What was registered.

    Raises
    ------
    BadInput
        If there is no such file, it cannot be loaded, it defines none, or a name is taken.
    """
    return _read_file(file, "register_file")


def _read_file(file: str | Path, field: str) -> list[type[Any]]:
    """Register what a file defines; `field` is what the user wrote it in."""
    try:
        path = Path(file).expanduser().resolve()
        source = path.read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unusable(
            field, str(file), f"file {{}} cannot be read ({why}; paths are relative to the working directory)"
        ) from None
    return _open_file(Parcel(str(path), source), field)


def parcels() -> tuple[Parcel, ...]:
    """Return what another process needs to have everything that is registered here."""
    cells = typed_cells()
    return (*_files.values(), *(Parcel("", _pickled(kind), cells) for kind in _classes()))


def loadable_files() -> tuple[str, ...]:
    """Return the files with which a command has what is registered here, as far as files alone can do it."""
    sources = map(source_of, _classes())
    return tuple(
        dict.fromkeys([*(one.file for one in _files.values()), *(it.file for it in sources if it.can_be_loaded)])
    )


def made_with() -> dict[str, Any]:
    """Return what a record of results says of what is registered here; nothing where nothing is.

    Returns
    -------
    dict
        `own_files`: path → SHA-256 of what it held; `own_classes`: of each its kind, its name, its class, and its file
        or, where it was typed into a notebook or a console, the text; `command_note`, where no command has all of them.
    """
    files: dict[str, str | None] = {it.file: hashlib.sha256(it.content).hexdigest() for it in _files.values()}
    classes, lacking = [], []
    for kind, file in registry.by_hand():
        source = Source(file, "", True) if file else source_of(kind)
        called = f"{_base_of(kind)[1]} {kind.name}"
        if source.file:
            files.setdefault(source.file, digest_of(source.file))
        if not source.can_be_loaded:
            lacking.append(called)
        told = {"file": source.file} if source.file else {"typed": source.text or None}
        classes.append({"kind": _base_of(kind)[1], "name": kind.name, "class": kind.__qualname__, **told})
    if not classes:
        return {}
    note = (
        f"the command alone is not enough: it lacks {', '.join(lacking)}, from a script, a package or a notebook; "
        "own_classes says from where"
    )
    return {"own_files": files, "own_classes": classes, **({"command_note": note} if lacking else {})}


def _classes() -> list[type[Any]]:
    """Return what was registered as a class, and not with a file."""
    return [kind for kind, file in registry.by_hand() if not file and kind.__module__ not in _files]


def receive(sent: Iterable[Parcel]) -> None:
    """Take the parcels of another process, to be opened when the first work comes."""
    _waiting.extend(sent)


def open_parcels() -> None:
    """Register what has come with this process, if anything has.

    Raises
    ------
    BadInput
        If it cannot be loaded here.
    """
    while _waiting:
        parcel = _waiting.pop(0)
        remember_cells(parcel.cells)
        if parcel.file:
            _open_file(parcel, FLAG)
        else:
            _admit(_guarded(partial(pickle.loads, parcel.content), "register", "a class of a script"))


def _open_file(parcel: Parcel, field: str) -> list[type[Any]]:
    name = f"{Path(parcel.file).stem.replace('.', '_')}_{zlib.crc32(parcel.file.encode(errors='replace')):08x}"
    if _files.get(name) == parcel:
        return [kind for kind, file in registry.by_hand() if file == parcel.file]
    module = ModuleType(name)
    module.__file__ = parcel.file
    sys.modules[name], _files[name] = module, parcel
    beside = str(Path(parcel.file).parent)
    if beside not in sys.path:
        sys.path.append(beside)  # at the end: nothing in that folder takes the place of another module
    try:
        _guarded(lambda: exec(compile(parcel.content, parcel.file, "exec"), vars(module)), field, parcel.file)
        kinds = _defined_in(module, field)
        for kind in kinds:
            _admit(kind, parcel.file)
    except BaseException:
        del sys.modules[name], _files[name]
        raise
    return kinds


def _guarded(load: Callable[[], Any], field: str, shown: str) -> Any:
    """Return what code of somebody's own gives as it is loaded; whatever it raises is bad input, `SystemExit` too."""
    try:
        with staying():
            return load()
    except (KeyboardInterrupt, BadInput):
        raise
    except BaseException as error:
        raise Unusable(field, shown, f"{{}} cannot be loaded: {registry.place_of(error)}") from error


def _defined_in(module: ModuleType, field: str) -> list[type[Any]]:
    """Return the classes of a file that have a base and a name, in their order."""
    classes: list[type[Any]] = [kind for kind in vars(module).values() if isinstance(kind, type)]
    own = list(dict.fromkeys(kind for kind in classes if kind.__module__ == module.__name__))
    kinds = [kind for kind in own if _is_extension(kind) and kind.name]
    if not kinds:
        without = "".join(f"; {kind.__name__} {_lack_of(kind)}" for kind in own[:3])
        allowed = f"a file with a class that derives from {_names_of_bases()} and has a name{without}"
        raise BadInput(field, str(module.__file__), allowed)
    return kinds


def _lack_of(kind: type[Any]) -> str:
    return "has no name" if _is_extension(kind) else "derives from none of them"


def _is_extension(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple(BASES))


def _admit(kind: type[Any], file: str = "") -> None:
    """Put a class into its registry, or refuse it."""
    base, what = _base_of(kind)
    if fault := registry.fault_of(kind, base):
        raise BadInput(what, kind.__qualname__, f"a class that can be used: {fault}")
    read = REGISTRIES[base]
    if read().kinds.get(kind.name) is kind:  # one that is shipped, or registered before
        return
    registry.put_by_hand(kind, file)
    _forget_what_was_found()
    if kind.name in (twice := read().twice):
        owners = " and ".join(twice[kind.name])
        registry.take_back(kind)
        _forget_what_was_found()
        raise BadInput(what, kind.name, f"a name that one class has; {owners} both have it: rename one")


def _base_of(kind: type[Any]) -> tuple[type[Any], str]:
    return next((base, what) for base, what in BASES.items() if issubclass(kind, base))


def _pickled(kind: type[Any]) -> bytes:
    """Return a class as another process can read it: by the name of its module, or whole where that is a notebook."""
    try:
        return bytes(cloudpickle.dumps(kind))
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        allowed = f"a class that can be sent to other processes ({why}); load its file by {FLAG}, or take workers=1"
        raise BadInput("register", kind.__qualname__, allowed) from error


def _forget_what_was_found() -> None:
    for read in REGISTRIES.values():
        read.cache_clear()


def _names_of_bases() -> str:
    return " or ".join(base.__name__ for base in BASES)
