"""What is kept of the runs of a lesson: its own measures, by arm and replication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.lesson.folder import load_folder
from experiments.runs.cases import run_cases, with_seeds
from experiments.runs.engines.local import Local
from experiments.runs.progress import silent
from sim.authors import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.lesson.folder import Lesson
    from experiments.runs.progress import Progress

Measured = dict[str, list[dict[str, float]]]  # arm → measures of each replication, all paired by their seeds


def gather(
    lesson: Lesson,
    knobs: Mapping[str, Any],
    seed: int = 1,
    workers: int | None = None,
    show: Progress = silent,
) -> Measured:
    """Run the arms of a lesson.

    Parameters
    ----------
    lesson : Lesson
        From `experiments.lesson.folder.load`.
    knobs : mapping
        Name → value; the others stand as they begin.
    seed : int
        Of the first replication.
    workers : int, optional
        Processes; absent: one a core.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput, AuthorError, WorkerDied
        For knobs that are not allowed, and code that fails.
    """
    return run_cases(measure, tasks(lesson, knobs, seed), Local(workers), show)


def tasks(lesson: Lesson, knobs: Mapping[str, Any], seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Return what has to be run: arm → a task for each replication, see `measure`."""
    values = lesson.with_defaults(knobs)
    with code_of(f"lesson {lesson.name!r}", None):
        scenarios = lesson.arms(_place(lesson, seed), **values)
    folder = str(lesson.folder)
    return {
        arm: [{"scenario": settings, "lesson": folder} for settings in with_seeds(scenario, lesson.replications)]
        for arm, scenario in scenarios.items()
    }


def tasks_of(folder: str, knobs: Mapping[str, Any], seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Return `tasks` of the lesson in a folder, which any process can be told."""
    return tasks(load_folder(Path(folder)), knobs, seed)


def measure(task: Mapping[str, Any]) -> dict[str, float]:
    """Run one city of a lesson, given as plain values and the folder, and take its measures."""
    from experiments.runs.simulation import run_through
    from sim.model import CityModel
    from sim.scenario import Scenario

    lesson = load_folder(Path(task["lesson"]))
    results = run_through(CityModel(Scenario.model_validate(task["scenario"])))
    with code_of(f"lesson {lesson.name!r}", None):
        return {name: float(value) for name, value in lesson.measures(results).items()}


def _place(lesson: Lesson, seed: int) -> Any:
    """Return the scenario of a lesson's city."""
    from experiments.settings.compose import compose, scenario_of
    from experiments.settings.overrides import GROUPS

    choices = {key: value for key, value in lesson.place.items() if key in GROUPS}
    values = {key: value for key, value in lesson.place.items() if key not in GROUPS}
    return scenario_of(compose("run", choices, {**values, "seed": seed}), ("language", "out", "tracks"))
