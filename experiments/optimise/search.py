"""The search: each measure alone, then combinations that Optuna proposes from what was found so far.

The same request makes the same proposals, in batches of one size whatever the number of processes. A search that was
killed goes on when it is given again: its runs are in the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.optimise.candidates import Known, Tried, known, objectives
from experiments.optimise.design import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import optuna

    from experiments.optimise.design import Space
    from experiments.optimise.kept import Values
    from experiments.runs.progress import Progress
    from sim.city.city import City
    from sim.scenario import Scenario

    Evaluate = Callable[[Mapping[Candidate, Scenario], Progress], Mapping[Candidate, Values]]

BATCH = 8  # combinations that are proposed at a time
PATIENCE = 25  # batches in a row that propose nothing new, before a search ends
STRATEGY = "strategy"


class Searched(NamedTuple):
    """What a search found.

    Attributes
    ----------
    tried : list of Tried
        The status quo first, then each measure alone, then combinations, in the order in which they were run.
    left_out : mapping
        Candidate → what is known of it, of those that were not run.
    """

    tried: list[Tried]
    left_out: dict[Candidate, Known]


class Search:
    """One search.

    Parameters
    ----------
    space : Space
        What may be combined.
    plan : mapping
        From `design`.
    city : City
        The place of the first replication.
    evaluate : callable
        Scenarios of candidates → indicators by replication.
    """

    def __init__(self, space: Space, plan: Mapping[str, Any], city: City, evaluate: Evaluate) -> None:
        self.space, self.plan, self.city, self.evaluate = space, plan, city, evaluate
        self.tried: dict[Candidate, Tried] = {}
        self.left_out: dict[Candidate, Known] = {}
        self.facts: dict[Candidate, Known] = {}
        self.study = _study(plan)

    def run(self, show: Progress) -> Searched:
        """Run each measure alone, then as many combinations as the plan says; `show` shows the progress of each."""
        from experiments.runs.progress import silent

        alone = [self.space.status_quo, *self.space.single]
        self._try(alone, show)
        self._teach(alone)
        wanted = len(self.tried) + self.plan["combinations"]
        with show(self.plan["combinations"], "combinations") as done:
            idle = 0
            while (room := wanted - len(self.tried)) > 0 and idle < PATIENCE:
                before, seen = len(self.tried), len(self.tried) + len(self.left_out)
                trials = [self.study.ask() for _ in range(BATCH)]
                asked = [self._proposed(trial) for trial in trials]
                new = [candidate for candidate in dict.fromkeys(asked) if candidate not in self.tried]
                self._try(self._within(new)[:room], silent)
                for trial, candidate in zip(trials, asked, strict=True):
                    self._tell(trial, candidate)
                for _ in range(len(self.tried) - before):
                    done()
                idle = 0 if len(self.tried) + len(self.left_out) > seen else idle + 1
        return Searched(list(self.tried.values()), self.left_out)

    def _within(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return those that can be, within people and budget; the others are noted."""
        for candidate in candidates:
            if candidate not in self.facts:
                self.facts[candidate] = known(self.space, candidate, self.plan, self.city)
            if self.facts[candidate].why_not:
                self.left_out[candidate] = self.facts[candidate]
        return [candidate for candidate in candidates if candidate not in self.left_out]

    def _try(self, candidates: Sequence[Candidate], show: Progress) -> None:
        """Run candidates that can be."""
        scenarios = {one: self.facts[one].scenario for one in self._within(candidates)}
        found = self.evaluate({one: scenario for one, scenario in scenarios.items() if scenario is not None}, show)
        for candidate, values in found.items():
            self.tried[candidate] = Tried(candidate, self.facts[candidate].personnel, values)

    def _teach(self, candidates: Sequence[Candidate]) -> None:
        """Tell Optuna of candidates that it has not proposed."""
        for candidate in candidates:
            sizes = dict(zip(self.space.levers, candidate.sizes, strict=True))
            self.study.enqueue_trial({STRATEGY: candidate.strategy, **sizes})
            trial = self.study.ask()
            self._proposed(trial)
            self._tell(trial, candidate)

    def _proposed(self, trial: optuna.Trial) -> Candidate:
        """Return the candidate of a trial."""
        strategy = trial.suggest_categorical(STRATEGY, list(self.space.trees))
        sizes = [trial.suggest_int(name, 0, len(tried)) for name, tried in self.space.levers.items()]
        return Candidate(str(strategy), tuple(sizes))

    def _tell(self, trial: optuna.Trial, candidate: Candidate) -> None:
        """Tell Optuna what came of a trial: outcomes, and by which part a budget or people are exceeded.

        A candidate that was left out, or for which there was no room, has the outcomes of today.
        """
        tried = self.tried.get(candidate, self.tried[self.space.status_quo])
        over = 0.0 if candidate in self.tried else 1.0
        if candidate in self.tried and self.plan["budget"] is not None:
            over = tried.yuan_per_year(self.plan["days"]) / self.plan["budget"] - 1.0
        trial.set_constraint("within", over)
        self.study.tell(trial, objectives(tried, self.plan["outcomes"]))


def _study(plan: Mapping[str, Any]) -> optuna.Study:
    """Return an empty study of Optuna's, to make everything small: outcomes, yuan and people."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler: optuna.samplers.BaseSampler
    if plan["sampler"] == "tpe":
        sampler = optuna.samplers.TPESampler(seed=plan["seed"], multivariate=True, constant_liar=True)
    else:
        sampler = optuna.samplers.NSGAIISampler(seed=plan["seed"], population_size=2 * BATCH)
    return optuna.create_study(directions=["minimize"] * (len(plan["outcomes"]) + 2), sampler=sampler)
