"""The search for one vector that gives all patterns as nearly as can be, by Optuna.

What was proposed stands in a journal beside the store, so that a search that was killed goes on. Every batch is
proposed by a sampler of its own, which knows nothing but the trials before it: the same request makes the same search,
whether it was interrupted or not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.calibrate.targets import flattened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import optuna

    from experiments.calibrate.simulated import Simulated
    from experiments.calibrate.targets import Target, Values

    Evaluate = Callable[[Values], Simulated]

BATCH = 8  # vectors that are proposed at a time
FAR = 100.0  # misfit of a vector of which a pattern cannot be measured


def misfit(means: Values, targets: Sequence[Target], chance: Values) -> Values:
    """Return how far vectors are from the middles of the bands, in their widths and chance: shape [vectors].

    Parameters
    ----------
    means : array
        Patterns, shape [vectors, patterns].
    targets : sequence of Target
        The bands.
    chance : array
        Standard deviation of a mean by chance, shape [patterns].
    """
    aim = np.array([one.aim for one in targets])
    spread = np.sqrt(np.array([one.half_width for one in targets]) ** 2 / 3 + chance**2)  # of an even distribution
    away = (flattened(means, targets) - aim) / np.maximum(spread, 1e-12)
    return np.asarray(np.nan_to_num(np.sqrt((away**2).mean(axis=1)), nan=FAR))


class Search:
    """One search.

    Parameters
    ----------
    names : sequence of str
        Of the parameters.
    targets : sequence of Target
        The bands.
    chance : array
        Standard deviation of a mean by chance, shape [patterns].
    evaluate : callable
        Simulates vectors of shape [vectors, parameters].
    seed : int
        Of the proposals.
    """

    def __init__(
        self, names: Sequence[str], targets: Sequence[Target], chance: Values, evaluate: Evaluate, seed: int
    ) -> None:
        self.names, self.targets, self.chance = list(names), targets, chance
        self.evaluate, self.seed = evaluate, seed

    def run(self, trials: int, first: Values, journal: str | None) -> Simulated:
        """Try so many vectors, `first` before all others; return them in their order.

        Parameters
        ----------
        trials : int
            At least 1.
        first : array
            The parameters as they are, shape [parameters].
        journal : str or None
            File in which the trials are kept; None: nowhere.
        """
        study = _study(self.names, journal)
        found: Simulated | None = None
        while found is None or len(found.shares) < trials:
            done = 0 if found is None else len(found.shares)
            some = self.evaluate(self._batch(study.trials, done, min(BATCH, trials - done), first))
            for shares, value in list(zip(some.shares, self._misfit(some), strict=True))[len(study.trials) - done :]:
                study.add_trial(self._trial(shares, float(value)))
            found = some if found is None else found.and_(some)
        return found

    def _batch(self, before: Sequence[optuna.trial.FrozenTrial], done: int, size: int, first: Values) -> Values:
        """Return the next vectors: those of the journal, or else what a sampler proposes that knows those before."""
        import optuna

        kept = [[trial.params[name] for name in self.names] for trial in before[done : done + size]]
        if len(kept) == size:
            return np.array(kept)
        sampler = optuna.samplers.TPESampler(
            seed=self.seed + done, multivariate=True, constant_liar=True, n_startup_trials=2 * BATCH
        )
        scratch = optuna.create_study(sampler=sampler)
        scratch.add_trials(before[:done])
        trials = [scratch.ask(self._space) for _ in range(size)]
        asked = [[trial.params[name] for name in self.names] for trial in trials]
        return np.array([first, *asked[1:]] if done == 0 else asked)

    def _misfit(self, found: Simulated) -> Values:
        return misfit(found.means, self.targets, self.chance)

    def _trial(self, shares: Values, value: float) -> optuna.trial.FrozenTrial:
        """Return a finished trial."""
        import optuna

        params = dict(zip(self.names, map(float, shares), strict=True))
        return optuna.trial.create_trial(params=params, distributions=self._space, value=value)

    @property
    def _space(self) -> dict[str, optuna.distributions.BaseDistribution]:
        import optuna

        return {name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in self.names}


def _study(names: Sequence[str], journal: str | None) -> optuna.Study:
    """Open the study of a journal, or an empty one that is kept nowhere."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if journal is None:
        return optuna.create_study()
    from optuna.storages.journal import JournalFileBackend

    Path(journal).parent.mkdir(parents=True, exist_ok=True)
    storage = optuna.storages.JournalStorage(JournalFileBackend(journal))
    return optuna.create_study(study_name=", ".join(names), storage=storage, load_if_exists=True)
