"""Learns how often the intervals of officer-equivalents hold the truth, in a town in which it is known.

Each repetition has seeds of its own, and runs the baseline with other numbers of officers as `equivalents=true` does.
Two options whose worth is known are then judged as any other:

- the baseline with ten officers more, on the same seeds, which is worth 10;
- the baseline on other seeds, which is worth 0 (on the same seeds it is the same run, and worth exactly 0).

    python -m tests.equivalents.study STORE [--repetitions 100] [--replications 5] [--days 28] [--workers N]

Runs are kept in the store. Brackets are 95 % intervals of the share itself (Clopper and Pearson). A worth that is not
known, or may be anything, claims nothing and is counted apart.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.compare.staffing import GRID
from experiments.estimates.monotone import bootstrapped, ends, monotone, worth
from experiments.presentation.indicators import indicator
from experiments.runs.cases import keeping, run_cases, with_seeds
from experiments.runs.engines.local import Local
from experiments.runs.progress import bar
from experiments.runs.simulation import RECORDS, simulate
from experiments.settings.personnel import personnel
from scenarios.parts import period, with_heads
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.scenario import Scenario

OUTCOMES = ("crimes_total", "response_p1_median_min", "response_p1_p90_min", "clearance_rate")
TOWN = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1)
MORE, OTHERS = 10, 500_000  # officers; from which seed on those of the other runs are
CASES = {f"{MORE} officers more, the same seeds": float(MORE), "no more, other seeds": 0.0}  # → what it is worth
Floats = NDArray[np.float64]


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
        return bool(np.isnan([self.low, self.high]).any()) or (self.low == -np.inf and self.high == np.inf)


def with_officers(scenario: Scenario, more: int) -> Scenario:
    """Return a scenario with so many more sworn officers, in all posts in proportion."""
    if not more:
        return scenario
    return with_heads(scenario, period("staffing", 0, None, 0), [{"post": None, "auxiliaries": False, "heads": more}])


def claim(case: str, outcome: str, curve: dict[int, Floats], option: Floats) -> Claim:
    """Judge an option as `experiments.compare.equivalents` does.

    Parameters
    ----------
    case, outcome : str
        Of `CASES` and `OUTCOMES`.
    curve : dict
        Officers more, 0 among them → the outcome by replication.
    option : array [replications]
        The outcome with the option.
    """
    at = np.array(sorted(curve), dtype=float)
    values = np.array([curve[more] for more in sorted(curve)])
    rises = indicator(outcome).good > 0

    def officers(means: Floats) -> float:
        return worth(at, monotone(means[:-1], rises), float(means[-1]), rises)

    def between(means: Floats) -> tuple[float, float]:
        return ends(at, monotone(means[:-1], rises), float(means[-1]), rises)

    return Claim(case, outcome, *bootstrapped(officers, np.vstack([values, option - curve[0]]), between))


def study(store: str, repetitions: int, replications: int, days: int, workers: int | None) -> list[Claim]:
    """Run all repetitions, and return what they claim of each case by each outcome that all of their runs have."""
    base = Scenario(city=TOWN, days=days, warmup_days=0)
    there = personnel(base, build_city(TOWN)).officers
    numbers = sorted({0, MORE, *(round(part * there) for part in GRID)})
    tasks = {
        (k, more, first): with_seeds(
            with_officers(base.model_copy(update={"seed": first + replications * k}), more), replications
        )
        for k in range(repetitions)
        for more, first in (*((more, 1) for more in numbers), (0, OTHERS))
    }
    with keeping(store, RECORDS) as kept, Local(workers) as engine:
        runs = run_cases(simulate, tasks, engine, bar, kept=kept)
    found = []
    for k in range(repetitions):
        for outcome in OUTCOMES:
            values = {
                (more, first): np.array([run.indicators[outcome] for run in runs[k, more, first]], dtype=float)
                for more, first in (*((more, 1) for more in numbers), (0, OTHERS))
            }
            if not np.isfinite(list(values.values())).all():
                continue
            curve = {more: values[more, 1] for more in numbers if more != MORE}
            for case, option in zip(CASES, (values[MORE, 1], values[0, OTHERS]), strict=True):
                found.append(claim(case, outcome, curve, option))
    return found


def print_coverage(found: list[Claim]) -> None:
    """Print for each case and outcome how many intervals hold the truth, and the median of what was claimed."""
    print(f"{'case':<38}{'outcome':<26}{'holds':>8}  share of those that claim    median  silent")
    for case in CASES:
        for outcome in OUTCOMES:
            here = [one for one in found if (one.case, one.outcome) == (case, outcome)]
            said = [one for one in here if not one.silent]
            if not said:
                continue
            k, n = sum(one.holds for one in said), len(said)
            low, high = stats.binomtest(k, n).proportion_ci(method="exact")
            middle = float(np.median([one.value for one in said]))
            share = f"{k / n:.3f} [{low:.3f}, {high:.3f}]"
            print(f"{case:<38}{outcome:<26}{k:>4}/{n:<3}  {share:<26}{middle:>8.1f}{len(here) - n:>8}")


def main() -> None:
    """Carry out the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--replications", type=int, default=5)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--workers", type=int)
    given = parser.parse_args()
    print_coverage(study(given.store, given.repetitions, given.replications, given.days, given.workers))


if __name__ == "__main__":
    main()
