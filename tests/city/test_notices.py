"""Claims about what is said of files: a sentence knows its words and values, and can be said in another language."""

from __future__ import annotations

import pickle

from sim.city.notices import Notice, Weight

PART = Notice("that of the {rows:,} with one", rows=1200)
SAID = Notice(
    "{type}: {rows:,} rows; {surface}", Weight.LOST, ("city.residents",),
    type=Notice("theft"), rows=3000, surface=(PART, "a {brace}"),
)  # fmt: skip
FRENCH = {
    ", ": " et ",
    "theft": "vol",
    "that of the {rows:,} with one": "celui des {rows:,}",
    "{type}: {rows:,} rows; {surface}": "{rows:,} de {type} ; {surface}",
}


def test_a_notice_is_its_sentence_and_keeps_its_values() -> None:
    assert SAID == "theft: 3,000 rows; that of the 1,200 with one, a {brace}"
    assert (SAID.weight, SAID.settings) == (Weight.LOST, ("city.residents",))
    assert SAID.values["rows"] == 3000


def test_a_notice_is_said_in_another_language_with_all_its_parts() -> None:
    assert SAID.said(lambda words: FRENCH[words]) == "3,000 de vol ; celui des 1,200 et a {brace}"


def test_a_notice_goes_to_another_process_whole() -> None:
    copy = pickle.loads(pickle.dumps(SAID))
    assert (copy, copy.words, copy.values, copy.weight) == (SAID, SAID.words, SAID.values, SAID.weight)
