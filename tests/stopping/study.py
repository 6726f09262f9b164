"""How often intervals hold the truth when replications were added until they were narrow, and how many that took.

    nice python -m tests.stopping.study [--repetitions 200] [--seed 1]
    nice python -m tests.stopping.study --runs FOLDER [--strategy hotspot] [--indicator crimes_total]

Without `--runs` the paired differences are drawn with a known mean: normal, like a difference of counts (the difference
of two Poisson numbers with means of 20 and 17), and exponential, which is more skewed than differences of counts are.
With it they are those of runs that `tests.intervals.runs` has made, drawn with replacement, so that their mean over all
runs is the truth. Each repetition follows `experiments.estimates.stopping.replicate` with the interval that a
comparison reports. Beside it stand a fixed number of 20, and the rule that looks from 5 replications on after each one
and adds none in the end. Brackets are 95 % intervals of a share (Clopper and Pearson).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy import stats

from experiments.estimates.estimate import estimate
from experiments.estimates.stopping import replicate

MOST = 500
NEEDED = (20, 50, 100, 180)  # replications that a known deviation would take: what is asked for, in other words
Draw = Callable[[np.random.Generator, int], np.ndarray]


class Kind(NamedTuple):
    """A distribution of paired differences."""

    name: str
    draw: Draw
    mean: float
    deviation: float


def known() -> Iterator[Kind]:
    """Distributions whose mean and deviation are known."""
    yield Kind("normal", lambda rng, n: rng.normal(-3, 6, n), -3, 6)
    yield Kind("counts", lambda rng, n: rng.poisson(17, n).astype(float) - rng.poisson(20, n), -3, float(np.sqrt(37)))
    yield Kind("exponential", lambda rng, n: -rng.exponential(3, n), -3, 3)


def measured(folder: Path, strategy: str, indicator: str) -> Kind:
    """Paired differences of runs, drawn with replacement."""
    runs = pl.concat(pl.read_parquet(path) for path in sorted(folder.glob("*.parquet")))
    wide = runs.filter(pl.col("shortage") == "none").pivot("strategy", index="seed", values=indicator)
    values = (wide[strategy] - wide["reactive"]).drop_nulls().to_numpy().astype(float)
    name = f"{len(values)} pairs, {indicator}, skewness {stats.skew(values):.2f}"
    return Kind(name, lambda rng, n: rng.choice(values, n), float(values.mean()), float(values.std()))


def half_of(values: np.ndarray) -> float:
    """Return half the interval of a mean; infinite where there is none."""
    found = estimate(values)
    return np.inf if found.lower is None or found.upper is None else (found.upper - found.lower) / 2


def at_once(values: np.ndarray, precision: float) -> int:
    """Return where the rule ends that looks after each replication from the fifth on."""
    return next((n for n in range(5, MOST) if half_of(values[:n]) <= precision), MOST)


def share(held: int, of: int) -> str:
    """Return a share in per cent with its interval."""
    low, high = stats.binomtest(held, of).proportion_ci(method="exact")
    return f"{100 * held / of:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def row(kind: Kind, needed: int, repetitions: int, seed: int) -> dict[str, str]:
    """Repeat a sequential study, and say how often its interval held the mean."""
    rng = np.random.default_rng(seed)
    precision = float(stats.norm.isf(0.025)) * kind.deviation / np.sqrt(needed)
    used, wider = [], 0
    held = dict.fromkeys(("ours", "fixed", "at_once"), 0)
    for _ in range(repetitions):
        values = kind.draw(rng, MOST)
        stopped = replicate(lambda n, values=values: half_of(values[:n]), precision, 5, MOST)
        used.append(stopped.replications)
        wider += stopped.half_width > precision
        for name, n in (("ours", stopped.replications), ("fixed", 20), ("at_once", at_once(values, precision))):
            found = estimate(values[:n])
            held[name] += found.lower is not None and found.lower <= kind.mean <= found.upper
    low, middle, high = np.percentile(used, [5, 50, 95])
    return {
        "differences": kind.name,
        "asked ±": f"{precision:.2f}",
        "would take": str(needed),
        "used (5 to 95 %)": f"{middle:.0f} ({low:.0f} to {high:.0f})",
        "holds the truth": share(held["ours"], repetitions),
        "fixed 20": share(held["fixed"], repetitions),
        "at once from 5": share(held["at_once"], repetitions),
        "wider than asked": f"{100 * wider / repetitions:.0f} %",
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--strategy", default="hotspot")
    parser.add_argument("--indicator", default="crimes_total")
    given = parser.parse_args()
    kinds = known() if given.runs is None else [measured(given.runs, given.strategy, given.indicator)]
    for kind in kinds:
        for needed in NEEDED:
            cells = row(kind, needed, given.repetitions, given.seed)
            if kind.name == "normal" and needed == NEEDED[0]:
                print(f"| {' | '.join(cells)} |", flush=True)
            print(f"| {' | '.join(cells.values())} |", flush=True)


if __name__ == "__main__":
    main()
