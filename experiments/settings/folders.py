"""Where options are read from: our groups in `configs/`, then those of a folder of the user's (`--config-dir`)."""

from __future__ import annotations

import difflib
import itertools
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from experiments.settings.overrides import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
CONFIG_FLAG = "--config-dir"
_openings = itertools.count()


class OwnFolder(NamedTuple):
    """A folder of the user's options, as it was at one time: its files may be others at the next."""

    path: Path
    opening: int


_OWN: ContextVar[OwnFolder | None] = ContextVar("folder of the user's options", default=None)


@contextmanager
def with_folder(folder: str | None, field: str = CONFIG_FLAG) -> Iterator[None]:
    """Add the options of a user's folder to ours in the block; None adds nothing.

    A folder inside it that has the name of a group (`city`, `shortage`, …) holds options, one YAML file each. A file
    that has the name of one of our options is refused, so that no name means two things. `field` is what the user
    wrote it in.

    Raises
    ------
    BadInput
        For a folder that does not exist or has no group, and for an option whose name is taken.
    """
    token = _OWN.set(None if folder is None else OwnFolder(_checked(folder, field), next(_openings)))
    try:
        yield
    finally:
        _OWN.reset(token)


def own_folder() -> OwnFolder | None:
    """Return the folder of the user's options, its path absolute; None when there is none."""
    return _OWN.get()


def yaml_options(group: str) -> list[str]:
    """Return the names of the options of a group that have a YAML file, ours and the user's."""
    return sorted({path.stem for folder in _folders() for path in (folder / group).glob("*.yaml")})


def file_of(group: str, option: str) -> Path | None:
    """Return the YAML file of an option; None for a strategy or a shortage that needs none."""
    paths = [folder / group / f"{option}.yaml" for folder in _folders()]
    return next((path for path in paths if path.exists()), None)


def shown_file(group: str, option: str) -> str:
    """Return the path of an option's file for a message: from `configs/` if it is ours, in full if it is the user's."""
    path = file_of(group, option)
    return str(path) if path and CONFIGS not in path.parents else f"{CONFIGS.name}/{group}/{option}.yaml"


@cache
def groups_of(primary: str) -> dict[str, str]:
    """Return the groups of a command, each with its default, from the command's file and that of its preset."""
    found: dict[str, str] = {}
    for group, option in _defaults_in(CONFIGS / f"{primary}.yaml").items():
        found[group] = option
        if group == "preset":
            found |= _defaults_in(CONFIGS / group / f"{option}.yaml")
    return found


@cache
def keys_of(primary: str) -> frozenset[str]:
    """Return the keys that the file of a command sets, beside its groups."""
    import yaml

    tree = yaml.safe_load((CONFIGS / f"{primary}.yaml").read_text(encoding="utf-8"))
    return frozenset(tree) - {"defaults"}


def _defaults_in(file: Path) -> dict[str, str]:
    """Return the groups that one of our files names, each with its option; the last one counts."""
    import yaml

    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["defaults"]
    pairs = (pair for entry in listed if isinstance(entry, dict) for pair in entry.items())
    return {re.sub(r"^(override )?/?", "", group): option for group, option in pairs}


def _folders() -> tuple[Path, ...]:
    own = own_folder()
    return (CONFIGS,) if own is None else (CONFIGS, own.path)


def _checked(given: str, field: str) -> Path:
    """Return a user's folder, absolute, if its options can be added to ours."""
    from sim.parameters import Unusable

    try:
        folder = Path(given).expanduser().resolve()
        inside = sorted(path.name for path in folder.iterdir() if path.is_dir())
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        problem = f"folder {{}} cannot be read ({why}; paths are relative to the working directory)"
        raise Unusable(field, given, problem) from None
    groups = [name for name in inside if name in GROUPS]
    if not groups:
        near = [(name, *difflib.get_close_matches(name, GROUPS, n=1)) for name in inside]
        meant = next((f"; did you mean {pair[1]} by its {pair[0]}?" for pair in near if len(pair) > 1), "")
        problem = f"folder {{}} holds none of {', '.join(GROUPS)}, each with a YAML file per option{meant}"
        raise Unusable(field, given, problem)
    for path in (*folder.glob("*.yaml"), *(path for group in groups for path in (folder / group).glob("*.yaml"))):
        name = path.relative_to(folder)
        if (CONFIGS / name).exists() or (name.parts[0] == "shortage" and _is_shortage(path.stem)):
            raise Unusable(field, str(path), f"file {{}} has the name of one of ours, {name}: rename it")
    return folder


def _is_shortage(name: str) -> bool:
    """Whether a name is taken by a shortage that has no file, such as `uniform35`."""
    from scenarios.shortages import shortage

    try:
        shortage(name)
    except KeyError:
        return False
    return True
