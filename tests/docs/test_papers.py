"""What the table of the two papers names exists, and the Chinese table names the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import configs
from scenarios.shortages import LEVERS, SHORTAGES
from sim.parameters import Parameters
from sim.programmes.base import programmes
from sim.scenario import Scenario
from sim.strategies.base import registered
from sim.strategies.organisations import ORGANISATIONS

DOCS = Path(__file__).parents[2] / "docs"
NAMED = {*programmes(), *registered(), *SHORTAGES, *LEVERS, *ORGANISATIONS}
ROW = re.compile(r"^\| ([AB]\d+) \| (.+) \| (.+) \| (.+) \|$", flags=re.MULTILINE)


def rows(page: str) -> list[tuple[str, ...]]:
    return ROW.findall((DOCS / page).read_text(encoding="utf-8"))


def exists(name: str) -> bool:
    """Whether there is a programme, strategy, shortage, lever, organisation, preset or parameter of a name."""
    if name.startswith("preset="):
        return (Path(configs.__file__).parent / "preset" / f"{name.removeprefix('preset=')}.yaml").is_file()
    part: Any = Scenario()
    for step in name.split("."):
        if not isinstance(part, Parameters) or step not in type(part).model_fields:
            return name in NAMED
        part = getattr(part, step)
    return not isinstance(part, Parameters)


NAMES = sorted(
    {name for page in ("papers.md", "zh/papers.md") for *_, by in rows(page) for name in re.findall(r"`([^`]+)`", by)}
)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_papers_table_names_exists(name: str) -> None:
    assert exists(name)


def test_what_does_not_exist_is_told() -> None:
    assert not [
        name for name in ("venue_inspection", "posts", "posts.counter", "preset=county", "no.name") if exists(name)
    ]


def test_both_tables_have_the_same_paragraphs_and_names() -> None:
    english, chinese = rows("papers.md"), rows("zh/papers.md")
    assert len(english) > 60
    assert [(row[0], row[3]) for row in english] == [(row[0], row[3]) for row in chinese]
    for letter in "AB":
        numbers = [int(row[0][1:]) for row in english if row[0][0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))


def test_what_has_no_name_in_the_model_says_why() -> None:
    english, chinese = ([row[2] for row in rows(page) if "`" not in row[3]] for page in ("papers.md", "zh/papers.md"))
    assert english
    assert all(text.startswith("Not modelled: ") for text in english)
    assert all(text.startswith("未建模：") for text in chinese)
