"""How long the pages of a comparison are: words on the first screen and in all, sheets of A4, size.

    python -m tests.pages.study out/compare [another folder …]

It needs a browser: Debian's chromium, and playwright.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCREEN = {"width": 1280, "height": 800}
VISIBLE = """height => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNode(walker.currentNode);
    const box = range.getBoundingClientRect();
    const shown = walker.currentNode.parentElement.checkVisibility();
    if (shown && box.height > 0 && box.top < height) texts.push(walker.currentNode.data);
  }
  return texts.join(' ');
}"""  # texts that are shown, folded ones not, and begin above a height
WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")  # of Chinese each character counts


class Length(NamedTuple):
    """How long a page is."""

    page: Path
    first_screen: int  # words
    shown: int  # words, without what is folded
    sheets: int  # of A4, printed
    kilobytes: int


def length(page: Path, browser: Browser) -> Length:
    """Open a page in the browser and measure it."""
    tab = browser.new_page(viewport=SCREEN)
    tab.goto(page.resolve().as_uri())
    first, shown = (len(WORD.findall(tab.evaluate(VISIBLE, height))) for height in (SCREEN["height"], 1e9))
    printed = tab.pdf(format="A4", prefer_css_page_size=True)
    tab.close()
    return Length(page, first, shown, len(re.findall(rb"/Type\s*/Page\b", printed)), round(page.stat().st_size / 1024))


def lengths(pages: list[Path]) -> Iterator[Length]:
    """Measure some pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield from (length(page, browser) for page in pages)
        browser.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="of comparisons that are finished")
    pages = [page for folder in parser.parse_args().folders for page in sorted(folder.glob("*.html"))]
    sys.stdout.write("| page | words on the first screen | words shown | sheets of A4 | KB |\n|---|---|---|---|---|\n")
    for one in lengths(pages):
        sys.stdout.write(f"| {one.page} | {one.first_screen} | {one.shown} | {one.sheets} | {one.kilobytes} |\n")


if __name__ == "__main__":
    main()
