"""A server of the page for tests, in a process of its own, and a browser that knows no other machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
ALONE = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@contextmanager
def served(folder: Path, *words: str, end: int = signal.SIGTERM) -> Iterator[str]:
    """Serve the page from a folder in a block; give the address that it printed."""
    command = [
        sys.executable,
        "-m",
        "beatlab",
        "app",
        "--port",
        "0",
        f"out={folder / 'app'}",
        f"store={folder / 'store'}",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "errors.txt").open("a") as errors:
        process = subprocess.Popen(
            [*command, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        (folder / "pid").write_text(str(process.pid))
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://" in line, (folder / "errors.txt").read_text()
            yield line.split()[2]
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(end)
            process.wait(timeout=20)
            process.stdout.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Give a browser for which no name but 127.0.0.1 can be found."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ALONE)
        try:
            yield chromium
        finally:
            chromium.close()


def memory_mb(folder: Path) -> float:
    """Return the memory of a server and all its processes, MB; what they share is counted once (Pss)."""
    waiting, total = [int((folder / "pid").read_text())], 0
    while waiting:
        pid = waiting.pop()
        with suppress(OSError):
            total += int(Path(f"/proc/{pid}/smaps_rollup").read_text().split("Pss:")[1].split()[0])
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
    return total / 1024
