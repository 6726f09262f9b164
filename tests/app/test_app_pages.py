"""Claims about the pages of the app: they draw in both languages, and ask nobody but their own server for anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_server import served
from drawn_fonts import drawn_in_others
from playwright.sync_api import Browser
from small_commands import SMALL_TOWN

from beatlab.__main__ import main

DESKS = {"en": ("Plan", "Study", "Teach"), "zh": ("规划", "研究", "教学")}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.mark.parametrize("language", DESKS)
def test_every_desk_draws_and_no_request_leaves_the_machine(chromium: Browser, address: str, language: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for desk in ("plan", "study", "teach"):
        page.goto(f"{address}{language}/{desk}")
        page.wait_for_selector("text=Beatlab")
        assert page.locator("nav a").all_inner_texts() == list(DESKS[language])
        assert page.locator("[aria-current=page]").count() == 1
        assert drawn_in_others(page) == []
    assert page.locator("html").get_attribute("lang") == {"en": "en-US", "zh": "zh-CN"}[language]
    outside = [url for url in asked if not url.startswith((address, "data:", "blob:", address.replace("http", "ws")))]
    assert (outside, errors) == ([], [])
    page.close()


@pytest.fixture
def studied(tmp_path: Path) -> Iterator[str]:
    """Serve a store with a small comparison."""
    words = ["compare", *SMALL_TOWN, "strategies=[reactive,hotspot]", "replications=3", "days=2", "warmup_days=0"]
    assert main([*words, f"out={tmp_path / 'out'}", f"store={tmp_path / 'store'}"]) == 0
    with served(tmp_path, "workers=1") as found:
        yield found


def test_what_is_studied_is_drawn_in_letters_of_the_page(chromium: Browser, studied: str) -> None:
    page = chromium.new_page()
    page.goto(f"{studied}zh/study")
    page.wait_for_selector("[data-mark=chart] svg text")
    page.wait_for_selector("text=每页行数")
    assert any("被动警务" in text for text in page.locator("[data-mark=chart] svg text").all_text_contents())
    assert drawn_in_others(page) == []
    page.close()


def test_the_other_language_is_one_click_away_and_remembered(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(address)
    page.click("text=中文")
    page.wait_for_url("**/zh/plan")
    page.goto(address)
    assert page.url.endswith("/zh/plan")
    page.close()


def test_the_server_listens_on_this_machine_alone(address: str, tmp_path: Path) -> None:
    assert address.startswith("http://127.0.0.1:")


def test_on_a_telephone_nothing_sticks_out_and_the_other_language_is_there(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    for desk in ("plan", "study", "teach"):
        page.goto(f"{address}en/{desk}")
        page.wait_for_selector("text=中文")
        box = page.locator(".language").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360, desk
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, desk
    page.close()
