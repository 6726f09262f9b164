"""The runs of a sweep: those that the store lacks are carried out, failures among them kept, and all are read back."""

from __future__ import annotations

from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.runs.cases import store_keys, with_seeds
from experiments.runs.engines.adapter import carried_out, packed
from experiments.runs.engines.choice import engine_of
from experiments.runs.engines.engine import WorkerDied
from experiments.runs.engines.settings import SLURM, SlurmSettings, defaults_of, engine_settings
from experiments.runs.engines.slurm import Jobs
from experiments.runs.measured import measure
from experiments.runs.placed import run_placed
from experiments.runs.progress import silent
from experiments.runs.sharing import Shared
from experiments.runs.store.records import Run
from experiments.runs.store.shards import COLUMNS
from experiments.runs.store.store import open_store, row_of
from experiments.runs.trial import own_code
from experiments.runs.work import Patience
from sim.extensions import open_parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from experiments.runs.progress import Progress
    from experiments.runs.store.store import Key, Store
    from experiments.sweep.design import Placed
    from sim.scenario import Scenario

POLL_S = 1.0  # between looks at jobs and store
HERE = {"engine": defaults_of("local"), "part": None}


class Wanted(NamedTuple):
    """A run of a sweep.

    Attributes
    ----------
    key : tuple of str
        Its key in the store.
    task : dict
        See `experiments.runs.measured.measure`.
    point : int
        Number of the point, and of its twin.
    replication : int
        From 0.
    """

    key: Key
    task: dict[str, Any]
    point: int
    replication: int


def wanted(points: Sequence[Placed], plan: Mapping[str, Any]) -> list[Wanted]:
    """Return all runs of some points, replication by replication: a sweep that ends early has some of each."""
    of_scenarios: dict[str, list[tuple[Key, dict[str, Any]]]] = {}  # most points share their twin with others
    of_points = []
    for point in points:
        name = point.scenario.model_dump_json()
        if name not in of_scenarios:
            of_scenarios[name] = _keyed(point.scenario, plan)
        of_points.append(of_scenarios[name])
    return [
        Wanted(*runs[replication], number, replication)
        for replication in range(plan["replications"])
        for number, runs in enumerate(of_points)
    ]


def _keyed(scenario: Scenario, plan: Mapping[str, Any]) -> list[tuple[Key, dict[str, Any]]]:
    """Return the runs of a scenario, each with its key in the store."""
    from sim.parameters import BadInput

    tasks = [{"scenario": settings, "keep": plan["keep"]} for settings in with_seeds(scenario, plan["replications"])]
    found = []
    for key, task in zip(store_keys(measure, tasks), tasks, strict=True):
        if key is None:
            name = scenario.strategy.name
            raise BadInput("strategy", name, "one from a file (--with FILE): a store must know its text")
        found.append((key, task))
    return found


def carry_out(runs: Sequence[Wanted], plan: Mapping[str, Any], store: Store, show: Progress) -> None:
    """Carry out the runs that a store lacks, or this command's part of them.

    A run that fails, ends its worker process three times or takes too long is kept with its error; the others go on.
    """
    if plan["engine"]["name"] == SLURM:
        _by_jobs(runs, plan, store, show)
        return
    lacking = lacking_of(runs, plan, store)

    def keep(name: str, run: Run, seconds: float | None) -> None:
        """Put a run into the store."""
        wanted = lacking[name]
        store.add(row_of(wanted.key, wanted.task["scenario"], run, seconds, run.error))

    with engine_of(plan) as engine:
        run_placed(
            measure,
            {name: ("in a sweep", run.task) for name, run in lacking.items()},
            engine,
            keep,
            show,
            apart=lambda task: own_code(task["scenario"]),
            patience=Patience(
                lambda name, why: keep(name, Run({}, {}, why), None),
                None if plan["timeout_min"] is None else 60 * plan["timeout_min"],
            ),
            shared=Shared.of(store, {name: run.key for name, run in lacking.items()}),
        )
    store.seal()


