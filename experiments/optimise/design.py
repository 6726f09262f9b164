"""The design of a search: what may be combined, within what, and by which outcomes, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.languages.speech import ENGLISH, check_language
from experiments.settings.compose import MIX, check_last_seed, compose, leaves, plan_of, scenario_of, with_values
from experiments.settings.mixtures import of_strategy
from experiments.settings.request import REPLICATED_KEYS, Command, Request
from experiments.settings.situation import COMBINED, TOGETHER, check_lever, lever_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.scenario import Scenario

COMMAND = Command(
    name="optimise",
    summary="Search for the best use of levers and strategies within a budget; what it finds is tried on fresh seeds.",
    keys={
        "strategies": "names that may be chosen; the first is what is done today,",
        "levers": "levers that may be combined, each in quarters of its size: names, or {kind:auxiliaries,heads:40}",
        "outcomes": "one to three indicators to make better; the first one decides",
        "baseline": "strategy of today; null: the first",
        "budget": "yuan per year that the police have; null: no limit",
        "personnel": "most people on the payroll, officers and auxiliaries together; null: no limit",
        "combinations": "combinations tried beside each strategy and each lever alone",
        "sampler": "how combinations are chosen: tpe, or nsga2",
        "replications": "runs of each candidate in the search; run r has the seed + r for all of them",
        "fresh": "runs on seeds that the search has not seen, at least 3, by which candidates are judged",
        "confirm": "how many candidates get them, beside the status quo and the best single measure",
        "language": "of answer, table, page and figure: en or zh",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    examples=(
        "beatlab optimise --situation mine.yaml",
        "beatlab optimise shortage=uniform30 budget=9000000 'levers=[auxiliaries,overtime,diversion]'",
        "beatlab optimise city=town 'levers=[{kind:auxiliaries,heads:8},overtime]' combinations=12 days=28",
    ),
)
STEPS = 4  # in which the size of a lever is tried
SAMPLERS = ("tpe", "nsga2")
COST = "cost_police"


class Candidate(NamedTuple):
    """One combination.

    Attributes
    ----------
    strategy : str
        Its strategy.
    sizes : tuple of int
        Of each lever, in the order of `Space.levers`: 0 where it is not used, else which of its sizes, from 1.
    """

    strategy: str
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Space:
    """What may be combined.

    Attributes
    ----------
    baseline : str
        The strategy of today.
    trees : mapping
        Strategy → its settings, those of today's first.
    levers : mapping
        Kind of a lever → its settings in each size, the smallest first.
    missing : mapping
        Settings of the shortage.
    own : container of str
        Keys of the command, which are none of a scenario.
    """

    baseline: str
    trees: Mapping[str, Mapping[str, Any]]
    levers: Mapping[str, list[dict[str, Any]]]
    missing: Mapping[str, Any]
    own: Iterable[str]

    @property
    def status_quo(self) -> Candidate:
        """Today's strategy without any lever."""
        return Candidate(self.baseline, (0,) * len(self.levers))

    @property
    def single(self) -> list[Candidate]:
        """Each other strategy without a lever, and each lever alone in each of its sizes."""
        none = self.status_quo.sizes
        of_strategies = [Candidate(name, none) for name in self.trees if name != self.baseline]
        of_levers = [
            Candidate(self.baseline, (*none[:at], size, *none[at + 1 :]))
            for at, tried in enumerate(self.levers.values())
            for size in range(1, len(tried) + 1)
        ]
        return [*of_strategies, *of_levers]

    def measures(self, candidate: Candidate) -> list[dict[str, Any]]:
        """Return the settings of the levers that a candidate uses."""
        return [tried[size - 1] for tried, size in zip(self.levers.values(), candidate.sizes, strict=True) if size]

    def name(self, candidate: Candidate) -> str:
        """Return what a candidate is called: its strategy if it is not today's, and its levers; today's by its name."""
        strategy = [candidate.strategy] if candidate.strategy != self.baseline else []
        return TOGETHER.join([*strategy, *map(lever_name, self.measures(candidate))]) or self.baseline

    def scenario(self, candidate: Candidate) -> Scenario:
        """Return the scenario of a candidate with the first seed.

        Raises
        ------
        BadInput
            If levers and shortage contradict each other.
        """
        parts = [part for part in (self.missing, *self.measures(candidate)) if part["kind"] != "none"]
        shortage = {"kind": COMBINED, "parts": parts} if parts else {"kind": "none"}
        return scenario_of({**self.trees[candidate.strategy], "shortage": shortage}, set(self.own))


