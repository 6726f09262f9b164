"""Uncertain parameters of a scenario: which they are, and between which bounds each may lie.

What a study varies: sensitivity, calibration, and sets of parameters use the same names and bounds.
"""

from __future__ import annotations

import math
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from experiments.settings.compose import leaf_values, scenario_of, with_values
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic.fields import FieldInfo

    from sim.scenario import Scenario

FIELD = "parameters"
PARTS = (  # of a scenario, whose parameters say how people, places and officers behave
    "demand", "opportunity", "people", "force", "patrol", "presence", "dispatch", "calls", "posts", "investigation",
    "coordination", "strategy", "programmes",
)  # fmt: skip
DECLARED, WORKING, ASSUMED, GIVEN = BASES = (
    Notice("declared bounds"), Notice("working range"), Notice("a third to three times its value"),
    Notice("given by the user"),
)  # fmt: skip
WIDE = (
    10.0  # declared bounds that reach beyond so many times the value only keep out nonsense; of a value of 0: beyond 1
)
AROUND = 3.0  # such a parameter is tried between its value divided by this, and multiplied by it
LOG_FROM = 4.0  # a range whose ends are at least this far apart, as a ratio, is gone through by its logarithm
INSIDE = 0.01  # share of the range by which an end is moved in that may not be reached
RANGE = re.compile(r"(?P<name>[^=]+)=(?P<low>[^=]+?)\.\.(?P<high>[^=]+)")

UNCERTAIN: dict[str, tuple[float, float, str]] = {  # name → low, high, why this far and no further
    # where and when an offence is possible
    "opportunity.guardianship": (0.0, 1.0, "from no guardians to odds that halve as people nearby double"),
    "people.residents.dwelling_spread": (0.2, 1.4, "from homes that are nearly alike to few that bear most"),
    "people.offenders.share": (0.003, 0.02, "from half of the 0.5–1 % that is assumed to twice of it"),
    "people.offenders.searches_per_day": (0.2, 2.0, "from one search in five days to two a day"),
    "people.offenders.propensity_shape": (0.2, 1.5, "from a handful who commit nearly all to a mild inequality"),
    "people.search.mean_distance_m": (300.0, 2000.0, "from the next streets to a ride of ten minutes"),
    "people.search.foraging_weight": (0.0, 2.0, "from no return to places of success to hardly anything else"),
    "demand.event_dependence.dwelling_boost": (0.0, 8.0, "from no event dependence to twice what is assumed"),
    "demand.event_dependence.near_boost": (0.0, 2.0, "as above, of the dwellings around"),
    # what keeps offenders from it
    "people.search.seen_police": (1.0, 6.0, "from a third as likely beside a police unit to practically never"),
    "people.search.residual": (0.5, 4.0, "from little to more than a unit in view; Koper 1995 gives no odds"),
    "people.search.felt_police": (0.0, 0.75, "no estimate: none to three times what is assumed"),
    "people.search.risk": (0.0, 5.0, "from offenders who ignore the risk of arrest to few who take a high one"),
    "people.search.try_again": (0.0, 1.0, "nobody, or everybody, who was put off tries again elsewhere"),
    "people.offenders.initial_belief": (0.05, 0.35, "believed risks of arrest in surveys of offenders differ widely"),
    "people.offenders.seen_police": (0.0, 0.4, "a patrol that is met counts for nothing, to two fifths of an arrest"),
    "people.offenders.habituation": (0.0, 0.8, "from none to a sight that soon means nothing"),
    "presence.half_life_min": (20.0, 120.0, "Koper 1995: effects within the half hour; some trials saw hours"),
    "presence.build_up_min": (3.0, 15.0, "Koper 1995: most of it after 10 to 16 minutes"),
    "presence.sight_m": (30.0, 120.0, "half a block to two blocks"),
    # what the police come to know
    "demand.reporting.trust_slope": (0.0, 3.0, "from trust that does not matter to twice what is assumed"),
    "demand.reporting.delay_min": (4.0, 40.0, "from a call at once to one after the household has talked"),
    "demand.reporting.on_view_probability": (0.1, 0.9, "from a unit that is passed by to one that misses little"),
    # how they answer
    "dispatch.scene_factor": (0.75, 1.35, "means of published handling times differ by a third and more"),
    "dispatch.urgent_speed": (1.0, 1.8, "from no faster than the street to what sirens may do at night"),
    "dispatch.arrest_decay_min": (2.0, 12.0, "from who is gone at once to who lingers"),
    # what comes of cases
    "investigation.witness_weight": (1.5, 4.5, "half to one and a half times: no estimate of its own"),
    "investigation.lead_half_life_days": (3.0, 30.0, "from days to a month"),
    "people.feelings.trust_half_life_days": (60.0, 540.0, "from two months to a year and a half"),
}  # assumptions about individuals that could move crime, response, or what a strategy is worth


