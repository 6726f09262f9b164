"""The design of a sweep: what the user asked for, checked, as one scenario a point, and that of its baseline."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from experiments.languages.speech import ENGLISH, check_language
from experiments.settings.compose import (
    MIX,
    check_last_seed,
    check_option,
    compose,
    leaves,
    plan_of,
    scenario_of,
    shortage_keys,
    with_values,
)
from experiments.settings.mixtures import of_strategy
from experiments.settings.overrides import GROUPS
from experiments.settings.request import REPLICATED_KEYS, Command, Request
from experiments.sweep.points import FULL, points_of, read_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.sweep.points import Point
    from sim.scenario import Scenario

COMMAND = Command(
    name="sweep",
    summary="Run every combination of settings, paired over seeds; what has been run is never run again.",
    keys={
        "baseline": "strategy whose difference to every point is taken on the same seeds; null: the first of a sweep",
        "replications": "runs of each point; run r has the seed + r for all of them",
        "precision": "half-width of the 95 % intervals of differences, in the unit of the table: replications are "
        "added until all points are as precise; null: `replications`",
        "most_replications": "of those that are added; with a precision `replications` is the fewest, 20 or more",
        "design": "full: every combination; lhs, sobol: a sample of `points` of them, also from interval(5,25)",
        "points": "points of a sample",
        "points_csv": "CSV file instead: columns are groups or keys, each line is a point",
        "indicator": "whose paired differences are analysed",
        "keep": "what is kept of each run: indicators, daily (with a row a day), or tables (everything)",
        "timeout_min": "minutes after which a run is given up; null: never",
        "part": "k/n: this command runs the k-th of n parts alone, the store gathers them",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    examples=(
        "beatlab sweep city=town strategy=reactive,hotspot shortage=none,uniform30 'strategy.dwell_min=range(5,25,5)' "
        "replications=20 days=28",
        "beatlab sweep strategy=reactive,hotspot 'force.officers=interval(80,200)' design=lhs points=50",
        "beatlab sweep points_csv=points.csv store=/shared/store --part 3/40",
        "beatlab sweep points_csv=points.csv store=/shared/store engine=slurm engine.minutes=20 --detach",
    ),
    sweeps=True,
)
MOST_RUNS = 1_000_000
OWN = ("strategy.", "shortage.", "programmes.")  # keys that a strategy or a shortage has or has not
FIXED = {*COMMAND.keys} - {"days", "warmup_days"}  # keys of the command that cannot vary within a sweep


class Placed(NamedTuple):
    """A point with its scenario.

    Attributes
    ----------
    factors : dict
        Factor → value; None where it means nothing for this strategy or shortage.
    scenario : Scenario
        With the first seed.
    """

    factors: dict[str, Any]
    scenario: Scenario


def design(request: Request) -> tuple[dict[str, Any], list[Placed], list[Placed]]:
    """Turn what the user asked for into a checked design.

    Parameters
    ----------
    request : Request
        The settings that are the same everywhere, and the factors that vary.

    Returns
    -------
    plan : dict
        The keys of the command itself.
    points : list of Placed
        Different ones, in the order of the design: points that differ in what means nothing are one.
    twins : list of Placed
        Of each point the baseline under the same other settings; empty without a baseline.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from pydantic import Field

    from experiments.presentation.dictionary import check_measured
    from sim.parameters import BadInput

    factors = request.factors
    for factor in factors:
        _check_varies(factor.name, "several values")
    one_strategy = {key: value for key, value in request.values.items() if not key.startswith(OWN) or key in MIX}
    plan = plan_of(
        compose(request.command.name, request.choices, one_strategy),
        baseline=(str | None, None),
        replications=(int, Field(ge=1, le=10_000)),
        precision=(float | None, Field(None, gt=0)),
        most_replications=(int, Field(ge=1, le=10_000)),
        design=(Literal["full", "lhs", "sobol"], FULL),
        points=(int, Field(ge=1, le=100_000)),
        points_csv=(str | None, None),
        indicator=(str, Field(min_length=1)),
        keep=(Literal["indicators", "daily", "tables"], "indicators"),
        timeout_min=(float | None, Field(None, gt=0, le=100_000)),
        part=(str | None, None),
        language=(str, ENGLISH),
    )
    check_language(plan["language"])
    check_measured("indicator", plan["indicator"])
    if plan["store"] is None:
        raise BadInput("store", None, "a folder: a sweep lives in a store")
    if plan["points_csv"] is not None and (factors or plan["design"] != FULL):
        given = factors[0].name if factors else "design"
        raise BadInput(given, "several values" if factors else plan["design"], "left out with points_csv")
    if plan["points_csv"] is None:
        raw = points_of(factors, plan["design"], plan["points"], _seed(request))
    else:
        raw = read_points(plan["points_csv"])
        for name, value in dict(pair for point in raw for pair in point.items()).items():
            _check_varies(name, value)
    most = "replications" if plan["precision"] is None else "most_replications"
    if plan[most] < plan["replications"]:
        raise BadInput(most, plan[most], f"at least replications={plan['replications']}")
    if (runs := len(raw) * plan[most]) > MOST_RUNS:
        raise BadInput(most, plan[most], f"at most {MOST_RUNS:,} runs; this makes {runs:,}")
    plan["part"] = _part(plan["part"])
    if plan["part"] is not None and plan["precision"] is not None:
        raise BadInput("precision", plan["precision"], "left out beside a part, which does not see the others")
    plan["factors"] = list(dict.fromkeys(name for point in raw for name in point))
    composer = Composer(request)
    points = composer.placed(raw)
    strategies = list(dict.fromkeys(str(point.factors.get("strategy")) for point in points))
    if plan["baseline"] is None and "strategy" in plan["factors"]:
        plan["baseline"] = strategies[0]
    if plan["baseline"] is not None:
        check_option("strategy", plan["baseline"].partition(" with")[0], field="baseline")
    twins = [] if plan["baseline"] is None else composer.twins(points, plan["baseline"])
    if not twins and plan["precision"] is not None:
        raise BadInput("precision", plan["precision"], "left out, or with a baseline to differ from")
    check_last_seed(points[0].scenario, plan[most])
    return plan, points, twins


