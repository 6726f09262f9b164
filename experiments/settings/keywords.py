"""What a user of Python gives, as the words of a command line, so that both ways in are read and checked alike."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.settings.folders import with_folder
from experiments.settings.overrides import GROUPS, TEXTS, quoted, read_overrides
from experiments.settings.request import Request, with_situation

if TYPE_CHECKING:
    from experiments.settings.request import Command

Answer = TypeVar("Answer")
FOLDER, SITUATION = "config_dir", "situation"  # keywords: the folder of the user's own options, a situation's file
_BARE = re.compile(r"(?!(?:true|false|null|nan|inf)$)[^\W\d]\w*(?: \w+)*", re.IGNORECASE)  # needs no quotation marks


def request_of(command: Command, keywords: Mapping[str, Any], settings: Mapping[str, Any] | None = None) -> Request:
    """Return what a user of Python asks for.

    Parameters
    ----------
    command : Command
        The command that does the same.
    keywords : mapping
        Name → value; None: not given. A group has the name of an option, or a mapping of settings; `config_dir` is
        the folder of the user's own options.
    settings : mapping, optional
        Dotted names of settings → values, None among them; it may be nested.

    Raises
    ------
    BadInput
        For anything that a command line cannot say, and for what is given twice.
    """
    from sim.parameters import BadInput

    if not isinstance(settings, Mapping | None):
        raise BadInput("settings", settings, "a mapping of names to values, such as {'force.officers': 200}")
    keywords = {key: value for key, value in keywords.items() if value is not None}
    folder, situation = keywords.pop(FOLDER, None), keywords.pop(SITUATION, None)
    for field, path in ((FOLDER, folder), (SITUATION, situation)):
        if not isinstance(path, str | os.PathLike | None):
            raise BadInput(field, path, f"the path of a {'folder' if field == FOLDER else 'file'}")
    given: dict[str, Any] = {}
    for key, value in (*_leaves(keywords), *_leaves(settings or {})):
        if key in given:
            raise BadInput(key, value, f"one value: it is given twice, the other time as {given[key]!r}")
        given[key] = value
    if "out" in given:
        raise BadInput("out", given["out"], "left out: nothing is written until .save(folder) is called")
    if "store" in command.keys and not command.sweeps:
        given.setdefault("store", None)  # Python writes nothing that was not asked for
    words = [f"{key}={_written(key, value)}" for key, value in given.items()]
    choices, values = read_overrides(words)
    config_dir = None if folder is None else os.fspath(folder)
    request = Request(command, words, choices, values, print_only=False, config_dir=config_dir)
    return with_situation(request, None if situation is None else os.fspath(situation))


def asked(
    command: Command,
    keywords: Mapping[str, Any],
    settings: Mapping[str, Any] | None,
    answer: Callable[[Request], Answer],
) -> Answer:
    """Answer what a user of Python asks for, with the options of the user's folder among ours; see `request_of`.

    Raises
    ------
    AuthorError
        Without our frames: Python prints the call, one line, and the traceback of the author's code.
    """
    from sim.parameters import AuthorError

    request = request_of(command, keywords, settings)
    try:
        with with_folder(request.config_dir, FOLDER):
            return answer(request)
    except AuthorError as error:
        raise error.with_traceback(None) from None


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and the value of every leaf of a tree of settings."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _written(key: str, value: Any) -> str:
    """Write a value as the command line takes it."""
    from sim.parameters import BadInput

    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    elif hasattr(value, "tolist"):  # an array or a number of numpy
        value = value.tolist()
    if isinstance(value, type):  # a strategy, registered or not yet
        from sim.extensions import register

        return _written(key, register(value).name)
    if key in GROUPS and not isinstance(value, str):
        raise BadInput(key, value, "the name of an option, or a mapping of settings")
    if key in TEXTS and isinstance(value, str):
        return value if value[:1] not in ("'", '"') else f"'{value}'"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return value if _BARE.fullmatch(value) else quoted(value)
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{name}:{_written(key, part)}' for name, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(_written('', part) for part in value)}]"
    raise BadInput(key, value, "a number, a text, True, False, None, or a list of them")