def lacking_of(runs: Sequence[Wanted], plan: Mapping[str, Any], store: Store) -> dict[str, Wanted]:
    """Return the runs that a store lacks by name, of this command's part, those of a city side by side."""
    different = list({run.key: run for run in sorted(runs, key=lambda run: run.replication)}.values())
    if plan["part"] is not None:
        number, of = plan["part"]
        different = different[len(different) * (number - 1) // of : len(different) * number // of]
    return {" ".join(run.key): run for run in different if run.key not in store}


def submit(runs: Sequence[Wanted], plan: Mapping[str, Any], store: Store) -> int:
    """Submit jobs for the runs that a store lacks; return how many runs are with jobs then.

    How many go into a job follows from the run time of those that are kept: where none is, the first is run here.
    """
    jobs, lacking = jobs_of(plan, store), lacking_of(runs, plan, store)
    jobs.check()
    with_jobs = jobs.under_way()
    waiting = [name for name in lacking if name not in with_jobs]
    if not waiting:
        return len(with_jobs)
    keys = [run.key for run in runs]
    if store.mean_seconds(keys) is None:
        carry_out([lacking[waiting.pop(0)]], {**plan, **HERE}, store, silent)
    chunks = {}
    for size in jobs.sizes(len(waiting), store.mean_seconds(keys) or 1.0):
        names, waiting = waiting[:size], waiting[size:]
        chunks[tuple(names)] = [lacking[name] for name in names]
    in_job = {**plan, **HERE, "workers": plan["engine"]["cpus"]}
    jobs.submit(partial(carried_out, packed(), _in_job, in_job, str(store.folder)), chunks)
    return len(jobs.under_way())


def jobs_of(plan: Mapping[str, Any], store: Store) -> Jobs:
    """Return the jobs that write a store."""
    settings = engine_settings(plan["engine"])
    assert isinstance(settings, SlurmSettings)
    return Jobs(store.folder / "jobs", settings)


def _by_jobs(runs: Sequence[Wanted], plan: Mapping[str, Any], store: Store, show: Progress) -> None:
    """Carry out runs by jobs, and wait for them; what a job that ended has left is submitted again.

    Raises
    ------
    WorkerDied
        When jobs have ended without a single run.
    """
    jobs, lacking = jobs_of(plan, store), lacking_of(runs, plan, store)
    with show(len(lacking), "runs") as done:
        while lacking:
            submit(runs, plan, store)
            left = lacking
            while jobs.under_way():
                sleep(POLL_S)
                store.look_again()
                left = _left(left, store, done)
            store.gather()
            left = _left(left, store, done)
            if len(left) == len(lacking):
                raise WorkerDied(f"jobs have ended without any of {len(left)} runs; what they said is in {jobs.folder}")
            lacking = left
    jobs.tidy()


def _left(runs: Mapping[str, Wanted], store: Store, done: Callable[[], None]) -> dict[str, Wanted]:
    """Return those of some runs that a store still lacks, and show the progress of the others."""
    left = {name: run for name, run in runs.items() if run.key not in store}
    for _ in range(len(runs) - len(left)):
        done()
    return left


def _in_job(plan: Mapping[str, Any], place: str, runs: Sequence[Wanted]) -> None:
    """Carry out runs in a job, and keep them in the store."""
    open_parcels()
    with open_store(place) as store:
        carry_out(runs, plan, store, silent)


def frame_of(runs: Sequence[Wanted], points: Sequence[Placed], store: Store) -> pl.DataFrame:
    """Return a row a run that a store has: its point, its factors, seed, seconds, error, then all indicators."""
    rows = store.rows.drop("content", "scenario", "code", "strategy", "finished_utc")
    keys = pl.LazyFrame({
        "run": [run.key[0] for run in runs], "kept": [run.key[1] for run in runs],
        "point": [run.point for run in runs], "replication": [run.replication for run in runs],
    }, schema={"run": pl.String, "kept": pl.String, "point": pl.Int64, "replication": pl.Int64})  # fmt: skip
    found = keys.join(rows, on=["run", "kept"], how="inner", maintain_order="left").collect()
    factors = list(dict.fromkeys(name for point in points for name in point.factors))
    columns = [
        pl.Series(name, [told(points[number].factors.get(name)) for number in found["point"]], dtype=pl.String)
        for name in factors
    ]
    measured = [
        name
        for name in found.columns
        if name not in (*COLUMNS, *factors, "point", "replication") and found[name].count()
    ]
    return found.select("run", "point", *columns, "replication", "seed", "seconds", "error", *sorted(measured))


def told(value: Any) -> str | None:
    """Return a level as a table shows it; None where it means nothing."""
    if isinstance(value, float):
        return f"{value:g}"
    return None if value is None else str(value)
