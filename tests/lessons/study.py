"""Asks in how many of twenty other seeds each lesson shows what its sheet promises, and how long a run takes.

    nice python -m tests.lessons.study [LESSON …] [--seeds 20] [--first 1001]

Each seed runs the lesson once as a class does, its replications paired, in cities that are none of those of the fixed
seed. Printed are, for each promise, the bounds, the mean of the difference over the seeds with its smallest and
largest, and in how many seeds it lies within the bounds; and for each lesson, in how many seeds all of its promises are
kept, and the processor seconds of a run and of settling.
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np

from experiments.lesson.findings import promises_kept
from experiments.lesson.folder import Lesson, load
from experiments.lesson.kept import gather, tasks
from experiments.runs.cities import cities_of, settle_waiting
from experiments.runs.engines.local import Local
from experiments.runs.progress import silent
from scenarios.lessons.found import lesson_folders

FIRST_SEED = 1001


def study(lesson: Lesson, first: int, seeds: int) -> None:
    """Print what becomes of the promises of a lesson."""
    differences, kept, seconds = [], [], []
    for k in range(seeds):
        seed = first + k * lesson.replications
        begun = process_time()
        runs = [one["scenario"] for arm in tasks(lesson, {}, seed).values() for one in arm]
        cities = cities_of({str(number): run for number, run in enumerate(runs)})
        settle_waiting(cities.waiting(cities.of), Local(1), silent)
        settled = process_time()
        found = promises_kept(lesson.promises, gather(lesson, {}, seed, workers=1))
        seconds.append((process_time() - settled, settled - begun))
        differences.append([one.difference for one in found])
        kept.append([one.holds for one in found])
    for i, promise in enumerate(lesson.promises):
        values = np.array(differences)[:, i]
        unit = " %" if promise.percent else ""
        print(
            f"| {lesson.name} | {promise.measure}: {promise.arm} − {promise.against} "
            f"| {promise.at_least:g} to {promise.at_most:g}{unit} "
            f"| {values.mean():.1f} ({values.min():.1f} to {values.max():.1f}) | {np.sum(kept, axis=0)[i]} of {seeds} |"
        )
    run_s, settle_s = np.mean(seconds, axis=0)
    together = np.all(kept, axis=1).sum()
    print(
        f"{lesson.name}: all kept in {together} of {seeds}; {run_s:.1f} s to run, {settle_s:.1f} s to settle",
        flush=True,
    )


def main() -> None:
    """Study the lessons that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", default=list(lesson_folders()))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    given = parser.parse_args()
    for name in given.lessons:
        study(load(name), given.first, given.seeds)


if __name__ == "__main__":
    main()
