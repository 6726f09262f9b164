"""What a calibration found: all numbers and sentences, worked out once, for terminal, page, figures and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.calibrate.history import LEAST_SHARE
from experiments.calibrate.judged import (
    NARROWED,
    OPEN,
    PINNED,
    VERDICTS,
    WITHIN,
    Compared,
    Fit,
    Fresh,
    Pair,
    Parameter,
    band,
    fits_of,
    pairs_of,
    parameters_of,
    percent,
    short,
)
from experiments.languages.speech import say
from experiments.presentation.wording import number
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.calibrate.design import Problem
    from experiments.calibrate.numbers import Calibrated
    from experiments.calibrate.posterior import Posterior
    from experiments.calibrate.targets import Target

NOTE = Notice(
    "The prior is even over each range (by the logarithm where the range is wide). A parameter is pinned down where "
    "the 95 % interval of its posterior is less than a third as wide as that of its prior, narrowed below four "
    "fifths, and else not identified: the patterns leave it as open as it was. Before and after are means over runs "
    "on seeds that nothing was fitted to, with 95 % intervals (Student's t); a verdict goes by the whole interval. "
    "The parameters of the model stay as they are: the set is for compare."
)


class Cost(NamedTuple):
    """What it cost: runs of all steps, and minutes by the clock."""

    runs: int
    minutes: float


@dataclass(frozen=True)
class Calibration:
    """A calibration and what came of it.

    Attributes
    ----------
    plan : mapping
        See `experiments.calibrate.design.design`.
    problem : Problem
        Parameters and patterns.
    steps : Calibrated
        What each step gave.
    chosen : Posterior
        The set that is written.
    fresh : Fresh
        The runs on fresh seeds.
    left_out : tuple of str or Notice
        Titles of patterns that the city did not show.
    cost : Cost
        Runs and minutes.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    plan: Mapping[str, Any]
    problem: Problem
    steps: Calibrated
    chosen: Posterior
    fresh: Fresh
    left_out: tuple[str | Notice, ...]
    cost: Cost
    provenance: dict[str, Any]

    @property
    def parameters(self) -> list[Parameter]:
        """Each parameter after the calibration."""
        return parameters_of(self.problem, self.steps.posterior)

    @property
    def fits(self) -> list[Fit]:
        """Each pattern before and after."""
        return fits_of(self.problem, self.steps, self.fresh)

    @property
    def pairs(self) -> list[Pair]:
        """Parameters that trade off, the strongest first."""
        return pairs_of(self.problem, self.steps.posterior)

    @property
    def vectors(self) -> pl.DataFrame:
        """The set: a vector a row, its values by dotted name, and its weight; the file `sets.csv`."""
        rows = [self.problem.values(shares) for shares in self.chosen.shares]
        return pl.DataFrame(rows).with_columns(pl.Series("weight", self.chosen.weights))

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name: `parameters`, `patterns`, `screen`."""
        return {"parameters": _parameters(self), "patterns": _patterns(self), "screen": _screen(self)}

    @property
    def sentences(self) -> tuple[Notice, ...]:
        """The answer, decision first."""
        return tuple(_sentences(self))


def _sentences(found: Calibration) -> list[Notice]:
    parameters, fits = found.parameters, found.fits
    of_verdict = {it: [one.name for one in parameters if one.verdict is it] for it in VERDICTS}
    counts = [
        sum(one.verdict is WITHIN for one in side)
        for side in ([fit.before for fit in fits], [fit.after for fit in fits])
    ]
    out = [
        Notice(
            "{patterns} patterns pin down {pinned} of {parameters} parameters, narrow {narrowed}, and leave {open} as "
            "open as they were.",
            patterns=len(fits), parameters=len(parameters), pinned=len(of_verdict[PINNED]),
            narrowed=len(of_verdict[NARROWED]), open=len(of_verdict[OPEN]),
        ),
        Notice(
            "Surely within their bands are {before} of {patterns} patterns with the parameters as they are, and "
            "{after} with the set ({fresh} fresh runs each).",
            before=counts[0], after=counts[1], patterns=len(fits), fresh=len(found.fresh.before),
        ),
        Notice(
            "{share} of what the ranges allow is not ruled out; the misfit of the best single vector is {best}, that "
            "of the parameters as they are {usual} (1: as a draw from within the bands).",
            share=percent(found.steps.plausible_share), best=number(found.steps.best.misfit),
            usual=number(found.steps.best.usual_misfit),
        ),
    ]  # fmt: skip
    targets = found.problem.targets
    out += [
        Notice("No values within the ranges give this pattern: {pattern}.", pattern=_title(targets[at]))
        for at in found.steps.never
    ]
    out += [
        Notice(
            "These contradict one another: {one} ({one_share} of what the ranges allow gives it) and {other} "
            "({other_share}); both together are given by {both}.",
            one=_title(targets[it.one]), other=_title(targets[it.other]), both=percent(it.both_share),
            one_share=percent(it.one_share), other_share=percent(it.other_share),
        )
        for it in found.steps.clashing
    ]  # fmt: skip
    if not found.steps.never and not found.steps.clashing:
        out.append(Notice("No two patterns contradict one another."))
    return [*out, *_cautions(found)]


def _cautions(found: Calibration) -> list[Notice]:
    """Say what was left out, and what it cost."""
    out = []
    if found.steps.plausible_share < LEAST_SHARE:
        out.append(
            Notice("Hardly anything within the ranges gives all patterns together: the set is what comes nearest.")
        )
    if found.steps.lost:
        out.append(
            Notice("{n} vectors do not count: some pattern could not be measured with every seed.", n=found.steps.lost)
        )
    if found.left_out:
        titles = tuple(one if isinstance(one, Notice) else Notice(one) for one in found.left_out)
        out.append(Notice("This city does not show: {patterns}.", patterns=titles))
    out.append(Notice("It took {runs} runs, {minutes} min.", runs=found.cost.runs, minutes=number(found.cost.minutes)))
    return out


def _title(target: Target) -> Notice:
    return target.title if isinstance(target.title, Notice) else Notice(target.title)


def _parameters(found: Calibration) -> pl.DataFrame:
    names = ("low_95", "low_80", "median", "high_80", "high_95")
    return pl.DataFrame(
        [
            {
                "name": one.name, "unit": one.unit, "default": one.default, "prior_low": one.low,
                "prior_high": one.high, **dict(zip(names, map(float, one.quantiles), strict=True)), "ratio": one.ratio,
                "verdict": str(one.verdict),
            }
            for one in found.parameters
        ]
    )  # fmt: skip


def _patterns(found: Calibration) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "name": it.target.name, "unit": it.target.unit, "published_low": it.target.low,
                "published_high": it.target.high, **_columns("before", it.before), **_columns("after", it.after),
                "held_out": None if it.held_out is None else it.held_out.target.aim,
                "held_out_verdict": None if it.held_out is None else str(it.held_out.verdict),
                "explained": it.explained, "honest_share": it.honest_share, "source": it.target.source,
            }
            for it in found.fits
        ],
        infer_schema_length=None,
    )  # fmt: skip


def _columns(name: str, one: Compared) -> dict[str, Any]:
    ends = {"": one.mean.mean, "_low": one.mean.lower, "_high": one.mean.upper}
    return {**{f"{name}{end}": value for end, value in ends.items()}, f"{name}_verdict": str(one.verdict)}


def _screen(found: Calibration) -> pl.DataFrame:
    screen = found.steps.screen
    return pl.DataFrame(
        [
            {
                "parameter": name, "pattern": target.name, "unit": target.unit, "effect": float(screen.effect[i, j]),
                "half": float(screen.half[i, j]), "spread": float(screen.spread[i, j]),
                "by_chance": float(screen.by_chance[j]), "moves": bool(screen.moves[i, j]),
            }
            for i, name in enumerate(found.problem.names)
            for j, target in enumerate(found.problem.targets)
        ]
    )  # fmt: skip


class Table(NamedTuple):
    """A table as texts in the language that is spoken."""

    title: str
    heads: list[str]
    rows: list[list[str]]


def tables_told(found: Calibration) -> list[Table]:
    """Return parameters, patterns and pairs as texts."""
    held_out = [] if found.problem.own is None else [Notice("Last part of the file")]
    told = [
        Table(
            say("Parameters"),
            [say(it) for it in (Notice("Parameter"), Notice("As it is"), Notice("Range"), Notice("Posterior median"),
                                Notice("80 %"), Notice("95 %"), Notice("Width"), Notice("What is known"))],
            [_parameter_row(one) for one in found.parameters],
        ),
        Table(
            say("Patterns"),
            [say(it) for it in (Notice("Pattern"), Notice("Band"), Notice("Before"), Notice("After"), *held_out,
                                Notice("Moved by"))],
            [_pattern_row(one) for one in found.fits],
        ),
    ]  # fmt: skip
    if found.pairs:
        heads = [say(it) for it in (Notice("Parameter"), Notice("Trades off with"), Notice("Correlation"))]
        rows = [[it.one, it.other, number(it.correlation, 2, sign=True)] for it in found.pairs]
        told.append(Table(say("Pairs that trade off"), heads, rows))
    return told


def _parameter_row(one: Parameter) -> list[str]:
    low95, low80, median, high80, high95 = map(short, one.quantiles)
    return [
        f"{one.name}, {one.unit}" if one.unit != "1" else one.name, short(one.default),
        f"{short(one.low)}–{short(one.high)}", median, f"{low80}–{high80}", f"{low95}–{high95}", number(one.ratio, 2),
        say(one.verdict),
    ]  # fmt: skip


def _pattern_row(it: Fit) -> list[str]:
    moved = ", ".join(it.moved_by) or say("nothing beyond chance")
    both = (_told(one) for one in (it.before, it.after))
    held = [] if it.held_out is None else [f"{short(it.held_out.target.aim)} {say(it.held_out.verdict)}"]
    return [f"{say(it.target.title)}, {say(it.target.unit)}", band(it.target), *both, *held, moved]


def _told(one: Compared) -> str:
    if one.mean.mean is None:
        return "–"
    ends = "" if one.mean.lower is None else f" ({short(one.mean.lower)} … {short(one.mean.upper)})"
    return f"{short(one.mean.mean)}{ends} {say(one.verdict)}"
