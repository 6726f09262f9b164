"""Claims about the letters of a page: whatever Chinese it shows goes with it, and nothing else does."""

from __future__ import annotations

import base64
import io
import re

from fontTools.ttLib import TTFont

from experiments.presentation.letters import face, strings_of, with_letters


def letters_in(text: str) -> set[str]:
    """Return the letters of the font in a text."""
    (font,) = re.findall(r"base64,([A-Za-z0-9+/=]+)\)", text)
    return {chr(code) for code in TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()}


def test_a_page_brings_its_chinese_letters_and_no_others():
    page = with_letters("<style>\nbody {}</style><p>我县：案件 12</p>")
    assert page.startswith("<style>\n@font-face")
    assert letters_in(page) - {" "} == {*"我县：案件"}
    assert len(page) < 5_000


def test_a_page_without_chinese_stays_as_it_is():
    page = "<style>\nbody {}</style><p>crimes – 12 “per” year</p>"
    assert with_letters(page) == page


def test_letters_that_the_font_lacks_are_left_to_the_machine():
    assert letters_in(face("案𠮷")) - {" "} == {"案"}


def test_the_texts_of_a_tree_are_found_wherever_they_are():
    assert {*strings_of({"甲": [("乙", 3)], "a": {"b": "丙"}})} == {*"甲乙丙ab"}
