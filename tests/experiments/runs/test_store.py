"""The store of runs: nothing that was run is lost, run again, or taken from a file that is not as it was written."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import beatlab as bl
from experiments.runs import simulation
from experiments.runs.cases import Kept, keeping, run_cases, with_seeds
from experiments.runs.engines.local import Local
from experiments.runs.simulation import RECORDS, simulate
from experiments.runs.store import journal
from experiments.runs.store.codec import pack, unpack
from experiments.runs.store.identity import run_id, run_ids
from experiments.runs.store.journal import Journal, left_behind, rows_of
from experiments.runs.store.store import Store, keys_of_runs, open_store, row_of
from experiments.store.contents import by_run
from sim.parameters import BadInput


class Pair(NamedTuple):
    one: Any
    two: Any


@dataclass(frozen=True)
class Found:
    indicators: dict[str, float | None]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.tuples(st.text(), st.text()), inner)
        | st.builds(Pair, inner, inner)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_what_is_packed_comes_back_as_it_was(value):
    found = unpack(pack(value), (Pair,))
    assert found == value
    assert type(found) is type(value)


@given(arrays.arrays(st.sampled_from(["f8", "i4", "?", "U3"]), arrays.array_shapes(max_dims=3, min_side=0)))
def test_arrays_come_back_with_their_type_and_shape(array):
    found = unpack(pack({"a": array, "b": [array]}))
    for one in (found["a"], found["b"][0]):
        assert one.dtype == array.dtype
        np.testing.assert_array_equal(one, array)


def test_masks_come_back_and_a_file_can_name_no_code():
    masked = np.ma.masked_greater(np.arange(5.0), 2)
    found = unpack(pack(masked))
    np.testing.assert_array_equal(found.mask, masked.mask)
    with pytest.raises(KeyError):
        unpack(pack(Pair(1, 2)))  # nobody has said that it may hold one
    with pytest.raises(TypeError, match="cannot be kept"):
        pack(object())


def scenario(seed: int = 1, **values: Any) -> dict[str, Any]:
    return bl.scenario(city="town", days=2, warmup_days=0, seed=seed, **values).model_dump(mode="json")


def test_a_run_is_known_by_its_scenario_its_files_and_its_code(tmp_path):
    one = scenario()
    assert run_id(one) == run_id(json.loads(json.dumps(one)))
    assert len({run_id(one), run_id(scenario(seed=2)), run_id(scenario(strategy="hotspot"))}) == 3
    file = tmp_path / "here.csv"
    in_file = {**one, "city": {**one["city"], "kind": "from_data", "incidents_csv": str(file)}}
    file.write_text("a")
    as_it_was = run_id(in_file)
    moved = shutil.copy(file, tmp_path / "there.csv")
    assert run_id({**in_file, "city": {**in_file["city"], "incidents_csv": str(moved)}}) == as_it_was
    file.write_text("b")
    os.utime(file, ns=(1, 1))
    assert run_id(in_file) != as_it_was


def test_replications_are_known_by_the_names_that_each_has_by_itself():
    runs = [
        run
        for strategy in ("reactive", "hotspot")
        for run in with_seeds(bl.scenario(city="town", days=2, strategy=strategy), 3, seeds_per_city=2)
    ]
    assert run_ids(runs) == [run_id(json.loads(json.dumps(run))) for run in runs]
    assert len({*run_ids(runs)}) == len(runs)
    same_seed = [{**runs[0], "city": {**runs[0]["city"], "seed": seed}} for seed in (1, 2)]
    assert len({*run_ids(same_seed)}) == 2


OWN = """
import beatlab as bl
import {beside}

class Mine(bl.Indicator):
    name = "mine"
    def measure(self, results):
        return {beside}.VALUE
