"""What all tests share: Ctrl-C, which some of them test, works even if a shell starts them in the background.

Imports cost once, and each test has a store of runs of its own: what one of them does to the model is not read by
another.
"""

import gc
import signal
from pathlib import Path

import pytest

from experiments.runs import cases
from experiments.runs.store.store import open_store

signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it would walk all of it anew in each of the thousands of tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def store_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the store that a command has by default into a folder of the test's own."""

    def opened(place: str):
        default = not Path(place).is_absolute() and place == "out/store"
        return open_store(str(tmp_path_factory.mktemp("store")) if default else place)

    monkeypatch.setattr(cases, "open_store", opened)
