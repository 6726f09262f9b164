"""The design of a calibration: which parameters, which patterns, in which place, and how many runs, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, check_language
from experiments.patterns.studies import LARGE_PLACES, PLACES, STUDIES
from experiments.settings.compose import check_last_seed, compose, plan_of
from experiments.settings.request import REPLICATED_KEYS, Command
from experiments.settings.uncertain import factors, scenario_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.calibrate.own_file import OwnFile
    from experiments.calibrate.targets import Target, Values
    from experiments.patterns.pattern import Pattern
    from experiments.settings.request import Request
    from experiments.settings.uncertain import Factor
    from sim.scenario import Scenario

COMMAND = Command(
    name="calibrate",
    summary="Find the values of parameters that go with published patterns, as a set of vectors with weights.",
    keys={
        "place": f"whose bands count: {', '.join((*PLACES, *LARGE_PLACES))}",
        "parameters": "dotted names, patterns of them with *, or name=low..high; null: all that are held uncertain",
        "patterns": "names of patterns that may be calibrated to; null: all that the place, or the user's file, shows",
        "screen": "trajectories of the screen, (parameters + 1) vectors each, at least 2",
        "search": "vectors that the search for the best single one tries; 0: none",
        "waves": "waves of history matching after the first, which is spread over all ranges",
        "points": "vectors in each wave",
        "replications": "runs of each vector, at least 2; run r has the seed + r for all of them",
        "fresh": "runs on other seeds with the parameters as they are, and as many with vectors of the set",
        "vectors": "rows of the set of parameters that is written",
        "holdout": "last share of the time in city.incidents_csv that nothing is fitted to, with city=from_data",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    fixed=("preset",),
    examples=(
        "beatlab calibrate 'parameters=[demand.reporting.trust_slope,dispatch.scene_factor]'",
        "beatlab calibrate 'parameters=[\"patrol.speed_share=0.4..1\",dispatch.*]' 'patterns=[p1_reached,p3_reached]'",
        "beatlab calibrate city=from_data city.incidents_csv=mine.csv days=91 'parameters=[people.search.*]'",
    ),
)


@dataclass(frozen=True)
class Problem:
    """What is to be calibrated to what.

    Attributes
    ----------
    tree : mapping
        Settings of the place.
    factors : tuple of Factor
        The parameters with their ranges, over which the prior is even.
    patterns : tuple of Pattern
        What is measured in a run.
    targets : tuple of Target
        Their bands.
    own : OwnFile or None
        The user's file that is fitted in place of published patterns, of which there are none then.
    """

    tree: Mapping[str, Any]
    factors: tuple[Factor, ...]
    patterns: tuple[Pattern, ...]
    targets: tuple[Target, ...]
    own: OwnFile | None = None

    @property
    def names(self) -> list[str]:
        """Names of the parameters."""
        return [one.name for one in self.factors]

    @property
    def usual(self) -> Values:
        """The parameters as they are, as shares of their ranges, shape [parameters]."""
        import numpy as np

        return np.array([share_of(one, one.default) for one in self.factors])

    def values(self, shares: Values) -> dict[str, float]:
        """Return the parameters of a vector of shares in their units."""
        return {one.name: one.at(float(share)) for one, share in zip(self.factors, shares, strict=True)}

    def scenario(self, shares: Values | None = None) -> Scenario:
        """Return the scenario of a vector with the first seed; None: the parameters as they are.

        Raises
        ------
        BadInput
            For values that do not go together.
        """
        return scenario_with(self.tree, {} if shares is None else self.values(shares))

    def showing(self, at: Sequence[int]) -> Problem:
        """Return the same with some of its patterns."""
        some = tuple(self.targets[i] for i in at)
        if self.own is None:
            return replace(self, patterns=tuple(self.patterns[i] for i in at), targets=some)
        left = self.own._replace(
            names=tuple(one.name for one in some), first=self.own.first[at], last=self.own.last[at]
        )
        return replace(self, targets=some, own=left)


def share_of(factor: Factor, value: float) -> float:
    """Return where a value is in the range of a parameter: 0 at its low end, 1 at its high one."""
    import math

    low, high = factor.low, factor.high
    if factor.log:
        low, high, value = math.log(low), math.log(high), math.log(max(value, factor.low))
    return min(max((value - low) / (high - low), 0.0), 1.0)


def design(request: Request) -> tuple[dict[str, Any], Problem]:
    """Turn what the user asked for into a checked design.

    Returns
    -------
    plan : dict
        The keys of the command itself.
    problem : Problem
        Parameters and patterns.

    Raises
    ------
    BadInput
        For anything that is not allowed; for a pattern that is kept to test the model.
    """
    from experiments.calibrate.own_file import read_own
    from sim.parameters import BadInput

    if "preset" in request.choices:
        raise BadInput("preset", request.choices["preset"], "left out: place says it")
    place = request.values.get("place", PLACES[0])
    if place not in (*PLACES, *LARGE_PLACES):
        raise BadInput("place", place, f"one of {', '.join((*PLACES, *LARGE_PLACES))}")
    study = STUDIES[place]
    made_up = {} if "city" in request.choices else study.place
    tree = compose(COMMAND.name, {**request.choices, "preset": study.preset}, {**made_up, **request.values})
    plan = _plan(tree)
    own = {key: value for key, value in tree.items() if key not in COMMAND.keys or key in _OF_SCENARIOS}
    varied = factors(plan["parameters"], own)
    if own["city"]["kind"] == "from_data":
        file = read_own(own, plan["holdout"], plan["patterns"])
        problem = Problem(own, tuple(varied), (), file.targets, file)
    else:
        patterns = _patterns(plan["patterns"], place)
        problem = Problem(own, tuple(varied), tuple(patterns), tuple(_target(one, place) for one in patterns))
    _check_enough(plan, len(varied))
    check_last_seed(problem.scenario(), plan["replications"] + plan["fresh"])
    return plan, problem


_OF_SCENARIOS = ("days", "warmup_days", "seed")


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to a calibration itself."""
    from pydantic import Field

    lists = {key: [tree[key]] for key in ("parameters", "patterns") if isinstance(tree[key], str)}
    plan = plan_of(
        {**tree, **lists},
        place=(str, Field()),
        parameters=(list[str] | None, Field(None, min_length=1)),
        patterns=(list[str] | None, Field(None, min_length=1)),
        screen=(int, Field(ge=2, le=1_000)),
        search=(int, Field(ge=0, le=100_000)),
        waves=(int, Field(ge=0, le=20)),
        points=(int, Field(ge=1, le=100_000)),
        replications=(int, Field(ge=2, le=1_000)),
        fresh=(int, Field(ge=5, le=10_000)),
        vectors=(int, Field(ge=2, le=100_000)),
        holdout=(float, Field(ge=0.01, le=0.9)),
        language=(str, ENGLISH),
    )
    check_language(plan["language"])
    return {**plan, "days": tree["days"], "seed": tree["seed"]}


