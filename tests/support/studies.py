"""What the studies share: runs in pairs on the same seeds, over two processes; intervals; tables in Markdown.

A case is a mapping of what `beatlab.scenario` takes. All cases of a seed meet the same city, people and chances.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import cloudpickle
import numpy as np
from scipy import stats

from experiments.runs.work import run_all
from sim.model import CityModel

Case = Mapping[str, Any]
Measure = Callable[[CityModel], Mapping[str, float | np.ndarray]]


@dataclass(frozen=True)
class Runs:
    """What was measured.

    Attributes
    ----------
    values : dict
        Case → measure → one value a seed, or one array a seed, shape [seeds, …].
    seeds : int
        Seeds 1, 2, …
    cpu_s : float
        Seconds of processor of all runs.
    """

    values: dict[str, dict[str, np.ndarray]]
    seeds: int
    cpu_s: float

    def mean(self, case: str, measure: str, digits: int = 1, scale: float = 1) -> str:
        """Return a mean over the seeds, times a scale."""
        return f"{scale * self.values[case][measure].mean():,.{digits}f}"

    def level(self, case: str, measure: str, digits: int = 1, scale: float = 1) -> str:
        """Return a mean over the seeds, times a scale, with its 95 % interval."""
        return interval(scale * self.values[case][measure], digits)

    def difference(self, case: str, base: str, measure: str, digits: int = 1, scale: float = 1) -> str:
        """Return the mean paired difference of two cases, times a scale, with its 95 % interval."""
        return interval(scale * (self.values[case][measure] - self.values[base][measure]), digits, "+")

    def percent(self, case: str, base: str, measure: str, digits: int = 1) -> str:
        """Return the difference of two cases, paired by seed, in per cent of the mean of the second."""
        before = self.values[base][measure]
        return interval(100 * (self.values[case][measure] - before) / before.mean(), digits, "+")

    def __str__(self) -> str:
        """Return what was run, for the line below a table."""
        cases = len(self.values)
        return f"{cases} cases on seeds 1 to {self.seeds}, {self.cpu_s:.0f} s of processor"


def run_cases(measure: Measure, cases: Mapping[str, Case], seeds: int, one_city: bool = False) -> Runs:
    """Run every case on every seed, to the end of its scenario.

    Parameters
    ----------
    measure : callable
        Of a model at its end → measure → value.
    cases : mapping
        Name → what `beatlab.scenario` takes.
    seeds : int
        Seeds 1, 2, …
    one_city : bool
        The same city for all seeds, instead of one for each.
    """
    tasks = {str(seed): seed for seed in range(1, seeds + 1)}
    packed = cloudpickle.dumps(measure)  # of a script: its processes have another main module
    found = run_all(partial(_of_seed, packed, dict(cases), one_city), tasks, workers=2)
    values = {
        case: {name: np.stack([found[seed][0][case][name] for seed in tasks]) for name in found["1"][0][case]}
        for case in cases
    }
    return Runs(values, seeds, sum(cpu_s for _, cpu_s in found.values()))


def _of_seed(
    packed: bytes, cases: Mapping[str, Case], one_city: bool, seed: int
) -> tuple[dict[str, dict[str, float | np.ndarray]], float]:
    measure, began = cloudpickle.loads(packed), time.process_time()
    found = {name: dict(measure(model_of(case, seed, one_city))) for name, case in cases.items()}
    return found, time.process_time() - began


def model_of(case: Case, seed: int, one_city: bool = False) -> CityModel:
    """Return the model of a case and seed at the end of its days; each seed has a city of its own, or all have one."""
    import beatlab as bl

    settings = {**({} if one_city else {"city.seed": seed}), **case.get("settings", {})}
    model = CityModel(bl.scenario(**{**case, "seed": seed, "settings": settings}))
    model.run()
    return model


def number(model: CityModel, names: Iterable[str]) -> dict[str, float]:
    """Return some indicators of a run; absent ones are not a number."""
    found = model.results().indicators
    return {name: np.nan if found[name] is None else float(found[name]) for name in names}  # type: ignore[arg-type]


def half_width(values: np.ndarray) -> float:
    """Return half the 95 % interval of a mean, by Student's t."""
    return float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))


def interval(values: np.ndarray, digits: int = 1, sign: str = "") -> str:
    """Return a mean with half its 95 % interval, by Student's t."""
    return f"{values.mean():{sign},.{digits}f} ± {half_width(values):,.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def arguments(doc: str | None, seeds: int, days: int) -> argparse.ArgumentParser:
    """Return a parser of what every study takes."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=seeds)
    parser.add_argument("--days", type=int, default=days)
    return parser
