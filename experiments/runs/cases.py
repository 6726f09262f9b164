"""The runs that a command needs: those that the store has are read, the others carried out by an engine."""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from experiments.runs.progress import remark, remark_on_compiling, silent
from experiments.runs.sharing import Shared
from experiments.runs.store.codec import unpack
from experiments.runs.store.store import key_of_run, open_store, row_of
from experiments.runs.work import Patience, all_of, work_through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from experiments.runs.engines.engine import Engine
    from experiments.runs.progress import Progress
    from experiments.runs.store.store import Key, Store
    from sim.scenario import Scenario

Result = TypeVar("Result")
Case = TypeVar("Case")
Placed = tuple[str, Mapping[str, Any]]  # which task it is, in words, and the task
_LATER = dict.fromkeys(  # parts of a scenario that no city has seen at the end of its warm-up: scenarios that differ in
    ("strategy", "strategy_course", "programmes", "changes", "shortage_name", "days", "fade_out_days")
)  # nothing else have one warm-up, and to know that is much cheaper than to check a scenario


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
    names = {case: [key_of(task) for task in tasks] for case, tasks in cases.items()}
    longest = max(map(len, names.values()), default=0)
    unique = {
        names[case][r]: (told(case, tasks[r]), tasks[r])
        for r in range(longest)
        for case, tasks in cases.items()
        if r < len(tasks)
    }  # all cases side by side
    keys: dict[str, Key] = {}
    results: dict[str, Result] = {}
    if kept is not None:
        keys = {name: key for name, (_, task) in unique.items() if (key := store_key(function, task)) is not None}
        results = found_in(kept, keys)
        if results:
            remark(f"{len(results)} of {len(unique)} runs are kept in {kept.store.folder}")

    def keep(name: str, result: Result, seconds: float) -> None:
        """Hold a result for this command, and in the store for others."""
        results[name] = result
        if kept is not None and name in keys:
            kept.store.add(row_of(keys[name], _scenario_in(unique[name][1]), result, seconds))

    lacking = {name: placed for name, placed in unique.items() if name not in results}
    shared = None if kept is None else Shared.of(kept.store, {name: keys[name] for name in lacking if name in keys})
    run_placed(function, lacking, engine, keep, show, apart, shared=shared)
    if kept is not None:
        by_others = {name: keys[name] for name in lacking if name not in results}
        results |= found_in(kept, by_others, failed=True)
    return {case: [results[name] for name in of_case] for case, of_case in names.items()}


def run_placed(
    function: Callable[[Any], Result],
    placed: Mapping[str, Placed],
    engine: Engine,
    keep: Callable[[str, Result, float], None],
    show: Progress = silent,
    apart: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _task: (),
    patience: Patience | None = None,
    shared: Shared | None = None,
) -> None:
    """Let the cities of tasks settle, then run the tasks over the workers of an engine.

    Those that another command is at are left to it, and waited for in the end.

    Parameters
    ----------
    function, engine, patience
        See `experiments.runs.work.work_through`.
    placed : mapping
        Name → which task it is, in words, and the task.
    keep : callable
        Called with name, result and seconds of each finished run.
    show, apart : callable
        See `run_cases`.
    shared : Shared, optional
        What tells which runs others are at; absent: nobody is.
    """
    if any(apart(task) for _, task in placed.values()):
        engine.check_own()
    if placed:
        remark_on_compiling()
    settle_cities((_scenario_in(task) for _, task in placed.values()), engine, show)
    todo = dict(placed)
    with show(len(placed), "runs") as done:

        def over(name: str) -> None:
            """Have done with a run, and show the progress."""
            del todo[name]
            done()

        def finished(name: str, timed: tuple[float, Result]) -> None:
            """Hand on a result."""
            keep(name, timed[1], timed[0])
            over(name)

        def left(name: str, why: str) -> None:
            """Tell of a run that was given up."""
            assert patience is not None
            patience.given_up(name, why)
            over(name)

        told, mine = partial(_timed, function), all_of if shared is None else shared.mine
        limits = None if patience is None else Patience(left, patience.limit_s)
        free = list(placed)
        while free:
            groups: dict[tuple[str, ...], dict[str, Placed]] = {(): {}}
            for name in free:
                groups.setdefault(apart(placed[name][1]), {})[name] = placed[name]
            for names, group in groups.items():
                work_through(told, group, engine, finished, limits, bool(names), mine)
            free = [] if shared is None else shared.left_by_others(todo, over)


def store_key(function: Callable[[Any], Any], task: Mapping[str, Any]) -> Key | None:
    """Return the key in a store of what a function keeps of a task; None: it cannot be kept."""
    more = {field: value for field, value in task.items() if field != "scenario"} if "scenario" in task else None
    return key_of_run(_scenario_in(task), function, more)


def found_in(kept: Kept, keys: Mapping[str, Key], failed: bool = False) -> dict[str, Any]:
    """Return the results that are kept, by the name of the task; those that have failed only if they are asked for."""
    rows = kept.store.find(keys.values())
    return {
        name: unpack(rows[key]["content"], kept.records)
        for name, key in keys.items()
        if key in rows and (failed or rows[key]["error"] is None)
    }


def _scenario_in(task: Mapping[str, Any]) -> Mapping[str, Any]:
    scenario: Mapping[str, Any] = task.get("scenario", task)
    return scenario


def _timed(function: Callable[[Any], Result], placed: Placed) -> tuple[float, Result]:
    """Apply a function to a task, and say how many seconds it took; the error of an author's code says which it was."""
    from sim.parameters import AuthorError

    where, task = placed
    begun = perf_counter()
    try:
        result = function(task)
    except AuthorError as error:
        raise error.at(where) from None
    return perf_counter() - begun, result


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


def settle_cities(tasks: Iterable[Mapping[str, Any]], engine: Engine, show: Progress = silent) -> None:
    """Let the cities of scenarios settle, each once, where that has not been done and kept on disk.

    The runs that follow begin there; without it each process would do it for itself.

    Parameters
    ----------
    tasks : iterable of mapping
        Scenarios as plain values.
    engine : Engine
        Where they are run.
    show : callable
        Shows the progress, see `experiments.runs.progress`.
    """
    warmups = {pickle.dumps({**settings, **_LATER}): settings for settings in tasks}
    cities: dict[str, Mapping[str, Any]] = {}
    for settings in warmups.values():
        if (name := city_that_waits(settings)) is not None:
            cities.setdefault(name, settings)
    if cities:
        with show(len(cities), "cities") as done:
            work_through(settle, cities, engine, lambda _key, _none: done())


def city_that_waits(settings: Mapping[str, Any]) -> str | None:
    """Return the name of the city of a scenario, given as plain values, if it has to settle first; else None."""
    from sim.scenario import Scenario
    from sim.settling import name_of, waits

    name = name_of(Scenario.model_validate(settings))
    return name if name is not None and waits(name) else None


def settle(settings: Mapping[str, Any]) -> None:
    """Let the city of a scenario, given as plain values, settle, and keep it on disk."""
    from sim.model import CityModel
    from sim.scenario import Scenario

    CityModel(Scenario.model_validate(settings))


def key_of(settings: Mapping[str, Any]) -> str:
    """Return a name for a run that is the same for equal settings, the seed among them."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:24]
