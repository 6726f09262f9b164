"""Claims about the texts of lessons: both languages say the same things, and nothing in a text acts on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from experiments.languages.speech import CHINESE, ENGLISH, LANGUAGES, speaking
from experiments.lesson.folder import load, load_folder
from experiments.lesson.page import sheet, write_sheet
from experiments.lesson.texts import SECTIONS, html, text_of
from scenarios.lessons import found
from scenarios.lessons.found import lesson_folders
from sim.parameters import AuthorError, BadInput

SIX = ("more_patrol", "how_long", "campaign", "who_is_reached", "short_of_what", "self_feeding_map")
EVIL = """---
title: <script>alert(1)</script>
summary: "</title><img src=x onerror=alert(2)>"
question: <b>what?</b>
choices: ["<i>one</i>", "two"]
knobs: {}
arms: {a: "<script>a</script>", b: b}
measures: {m: m}
---
## Aims
<script>alert(3)</script> [link](javascript:alert(4)) ![picture](/etc/passwd) <http://elsewhere.example>
## The town
&lt;script&gt; {{ 7 * 7 }} {% include "page.css" %}
## What you do
x
## Questions
<iframe src="file:///etc/passwd"></iframe>
## What to see
x
## For the instructor
[a]: file:///etc/passwd
"""
CODE = """
from scenarios.lessons.parts import Promise
PLACE, KNOBS, REPLICATIONS, ANSWER = {}, {}, 2, 0
PROMISES = (Promise("m", "a", "b", 0, 1),)
arms = measures = None
"""


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "en.md").write_text(EVIL)
    (folder / "lesson.py").write_text(CODE)
    return folder


def test_the_six_lessons_are_found() -> None:
    assert tuple(lesson_folders()) == SIX
    ours = Path(found.__file__).parent
    assert {one.parent.name for one in ours.glob("*/lesson.py")} == {*SIX}


@pytest.mark.parametrize("name", SIX)
def test_both_languages_of_a_lesson_name_the_same_things(name: str) -> None:
    lesson = load(name)
    one, other = lesson.texts[ENGLISH], lesson.texts[CHINESE]
    assert len(one.choices) == len(other.choices)
    for part in ("knobs", "arms", "measures"):
        assert list(getattr(one, part)) == list(getattr(other, part))
    for section in SECTIONS:
        paragraphs = [len(re.findall(r"^(?:\d+\.|-) ", text.sections[section], re.MULTILINE)) for text in (one, other)]
        assert paragraphs[0] == paragraphs[1], section
    assert "45" in one.sections["For the instructor"]
    assert re.search(r"made|more|four|many", one.sections["The town"]), "says what was made large"


@pytest.mark.parametrize("name", SIX)
def test_arms_and_measures_have_words_and_knobs_their_defaults(name: str) -> None:
    lesson = load(name)
    for knob in lesson.knobs.values():
        assert knob.default in knob.allowed
    assert 1 <= len(lesson.knobs) <= 2
    assert {one.arm for one in lesson.promises} <= {*lesson.text.arms}


@pytest.mark.parametrize("name", SIX)
def test_a_sheet_is_one_file_in_either_language(name: str) -> None:
    lesson = load(name)
    for language in LANGUAGES:
        with speaking(language):
            page = sheet(lesson)
        assert f'lang="{"zh-CN" if language == CHINESE else "en"}"' in page
        assert not re.search(r'(?:src|href)="(?!data:)', page)
        assert lesson.texts[language].choices[lesson.answer] in page.replace("&#39;", "'").replace("&#34;", '"')
    words = re.sub(r"<style>.*?</style>|<code>.*?</code>|<[^>]+>|&\w+;", " ", page, flags=re.DOTALL)
    known = {"Beatlab", "Koper", "beatlab", "compare", "lesson", "Ensign", "Lum", "Isaac"}
    assert {*re.findall(r"[A-Za-z]{3,}", words)} - known == set()


def test_markup_and_paths_in_a_lesson_do_nothing(evil: Path) -> None:
    page = sheet(load_folder(evil))
    assert "<script" not in page
    assert "<iframe" not in page
    assert not re.search(r"<img|<a |<b>|<i>", page)
    assert "{{ 7 * 7 }}" in page
    assert "49" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "root:" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_markdown_has_lists_tables_and_emphasis_only() -> None:
    assert html("**a** *b*\n\n1. c") == "<p><strong>a</strong> <em>b</em></p>\n<ol>\n<li>c</li>\n</ol>\n"
    assert "<table>" in html("|a|b|\n|-|-|\n|1|2|")
    assert html("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: <script>alert(1)</script>", "", "en.md: title"),
        ('choices: ["<i>one</i>", "two"]', "choices: [one]", "en.md: choices"),
        ("## Questions", "## Question", "en.md: headings"),
        ("---\ntitle", "title", "en.md: .* front matter"),
        ("measures: {m: m}", "measures: {n: m}", "en.md: measures: 'n' is not allowed: words for m"),
        ("knobs: {}", "knobs: {k: m}", "en.md: knobs"),
    ],
)
def test_what_is_missing_in_a_text_is_named_in_one_line(evil: Path, old: str, new: str, says: str) -> None:
    (evil / "en.md").write_text(EVIL.replace(old, new, 1))
    with pytest.raises(BadInput, match=says) as refused:
        load_folder(evil)
    assert "\n" not in str(refused.value)


def test_what_is_missing_in_the_code_is_named(evil: Path) -> None:
    for code, says in ((CODE.replace("PROMISES", "PROMISE"), "PROMISES"), (CODE.replace("2, 0", "2, 5"), "ANSWER")):
        (evil / "lesson.py").write_text(code)
        with pytest.raises(BadInput, match=says):
            load_folder(evil)
    (evil / "lesson.py").write_text("1 / 0")
    with pytest.raises(AuthorError, match="lesson 'evil'"):
        load_folder(evil)


def test_a_sheet_is_written_to_a_page_and_nowhere_else(evil: Path, tmp_path: Path) -> None:
    lesson = load_folder(evil)
    assert write_sheet(lesson, str(tmp_path / "s.html")).read_text(encoding="utf-8") == sheet(lesson)
    for bad in (str(tmp_path / "s.txt"), str(tmp_path / "missing" / "s.html")):
        with pytest.raises(BadInput, match="sheet"):
            write_sheet(lesson, bad)


def test_a_text_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "en.md"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"en\.md"):
        text_of(file, ENGLISH)
