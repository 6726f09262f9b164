"""Learns how often the intervals of officer-equivalents hold the truth, in a town in which it is known.

Every seed has a town of its own, and runs the baseline with other numbers of officers as `equivalents=true` does. A
replication is a town, or the mean of some, which is steadier, as larger places and longer times are; a repetition, so
many of these as a comparison has. 100 repetitions share none where there are enough, and else draw theirs from all.
Two options whose worth is known are judged as any other:

- the baseline with ten officers more, on the same seeds, which is worth 10;
- the baseline in the same cities with other chances, which is worth 0 (with the same it is the same run, and worth
  exactly 0).

    python -m tests.equivalents.study STORE [--seeds 500] [--replications 5 10] [--towns 1 5] [--days 14]
        [--residents 10000] [--shortage none] [--workers N]

Runs are kept in the store. Brackets are 95 % intervals of the share itself (Clopper and Pearson). An interval that is
everything holds the truth and claims nothing; how many those are stands beside. The first table has the outcomes over
all seeds, and what the options are worth by all seeds together: the value lies on straight
lines between the numbers that were tried, and so differs from 10.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import beatlab as bl
from experiments.compare.staffing import GRID
from experiments.estimates.monotone import place
from experiments.presentation.indicators import indicator
from experiments.runs.cases import keeping, run_cases, with_seeds
from experiments.runs.engines.local import Local
from experiments.runs.progress import bar
from experiments.runs.simulation import RECORDS, simulate
from experiments.settings.personnel import personnel
from scenarios.parts import period, with_heads
from sim.city.build import build_city
from sim.scenario import Scenario

OUTCOMES = ("crimes_total", "response_p1_median_min", "response_p1_p90_min", "clearance_rate")
MORE, OTHERS = 10, 500_000  # officers; the first of the other seeds
CASES = {f"{MORE} officers more, same chances": float(MORE), "no more, other chances": 0.0}  # → what it is worth
REPETITIONS, FEWEST_TO_DRAW_FROM = 100, 6  # of so many times the replications of one
Floats = NDArray[np.float64]
Seeds = slice | NDArray[np.intp]
ALL = slice(None)
Curve = Mapping[int, Floats]  # officers more, 0 among them → an outcome by seed


class Claim(NamedTuple):
    """What one repetition said of an option by an outcome: what it is worth in officers, with the interval."""

    case: str
    outcome: str
    value: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds what the option is worth."""
        return self.low <= CASES[self.case] <= self.high

    @property
    def silent(self) -> bool:
        """Whether it claims nothing."""
        return self.low == -np.inf and self.high == np.inf


