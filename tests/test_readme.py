"""The README is true: its strategy passes the check, its program runs, its commands name keys that exist."""

import re
import shlex
from pathlib import Path

import pytest

from experiments import compare, run, validate
from sim.strategies.base import Strategy
from sim.strategies.check import check_strategy

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_strategy_of_the_readme_is_at_most_40_lines_and_conforms():
    code = BLOCKS[0]
    assert len(code.splitlines()) <= 40
    namespace: dict[str, object] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), namespace)
    check_strategy(namespace["NearRepeat"])
    assert issubclass(namespace["NearRepeat"], Strategy)


def test_the_program_of_the_readme_runs(capsys):
    exec(compile(BLOCKS[1], "README.md", "exec"), {"__name__": "readme"})
    assert "on scene" in capsys.readouterr().out


COMMANDS = re.findall(r"python -m experiments\.(\w+) ([^`\n]+)", README)


@pytest.mark.parametrize(("command", "words"), [c for c in COMMANDS if "--help" not in c[1] and "near_repeat" not in c[1]])
def test_the_commands_of_the_readme_name_keys_that_exist(command, words, capsys):
    main = {"run": run.main, "compare": compare.main, "validate": validate.main}[command]
    assert main([*shlex.split(words, comments=True), "--cfg"]) == 0, capsys.readouterr().err


def test_the_readme_has_commands():
    assert len(COMMANDS) >= 5
