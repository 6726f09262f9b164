"""Forty browsers at once, each with a town of its own: is each answered, with its own numbers, and in what memory?

python -m tests.app.crowd [--sessions 40] [--folder out/crowd]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

from app.keep import Keep
from app.situations import text_of
from tests.support.app_server import browser, memory_mb, served

LONGEST_S = 900


class Seen(NamedTuple):
    """What one browser has seen: its decision, the cells of its table, and after how many seconds."""

    decision: str
    cells: list[str]
    seconds: float


def town(number: int, replications: int = 2) -> dict[str, Any]:
    """Return a small town in which another share of the officers is missing for each number."""
    return {
        "name": f"town{number}x", "preset": "county_china", "city": "town", "warmup_days": 0, "days": 28,
        "missing": [{"kind": "uniform", "fraction": 0.05 + 0.01 * number}], "strategies": ["reactive", "hotspot"],
        "replications": replications,
    }  # fmt: skip


def begin(page: Page, address: str, folder: Path, number: int, replications: int = 2) -> None:
    """Open a town of one's own, which was shared, and compare."""
    page.goto(address.rstrip("/") + Keep(folder / "app").share(text_of(town(number, replications))))
    page.click("[data-mark=compare]")


def seen(page: Page, begun: float) -> Seen:
    """Wait for the answer and return what can be seen of it."""
    page.wait_for_selector("[data-mark=decision]", timeout=LONGEST_S * 1000)
    cells = page.locator("[data-mark=table] td").all_inner_texts()
    return Seen(page.inner_text("[data-mark=decision]"), cells, monotonic() - begun)


def crowd(chromium: Browser, address: str, folder: Path, sessions: int) -> tuple[list[Seen], float]:
    """Let so many browsers ask at once; return what each has seen, and the most memory that the server took, MB."""
    pages = [chromium.new_context().new_page() for _ in range(sessions)]
    begun, found = monotonic(), []
    for number, page in enumerate(pages):
        begin(page, address, folder, number)
    most = memory_mb(folder)
    for page in pages:
        found.append(seen(page, begun))
        most = max(most, memory_mb(folder))
        page.context.close()
    return found, most


def alone(folder: Path, number: int) -> list[str]:
    """Return the cells of the table of a town, as the command compares it, without the store of the page."""
    import beatlab as bl
    from experiments.compare.brief import COLUMNS

    path = folder / f"alone{number}.yaml"
    path.write_text(text_of(town(number)), encoding="utf-8")
    result = bl.compare(situation=str(path), workers=1)
    signs = {"best": "✓ ", "worse": "✗ "}
    return [
        signs.get(row.marks.get(column.key, ""), "") + row.texts[column.key]
        for row in result.findings.table.rows
        for column in result.findings.table.columns
        if column.key in COLUMNS
    ]


def main() -> None:
    """Print what a crowd has seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="beatlab-crowd-"))
    folder.mkdir(parents=True, exist_ok=True)
    with served(folder) as address, browser() as chromium:
        found, most = crowd(chromium, address, folder, given.sessions)
    own = sum(f"town{number}x" in one.decision for number, one in enumerate(found))
    checked = sorted({0, given.sessions // 2, given.sessions - 1})
    same = sum(found[number].cells == alone(folder, number) for number in checked)
    seconds = sorted(one.seconds for one in found)
    print(f"{len(found)} sessions answered, {own} by their own name, {len({tuple(one.cells) for one in found})} tables")
    print(f"{same} of {len(checked)} tables that were computed again by the command are the same")
    print(f"answered after {seconds[0]:.0f} to {seconds[-1]:.0f} s, median {seconds[len(seconds) // 2]:.0f} s")
    print(f"memory of the server and its workers: {most:.0f} MB at most")


if __name__ == "__main__":
    main()
