"""What trials are worth: bias and its parts, coverage, power and false alarms, over all trials of a design."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.estimate import Estimate, estimate
from experiments.estimates.intervals import LEVEL, jackknife
from experiments.trial.numbers import ALPHA, PARTS, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from experiments.estimates.intervals import Floats

WANTED = 0.8  # power that is enough: the usual convention


class Worth(NamedTuple):
    """What a design is worth for a strategy and an outcome; effects, estimates and biases are log ratios.

    Attributes
    ----------
    design, strategy, outcome : str
        Which.
    trials, told : int
        How many there are, and in how many anything could be estimated.
    truth : Estimate
        Effect where and when the strategy was ordered: the same seeds with and without it.
    elsewhere : Estimate
        True change in the same days where it was not ordered; without numbers if it was ordered everywhere.
    found : Estimate
        Mean of what analysts find.
    bias : Estimate
        That less the truth.
    parts : dict
        `PARTS` → what comes of it.
    coverage, power, false_alarms : Estimate
        Shares of those trials in which anything could be estimated: the 95 % interval holds the truth; p < 5 %; p < 5 %
        where nothing was rolled out.
    """

    design: str
    strategy: str
    outcome: str
    trials: int
    told: int
    truth: Estimate
    elsewhere: Estimate
    found: Estimate
    bias: Estimate
    parts: dict[str, Estimate]
    coverage: Estimate
    power: Estimate
    false_alarms: Estimate


def worths(trials: pl.DataFrame) -> list[Worth]:
    """Return what each design is worth, for each strategy and outcome, in the order of the trials."""
    keys = ["design", "strategy", "outcome"]
    return [
        _worth(str(design), str(strategy), str(outcome), part)
        for (design, strategy, outcome), part in trials.group_by(keys, maintain_order=True)
    ]


def _worth(design: str, strategy: str, outcome: str, every: pl.DataFrame) -> Worth:
    rows = every.drop_nulls(["log_ratio", *STEPS])
    counts = every.select("with", "without").to_numpy()
    truth, elsewhere = (log_ratio(every.select(f"{where}with", f"{where}without").to_numpy())
                        for where in ("", "elsewhere_"))  # fmt: skip
    own = pseudo_values(counts)[np.isin(every["trial"].to_numpy(), rows["trial"].to_numpy())]
    found, low, high, p = rows.select("log_ratio", "low", "high", "p").to_numpy().T
    true, apart, nothing, waiting, drawn = rows.select(*STEPS).to_numpy().T
    parts = {
        "recording": (found - waiting) - (true - nothing),
        "displacement": true - apart,
        "time": drawn,
        "selection": waiting - drawn,
        "rest": apart - nothing - own,
    }
    centre = np.nan if truth.mean is None else truth.mean
    return Worth(
        design, strategy, outcome, every.height, rows.height, truth, elsewhere, estimate(found), estimate(found - own),
        {name: estimate(parts[name]) for name in PARTS},
        coverage=share((low <= centre) & (centre <= high)),
        power=share(p < ALPHA),
        false_alarms=share(every["p_waiting"].drop_nulls().to_numpy() < ALPHA),
    )  # fmt: skip


def log_ratio(counts: Floats) -> Estimate:
    """Return the log of the ratio of two sums over trials with the interval of the jackknife; none without crimes.

    Parameters
    ----------
    counts : array [trials, 2]
        With and without the strategy.
    """
    if not (counts.sum(axis=0) > 0).all():
        return Estimate(None, None, None)
    limits = (float(one) for one in jackknife(_log_ratio, counts))
    return Estimate(*(one if np.isfinite(one) else None for one in limits))


def _log_ratio(total: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(total[..., 0] / total[..., 1]))


def pseudo_values(counts: Floats) -> Floats:
    """Return the pseudo-values of the jackknife: what each trial adds to the log ratio of the sums, shape [trials].

    `n θ − (n − 1) θ₋ᵢ`; so that the difference of an estimate to them has the scatter of both.
    """
    n, total = len(counts), counts.sum(axis=0)
    found: Floats = n * _log_ratio(total) - (n - 1) * np.array([_log_ratio(total - one) for one in counts])
    return found


def share(which: NDArray[np.bool_]) -> Estimate:
    """Return a share with its 95 % interval (Wilson 1927); none of nothing."""
    from scipy import stats

    if not len(which):
        return Estimate(None, None, None)
    found = stats.binomtest(int(which.sum()), len(which)).proportion_ci(LEVEL, "wilson")
    return Estimate(float(which.mean()), float(found.low), float(found.high))


def needed(powers: pl.DataFrame) -> pl.DataFrame:
    """Return the least that gives enough power, by design and strategy: districts, then days; null where nothing does.

    Parameters
    ----------
    powers : DataFrame
        From `experiments.trial.numbers.powers`.
    """
    return pl.DataFrame([*_needed(powers)], infer_schema_length=None)


def _needed(powers: pl.DataFrame) -> Iterator[dict[str, object]]:
    for (design, strategy), part in powers.group_by("design", "strategy", maintain_order=True):
        enough = part.filter(pl.col("power") >= WANTED).sort("districts", "days")
        best = enough.row(0, named=True) if enough.height else {}
        yield {
            "design": design, "strategy": strategy, "districts": best.get("districts"), "days": best.get("days"),
            "power": best.get("power"), "most_districts": part["districts"].max(), "most_power": part["power"].max(),
        }  # fmt: skip
