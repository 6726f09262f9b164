"""A settled city: what a run begins with after its warm-up, made once for a seed, kept on disk, shared by strategies.

A file holds what can change during a run. What all runs of a city share, and can be built anew, is named in it instead.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from sim.arrays import Array
from sim.city.file_contents import contents
from sim.disk_cache import code_version, disk_cache, kept
from sim.kernels import forget_arguments
from sim.police.day_work import PostsAtWork
from sim.police.force.staff import Staff
from sim.scenario import Scenario, status_quo
from sim.strategies.base import strategy_class
from sim.world import Setting, World, let_go_of_cities, setting_of

KEPT_STATES = 200  # cities on disk, the latest; a county takes some ten megabytes
QUICK = 1  # level of compression
MADE_OF = {  # package → what of it a file may name, beside what is ours
    "numpy": ("ndarray", "dtype", "scalar", "_frombuffer", "_reconstruct"),
    "collections": ("deque",),
}
LATEST: dict[str, bytes] = {}  # the settled city that this process used last: runs of a seed follow each other


class State(NamedTuple):
    """Where a run stands."""

    world: World
    staff: Staff
    posts: PostsAtWork
    moods: list[Array]  # see `sim.model.CityModel`
    ticks: int


def settled(scenario: Scenario, settle: Callable[[], State]) -> State:
    """Return the state of a scenario's city at the end of its warm-up, with tables of its own.

    Parameters
    ----------
    scenario : Scenario
        Whose warm-up it is. Strategy, programmes and changes do not matter: they begin afterwards.
    settle : callable
        Carries the warm-up out; called if nobody has done so before.
    """
    name = name_of(scenario)
    if name is None:
        return settle()
    shared = setting_of(scenario)
    return _read(_kept(name, lambda: _written(settle(), shared)), shared)


def name_of(scenario: Scenario) -> str | None:
    """Return a name for a warm-up, by all that it follows from; None: there is none, or it follows from own code."""
    if not scenario.warmup_days:
        return None
    before = status_quo(scenario)
    plans = strategy_class(before.strategy.name).__module__
    if not plans.startswith("sim."):
        return None
    files = (digest for path in scenario.city.paths.values() for digest in contents(path))
    told = [before.model_dump_json(), code_version("sim.model"), code_version(plans), *files]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def waits(name: str) -> bool:
    """Return whether a warm-up of this name has still to be carried out, and can then be kept."""
    folder = disk_cache("settled", "sim.model")
    return name not in LATEST and folder is not None and not (folder / name).exists()


def clear_caches() -> None:
    """Let go of the cities that this process keeps, with their people and base rates, for runs that may follow.

    Models that exist go on as before; the next one builds its city anew. What is kept on disk stays there.
    """
    LATEST.clear()
    let_go_of_cities()
    forget_arguments()


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what was written of a settled city: by this process, by another, or by `make` now."""
    if name not in LATEST:
        folder = disk_cache("settled", "sim.model")
        found = zlib.decompress(kept(folder, name, lambda: zlib.compress(make(), QUICK), KEPT_STATES))
        LATEST.clear()
        LATEST[name] = found
    return LATEST[name]


def _named(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield what all runs of a city share, each with its name."""
    if isinstance(value, np.ndarray | nx.Graph):
        yield path, value
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _named(part, f"{path}.{number}")
    elif is_dataclass(value):
        yield path, value
        for field in fields(value):
            yield from _named(getattr(value, field.name), f"{path}.{field.name}")


def _shared(shared: Setting) -> dict[str, Any]:
    return dict([*_named(shared, "setting"), *_named(shared.city.travel, "travel")])


def _written(state: State, shared: Setting) -> bytes:
    names = {id(value): name for name, value in _shared(shared).items()}

    class Writer(pickle.Pickler):
        def persistent_id(self, value: Any) -> str | None:
            return names.get(id(value))

    written = io.BytesIO()
    Writer(written, protocol=5).dump(state)
    return written.getvalue()


def _read(written: bytes, shared: Setting) -> State:
    values = _shared(shared)

    class Reader(pickle.Unpickler):
        def persistent_load(self, name: str) -> Any:
            return values[name]

        def find_class(self, module: str, name: str) -> Any:
            package = module.partition(".")[0]
            if package != "sim" and name not in MADE_OF.get(package, ()):
                raise pickle.UnpicklingError(f"no settled city is made of {module}.{name}")
            return super().find_class(module, name)

    state: State = Reader(io.BytesIO(written)).load()
    return state
