"""Share of the attainable.

How much of what perfect knowledge would prevent a strategy prevents, with a paired interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.estimates.intervals import CLEAR, FEWEST_FOR_INTERVAL, ratio_interval
from experiments.languages.speech import say
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import NO_INTERVAL, number, per_cent, too_few

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

OUTCOME = "crimes_place"  # the bound places patrol, and patrol meets crimes at places alone


class Share(NamedTuple):
    """(baseline − strategy) / (baseline − bound) in percent, with its 95 % interval.

    None where the share is the same in all replications.
    """

    percent: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{per_cent(number(self.percent, 0))} ({say(NO_INTERVAL)})"
        low, high = number(self.low, 0), number(self.high, 0)
        return f"{per_cent(number(self.percent, 0))} ({say('{low} to {high}', low=low, high=high)})"


class Attained(NamedTuple):
    """Shares of the attainable under one shortage.

    Attributes
    ----------
    bound : str
        The strategy with perfect knowledge.
    shares : dict
        Policy → share, the baseline left out; empty where there is nothing to say.
    why_not : str
        Why there are no shares; empty where there are.
    """

    bound: str
    shares: dict[str, Share]
    why_not: str


def attained(comparison: Comparison, shortage: str) -> Attained:
    """Compare every policy with the first bound of the comparison on crimes at places, replication by replication."""
    bounds = [name for name in comparison.bounds if name != comparison.baseline]
    others = [name for name in comparison.policies if name != comparison.baseline]
    if not bounds or not others:
        what = (
            "no bound with perfect knowledge is in the comparison: add the strategy oracle"
            if not bounds
            else "no policy beside the baseline is in the comparison"
        )
        return Attained("", {}, say(what))
    bound = bounds[0]
    baseline, best = (
        comparison.values(shortage, comparison.baseline, OUTCOME),
        comparison.values(shortage, bound, OUTCOME),
    )
    if np.isnan(baseline).any() or np.isnan(best).any():
        return Attained(bound, {}, say("crimes at places were not measured in every replication"))
    if comparison.replications < FEWEST_FOR_INTERVAL:
        return Attained(bound, {}, say("{too_few} for an interval", too_few=too_few(comparison.replications)))
    gain = baseline - best
    error = float(gain.std(ddof=1)) / np.sqrt(gain.size)
    if gain.mean() <= 0 or gain.mean() < CLEAR * error:
        why = say(
            "{bound} and {baseline} do not differ clearly in crimes at places ({gain} fewer per run, standard error "
            "{error}; at least {clear} standard errors are asked for): a share of so uncertain a gain would mean "
            "nothing",
            bound=strategy_name(bound), baseline=strategy_name(comparison.baseline), gain=number(float(gain.mean())),
            error=number(error), clear=number(CLEAR, 0),
        )  # fmt: skip
        return Attained(bound, {}, why)
    values = {name: comparison.values(shortage, name, OUTCOME) for name in others}
    values = {name: of_runs for name, of_runs in values.items() if not np.isnan(of_runs).any()}
    above = np.array([baseline - of_runs for of_runs in values.values()]).reshape(-1, gain.size)
    points = 100 * above.mean(axis=1) / gain.mean()
    limits = ratio_interval(above, np.broadcast_to(gain, above.shape))
    low, high = ([None if np.isnan(end) else 100 * float(end) for end in ends] for ends in limits)
    shares = {name: Share(float(points[i]), low[i], high[i]) for i, name in enumerate(values)}
    return Attained(bound, shares, "")
