"""What is said of each parameter and pattern: how much is known, and how it fits before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.calibrate.targets import beyond
from experiments.estimates.estimate import Estimate, estimate
from experiments.presentation.wording import number, per_cent
from sim.city.notices import Notice

if TYPE_CHECKING:
    from experiments.calibrate.design import Problem
    from experiments.calibrate.numbers import Calibrated
    from experiments.calibrate.posterior import Posterior
    from experiments.calibrate.targets import Target, Values

PINNED, NARROWED, OPEN = VERDICTS = Notice("pinned down"), Notice("narrowed"), Notice("not identified")
PINNED_BELOW, NARROWED_BELOW = 1 / 3, 0.8  # width of the 95 % interval, posterior / prior
WITHIN, OUTSIDE, UNDECIDED = Notice("within"), Notice("outside"), Notice("not decided")
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
TRADED = 0.5  # size of a correlation from which two parameters trade off


class Parameter(NamedTuple):
    """A parameter after the calibration.

    Attributes
    ----------
    name, unit : str
        As declared.
    default, low, high : float
        Its value as it is, and its range.
    quantiles : tuple of float
        Of the posterior at `LEVELS`, in its unit.
    ratio : float
        Width of the 95 % interval of the posterior by that of the prior, both as shares of the range.
    """

    name: str
    unit: str
    default: float
    low: float
    high: float
    quantiles: tuple[float, ...]
    ratio: float

    @property
    def verdict(self) -> Notice:
        """How much the patterns say of it."""
        return PINNED if self.ratio < PINNED_BELOW else NARROWED if self.ratio < NARROWED_BELOW else OPEN


class Compared(NamedTuple):
    """A pattern on fresh seeds against a target.

    Attributes
    ----------
    mean : Estimate
        Over the runs.
    target : Target
        What it is held against.
    verdict : Notice
        Whether it is within.
    """

    mean: Estimate
    target: Target
    verdict: Notice


class Fit(NamedTuple):
    """A pattern before and after.

    Attributes
    ----------
    target : Target
        Its band.
    before, after : Compared
        With the parameters as they are, and with vectors of the set.
    held_out : Compared or None
        The set against the last part of the user's file.
    moved_by : tuple of str
        Parameters that move it by more than chance in the screen, the strongest first.
    explained, honest_share : float
        Of its stand-in, see `Emulator`.
    """

    target: Target
    before: Compared
    after: Compared
    held_out: Compared | None
    moved_by: tuple[str, ...]
    explained: float
    honest_share: float


class Pair(NamedTuple):
    """Two parameters that trade off, with the correlation of their posterior."""

    one: str
    other: str
    correlation: float


class Fresh(NamedTuple):
    """Patterns on fresh seeds, each of shape [runs, patterns]: parameters as they are, and vectors of the set."""

    before: Values
    after: Values


def parameters_of(problem: Problem, posterior: Posterior) -> list[Parameter]:
    """Return each parameter after the calibration."""
    at = posterior.quantiles(LEVELS)
    return [
        Parameter(
            one.name, one.unit, one.default, one.low, one.high, tuple(one.at(float(share)) for share in column),
            float(column[-1] - column[0]) / (LEVELS[-1] - LEVELS[0]),
        )
        for one, column in zip(problem.factors, at.T, strict=True)
    ]  # fmt: skip


def fits_of(problem: Problem, steps: Calibrated, fresh: Fresh) -> list[Fit]:
    """Return each pattern before and after."""
    screen, emulators = steps.screen, steps.judge.emulators
    out = []
    for at, target in enumerate(problem.targets):
        moving = [i for i in np.argsort(-screen.effect[:, at]) if screen.moves[i, at]]
        names = tuple(problem.names[i] for i in moving)
        before, after = (compared(values[:, at], target) for values in fresh)
        held_out = None if problem.own is None else compared(fresh.after[:, at], problem.own.held_out[at])
        out.append(Fit(target, before, after, held_out, names, emulators[at].explained, emulators[at].honest_share))
    return out


def pairs_of(problem: Problem, posterior: Posterior) -> list[Pair]:
    """Return parameters that trade off, the strongest first."""
    found, names = posterior.correlation(), problem.names
    pairs = [
        Pair(names[i], names[j], float(found[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if abs(found[i, j]) >= TRADED
    ]
    return sorted(pairs, key=lambda pair: -abs(pair.correlation))


def compared(values: Values, target: Target) -> Compared:
    """Hold fresh runs against a target.

    Of a published band the whole interval of the mean has to be within, or outside. What was observed is itself a
    realisation: the mean is within where it differs by no more than both their chances let expect (95 %).
    """
    found = estimate(values)
    if found.mean is None:
        return Compared(found, target, UNDECIDED)
    if target.observed_runs:
        there = values[np.isfinite(values)]
        chance = there.std(ddof=1) * np.sqrt(1 / target.observed_runs + 1 / len(there))
        near = abs(found.mean - target.aim) <= 1.96 * chance
        return Compared(found, target, WITHIN if near else OUTSIDE)
    return Compared(found, target, _of_band(found, target))


def _of_band(found: Estimate, target: Target) -> Notice:
    ends = np.array([found.mean if end is None else end for end in (found.lower, found.upper)])
    away = beyond(ends[:, None], [target])[:, 0]
    if (away == 0).all():
        return WITHIN
    return OUTSIDE if (away > 0).all() or (away < 0).all() else UNDECIDED


def percent(share: float) -> str:
    """Write a share in percent."""
    return per_cent(number(100 * share, 1 if share < 0.1 else 0))


def band(target: Target) -> str:
    """Write a band, which may be open on one side."""
    if target.low is None:
        return f"≤ {short(target.high)}"
    if target.high is None or target.low == target.high:
        return f"{'≥ ' if target.high is None else ''}{short(target.low)}"
    return f"{short(target.low)}–{short(target.high)}"


def short(value: float | None) -> str:
    """Write a number with three digits that count."""
    if value is None:
        return "–"
    decimals = max(0, 2 - int(np.floor(np.log10(abs(value))))) if value else 0
    return number(value, min(decimals, 5))
