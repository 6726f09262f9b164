"""A class of forty on one machine: does each student see a result after predicting, and the instructor all of them?

python -m tests.app.class_of_forty [--students 40] [--lesson how_long]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from time import monotonic

from playwright.sync_api import Page

from experiments.lesson.folder import load
from tests.support.app_server import browser, memory_mb, served

LONGEST_MS = 600_000


def predicted(page: Page, address: str, code: str, number: int) -> None:
    """Join a class, turn the knob to a value of one's own group, predict and run."""
    page.goto(f"{address}en/teach")
    page.get_by_label("Code of the class").fill(code)
    page.get_by_label("Name, or none").fill(f"student {number}")
    page.get_by_role("button", name="Join the class").click()
    choices = page.get_by_role("radio")
    choices.first.wait_for(timeout=LONGEST_MS)
    choices.nth(number % choices.count()).click()
    page.get_by_role("button", name="This is my prediction").click()
    knob = page.locator(".q-btn-toggle button")
    knob.first.wait_for()
    knob.nth(number % knob.count()).click()
    page.get_by_role("button", name="Run", exact=True).click()


def main() -> None:
    """Print what a class has seen, after how long, and in what memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--lesson", default="how_long")
    given = parser.parse_args()
    lesson, folder = load(given.lesson), Path(tempfile.mkdtemp(prefix="beatlab-class-"))
    with served(folder) as address, browser() as chromium:
        instructor = chromium.new_context().new_page()
        instructor.goto(f"{address}en/teach")
        card = instructor.locator(".lesson", has_text=lesson.text.title)
        card.get_by_role("button", name="Open a class").click()
        code = instructor.locator(".code").inner_text()
        begun = monotonic()
        pages = [chromium.new_context().new_page() for _ in range(given.students)]
        for number, page in enumerate(pages):
            predicted(page, address, code, number)
        seconds, cells = [], set()
        for page in pages:
            page.wait_for_selector(".seen", timeout=LONGEST_MS)
            seconds.append(monotonic() - begun)
            cells.add(page.inner_text(".seen"))
        instructor.wait_for_timeout(5000)
        rows = instructor.locator("tbody tr").all_inner_texts()
        told = sum("has run it" in row for row in rows)
        print(f"{len(pages)} students saw a result, the last {seconds[-1]:.0f} s after the class was opened; ", end="")
        print(f"{len(cells)} tables; the instructor sees {told} who have run it")
        print(instructor.inner_text(".choice-bars"))
        print(f"memory of the server and its workers: {memory_mb(folder):.0f} MB")


if __name__ == "__main__":
    main()