class Measured(NamedTuple):
    """An outcome of all seeds, with other numbers of officers and for each case."""

    outcome: str
    curve: Curve
    options: Mapping[str, Floats]

    def together(self, towns: int) -> Measured:
        """Return the means of so many towns, as if these were one force; a town without the outcome has no mean."""

        def mean(values: Floats) -> Floats:
            return values[: len(values) // towns * towns].reshape(-1, towns).mean(axis=1)

        return Measured(
            self.outcome,
            {more: mean(values) for more, values in self.curve.items()},
            {case: mean(values) for case, values in self.options.items()},
        )

    def where_there(self) -> Measured:
        """Return it without the seeds in which it is absent, or never reached, with some number of officers."""
        there = np.isfinite([*self.curve.values(), *self.options.values()]).all(axis=0)
        return Measured(
            self.outcome,
            {more: values[there] for more, values in self.curve.items()},
            {case: values[there] for case, values in self.options.items()},
        )

    def claim(self, case: str, seeds: Seeds = ALL) -> Claim:
        """Judge an option by some seeds as `experiments.compare.equivalents` does."""
        at = sorted(self.curve)
        values = np.array([self.curve[more][seeds] for more in at])
        rises = indicator(self.outcome).good > 0
        said = place(np.array(at, dtype=float), values, self.options[case][seeds], rises)
        return Claim(case, self.outcome, *said)

    def claims(self, replications: int) -> list[Claim]:
        """Judge each option in 100 repetitions: in seeds of their own if there are enough, else drawn anew for each."""
        here = self.where_there()
        n = len(here.curve[0])
        if n >= REPETITIONS * replications:
            drawn = list(np.arange(REPETITIONS * replications).reshape(REPETITIONS, replications))
        elif n >= FEWEST_TO_DRAW_FROM * replications:
            draws = np.random.default_rng(1)
            drawn = [draws.choice(n, replications, replace=False) for _ in range(REPETITIONS)]
        else:
            return []
        return [here.claim(case, seeds) for seeds in drawn for case in self.options]


def with_officers(scenario: Scenario, more: int) -> Scenario:
    """Return a scenario with so many more sworn officers, in all posts in proportion."""
    if not more:
        return scenario
    return with_heads(scenario, period("staffing", 0, None, 0), [{"post": None, "auxiliaries": False, "heads": more}])


def study(
    store: str, seeds: int, days: int, residents: int = 10_000, shortage: str = "none", workers: int | None = None
) -> list[Measured]:
    """Run all seeds with all numbers of officers, and return each outcome."""
    told = {"city.residents": residents, "city.area_km2": residents / 1250}
    base = bl.scenario(city="town", shortage=shortage, days=days, warmup_days=0, settings=told)
    there = personnel(base, build_city(base.city)).officers
    numbers = sorted({0, *(round(part * there) for part in GRID)})
    tasks = {
        (more, first): with_seeds(with_officers(base.model_copy(update={"seed": first}), more), seeds)
        for more, first in (*((more, 1) for more in {*numbers, MORE}), (0, OTHERS))
    }
    with keeping(store, RECORDS) as kept, Local(workers) as engine:
        runs = run_cases(simulate, tasks, engine, bar, kept=kept)
    found = []
    for outcome in OUTCOMES:
        values = {key: np.array([run.indicators[outcome] for run in of], dtype=float) for key, of in runs.items()}
        options = dict(zip(CASES, (values[MORE, 1], values[0, OTHERS]), strict=True))
        found.append(Measured(outcome, {more: values[more, 1] for more in numbers if more != MORE}, options))
    return found


def print_curves(found: Sequence[Measured]) -> None:
    """Print the mean of each outcome with each number of officers, and what the options are worth by all seeds."""
    print(f"{'outcome':<26}" + "".join(f"{more:>+9d}" for more in found[0].curve) + "   seeds  worth of the cases")
    for one in map(Measured.where_there, found):
        said = "; ".join(f"{c.value:.1f} ({c.low:.1f} to {c.high:.1f})" for c in map(one.claim, CASES))
        means = "".join(f"{values.mean():>9.3g}" for values in one.curve.values())
        print(f"{one.outcome:<26}{means}{len(one.curve[0]):>8}  {said}")


def print_coverage(found: Sequence[Claim]) -> None:
    """Print for each case and outcome how many intervals hold the truth, and how many claim nothing."""
    print(f"{'case':<34}{'outcome':<26}{'all hold':>10}  share{'':<20}{'of claims':>18}{'median':>9}{'width':>9}")
    for case in CASES:
        for outcome in OUTCOMES:
            here = [one for one in found if (one.case, one.outcome) == (case, outcome)]
            if not here:
                continue
            k, n, said = sum(one.holds for one in here), len(here), [one for one in here if not one.silent]
            low, high = stats.binomtest(k, n).proportion_ci(method="exact")
            share = f"{k / n:.3f} [{low:.3f}, {high:.3f}]"
            claiming = f"{sum(one.holds for one in said)}/{len(said)}"
            middle = np.median([one.value for one in here])
            width = np.median([one.high - one.low if one.low < one.high else 0.0 for one in here])
            print(f"{case:<34}{outcome:<26}{k:>6}/{n:<3}  {share:<25}{claiming:>18}{middle:>9.1f}{width:>9.1f}")


def main() -> None:
    """Carry out the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--replications", type=int, nargs="+", default=[5, 10])
    parser.add_argument("--towns", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--residents", type=int, default=10_000)
    parser.add_argument("--shortage", default="none")
    parser.add_argument("--workers", type=int)
    given = parser.parse_args()
    found = study(given.store, given.seeds, given.days, given.residents, given.shortage, given.workers)
    print_curves(found)
    for towns, replications in product(given.towns, given.replications):
        print(f"\n{replications} replications of {towns} town{'s together' if towns > 1 else ''}")
        print_coverage([claim for one in found for claim in one.together(towns).claims(replications)])


if __name__ == "__main__":
    main()
