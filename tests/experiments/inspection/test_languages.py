"""Claims about languages: every sentence about files has its Chinese words, with the same values in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from experiments.inspection.page import _otherwise
from experiments.presentation.languages import CHINESE, catalogue, check_language, translator
from sim.city.call_stages import INTERVALS, STAGES
from sim.city.notices import SEPARATOR
from sim.city.recorded_types import KINDS
from sim.city.tables import OTHERS
from sim.parameters import BadInput

ROOT = Path(__file__).parents[3]
COMPARED = ("serving", "plausibility", "unit_costs", "budget", "equivalents")
SOURCES = [*(ROOT / "sim/city").glob("*.py"), *(ROOT / "experiments/inspection").glob("*.py"),
           *(ROOT / "experiments/inspect").glob("*.py"), ROOT / "experiments/presentation/languages.py",
           *(ROOT / f"experiments/compare/{name}.py" for name in COMPARED)]  # fmt: skip
TEMPLATE = ROOT / "experiments/presentation/templates/inspect.html.j2"
SPOKEN = {"Notice", "say", "spoken", "t", "_found", "reject"}  # whose words are sentences
NAMED = {"said", "words", "caption", "alt", "unit", "ARISING"}  # names of sentences before they are spoken
NOT_SPOKEN = {"D", "Y", "M"}


def literals(node: ast.AST | None) -> Iterator[str]:
    """Yield the texts that an expression may be: a constant, one of two, or one of several."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)


def spoken_in(source: str) -> set[str]:
    """Return the words that a module speaks, as far as they stand in it."""
    out: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[*args]) if name in SPOKEN:
                at = {"reject": 1, "_found": 2}.get(name, 0)
                out.update(literals(args[at] if len(args) > at else None))
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
                out.update(literals(value))
            case ast.Assign(targets=[ast.Name(id="WEEKDAYS")], value=ast.Tuple(elts=names)):
                out.update(text for name in names for text in literals(name))
    return {text for text in out if re.search(r"[^\W\d_]", re.sub(r"{.*?}", "", text)) and text not in NOT_SPOKEN}


def every_word() -> set[str]:
    template = TEMPLATE.read_text(encoding="utf-8")
    out = set(re.findall(r'\bt\("([^"]*)"', template)) | {doc for _, doc in _otherwise()} | set(KINDS)
    out |= {"rows", "stations", "shapes", "streets, each way", "type is missing", "in no table", "other calls"}
    out |= {SEPARATOR, "gamma", "lognormal", "all", "priority", *STAGES, *INTERVALS}
    out |= {"time", "clock", "latitude", "longitude", "latitude and longitude", "point", "origin", "number", "type"}
    out |= {words for _, *said in OTHERS for words in said}
    for path in SOURCES:
        out |= spoken_in(path.read_text(encoding="utf-8"))
    return out


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_every_sentence_about_files_has_its_chinese_words() -> None:
    words = every_word()
    assert len(words) > 150
    assert sorted(words - set(catalogue(CHINESE))) == []


def test_the_catalogue_has_no_words_that_nobody_says() -> None:
    assert sorted(set(catalogue(CHINESE)) - every_word()) == []


def test_a_sentence_has_the_same_values_in_both_languages() -> None:
    assert [words for words, other in catalogue(CHINESE).items() if fields(words) != fields(other)] == []


def test_english_is_as_it_stands_and_other_languages_are_refused() -> None:
    assert translator("en")("Rows not used") == "Rows not used"
    assert translator("zh")("Rows not used") != "Rows not used"
    with pytest.raises(BadInput, match="language: 'fr' is not allowed: one of en, zh"):
        check_language("fr")


def test_a_new_sentence_would_be_found() -> None:
    source = 'said = "new {n}"\nNotice("other" if x else "third", n=1)\nsieve.reject(rows, "why")'
    assert spoken_in(source) == {"new {n}", "other", "third", "why"}
