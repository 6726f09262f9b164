"""What is kept of a candidate's runs: the indicators of the search by replication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.estimates.intervals import Floats
    from experiments.optimise.design import Candidate
    from experiments.runs.cases import Runner
    from sim.scenario import Scenario

Values = dict[str, "Floats"]  # indicator → value by replication


def run_candidates(
    scenarios: Mapping[Candidate, Scenario], numbers: range, plan: Mapping[str, Any], runner: Runner
) -> dict[Candidate, Values]:
    """Run candidates on the same seeds, those that the store has are read; return their indicators.

    Parameters
    ----------
    scenarios : mapping
        Candidate → scenario with the first seed.
    numbers : range
        Which replications: run r has the first seed + r, and a made-up city of its own.
    plan : mapping
        From `experiments.optimise.design.design`.
    runner : Runner
        Where they are carried out and kept.

    Raises
    ------
    BadInput
        For an outcome that no run has.
    """
    import numpy as np

    from experiments.optimise.design import measured
    from experiments.runs.cases import run_cases, with_seeds
    from experiments.runs.simulation import simulate
    from experiments.runs.trial import own_code
    from sim.parameters import BadInput

    tasks = {one: with_seeds(scenario, numbers.stop, first=numbers.start) for one, scenario in scenarios.items()}
    runs = run_cases(simulate, tasks, runner.engine, runner.show, own_code, kept=runner.kept)
    for name in measured(plan):
        if not any(name in run.indicators for of_one in runs.values() for run in of_one):
            raise BadInput("outcomes", name, "an indicator that these runs have, such as harm_total")
    return {
        one: {
            name: np.array([np.nan if (value := run.indicators.get(name)) is None else value for run in of_one])
            for name in measured(plan)
        }
        for one, of_one in runs.items()
    }
