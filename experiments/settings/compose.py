"""Settings: what the user wrote, the YAML groups and the parameter classes, composed into one tree and checked."""

from __future__ import annotations

import difflib
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from experiments.settings.folders import groups_of, own_folder, shown_file, yaml_options
from experiments.settings.option_files import check_same_name, composed
from experiments.settings.overrides import resolved

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from sim.scenario import Scenario

WITH = " with "  # `hotspot with doorstep` is the strategy `hotspot`, the programme `doorstep` added
WITHOUT = " without "  # `integrated without visits` is the strategy `integrated`, its programme `visits` left out
MIX = {
    "strategy.deployment",
    "strategy.programmes",
    "strategy.organisation",
}  # what decides which other keys a strategy has
GLOBAL = {"preset", "experiment"}  # groups whose options set keys of others


def compose(primary: str, choices: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Compose the complete tree of settings: parameter classes ← YAML groups ← the user's values.

    Parameters
    ----------
    primary : str
        Name of a file in `configs/`: that of the command.
    choices : mapping
        Group → option.
    values : mapping
        Dotted key → value.

    Returns
    -------
    dict
        Every key of the scenario and of the command.

    Raises
    ------
    BadInput
        For an option or a key that does not exist, with the nearest one.
    """
    from experiments.runs.engines.settings import defaults_of
    from scenarios.mixes import MIXES
    from scenarios.norms import NORMS
    from scenarios.stated import named
    from sim.parameters import Unusable

    for group, option in choices.items():
        check_option(group, option)
        if group not in groups_of(primary):
            raise Unusable(
                group, option, f"{primary} has no group {group} for {{}}; it has {', '.join(groups_of(primary))}"
            )
    chosen = _chosen(primary, choices)
    for group in chosen.keys() & GLOBAL:
        file = shown_file(group, choices[group])
        raise Unusable(group, choices[group], f"the file of {{}}, {file}, does not begin with `# @package _global_`")
    if isinstance(chosen.get("demand"), dict):
        chosen["demand"] = merged(*named(chosen["demand"], "demand.mix", MIXES))
    if isinstance(chosen.get("force"), dict):
        norm, own = named(chosen["force"], "force.norm", NORMS)
        chosen = merged(norm, {**chosen, "force": own})
    for group, name in (("strategy", "name"), ("shortage", "kind")):
        if not isinstance(chosen.get(group), dict) or not isinstance(chosen[group].get(name), str):
            option = choices.get(group, "default")
            raise Unusable(group, option, f"the file of {{}}, {shown_file(group, option)}, does not say `{name}: …`")
    check_same_name(choices.get("strategy"), chosen["strategy"]["name"])
    for key in MIX & values.keys():
        chosen["strategy"][key.partition(".")[2]] = values[key]
    mix = {key: value for key, value in chosen["strategy"].items() if f"strategy.{key}" in MIX or key == "name"}
    defaults = scenario_of({"strategy": mix})
    plain = {**defaults.model_dump(mode="json"), "shortage": _shortage_defaults(chosen["shortage"]["kind"])}
    plain["programmes"] |= _programmes_of_course(chosen, values)
    if "engine" in chosen:
        plain["engine"] = defaults_of(chosen["engine"].get("name"))
    tree = merged(plain, chosen)
    return resolved(with_values(tree, {key: value for key, value in values.items() if key not in MIX}))


def _chosen(primary: str, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return what the primary file and the chosen options say, as plain values; references are still texts."""
    return deepcopy(composed(primary, tuple(choices.items()), own_folder()))


def _programmes_of_course(chosen: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the programmes that come with a phase of the course, with their defaults."""
    from sim.programmes.base import programme_class
    from sim.scenario import course_of

    course = values.get("strategy_course", chosen.get("strategy_course", {}))
    if "strategy_course.phases" in values:
        course = {"phases": values["strategy_course.phases"]}
    return {
        name: programme_class(name).Parameters().model_dump(mode="json")
        for strategy in course_of(course).strategies
        for name in strategy.programmes or ()
    }


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two trees as one; where both have a value, that of the second."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        found[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return found


def with_values(tree: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree of settings with the user's values.

    Raises
    ------
    BadInput
        For a key that does not exist, with the nearest one.
    """
    from sim.parameters import BadInput

    found = dict(tree)
    for key, value in values.items():
        if key in ("strategy.name", "shortage.kind", "engine.name"):
            group = key.partition(".")[0]
            raise BadInput(key, value, f"the {group} is chosen by {group}=<name>")
        inner: Any = value
        for name in reversed(key.split(".")):
            inner = {name: inner}
        if not _has(found, key.split(".")):
            raise BadInput(key, value, _unknown(key, found))
        found = merged(found, inner)
    return found


def _has(tree: Any, path: Sequence[str]) -> bool:
    return not path or (isinstance(tree, dict) and path[0] in tree and _has(tree[path[0]], path[1:]))


def check_option(group: str, option: str, field: str | None = None) -> None:
    """Refuse an option that a group does not have.

    Parameters
    ----------
    group, option : str
        Such as `shortage`, `uniform35`.
    field : str, optional
        What the user wrote it in, when that is not `group`.
    """
    from scenarios.shortages import shortage
    from sim.parameters import BadInput
    from sim.programmes.base import programmes
    from sim.strategies.base import registered, registry, strategy_class

    options = yaml_options(group)
    if option in options:
        return
    broken = ""
    if group == "strategy":
        if option in registry().twice:
            strategy_class(option, field or group)
        options = sorted({*options, *registered()})
        broken = "".join(f"; {why}" for why in registry().broken.values())
        if option in options:
            return
        if option in programmes():
            advice = (
                f"it is a programme: write 'strategies=[hotspot,hotspot with {option}]' for compare, or add it to "
                "strategy.programmes"
            )
            raise BadInput(field or group, option, advice)
    if group == "shortage":
        try:
            shortage(option)
        except KeyError:
            options = [*options, "uniformNN (NN %)"]
        else:
            return
    raise BadInput(field or group, option, f"one of {', '.join(options)}{_nearest(option, options)}{broken}")


def _shortage_defaults(kind: str) -> dict[str, Any]:
    """Return the settings of a kind of shortage with their defaults; none for a list of several."""
    from scenarios.shortages import kinds, shortage

    return shortage(kind) if kind in kinds() else {}


def shortage_keys(name: str) -> set[str]:
    """Return the dotted keys of a shortage's own parameters that a user may set, such as `shortage.days`.

    `uniform30` says its fraction itself.
    """
    from scenarios.shortages import kinds

    kind = re.sub(r"^uniform[0-9]{2}$", "uniform", name)
    return {f"shortage.{key}" for key in (kinds()[kind].model_fields if kind in kinds() else ())} - (
        {"shortage.fraction"} if kind != name else set()
    )


def leaves(tree: Mapping[str, Any]) -> Iterable[str]:
    """Yield the dotted keys of a tree of settings."""
    return (key for key, _ in leaf_values(tree))


def leaf_values(tree: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    """Yield the dotted keys of a tree of settings, each with its value; an empty part is a value, too."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaf_values(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _unknown(key: str, tree: Mapping[str, Any]) -> str:
    """Say what to do about a key that does not exist."""
    from scenarios.shortages import kinds
    from sim.programmes.base import programmes
    from sim.strategies.base import registered

    strategy, shortage = tree["strategy"], tree["shortage"].get("kind", "none")
    group, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    if group == "programmes" and name in programmes() and name not in tree["programmes"]:
        return f"the strategy {strategy['name']} has no programme {name}; add it to strategy.programmes"
    for what, chosen, owners in (
        (
            "strategy",
            strategy.get("deployment") or strategy["name"],
            [name for name in sorted(registered()) if key in strategy_keys(name)],
        ),
        ("shortage", shortage, [name for name in kinds() if key in shortage_keys(name)]),
    ):
        if owners:
            return f"the {what} {chosen} has no such parameter; it belongs to {', '.join(owners)}"
    if rest and group not in tree and (near := difflib.get_close_matches(group, tree, n=1)):
        return f"there is no such key; did you mean {near[0]}.{rest}?"
    return f"there is no such key{_nearest(key, sorted(leaves(tree))) or '; --cfg prints all keys'}"


def _nearest(name: str, known: Sequence[str]) -> str:
    """Return `; did you mean …?` when something known is close, or else nothing."""
    same_end = [key for key in known if key.rpartition(".")[2] == name.rpartition(".")[2]]
    near = difflib.get_close_matches(name, same_end, n=1, cutoff=0.4) or difflib.get_close_matches(
        name, known, n=1, cutoff=0.6
    )
    return f"; did you mean {near[0]}?" if near else ""


def scenario_of(tree: Mapping[str, Any], own: Container[str] = ()) -> Scenario:
    """Validate the scenario's part of a tree of settings, and apply its shortage.

    Parameters
    ----------
    tree : mapping
        From `compose`, or a resolved scenario, in which a shortage has already been applied.
    own : container of str
        Keys of the command, which are left out unless a scenario has them too.

    Raises
    ------
    BadInput
        For the first parameter that is out of its bounds.
    """
    from pydantic import ValidationError

    from scenarios.shortages import apply
    from sim.parameters import BadInput, one_line
    from sim.scenario import Scenario

    try:
        scenario = Scenario.model_validate(
            {
                key: value
                for key, value in tree.items()
                if key != "shortage" and (key not in own or key in Scenario.model_fields)
            }
        )
    except ValidationError as error:
        cause = error.errors()[0].get("ctx", {}).get("error")
        bad = cause if isinstance(cause, BadInput) else one_line(error)
        if isinstance(bad.value, dict):  # a rule about several parameters: the whole tree is no help
            bad = BadInput(bad.field, bad.value.get("kind") or bad.value.get("name") or "this combination", bad.allowed)
        raise bad from None
    return apply(scenario, tree.get("shortage", {"kind": "none"}))


def plan_of(tree: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Check the keys of a tree of settings that belong to a command itself, beside `workers`, `engine` and `out`.

    Parameters
    ----------
    tree : mapping
        From `compose`.
    **fields
        Name of a key → (type, default or pydantic field).

    Raises
    ------
    BadInput
        For the first key that is not allowed.
    """
    from pydantic import Field, ValidationError, create_model

    from experiments.runs.engines.settings import checked
    from sim.parameters import Parameters, one_line

    shared: dict[str, Any] = {
        "workers": (int | None, Field(None, ge=1, le=1024)),
        "engine": (dict[str, Any], Field()),
        "store": (str | None, Field(None, min_length=1)),
        "out": (str, Field(min_length=1)),
    }
    Plan = create_model("Plan", __base__=Parameters, **fields, **shared)
    try:
        plan = Plan.model_validate({key: tree[key] for key in Plan.model_fields}).model_dump()
    except ValidationError as error:
        raise one_line(error) from None
    return {**plan, "engine": checked(plan["engine"])}


def check_last_seed(scenario: Scenario, replications: int) -> None:
    """Refuse a first seed, of runs or of cities, with which that of the last replication would not be allowed."""
    from sim.parameters import BadInput
    from sim.randomness import MAX_SEED

    city, last = scenario.city, scenario.city.of_replication(replications - 1)
    for field, first, of_last in (
        ("seed", scenario.seed, scenario.seed + replications - 1), ("city.seed", city.seed, last.seed),
    ):  # fmt: skip
        if of_last > MAX_SEED:
            raise BadInput(
                field, first, f"the last of {replications} replications would have {of_last}; at most {MAX_SEED}"
            )


def strategy_keys(name: str) -> set[str]:
    """Return the dotted keys of a strategy's own parameters, such as `strategy.dwell_min`."""
    from sim.strategies.base import parameters_class

    return {f"strategy.{key}" for key in parameters_class(name).model_fields if key != "name"} - MIX


def print_settings(tree: Mapping[str, Any]) -> None:
    """Print settings as YAML."""
    import yaml

    print(yaml.safe_dump(dict(tree), sort_keys=False, allow_unicode=True), end="")
