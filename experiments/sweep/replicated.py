"""The replications of a sweep: so many as were asked for, or as many as it takes until all differences are precise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from experiments.estimates.stopping import Stopped, precision_so_far, replicate
from experiments.sweep.numbers import DIFFERENCE, by_point, differences_of, in_unit
from experiments.sweep.runs import carry_out, frame_of, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

    from experiments.runs.progress import Progress
    from experiments.runs.store.store import Store
    from experiments.sweep.design import Placed


def replicated(
    plan: dict[str, Any], points: Sequence[Placed], twins: Sequence[Placed], store: Store, show: Progress | None
) -> tuple[pl.DataFrame, pl.DataFrame, Stopped | None]:
    """Carry out what a store lacks of a sweep; set `replications` of the plan to how many there are to be.

    Parameters
    ----------
    plan : dict
        See `experiments.sweep.design.design`.
    points, twins : sequence of Placed
        The points, and of each the baseline.
    store : Store
        An open one.
    show : callable or None
        Shows the progress; None: nothing is run, what is there is looked at.

    Returns
    -------
    runs, base : DataFrame
        A row a run of the points and of their baselines, see `experiments.sweep.runs.frame_of`.
    stopped : Stopped or None
        Where replications ended; None: as many as were asked for.
    """
    so_far = ""
    runs = base = store.rows.clear().collect()

    def shown(total: int, label: str) -> AbstractContextManager[Callable[[], None]]:
        """Show the progress, and how precise all is so far."""
        assert show is not None
        return show(total, label + so_far)

    def up_to(replications: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Carry out what is lacking to so many replications, and return all of them."""
        plan["replications"] = replications
        of_points, of_twins = wanted(points, plan), wanted(twins, plan)
        if show is not None:
            carry_out([*of_points, *of_twins], plan, store, shown)
        return frame_of(of_points, points, store), frame_of(of_twins, twins, store)

    def half_width(replications: int) -> float | None:
        """Return half the widest interval of a point, in the unit of the table; None where runs are lacking."""
        nonlocal so_far, runs, base
        runs, base = up_to(replications)
        if min(runs.height, base.height) < len(points) * replications:
            return None
        half = _widest(runs, base, plan["indicator"])
        so_far = precision_so_far(replications, half, plan["precision"])
        return half

    if plan["precision"] is None:
        return *up_to(plan["replications"]), None
    stopped = replicate(half_width, plan["precision"], plan["replications"], plan["most_replications"])
    return runs, base, stopped


def _widest(runs: pl.DataFrame, base: pl.DataFrame, name: str) -> float:
    """Return half the widest interval of the difference of a point to its baseline; infinite where one has none."""
    if name not in runs.columns or name not in base.columns:
        return math.inf
    differences = differences_of(in_unit(runs, name), in_unit(base, name), name)
    apart = differences.filter(differences[DIFFERENCE] != 0).select("point").unique()  # the others are the same
    found = by_point(differences.join(apart, on="point", how="semi"), DIFFERENCE, [])
    if found["low"].null_count():
        return math.inf
    return max(((high - low) / 2 for low, high in found.select("low", "high").iter_rows()), default=0.0)