class Factor(NamedTuple):
    """An uncertain parameter.

    Attributes
    ----------
    name : str
        Dotted name.
    low, high : float
        Between which it may lie, in its unit.
    log : bool
        Whether its range is gone through by its logarithm.
    unit, source : str
        As declared.
    default : float
        Its value in the settings.
    basis : Notice
        What the bounds are, one of `BASES`.
    reason : str
        Why a working range reaches that far; empty: it is none.
    whole : bool
        Whether only whole numbers are allowed.
    """

    name: str
    low: float
    high: float
    log: bool
    unit: str
    source: str
    default: float
    basis: Notice = DECLARED
    reason: str = ""
    whole: bool = False

    def at(self, share: float) -> float | int:
        """Return the value at a share of the range, 0 being its low end and 1 its high one."""
        low, high = self.low, self.high
        value = low * (high / low) ** share if self.log else low + (high - low) * share
        return round(value) if self.whole else min(max(value, low), high)


def factors(names: Iterable[str] | None, tree: Mapping[str, Any], field: str = FIELD) -> list[Factor]:
    """Return the uncertain parameters that are named, each once, those that are named first first.

    Parameters
    ----------
    names : iterable of str or None
        Dotted names, patterns of them with `*`, or `name=low..high` for bounds of one's own; what is named twice counts
        as named last. None: those of `UNCERTAIN`.
    tree : mapping
        Settings, from `experiments.settings.compose.compose`.
    field : str
        What the names were written in, for messages.

    Raises
    ------
    BadInput
        For a name that these settings do not have, such as that of a programme that the strategy does not carry out;
        for what is no number, and bounds that are none.
    """
    from sim.parameters import BadInput

    scenario = scenario_of(tree, tree.keys())
    known = dict(leaf_values({part: tree[part] for part in PARTS if part in tree}))
    found: dict[str, Factor] = {}
    for said in UNCERTAIN if names is None else names:
        given = RANGE.fullmatch(said)
        name = given["name"].strip() if given else said
        if "*" in name:
            some = {one for one in known if fnmatchcase(one, name)}
            several = [one for one in known if one in some and _number(scenario, one, known[one]) is not None]
            if given or not several:
                raise BadInput(field, said, "a pattern of names of parameters that are numbers, without bounds")
            found |= {one: _factor(scenario, one, known[one], field) for one in several if one not in found}
            continue
        _check_known(name, tree, known, field)
        bounds = (given["low"], given["high"]) if given else None
        found[name] = _factor(scenario, name, known[name], field, bounds)
    if not found:
        raise BadInput(field, [], "at least one name of a parameter")
    return list(found.values())


def scenario_with(tree: Mapping[str, Any], values: Mapping[str, Any]) -> Scenario:
    """Return the scenario of a tree of settings in which some parameters have other values.

    Raises
    ------
    BadInput
        For a parameter that the settings do not have, or values that do not go together.
    """
    return scenario_of(with_values(tree, values), tree.keys())


