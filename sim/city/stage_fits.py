"""How long the stages of calls take: means, quantiles, the distribution that fits best, and what a model can take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from sim.arrays import Array
from sim.city.call_stages import ON_SCENE, TURN_OUT, CallStages
from sim.city.city import STAGE_QUANTILES, HandlingEvidence, StageFit, TurnOutEvidence
from sim.city.notices import Notice
from sim.city.recorded_types import KINDS

FEWEST_ROWS = 30  # of which a distribution is fitted; assumption
MOST_FITTED = 20_000  # an even sample of more
PRIOR_CALLS = 20.0  # how many rows the mean of all types is worth for one type; assumption
FAMILIES = {"gamma": stats.gamma, "lognormal": stats.lognorm}


class _Group(NamedTuple):
    name: str  # all, P1 to P3, or a class
    rows: Array  # bool [rows]


def stage_fits(stages: CallStages, kind: Array) -> tuple[StageFit, ...]:
    """Return the distribution of each stage, of all calls, by priority and by class, where there are 30 rows.

    Gamma and lognormal distributions are fitted by maximum likelihood to what took any time at all; the likelier one is
    kept, with the largest distance between its distribution function and that of the rows (Kolmogorov–Smirnov).

    Parameters
    ----------
    stages : CallStages
        Of usable rows.
    kind : array of int [rows]
        Their classes, places in `KINDS`.
    """
    groups = [_Group("all", np.ones(len(kind), dtype=bool))]
    groups += [_Group(f"P{level}", stages.priority == level) for level in (1, 2, 3)]
    groups += [_Group(name, kind == place) for place, name in enumerate(KINDS)]
    out = []
    for stage, minutes in stages.minutes.items():
        for group in groups:
            values = minutes[group.rows & np.isfinite(minutes)]
            if len(values) >= FEWEST_ROWS:
                out.append(_fit(stage, group.name, values))
    return tuple(out)


def _fit(stage: str, group: str, values: Array) -> StageFit:
    some = values[values > 0][:: max(1, len(values) // MOST_FITTED)]
    best, likelihood, distance = None, -np.inf, np.nan
    if len(some) >= FEWEST_ROWS and np.ptp(some) > 0:
        for name, family in FAMILIES.items():
            shape, _, scale = family.fit(some, floc=0)
            found = float(family.logpdf(some, shape, scale=scale).sum())
            if found > likelihood:
                best, likelihood = (name, float(shape), float(scale)), found
                distance = float(stats.kstest(some, family(shape, scale=scale).cdf).statistic)
    family_name, shape, scale = best or ("", np.nan, np.nan)
    return StageFit(
        stage, group, len(values), float(values.mean()), float(np.median(values)), float(np.quantile(values, 0.9)),
        float((values == 0).mean()), family_name, shape, scale, distance,
        tuple(np.quantile(some, STAGE_QUANTILES).tolist()) if len(some) else (),
    )  # fmt: skip


def handling_evidence(stages: CallStages, kind: Array) -> HandlingEvidence | None:
    """Return the times on scene by class and priority, None if there are fewer than 30 rows.

    The mean of a class is drawn towards that of all, and that of a class and priority towards that of the class, each
    as if `PRIOR_CALLS` rows had it. The shape is that of gamma distributions round these means, by maximum likelihood.

    Parameters
    ----------
    stages, kind
        As `stage_fits` takes them.
    """
    minutes = stages.minutes.get(ON_SCENE)
    known = np.isfinite(minutes) if minutes is not None else np.zeros(0, dtype=bool)
    if minutes is None or known.sum() < FEWEST_ROWS or not minutes[known].any():
        return None
    values, kind, priority = minutes[known], kind[known], stages.priority[known].astype(np.int64)
    of_all = float(values.mean())
    of_class = _drawn(np.bincount(kind, values, len(KINDS)), np.bincount(kind, minlength=len(KINDS)), of_all)
    cell = kind.astype(np.int64) * 4 + priority
    size = 4 * len(KINDS)
    total, rows = (np.bincount(cell, weights, size).reshape(-1, 4)[:, 1:] for weights in (values, None))
    mean = _drawn(total, rows, of_class[:, None])
    expected = np.where(priority > 0, mean[kind, priority - 1], of_class[kind])
    ratio = values / expected
    relative = ratio[values > 0]
    shape = float(stats.gamma.fit(relative[:: max(1, len(relative) // MOST_FITTED)], floc=0)[0])
    return HandlingEvidence(dict(zip(KINDS, mean, strict=True)), shape, _cv(ratio), int(known.sum()))


def turn_out_evidence(stages: CallStages) -> TurnOutEvidence | None:
    """Return the time from the order until a unit is on the way, None if it is known of fewer than 30 rows."""
    minutes = stages.minutes.get(TURN_OUT, np.zeros(0))
    values = minutes[np.isfinite(minutes)]
    if len(values) < FEWEST_ROWS or not values.any():
        return None
    return TurnOutEvidence(float(values.mean()), _cv(values), len(values))


def _cv(values: Array) -> float:
    return float(values.std() / values.mean())


def _drawn(total: Array, rows: Array, towards: Array | float) -> Array:
    out: Array = (total + PRIOR_CALLS * towards) / (rows + PRIOR_CALLS)
    return out


def taken_from_stages(handling: HandlingEvidence | None, turn_out: TurnOutEvidence | None) -> tuple[Notice, ...]:
    """Say which times are the file's in a run."""
    told = []
    if handling is not None:
        said = (
            "times on scene are those of {calls:,} calls of the file, by type and priority (shape {shape:.2f} of a "
            "gamma distribution): demand.*.on_scene_min and demand.reporting.service_shape are not used"
        )
        told.append(Notice(said, calls=handling.calls, shape=handling.shape))
    if turn_out is not None:
        said = (
            "turn-outs, where calls.turn_out_station_min and calls.turn_out_road_min switch them on, are those of "
            "{calls:,} calls of the file (mean {mean:.1f} min)"
        )
        told.append(Notice(said, calls=turn_out.calls, mean=turn_out.mean_min))
    return tuple(told)
