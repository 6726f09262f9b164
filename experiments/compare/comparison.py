"""What a comparison found, as the table, the figures and the report read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from experiments.estimates.effects import KEYS
from experiments.estimates.paths import PLACE
from experiments.runs.folder import frame
from sim.outcomes.equity import FIFTHS

if TYPE_CHECKING:
    from experiments.compare.composition import Composition
    from experiments.compare.parameter_sets import Sets
    from experiments.compare.staffing import Staffed, Target
    from experiments.estimates.stopping import Stopped
    from experiments.runs.simulation import RunResult
    from sim.city.city import City, CityParameters

Point = tuple[str, str]  # shortage, strategy


@dataclass(frozen=True)
class Comparison:
    """Strategies × shortages over paired replications.

    Attributes
    ----------
    scenario : dict
        Resolved tree of the first cell of the design (first strategy, first shortage).
    strategies, shortages : list of str
        Names, in the order of the table; they may hold spaces.
    baseline : str
        The strategy that the others are compared with.
    situation : str or None
        Name of the user's situation, which is the first shortage; None where there is no such file.
    budget : float or None
        Yuan per year that the police have, if that was said.
    target : Target or None
        Of which the officers needed are told.
    staffing : DataFrame
        shortage, strategy, officers (so many more), post (null: in all), replication, seed, then the indicators, of the
        status quo with other officers; no rows where these were not asked for.
    replications : int
        Number of independent paired replications: of runs, or of cities where `seeds_per_city` runs share one, or of
        sets of parameters where `seeds_per_set` runs share one.
    seeds_per_city : int
        Runs that share a made-up city; 1 where each run has its own, or all have the same.
    stopped : Stopped or None
        Where replications ended that were added until differences were precise; None: as many as were asked for.
    precision_of : str
        Indicator whose differences those were.
    residents : int
        People who live in the city.
    days : int
        Measured days, without the warm-up.
    runs : DataFrame
        shortage, strategy, replication, seed, then every indicator as a float column with nulls; run r has the seed
        `seed + r`.
    summary : DataFrame
        The same by independent replication: the means over runs that share a city.
    effects : DataFrame
        Paired differences to the baseline with intervals.
    variance_shares : DataFrame
        Variance of paired differences by where it comes from, see `experiments.estimates.components.variance_shares`;
        no rows where runs share neither a city of their own nor a set of parameters.
    fifths : DataFrame
        shortage, strategy, fifth (1: the neighbourhoods with most crimes), residents, crimes, recorded, victims,
        arrests, patrol_minutes: means over the replications, see `sim.outcomes.equity.by_fifths`.
    cells : DataFrame
        shortage, strategy, cell, row, col, inside, crimes, harm, patrol_minutes: means over the runs in the
        first city.
    ledger : DataFrame
        shortage, strategy, post, activity, officer_hours: mean per replication over the measured days.
    profiles : DataFrame
        shortage, strategy, hour_of_day, calls: mean number a day.
    duty : DataFrame
        shortage, strategy, post, hour_of_day, officers: mean number on duty; no rows where the runs do not tell.
    quarters : DataFrame
        shortage, strategy, replication, seed, quarter, first_day, days, ended, then indicators of the quarter.
    paths : DataFrame
        Paired differences to the baseline by quarter, see `experiments.estimates.paths`.
    rings : DataFrame
        Paired differences in crimes at places by type and distance from treated cells, see
        `experiments.estimates.areas.ring_effects`.
    displacement : DataFrame
        Share that moves and weighted displacement quotient, see `experiments.estimates.areas.displaced`.
    warmup : DataFrame
        replication, seed, week, then what was measured in the week while the city settled, which all runs of a seed
        share.
    why : dict
        Shortage → one sentence on what it costs, empty where there is nothing to say.
    levers : list of str
        Those of `shortages` that are no shortage but levers against one.
    price : dict
        Lever → the indicator in which its price shows most plainly.
    sets : Sets or None
        Sets of parameters, of which each independent replication takes the next; None: all have the same.
    seeds_per_set : int
        Runs that share a set; 1 without.
    unchanged : DataFrame
        As `summary`, of runs without the sets; no rows where there are none.
    turns : DataFrame
        What turns the ranking, see `experiments.compare.turns`; no rows where that was not asked.
    given : dict
        What the user set for strategies, programmes and shortages (`strategy.dwell_min=12`) → the names of the
        comparison that it holds for.
    compositions : dict
        Strategy → what it is made of; a name that is not there says nothing of itself.
    assumptions : list of dict
        parameter, value, unit, source, doc: every parameter of the first cell.
    files : list of dict
        path, rows_read, rows_used, rejected (reason → number), notices (what was guessed): the real
        files that were read.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    scenario: dict[str, Any]
    strategies: list[str]
    shortages: list[str]
    baseline: str
    situation: str | None
    budget: float | None
    target: Target | None
    staffing: pl.DataFrame
    replications: int
    seeds_per_city: int
    stopped: Stopped | None
    precision_of: str
    residents: int
    days: int
    runs: pl.DataFrame
    summary: pl.DataFrame
    effects: pl.DataFrame
    variance_shares: pl.DataFrame
    fifths: pl.DataFrame
    cells: pl.DataFrame
    ledger: pl.DataFrame
    profiles: pl.DataFrame
    duty: pl.DataFrame
    quarters: pl.DataFrame
    paths: pl.DataFrame
    rings: pl.DataFrame
    displacement: pl.DataFrame
    warmup: pl.DataFrame
    why: dict[str, str]
    levers: list[str]
    price: dict[str, str]
    sets: Sets | None
    seeds_per_set: int
    unchanged: pl.DataFrame
    turns: pl.DataFrame
    given: dict[str, list[str]]
    compositions: dict[str, Composition]
    assumptions: list[dict[str, Any]]
    files: list[dict[str, Any]]
    provenance: dict[str, Any]

    @property
    def bounds(self) -> list[str]:
        """Strategies that are a bound and no policy, in the order of the table."""
        return [name for name in self.strategies if name in self.compositions and self.compositions[name].bound]

    @property
    def policies(self) -> list[str]:
        """Strategies that police could carry out, in the order of the table."""
        return [name for name in self.strategies if name not in self.bounds]

    @property
    def rivals(self) -> list[str]:
        """Every strategy but the baseline, policies first, then the bounds."""
        return [name for name in (*self.policies, *self.bounds) if name != self.baseline]

    @property
    def city(self) -> CityParameters:
        """Parameters of the first city."""
        from sim.city.city import CityParameters

        return CityParameters.model_validate(self.scenario.get("city", {}))

    @property
    def currency(self) -> str:
        """Currency of what frauds take (ISO 4217)."""
        return str(self.scenario.get("demand", {}).get("fraud", {}).get("currency", "CNY"))

    @cached_property
    def effects_by_key(self) -> dict[tuple[str, str, str, str], dict[str, Any]]:
        """Rows of `effects` by (kind, shortage, strategy, indicator)."""
        return {
            (row["kind"], row["shortage"], row["strategy"], row["indicator"]): row
            for row in self.effects.iter_rows(named=True)
        }

    @cached_property
    def means_by_point(self) -> dict[Point, dict[str, Any]]:
        """Mean of each indicator over the replications by.

        Shortage, strategy, None where it is absent in all of them.
        """
        numbers = pl.exclude("shortage", "strategy", "replication", "seed").cast(pl.Float64).mean()
        means = self.summary.group_by("shortage", "strategy", maintain_order=True).agg(numbers)
        return {(row["shortage"], row["strategy"]): row for row in means.iter_rows(named=True)}

    @cached_property
    def runs_by_point(self) -> dict[Point, dict[str, np.ndarray]]:
        """Indicators by replication in the order of the seeds, not-a-number where absent.

        Shortage, strategy → name → values, shape [replications].
        """
        names = [name for name in self.summary.columns if name not in ("shortage", "strategy", "replication", "seed")]
        parts = self.summary.sort("replication", maintain_order=True).partition_by("shortage", "strategy", as_dict=True)
        return {
            (str(shortage), str(strategy)): dict(
                zip(
                    names, part.select(pl.col(names).cast(pl.Float64).fill_null(float("nan"))).to_numpy().T, strict=True
                )
            )
            for (shortage, strategy), part in parts.items()
        }

    @property
    def fade_out_days(self) -> int:
        """Days after the measured ones, in which the strategy had ended."""
        return int(self.scenario.get("fade_out_days", 0))

    @cached_property
    def quarters_by_point(self) -> dict[Point, dict[str, np.ndarray]]:
        """Indicators by replication and quarter, not-a-number where absent.

        Shortage, strategy → name → values, shape [replications, quarters].
        """
        names = [name for name in self.quarters.columns if name not in (*KEYS, *PLACE)]
        ordered = self.quarters.sort("replication", "quarter", maintain_order=True)
        return {
            (str(shortage), str(strategy)): {
                name: part[name].cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(self.replications, -1)
                for name in names
            }
            for (shortage, strategy), part in ordered.partition_by("shortage", "strategy", as_dict=True).items()
        }

    def values(self, shortage: str, strategy: str, indicator: str) -> np.ndarray:
        """Return an indicator by replication, not-a-number where it is absent, shape [replications]."""
        of_point = self.runs_by_point.get((shortage, strategy), {})
        return of_point[indicator] if indicator in of_point else np.full(self.replications, np.nan)


