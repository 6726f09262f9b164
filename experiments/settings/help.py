"""What the help of a command says of its groups, keys and examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.languages.speech import say
from experiments.settings.folders import CONFIGS, file_of, groups_of, yaml_options
from experiments.settings.request import FILE_FLAG, LISTS, SCENARIO_KEYS, Command


def help_on_settings_of(command: Command, brought: Sequence[str]) -> str:
    """List groups, options and the main keys with their defaults, from the YAML files, and what files brought along."""
    import yaml

    primary = yaml.safe_load((CONFIGS / f"{command.name}.yaml").read_text(encoding="utf-8"))
    chosen = groups_of(command.name)
    listed = {group: key for group, key in LISTS.items() if key in command.keys}
    lines = [say("groups (group=option; the default stands first)")]
    for group, default in chosen.items():
        if group not in listed and group not in command.fixed:
            options = [
                option
                for option in yaml_options(group)
                if option != default and not _lists_in(group, option) - set(listed.values())
            ]
            lines.append(f"  {group:<22}{', '.join([default, *options])}")
    lines += ["", say("keys (key=value)")]
    for key, text in command.keys.items():
        options = [", ".join(yaml_options(group)) for group, name in listed.items() if name == key]
        of = "".join(say(" of {options}", options=one) for one in options)
        default = say(" (default: {value})", value=_plain(primary.get(key, chosen.get(key))))
        lines.append(f"  {key:<22}{say(text)}{of}{default}")
    lines += [
        f"  {key:<22}{say(text)}" for key, text in SCENARIO_KEYS.items() if key.partition(".")[0] not in command.fixed
    ]
    lines += [
        f"  {say('--cfg prints every other key with its value')}",
        *(["\n" + say("brought by {flag}: {names}", flag=FILE_FLAG, names=", ".join(brought))] if brought else []),
        "",
        say("examples"),
        *(f"  {example}" for example in command.examples),
    ]
    return "\n".join(lines)


def _lists_in(group: str, option: str) -> set[str]:
    """Return the lists of names that an option sets, which only some commands have."""
    import yaml

    path = file_of(group, option)
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8")) if path else None
    except (OSError, ValueError, yaml.YAMLError):  # who asks for it is told
        return set()
    return set(LISTS.values()) & set(tree) if isinstance(tree, dict) else set()


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    return f"[{','.join(value)}]" if isinstance(value, list) else str(value)
