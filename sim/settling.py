"""A settled city: what a run begins with after its warm-up, made once for a seed, kept on disk, shared by strategies.

A file holds what can change during a run, see `sim.state_bytes`.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from sim.arrays import Array
from sim.city.file_contents import contents
from sim.disk_cache import code_version, disk_cache, kept, read_sealed
from sim.kernels import forget_arguments
from sim.lock_files import alone, held
from sim.police.day_work import PostsAtWork
from sim.police.force.staff import Staff
from sim.scenario import Scenario, status_quo
from sim.state_bytes import read, written
from sim.strategies.base import strategy_class
from sim.world import World, let_go_of_cities, setting_of

KEPT_STATES = 200  # cities on disk, the latest; a county takes some ten megabytes
PATIENCE_S = 1800.0  # with another process that is at the same warm-up, before it is carried out twice
QUICK = 1  # level of compression
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
    state: State = read(_kept(name, lambda: written(settle(), shared)), shared)
    return state


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


def under_way(name: str) -> bool:
    """Return whether a process is carrying out a warm-up of this name, on any machine that shares the disk."""
    claim = _claim(name)
    return claim is not None and held(claim)


def keep_on(name: str) -> None:
    """Count a settled city among the latest, which the disk keeps."""
    if (folder := disk_cache("settled", "sim.model")) is not None:
        with suppress(OSError):
            os.utime(folder / name)


def clear_caches() -> None:
    """Let go of the cities that this process keeps, with their people and base rates, for runs that may follow.

    Models that exist go on as before; the next one builds its city anew. What is kept on disk stays there.
    """
    LATEST.clear()
    let_go_of_cities()
    forget_arguments()


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what was written of a settled city: by this process, by another, or by `make` now.

    Where another process is making it, it is waited for.
    """
    if (found := LATEST.get(name)) is None:
        folder, claim = disk_cache("settled", "sim.model"), _claim(name)
        content = None if folder is None else read_sealed(folder / name)
        if content is None:
            with nullcontext() if claim is None else alone(claim, PATIENCE_S):
                content = kept(folder, name, lambda: zlib.compress(make(), QUICK), KEPT_STATES)
        found = zlib.decompress(content)
        LATEST.clear()
        LATEST[name] = found
    return found


def _claim(name: str) -> Path | None:
    """Return the lock file of a warm-up; None: it cannot be kept, so that nobody waits for it."""
    folder = disk_cache("settling", "sim.model")
    return None if folder is None else folder / f"{name}.lock"
