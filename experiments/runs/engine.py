"""Many independent runs over processes: same results for any number of workers, no orphan after Ctrl-C or a crash."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.runs.processes import beginning, pool_of, processes_for
from experiments.runs.progress import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future, ProcessPoolExecutor

    import numpy as np

    from experiments.runs.progress import Progress
    from sim.city.grid import Grid
    from sim.model import CityModel
    from sim.outcomes.results import Results
    from sim.scenario import Scenario

MAX_ATTEMPTS = 3

Task = TypeVar("Task")
Result = TypeVar("Result")
Case = TypeVar("Case")


class WorkerDied(RuntimeError):
    """A task ended its worker process as often as we are ready to try."""


@dataclass(frozen=True)
class RunResult:
    """What a comparison keeps of one run.

    Attributes
    ----------
    indicators : dict
        Name → value, None where absent.
    cells : dict
        `crimes`, `harm`, `patrol_minutes`: each an array, shape [cells], over the measured days.
    grid : Grid
        Where these cells lie.
    place_crimes : dict
        Type → cell of each crime at a place of the measured days, see `sim.outcomes.indicators.place_crimes`.
    officer_hours : dict
        (post, activity) → hours over the measured days.
    calls_by_hour : array
        Calls received by hour of day, mean a day, shape [24].
    duty : dict
        Post → mean number of officers on duty by hour of day, shape [24]; empty where a run does not tell.
    quarters : dict
        Column → array [quarters], those of a fade-out among them, see `sim.outcomes.paths.quarter_table`.
    warmup : dict
        Column → array [weeks], see `sim.outcomes.paths.warmup_table`.
    """

    indicators: dict[str, float | None]
    cells: dict[str, np.ndarray]
    grid: Grid
    place_crimes: dict[str, np.ndarray]
    officer_hours: dict[tuple[str, str], float]
    calls_by_hour: np.ndarray
    duty: dict[str, np.ndarray]
    quarters: dict[str, np.ndarray]
    warmup: dict[str, np.ndarray]


def key_of(settings: Mapping[str, Any]) -> str:
    """Return a name for a run that is the same for equal settings, the seed among them."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:24]


def simulate(settings: Mapping[str, Any]) -> RunResult:
    """Run one scenario and keep what a comparison needs.

    Parameters
    ----------
    settings : mapping
        The scenario as plain values (`scenario.model_dump(mode="json")`), which any process can be sent.
    """
    import numpy as np

    from sim.model import CityModel
    from sim.outcomes.indicators import place_crimes
    from sim.scenario import Scenario

    scenario = Scenario.model_validate(settings)
    model = CityModel(scenario)
    results = run_through(model)
    tables = results.tables
    hours = np.asarray(tables["calls"]["received_min"]) // 60 % 24
    return RunResult(
        indicators=dict(results.indicators),
        cells={name: np.asarray(tables["cells"][name], dtype=float) for name in ("crimes", "harm", "patrol_minutes")},
        grid=model.city.grid,
        place_crimes=place_crimes(tables["incidents"]),
        officer_hours=officer_hours(tables["ledger"]),
        calls_by_hour=np.bincount(hours.astype(int), minlength=24) / scenario.days,
        duty=duty_by_hour(tables.get("duty", {})),
        quarters=tables["quarters"],
        warmup=tables["warmup"],
    )


def run_through(model: CityModel, done: Callable[[], None] = lambda: None) -> Results:
    """Run a model day by day to the end of its scenario, and return its results.

    They are those of the measured days; quarters go on through the fade-out, if there is one.

    Parameters
    ----------
    model : CityModel
        At the end of its warm-up.
    done : callable
        Called after each day.
    """
    for _ in range(model.scenario.days):
        model.run(days=1)
        done()
    results = model.results()
    for _ in range(model.scenario.fade_out_days):
        model.run(days=1)
        done()
    if model.scenario.fade_out_days:
        results.tables["quarters"] = model.results_of_model().tables["quarters"]
    return results


