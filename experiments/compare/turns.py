"""What would have to be true for the ranking to turn: the smallest change of one parameter that does it.

The paired difference of each strategy to the best one by default is fitted by the parameters over the sets; from its
level in runs without sets, each slope says how far one parameter alone would have to move for the two to change places.
The nearest such candidates are tried by runs, as far beyond the place where both are level as their difference can be
seen there, and only what these runs confirm is said to turn the ranking.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.estimate import Estimate, estimate
from experiments.estimates.slopes import crossing, slopes

if TYPE_CHECKING:
    from experiments.estimates.intervals import Floats
    from experiments.settings.uncertain import Factor

Verdict = Literal["confirmed", "refuted", "undecided", "none"]
BEYOND = 2.0  # times the change at which two strategies are level: where the fit sees the rival as far ahead again
SEEN = 3.0  # standard errors by which the rival is to be ahead there
LEAST_TRIED = 0.1  # of the range of a parameter


class Candidate(NamedTuple):
    """A change of one parameter that may put a rival before the leader by an outcome under a shortage.

    Attributes
    ----------
    shortage, indicator, leader, rival : str
        What would turn.
    factor : Factor
        The parameter.
    change : float
        From its default to where both are level, in shares of its range, with the 95 % interval `low`, `high`.
    tried : float
        The value at which runs show whether it turns.
    """

    shortage: str
    indicator: str
    leader: str
    rival: str
    factor: Factor
    change: float
    low: float
    high: float
    tried: float

    @property
    def turning(self) -> float:
        """The value of the parameter at which both are level by the fit."""
        return float(self.factor.at(share_of(self.factor, self.factor.default) + self.change))


class Turn(NamedTuple):
    """A candidate with what runs showed of it: the rival less the leader by default, and at the value that was tried.

    Differences are in the unit of the indicator in a run; `candidate` is None where the fit finds none.
    """

    shortage: str
    indicator: str
    leader: str
    candidate: Candidate | None
    default: Estimate | None
    tried: Estimate | None
    runs: int

    @property
    def verdict(self) -> Verdict:
        """`confirmed`: the rival is ahead by its 95 % interval; `refuted`: the leader is; `none`: no candidate."""
        if self.candidate is None or self.tried is None:
            return "none"
        if self.tried.lower is None or self.tried.upper is None:
            return "undecided"
        return "confirmed" if self.tried.upper < 0 else "refuted" if self.tried.lower > 0 else "undecided"

    @property
    def measured(self) -> float | None:
        """The value at which both are level, on a straight line between the two places where runs were made.

        None where none is confirmed.
        """
        if self.verdict != "confirmed" or self.candidate is None or self.default is None or self.tried is None:
            return None
        before, after = self.default.mean or 0.0, self.tried.mean or 0.0
        factor = self.candidate.factor
        begin = share_of(factor, factor.default)
        end = share_of(factor, self.candidate.tried)
        return float(factor.at(begin + (end - begin) * max(before, 0.0) / (max(before, 0.0) - after)))


SCHEMA = pl.Schema({
    **dict.fromkeys(("shortage", "indicator", "leader", "rival", "parameter", "unit"), pl.String),
    **dict.fromkeys(("range_low", "range_high"), pl.Float64), "log": pl.Boolean, "default": pl.Float64,
    **dict.fromkeys(("turning", "change", "change_low", "change_high", "tried"), pl.Float64), "n": pl.Int64,
    **dict.fromkeys(("difference_default", "default_low", "default_high"), pl.Float64),
    **dict.fromkeys(("difference_tried", "tried_low", "tried_high"), pl.Float64), "verdict": pl.String,
    **dict.fromkeys(("measured", "measured_change"), pl.Float64),
})  # fmt: skip


def share_of(factor: Factor, value: float) -> float:
    """Return where a value lies in the range of a parameter: 0 at its low end, 1 at its high one."""
    return share_between(value, factor.low, factor.high, factor.log)


def share_between(value: float, low: float, high: float, log: bool) -> float:
    """Return where a value lies between two ends: 0 at the low one, 1 at the high one."""
    if log:
        return math.log(max(value, low) / low) / math.log(high / low)
    return (value - low) / (high - low)


def places_of(factors: Sequence[Factor], sets: Iterable[Mapping[str, float]]) -> Floats:
    """Return where the sets lie in the ranges of the parameters, shape [sets, parameters]."""
    return np.array([[share_of(factor, one[factor.name]) for factor in factors] for one in sets])


def candidates(
    where: tuple[str, str], over_sets: Mapping[str, Floats], by_default: Mapping[str, Floats],
    factors: Sequence[Factor], places: Floats,
) -> list[Candidate]:  # fmt: skip
    """Return the changes of one parameter, within its range, at which another strategy would be level with the best.

    Parameters
    ----------
    where : tuple of str
        Shortage and indicator.
    over_sets, by_default : mapping
        Strategy → the outcome, of which less is better: mean over the runs of each set, shape [sets], and by
        replication of the runs without sets.
    factors : sequence of Factor
        The parameters.
    places : array [sets, parameters]
        From `places_of`.

    Returns
    -------
    list of Candidate
        The smallest change first.
    """
    leader = min(by_default, key=lambda name: float(by_default[name].mean()))
    begin = [share_of(factor, factor.default) for factor in factors]
    found = []
    for rival in by_default:
        if rival == leader:
            continue
        ahead = by_default[rival] - by_default[leader]
        level, error = float(ahead.mean()), float(ahead.std(ddof=1)) / math.sqrt(len(ahead))
        fit = slopes(places, over_sets[rival] - over_sets[leader])
        for factor, at, slope, slope_error in zip(factors, begin, fit.slope, fit.error, strict=True):
            edge = -at if slope > 0 else 1 - at
            if not slope or level + slope * edge >= 0:
                continue
            it = crossing(level, error, float(slope), float(slope_error), min(fit.freedom, len(ahead) - 1))
            room = max(BEYOND * abs(it.change), abs(it.change) + SEEN * error / abs(slope), LEAST_TRIED)
            tried = at + math.copysign(min(room, abs(edge)), edge)
            found.append(Candidate(*where, leader, rival, factor, it.change, it.low, it.high, factor.at(tried)))
    return sorted(found, key=lambda one: abs(one.change))


def turn_of(candidate: Candidate, by_default: Mapping[str, Floats], tried: Mapping[str, Floats]) -> Turn:
    """Return a candidate with what runs show, both strategies on the same seeds; mappings as in `candidates`."""
    leader, rival = candidate.leader, candidate.rival
    return Turn(
        candidate.shortage, candidate.indicator, leader, candidate, estimate(by_default[rival] - by_default[leader]),
        estimate(tried[rival] - tried[leader]), len(tried[leader]),
    )  # fmt: skip


def turns_frame(turns: Sequence[Turn]) -> pl.DataFrame:
    """Put turns into a frame: `turning.parquet`."""
    return pl.DataFrame([_row(turn) for turn in turns], schema=SCHEMA, orient="row")


def _row(turn: Turn) -> tuple[object, ...]:
    it, nothing = turn.candidate, (None, None, None)
    if it is None:
        return (turn.shortage, turn.indicator, turn.leader, *(None,) * 12, 0, *nothing, *nothing, "none", None, None)
    limits = (end if math.isfinite(end) else None for end in (it.low, it.high))
    factor, measured = it.factor, turn.measured
    moved = None if measured is None else share_of(factor, measured) - share_of(factor, factor.default)
    return (
        turn.shortage, turn.indicator, turn.leader, it.rival, factor.name, factor.unit, factor.low, factor.high,
        factor.log, factor.default, it.turning, it.change, *limits, float(it.tried), turn.runs,
        *(turn.default or nothing), *(turn.tried or nothing), turn.verdict, measured, moved,
    )  # fmt: skip
