"""Tables of the force in the scoreboard.

Whether a shortage feeds on itself, and what a structure does with news of series.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from experiments.estimates.estimate import Estimate, estimate
from experiments.languages.speech import in_words, say
from experiments.patterns.portrait import Portrait
from experiments.patterns.portrait.force import ForcePortrait
from experiments.patterns.studies import REMEDIED_PERCENT, REMEDIES, SPIRAL_PERCENT, STRUCTURES
from experiments.presentation.indicators import DAYS_A_YEAR
from experiments.presentation.wording import per_cent
from experiments.validate.scoreboard import ENDS, Portraits

Measure = Callable[[ForcePortrait], float | None]
HOLDS, SHRINKS, SPIRALS, UNKNOWN = "holds", "shrinks", "spirals", "not measured"
SPIRAL_NUMBERS = ("heads", "left_half", "left_end", "loss_first", "loss_second", "loss_change", "fatigue_end")
COORDINATION_NUMBERS = ("known_percent", "median_days", "clearance_percent")
Rows = list[dict[str, Any]]


def spiral_studies() -> dict[str, tuple[int, str]]:
    """Return the studies of the spiral: name → (percent of the personnel that are missing, remedy or nothing)."""
    return {
        **{f"spiral_{percent}": (percent, "") for percent in SPIRAL_PERCENT},
        **{name: (REMEDIED_PERCENT, remedy) for name, remedy in REMEDIES.items()},
    }


def spiral_table(portraits: Portraits) -> pl.DataFrame:
    """Say of each shortage whether the headcount holds: means over replications with 95 % intervals.

    Returns
    -------
    polars.DataFrame
        One row per study: `short_percent, remedy`; `heads` on the first measured day; `left_half, left_end`: % of these
        at half time and at the end; `loss_first, loss_second`: % of the personnel lost a year in either half, and
        `loss_change`, the second less the first; `fatigue_end`, 0 to 100; `verdict`. It holds when the interval of the
        second loss reaches 0, shrinks when it lies above, and spirals when it also is above the first.
    """
    rows: Rows = []
    for study, (percent, remedy) in spiral_studies().items():
        runs = [run.force for run in portraits[study] if len(run.force.heads) > 1]
        found = {name: estimate(_SPIRAL[name](run) for run in runs) for name in SPIRAL_NUMBERS}
        rows.append(
            {
                "study": study,
                "short_percent": percent,
                "remedy": remedy,
                **_flat(found),
                "verdict": spiral_verdict(found),
            }
        )
    schema = {
        "study": pl.String,
        "short_percent": pl.Int64,
        "remedy": pl.String,
        **_numbers(SPIRAL_NUMBERS),
        "verdict": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


def spiral_verdict(found: Mapping[str, Estimate]) -> str:
    """Judge a headcount by its losses in the second half of the time."""
    second, change = found["loss_second"].lower, found["loss_change"].lower
    if second is None or change is None:
        return UNKNOWN
    return HOLDS if second <= 0 else SPIRALS if change > 0 else SHRINKS


def tipping(spiral: pl.DataFrame) -> str:
    """Say between which shortages the headcount ceases to hold."""
    plain = spiral.filter((pl.col("remedy") == "") & (pl.col("verdict") != UNKNOWN)).sort("short_percent")
    holds = dict(zip(plain["short_percent"].to_list(), (plain["verdict"] == HOLDS).to_list(), strict=True))
    if not holds:
        return say("Too few replications to say where it tips.")
    if all(holds.values()):
        return say("The headcount holds at every shortage up to {percent} %.", percent=max(holds))
    if not any(holds.values()):
        return say("The headcount shrinks at every shortage, from {percent} % on.", percent=min(holds))
    between = [(one, other) for one, other in itertools.pairwise(holds) if holds[one] and not holds[other]]
    if len(between) == 1 and sum(a != b for a, b in itertools.pairwise(holds.values())) == 1:
        low, high = between[0]
        return say("It tips between {low} % and {high} % of the personnel missing.", low=low, high=high)
    here = in_words(", ").join(per_cent(str(percent)) for percent, does in holds.items() if does)
    return say("The headcount holds at {here} and at no other shortage.", here=here)


def _left(days: float) -> Measure:
    """Personnel after a share of the time, % of those of the first day."""
    return lambda run: (
        100 * float(run.heads[round(days * (len(run.heads) - 1))] / run.heads[0]) if run.heads[0] else None
    )


def _loss(first: float, last: float) -> Measure:
    """Share of the personnel that is lost a year between two shares of the time, %."""

    def measure(run: ForcePortrait) -> float | None:
        """Read it from the headcount by day; None where there is nobody, or no time between."""
        begin, end = (round(share * (len(run.heads) - 1)) for share in (first, last))
        if end <= begin or not run.heads[begin] or not run.heads[end]:
            return None
        return 100 * math.log(run.heads[begin] / run.heads[end]) * DAYS_A_YEAR / (end - begin)

    return measure


def _loss_change(run: ForcePortrait) -> float | None:
    first, second = _loss(0, 0.5)(run), _loss(0.5, 1)(run)
    return None if first is None or second is None else second - first


_SPIRAL: dict[str, Measure] = {
    "heads": lambda run: float(run.heads[0]),
    "left_half": _left(0.5),
    "left_end": _left(1),
    "loss_first": _loss(0, 0.5),
    "loss_second": _loss(0.5, 1),
    "loss_change": _loss_change,
    "fatigue_end": lambda run: 100 * float(run.fatigue[-30:].mean()),
}


def coordination_table(portraits: Portraits) -> pl.DataFrame:
    """Say what became of news of series under each structure, with paired differences to the first one.

    Returns
    -------
    polars.DataFrame
        One row a structure: `cases` a run that belong with an earlier one of the same offender; `known_percent` of
        these of which the detectives learnt that; `median_days` until they did, of those; `clearance_percent` of
        recorded crimes of series; each with a 95 % interval over replications, and `…_difference` to the first
        structure on the same seeds.
    """
    first, *_ = STRUCTURES
    rows: Rows = []
    for study, structure in STRUCTURES.items():
        runs = portraits[study]
        found = {name: estimate(_COORDINATION[name](run.force) for run in runs) for name in COORDINATION_NUMBERS}
        found |= {
            f"{name}_difference": estimate(_differences(portraits[first], runs, _COORDINATION[name]))
            for name in COORDINATION_NUMBERS
        }
        rows.append(
            {
                "study": study,
                "structure": structure,
                "cases": float(np.mean([len(run.force.series_delay_days) for run in runs])),
                **_flat(found),
            }
        )
    numbers = [f"{name}{what}" for what in ("", "_difference") for name in COORDINATION_NUMBERS]
    return pl.DataFrame(
        rows, schema={"study": pl.String, "structure": pl.String, "cases": pl.Float64, **_numbers(numbers)}
    )


def _differences(before: Sequence[Portrait], after: Sequence[Portrait], measure: Measure) -> list[float | None]:
    pairs = [(measure(one.force), measure(other.force)) for one, other in zip(before, after, strict=True)]
    return [None if one is None or other is None else other - one for one, other in pairs]


def _known(run: ForcePortrait) -> float | None:
    delay = run.series_delay_days
    return 100 * float(np.isfinite(delay).mean()) if len(delay) else None


def _median_days(run: ForcePortrait) -> float | None:
    known = run.series_delay_days[np.isfinite(run.series_delay_days)]
    return float(np.median(known)) if len(known) else None


_COORDINATION: dict[str, Measure] = {
    "known_percent": _known,
    "median_days": _median_days,
    "clearance_percent": lambda run: None if run.clearance_series is None else 100 * run.clearance_series,
}


def _flat(found: Mapping[str, Estimate]) -> dict[str, float | None]:
    return {f"{name}{end}": value for name, values in found.items() for end, value in zip(ENDS, values, strict=True)}


def _numbers(names: Sequence[str]) -> dict[str, Any]:
    return {f"{name}{end}": pl.Float64 for name in names for end in ENDS}
