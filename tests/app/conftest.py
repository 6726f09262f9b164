"""A browser for the tests of the page, which knows no other machine, and in which no script of a user may run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from app_server import browser
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    found = context.new_page()
    found.on("dialog", lambda dialog: pytest.fail(f"a script has run: {dialog.message}"))
    yield found
    context.close()
