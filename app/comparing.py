"""A comparison in steps: the first answer after two replications, better ones as more come; what has been run is kept.

The functions that workers carry out come first, then the work of a job that calls them. Runs, numbers and sentences are
those of `beatlab compare`: an answer of the page is the answer of the command that the page shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from app.answers import Answer
    from app.jobs import Job
    from app.pace import Pace
    from app.situations import Ask
    from experiments.compare.api import ComparisonResult, Prepared
    from experiments.runs.simulation import RunResult
    from experiments.settings.request import Request

Task = Mapping[str, Any]
Point = tuple[str, str]
FIRST = 2  # replications of the first answer


class Outline(NamedTuple):
    """What a comparison takes.

    Attributes
    ----------
    points : dict
        Point → names of its runs, in the order of the seeds.
    tasks : dict
        Name of a run → its scenario as plain values, of those that are not kept, in the order of the seeds.
    found : dict
        Name of a run → its result, of those that are kept.
    cities : dict
        Name of a city that has to settle first → a scenario in it.
    city_of : dict
        Name of a run → name of its city, if that has to settle.
    """

    points: dict[Point, list[str]]
    tasks: Mapping[str, Task]
    found: dict[str, RunResult]
    cities: dict[str, Task]
    city_of: dict[str, str]


def outlined(ask: Ask, store: str) -> Outline:
    """Say which runs a comparison takes, with those that are kept.

    Raises
    ------
    BadInput
        For a situation that is not allowed.
    """
    from experiments.compare.parameter_sets import tasks_of
    from experiments.runs.cases import Kept, found_in, named, opened
    from experiments.runs.cities import cities_of
    from experiments.runs.simulation import RECORDS, simulate

    _, plan, _, prepared = designed(ask)
    runs = {
        point: tasks_of(scenarios, range(ask.replications), plan["seeds_together"], plan["seeds_per_city"])
        for point, scenarios in prepared.variants.items()
    }
    in_turn = [(point, r) for r in range(ask.replications) for point in runs]
    of_tasks, keys = named(simulate, [runs[point][r] for point, r in in_turn])
    names: dict[Point, list[str]] = {point: [] for point in runs}
    tasks: dict[str, Task] = {}
    for (point, r), name in zip(in_turn, of_tasks, strict=True):
        names[point].append(name)
        tasks.setdefault(name, runs[point][r])
    with opened(store) as there:
        found = found_in(Kept(there, RECORDS), keys)
    tasks = {name: task for name, task in tasks.items() if name not in found}
    cities = cities_of(tasks)
    waiting = cities.waiting(tasks)
    return Outline(names, tasks, found, waiting, {name: city for name, city in cities.of.items() if city in waiting})


def simulated(task: Task) -> tuple[RunResult, float]:
    """Carry out a run; return its result, and the seconds that it took."""
    from experiments.runs.simulation import simulate

    begun = perf_counter()
    result = simulate(task)
    return result, perf_counter() - begun


def kept(store: str, runs: Sequence[tuple[Task, RunResult, float]]) -> None:
    """Put runs into the store."""
    from experiments.runs.cases import opened, store_keys
    from experiments.runs.simulation import simulate
    from experiments.runs.store.store import row_of

    with opened(store) as found:
        keys = store_keys(simulate, [task for task, _, _ in runs])
        for key, (task, result, seconds) in zip(keys, runs, strict=True):
            if key is not None and key not in found:
                found.add(row_of(key, task, result, seconds))


def answered(ask: Ask, runs: dict[Point, list[RunResult]]) -> Answer:
    """Say what the runs of a comparison say."""
    from app.answers import answer_of

    return answer_of(_concluded(ask, runs), ask.line)


def reported(ask: Ask, runs: dict[Point, list[RunResult]], folder: Path) -> None:
    """Write brief, report, figures and all tables into a folder that is not there yet."""
    _concluded(ask, runs).save(folder)


def designed(ask: Ask) -> tuple[Request, dict[str, Any], Any, Prepared]:
    """Read what is asked as the command does."""
    from experiments.compare.api import prepare
    from experiments.compare.design import COMMAND, design
    from experiments.settings.overrides import read_overrides
    from experiments.settings.request import Request, with_situation

    choices, values = read_overrides(ask.words)
    request = Request(COMMAND, ask.words, choices, values, print_only=False)
    request = with_situation(request, ask.path)
    plan, points = design(request)
    plan["workers"] = 1  # this process is one of the workers
    return request, plan, points, prepare(plan, points)


def _concluded(ask: Ask, runs: dict[Point, list[RunResult]]) -> ComparisonResult:
    from experiments.compare.api import conclude

    request, plan, points, prepared = designed(ask)
    plan["stopped"] = None
    return conclude(request, plan, points, prepared, dict(runs), datetime.now(UTC))


def steps(replications: int) -> list[int]:
    """Return after how many replications there is an answer: 2, 4, 8, … and all."""
    found = [FIRST]
    while found[-1] * 2 < replications:
        found.append(found[-1] * 2)
    return found if replications <= FIRST else [*found, replications]


def usual_heads(path: str) -> dict[str, dict[str, int]]:
    """Return the people of a situation at full strength: `officers` and `auxiliaries`, by post."""
    from app.situations import Ask
    from experiments.settings.personnel import personnel
    from sim.police.posts import POST_NAMES

    _, plan, _, prepared = designed(Ask(path, "en", FIRST))
    there = personnel(plan["common"], prepared.city)
    groups = {"officers": ~there.groups["auxiliary"], "auxiliaries": there.groups["auxiliary"]}
    return {
        who: {
            name: round(float(there.heads[of_group & (there.groups["post"] == post)].sum()))
            for post, name in enumerate(POST_NAMES)
        }
        for who, of_group in groups.items()
    }


class Comparing:
    """The work of a job: a comparison in steps, whose answer gets better.

    Parameters
    ----------
    ask : Ask
        What is asked.
    store : str
        Folder of the store.
    pace : Pace
        Learns how long runs take.
    before : Comparing, optional
        What was asked before: of the same situation its runs are taken over.
    """

    def __init__(self, ask: Ask, store: str, pace: Pace, before: Comparing | None = None) -> None:
        self.ask, self.store, self.pace = ask, store, pace
        same = before is not None and before.ask.path == ask.path
        self.results: dict[str, RunResult] = dict(before.results) if before is not None and same else {}
        self.points: dict[Point, list[str]] = {}
        self._fresh: list[tuple[Task, RunResult, float]] = []

    async def __call__(self, job: Job) -> Answer:
        """Carry the comparison out; each answer becomes the result of the job."""
        outline = await job.run(outlined, self.ask, self.store)
        self.points = outline.points
        self.results |= outline.found
        at = steps(self.ask.replications)
        job.total = 1 + len(outline.cities) + len(outline.tasks.keys() - self.results.keys()) + len(at)
        try:
            for replications in at:
                wanted = {name for names in self.points.values() for name in names[:replications]}
                await self._run(job, outline, wanted - self.results.keys())
                job.result = await job.run(answered, self.ask.with_replications(replications), self.runs(replications))
        finally:
            if self._fresh:
                job.jobs.later(job.owner, kept, self.store, self._fresh)
        answer: Answer = job.result
        return answer

    async def _run(self, job: Job, outline: Outline, names: Collection[str]) -> None:
        """Carry out runs in the order of the seeds, each as soon as its city has settled."""
        from experiments.runs.cities import settle

        due = [name for name in outline.tasks if name in names]
        settling: dict[str, asyncio.Task[None]] = {}

        async def one(name: str) -> None:
            """Carry out a run."""
            if (city := outline.city_of.get(name)) is not None:
                await settling[city]
            result, seconds = await job.run(simulated, outline.tasks[name])
            self.results[name] = result
            self.pace.learn(result.indicators["residents"], outline.tasks[name]["days"], seconds)
            self._fresh.append((outline.tasks[name], result, seconds))

        async with asyncio.TaskGroup() as group:
            for name in due:
                city = outline.city_of.get(name)
                if city is not None and city not in settling:
                    settling[city] = group.create_task(job.run(settle, outline.cities[city]))
            for name in due:
                group.create_task(one(name))

    def runs(self, replications: int) -> dict[Point, list[RunResult]]:
        """Return the results of the first replications by point."""
        return {point: [self.results[name] for name in names[:replications]] for point, names in self.points.items()}
