"""The runs of a sweep: those that the store lacks are carried out, failures among them kept, and all are read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.runs.cases import run_placed, store_key, with_seeds
from experiments.runs.store.shards import COLUMNS
from experiments.runs.store.store import row_of
from experiments.runs.trial import own_code
from experiments.sweep.kept import Run, measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.runs.progress import Progress
    from experiments.runs.store.store import Key, Store
    from experiments.sweep.design import Placed


class Wanted(NamedTuple):
    """A run of a sweep.

    Attributes
    ----------
    key : tuple of str
        Its key in the store.
    point : int
        Number of the point, and of its twin.
    replication : int
        From 0.
    task : dict
        See `experiments.sweep.kept.measure`.
    """

    key: Key
    point: int
    replication: int
    task: dict[str, Any]


def wanted(points: Sequence[Placed], plan: Mapping[str, Any]) -> list[Wanted]:
    """Return all runs of some points, replication by replication: a sweep that ends early has some of each."""
    from sim.parameters import BadInput

    of_points = [with_seeds(point.scenario, plan["replications"]) for point in points]
    found = []
    for replication in range(plan["replications"]):
        for number, tasks in enumerate(of_points):
            task = {"scenario": tasks[replication], "keep": plan["keep"]}
            key = store_key(measure, task)
            if key is None:
                name = task["scenario"]["strategy"]["name"]
                raise BadInput("strategy", name, "one from a file (--with FILE): a store must know its text")
            found.append(Wanted(key, number, replication, task))
    return found


def carry_out(runs: Sequence[Wanted], plan: Mapping[str, Any], store: Store, show: Progress) -> None:
    """Carry out the runs that a store lacks, or this command's part of them.

    A run that fails, ends its worker process three times or takes too long is kept with its error; the others go on.
    """
    different = {run.key: run for run in runs}
    if plan["part"] is not None:
        number, of = plan["part"]
        different = dict(list(different.items())[number - 1 :: of])
    known = store.find(different)
    lacking = {" ".join(key): run for key, run in different.items() if key not in known}

    def keep(name: str, run: Run, seconds: float | None) -> None:
        """Put a run into the store."""
        wanted = lacking[name]
        store.add(row_of(wanted.key, wanted.task["scenario"], run, seconds, run.error))

    run_placed(
        measure,
        {name: ("in a sweep", run.task) for name, run in lacking.items()},
        plan["workers"],
        keep,
        show,
        apart=lambda task: own_code(task["scenario"]),
        given_up=lambda name, why: keep(name, Run({}, {}, why), None),
        limit_s=None if plan["timeout_min"] is None else 60 * plan["timeout_min"],
    )
    store.seal()


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
        name for name in found.columns if name not in (*COLUMNS, "point", "replication") and found[name].count()
    ]
    return found.select("run", "point", *columns, "replication", "seed", "seconds", "error", *sorted(measured))


def told(value: Any) -> str | None:
    """Return a level as a table shows it; None where it means nothing."""
    if isinstance(value, float):
        return f"{value:g}"
    return None if value is None else str(value)
