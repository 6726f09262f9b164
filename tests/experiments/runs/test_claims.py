"""Claims on runs: no two commands do the same one, and what a dead one had claimed is free."""

import multiprocessing
import os
import signal
import threading
import time

import pytest

from experiments.runs.cases import Kept, run_cases
from experiments.runs.cities import Cities
from experiments.runs.engines.local import Local
from experiments.runs.store import claims
from experiments.runs.store.records import Run
from experiments.runs.store.store import open_store, row_of
from sim.city.city import FILES

SCENARIO = {
    "strategy": {"name": "reactive", "deployment": None},
    "programmes": {},
    "city": {**dict.fromkeys(FILES), "seed": 1},
}
KEYS = [(f"run {number}", "kept") for number in range(6)]


def row(key):
    return row_of(key, {**SCENARIO, "seed": 1}, Run({}, {}))


def test_what_one_command_is_at_another_leaves_to_it(tmp_path):
    with open_store(str(tmp_path)) as one, open_store(str(tmp_path)) as two:
        assert one.take(KEYS[:2]) == KEYS[:2]
        assert one.take(KEYS[:2]) == KEYS[:2], "its own stay its own"
        assert two.take(KEYS[1:4]) == KEYS[2:4]
        assert one.take(KEYS) == [*KEYS[:2], *KEYS[4:]]


def test_what_a_command_has_done_before_it_ended_nobody_does_again(tmp_path):
    with open_store(str(tmp_path)) as one:
        with open_store(str(tmp_path)) as two:
            two.add(row(*two.take(KEYS[:1])))
            two.take(KEYS[1:2])  # and does not come to it
        assert one.take(KEYS[:3]) == KEYS[1:3]
        assert KEYS[0] in one


def claim_and(folder, last_act):
    store = open_store(folder).__enter__()
    store.take(KEYS[:3])
    store.add(row(KEYS[0]))
    os.kill(os.getpid(), last_act)


def test_a_command_that_is_killed_loses_its_claims_and_not_its_runs(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=claim_and, args=(str(tmp_path), signal.SIGKILL))
    with open_store(str(tmp_path)) as one:
        process.start()
        process.join()
        assert one.take(KEYS[:4]) == KEYS[3:4], "as long as nobody has looked what it has left"
        one.gather()
        assert one.take(KEYS[:4]) == KEYS[1:4]
        assert KEYS[0] in one
    assert [path.name for path in (tmp_path / "claims").iterdir()] == [claims.LOCK]


def test_a_lease_ends_with_the_signs_of_life_wherever_its_command_is(tmp_path):
    with open_store(str(tmp_path)) as one, open_store(str(tmp_path)) as two:
        one.take(KEYS[:2])
        (path,) = (tmp_path / "claims").glob(f"*{claims.SUFFIX}")
        path.write_text(path.read_text().replace(path.read_text().split(" ")[0], "elsewhere", 1))
        two.gather()
        assert two.take(KEYS[:3]) == KEYS[2:3]
        long_ago = time.time() - 2 * claims.LEASE_S
        os.utime(path, (long_ago, long_ago))
        two.gather()
        assert two.take(KEYS[:3]) == KEYS[:3]
        assert one.take(KEYS[:3]) == [], "who comes back finds what it had in other hands"


def test_a_command_gives_signs_of_life(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "TOUCHED_S", 0.01)
    with open_store(str(tmp_path)) as one:
        one.take(KEYS[:1])
        (path,) = (tmp_path / "claims").glob(f"*{claims.SUFFIX}")
        os.utime(path, (0, 0))
        limit = time.monotonic() + 30
        while path.stat().st_mtime == 0 and time.monotonic() < limit:
            time.sleep(0.01)
        assert path.stat().st_mtime > 0


def test_a_claim_that_was_half_written_is_none(tmp_path):
    with open_store(str(tmp_path)) as one, open_store(str(tmp_path)) as two:
        one.take(KEYS[:2])
        (path,) = (tmp_path / "claims").glob(f"*{claims.SUFFIX}")
        with path.open("rb+") as stream:
            stream.truncate(path.stat().st_size - 5)
        assert two.take(KEYS[:2]) == KEYS[1:2]


def test_a_store_in_which_nothing_was_kept_leaves_no_folder(tmp_path):
    for made, beside in ((tmp_path / "a" / "store", False), (tmp_path / "b" / "store", True)):
        with open_store(str(made)) as store:
            store.take(KEYS[:1])
            if beside:
                (made.parent / "mine").touch()
        assert not made.exists()
        assert made.parent.exists() == beside


RAN: list[int] = []


def run(task):
    time.sleep(0.02)
    RAN.append(task["seed"])
    return Run({"seed": task["seed"]}, {})


@pytest.mark.parametrize("shown_s", [0.0, 1000.0])
def test_two_commands_that_need_the_same_runs_do_each_once_and_both_have_all(shown_s, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.runs.placed.cities_of", lambda _tasks: Cities({}, {}))
    monkeypatch.setattr("experiments.runs.store.store.SHOWN_S", shown_s)
    RAN.clear()
    tasks = {"a": [{**SCENARIO, "seed": seed} for seed in range(20)]}
    found = {}

    def command(name):
        with open_store(str(tmp_path)) as store:
            found[name] = run_cases(run, tasks, Local(1), kept=Kept(store, (Run,)))["a"]

    commands = [threading.Thread(target=command, args=(name,)) for name in "xy"]
    for one in commands:
        one.start()
    for one in commands:
        one.join(60)
    assert sorted(RAN) == list(range(20))
    assert [one.indicators["seed"] for one in found["x"]] == list(range(20))
    assert found["y"] == found["x"]
    with open_store(str(tmp_path)) as store:
        assert store.runs == 20
        assert store.shards >= 2
