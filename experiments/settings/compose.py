"""Settings: what the user wrote, the YAML groups and the parameter classes, composed into one tree and checked."""

from __future__ import annotations

import difflib
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.settings.overrides import check_references, quoted, resolved

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from sim.scenario import Scenario

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
WITHOUT = " without "  # `integrated without visits` is the strategy `integrated`, its programme `visits` left out
MIX = {
    "strategy.deployment",
    "strategy.programmes",
    "strategy.organisation",
}  # what decides which other keys a strategy has


def yaml_options(group: str) -> list[str]:
    """Return the names of the options of a group that have a YAML file."""
    return sorted(path.stem for path in (CONFIGS / group).glob("*.yaml"))


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
    from scenarios.mixes import mixed
    from sim.parameters import BadInput

    for group, option in choices.items():
        check_option(group, option)
        if group not in groups_of(primary):
            raise BadInput(group, option, f"{primary} has no such group; it has {', '.join(groups_of(primary))}")
    chosen = _chosen(primary, choices)
    if isinstance(chosen.get("demand"), dict):
        chosen["demand"] = _merged(*mixed(chosen["demand"]))
    for group, name in (("strategy", "name"), ("shortage", "kind")):
        if not isinstance(chosen.get(group), dict) or not isinstance(chosen[group].get(name), str):
            option = choices.get(group, "default")
            raise BadInput(group, option, f"a file that says `{name}: …`; {_file(group, option)} does not")
    for key in MIX & values.keys():
        chosen["strategy"][key.partition(".")[2]] = values[key]
    mix = {key: value for key, value in chosen["strategy"].items() if f"strategy.{key}" in MIX or key == "name"}
    defaults = scenario_of({"strategy": mix})
    tree = _merged(
        {**defaults.model_dump(mode="json"), "shortage": _shortage_defaults(chosen["shortage"]["kind"])}, chosen
    )
    return resolved(with_values(tree, {key: value for key, value in values.items() if key not in MIX}))


@cache
def groups_of(primary: str) -> dict[str, str]:
    """Return the groups of a command, each with its default, from the command's file in `configs/`."""
    import yaml

    listed = yaml.safe_load((CONFIGS / f"{primary}.yaml").read_text(encoding="utf-8"))["defaults"]
    return {group: option for entry in listed if isinstance(entry, dict) for group, option in entry.items()}


def _chosen(primary: str, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return what the primary file and the chosen options say, as plain values.

    References to other keys are still texts.
    """
    return deepcopy(_composed(primary, tuple(choices.items())))


@cache
def _composed(primary: str, choices: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Let Hydra compose the files, which takes a tenth of a second, once for each choice of options."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    from sim.parameters import BadInput

    for group, option in choices:
        _check_file(group, option)
    try:
        with initialize_config_dir(str(CONFIGS), job_name="beatlab", version_base="1.3"):
            found = OmegaConf.to_container(
                hydra_compose(primary, [f"{group}={quoted(option)}" for group, option in choices])
            )
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError, RecursionError) as error:
        files = ", ".join(f"{_file(group, option)}" for group, option in choices) or f"{CONFIGS.name}/{primary}.yaml"
        raise BadInput(
            "settings", files, f"files that can be composed; {(str(error).splitlines() or [type(error).__name__])[0]}"
        ) from None
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}


def _file(group: str, option: str) -> str:
    return f"{CONFIGS.name}/{group}/{option}.yaml"


def _check_file(group: str, option: str) -> None:
    """Refuse a file of an option that is no YAML, holds no keys.

    Or refers to what is outside the settings, naming the file and the line.
    """
    import yaml

    from sim.parameters import BadInput

    path = CONFIGS / group / f"{option}.yaml"
    if not path.exists():  # of a strategy or a shortage that needs none
        return
    try:
        text = path.read_text(encoding="utf-8")
        if any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)
        ):  # they may go in a circle, or stand for more than any memory holds
            raise ValueError("an alias (*name)")
        tree = yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = (
            getattr(error, "problem", None)
            or getattr(error, "strerror", None)
            or getattr(error, "reason", None)
            or str(error)
            or type(error).__name__
        )
        raise BadInput(
            group, option, f"an option whose file can be read; {_file(group, option)}{where}: {why}"
        ) from None
    if not isinstance(tree, dict | None):
        raise BadInput(
            group,
            option,
            f"an option whose file holds `key: value`; {_file(group, option)} holds {type(tree).__name__}",
        )
    check_references(tree, _file(group, option))


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two trees as one; where both have a value, that of the second."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        found[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
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
        if key in ("strategy.name", "shortage.kind"):
            group = key.partition(".")[0]
            raise BadInput(key, value, f"a {group} is chosen by {group}=<name>")
        inner: Any = value
        for name in reversed(key.split(".")):
            inner = {name: inner}
        if not _has(found, key.split(".")):
            raise BadInput(key, value, _unknown(key, found))
        found = _merged(found, inner)
    return found


def _has(tree: Any, path: Sequence[str]) -> bool:
    return not path or (isinstance(tree, dict) and path[0] in tree and _has(tree[path[0]], path[1:]))


def check_option(group: str, option: str, field: str | None = None) -> None:
    """Refuse an option that a group does not have; make known to Hydra those that have no YAML file.

    Parameters
    ----------
    group, option : str
        Such as `shortage`, `uniform35`.
    field : str, optional
        What the user wrote it in, when that is not `group`.
    """
    from hydra.core.config_store import ConfigStore

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
            ConfigStore.instance().store(group=group, name=option, node={"name": option})
            return
        if option in programmes():
            advice = (
                "it is a programme: add it to strategy.programmes, or write a strategy that has it, "
                f"{CONFIGS.name}/strategy/{option}.yaml"
            )
            raise BadInput(field or group, option, advice)
    if group == "shortage":
        try:
            ConfigStore.instance().store(group=group, name=option, node=shortage(option))
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


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    """Yield the dotted keys of a tree of settings."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


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
    """Check the keys of a tree of settings that belong to a command itself, beside `workers` and `out`.

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

    from sim.parameters import Parameters, one_line

    shared: dict[str, Any] = {"workers": (int | None, Field(None, ge=1, le=1024)), "out": (str, Field(min_length=1))}
    Plan = create_model("Plan", __base__=Parameters, **fields, **shared)
    try:
        return Plan.model_validate({key: tree[key] for key in Plan.model_fields}).model_dump()
    except ValidationError as error:
        raise one_line(error) from None


def check_last_seed(scenario: Scenario, replications: int) -> None:
    """Refuse a first seed with which the last replication would have a seed that is not allowed."""
    from sim.parameters import BadInput

    last = scenario.seed + replications - 1
    try:
        scenario_of({**scenario.model_dump(mode="json"), "seed": last})
    except BadInput as error:
        raise BadInput(
            "seed", scenario.seed, f"the last of {replications} replications would have {last}, which {error.allowed}"
        ) from None


def strategy_keys(name: str) -> set[str]:
    """Return the dotted keys of a strategy's own parameters, such as `strategy.dwell_min`."""
    from sim.strategies.base import parameters_class

    return {f"strategy.{key}" for key in parameters_class(name).model_fields if key != "name"} - MIX


def print_settings(tree: Mapping[str, Any]) -> None:
    """Print settings as YAML."""
    import yaml

    print(yaml.safe_dump(dict(tree), sort_keys=False, allow_unicode=True), end="")
