"""Tasks, each with its name, over the workers of an engine: their cities settle first, others may share them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.runs.cities import cities_of, let_settle, settle_waiting
from experiments.runs.progress import remark_on_compiling, silent
from experiments.runs.work import Patience, all_of, work_through

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.runs.cities import Cities
    from experiments.runs.engines.engine import Engine
    from experiments.runs.progress import Progress
    from experiments.runs.sharing import Shared

Result = TypeVar("Result")
Placed = tuple[str, Mapping[str, Any]]  # which task it is, in words, and the task


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

    Where there are more cities than the disk keeps, part by part: so many settle, their tasks are run, others settle.
    Tasks that another command is at are left to it, and waited for in the end.

    Parameters
    ----------
    function, engine, patience
        See `experiments.runs.work.work_through`.
    placed : mapping
        Name → which task it is, in words, and the task.
    keep : callable
        Called with name, result and seconds of each finished run.
    show, apart : callable
        See `experiments.runs.cases.run_cases`.
    shared : Shared, optional
        What tells which runs others are at; absent: nobody is.
    """
    if any(apart(task) for _, task in placed.values()):
        engine.check_own()
    if placed:
        remark_on_compiling()
    cities = cities_of({name: scenario_in(task) for name, (_, task) in placed.items()})
    parts = _in_turn(placed, cities, apart, engine)
    many, todo, uncounted = len(parts) > 1, dict(placed), {*cities.scenarios}
    if not many:
        settle_waiting(cities.waiting(placed), engine, show)
    with show(len(placed) + many * len(uncounted), "cities and runs" if many else "runs") as done:

        def there(city: str) -> None:
            """Show that a city has settled."""
            if city in uncounted:
                uncounted.remove(city)
                done()

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
        while parts:
            for part in parts:
                if many:
                    let_settle(cities.waiting(part if shared is None else shared.undone(part)), engine, there)
                    for city in cities.among(part):
                        there(city)
                for names, group in _groups(part, apart).items():
                    work_through(told, group, engine, finished, limits, bool(names), mine)
            free = [] if shared is None else shared.left_by_others(todo, over)
            parts = _in_turn({name: placed[name] for name in free}, cities, apart, engine)


def _in_turn(
    placed: Mapping[str, Placed], cities: Cities, apart: Callable[[Mapping[str, Any]], tuple[str, ...]], engine: Engine
) -> list[dict[str, Placed]]:
    """Divide tasks into parts whose cities settle together.

    Where one process does all of them, it comes last to code that is not to be trusted with others.
    """
    parts = cities.parts(placed)
    if len(parts) > 1 and engine.in_this_process:
        parts = [part for group in _groups(placed, apart).values() for part in cities.parts(group)]
    return [{name: placed[name] for name in part} for part in parts]


def _groups(
    placed: Mapping[str, Placed], apart: Callable[[Mapping[str, Any]], tuple[str, ...]]
) -> dict[tuple[str, ...], dict[str, Placed]]:
    """Return the tasks of each combination of code that is not to be trusted with others, those without first."""
    groups: dict[tuple[str, ...], dict[str, Placed]] = {(): {}}
    for name, (where, task) in placed.items():
        groups.setdefault(apart(task), {})[name] = where, task
    return groups


def scenario_in(task: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the scenario of a task as plain values: it is one, or has one."""
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
