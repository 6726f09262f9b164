"""What a user writes on the command line as plain values, and references from one setting to another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GROUPS = ("preset", "city", "demand", "force", "calls", "shortage", "strategy", "experiment", "runner", "engine")
TEXTS = (
    "out",
    "part",
    "store",
    "city.incidents_csv",
    "city.calls_csv",
    "city.streets_file",
    "city.types_file",
    "city.boundary_file",
    "city.beats_file",
    "city.stations_csv",
    "city.crs",
    "city.name",
    "engine.address",
    "parameters",
    "points_csv",
    "target",
    "sheet",
)  # taken as they are written
OR_LISTS = ("parameters",)  # of those, what may also be a list: a file of sets for one command, names for another
COLUMNS = "city.columns."  # with any name of a column, in any letters
REFERENCE = re.compile(r"\$\{([\w.]+)\}")
_DELIMITERS = ",[]{}:"
_PLAIN = re.compile(r"[\x20-\x7e]*")


def read_overrides(words: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Read `group=option` and `key=value` as Hydra writes them, names in any letters.

    What is given twice counts as given last.

    Returns
    -------
    choices : dict
        Group → option.
    values : dict
        Dotted key → value.

    Raises
    ------
    BadInput
        For a word that is neither.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import OverrideType
    from hydra.errors import HydraException

    from sim.parameters import BadInput

    parser = OverridesParser.create()
    choices: dict[str, str] = {}
    values: dict[str, Any] = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or not re.fullmatch(r"[\w./]+", key):
            raise BadInput("arguments", word, "write key=value, or group=option; see --help")
        if not _is_text(word):
            raise BadInput(key, text, "text without control characters, in the encoding of the terminal")
        if (key in TEXTS and not (key in OR_LISTS and text.startswith("["))) or key.startswith(COLUMNS):
            values[key] = None if text in ("", "null") else _unquoted(text)
            continue
        try:
            override = parser.parse_override(f"{key}={with_quotes(text)}")
            value = override.value()
        except (HydraException, ValueError, RecursionError):
            raise BadInput(
                key, text, f"a number, a word, or a list such as [a,b]; quote what has other signs: '{key}=\"a: b\"'"
            ) from None
        if override.is_sweep_override() or override.type is not OverrideType.CHANGE:
            raise BadInput(
                key, text, f"one value is expected; a list is written '{key}=[a,b]', and beatlab sweep takes several"
            )
        if key in GROUPS:
            choices[key] = text if isinstance(value, bool | int | float | None) else str(value)
        else:
            values[key] = plain(value)
    return choices, values


def _is_text(word: str) -> bool:
    """Whether a word holds no control characters, and no bytes that are no text, which Python keeps as surrogates."""
    return not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", word)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def plain(value: Any) -> Any:
    """Return a value of Hydra's as lists, dicts and texts of Python."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def quoted(text: str) -> str:
    """Return a text in quotation marks, as Hydra reads it."""
    return "'" + re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + ("\\'" if found[2] else ""), text) + "'"


def with_quotes(text: str) -> str:
    """Return a value with quotation marks around names in letters for which Hydra has no grammar, such as Chinese."""
    if _PLAIN.fullmatch(text):
        return text
    parts = re.findall(r"'(?:\\.|[^'])*'|\"(?:\\.|[^\"])*\"|\$\{[^{}]*\}|[,\[\]{}:]|[^,\[\]{}:'\"$]+|.", text)
    found, run = [], ""
    for part in [*parts, ""]:
        if part and part not in _DELIMITERS and part[0] not in "'\"":
            run += part
            continue
        found.append(run if _PLAIN.fullmatch(run) else quoted(run.strip()))
        run = ""
        found.append(part)
    return "".join(found)


def check_references(tree: Any, field: str = "") -> None:
    """Refuse references to anything but another setting.

    Such as `${oc.env:HOME}`, which would carry the user's surroundings into a report.

    Raises
    ------
    BadInput
        For the first one.
    """
    from sim.parameters import BadInput

    if isinstance(tree, Mapping):
        for name, value in tree.items():
            check_references(name, field)
            check_references(value, f"{field}.{name}".lstrip("."))
    elif isinstance(tree, list | tuple):
        for i, value in enumerate(tree):
            check_references(value, f"{field}.{i}")
    elif isinstance(tree, str) and "${" in REFERENCE.sub("", tree):
        raise BadInput(
            field or "settings",
            tree,
            "a value, or a reference to another setting, such as ${seed}; nothing from outside the settings",
        )


def resolved(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree of settings in which references to other keys, such as `${seed}`, are what they refer to.

    Raises
    ------
    BadInput
        For a reference to nothing, to itself, or to anything outside the settings.
    """
    check_references(tree)
    return {name: _follow(value, tree, (), name) for name, value in tree.items()}


def _follow(value: Any, tree: Mapping[str, Any], on_the_way: Sequence[str], field: str) -> Any:
    from sim.parameters import BadInput

    if isinstance(value, Mapping):
        return {name: _follow(part, tree, on_the_way, f"{field}.{name}") for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_follow(part, tree, on_the_way, f"{field}.{i}") for i, part in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value

    def referred(path: str) -> Any:
        """Return the setting that is referred to."""
        if path in on_the_way:
            raise BadInput(field, value, f"${{{path}}} refers to itself")
        found: Any = tree
        for name in path.split("."):
            if not isinstance(found, Mapping) or name not in found:
                raise BadInput(field, value, f"there is no setting {path} to refer to")
            found = found[name]
        return _follow(found, tree, (*on_the_way, path), path)

    if whole := REFERENCE.fullmatch(value):
        return referred(whole[1])
    return REFERENCE.sub(lambda match: str(referred(match[1])), value)
