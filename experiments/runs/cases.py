"""The runs that a command needs: those that the store has are read, the others carried out over processes."""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from experiments.runs.engine import run_all
from experiments.runs.progress import remark, silent
from experiments.runs.store.store import key_of_run, open_store, result_in, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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


@contextmanager
def keeping(place: str | None, records: tuple[type[Any], ...]) -> Iterator[Kept | None]:
    """Open the store of a command in a block, and say what was wrong with it; None: the command has none."""
    if place is None:
        yield None
        return
    with open_store(place) as store:
        for path in store.set_aside:
            print(f"store: a damaged file was set aside, its runs are carried out again: {path}", file=sys.stderr)
        yield Kept(store, records)


def run_cases(
    function: Callable[[Any], Result],
    cases: Mapping[Case, Sequence[Mapping[str, Any]]],
    workers: int | None,
    show: Progress = silent,
    apart: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _task: (),
    told: Callable[[Case, Mapping[str, Any]], str] = lambda case, _task: f"in the case {case}",
    kept: Kept | None = None,
) -> dict[Case, list[Result]]:
    """Run the tasks of every case over processes, equal ones once, and none that is kept.

    Parameters
    ----------
    function : callable
        See `run_all`.
    cases : mapping
        Case → its tasks, in the order of the seeds: a scenario as plain values, or one as `scenario` among others.
    workers : int or None
        Number of processes; None: one a core.
    show : callable
        Shows the progress, see `experiments.runs.progress`.
    apart : callable
        Task → names of code that is not to be trusted with other tasks. Those without come first, and each combination
        of names has processes of its own: whatever such code does to its process, it does to itself.
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
    keys = {} if kept is None else _keys(function, unique)
    results: dict[str, Result] = {} if kept is None else _found(kept, keys)
    waiting = {name: placed for name, placed in unique.items() if name not in results}
    if kept is not None and results:
        remark(f"{len(results)} of {len(unique)} runs are kept in {kept.store.folder}")
    settle_cities((_scenario_in(task) for _, task in waiting.values()), workers, show)
    groups: dict[tuple[str, ...], dict[str, tuple[str, Mapping[str, Any]]]] = {(): {}}
    for name, (where, task) in waiting.items():
        groups.setdefault(apart(task), {})[name] = where, task
    with show(len(waiting), "runs") as done:

        def finished(name: str, timed: tuple[float, Result]) -> None:
            seconds, results[name] = timed
            if kept is not None and name in keys:
                kept.store.add(row_of(keys[name], _scenario_in(waiting[name][1]), results[name], seconds))
            done()

        for group in groups.values():
            run_all(partial(timed, function), group, workers, finished)
    return {case: [results[name] for name in of_case] for case, of_case in names.items()}


def _keys(function: Callable[[Any], Any], placed: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, Key]:
    """Return the key in the store of each task that can be kept."""
    found = {}
    for name, (_, task) in placed.items():
        more = {field: value for field, value in task.items() if field != "scenario"} if "scenario" in task else None
        if (key := key_of_run(_scenario_in(task), function, more)) is not None:
            found[name] = key
    return found


def _found(kept: Kept, keys: Mapping[str, Key]) -> dict[str, Any]:
    """Return the results that are kept, by the name of the task; a run that failed is run again."""
    rows = kept.store.find(keys.values())
    return {
        name: result_in(rows[key], kept.records)
        for name, key in keys.items()
        if key in rows and rows[key]["error"] is None
    }


def _scenario_in(task: Mapping[str, Any]) -> Mapping[str, Any]:
    scenario: Mapping[str, Any] = task.get("scenario", task)
    return scenario


def timed(function: Callable[[Any], Result], placed: tuple[str, Mapping[str, Any]]) -> tuple[float, Result]:
    """Apply a function to a task, and say how many seconds it took; the error of an author's code says which it was.

    Parameters
    ----------
    function : callable
        See `experiments.runs.engine.run_all`.
    placed : tuple
        Which task it is, in words, and the task.
    """
    from sim.parameters import AuthorError

    where, task = placed
    begun = perf_counter()
    try:
        result = function(task)
    except AuthorError as error:
        raise error.at(where) from None
    return perf_counter() - begun, result


def with_seeds(scenario: Scenario, replications: int, seeds_per_city: int = 1) -> list[dict[str, Any]]:
    """Return a scenario as plain values, once for each replication: r has its seed + r.

    Where made-up cities are drawn anew, so many replications that follow each other share one.
    """
    settings = scenario.model_dump(mode="json")
    cities = [scenario.city.of_replication(r // seeds_per_city) for r in range(replications)]
    return [
        {**settings, "seed": scenario.seed + r, "city": {**settings["city"], "seed": city.seed}}
        for r, city in enumerate(cities)
    ]


def settle_cities(tasks: Iterable[Mapping[str, Any]], workers: int | None, show: Progress = silent) -> None:
    """Let the cities of scenarios settle, each once, where that has not been done and kept on disk.

    The runs that follow begin there; without it each process would do it for itself.

    Parameters
    ----------
    tasks : iterable of mapping
        Scenarios as plain values.
    workers : int or None
        See `run_all`.
    show : callable
        Shows the progress, see `experiments.runs.progress`.
    """
    from sim.scenario import Scenario
    from sim.settling import name_of, waits

    cities: dict[str, Mapping[str, Any]] = {}
    for settings in tasks:
        name = name_of(Scenario.model_validate(settings))
        if name is not None and waits(name):
            cities.setdefault(name, settings)
    if cities:
        with show(len(cities), "cities") as done:
            run_all(settle, cities, workers, lambda _key, _none: done())


def settle(settings: Mapping[str, Any]) -> None:
    """Let the city of a scenario, given as plain values, settle, and keep it on disk."""
    from sim.model import CityModel
    from sim.scenario import Scenario

    CityModel(Scenario.model_validate(settings))


def key_of(settings: Mapping[str, Any]) -> str:
    """Return a name for a run that is the same for equal settings, the seed among them."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:24]
