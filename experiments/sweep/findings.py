"""What a sweep found: all numbers and sentences, worked out once, for the terminal, the page and the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.estimates.stopping import MORE
from experiments.languages.speech import ENGLISH, say, spoken
from experiments.presentation.indicators import indicator
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import number, per_cent
from experiments.sweep.numbers import (
    DIFFERENCE,
    RUN_COLUMNS,
    by_point,
    differences_of,
    gain_of_pairing,
    in_unit,
)
from experiments.sweep.variance import TIMES, analysis_of_variance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_P = 0.001  # that is written out


@dataclass(frozen=True)
class Sweep:
    """A sweep.

    Attributes
    ----------
    plan : mapping
        See `experiments.sweep.design.design`.
    factors : list of str
        What varied.
    runs : DataFrame
        A row a run of the points that is there, indicators as a run has them.
    expected : int
        Runs of the whole sweep, baselines apart.
    points : DataFrame
        A row a point: its factors, the mean of the indicator with its interval, in the unit of tables.
    effects : DataFrame
        The same of the paired differences to the baseline; no rows without one.
    variance : DataFrame
        See `experiments.sweep.variance.analysis_of_variance`.
    gain : float or None
        See `experiments.sweep.numbers.gain_of_pairing`.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    plan: Mapping[str, Any]
    factors: list[str]
    runs: pl.DataFrame
    expected: int
    points: pl.DataFrame
    effects: pl.DataFrame
    variance: pl.DataFrame
    gain: float | None
    provenance: dict[str, Any]

    @property
    def failed(self) -> pl.DataFrame:
        """The runs that failed, with their errors."""
        return self.runs.filter(pl.col("error").is_not_null())

    @property
    def partial(self) -> bool:
        """Whether runs are lacking, so that everything said here is of a part."""
        return self.runs.height < self.expected

    @property
    def state(self) -> str:
        """How much of the sweep is there."""
        there, points = self.runs.height, self.runs["point"].n_unique()
        lacking = (
            "" if not self.partial
            else say(": {n} are still to be run, this is a part", n=self.expected - there)
        )  # fmt: skip
        bad = say("; {n} failed, see runs.csv", n=self.failed.height) if self.failed.height else ""
        words = "{there} of {expected} runs, {points} points{lacking}{bad}"
        return say(words, there=there, expected=self.expected, points=points, lacking=lacking, bad=bad)

    @property
    def stopping(self) -> str:
        """Why there are so many replications, in a sentence; empty where they were asked for."""
        stopped = self.plan["stopped"]
        if stopped is None or self.partial:
            return ""
        given = {
            "replications": stopped.replications,
            "half": f"{stopped.half_width:.3g}",
            "asked": f"{stopped.precision:g}",
        }
        if stopped.enough:
            words = (
                "Replications were added until ± {asked} was reached, and {more} more: with {replications}, the widest "
                "95 % interval of a difference is ± {half}."
            )
            return say(words, more=MORE, **given)
        words = (
            "Replications were added until there were as many as may be, {replications}: the widest 95 % interval of a "
            "difference is ± {half}, and not ± {asked}."
        )
        return say(words, **given)

    @property
    def label(self) -> str:
        """What the indicator is called, with its unit."""
        known = indicator(self.plan["indicator"])
        return say("{label}, {unit}", label=known.label, unit=known.unit) if known.unit else known.label

    @property
    def shown(self) -> pl.DataFrame:
        """The rows of the table: effects where there is a baseline, else means."""
        return self.effects if self.effects.height else self.points

    @property
    def title(self) -> str:
        """What the numbers of the table are."""
        if self.effects.height:
            words = "{label}: difference to {baseline} on the same seeds (95 % interval)"
            return say(words, label=self.label, baseline=level_name("strategy", self.plan["baseline"]))
        return say("{label}: mean (95 % interval)", label=self.label)

    @property
    def sources(self) -> list[tuple[str, str, str, str, str, str]]:
        """What the differences hang on: strategy, source, share explained, F, degrees of freedom, p."""
        return [
            (
                self.analysed(row["strategy"]),
                source_name(row["source"]),
                per_cent(number(100 * row["partial_eta_squared"], 0)),
                number(row["f"], 1),
                number(row["degrees_of_freedom"], 0),
                f"< {LEAST_P}" if row["p"] < LEAST_P else number(row["p"], 3),
            )
            for row in self.variance.filter(pl.col("f").is_not_null()).iter_rows(named=True)
        ]

    def analysed(self, strategy: str | None) -> str:
        """Return which strategy a part of the analysis of variance is of, in words; None: all together."""
        if strategy is None:
            return say("all strategies") if "strategy" in self.factors else ""
        return level_name("strategy", strategy)

    @property
    def pairing(self) -> str:
        """What pairing gained, in a sentence; empty where it cannot be said."""
        if self.gain is None:
            return ""
        words = "Without the same seeds {n} times as many runs would be needed for such intervals."
        return say(words, n=number(self.gain, 1))


def findings(
    plan: Mapping[str, Any], runs: pl.DataFrame, twins: pl.DataFrame, expected: int, provenance: dict[str, Any]
) -> Sweep:
    """Work out what a sweep found.

    Raises
    ------
    BadInput
        When no run has the indicator that was asked for.
    """
    from sim.parameters import BadInput

    measured, factors = plan["indicator"], list(plan["factors"])
    if measured not in runs.columns or measured in (*RUN_COLUMNS, *factors):
        known = [name for name in runs.columns if name not in (*RUN_COLUMNS, *factors)]
        lacking = "none of them has ended well, see beatlab store export"
        raise BadInput("indicator", measured, f"one that the runs have: {', '.join(known) or lacking}")
    shown = in_unit(runs, measured)
    points = by_point(shown.filter(pl.col(measured).is_not_null()), measured, factors)
    base = in_unit(twins, measured) if measured in twins.columns else shown.clear()
    differences = differences_of(shown, base, measured)
    return Sweep(
        plan=plan,
        factors=factors,
        runs=runs,
        expected=expected,
        points=points,
        effects=by_point(differences, DIFFERENCE, factors) if differences.height else points.clear(),
        variance=analysis_of_variance(differences, factors),
        gain=gain_of_pairing(differences, measured) if differences.height else None,
        provenance=provenance,
    )


def rows_shown(sweep: Sweep, most: int) -> Sequence[tuple[list[str], str, str]]:
    """Return the first rows of the table: levels of the factors, mean with interval, replications."""
    rows = []
    for row in sweep.shown.head(most).iter_rows(named=True):
        ends = {"low": number(row["low"], 1), "high": number(row["high"], 1)}
        interval = "" if row["low"] is None else f" ({say('{low} to {high}', **ends)})"
        levels = [level_name(name, row[name]) for name in sweep.factors]
        rows.append((levels, f"{number(row['mean'], 1)}{interval}", str(row["replications"])))
    return rows


def source_name(source: str) -> str:
    """Return a source of an analysis of variance as a table shows it."""
    return TIMES.join(say(name) for name in source.split(TIMES))


def level_name(factor: str, level: str | None) -> str:
    """Return a level as a table shows it: as it is written in settings, in another language by its name."""
    names = {"strategy": strategy_name, "shortage": shortage_name}
    if level is None:
        return "–"
    return level if spoken() == ENGLISH or factor not in names else names[factor](level)