def _patterns(names: list[str] | None, place: str) -> list[Pattern]:
    """Return the patterns that are named, or all that may be calibrated to and have a band in a place."""
    from experiments.patterns.published import for_calibration, published
    from sim.parameters import BadInput

    if names is None:
        return [one for one in published() if one.use == "calibrate" and _has_band(one, place)]
    found = for_calibration(dict.fromkeys(names))
    for one in found:
        if not _has_band(one, place):
            places = [name for name in (*PLACES, *LARGE_PLACES) if _has_band(one, name)]
            raise BadInput("patterns", one.name, f"a pattern with a band in {place}; it has one in {', '.join(places)}")
    return found


def _has_band(pattern: Pattern, place: str) -> bool:
    return pattern.bands.get(place, (None, None)) != (None, None)


def _target(pattern: Pattern, place: str) -> Target:
    from experiments.calibrate.targets import Target

    low, high = pattern.bands[place]
    return Target(pattern.name, pattern.title, pattern.unit, pattern.source, low, high)


def _check_enough(plan: Mapping[str, Any], parameters: int) -> None:
    """Refuse a design whose stand-ins would know next to nothing."""
    from experiments.calibrate.simulated import LEAST_VECTORS
    from sim.parameters import BadInput

    least = -(-LEAST_VECTORS * parameters // (plan["waves"] + 1))
    if plan["points"] < least:
        raise BadInput("points", plan["points"], f"{least} or more, with {parameters} parameters")