def frames(
    runs: Mapping[Point, Sequence[RunResult]], seed: int, city: City, in_first_city: int
) -> dict[str, pl.DataFrame]:
    """Put the results of all runs into the frames of a `Comparison`, estimates apart.

    Parameters
    ----------
    runs : mapping
        (shortage, strategy) → its replications, in the order of the seeds.
    seed : int
        First seed.
    city : City
        The first of the places.
    in_first_city : int
        How many of the first replications are in it: cells of different cities have nothing in common.
    """
    return {
        "runs": summary_of(runs, seed),
        "cells": pl.concat(_cells(city, *point, results[:in_first_city]) for point, results in runs.items()),
        "fifths": pl.concat(_fifths(*point, results) for point, results in runs.items()),
        "ledger": pl.concat(_ledger(*point, results) for point, results in runs.items()),
        "profiles": pl.concat(_profile(*point, results) for point, results in runs.items()),
        "duty": pl.concat(_duty(*point, results) for point, results in runs.items()),
        "quarters": pl.concat(
            _columns({"shortage": shortage, "strategy": strategy, **_seeds(r, seed)}, result.quarters)
            for (shortage, strategy), results in runs.items()
            for r, result in enumerate(results)
        ),
        "warmup": pl.concat(
            _columns(_seeds(r, seed), result.warmup) for r, result in enumerate(next(iter(runs.values())))
        ),
    }


