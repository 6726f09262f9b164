"""The README is true.

Its strategy and its programme pass their checks, its program runs, its commands name keys that exist; so is its twin.
"""

import dataclasses
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments import run
from experiments.compare import __main__ as compare
from experiments.mechanisms import __main__ as mechanisms
from experiments.validate import __main__ as validate
from sim.check import check_programme
from sim.incident_types import CRIMES
from sim.police.posts import Post
from sim.programmes.base import Programme, Today
from sim.strategies.base import Analysis, Briefing, Recorded, Strategy
from sim.strategies.check import check_strategy

ROOT = Path(__file__).parents[1]
README, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
MOST_LINES = {"NearRepeat": 40, "Doorstep": 40}  # as the README says


def block(word: str, readme: str = README) -> str:
    """Return the block of Python that holds a word."""
    (found,) = (code for code in re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL) if word in code)
    return found


def made(name: str):
    code = block(f"class {name}")
    assert len(code.splitlines()) <= MOST_LINES[name]
    namespace: dict[str, object] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), namespace)
    return namespace[name]


def test_the_strategy_of_the_readme_is_at_most_40_lines_and_conforms():
    strategy = made("NearRepeat")
    check_strategy(strategy)
    assert issubclass(strategy, Strategy)


def test_the_programme_of_the_readme_is_at_most_40_lines_and_conforms():
    programme = made("Doorstep")
    check_programme(programme)
    assert issubclass(programme, Programme)


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_all_that_authors_are_given_is_told(text):
    fields = {field.name for owner in (Briefing, Recorded, Analysis) for field in dataclasses.fields(owner)} - {"truth"}
    members = (
        fields
        | {kind.name for kind in CRIMES}
        | {post.name for post in Post if post != Post.PATROL}
        | {"rng", "note", "able", "spend", "shift_feelings"}
    )
    assert not [name for name in members if not re.search(rf"\b{name}\b", text)]
    for name in re.findall(r"`today\.(\w+)", text):
        assert hasattr(Today, name), name


@pytest.mark.parametrize(("name", "folder"), [("NearRepeat", "strategies"), ("Doorstep", "programmes")])
def test_what_the_readme_shows_passes_the_lint_of_the_project(name, folder):
    for how in (["check"], ["format", "--check"]):
        line = [sys.executable, "-m", "ruff", *how, "--stdin-filename", f"sim/{folder}/example.py", "-"]
        told = subprocess.run(line, input=block(f"class {name}"), cwd=ROOT, capture_output=True, text=True)
        assert told.returncode == 0, told.stdout + told.stderr


def test_the_program_of_the_readme_runs(capsys):
    exec(compile(block("DataCollector"), "README.md", "exec"), {"__name__": "readme"})
    assert "on scene" in capsys.readouterr().out


def test_the_chinese_twin_has_the_same_parts_code_commands_and_pictures():
    for part in (r"```.*?```", r"!\[[^\]]*\]\(([^)]*)\)"):
        ours, theirs = (re.findall(part, text, flags=re.DOTALL) for text in (README, CHINESE))
        assert len(ours) == len(theirs)
    assert len(re.findall(r"^## ", README, flags=re.MULTILINE)) == len(re.findall(r"^## ", CHINESE, flags=re.MULTILINE))
    commands = [re.findall(r"python -m experiments\.\w+ ?[^#`\n]*", text) for text in (README, CHINESE)]
    assert [one.strip() for one in commands[0]] == [one.strip() for one in commands[1]]
    pictures = [re.findall(r"\(docs/\w+\.png\)", text) for text in (README, CHINESE)]
    assert pictures[0] == pictures[1]
    for name in ("NearRepeat", "Doorstep"):
        assert block(f"class {name}") == block(f"class {name}", CHINESE)


def test_pictures_are_there():
    for path in re.findall(r"\]\((docs/[^)]*)\)", README):
        assert (ROOT / path).is_file(), path


COMMANDS = sorted(
    {
        (command, words.partition("#")[0].strip())
        for command, words in re.findall(r"python -m experiments\.(\w+) ([^`\n]+)", README)
    }
)


@pytest.mark.parametrize(
    ("command", "words"), [c for c in COMMANDS if not re.search("--help|near_repeat|doorstep", c[1])]
)
def test_the_commands_of_the_readme_name_keys_that_exist(command, words, capsys):
    main = {"run": run.main, "compare": compare.main, "validate": validate.main, "mechanisms": mechanisms.main}[command]
    assert main([*shlex.split(words), "--cfg"]) == 0, capsys.readouterr().err


def test_the_tests_that_the_readme_asks_for_have_names_of_their_own():
    """Two test files of one name cannot be collected together."""
    names = set(re.findall(r"tests/(test_\w+\.py)", README))
    assert len(names) == 2
    assert not [path for path in (ROOT / "tests").rglob("test_*.py") if path.name in names]


def test_the_readme_has_commands():
    assert len(COMMANDS) >= 5


HAN = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
ENGLISH = {
    word: i for i, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}


def caption(readme: str, picture: str) -> str:
    """Return what stands below a picture."""
    return re.split(r"\n\n", readme.partition(f"](docs/{picture}.png)")[2].lstrip())[0]


@pytest.mark.parametrize(
    ("picture", "experiment"),
    [("effects", "compare"), ("shortages", "experiment/shortages"), ("ablation", "experiment/ablation")],
)
def test_captions_of_both_readmes_give_the_days_and_replications_of_the_experiment(picture, experiment):
    settings = yaml.safe_load((ROOT / "configs" / f"{experiment}.yaml").read_text(encoding="utf-8"))
    english = " ".join(caption(README, picture).split())
    times, days = re.search(r"(\w+) paired replications of (\d+) days", english).groups()
    assert (ENGLISH.get(times) or int(times), int(days)) == (settings["replications"], settings["days"])
    times, days = re.search(
        r"([一二三四五六七八九十]|\d+ )次配对重复[（、]每次 (\d+) 天", caption(CHINESE, picture)
    ).groups()
    assert (HAN.get(times) or int(times), int(days)) == (settings["replications"], settings["days"])
