"""Claims about the desk Teach: predict before you run, a class by its code, and what its instructor sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_server import served
from drawn_fonts import drawn_in_others
from playwright.sync_api import Browser, Page, expect

from beatlab.__main__ import main
from experiments.presentation.letters import FIRST

SMALL = {
    'PLACE = TOWN | {"days": 91}': """PLACE = {"city": "town", "city.residents": 3000, "city.area_km2": 2,
    "city.beats": 1, "city.districts": 1, "city.layouts": "one", "days": 3, "warmup_days": 0}""",
}
EVIL = "</script><script>document.title='taken'</script>"
SECONDS = 60_000


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("taught")


@pytest.fixture(scope="module")
def address(taught: Path) -> Iterator[str]:
    """A server whose working folder has a small lesson of its own, with markup in its name."""
    folder = taught
    assert main(["new", "lesson", "night", "--dir", str(folder)]) == 0
    own = folder / "lessons" / "night"
    code = (own / "lesson.py").read_text()
    for old, new in SMALL.items():
        assert old in code
        code = code.replace(old, new)
    (own / "lesson.py").write_text(code)
    for file in ("en.md", "zh.md"):
        text = (own / file).read_text(encoding="utf-8")
        (own / file).write_text(text.replace("title: night", f'title: "night {EVIL}"'), encoding="utf-8")
    (folder / "lessons" / "broken").mkdir()
    (folder / "lessons" / "broken" / "lesson.py").write_text("1 / 0")
    (folder / "lessons" / "broken" / "en.md").write_text((own / "en.md").read_text())
    with served(folder, "workers=1") as found:
        yield found


def opened(chromium: Browser, address: str, language: str = "en") -> Page:
    page = chromium.new_context().new_page()
    page.goto(f"{address}{language}/teach")
    page.wait_for_selector(".lessons", timeout=SECONDS)
    return page


def of_night(page: Page, button: str) -> None:
    page.locator(".lesson", has_text="night").get_by_role("button", name=button).click()


def joined(chromium: Browser, address: str, code: str, name: str) -> Page:
    page = opened(chromium, address)
    page.get_by_label("Code of the class").fill(code.lower())
    page.get_by_label("Name, or none").fill(name)
    page.get_by_role("button", name="Join the class").click()
    page.wait_for_selector("text=Predict first")
    return page


def predicted(page: Page, choice: str) -> None:
    page.get_by_role("radio", name=choice).click()
    page.get_by_role("button", name="This is my prediction").click()
    page.wait_for_selector("text=You predicted:")


def test_all_lessons_are_listed_and_markup_in_one_is_text(chromium: Browser, address: str) -> None:
    page = opened(chromium, address)
    assert page.locator(".lessons .lesson").count() == 7
    assert page.title() == "Beatlab"
    assert EVIL in page.locator(".lessons").inner_text()
    assert "lesson 'broken'" in page.locator(".warning").inner_text()


def test_a_lesson_that_is_written_anew_is_read_anew(chromium: Browser, address: str, taught: Path) -> None:
    own = taught / "lessons" / "night" / "en.md"
    before = own.read_text(encoding="utf-8")
    own.write_text(before.replace("night ", "late night ", 1), encoding="utf-8")
    try:
        assert "late night" in opened(chromium, address).locator(".lessons").inner_text()
    finally:
        own.write_text(before, encoding="utf-8")


def test_nothing_can_be_run_before_a_prediction(chromium: Browser, address: str) -> None:
    page = opened(chromium, address)
    of_night(page, "Begin")
    page.wait_for_selector("text=Predict first")
    assert page.get_by_role("button", name="Run", exact=True).count() == 0
    page.get_by_role("button", name="This is my prediction").click()
    page.wait_for_selector("text=Choose one first.")
    assert page.get_by_role("button", name="Run", exact=True).count() == 0
    predicted(page, "They rise.")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_selector(".seen", timeout=SECONDS)
    page.get_by_role("button", name="To the debriefing").click()
    page.wait_for_selector("text=Your prediction did not come true.")
    page.reload()
    page.wait_for_selector("text=Your prediction did not come true.", timeout=SECONDS)


def test_an_instructor_sees_who_is_where_and_what_they_predicted(chromium: Browser, address: str) -> None:
    instructor = opened(chromium, address)
    of_night(instructor, "Open a class")
    code = instructor.locator(".code").inner_text()
    one, other = (joined(chromium, address, code, name) for name in ("<b>Li</b>", ""))
    predicted(one, "They fall by a tenth or more.")
    table = instructor.locator("tbody tr")
    expect(table).to_have_count(2)
    expect(table.nth(0)).to_contain_text("has predicted")
    expect(table.nth(0)).to_contain_text("<b>Li</b>")
    expect(table.nth(1)).to_contain_text("reads")
    expect(instructor.locator(".choice-bars")).to_contain_text("1 of 1")
    assert "For the instructor" not in instructor.locator("body").inner_text(), "what is projected"
    instructor.get_by_text("Answers, not for the projector").click()
    instructor.wait_for_selector("text=For the instructor")
    assert "For the instructor" not in other.locator("body").inner_text()
    instructor.get_by_role("button", name="Close the class").click()
    instructor.wait_for_selector(".lessons")
    late = opened(chromium, address)
    late.get_by_label("Code of the class").fill(code)
    late.get_by_role("button", name="Join the class").click()
    late.wait_for_selector("text=There is no class with this code")


def test_what_was_seen_is_drawn_in_letters_of_the_page(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, "zh")
    of_night(page, "开始")
    page.get_by_role("radio").first.click()
    page.get_by_role("button", name="这是我的预测").click()
    page.get_by_role("button", name="运行", exact=True).click()
    page.wait_for_selector(".panel svg text", timeout=SECONDS)
    drawn = "".join(page.locator(".panel svg text").all_text_contents())
    assert any(ord(letter) >= FIRST for letter in drawn), drawn
    assert drawn_in_others(page) == []


def test_a_lesson_in_chinese_has_no_english_left(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, "zh")
    page.locator(".lesson", has_text="停留多久").get_by_role("button", name="开始").click()
    page.wait_for_selector("text=先预测")
    words = {*page.locator(".lesson-columns").inner_text().split()}
    assert {word for word in words if word.isascii() and word.isalpha()} <= {"Koper"}
