"""The runs of a comparison: so many replications as were asked for, or as many as it takes to be as precise."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.compare.comparison import summary_of
from experiments.compare.design import in_run
from experiments.compare.parameter_sets import tasks_of
from experiments.estimates.components import over_cities
from experiments.estimates.effects import IDENTICAL, KEYS, effects
from experiments.estimates.stopping import Stopped, precision_so_far, replicate
from experiments.presentation.indicators import factor
from experiments.runs.cases import keeping, run_cases
from experiments.runs.engines.choice import engine_of
from experiments.runs.simulation import RECORDS, simulate
from experiments.runs.trial import own_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from experiments.compare.comparison import Point
    from experiments.runs.progress import Progress
    from experiments.runs.simulation import RunResult
    from sim.scenario import Scenario

    Runs = dict[Point, list[RunResult]]


def replicated(
    plan: Mapping[str, Any], variants: Mapping[Point, Sequence[Scenario]], compared: Sequence[Point], show: Progress
) -> tuple[Runs, Stopped | None]:
    """Carry out the runs of a comparison.

    Parameters
    ----------
    plan : mapping
        See `experiments.compare.design.design`.
    variants : mapping
        Point → its scenario with each set of parameters, further runs of the baseline with other officers among them.
    compared : sequence of Point
        Those whose differences to the baseline are to be as precise as was asked.
    show : callable
        Shows the progress.

    Returns
    -------
    runs : dict
        Point → results, in the order of the seeds.
    stopped : Stopped or None
        Where replications ended, in independent ones; None: as many as were asked for.
    """
    runs: Runs = defaultdict(list)
    each, of_city = plan["seeds_together"], plan["seeds_per_city"]
    so_far = ""

    def shown(total: int, label: str) -> AbstractContextManager[Callable[[], None]]:
        """Show the progress, and how precise all is so far."""
        return show(total, label + so_far)

    with keeping(plan["store"], RECORDS) as kept, engine_of(plan) as engine:

        def up_to(replications: int) -> None:
            """Add the runs that are lacking to so many replications."""
            have = len(next(iter(runs.values()), []))
            lacking = range(have, replications)
            tasks = {point: tasks_of(scenarios, lacking, each, of_city) for point, scenarios in variants.items()}
            for point, results in run_cases(simulate, tasks, engine, shown, own_code, in_run, kept).items():
                runs[point] += results

        def half_width(independent: int) -> float:
            """Return half the widest interval of the differences, in the unit of the table."""
            nonlocal so_far
            up_to(independent * each)
            half = _widest({point: runs[point] for point in compared}, plan)
            so_far = precision_so_far(independent, half, plan["precision"])
            return half

        if plan["precision"] is None:
            up_to(plan["replications"])
            return runs, None
        fewest, most = (plan[key] // each for key in ("replications", "most_replications"))
        return runs, replicate(half_width, plan["precision"], fewest, most)


def _widest(runs: Runs, plan: Mapping[str, Any]) -> float:
    """Return half the widest interval of a difference to the baseline; infinite where one has none.

    Raises
    ------
    BadInput
        When no run has the indicator that was asked for.
    """
    from sim.parameters import BadInput

    name, summary = plan["precision_of"], summary_of(runs, 0)
    if name not in summary.columns or name in KEYS:
        known = [column for column in summary.columns if column not in KEYS]
        raise BadInput("precision_of", name, f"an indicator that the runs have: {', '.join(known)}")
    units = [factor(name, *row) for row in summary.select("residents", "days").unique().iter_rows()]
    found = effects(over_cities(summary, plan["seeds_together"]), plan["baseline"])
    of_name = found.filter((pl.col("kind") == "strategy") & (pl.col("indicator") == name))
    apart = of_name.filter(pl.col("interval").ne_missing(IDENTICAL))  # those that are not have no interval to narrow
    rivals = sum(strategy != plan["baseline"] for _, strategy in runs)
    if of_name.height < rivals or apart["low"].null_count():
        return math.inf
    return max(units) * max(((high - low) / 2 for low, high in apart.select("low", "high").iter_rows()), default=0.0)
