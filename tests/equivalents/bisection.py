"""Asks by another route what strategies are worth in officers: bisection over whole officers in fresh cities.

    python -m tests.equivalents.bisection STORE [--cities 10] [--seed 70001]

The county with 30 % fewer officers, a year in each city, and cities that a comparison does not draw by default. Between
two numbers of officers of which the status quo is worse with one, and better with the other, in the mean over the
cities, the middle is tried, until they are neighbours. Printed are the mean with the strategy, those with the numbers
that were tried, and Student's t of each paired difference to the strategy.
"""

from __future__ import annotations

import argparse
from functools import cache

import numpy as np
from numpy.typing import NDArray

import beatlab as bl
from experiments.presentation.indicators import indicator
from experiments.runs.cases import keeping, run_cases, with_seeds
from experiments.runs.engines.local import Local
from experiments.runs.simulation import RECORDS, simulate
from tests.equivalents.study import with_officers

ASKED = (  # strategy, outcome, officers more between which the answer lies
    ("campaign", "response_p1_median_min", 0, 18),
    ("community", "response_p1_median_min", -15, 0),
    ("community", "clearance_rate", -15, 0),
)
Floats = NDArray[np.float64]


def main() -> None:
    """Carry out the bisections, and print what each tried."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--seed", type=int, default=70_001)
    given = parser.parse_args()
    with keeping(given.store, RECORDS) as kept, Local(1) as engine:

        @cache
        def runs(strategy: str, more: int) -> list[dict[str, float | None]]:
            """Return the indicators of a strategy with so many more officers, one run a city."""
            scenario = bl.scenario(
                strategy=strategy, shortage="uniform30", days=364, seed=given.seed, settings={"city.seed": given.seed}
            )
            tasks = with_seeds(with_officers(scenario, more), given.cities)
            return [run.indicators for run in run_cases(simulate, {0: tasks}, engine, kept=kept)[0]]

        def outcome_of(strategy: str, more: int, outcome: str) -> Floats:
            return np.array([indicators[outcome] for indicators in runs(strategy, more)], dtype=float)

        for strategy, outcome, low, high in ASKED:
            wanted, good = outcome_of(strategy, 0, outcome), indicator(outcome).good
            tried = {more: outcome_of("reactive", more, outcome) for more in (low, high)}
            while high - low > 1:
                middle = (low + high) // 2
                tried[middle] = outcome_of("reactive", middle, outcome)
                low, high = (low, middle) if good * (tried[middle] - wanted).mean() >= 0 else (middle, high)
            print(f"{strategy} by {outcome}: {wanted.mean():.4g}, between {low:+d} and {high:+d} officers")
            for more, values in sorted(tried.items()):
                change = values - wanted
                t = change.mean() / change.std(ddof=1) * len(change) ** 0.5
                print(f"  {more:+3d}: {values.mean():.4g} (t {t:+.1f})", flush=True)


if __name__ == "__main__":
    main()
