"""The YAML files of options, checked one by one and composed by Hydra."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from experiments.settings.folders import CONFIGS, file_of, shown_file
from experiments.settings.overrides import check_references, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import yaml

    from experiments.settings.folders import OwnFolder


WIDE_COLON = re.compile(r"^[ -]*[\w.]+：", re.MULTILINE)  # behind a key, as a Chinese keyboard writes it
FREE = "_free_"  # in place of an option: nothing, so that it is seen whether others fill the place of its group
COMPOSING = threading.Lock()  # Hydra composes one thing at a time in a process


@cache
def composed(primary: str, choices: tuple[tuple[str, str], ...], own: OwnFolder | None) -> dict[str, Any]:
    """Return what Hydra composes of the files of a command and of the chosen options; references are still texts.

    To let Hydra compose takes a tenth of a second, too long for each of dozens of strategies and shortages. An option
    that does nothing but fill the place of its group is therefore put there in the end, and Hydra composes once for all
    of them, with that place left free; where another file writes into it too, Hydra composes each option by itself.
    """
    from sim.parameters import BadInput

    for group, option in choices:
        _check_file(group, option, own)
    filling = {group: found for group, option in choices if (found := _filling(group, option, own)) is not None}
    files_of_others = [file_of(group, option) for group, option in choices if group not in filling]
    if filling and all(path is None or CONFIGS in path.parents for path in files_of_others):
        free = tuple((group, FREE if group in filling else option) for group, option in choices)
        with suppress(BadInput):  # which is to name the options that were chosen
            found = _by_hydra(primary, free, own)
            if all(found.get(group) == {} for group in filling):
                return {key: filling.get(key, value) for key, value in found.items()}
    return _by_hydra(primary, choices, own)


@cache
def _filling(group: str, option: str, own: OwnFolder | None) -> dict[str, Any] | None:  # noqa: ARG001 (likewise)
    """Return what an option puts in the place of its group; None: it does more, or Hydra has to say what is wrong."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    path = file_of(group, option)
    try:
        if path is not None and "@package" in path.read_text(encoding="utf-8"):
            return None
        found = OmegaConf.to_container(
            OmegaConf.create(_without_file(group, option)) if path is None else OmegaConf.load(path)
        )
    except (OmegaConfBaseException, YAMLError, OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not found or not {"defaults", "hydra"}.isdisjoint(found):
        return None
    return {str(key): value for key, value in found.items()} if all(isinstance(key, str) for key in found) else None


@cache
def _by_hydra(primary: str, choices: tuple[tuple[str, str], ...], own: OwnFolder | None) -> dict[str, Any]:
    """Let Hydra compose the files, once for each choice of options."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    from sim.parameters import BadInput

    words = [f"{group}={quoted(option)}" for group, option in choices]
    if own is not None:
        words.append(f"hydra.searchpath=[{quoted(f'file://{own.path}')}]")
    names = choices if own is None else (*choices, *_names_without_a_file())
    try:
        with (
            _hydra_to_ourselves(),
            _told_to_hydra(names),
            initialize_config_dir(str(CONFIGS), job_name="beatlab", version_base="1.3"),
        ):
            found = OmegaConf.to_container(hydra_compose(primary, words))
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError, RecursionError) as error:
        files = ", ".join(shown_file(group, option) for group, option in choices) or f"{CONFIGS.name}/{primary}.yaml"
        raise BadInput(
            "settings", files, f"files that can be composed; {(str(error).splitlines() or [type(error).__name__])[0]}"
        ) from None
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}


@contextmanager
def _hydra_to_ourselves() -> Iterator[None]:
    """Set aside what else uses Hydra in this process: another thread, or the program around us."""
    from hydra.core.global_hydra import GlobalHydra

    with COMPOSING:
        others, GlobalHydra.instance().hydra = GlobalHydra.instance().hydra, None
        try:
            yield
        finally:
            GlobalHydra.instance().hydra = others


@contextmanager
def _told_to_hydra(names: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Let Hydra know options without a YAML file in the block: strategies, and shortages such as `uniform35`."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    without_file = [(group, name) for group, name in names if file_of(group, name) is None]
    for group, name in without_file:
        store.store(group=group, name=name, node=_without_file(group, name))
    try:
        yield
    finally:
        for group, name in without_file:
            store.repo[group].pop(f"{name}.yaml", None)


def _without_file(group: str, name: str) -> dict[str, Any]:
    """Return what an option without a YAML file says."""
    from scenarios.shortages import shortage

    if name == FREE:
        return {}
    return {"name": name} if group == "strategy" else shortage(name)


def _names_without_a_file() -> Iterator[tuple[str, str]]:
    """Yield what the `defaults:` of a user's file may name although it has no file."""
    from sim.strategies.base import registered

    yield from (("strategy", name) for name in registered())
    yield from (("shortage", f"uniform{percent:02}") for percent in range(100))


@cache
def _check_file(group: str, option: str, own: OwnFolder | None) -> None:  # noqa: ARG001 (another opening: other files)
    """Refuse a file of an option that is no YAML, holds no keys, or refers to what is outside the settings.

    Raises
    ------
    BadInput
        Naming the file and the line.
    """
    from sim.parameters import Unusable

    path, shown = file_of(group, option), shown_file(group, option)
    if path is None:
        return
    try:
        tree = plain_yaml(path)
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unusable(group, option, f"the file of {{}} cannot be read: {shown}: {why}") from None
    if not isinstance(tree, dict | None):
        problem = f"the file of {{}} must hold `key: value`; {shown} holds {type(tree).__name__}"
        raise Unusable(group, option, problem)
    check_references(tree, shown)


def plain_yaml(path: Path) -> Any:
    """Return what a YAML file of the user's holds.

    Raises
    ------
    OSError
        If it cannot be opened.
    ValueError
        If it is no UTF-8 or no YAML, with the line; if it has a key twice, of which one would be lost; or if it has an
        alias, which may go in a circle, or stand for more than any memory holds.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ValueError("an alias (*name)")
        _check_keys(yaml.compose(text, yaml.SafeLoader))
        return yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no UTF-8, but GBK or another encoding ({error.reason}); save it as UTF-8") from None
    except yaml.reader.ReaderError as error:
        raise ValueError(f"it is no text: character {error.character:#x}") from None
    except yaml.YAMLError as error:
        if wide := WIDE_COLON.search(text):
            line = text.count("\n", 0, wide.end()) + 1
            raise ValueError(f"line {line}: a key ends with a narrow colon, not with ：") from None
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        why = getattr(error, "problem", None) or str(error)
        tab = "; indent with spaces, not with a tab" if "\\t" in why else ""
        raise ValueError(f"{where}{why}{tab}") from None


def _check_keys(node: yaml.Node | None) -> None:
    """Refuse a key that is no text, or stands twice in one place, of which only the last would count."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ValueError(f"line {line}: a key is a text, not a list or `key: value`")
            if key.value in seen:
                raise ValueError(f"line {line}: the key {key.value!r} is there twice")
            seen.add(key.value)
            _check_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_keys(value)


def check_same_name(option: str | None, name: str) -> None:
    """Refuse a strategy's file that has the name of one class and chooses another."""
    from sim.parameters import Unusable
    from sim.strategies.base import registered

    if option is not None and option != name and option in registered():
        problem = f"{{}} means two strategies: {shown_file('strategy', option)} says `name: {name}`: rename the file"
        raise Unusable("strategy", option, problem)
