"""Claims about the command that stands beside a replay of the page: a shell and the command read it as it is meant."""

from __future__ import annotations

import shlex

import pytest

from app.replaying import command_of
from app.situations import Ask
from experiments.settings.overrides import read_overrides


@pytest.mark.parametrize("name", ["uniform30", "Lin'an $HOME; ls", "某县 的夜班", "{x}: [y] \\", 'a "b" && c', "- x"])
def test_a_situation_of_any_name_is_the_one_that_is_replayed(name: str) -> None:
    words = shlex.split(command_of(Ask("my city.yaml", "zh", 8), name, 14, 3))
    compare, replay = words[: words.index("&&")], words[words.index("&&") + 1 :]
    assert compare[:3] == ["beatlab", "compare", "--situation"]
    assert compare[-1] == f"out={replay[2]}"
    assert replay[:2] == ["beatlab", "replay"]
    assert read_overrides(replay[3:]) == ({"shortage": name}, {"days": 14, "replications": 3, "language": "zh"})
