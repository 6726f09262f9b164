"""The runs of a study: every point under every strategy on the same seeds; those that the store has are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.runs.cases import run_cases, with_seeds
from experiments.runs.measured import measure
from experiments.runs.trial import own_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.estimates.intervals import Floats
    from experiments.runs.cases import Runner
    from experiments.runs.store.records import Run
    from experiments.sensitivity.design import Study


class Measured(NamedTuple):
    """What came of points.

    Attributes
    ----------
    values : dict
        (strategy, outcome) → array [points, seeds]; not-a-number where the run failed or does not have the outcome.
    failed : tuple of str
        Why runs failed, one text a run.
    runs : int
        How many there were.
    """

    values: dict[tuple[str, str], Floats]
    failed: tuple[str, ...]
    runs: int


def run_points(
    study: Study, points: Sequence[Mapping[str, float]], plan: Mapping[str, Any], runner: Runner
) -> Measured:
    """Run each point under each strategy on the same seeds.

    Parameters
    ----------
    study : Study
        What is varied.
    points : sequence of mapping
        Parameter → value.
    plan : mapping
        From `experiments.sensitivity.design.design`.
    runner : Runner
        Where they are carried out and kept.

    Raises
    ------
    BadInput
        For values of parameters that do not go together, and an outcome that no run has.
    """
    import numpy as np

    from sim.parameters import BadInput

    tasks = {
        (at, strategy): [
            {"scenario": task, "keep": "indicators"}
            for task in with_seeds(study.scenario(strategy, values), plan["replications"])
        ]
        for at, values in enumerate(points)
        for strategy in study.trees
    }
    ran = run_cases(measure, tasks, runner.engine, runner.show, _own, _told, runner.kept)
    found = {strategy: [ran[at, strategy] for at in range(len(points))] for strategy in study.trees}
    every = [run for of_points in found.values() for of_point in of_points for run in of_point]
    for outcome in plan["outcomes"]:
        if all(run.error is None for run in every) and not any(outcome in run.indicators for run in every):
            raise BadInput("outcomes", outcome, "an indicator that these runs have, such as harm_total")
    values = {
        (strategy, outcome): np.array([[_value(run, outcome) for run in of_point] for of_point in of_points])
        for strategy, of_points in found.items()
        for outcome in plan["outcomes"]
    }
    return Measured(values, tuple(run.error for run in every if run.error is not None), len(every))


def _value(run: Run, outcome: str) -> float:
    """Return an outcome; not-a-number where it is absent, or a wait that never ended."""
    value = run.indicators.get(outcome)
    return float("nan") if run.error is not None or value is None or abs(value) == float("inf") else float(value)


def _own(task: Mapping[str, Any]) -> tuple[str, ...]:
    return own_code(task["scenario"])


def _told(case: tuple[int, str], _task: Mapping[str, Any]) -> str:
    return f"at a point under {case[1]}"
