"""What a shortage or a lever is.

A pure function on a scenario whose parameters are declared in its signature, known by its name.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError, create_model

from sim.incidents.call_changes import DemandChange, DiversionChange
from sim.parameters import CHOSEN, BadInput, Parameters, one_line, parameter
from sim.police.force.head_changes import HeadChange
from sim.police.force.hours_of_week import RosterChange
from sim.police.parameter_changes import ParameterChange
from sim.scenario import Scenario

Day = int | None
Heads = int | None
HEADS: Any = parameter(
    None,
    unit="personnel",
    ge=1,
    le=1_000_000,
    source=CHOSEN,
    doc="How many people, in place of the share; null: the share.",
)
START: Any = parameter(
    0, unit="days after the warm-up", ge=0, le=100_000, source=CHOSEN, doc="First day; 0 is the first measured day."
)
DAYS: Any = parameter(
    None, unit="days", ge=1, le=100_000, source=CHOSEN, doc="How many days it lasts; null: to the end."
)
RAMP: Any = parameter(0, unit="days", ge=0, le=100_000, source=CHOSEN, doc="Days in which it grows to its full size.")


class Kind(NamedTuple):
    """One shortage or lever: what it does, and the class of its parameters."""

    function: Callable[..., Scenario]
    settings: type[Parameters]
    groups: dict[str, type[Parameters]]  # arguments of the function that are several settings together

    def applied(self, scenario: Scenario, settings: Parameters) -> Scenario:
        """Return what the function makes of a scenario, which is told its name and size."""
        given = dict(settings)
        for name, group in self.groups.items():
            given[name] = group(**{field: given.pop(field) for field in group.model_fields})
        found = self.function(scenario, **given)
        size, heads = (getattr(settings, field, None) for field in ("fraction", "heads"))
        told = "" if size is None else f" {100 * size:g} %"
        name = self.function.__name__ + (told if heads is None else f" {heads}")
        return _with(
            found, shortage_name=name if scenario.shortage_name == "none" else f"{scenario.shortage_name} + {name}"
        )


_KINDS: dict[str, Kind] = {}


def changes_scenario(function: Callable[..., Scenario]) -> Callable[..., Scenario]:
    """Make a shortage or lever of a function.

    Check its arguments, fill in its defaults, note its name in the scenario, and register it.

    The function takes a scenario and parameters that are declared by `parameter` in its signature, or in a small class
    of those that belong together. All are settings side by side. A wrong value is `BadInput`.
    """
    fields: dict[str, Any] = {}
    groups: dict[str, type[Parameters]] = {}
    for one in list(inspect.signature(function, eval_str=True).parameters.values())[1:]:
        if isinstance(one.annotation, type) and issubclass(one.annotation, Parameters):
            groups[one.name] = one.annotation
            fields |= {name: (info.annotation, info) for name, info in one.annotation.model_fields.items()}
        else:
            fields[one.name] = (one.annotation, one.default)
    kind = Kind(function, create_model(f"{function.__name__}_settings", __base__=Parameters, **fields), groups)
    _KINDS[function.__name__] = kind

    @functools.wraps(function)
    def checked(scenario: Scenario, **given: Any) -> Scenario:
        return kind.applied(scenario, _settings(kind.settings, given, function.__name__))

    return checked


def _settings(settings: type[Parameters], given: Mapping[str, Any], field: str) -> Parameters:
    try:
        return settings.model_validate(dict(given))
    except ValidationError as error:
        raise one_line(error, field) from None


def kinds() -> dict[str, type[Parameters]]:
    """Return the names of all shortages and levers, each with the class of its parameters."""
    return {name: kind.settings for name, kind in _KINDS.items()}


def cost(settings: Mapping[str, Any]) -> str:
    """Return in one sentence what a shortage or lever costs and whom, as its own documentation says it.

    Parameters
    ----------
    settings : mapping
        `{kind: uniform, fraction: 0.3}`, as `apply` reads it; of a list the sentence names the parts, of `none` there
        is nothing to say.
    """
    kind = settings["kind"]
    if kind == "combined":
        return f"Several at once: {', '.join(part['kind'] for part in settings['parts'])}."
    if kind not in _KINDS:
        return ""
    told = " ".join((inspect.getdoc(_KINDS[kind].function) or "").split())
    found = re.search(r"It costs .*?\.(?=\s|$)", told)
    return found[0] if found else ""


def check_part(part: Mapping[str, Any], field: str) -> None:
    """Refuse a shortage or lever that cannot be: its kind, the names of its parameters, their values.

    Raises
    ------
    BadInput
        Naming what is not allowed below `field`.
    """
    kind = part.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadInput(f"{field}.kind", kind, f"one of {', '.join(_KINDS)}")
    _settings(_KINDS[kind].settings, {key: value for key, value in part.items() if key != "kind"}, field)


def apply(
    scenario: Scenario, parts: Mapping[str, Any] | Iterable[Mapping[str, Any]], field: str = "shortage"
) -> Scenario:
    """Apply shortages and levers, one or a list.

    Losses of personnel are shares of full strength, so the order of a list changes nothing but the name.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    parts : mapping, or iterable of mappings
        `{kind: uniform, fraction: 0.3}`; the kind `none` changes nothing, `{kind: combined, parts: [...]}` is a list.
    field : str
        What to call them in messages.

    Returns
    -------
    Scenario
        With what they change.

    Raises
    ------
    BadInput
        For a kind or a parameter that does not exist, a value out of bounds, parts that contradict each other, or more
        personnel removed than there are.
    """
    if not isinstance(parts, Mapping):
        for i, part in enumerate(parts):
            scenario = apply(scenario, part, f"{field}.{i}")
        return scenario
    kind = parts.get("kind")
    given = {key: value for key, value in parts.items() if key != "kind"}
    if kind == "combined":
        listed = given.pop("parts", None)
        if (
            given
            or not listed
            or not isinstance(listed, Sequence)
            or not all(isinstance(part, Mapping) for part in listed)
        ):
            raise BadInput(
                f"{field}.{next(iter(given), 'parts')}",
                next(iter(given.values()), listed),
                "combined has `parts` alone, a list of one or more {kind: …}",
            )
        return apply(scenario, listed, f"{field}.parts")
    if kind == "none":
        if given:
            raise BadInput(f"{field}.{next(iter(given))}", next(iter(given.values())), "nothing with the kind none")
        return scenario
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadInput(f"{field}.kind", kind, f"one of none, combined, {', '.join(_KINDS)}")
    return _KINDS[kind].applied(scenario, _settings(_KINDS[kind].settings, given, field))


def _with(scenario: Scenario, **parts: Any) -> Scenario:
    """Return a scenario with other parts, checked as a whole."""
    try:
        return Scenario.model_validate({**dict(scenario), **parts})
    except ValidationError as error:
        raise one_line(error) from None


def period(cause: str, start_day: int, days: Day, ramp_days: int) -> dict[str, Any]:
    """Return when a change holds, and why, as the fields of a change."""
    return {"cause": cause, "start_day": start_day, "days": days, "ramp_days": ramp_days}


def with_heads(scenario: Scenario, when: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> Scenario:
    """Return a scenario with more changes of personnel; `when` is from `period`."""
    made = _made(HeadChange, when, changes)
    return _with(scenario, force=scenario.force.model_copy(update={"changes": (*scenario.force.changes, *made)}))


def with_roster(scenario: Scenario, when: Mapping[str, Any], share: float) -> Scenario:
    """Return a scenario whose roster of patrol follows the calls so far on the days of `when`."""
    made = _made(RosterChange, when, [{"share": share}])
    changes = (*scenario.force.roster_changes, *made)
    return _with(scenario, force=scenario.force.model_copy(update={"roster_changes": changes}))


def with_calls(scenario: Scenario, when: Mapping[str, Any], change: Mapping[str, Any]) -> Scenario:
    """Return a scenario with one more change of calls."""
    return _with(
        scenario,
        demand={**dict(scenario.demand), "changes": (*scenario.demand.changes, *_made(DemandChange, when, [change]))},
    )


def with_diversion(scenario: Scenario, when: Mapping[str, Any], change: Mapping[str, Any]) -> Scenario:
    """Return a scenario with one more diversion of calls."""
    return _with(
        scenario,
        demand={
            **dict(scenario.demand),
            "diversion": (*scenario.demand.diversion, *_made(DiversionChange, when, [change])),
        },
    )


def with_values(scenario: Scenario, when: Mapping[str, Any], values: Mapping[str, Any]) -> Scenario:
    """Return a scenario with other values of parameters, by their dotted names, on the days of `when`."""
    made = _made(ParameterChange, when, [{"name": name, "value": value} for name, value in values.items()])
    return _with(scenario, changes=(*scenario.changes, *made))


def _made(change: type[Parameters], when: Mapping[str, Any], given: Iterable[Mapping[str, Any]]) -> list[Parameters]:
    try:
        return [change.model_validate({**one, **when}) for one in given]
    except ValidationError as error:
        bad = one_line(error)
        raise type(bad)(f"{when['cause']}.{bad.field}", bad.value, bad.allowed) from None


def check_shifts(scenario: Scenario, kind: str, why: str = "") -> None:
    """Refuse a single shift where there have to be several."""
    starts = scenario.force.shift_starts_hour
    if len(starts) < 2:
        raise BadInput("force.shift_starts_hour", list(starts), f"at least two shifts with {kind}{why}")
