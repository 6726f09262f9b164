"""The READMEs and the pages of the docs are true.

Their strategy, programme and indicator pass their checks and their commands name keys that exist; so it is with their
Chinese twins. That their programs run is tried when the docs are built.
"""

import dataclasses
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import beatlab as bl
from beatlab.__main__ import main
from sim.incident_types import CRIMES
from sim.people.venues import PublicPlaces, Venues
from sim.police.posts import Post
from sim.programmes.base import Today
from sim.strategies.base import Analysis, Briefing, Recorded
from sim.strategies.knowledge import Calls, Visits

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
PAGES = {
    str(path.relative_to(DOCS)): path.read_text(encoding="utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if "_build" not in path.parts
}
AUTHORS = {
    "NearRepeat": "authors/strategy.md",
    "Doorstep": "authors/programme.md",
    "NightResponse": "authors/indicator.md",
}
CHECKS = {"NearRepeat": bl.check_strategy, "Doorstep": bl.check_programme, "NightResponse": bl.check_indicator}
CODE = re.compile(r"```(?:python|\{code-cell\} ipython3)\n(.*?)```", flags=re.DOTALL)
COMMAND = re.compile(
    r"^(?:beatlab|python -m experiments\.)\s?(run|compare|validate|mechanisms) (.+)$", flags=re.MULTILINE
)
LINK = re.compile(r"\]\(((?!http)[^)#\s]+)")
MOST_WORDS = 1300
HAN = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
ENGLISH = {
    word: i for i, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}


def blocks(text: str) -> list[str]:
    """Return the blocks of Python of a page."""
    return CODE.findall(text)


def block(word: str, text: str) -> str:
    """Return the block of Python that holds a word."""
    (found,) = (code for code in blocks(text) if word in code)
    return found


@pytest.mark.parametrize("name", AUTHORS)
def test_the_classes_of_the_docs_are_at_most_40_lines_and_conform(name):
    code = block(f"class {name}", PAGES[AUTHORS[name]])
    assert len(code.splitlines()) <= 40
    namespace: dict[str, object] = {"__name__": "page"}
    exec(compile(code, AUTHORS[name], "exec"), namespace)
    CHECKS[name](namespace[name])


@pytest.mark.parametrize("name", AUTHORS)
def test_the_classes_of_the_docs_pass_the_lint_of_the_project_and_are_the_same_in_chinese(name):
    code = block(f"class {name}", PAGES[AUTHORS[name]])
    assert code == block(f"class {name}", PAGES["zh/authors.md"])
    for how in (["check"], ["format", "--check"]):
        line = [sys.executable, "-m", "ruff", *how, "--stdin-filename", "sim/strategies/example.py", "-"]
        told = subprocess.run(line, input=code, cwd=ROOT, capture_output=True, text=True)
        assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    "text",
    [PAGES["authors/strategy.md"] + PAGES["authors/programme.md"], PAGES["zh/authors.md"]],
    ids=["English", "Chinese"],
)
def test_all_that_authors_are_given_is_told(text):
    told = (Briefing, Recorded, Analysis, Calls, Visits)
    fields = {field.name for owner in told for field in dataclasses.fields(owner)} - {"truth"}
    fields |= {*PublicPlaces._fields, *Venues._fields, "before", "after", "during", "on_foot", "with_cars"}
    members = fields | {kind.name for kind in CRIMES} | {post.name for post in Post if post != Post.PATROL}
    members |= {"rng", "note", "able", "spend", "move", "teach", "residents_of"}
    assert not [name for name in members if not re.search(rf"\b{name}\b", text)]
    for name in re.findall(r"`today\.(\w+)", text):
        assert hasattr(Today, name), name


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_a_readme_is_short(text):
    """A word is what stands between spaces; of Chinese, two characters."""
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    assert len(re.sub(r"[\u4e00-\u9fff]", "", text).split()) + han / 2 <= MOST_WORDS


def test_the_chinese_readme_has_the_same_parts_code_commands_and_pictures():
    for part in (r"^```.*?^```", r"^## ", r"!\[[^\]]*\]\(([^)]*)\)"):
        ours, theirs = (re.findall(part, text, flags=re.DOTALL | re.MULTILINE) for text in (README, CHINESE))
        assert len(ours) == len(theirs)
    for ours, theirs in ((blocks(README), blocks(CHINESE)), (commands(README), commands(CHINESE))):
        assert ours == theirs


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", *PAGES])
def test_links_and_pictures_lead_somewhere(page):
    path = ROOT / page if page.startswith("README") else DOCS / page
    told = [
        *LINK.findall(path.read_text(encoding="utf-8")),
        *re.findall(r"\{image\} (\S+)", path.read_text(encoding="utf-8")),
    ]
    assert not [target for target in told if not (path.parent / target).exists()]


def commands(text: str) -> list[tuple[str, str]]:
    """Return the commands of a page with their words, without those that need a file of the reader's."""
    found = [(command, words.partition("#")[0].strip()) for command, words in COMMAND.findall(text)]
    return [
        one
        for one in found
        if not re.search("--help|--with|--config-dir|--situation|NAME|…|_csv=|parameters[= ]", one[1])
    ]


EVERY_COMMAND = sorted({one for text in (README, *PAGES.values()) for one in commands(text)})


@pytest.mark.parametrize(("command", "words"), EVERY_COMMAND)
def test_the_commands_of_the_docs_name_keys_that_exist(command, words, capsys):
    assert main([command, *shlex.split(words), "--cfg"]) == 0, capsys.readouterr().err


def test_the_docs_have_commands():
    assert len(EVERY_COMMAND) >= 12


def test_chinese_pages_have_the_commands_and_pictures_of_the_english_ones():
    english = {one for name, text in PAGES.items() if not name.startswith("zh/") for one in commands(text)}
    chinese = {one for name, text in PAGES.items() if name.startswith("zh/") for one in commands(text)}
    assert chinese <= english
    pictures = {path.name for path in (DOCS / "pictures").iterdir()}
    for pages in ("zh/", ""):
        text = "".join(text for name, text in PAGES.items() if name.startswith("zh/") == bool(pages))
        assert not [name for name in pictures if name not in text]


def caption(text: str, picture: str) -> str:
    """Return what stands below a picture, on one line."""
    below = text.partition(f"pictures/{picture}.png")[2]
    return " ".join(re.search(r"^\*(.*?)\*(?:\s|$)", below, flags=re.DOTALL | re.MULTILINE)[1].split())


def test_captions_give_the_days_and_replications_of_the_comparison():
    settings = yaml.safe_load((ROOT / "configs" / "compare.yaml").read_text(encoding="utf-8"))
    for text in (PAGES["index.md"], README):
        times, days = re.search(r"(\w+) paired replications of (\d+) days", caption(text, "effects")).groups()
        assert (ENGLISH.get(times) or int(times), int(days)) == (settings["replications"], settings["days"])
    for text in (PAGES["zh/start.md"], CHINESE):
        said = re.search(r"([一二三四五六七八九十]|\d+ )次配对重复[（、]每次 (\d+) 天", caption(text, "effects"))
        times, days = said.groups()
        assert (HAN.get(times) or int(times), int(days)) == (settings["replications"], settings["days"])