"""


def test_a_run_is_known_by_code_of_ones_own_and_the_modules_beside_it(tmp_path):
    from sim.extensions import loaded

    def named(value: int, beside: str) -> str | None:
        folder = tmp_path / beside
        folder.mkdir()
        (folder / f"{beside}.py").write_text(f"VALUE = {value}")
        (folder / "own.py").write_text(OWN.format(beside="shared_values"))
        (folder / "shared_values.py").write_text(f"VALUE = {value}")
        sys.modules.pop("shared_values", None)
        sys.path.insert(0, str(folder))
        try:
            with loaded([folder / "own.py"]):
                return run_id(scenario())
        finally:
            sys.path.remove(str(folder))

    assert len({run_id(scenario()), named(1, "first_folder"), named(2, "second_folder")}) == 3


def rows(numbers: range | list[int]) -> list[dict[str, Any]]:
    settings = scenario()
    return [
        row_of((f"{number:032x}", "test"), {**settings, "seed": number}, Found({"crimes": float(number)}), 0.5)
        for number in numbers
    ]


def opened(folder: Path) -> Store:
    return open_store(str(folder))


def numbers_in(store: Store) -> list[int]:
    return sorted(store.rows.select("seed").collect()["seed"].to_list())


def test_what_is_kept_is_there_for_the_next_command(tmp_path):
    with opened(tmp_path / "s") as store:
        for row in rows(range(3)):
            store.add(row)
    with opened(tmp_path / "s") as store:
        assert numbers_in(store) == [0, 1, 2]
        key = f"{1:032x}", "test"
        found = store.find([key, ("0" * 32, "other")])
        assert unpack(found[key]["content"], (Found,)).indicators == {"crimes": 1.0}
        assert list(found) == [key]
        assert store.rows.select("crimes").collect()["crimes"].sum() == 3.0


def test_a_journal_that_ends_in_the_middle_of_a_row_loses_that_row_alone(tmp_path):
    journal = Journal(tmp_path)
    for row in rows(range(3)):
        journal.add(row)
    journal.close()
    content = journal.path.read_bytes()
    for cut in (1, 40, len(content) // 2):
        journal.path.write_bytes(content[:-cut])
        assert len(rows_of(journal.path)) == (2 if cut < len(content) / 3 else 1)
    damaged = bytearray(content)
    damaged[len(content) // 2] ^= 1
    journal.path.write_bytes(damaged)
    assert [row["seed"] for row in rows_of(journal.path)] == [0]


def test_a_journal_is_never_seen_before_it_is_locked(tmp_path, monkeypatch):
    """Another command that opens the store just then would take it for one that was left behind, and remove it."""
    seen = []
    lock = journal.fcntl.flock
    monkeypatch.setattr(
        journal.fcntl, "flock", lambda *given: (seen.append(list(tmp_path.glob("*.journal"))), lock(*given))
    )
    mine = Journal(tmp_path)
    assert seen == [[]]
    assert left_behind(tmp_path) == []
    mine.close()
    ((path, descriptor),) = left_behind(tmp_path)
    os.close(descriptor)
    assert path == mine.path


def write_and_die(folder: str, numbers: list[int]) -> None:
    store = open_store(folder).__enter__()
    for row in rows(numbers):
        store.add(row)
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_command_had_run_is_kept(tmp_path):
    for numbers in ([0, 1], [2, 3]):
        process = multiprocessing.get_context("spawn").Process(target=write_and_die, args=(str(tmp_path), numbers))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
    with opened(tmp_path) as store:
        assert numbers_in(store) == [0, 1, 2, 3]
    assert list((tmp_path / "journals").iterdir()) == []


def test_the_journal_of_a_command_that_lives_is_left_alone(tmp_path):
    with opened(tmp_path) as one:
        one.add(rows([1])[0])
        assert left_behind(tmp_path / "journals") == []
        with opened(tmp_path) as two:
            two.add(rows([2])[0])
            assert numbers_in(two) == []
        one.look_again()
        assert numbers_in(one) == [2]
    with opened(tmp_path) as three:
        assert numbers_in(three) == [1, 2]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 8
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, flip, empty])
def test_a_damaged_shard_is_set_aside_and_its_runs_are_run_again(damage, tmp_path, capsys):
    place, tasks = str(tmp_path), {"a": [scenario(seed) for seed in (1, 2)]}
    with keeping(place, RECORDS) as kept:
        before = run_cases(simulate, tasks, Local(1), kept=kept)
    (shard,) = (tmp_path / "shards").glob("*.parquet")
    damage(shard)
    with keeping(place, RECORDS) as kept:
        assert len(kept.store.set_aside) == 1
        again = run_cases(simulate, tasks, Local(1), kept=kept)
    assert [pack(result) for result in again["a"]] == [pack(result) for result in before["a"]]
    assert "set aside" in capsys.readouterr().err
    assert len(list((tmp_path / "shards").glob("*.parquet"))) == 1
    assert len(list((tmp_path / "aside").iterdir())) == 1


def test_what_is_kept_is_not_run_again_and_is_the_same_to_the_bit(tmp_path, monkeypatch):
    tasks = {"a": [scenario(seed) for seed in (1, 2)], "b": [scenario(1)]}
    with opened(tmp_path) as store:
        first = run_cases(simulate, tasks, Local(1), kept=Kept(store, RECORDS))
        more = {"a": [*tasks["a"], scenario(3)]}
    ran: list[int] = []
    run_through = simulation.run_through
    monkeypatch.setattr(simulation, "run_through", lambda model: ran.append(model.scenario.seed) or run_through(model))
    with opened(tmp_path) as store:
        again = run_cases(simulate, tasks, Local(1), kept=Kept(store, RECORDS))
        assert ran == []
        assert {case: [pack(one) for one in found] for case, found in again.items()} == {
            case: [pack(one) for one in found] for case, found in first.items()
        }
        run_cases(simulate, more, Local(1), kept=Kept(store, RECORDS))
        assert ran == [3]


def test_a_comparison_from_the_store_is_the_same_and_says_what_it_read(tmp_path):
    from experiments.compare.__main__ import main

    words = ["city=town", "strategies=[reactive,hotspot]", "shortages=[none]", "replications=2", "days=3"]
    words += ["warmup_days=0", "workers=1", f"store={tmp_path / 'store'}"]
    for name in ("one", "two"):
        assert main([*words, f"out={tmp_path / name}"]) == 0
    for table in ("summary", "effects", "cells", "ledger", "quarters"):
        assert pl.read_parquet(tmp_path / "one" / f"{table}.parquet").equals(
            pl.read_parquet(tmp_path / "two" / f"{table}.parquet")
        )


def test_python_writes_no_store_unless_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = {"city": "town", "strategies": ["reactive"], "shortages": ["none"], "replications": 2}
    arguments |= {"days": 1, "warmup_days": 0, "workers": 1}
    bl.compare(**arguments)
    assert list(tmp_path.iterdir()) == []
    bl.compare(**arguments, store="mine")
    with opened(tmp_path / "mine") as store:
        assert store.runs == 2


def test_folders_that_are_no_store_of_this_version_are_refused(tmp_path):
    contents = {"version": '{"program": "beatlab", "format": 99}', "text": "no json", "list": "[]"}
    for name, content in contents.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "store.json").write_text(content)
        with pytest.raises(BadInput, match="another version" if name == "version" else "no store"):
            opened(tmp_path / name)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "letter.txt").write_text("dear")
    with pytest.raises(BadInput, match="no store"):
        opened(tmp_path / "foreign")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        opened(tmp_path / "file")


def test_an_export_names_every_setting_in_which_runs_differ_and_no_other(tmp_path):
    with open_store(str(tmp_path / "store")) as store:
        for seed in (1, 2):
            for strategy in ("reactive", "hotspot"):
                settings = {
                    "seed": seed, "days": 2, "note": None, "strategy": {"name": strategy},
                    "city": {"seed": 10 * seed, "kind": "town"}, "own": {"seed": 0.5 * seed},
                }  # fmt: skip
                if strategy == "hotspot":
                    settings["strategy"]["dwell_min"] = 15.0
                store.add(row_of((f"{seed} {strategy}", "kept"), settings, None, 1.0))
        store.seal()
        found = by_run(store).sort("seed", "strategy")
    assert {"city.seed", "own.seed", "strategy.dwell_min"} == {name for name in found.columns if "." in name}
    assert found["city.seed"].to_list() == ["10", "10", "20", "20"]
    assert found["own.seed"].to_list() == ["0.5", "0.5", "1.0", "1.0"]
    assert found["strategy.dwell_min"].to_list() == ["15.0", None, "15.0", None]


def test_pruning_keeps_runs_of_this_code_and_no_others(tmp_path):
    with opened(tmp_path) as store:
        for row in rows(range(4)):
            store.add(
                {**row, "code": "old"}
                if row["seed"] == 1
                else {**row, "error": "it failed"}
                if row["seed"] == 2
                else row
            )
        store.seal()
        assert store.prune() == 2
        assert numbers_in(store) == [0, 3]
        assert store.prune() == 0
        assert store.shards == 1


def test_a_killed_comparison_goes_on_where_it_was_and_runs_nothing_twice(tmp_path):
    from experiments.compare.__main__ import main

    words = ["city=town", "strategies=[reactive,hotspot]", "shortages=[none]", "replications=4", "days=14"]
    words += ["warmup_days=0", "workers=2", f"store={tmp_path / 'store'}", f"out={tmp_path / 'out'}"]
    command = [sys.executable, "-m", "experiments.compare", *words]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    journals = tmp_path / "store" / "journals"
    while process.poll() is None and not any(len(rows_of(path)) >= 2 for path in journals.glob("*.journal")):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out").exists()
    with opened(tmp_path / "store") as store:
        assert store.runs >= 2
    assert main(words) == 0
    shards = list((tmp_path / "store" / "shards").glob("*.parquet"))
    assert sum(pl.read_parquet(path, columns=["run"]).height for path in shards) == 8
    disturbed = pl.read_parquet(tmp_path / "out" / "summary.parquet")
    words[-2:] = [f"store={tmp_path / 'fresh'}", f"out={tmp_path / 'undisturbed'}"]
    assert main(words) == 0
    assert disturbed.equals(pl.read_parquet(tmp_path / "undisturbed" / "summary.parquet"))


def test_a_run_that_follows_from_unknown_code_has_no_key(monkeypatch):
    monkeypatch.setattr("experiments.runs.store.identity.own_digest", lambda _settings: None)
    assert keys_of_runs([scenario()], simulate, [None]) == [None]