def _check_known(name: str, tree: Mapping[str, Any], known: Mapping[str, Any], field: str) -> None:
    """Refuse a name that is no parameter of these settings, with the nearest one or with what has it."""
    from sim.parameters import BadInput

    if name in known:
        return
    if name.partition(".")[0] not in PARTS:
        raise BadInput(field, name, f"a dotted name of a parameter in {', '.join(PARTS)}")
    try:
        with_values(tree, {name: 0})
    except BadInput as error:
        raise BadInput(field, name, error.allowed) from None
    raise BadInput(field, name, "a parameter that is one number")


def _factor(scenario: Scenario, name: str, value: Any, field: str, given: tuple[str, str] | None = None) -> Factor:
    """Return a parameter with its bounds: the user's, those of `UNCERTAIN`, or what follows from the declared ones."""
    from sim.parameters import BadInput

    info = _number(scenario, name, value)
    if info is None:
        raise BadInput(field, name, "a parameter that is one number")
    declared, shut_out = _declared(info)
    reason = ""
    if given is not None:
        low, high, basis = *_own_bounds(name, given, declared, field), GIVEN
    elif name in UNCERTAIN:
        low, high, reason = UNCERTAIN[name]
        basis = WORKING
    else:
        low, high, basis = _working(float(value), declared)
        if not low < high:
            raise BadInput(field, name, f"{name}=low..high: its value is 0, and what is declared is no range")
    inside = INSIDE * (high - low)
    low, high = low + inside * (low in shut_out), high - inside * (high in shut_out)
    whole = float not in (info.annotation, *get_args(info.annotation))
    extra: Any = info.json_schema_extra or {}
    log = low > 0 and high / low >= LOG_FROM
    return Factor(
        name, low, high, log, str(extra.get("unit", "1")), str(extra.get("source", "")), float(value), basis, reason,
        whole,
    )  # fmt: skip


def _number(scenario: Scenario, name: str, value: Any) -> FieldInfo | None:
    """Return how a parameter is declared, if it is one number; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    part: Any = scenario
    *path, last = name.split(".")
    for step in path:
        part = part[step] if isinstance(part, dict) else getattr(part, step)
    found: FieldInfo | None = type(part).model_fields.get(last) if hasattr(type(part), "model_fields") else None
    return found


def _declared(info: FieldInfo) -> tuple[tuple[float, float], set[float]]:
    """Return the declared bounds, and those of them that may not be reached."""
    ends = {
        key: float(getattr(limit, key))
        for limit in info.metadata
        for key in ("ge", "gt", "le", "lt")
        if hasattr(limit, key)
    }
    low = ends.get("ge", ends.get("gt", -math.inf))
    high = ends.get("le", ends.get("lt", math.inf))
    return (low, high), {ends[key] for key in ("gt", "lt") if key in ends}


def _working(value: float, declared: Sequence[float]) -> tuple[float, float, Notice]:
    """Return the declared bounds, or a part of them around the value where they only keep out nonsense."""
    low, high = declared
    if low >= 0 and high <= (WIDE * value or 1.0):
        return low, high, DECLARED
    ends = sorted((value / AROUND, value * AROUND))
    return max(low, ends[0]), min(high, ends[1]), ASSUMED


def _own_bounds(name: str, given: Sequence[str], declared: Sequence[float], field: str) -> tuple[float, float]:
    """Return the bounds that a user gives, which lie within those declared."""
    from sim.parameters import BadInput

    said = f"{name}={given[0]}..{given[1]}"
    try:
        low, high = map(float, given)
    except ValueError:
        raise BadInput(field, said, "two numbers, as in name=0.5..2") from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise BadInput(field, said, "two numbers of which the first is less, as in name=0.5..2")
    if low < declared[0] or high > declared[1]:
        raise BadInput(field, said, f"within the declared bounds, {declared[0]:g} to {declared[1]:g}")
    return low, high
