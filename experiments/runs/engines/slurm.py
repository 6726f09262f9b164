"""The engine `slurm`: jobs that submitit submits, and a record that tells any later command what is under way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from experiments.runs.engines.settings import SLURM
from experiments.runs.places import at_once
from experiments.runs.processes import environment_of_workers, processes_for
from sim.parameters import BadInput, Unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from experiments.runs.engines.settings import SlurmSettings

_children: list[Any] = []  # jobs that are processes of ours: Python warns of one that is let go of while it runs
RECORD = ".json"  # beside the folder in which submitit has the same jobs


@dataclass(frozen=True)
class Jobs:
    """The jobs of a folder.

    Attributes
    ----------
    folder : Path
        On a disk that all nodes share.
    settings : SlurmSettings
        What the next ones are to have.
    """

    folder: Path
    settings: SlurmSettings

    def sizes(self, tasks: int, seconds: float) -> list[int]:
        """Return how many tasks each job is to have.

        Parameters
        ----------
        tasks : int
            How many there are.
        seconds : float
            How long one takes.
        """
        wished = max(1, int(self.settings.minutes * 60 * self.settings.cpus / max(seconds, 1e-9)))
        jobs = -(-tasks // wished)
        if self.settings.cluster == "local":  # has no queue
            jobs = min(jobs, max(1, processes_for(None) // self.settings.cpus))
        return [tasks * (job + 1) // jobs - tasks * job // jobs for job in range(jobs)]

    def check(self) -> None:
        """Make sure that jobs can be submitted, before anything is run.

        Raises
        ------
        BadInput
            When there is no SLURM here, it takes no such options, or its queue does not answer.
        """
        self._executor(self.folder)
        if self.settings.cluster == SLURM and (said := _queue().stderr.strip()):
            raise unanswered(said)

    def submit(self, function: Callable[[Any], None], chunks: Mapping[tuple[str, ...], Any]) -> None:
        """Submit a job for each chunk of tasks, all as one array, and note which tasks they have.

        Parameters
        ----------
        function : callable
            Called in a job with its chunk.
        chunks : mapping
            Names of tasks → what the function is given.

        Raises
        ------
        BadInput
            When there is no SLURM here, it takes no such options, or it refuses the jobs.
        """
        from submitit.core.utils import FailedJobError

        place = self.folder / uuid4().hex
        executor = self._executor(place)
        try:
            with environment_of_workers():
                jobs = executor.map_array(function, list(chunks.values()))
        except FailedJobError as error:
            raise unanswered(str(error)) from None
        if self.settings.cluster == "local":
            _children.extend(jobs)
        self._note(place, {job.job_id: names for job, names in zip(jobs, chunks, strict=True)})

    def _executor(self, place: Path) -> Any:
        """Return what submits jobs, with the settings."""
        import submitit

        try:
            executor = submitit.AutoExecutor(folder=place, cluster=self.settings.cluster)
        except RuntimeError:
            why = "no SLURM is found on this machine for {}; engine.cluster=local runs jobs without it"
            raise Unusable("engine", "slurm", why) from None
        given = {"timeout_min": self.settings.limit_min, "cpus_per_task": self.settings.cpus, "name": "beatlab"}
        try:
            executor.update_parameters(**given, slurm_array_parallelism=self.settings.at_once, **self.settings.options)
        except (NameError, TypeError, ValueError) as error:
            said = (str(error).splitlines() or [""])[0]
            raise BadInput("engine.options", self.settings.options, f"options of submitit: {said}") from None
        return executor

    def under_way(self) -> set[str]:
        """Return the names of the tasks whose jobs wait or run; forget those that have ended."""
        found: set[str] = set()
        for record in self.folder.glob(f"*{RECORD}"):
            with suppress(FileNotFoundError):  # another command has just seen the same
                told = json.loads(record.read_text(encoding="utf-8"))
                at_work = _at_work(told["cluster"], told["jobs"])
                found.update(*(told["jobs"][job] for job in at_work))
                if not at_work:
                    record.unlink()
        return found

    def tidy(self) -> None:
        """Remove what is left of jobs that have ended."""
        if self.folder.exists() and not self.under_way():
            shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self, place: Path, jobs: Mapping[str, Sequence[str]]) -> None:
        with at_once(place.with_suffix(RECORD)) as part:
            part.write_text(json.dumps({"cluster": self.settings.cluster, "jobs": jobs}), encoding="utf-8")


def _at_work(cluster: str, jobs: Iterable[str]) -> set[str]:
    """Return those of some jobs that wait or run."""
    if cluster == "local":
        return {job for job in jobs if _lives(int(job))}
    queue = _queue()
    return {*jobs} & {*queue.stdout.split()} if queue.returncode == 0 else {*jobs}  # a busy queue is asked again later


def _queue() -> subprocess.CompletedProcess[str]:
    """Ask the queue for this user's jobs."""
    words = ["squeue", "--noheader", "--array", f"--user={os.getuid()}", "--format=%i"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def unanswered(said: str) -> Unusable:
    """Return the error for a queue that takes no jobs."""
    return Unusable("engine", SLURM, f"the queue of {{}} does not answer ({' '.join(said.splitlines()[-1:])})")


def _lives(process: int) -> bool:
    with suppress(ChildProcessError):  # a child of ours that has ended is still there until it is waited for
        os.waitpid(process, os.WNOHANG)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
