"""A situation: one file of the user's that says the place, the force, what is missing, what is compared.

It is the tree of settings itself (every key that `--cfg` prints), in which a group such as `city` may be chosen by a
name, and further

- `name`, by which the situation goes in tables;
- personnel in heads by post: `force.officers: {patrol: 60, desk: 12, …}`, or one number;
- `missing`: the shortage as it is, a list of `{kind: …}`;
- `levers`: what is tried against it, a list of the same form, each on its own, or several at once:
  `{kind: combined, parts: [{kind: …}, {kind: …}]}`.

A share may be written in percent, such as `25 %`.
"""

from __future__ import annotations

import difflib
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.settings.option_files import plain_yaml
from experiments.settings.overrides import GROUPS, TEXTS, check_references

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

SITUATION_FLAG = "--situation"
OWN = ("name", "missing", "levers")  # keys that only a situation has
PERSONNEL = {"officers": "officer_shares", "auxiliaries": "auxiliary_shares"}  # of force, by post → their shares
COMBINED, TOGETHER = "combined", " + "  # a lever that is several at once, and what joins their names
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?) ?[%％]")


@dataclass(frozen=True)
class Situation:
    """What a file says.

    Attributes
    ----------
    path, name : str
        Of the file, and of the situation.
    choices : dict
        Group → option.
    values : dict
        Dotted key → value.
    shortages : dict
        Name → settings of a shortage, as `scenarios.parts.apply` reads them: the situation itself, and the situation
        with each lever.
    levers : dict
        Lever by its name in the tables → its own settings.
    """

    path: str
    name: str
    choices: dict[str, str]
    values: dict[str, Any]
    shortages: dict[str, dict[str, Any]]
    levers: dict[str, dict[str, Any]]


