"""The runs that a command needs: those that the store has are read, the others carried out by an engine."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from experiments.runs.placed import run_placed, scenario_in
from experiments.runs.progress import remark, silent
from experiments.runs.sharing import Shared
from experiments.runs.store.codec import unpack
from experiments.runs.store.store import keys_of_runs, open_store, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from experiments.runs.engines.engine import Engine
    from experiments.runs.placed import Placed
    from experiments.runs.progress import Progress
    from experiments.runs.store.store import Key, Store
    from sim.scenario import Scenario

Result = TypeVar("Result")
Case = TypeVar("Case")


class Kept(NamedTuple):
    """Where the results of runs are kept, and of what they are made.

    Attributes
    ----------
    store : Store
        An open store.
    records : tuple of type
        The dataclasses and named tuples that a result may hold.
    """

    store: Store
    records: tuple[type[Any], ...]


class Runner(NamedTuple):
    """Where runs are carried out, and kept.

    Attributes
    ----------
    engine : Engine
        Carries them out.
    kept : Kept or None
        The store.
    show : callable
        Shows the progress.
    """

    engine: Engine
    kept: Kept | None
    show: Progress


@contextmanager
def opened(place: str) -> Iterator[Store]:
    """Open a store in a block, and say what was wrong with it."""
    with open_store(place) as store:
        for path in store.set_aside:
            print(f"store: a damaged file was set aside, its runs are carried out again: {path}", file=sys.stderr)
        yield store


@contextmanager
def keeping(place: str | None, records: tuple[type[Any], ...]) -> Iterator[Kept | None]:
    """Open the store of a command in a block; None: the command has none."""
    if place is None:
        yield None
        return
    with opened(place) as store:
        yield Kept(store, records)


@contextmanager
def running(plan: Mapping[str, Any], records: tuple[type[Any], ...], show: Progress = silent) -> Iterator[Runner]:
    """Open the store and the engine of a command in a block.

    Parameters
    ----------
    plan : mapping
        `store`: its folder, or None; `engine` and `workers`: see `experiments.runs.engines.choice.engine_of`.
    records : tuple of type
        See `Kept`.
    show : callable
        Shows the progress.
    """
    from experiments.runs.engines.choice import engine_of

    with keeping(plan["store"], records) as kept, engine_of(plan) as engine:
        yield Runner(engine, kept, show)


def run_cases(
    function: Callable[[Any], Result],
    cases: Mapping[Case, Sequence[Mapping[str, Any]]],
    engine: Engine,
    show: Progress = silent,
    apart: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _task: (),
    told: Callable[[Case, Mapping[str, Any]], str] = lambda case, _task: f"in the case {case}",
    kept: Kept | None = None,
) -> dict[Case, list[Result]]:
    """Run the tasks of every case over the workers of an engine, equal ones once, and none that is kept.

    Parameters
    ----------
    function : callable
        See `experiments.runs.work.work_through`.
    cases : mapping
        Case → its tasks, in the order of the seeds: a scenario as plain values, or one as `scenario` among others.
    engine : Engine
        Where they are run.
    show : callable
        Shows the progress, see `experiments.runs.progress`.
    apart : callable
        Task → names of code that is not to be trusted with other tasks. Those without come first, and each combination
        of names has worker processes of its own: whatever such code does to its process, it does to itself.
    told : callable
        Case and task → which run it is, for the message of an author's code that fails there.
    kept : Kept, optional
        The store that is asked first, and that gets each result as soon as there is one.

    Returns
    -------
    dict
        Case → results, in the order of its tasks.
    """
    results: dict[tuple[Case, int], Result] = {}

    def take(case: Case, number: int, result: Result) -> None:
        """Hold a result."""
        results[case, number] = result

    run_each(function, cases, engine, take, show, apart, told, kept)
    return {case: [results[case, number] for number in range(len(tasks))] for case, tasks in cases.items()}


def run_each(
    function: Callable[[Any], Result],
    cases: Mapping[Case, Sequence[Mapping[str, Any]]],
    engine: Engine,
    take: Callable[[Case, int, Result], None],
    show: Progress = silent,
    apart: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _task: (),
    told: Callable[[Case, Mapping[str, Any]], str] = lambda case, _task: f"in the case {case}",
    kept: Kept | None = None,
) -> None:
    """Do what `run_cases` does, and hand on each result; none of them is held.

    Parameters
    ----------
    function, cases, engine, show, apart, told, kept
        See `run_cases`.
    take : callable
        Called with case, number of the task and result, in the order in which runs finish; those that are kept first.
    """
    asked = [  # all cases side by side
        (case, number)
        for number in range(max(map(len, cases.values()), default=0))
        for case, tasks in cases.items()
        if number < len(tasks)
    ]
    tasks_asked = [cases[case][number] for case, number in asked]
    names, keys = ([key_of(task) for task in tasks_asked], {}) if kept is None else named(function, tasks_asked)
    wanted: dict[str, list[tuple[Case, int]]] = {}
    unique: dict[str, Placed] = {}
    for (case, number), task, name in zip(asked, tasks_asked, names, strict=True):
        wanted.setdefault(name, []).append((case, number))
        unique[name] = told(case, task), task
    lacking = dict(unique)

    def hand_on(name: str, result: Result) -> None:
        """Hand on a result to all who want it."""
        del lacking[name]
        for case, number in wanted[name]:
            take(case, number, result)

    def keep(name: str, result: Result, seconds: float) -> None:
        """Keep a result in the store for others, and hand it on."""
        if kept is not None and name in keys:
            kept.store.add(row_of(keys[name], scenario_in(unique[name][1]), result, seconds))
        hand_on(name, result)

    shared = None
    if kept is not None:
        for name, result in results_in(kept, keys):
            hand_on(name, result)
        if len(lacking) < len(unique):
            remark(f"{len(unique) - len(lacking)} of {len(unique)} runs are kept in {kept.store.folder}")
        shared = Shared.of(kept.store, {name: keys[name] for name in lacking if name in keys})
    run_placed(function, dict(lacking), engine, keep, show, apart, shared=shared)
    if kept is not None:
        for name, result in results_in(kept, {name: keys[name] for name in lacking}, failed=True):  # by other commands
            hand_on(name, result)


def store_keys(function: Callable[[Any], Any], tasks: Sequence[Mapping[str, Any]]) -> list[Key | None]:
    """Return the key in a store of what a function keeps of each of some tasks; None: it cannot be kept."""
    more = [
        {field: value for field, value in task.items() if field != "scenario"} if "scenario" in task else None
        for task in tasks
    ]
    return keys_of_runs([scenario_in(task) for task in tasks], function, more)


def named(function: Callable[[Any], Any], tasks: Sequence[Mapping[str, Any]]) -> tuple[list[str], dict[str, Key]]:
    """Return a name for each of some tasks, equal for equal ones, and the key of each name that can be kept."""
    keys = store_keys(function, tasks)
    names = [key_of(task) if key is None else " ".join(key) for task, key in zip(tasks, keys, strict=True)]
    return names, {name: key for name, key in zip(names, keys, strict=True) if key is not None}


def found_in(kept: Kept, keys: Mapping[str, Key]) -> dict[str, Any]:
    """Return the results that are kept, by the name of the task; none of those that have failed."""
    return dict(results_in(kept, keys))


def results_in(kept: Kept, keys: Mapping[str, Key], failed: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the name of a task and its result, of those that are kept; those that have failed only if asked for."""
    rows = kept.store.find(keys.values())
    for name, key in keys.items():
        if key in rows and (failed or rows[key]["error"] is None):
            yield name, unpack(rows[key]["content"], kept.records)


def with_seeds(scenario: Scenario, replications: int, seeds_per_city: int = 1, first: int = 0) -> list[dict[str, Any]]:
    """Return a scenario as plain values, once for each replication from `first` on: r has its seed + r.

    Where made-up cities are drawn anew, so many replications that follow each other share one.
    """
    settings = scenario.model_dump(mode="json")
    cities = {r: scenario.city.of_replication(r // seeds_per_city) for r in range(first, replications)}
    return [
        {**settings, "seed": scenario.seed + r, "city": {**settings["city"], "seed": city.seed}}
        for r, city in cities.items()
    ]


def key_of(settings: Mapping[str, Any]) -> str:
    """Return a name for a run that is the same for equal settings, the seed among them."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:24]
