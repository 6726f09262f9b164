"""One process at a time is in the block of a lock file, and nobody waits for one that was killed there."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from sim import lock_files
from sim.lock_files import alone, held

ROOT = Path(__file__).parents[1]
HOLDS = (
    "import sys, time; from pathlib import Path; from sim.lock_files import alone\n"
    "with alone(Path(sys.argv[1]), 60.0):\n    print('in', flush=True)\n    time.sleep(600)"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "one.lock"


def test_many_who_ask_are_in_the_block_one_after_another_and_leave_no_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_files, "POLL_S", 0.001)
    inside, most, came = [0], [0], [0]

    def enter() -> None:
        for _ in range(20):
            with alone(file, 60.0):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                came[0] += 1
                sleep(0.0005)
                inside[0] -= 1

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (most, came) == ([1], [80])
    assert not file.exists()


def test_it_is_told_whether_somebody_is_in_the_block(file: Path) -> None:
    assert not held(file)
    with alone(file, 60.0):
        assert held(file)
    assert not held(file)


def test_who_was_killed_in_the_block_holds_nobody_up(file: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file)], env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    assert held(file)
    process.kill()
    process.wait()
    process.stdout.close()
    assert file.exists(), "it had no time to remove it"
    assert not held(file)
    begun = monotonic()
    with alone(file, 60.0):
        assert monotonic() - begun < 30
    assert not file.exists()


def test_when_patience_is_over_the_block_is_carried_out_and_the_lock_of_the_other_stays(file: Path) -> None:
    with alone(file, 60.0):
        with alone(file, 0.0):
            pass
        assert held(file)


@pytest.mark.parametrize("where", ["flock", "open"])
def test_a_disk_without_locks_and_one_that_cannot_be_written_let_everybody_in(
    file: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "flock":

        def refuse(_descriptor: int, _how: int) -> None:
            raise OSError(errno.ENOLCK, "no locks available")

        monkeypatch.setattr(lock_files.fcntl, "flock", refuse)
    else:
        file = file.parent / "nowhere" / file.name
    with alone(file, 60.0):
        assert not held(file)
        with alone(file, 60.0):
            pass
