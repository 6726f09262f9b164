"""Sentences, labels and terms stand word for word in tests/golden, so that no other test quotes them."""

from __future__ import annotations

import re

import pytest
from prose import GOLDEN, texts

from experiments.languages import glossary
from experiments.presentation.indicators import INDICATORS
from scenarios.shortages import LEVERS, SHORTAGES
from sim.programmes.base import programmes
from sim.strategies.base import registered


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return texts()


@pytest.mark.parametrize("name", ["answers.md", "answers.zh.md", "indicators.txt", "glossary.txt"])
def test_readers_are_told_what_the_golden_files_say(written, name):
    golden = (GOLDEN / name).read_text(encoding="utf-8")
    assert written[name] == golden, (
        "if it is meant so: PYTHONPATH=.:tests/support python tests/experiments/prose.py, and read the diff"
    )


def test_words_that_readers_stumble_over_are_in_no_sentence(written):
    shunned = re.compile(
        r"\bheads\b|cannot be told apart|came back|\bblows\b|\bbooks\b|\bbesides\b|may be the best|handed over"
        r"|residents a year|resident a year|days of sentence",
        re.IGNORECASE,
    )
    for name in ("answers.md", "indicators.txt"):
        assert [line for line in written[name].splitlines() if shunned.search(line)] == []


def test_the_glossary_has_every_strategy_programme_shortage_and_indicator_once():
    for group, names in (
        (glossary.STRATEGIES, registered()),
        (glossary.PROGRAMMES, programmes()),
        (glossary.SHORTAGES, {"none", *SHORTAGES}),
        (glossary.LEVERS, LEVERS),
        (glossary.INDICATORS, INDICATORS),
    ):
        assert sorted(term.identifier for term in group) == sorted(names)
        assert all(re.search(r"[\u4e00-\u9fff]", term.chinese) and term.english for term in group)
