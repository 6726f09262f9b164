"""Further runs of the status quo with more and fewer officers, which tell what options are worth in officers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.city.city import City
    from sim.scenario import Scenario

GRID = (-0.2, -0.1, -0.05, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0)  # officers more, of those of the status quo
OUTCOMES = (
    "crimes_total",
    "harm_total",
    "response_p1_median_min",
    "response_p1_p90_min",
    "calls_unserved_share",
    "clearance_rate",
)
TARGET = re.compile(r"(\w+) ?(<=|>=) ?(-?\d+(?:\.\d+)?)")
_EXAMPLE = "such as 'response_p1_p90_min<=10', in the unit of the tables"


class Staffed(NamedTuple):
    """The status quo with other officers.

    Attributes
    ----------
    point : tuple of str
        The shortage, and what is said of the runs.
    officers : int
        So many more sworn officers, below 0 fewer.
    post : str or None
        Where; None: in all posts in proportion.
    scenarios : list of Scenario
        As those of the status quo, one a set of parameters.
    """

    point: tuple[str, str]
    officers: int
    post: str | None
    scenarios: list[Scenario]


class Target(NamedTuple):
    """What an indicator shall be at most, or at least."""

    indicator: str
    at_least: bool
    value: float


def read_target(text: str | None) -> Target | None:
    """Read a target such as `response_p1_p90_min<=10`.

    Raises
    ------
    BadInput
        For anything else, and for an outcome for which officers are not counted.
    """
    from sim.parameters import BadInput

    if text is None:
        return None
    found = TARGET.fullmatch(text.strip())
    if found is None:
        raise BadInput("target", text, f"an outcome, <= or >=, and a number, {_EXAMPLE}")
    if found[1] not in OUTCOMES:
        raise BadInput("target", text, f"one of the outcomes {', '.join(OUTCOMES)}, {_EXAMPLE}")
    return Target(found[1], found[2] == ">=", float(found[3]))


def staffed(plan: Mapping[str, Any], city: City) -> list[Staffed]:
    """Return the further runs that were asked for; none without `equivalents`, `target` or `next_officers`.

    A number of fewer officers that some post does not have is left out.

    Raises
    ------
    BadInput
        If there are more officers asked for than the model allows.
    """
    short = [name for name in plan["shortages"] if name != "none" and name not in plan["levers"]]
    told = short[0] if short else plan["shortages"][0]
    scenarios = plan["variants"][told, plan["baseline"]]
    wanted: list[tuple[int, str | None]] = []
    officers, posts = _officers(scenarios[0], city)
    if plan["equivalents"] or plan["target"]:
        wanted += [(number, None) for number in dict.fromkeys(round(part * officers) for part in GRID) if number]
    if plan["next_officers"]:
        wanted += [(sign * plan["next_officers"], post) for sign in (1, -1) for post in posts]
    found = []
    for number, post in wanted:
        changed = [_with_officers(scenario, number, post) for scenario in scenarios]
        if number > 0 or all(_can_be(scenario, city) for scenario in changed):
            said = f"{plan['baseline']}, {number:+d} officers{f' in {post}' if post else ''}"
            found.append(Staffed((told, said), number, post, changed))
    return found


def _with_officers(scenario: Scenario, number: int, post: str | None) -> Scenario:
    """Return a scenario with so many more sworn officers from the first measured day on."""
    from scenarios.parts import period, with_heads

    return with_heads(scenario, period("staffing", 0, None, 0), [{"post": post, "auxiliaries": False, "heads": number}])


def _officers(scenario: Scenario, city: City) -> tuple[float, list[str]]:
    """Return how many sworn officers there are on the first measured day, and the posts that have any."""
    from experiments.settings.personnel import personnel
    from sim.police.posts import POST_NAMES

    there = personnel(scenario, city)
    sworn = ~there.groups["auxiliary"]
    posts = [
        name for post, name in enumerate(POST_NAMES) if there.heads[(there.groups["post"] == post) & sworn].sum() > 0
    ]
    return there.officers, posts


def _can_be(scenario: Scenario, city: City) -> bool:
    """Whether no post has fewer than nobody."""
    from experiments.settings.personnel import personnel
    from sim.parameters import BadInput

    try:
        personnel(scenario, city)
    except BadInput:
        return False
    return True
