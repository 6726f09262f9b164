"""What is kept of a vector's runs: its patterns, by seed; of the user's own file, what police records hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.calibrate.records import Records, measure
from experiments.calibrate.simulated import Simulated
from experiments.patterns.portrait import portray
from experiments.patterns.studies import STUDIES
from sim.city.city import CRIME_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from experiments.calibrate.design import Problem
    from experiments.calibrate.targets import Values
    from experiments.runs.cases import Runner


def run_vectors(problem: Problem, shares: Values, seeds: range, plan: Mapping[str, Any], runner: Runner) -> Simulated:
    """Run vectors on the same seeds; runs that the store has are read.

    Parameters
    ----------
    problem : Problem
        Parameters and patterns.
    shares : array
        The vectors, shape [vectors, parameters].
    seeds : range
        Which: run r has the first seed + r, and a made-up city of its own.
    plan : mapping
        From `experiments.calibrate.design.design`.
    runner : Runner
        Where they are carried out and kept.

    Returns
    -------
    Simulated
        Of a vector whose values do not go together, all patterns are NaN.
    """
    from sim.parameters import BadInput

    cases: dict[int, list[dict[str, Any]]] = {}
    for at, vector in enumerate(shares):
        try:
            cases[at] = tasks_of(problem, vector, seeds, plan["place"])
        except BadInput:
            continue
    return Simulated(shares, _measured(problem, cases, (len(shares), len(seeds)), plan["place"], runner))


def run_each(problem: Problem, shares: Values, seeds: range, plan: Mapping[str, Any], runner: Runner) -> Values:
    """Run each of some vectors once, the first with the first of the seeds: patterns of shape [vectors, patterns]."""
    cases = {
        at: tasks_of(problem, vector, range(seed, seed + 1), plan["place"])
        for at, (vector, seed) in enumerate(zip(shares, seeds, strict=True))
    }
    return np.asarray(_measured(problem, cases, (len(shares), 1), plan["place"], runner)[:, 0])


def run_usual(problem: Problem, seeds: range, plan: Mapping[str, Any], runner: Runner) -> Values:
    """Run the parameters as they are: patterns of shape [seeds, patterns]."""
    cases = {0: tasks_of(problem, None, seeds, plan["place"])}
    return np.asarray(_measured(problem, cases, (1, len(seeds)), plan["place"], runner)[0])


def tasks_of(problem: Problem, shares: Values | None, seeds: range, place: str) -> list[dict[str, Any]]:
    """Return the runs of a vector; None: of the parameters as they are."""
    from experiments.runs.cases import with_seeds

    settings = with_seeds(problem.scenario(shares), seeds.stop)[seeds.start :]
    if problem.own is not None:
        return settings
    return [{"scenario": one, "knox": STUDIES[place].knox} for one in settings]


def keeper_of(problem: Problem) -> Callable[[Mapping[str, Any]], Any]:
    """Return what runs a task and keeps what the patterns are measured in."""
    return portray if problem.own is None else recorded


def recorded(settings: Mapping[str, Any]) -> Records:
    """Run one scenario, given as plain values, and keep what police records hold of it."""
    from sim.model import CityModel
    from sim.scenario import Scenario

    model = CityModel(Scenario.model_validate(settings))
    model.run()
    records = model.results().tables["recorded"]
    types, cells = np.asarray(records["type"]), np.asarray(records["cell"])
    known = np.isin(types, CRIME_EVIDENCE)
    hours = np.asarray(records["said_time_min"])[known].astype(np.int64) // 60 % 24
    return Records(
        float(model.scenario.days),
        {name: int((types == name).sum()) for name in CRIME_EVIDENCE},
        np.bincount(hours, minlength=24),
        np.sort(np.unique(cells[known], return_counts=True)[1])[::-1],
    )


def _measured(
    problem: Problem, cases: Mapping[int, Sequence[Mapping[str, Any]]], shape: tuple[int, int], place: str,
    runner: Runner,
) -> Values:  # fmt: skip
    """Run cases and measure the patterns in them: shape [cases, seeds, patterns], NaN where there is nothing."""
    from experiments.runs.cases import run_each

    found = np.full((*shape, len(problem.targets)), np.nan)

    def take(case: int, number: int, run: Any) -> None:
        """Measure a run, which is not held."""
        found[case, number] = _patterns_in(problem, run, place)

    run_each(keeper_of(problem), cases, runner.engine, take, runner.show, kept=runner.kept)
    return found


def _patterns_in(problem: Problem, run: Any, place: str) -> list[float]:
    """Return the patterns of a run."""
    if problem.own is not None:
        return [measure(one.name, run, problem.own.residents) for one in problem.targets]
    values = [pattern.values({place: [run]}, place)[0] for pattern in problem.patterns]
    return [np.nan if value is None else value for value in values]
