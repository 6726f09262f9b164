"""A calibration, step by step: chance, screen, search, waves, posterior, and the set on fresh seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.calibrate.history import (
    Clash,
    Judge,
    Wave,
    clashes,
    imitated,
    judge_of,
    plausible_draws,
    plausible_share,
    wave_of,
)
from experiments.calibrate.posterior import Posterior, posterior_of
from experiments.calibrate.screen import Screen, screened, trajectories_of
from experiments.calibrate.search import Search, misfit
from experiments.calibrate.simulated import LEAST_VECTORS, Chance, Simulated, chance_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from experiments.calibrate.targets import Target, Values

    Evaluate = Callable[[Values], Simulated]

DRAWS, LEAST_DRAWS = 4096, 200  # vectors of which the posterior is made, and the fewest that make one


class Best(NamedTuple):
    """The best single vector that was simulated: its shares, its misfit, and that of the parameters as they are."""

    shares: Values
    misfit: float
    usual_misfit: float


@dataclass(frozen=True)
class Calibrated:
    """What came of the steps.

    Attributes
    ----------
    screen : Screen
        Which parameters move which patterns.
    best : Best
        Of all vectors with all seeds.
    waves : tuple of Wave
        The first is spread over the prior.
    judge : Judge
        What tells plausible vectors from others, after the last wave.
    plausible_share : float
        Of the prior, after the last wave.
    posterior : Posterior
        What the patterns leave of the prior.
    lost : int
        Vectors of all steps of which a pattern could not be measured with every seed.
    never, clashing : list
        Patterns that no vector gives, and pairs that hardly any gives together.
    """

    screen: Screen
    best: Best
    waves: tuple[Wave, ...]
    judge: Judge
    plausible_share: float
    posterior: Posterior
    lost: int
    never: list[int]
    clashing: list[Clash]


class Ask(NamedTuple):
    """What is asked of a calibration, beside how vectors are simulated.

    Attributes
    ----------
    names : sequence of str
        Of the parameters.
    targets : sequence of Target
        The data.
    usual_shares : array
        The parameters as they are, shape [parameters].
    usual : array
        Their patterns on many seeds, shape [runs, patterns].
    journal : str or None
        File of the search.
    """

    names: Sequence[str]
    targets: Sequence[Target]
    usual_shares: Values
    usual: Values
    journal: str | None


def calibrated(ask: Ask, plan: Mapping[str, Any], evaluate: Evaluate) -> Calibrated:
    """Screen, search, rule out by waves, and say what is left of the prior.

    Parameters
    ----------
    ask : Ask
        What is asked.
    plan : mapping
        `screen, search, waves, points, replications, seed`.
    evaluate : callable
        Simulates vectors of shape [vectors, parameters], all on the same seeds.

    Raises
    ------
    BadInput
        Where too few vectors are left of which every pattern can be measured.
    """
    seed, several = plan["seed"], len(ask.names)
    walked = evaluate(trajectories_of(ask.names, plan["screen"], seed))
    seen = walked
    by_seed = np.sqrt(np.diag(np.cov(ask.usual, rowvar=False).reshape(len(ask.targets), -1)) / plan["replications"])
    if plan["search"]:
        search = Search(ask.names, ask.targets, by_seed, evaluate, seed)
        seen = seen.and_(search.run(plan["search"], ask.usual_shares, ask.journal))
    waves, judges, spread = _waves(ask, plan, evaluate, seen)
    seen = seen.and_(spread)
    whole = _checked(seen.whole, several)
    chance = chance_of(whole, ask.usual)
    left = what_is_left(judges, chance, several, seed)
    far = misfit(whole.means, ask.targets, by_seed)
    usual_misfit = misfit(ask.usual.mean(axis=0)[None], ask.targets, by_seed)
    never, clashing = clashes(judges[-1], several, seed)
    return Calibrated(
        screened(walked, ask.names, chance.own, seed),
        Best(whole.shares[far.argmin()], float(far.min()), float(usual_misfit[0])),
        waves, judges[-1], plausible_share(judges, several, seed),
        left, len(seen.shares) - len(whole.shares), never, clashing,
    )  # fmt: skip


def what_is_left(judges: Sequence[Judge], chance: Chance, parameters: int, seed: int) -> Posterior:
    """Return the posterior, from what is plausible of the prior, as the last stand-ins imitate the simulations of it.

    Parameters
    ----------
    judges : sequence of Judge
        What rules out vectors, after each wave.
    chance : Chance
        What stands between means and data.
    parameters : int
        How many.
    seed : int
        Of the draws.

    Returns
    -------
    Posterior
        Of what comes nearest in all the prior, where next to nothing of it is plausible.
    """
    targets, draws = judges[-1].targets, np.random.default_rng(seed)
    shares = plausible_draws(judges, parameters, DRAWS, seed)
    if len(shares) < LEAST_DRAWS:
        shares = plausible_draws((), parameters, DRAWS, seed)
    return posterior_of(imitated(judges[-1], shares, draws), targets, chance.unseen(targets), draws)


def _waves(
    ask: Ask, plan: Mapping[str, Any], evaluate: Evaluate, seen: Simulated
) -> tuple[tuple[Wave, ...], list[Judge], Simulated]:
    """Simulate the waves: the first over all ranges, the others where the vectors so far leave room."""
    waves: list[Wave] = []
    judges: list[Judge] = []
    spread: Simulated | None = None
    for number in range(plan["waves"] + 1):
        wave = wave_of(judges, len(ask.names), plan["points"], plan["seed"] + number)
        waves.append(wave)
        if not len(wave.shares):
            break
        some = evaluate(wave.shares)
        spread = some if spread is None else spread.and_(some)
        known = _checked(seen.and_(spread).whole, len(ask.names))
        judges.append(judge_of(known, ask.targets, chance_of(known, ask.usual)))
    assert spread is not None
    return tuple(waves), judges, spread


def _checked(whole: Simulated, parameters: int) -> Simulated:
    """Refuse to go on where patterns could hardly ever be measured."""
    from sim.parameters import BadInput

    if len(whole.shares) < LEAST_VECTORS * parameters:
        raise BadInput(
            "points", len(whole.shares),
            "more vectors of which every pattern can be measured with every seed: more points, days or residents",
        )  # fmt: skip
    return whole