def staffing_frame(runs: Sequence[tuple[Staffed, Sequence[RunResult]]], seed: int) -> pl.DataFrame:
    """Put the runs of the status quo with other officers into a frame, see `Comparison.staffing`."""
    tried = {one.point: one for one, _ in runs}
    told = pl.DataFrame(
        [(*point, one.officers, one.post) for point, one in tried.items()],
        schema={"shortage": pl.String, "strategy": pl.String, "officers": pl.Int64, "post": pl.String},
        orient="row",
    )
    by_run = summary_of({one.point: results for one, results in runs}, seed)
    return told.join(by_run, on=("shortage", "strategy"), maintain_order="left_right")


def _seeds(replication: int, seed: int) -> dict[str, int]:
    return {"replication": replication, "seed": seed + replication}


def _columns(keys: Mapping[str, str | int], table: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """Return a table of a run as a frame, the keys of the run before it."""
    return frame(table).select(*(pl.lit(value).alias(name) for name, value in keys.items()), pl.all())


def summary_of(runs: Mapping[Point, Sequence[RunResult]], seed: int) -> pl.DataFrame:
    """Put the indicators of runs into a frame, see `Comparison.runs`; `seed` is the first."""
    rows = [
        {
            "shortage": shortage,
            "strategy": strategy,
            "replication": replication,
            "seed": seed + replication,
            **result.indicators,
        }
        for (shortage, strategy), results in runs.items()
        for replication, result in enumerate(results)
    ]
    indicators = dict.fromkeys(
        name for row in rows for name in row if name not in ("shortage", "strategy", "replication", "seed")
    )
    schema = {
        "shortage": pl.String,
        "strategy": pl.String,
        "replication": pl.Int64,
        "seed": pl.Int64,
        **dict.fromkeys(indicators, pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema)


def _cells(city: City, shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    cell = np.arange(city.grid.n_cells, dtype=np.int32)
    means = {
        name: np.mean([result.cells[name] for result in results], axis=0)
        for name in ("crimes", "harm", "patrol_minutes")
    }
    columns = {
        "cell": cell,
        "row": cell // city.grid.n_cols,
        "col": cell % city.grid.n_cols,
        "inside": np.asarray(city.inside, dtype=bool),
        **means,
    }
    return pl.DataFrame(columns).select(
        pl.lit(shortage).alias("shortage"), pl.lit(strategy).alias("strategy"), pl.all()
    )


def _fifths(shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    means = {name: np.mean([result.fifths[name] for result in results], axis=0) for name in results[0].fifths}
    return pl.DataFrame({"fifth": range(1, FIFTHS + 1), **means}).select(
        pl.lit(shortage).alias("shortage"), pl.lit(strategy).alias("strategy"), pl.all()
    )


def _ledger(shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    total: Counter[tuple[str, str]] = Counter()
    for result in results:
        total.update(result.officer_hours)
    rows = [(shortage, strategy, post, activity, hours / len(results)) for (post, activity), hours in total.items()]
    schema = {
        "shortage": pl.String,
        "strategy": pl.String,
        "post": pl.String,
        "activity": pl.String,
        "officer_hours": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _profile(shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    calls = np.mean([result.calls_by_hour for result in results], axis=0)
    return pl.DataFrame(
        {"shortage": [shortage] * 24, "strategy": [strategy] * 24, "hour_of_day": range(24), "calls": calls}
    )


def _duty(shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    posts = dict.fromkeys(post for result in results for post in result.duty)
    means = {post: np.mean([result.duty[post] for result in results if post in result.duty], axis=0) for post in posts}
    rows = [
        (shortage, strategy, post, hour, float(officers))
        for post, by_hour in means.items()
        for hour, officers in enumerate(by_hour)
    ]
    schema = {
        "shortage": pl.String,
        "strategy": pl.String,
        "post": pl.String,
        "hour_of_day": pl.Int64,
        "officers": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
