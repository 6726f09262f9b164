"""Does `calibrate` find known parameters again?

    nice python -m tests.calibrate.study OUT [--vectors 160]

Twenty truths are drawn from the prior; each makes its patterns in one run of the town on a seed of its own. One design
of simulations, on other seeds, serves all of them. Counted is how often the 80 % and 95 % intervals of the posterior
hold the truth, and how wide they are against the prior. Cases of one truth hang together, so the interval of the share
is over truths.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import qmc

from experiments.calibrate.design import COMMAND, Problem, design
from experiments.calibrate.history import judge_of
from experiments.calibrate.kept import run_each, run_usual, run_vectors
from experiments.calibrate.numbers import what_is_left
from experiments.calibrate.simulated import Simulated, chance_of
from experiments.calibrate.targets import Target
from experiments.estimates.estimate import estimate
from experiments.patterns.portrait import RECORDS
from experiments.runs.cases import Runner, keeping
from experiments.runs.engines.choice import engine_of
from experiments.runs.progress import bar
from experiments.settings.keywords import request_of

PARAMETERS = (
    "demand.reporting.trust_slope", "people.residents.trust_mean=0.4..0.8", "dispatch.scene_factor",
    "patrol.speed_share=0.4..1", "dispatch.arrest_decay_min", "demand.burglary.sleeping_homes=0.2..2",
    "demand.disputes.per_1000_year=10..40", "opportunity.guardianship",
)  # fmt: skip
PATTERNS = (
    "assault_recorded", "other_theft_recorded", "calls_at_05", "calls_with_unit", "calls_about_crime",
    "calls_about_disputes", "calls_for_help", "unit_minutes", "long_calls", "p1_sent", "p1_reached", "p3_reached",
    "patrol_busy", "arrested_on_scene",
)  # fmt: skip
VECTORS, TRUTHS, USUAL, SEEDS = 160, 20, 24, 2
LEVELS = (0.025, 0.1, 0.9, 0.975)


def main() -> None:
    """Run the study, write its table, and print the shares; what was run before is read from its store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vectors", type=int, default=VECTORS, help="the first so many of the design, at random")
    given = parser.parse_args()
    folder = given.folder
    folder.mkdir(parents=True, exist_ok=True)
    asked = {
        "city": "town", "days": 364, "warmup_days": 28, "parameters": PARAMETERS, "patterns": PATTERNS, "workers": 1,
        "store": str(folder / "store"),
    }  # fmt: skip
    plan, problem = design(request_of(COMMAND, asked))
    several = len(problem.names)
    shares = np.asarray(qmc.LatinHypercube(several, rng=1).random(VECTORS))[: given.vectors]
    truths = np.asarray(qmc.LatinHypercube(several, rng=2).random(TRUTHS))
    with keeping(plan["store"], RECORDS) as kept, engine_of(plan) as engine:
        runner = Runner(engine, kept, bar)
        usual = run_usual(problem, range(100, 100 + USUAL), plan, runner)
        data = run_each(problem, truths, range(200, 200 + TRUTHS), plan, runner)
        found = run_vectors(problem, shares, range(SEEDS), plan, runner)
    table = recovered(problem, found, usual, (truths, data))
    table.write_csv(folder / "recovered.csv")
    with pl.Config(tbl_rows=100, tbl_width_chars=140, fmt_str_lengths=60):
        print(f"{len(found.whole.shares)} of {given.vectors} vectors show all patterns")
        print(table.group_by("name", maintain_order=True).agg(pl.col("in_80", "in_95", "ratio").mean()))
    for level in ("in_80", "in_95"):
        print(level, estimate(table.group_by("truth").agg(pl.col(level).mean())[level]))


def recovered(
    problem: Problem, found: Simulated, usual: np.ndarray, observed: tuple[np.ndarray, np.ndarray]
) -> pl.DataFrame:
    """Return a row a truth and parameter: whether the intervals hold it, and how wide that of 95 % is."""
    whole, rows = found.whole, []
    chance = chance_of(whole, usual)
    for number, (truth, values) in enumerate(zip(*observed, strict=True)):
        there = [at for at, value in enumerate(values) if np.isfinite(value)]
        targets = [Target(problem.targets[at].name, "", "", "", values[at], values[at], 1.0) for at in there]
        seen = Simulated(whole.shares, whole.values[:, :, there])
        noise = chance._replace(common=chance.common[np.ix_(there, there)], own=chance.own[np.ix_(there, there)])
        posterior = what_is_left([judge_of(seen, targets, noise)], noise, len(truth), 1)
        low95, low80, high80, high95 = posterior.quantiles(LEVELS)
        rows += [
            {
                "truth": number, "name": name, "share": truth[at], "in_80": low80[at] <= truth[at] <= high80[at],
                "in_95": low95[at] <= truth[at] <= high95[at], "ratio": (high95[at] - low95[at]) / 0.95,
            }
            for at, name in enumerate(problem.names)
        ]  # fmt: skip
    return pl.DataFrame(rows)


if __name__ == "__main__":
    main()
