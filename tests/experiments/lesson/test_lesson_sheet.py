"""Claims about the sheet on paper: a page for the class, and a page for the instructor."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from app_server import browser
from playwright.sync_api import Browser

from experiments.languages.speech import LANGUAGES, speaking
from experiments.lesson.folder import load
from experiments.lesson.page import sheet
from scenarios.lessons.found import OURS


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_two_pages_of_which_the_second_has_the_answers(chromium: Browser, language: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in OURS:
        with speaking(language):
            page.set_content(sheet(load(name)))
        assert re.findall(rb"/Count (\d+)", page.pdf(format="A4")) == [b"2"], name
        before = page.inner_text("main").partition(page.inner_text(".instructor"))[0]
        assert load(name).texts[language].sections["What to see"][:20] not in before
    assert [url for url in asked if not url.startswith("data:")] == []
    page.close()