def read_situation(path: str, known: Collection[str]) -> Situation:
    """Read the file of a situation.

    Parameters
    ----------
    path : str
        Of the file, from the working directory.
    known : collection of str
        Names of the parts of a scenario and the keys of the command.

    Raises
    ------
    BadInput
        In one line, for a file that cannot be read, a key that there is not, or a value that is not allowed.
    """
    from sim.parameters import BadInput, Unusable

    try:
        tree = plain_yaml(Path(path).expanduser())
    except FileNotFoundError:
        raise Unusable(
            SITUATION_FLAG, path, "file {} not found (paths are relative to the working directory)"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(SITUATION_FLAG, path, f"file {{}} cannot be read: {error}") from None
    if not isinstance(tree, dict) or not all(isinstance(key, str) for key in tree):
        raise Unusable(SITUATION_FLAG, path, "file {} must hold `key: value`; `beatlab new situation NAME` writes one")
    check_references(tree, path)
    tree = in_shares(tree)
    _check_keys(tree, known)
    name = str(tree.get("name", Path(path).stem))
    missing, levers = (_listed(tree, key) for key in ("missing", "levers"))
    own = {lever_name(lever): lever for lever in levers}
    if len(own) < len(levers):
        raise BadInput("levers", [lever_name(lever) for lever in levers], "levers that differ in kind or size")
    if name in own or "," in name:
        raise BadInput("name", name, "another name than that of a lever, without a comma")
    parts = {name: missing} | {lever: [*missing, settings] for lever, settings in own.items()}
    choices, values = _settings({key: part for key, part in tree.items() if key not in OWN})
    shortages = {
        of: {"kind": "combined", "parts": deepcopy(some)} if some else {"kind": "none"} for of, some in parts.items()
    }
    return Situation(path, name, choices, values, shortages, own)


def _check_keys(tree: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse a key that there is not, with the nearest one."""
    from sim.parameters import BadInput

    every = (*OWN, *GROUPS, *known)
    for key in tree:
        if key.partition(".")[0] not in every or key == "shortages":
            near = difflib.get_close_matches(key, every, n=1)
            meant = f"; did you mean {near[0]}?" if near and near[0] != key else ""
            raise BadInput(key, _shown(tree[key]), f"there is no such key in a situation{meant}")


def _listed(tree: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of shortages or levers, each checked."""
    from scenarios.shortages import check_part
    from sim.parameters import BadInput

    listed = tree.get(key) or []
    if not isinstance(listed, list) or not all(isinstance(part, dict) for part in listed):
        raise BadInput(key, _shown(listed), "a list, such as `- {kind: auxiliaries, heads: 40}`")
    for i, part in enumerate(listed):
        _check_size(part, f"{key}.{i}")
        if key == "levers":
            check_lever(part, f"{key}.{i}")
        else:
            check_part(part, f"{key}.{i}")
    return listed


def _check_size(part: Mapping[str, Any], field: str) -> None:
    """Refuse a size that is told twice, as a number of people and as a share, of which one would not count."""
    from sim.parameters import BadInput

    if part.get("heads") is not None and part.get("fraction") is not None:
        raise BadInput(f"{field}.heads", part["heads"], "heads or fraction, not both")
    for i, one in enumerate(part.get("parts") or ()):
        if isinstance(one, dict):
            _check_size(one, f"{field}.parts.{i}")


def check_lever(lever: Mapping[str, Any], field: str) -> None:
    """Refuse what is no lever, nor several at once, and settings that a lever does not have.

    Raises
    ------
    BadInput
        Naming what is not allowed below `field`.
    """
    from scenarios.shortages import LEVERS, check_part
    from sim.parameters import BadInput

    if lever.get("kind") == COMBINED:
        parts = lever.get("parts")
        if lever.keys() != {"kind", "parts"} or not isinstance(parts, list) or len(parts) < 2:
            raise BadInput(field, _shown(lever), "`parts` beside the kind, a list of two or more levers")
        for i, part in enumerate(parts):
            if not isinstance(part, dict) or part.get("kind") == COMBINED:
                raise BadInput(f"{field}.parts.{i}", _shown(part), "one lever, such as `{kind: overtime, share: 10 %}`")
            check_lever(part, f"{field}.parts.{i}")
        return
    if lever.get("kind") not in LEVERS:
        raise BadInput(f"{field}.kind", lever.get("kind"), f"one of {', '.join((*LEVERS, COMBINED))}")
    check_part(lever, field)


def _settings(tree: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the options that are chosen and the values that are given; personnel by post become shares of a total."""
    choices = {key: part for key, part in tree.items() if key in GROUPS and isinstance(part, str)}
    values = dict(_leaves({key: part for key, part in tree.items() if key not in choices}))
    for total, shares in PERSONNEL.items():
        by_post = tree["force"].get(total) if isinstance(tree.get("force"), dict) else None
        if isinstance(by_post, dict):
            values = {key: value for key, value in values.items() if not key.startswith(f"force.{total}.")}
            values |= _by_post(by_post, total, shares)
    return choices, values


def _by_post(heads: Mapping[str, Any], total: str, shares: str) -> dict[str, Any]:
    """Return the total of personnel and the share of each post."""
    from sim.parameters import BadInput
    from sim.police.posts import POST_NAMES

    for post, number in heads.items():
        if post not in POST_NAMES:
            raise BadInput(f"force.{total}", post, f"a post: {', '.join(POST_NAMES)}")
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise BadInput(f"force.{total}.{post}", number, "a whole number of people from 0 on")
    whole = sum(heads.values())
    if not whole:
        return {f"force.{total}": 0}
    return {f"force.{total}": whole, **{f"force.{shares}.{post}": heads.get(post, 0) / whole for post in POST_NAMES}}


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            key = f"{prefix}{name}"
            yield key, None if value is None else str(value) if key in TEXTS else value


def in_shares(value: Any) -> Any:
    """Return a tree in which percentages are shares."""
    if isinstance(value, dict):
        return {str(key): in_shares(part) for key, part in value.items()}
    if isinstance(value, list):
        return [in_shares(part) for part in value]
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        return float(found[1]) / 100
    return value


def lever_name(lever: Mapping[str, Any]) -> str:
    """Return a lever's name in tables: its kind, with its size, where it has been given one.

    `auxiliaries 40`, `diversion 50 %`, `incentives 500 yuan`; of several at once the names joined by ` + `.
    """
    from scenarios.levers import size_of

    kind = str(lever["kind"])
    if kind == COMBINED:
        return TOGETHER.join(map(lever_name, lever["parts"]))
    match size_of(lever):
        case None:
            return kind
        case "heads", number:
            return f"{kind} {number:g}"
        case "per_month", yuan:
            return f"{kind} {yuan:g} yuan"
        case _, share:
            return f"{kind} {100 * share:g} %"


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) < 60 else f"{text[:57]}…"
