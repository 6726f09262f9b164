"""Runs without sets of parameters, and with one parameter changed: what the sets are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.compare.comparison import summary_of
from experiments.compare.composition import composition_of
from experiments.compare.design import in_run
from experiments.compare.ranking import JUDGED
from experiments.compare.turns import Candidate, Turn, candidates, places_of, turn_of
from experiments.estimates.components import over_cities
from experiments.runs.cases import keeping, run_cases, with_seeds
from experiments.runs.engines.choice import engine_of
from experiments.runs.simulation import RECORDS, simulate
from experiments.runs.trial import own_code
from experiments.settings.uncertain import scenario_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from experiments.compare.comparison import Point
    from experiments.estimates.intervals import Floats
    from experiments.runs.progress import Progress
    from experiments.runs.simulation import RunResult
    from sim.scenario import Scenario

    Runs = Mapping[Point, Sequence[RunResult]]
    Run = Callable[[Mapping[Any, Scenario]], dict[Any, list[RunResult]]]

UNCHANGED = 20  # independent replications without sets, at most as many as there are sets
MOST_TRIED = 3  # candidates by each outcome under each shortage


def around_default(
    plan: Mapping[str, Any], points: Mapping[Point, Scenario], runs: Runs, show: Progress
) -> tuple[dict[Point, list[RunResult]], list[Turn]]:
    """Run the policies without sets of parameters and, where that was asked, find out what turns their ranking.

    Parameters
    ----------
    plan, points : mapping
        From `experiments.compare.design.design`.
    runs : mapping
        Point → its runs over the sets.
    show : callable
        Shows the progress.

    Returns
    -------
    unchanged : dict
        Point → its runs with the default parameters, those of bounds left out.
    turns : list of Turn
        Each candidate that was tried; empty where that was not asked.
    """
    replications = min(UNCHANGED, len(plan["sets"].values)) * plan["seeds_per_city"]
    with keeping(plan["store"], RECORDS) as kept, engine_of(plan) as engine:

        def run(cases: Mapping[Any, Scenario]) -> dict[Any, list[RunResult]]:
            """Run scenarios on the first seeds; a case begins with shortage and strategy."""
            tasks = {case: with_seeds(one, replications, plan["seeds_per_city"]) for case, one in cases.items()}
            return run_cases(
                simulate, tasks, engine, show, own_code, lambda case, task: in_run((case[0], case[1]), task), kept
            )

        policies = {point: one for point, one in points.items() if not composition_of(one.strategy).bound}
        unchanged = run(policies)
        return unchanged, _turns(plan, runs, unchanged, run) if plan["turning"] else []


def _turns(plan: Mapping[str, Any], runs: Runs, unchanged: Runs, run: Run) -> list[Turn]:
    """Try the nearest candidates by each outcome under each shortage until one of them turns the ranking."""
    policies = list(dict.fromkeys(strategy for _, strategy in unchanged))
    used = len(next(iter(runs.values()))) // plan["seeds_together"]
    places = places_of(plan["factors"], plan["sets"].values[:used])
    of_sets, of_default = (
        _values(results, policies, together)
        for results, together in ((runs, plan["seeds_together"]), (unchanged, plan["seeds_per_city"]))
    )
    left: dict[tuple[str, str], list[Candidate]] = {
        where: candidates(where, of_sets[where], by_default, plan["factors"], places)
        for where, by_default in of_default.items()
        if len(by_default) > 1 and len(of_sets[where]) == len(by_default)
    }
    found = [_untried(where, of_default[where]) for where, some in left.items() if not some]
    for _ in range(MOST_TRIED):
        tried = {where: some.pop(0) for where, some in left.items() if some}
        cases = {
            (one.shortage, strategy, one.factor.name, one.tried): scenario_with(
                plan["trees"][one.shortage, strategy], {one.factor.name: one.tried}
            )
            for one in tried.values() for strategy in (one.leader, one.rival)
        }  # fmt: skip
        if not cases:
            break
        results = run(cases)
        for where, one in tried.items():
            two = {
                (one.shortage, strategy): results[one.shortage, strategy, one.factor.name, one.tried]
                for strategy in (one.leader, one.rival)
            }
            there = _values(two, [one.leader, one.rival], plan["seeds_per_city"])
            found.append(turn_of(one, of_default[where], there[where]))
            if found[-1].verdict == "confirmed":
                left[where] = []
    return found


def _untried(where: tuple[str, str], by_default: Mapping[str, Floats]) -> Turn:
    leader = min(by_default, key=lambda name: float(by_default[name].mean()))
    return Turn(*where, leader, None, None, None, 0)


def _values(runs: Runs, policies: Sequence[str], together: int) -> dict[tuple[str, str], dict[str, Floats]]:
    """Return the outcomes that rank strategies by shortage and outcome: strategy → by independent replication.

    A strategy is left out where an outcome is absent in some run.
    """
    frame = over_cities(summary_of(runs, 0), together)
    parts = frame.sort("replication", maintain_order=True).partition_by("shortage", "strategy", as_dict=True)
    shortages = dict.fromkeys(shortage for shortage, _ in runs)
    return {
        (shortage, name): {
            strategy: parts[shortage, strategy][name].to_numpy()
            for strategy in policies
            if name in frame.columns and not parts[shortage, strategy][name].null_count()
        }
        for shortage in shortages for name in JUDGED
    }  # fmt: skip