def design(request: Request) -> tuple[dict[str, Any], Space]:
    """Turn what the user asked for into a checked design.

    Returns
    -------
    plan : dict
        The keys of the command itself.
    space : Space
        What may be combined.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    values = {key: value for key, value in request.values.items() if not _of_mix(key)}
    own = {key: value for key, value in request.values.items() if _of_mix(key)}
    tree = compose(request.command.name, request.choices, values)
    situation = request.situation
    plan = _plan({**tree, "levers": list(situation.levers.values())} if situation and situation.levers else tree)
    missing = tree["shortage"] if situation is None else situation.shortages[situation.name]
    of_shortage = {key: value for key, value in own.items() if key.startswith("shortage.")}
    if of_shortage:
        missing = with_values({**tree, "shortage": missing}, of_shortage)["shortage"]
    trees = {
        name: _with_own(of_strategy(request.command.name, name, request.choices, values), own)
        for name in dict.fromkeys([plan["baseline"], *plan["strategies"]])
    }
    _check_used(own, trees.values(), of_shortage)
    space = Space(plan["baseline"], trees, levers_in_sizes(plan["levers"]), missing, request.command.keys)
    if len(space.single) == 0:
        from sim.parameters import BadInput

        raise BadInput("levers", plan["levers"], "at least one lever, or a second strategy: there is nothing to choose")
    check_last_seed(space.scenario(space.status_quo), plan["replications"] + plan["fresh"])
    return plan, space


def measured(plan: Mapping[str, Any]) -> list[str]:
    """Return the indicators that a search looks at."""
    from experiments.presentation.indicators import UNSERVED

    return list(dict.fromkeys([*plan["outcomes"], COST, UNSERVED]))


def levers_in_sizes(levers: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return each lever in the sizes in which it is tried, the smallest first.

    A lever that is listed once is tried in quarters of its size; one that is listed in several sizes, in these.

    Parameters
    ----------
    levers : iterable of mapping
        Settings, each with its kind.
    """
    from scenarios.levers import size_of

    by_kind: dict[str, list[dict[str, Any]]] = {}
    for lever in levers:
        parts = lever["parts"] if lever["kind"] == COMBINED else [lever]
        for part in parts:
            if part not in by_kind.setdefault(part["kind"], []):
                by_kind[part["kind"]].append(dict(part))
    for kind, listed in by_kind.items():
        size = size_of(listed[0])
        if len(listed) == 1 and size is not None:
            by_kind[kind] = _quarters(listed[0], *size)
        else:
            listed.sort(key=lambda one: (size_of(one) or ("", 0.0))[1])
    return by_kind


def _quarters(lever: Mapping[str, Any], name: str, size: float) -> list[dict[str, Any]]:
    """Return a lever in quarters of its size, of people in whole numbers."""
    parts = [size * step / STEPS for step in range(1, STEPS + 1)]
    if name == "heads":
        return [{**lever, name: heads} for heads in dict.fromkeys(round(part) for part in parts) if heads]
    return [{**lever, name: round(part, 6)} for part in parts]


def _of_mix(key: str) -> bool:
    """Whether a key belongs to a strategy, a programme or a shortage, which not all candidates have."""
    return key.startswith(("strategy.", "programmes.", "shortage.")) and key not in MIX


def _with_own(tree: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a strategy with those of the user's values that it has."""
    known = {key for key in leaves(tree) if key.startswith(("strategy.", "programmes."))}
    return with_values(tree, {key: value for key, value in own.items() if key in known})


def _check_used(own: Mapping[str, Any], trees: Iterable[Mapping[str, Any]], used: Mapping[str, Any]) -> None:
    """Refuse a value of a strategy or programme that no candidate has."""
    from sim.parameters import BadInput

    known = {key for tree in trees for key in leaves(tree)}
    for key, value in own.items():
        if key not in known and key not in used:
            raise BadInput(key, value, "a key that one of the strategies has; none of these has it")


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to the search itself."""
    from pydantic import Field

    from experiments.presentation.dictionary import check_measured
    from experiments.settings.compose import check_option
    from scenarios.shortages import shortage
    from sim.parameters import BadInput

    lists = {key: [tree[key]] for key in ("strategies", "levers", "outcomes") if isinstance(tree[key], str)}
    plan = plan_of(
        {**tree, **lists},
        strategies=(list[str], Field(min_length=1)),
        levers=(list[str | dict[str, Any]], Field()),
        outcomes=(list[str], Field(min_length=1, max_length=3)),
        baseline=(str | None, None),
        budget=(float | None, Field(None, gt=0)),
        personnel=(int | None, Field(None, ge=1)),
        combinations=(int, Field(ge=0, le=10_000)),
        sampler=(str, Field(pattern=f"^({'|'.join(SAMPLERS)})$")),
        replications=(int, Field(ge=1, le=1_000)),
        fresh=(int, Field(ge=3, le=1_000)),
        confirm=(int, Field(ge=1, le=100)),
        language=(str, ENGLISH),
    )
    check_language(plan["language"])
    plan["baseline"] = plan["baseline"] or plan["strategies"][0]
    found = []
    for at, lever in enumerate(plan["levers"]):
        if isinstance(lever, str):
            check_option("shortage", lever, field="levers")
            lever = shortage(lever)
        check_lever(lever, f"levers.{at}")
        found.append(lever)
    plan["levers"] = found
    for name in plan["outcomes"]:
        check_measured("outcomes", name)
        if not _good(name):
            raise BadInput("outcomes", name, "an indicator of which more or less is better, such as harm_total")
    return plan


def _good(name: str) -> int:
    from experiments.presentation.indicators import indicator

    return indicator(name).good
