"""The design of a sensitivity study: which parameters vary, and what of which strategies is looked at, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.languages.speech import ENGLISH, check_language
from experiments.settings.compose import check_last_seed, plan_of, scenario_of
from experiments.settings.mixtures import of_strategy
from experiments.settings.request import REPLICATED_KEYS, Command, Request
from experiments.settings.uncertain import FIELD, factors, scenario_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.settings.uncertain import Factor
    from sim.scenario import Scenario

COMMAND = Command(
    name="sensitivity",
    summary="Find the uncertain parameters on which outcomes, and differences between strategies, hang: a screen by "
    "Morris's method, then Sobol indices, each with its interval and the share that is chance.",
    keys={
        "strategies": "of the first, outcomes are looked at; of the others, their paired differences to the first",
        "outcomes": "indicators that are looked at",
        "parameters": "names, patterns (people.search.*), name=low..high; null: a list of assumptions, "
        "see experiments/settings/uncertain.py",
        "trajectories": "of Morris's screen, 4 or more; 0: no screen, all parameters get Sobol indices",
        "samples": "base samples of the Sobol indices, a power of two; 0: the screen alone",
        "screened_to": "parameters that the screen passes on",
        "replications": "seeds at each point, the same at all of them and in all strategies; from 2, chance is told",
        "most_runs": "a study of more runs is refused",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    examples=(
        "beatlab sensitivity city=town strategies=[reactive,hotspot,integrated]",
        "beatlab sensitivity 'parameters=[people.search.*,\"presence.half_life_min=20..90\"]' samples=0",
        "beatlab sensitivity samples=64   # tomorrow, after samples=32: the store has half of it",
    ),
)
FEWEST_TRAJECTORIES = 4
FEWEST_SAMPLES = 8


class Target(NamedTuple):
    """What may hang on parameters: an outcome of the first strategy, or the difference of another one to it.

    Attributes
    ----------
    outcome : str
        An indicator.
    strategy : str
        Whose it is.
    baseline : str or None
        The strategy that is subtracted on the same seed; None: none is.
    """

    outcome: str
    strategy: str
    baseline: str | None = None


@dataclass(frozen=True)
class Study:
    """What is varied.

    Attributes
    ----------
    factors : sequence of Factor
        The parameters.
    trees : mapping
        Strategy → its settings, the first one's first.
    targets : sequence of Target
        What is looked at.
    """

    factors: Sequence[Factor]
    trees: Mapping[str, Mapping[str, Any]]
    targets: Sequence[Target]

    @property
    def baseline(self) -> str:
        """The first strategy."""
        return next(iter(self.trees))

    def scenario(self, strategy: str, values: Mapping[str, float]) -> Scenario:
        """Return the scenario of a strategy with values of parameters, with the first seed."""
        return scenario_with(self.trees[strategy], values)


def design(request: Request) -> tuple[dict[str, Any], Study]:
    """Turn what the user asked for into a checked design.

    Returns
    -------
    plan : dict
        The keys of the command itself.
    study : Study
        What is varied, and what is looked at.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from sim.parameters import BadInput

    command, choices, values = request.command.name, request.choices, request.values
    first = of_strategy(command, choices.get("strategy", "reactive"), choices, values)
    plan = _plan(first)
    trees = {name: of_strategy(command, name, choices, values) for name in plan["strategies"]}
    varied = factors(plan[FIELD], next(iter(trees.values())))
    for tree in trees.values():
        factors([one.name for one in varied], tree)  # refuses what another strategy does not have
    baseline, *others = trees
    targets = [
        *(Target(outcome, baseline) for outcome in plan["outcomes"]),
        *(Target(outcome, other, baseline) for other in others for outcome in plan["outcomes"]),
    ]
    if (runs := most_runs(plan, len(varied))) > plan["most_runs"]:
        raise BadInput("most_runs", plan["most_runs"], f"at least the {runs:,} runs that this makes, or fewer samples")
    check_last_seed(scenario_of(trees[baseline], COMMAND.keys), plan["replications"])
    return plan, Study(varied, trees, targets)


def most_runs(plan: Mapping[str, Any], parameters: int) -> int:
    """Return how many runs a study takes at most, if the store has none of them."""
    passed = min(parameters, plan["screened_to"]) if plan["trajectories"] else parameters
    points = 1 + plan["trajectories"] * (parameters + 1) + plan["samples"] * (passed + 2)
    runs: int = points * len(plan["strategies"]) * plan["replications"]
    return runs


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to the study itself."""
    from pydantic import Field

    from experiments.presentation.dictionary import check_measured
    from sim.parameters import BadInput

    lists = {key: [tree[key]] for key in ("strategies", "outcomes", FIELD) if isinstance(tree[key], str)}
    plan = plan_of(
        {**tree, **lists},
        strategies=(list[str], Field(min_length=1, max_length=20)),
        outcomes=(list[str], Field(min_length=1, max_length=12)),
        parameters=(list[str] | None, None),
        trajectories=(int, Field(ge=0, le=10_000)),
        samples=(int, Field(ge=0, le=2**20)),
        screened_to=(int, Field(ge=1, le=1_000)),
        replications=(int, Field(ge=1, le=1_000)),
        most_runs=(int, Field(ge=1, le=10_000_000)),
        language=(str, ENGLISH),
    )
    check_language(plan["language"])
    for key in ("strategies", "outcomes"):
        plan[key] = list(dict.fromkeys(plan[key]))
    for outcome in plan["outcomes"]:
        check_measured("outcomes", outcome)
    samples, trajectories = plan["samples"], plan["trajectories"]
    if samples and (samples < FEWEST_SAMPLES or samples & (samples - 1)):
        raise BadInput("samples", samples, f"0, or a power of two from {FEWEST_SAMPLES}: 32, 64, 128")
    if 0 < trajectories < FEWEST_TRAJECTORIES:
        raise BadInput("trajectories", trajectories, f"0, or {FEWEST_TRAJECTORIES} and more")
    if not samples and not trajectories:
        raise BadInput("samples", samples, "a power of two, or trajectories above 0: there is nothing to run")
    return plan
