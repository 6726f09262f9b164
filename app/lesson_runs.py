"""Runs of lessons: what one student has asked for another need not wait for, since both see the same town."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.jobs import CANCELLED, FAILED
from experiments.lesson.kept import measure, tasks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.jobs import Job, Jobs
    from experiments.lesson.folder import Lesson
    from experiments.lesson.kept import Measured


def asked(jobs: Jobs, lesson: Lesson, knobs: Mapping[str, float]) -> Job:
    """Return the job that runs a lesson with knobs as they are: begun now, or by somebody else before.

    Its result is what `experiments.lesson.kept.gather` gives.
    """
    values = lesson.with_defaults(knobs)
    told = " ".join(f"{name}={value:g}" for name, value in values.items())
    owner = f"lesson {lesson.folder} {lesson.version} {told}"
    job = jobs.of(owner)
    if job is None or job.state in (FAILED, CANCELLED):
        folder = str(lesson.folder)

        async def work(job: Job) -> Measured:
            return await _gathered(job, folder, values)

        job = jobs.start(owner, work, total=lesson.replications + 1)
    return job


async def _gathered(job: Job, folder: str, knobs: Mapping[str, float]) -> Measured:
    """Run the first arm, in whose runs the towns settle, then the others, over all workers."""
    every = await job.run(tasks_of, folder, dict(knobs))
    job.total = 1 + sum(len(one) for one in every.values())
    measured: Measured = {}
    first, *others = every
    measured[first] = list(await asyncio.gather(*(job.run(measure, task) for task in every[first])))
    rest = [(arm, task) for arm in others for task in every[arm]]
    found = await asyncio.gather(*(job.run(measure, task) for _, task in rest))
    for (arm, _), one in zip(rest, found, strict=True):
        measured.setdefault(arm, []).append(one)
    return measured