def officer_hours(ledger: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return the officer-hours of a ledger by post and activity.

    Parameters
    ----------
    ledger : mapping
        Columns `post, activity, officer_minutes`.
    """
    minutes: Counter[tuple[str, str]] = Counter()
    for post, activity, spent in zip(
        *(ledger[name].tolist() for name in ("post", "activity", "officer_minutes")), strict=True
    ):
        minutes[post, activity] += spent
    return {key: total / 60 for key, total in minutes.items()}


def duty_by_hour(duty: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the officers on duty of each post by hour of day, shape [24].

    Parameters
    ----------
    duty : mapping
        Columns `post, hour_of_day, officers`; empty where a run does not tell.
    """
    import numpy as np

    found: dict[str, np.ndarray] = {}
    for post, hour, officers in zip(
        *(np.asarray(duty.get(name, ())).tolist() for name in ("post", "hour_of_day", "officers")), strict=True
    ):
        found.setdefault(post, np.zeros(24))[int(hour)] = officers
    return found


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
            run_all(settle, cities, workers, done)


def settle(settings: Mapping[str, Any]) -> None:
    """Let the city of a scenario, given as plain values, settle, and keep it on disk."""
    from sim.model import CityModel
    from sim.scenario import Scenario

    CityModel(Scenario.model_validate(settings))


def run_cases(
    function: Callable[[Any], Result],
    cases: Mapping[Case, Sequence[Mapping[str, Any]]],
    workers: int | None,
    apart: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _task: (),
    show: Progress = silent,
    told: Callable[[Case, Mapping[str, Any]], str] = lambda case, _task: f"in the case {case}",
) -> dict[Case, list[Result]]:
    """Run the tasks of every case over processes, equal ones once.

    Parameters
    ----------
    function : callable
        See `run_all`.
    cases : mapping
        Case → its tasks, in the order of the seeds.
    workers : int or None
        Number of processes; None: one a core.
    apart : callable
        Task → names of code that is not to be trusted with other tasks. Those without come first, and each combination
        of names has processes of its own: whatever such code does to its process, it does to itself.
    show : callable
        Shows the progress, see `experiments.runs.progress`.
    told : callable
        Case and task → which run it is, for the message of an author's code that fails there.

    Returns
    -------
    dict
        Case → results, in the order of its tasks.
    """
    keys = {case: [key_of(task) for task in tasks] for case, tasks in cases.items()}
    longest = max(map(len, keys.values()), default=0)
    unique = {
        keys[case][r]: (told(case, tasks[r]), tasks[r])
        for r in range(longest)
        for case, tasks in cases.items()
        if r < len(tasks)
    }  # all cases side by side
    groups: dict[tuple[str, ...], dict[str, tuple[str, Mapping[str, Any]]]] = {(): {}}
    for key, (where, task) in unique.items():
        groups.setdefault(apart(task), {})[key] = where, task
    results: dict[str, Result] = {}
    with show(len(unique), "runs") as done:
        for group in groups.values():
            results |= run_all(partial(_placed, function), group, workers, done)
    return {case: [results[key] for key in of_case] for case, of_case in keys.items()}


def _placed(function: Callable[[Any], Result], placed: tuple[str, Mapping[str, Any]]) -> Result:
    """Apply a function to a task; the error of an author's code says which task it was."""
    from sim.parameters import AuthorError

    where, task = placed
    try:
        return function(task)
    except AuthorError as error:
        raise error.at(where) from None


def run_all(
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    workers: int | None,
    done: Callable[[], None] = lambda: None,
) -> dict[str, Result]:
    """Apply a function to every task, over processes.

    Parameters
    ----------
    function : callable
        At module level of an importable module; depends on nothing but its task.
    tasks : mapping
        Key → task; both are sent to a process.
    workers : int or None
        Number of processes; None: one a core; 1: no process is started.
    done : callable
        Called in this process after each finished task.

    Returns
    -------
    dict
        Key → result, in the order of `tasks`, whatever the order in which they were finished.

    Raises
    ------
    WorkerDied
        When a task has ended its worker `MAX_ATTEMPTS` times. An exception of `function` passes through.
    BadInput
        For several workers in a process that may have none.
    """
    results: dict[str, Result] = {}
    workers = processes_for(workers)
    if workers == 1:
        for key, task in tasks.items():
            results[key] = _apply(function, task)
            done()
        return results
    attempts: Counter[str] = Counter()
    while waiting := deque(key for key in tasks if key not in results):
        size = min(workers, len(waiting))
        with pool_of(size) as (pool, begun):
            lost = _work_off(pool, size, function, tasks, waiting, results, done)
        if lost and not begun.acquire(block=False):
            raise WorkerDied("no worker process could begin (out of memory?); try fewer workers, or workers=1")
        attempts.update(lost)
        if lost and max(attempts[key] for key in lost) >= MAX_ATTEMPTS:
            raise WorkerDied(
                f"a worker process died {MAX_ATTEMPTS} times in the same run (out of memory?); try fewer workers, or "
                "a smaller city"
            )
    return {key: results[key] for key in tasks}


def _apply(function: Callable[[Task], Result], task: Task) -> Result:
    """Apply a function to a task; one that ends the program has not done it."""
    from sim.extensions import open_parcels

    open_parcels()
    try:
        return function(task)
    except SystemExit as error:
        raise WorkerDied(f"a run has called sys.exit({error.code!r})") from error


def _work_off(
    pool: ProcessPoolExecutor,
    workers: int,
    function: Callable[[Task], Result],
    tasks: Mapping[str, Task],
    waiting: deque[str],
    results: dict[str, Result],
    done: Callable[[], None],
) -> list[str]:
    """Fill `results` until nothing waits or a worker dies; return the keys of the tasks that were then under way."""
    running: dict[Future[Result], str] = {}
    lost: list[str] = []
    while (waiting or running) and not lost:
        while waiting and len(running) < workers:
            key = waiting.popleft()
            try:
                with beginning():
                    running[pool.submit(_apply, function, tasks[key])] = key
            except BrokenProcessPool:  # a worker has died while it had nothing to do
                return [key, *running.values()]
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            key = running.pop(future)
            try:
                results[key] = future.result()
            except BrokenProcessPool:
                lost.append(key)
                continue
            done()
    return lost + list(running.values())