def _check_varies(name: str, value: object) -> None:
    """Refuse a key of the command, or of its engine, as a factor."""
    from sim.parameters import BadInput

    if name.partition(".")[0] in FIXED or name == "runner":
        allowed = f"one value for the whole sweep; what may vary are groups and keys of the scenario, not {name}"
        raise BadInput(name, value, allowed)


class Composer:
    """Makes the scenarios of points.

    Parameters
    ----------
    request : Request
        The settings that are the same everywhere.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self._tree = lru_cache(maxsize=None)(self._compose)

    def placed(self, raw: Sequence[Point]) -> list[Placed]:
        """Return the different points, each with its scenario; a key that no point has a use for is refused."""
        from sim.parameters import BadInput

        found: dict[str, Placed] = {}
        used: set[str] = set()
        for point in raw:
            placed = self.place(point)
            used |= {name for name, value in placed.factors.items() if value is not None}
            found.setdefault(placed.scenario.model_dump_json(), placed)
        for name in dict.fromkeys(name for point in raw for name in point):
            if name not in used:
                value = next(point[name] for point in raw if name in point)
                raise BadInput(name, value, "a key that a strategy or shortage of the sweep has; none of these has it")
        return list(found.values())

    def twins(self, points: Sequence[Placed], baseline: str) -> list[Placed]:
        """Return the baseline under the other settings of each point."""
        twins = []
        for point in points:
            kept = {name: value for name, value in point.factors.items() if value is not None}
            others = {name: value for name, value in kept.items() if not name.startswith(("strategy.", "programmes."))}
            twins.append(self.place({**others, "strategy": baseline}))
        return twins

    def place(self, point: Point) -> Placed:
        """Return a point with its scenario."""
        from sim.parameters import BadInput

        for name, value in point.items():
            if name in GROUPS and not isinstance(value, str):
                raise BadInput(name, value, "the name of an option")
        groups = {name: value for name, value in point.items() if name in GROUPS}
        tree, allowed = self._tree(tuple(sorted(groups.items())))
        values = {**self.request.values, **{name: value for name, value in point.items() if name not in GROUPS}}
        fits = {name for name in values if not name.startswith(OWN) or name in MIX or name in allowed}
        own = {name: value for name, value in values.items() if name in fits - MIX}
        scenario = scenario_of(with_values(tree, own), self.request.command.keys)
        factors = {name: value if name in fits or name in GROUPS else None for name, value in point.items()}
        return Placed(factors, scenario)

    def _compose(self, groups: tuple[tuple[str, str], ...]) -> tuple[dict[str, Any], set[str]]:
        """Return the settings of a choice of groups, and the keys that its strategy and its shortage have."""
        chosen = {**self.request.choices, **dict(groups)}
        common = {key: value for key, value in self.request.values.items() if not key.startswith(OWN) or key in MIX}
        strategy, shortage = chosen.pop("strategy", None), chosen.get("shortage", "none")
        name = self.request.command.name
        if strategy is None:
            tree = compose(name, chosen, common)
        else:
            tree = of_strategy(name, strategy, chosen, common, "strategy")
        keys = {key for key in leaves(tree) if key.startswith(("strategy.", "programmes."))} - MIX
        return tree, keys | shortage_keys(shortage)


def _part(text: str | None) -> tuple[int, int] | None:
    """Read `3/40`: the third of forty parts."""
    from sim.parameters import BadInput

    if text is None:
        return None
    number, slash, of = str(text).partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise BadInput("part", text, "k/n with 1 ≤ k ≤ n, such as 3/40")
    return int(number), int(of)


def _seed(request: Request) -> int:
    """Return the first seed that the user gave, of which a sample of points is drawn too; else 1."""
    seed = request.values.get("seed", 1)
    return seed if isinstance(seed, int) and seed >= 0 else 1
