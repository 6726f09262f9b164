"""Cities settle before their runs: no more at a time than the disk keeps, and none that another command is at."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

import beatlab as bl
from experiments.runs import cities
from experiments.runs.cases import Kept, run_cases, store_keys, with_seeds
from experiments.runs.cities import AT_ONCE, Cities, cities_of, let_settle
from experiments.runs.engines.local import Local
from experiments.runs.placed import run_placed
from experiments.runs.store.records import Run
from experiments.runs.store.store import open_store, row_of
from sim import settling
from sim.city.city import FILES
from sim.lock_files import alone

DONE: list[str] = []


def run(task):
    DONE.append(f"run {task['name']}")
    return task["name"]


def settle(scenario):
    DONE.append(f"settle {scenario['city']}")


@pytest.fixture
def two_at_once(tmp_path, monkeypatch):
    """Tasks whose cities are their first letters, of which two settle at a time; a dash has none."""

    def told(tasks):
        letters = {name: name[0] for name in tasks if name[0] != "-"}
        return Cities(letters, {city: {"city": city} for city in letters.values()})

    monkeypatch.setattr(settling, "disk_cache", lambda kind, _module: tmp_path / kind)
    (tmp_path / "settled").mkdir()
    (tmp_path / "settling").mkdir()
    monkeypatch.setattr(cities, "AT_ONCE", 2)
    monkeypatch.setattr(cities, "settle", settle)
    monkeypatch.setattr("experiments.runs.placed.cities_of", told)
    monkeypatch.setattr("experiments.runs.placed.remark_on_compiling", lambda: None)
    DONE.clear()
    return tmp_path


def placed(*names):
    return {name: ("here", {"name": name, "scenario": {}}) for name in names}


def shown():
    """Return what shows progress, and what it has shown: label, pieces done, pieces in all."""
    told = []

    @contextmanager
    def show(total, label):
        told.append([label, 0, total])
        row = told[-1]

        def done():
            row[1] += 1

        yield done

    return show, told


def test_two_commands_have_room_on_the_disk():
    assert 2 * AT_ONCE <= settling.KEPT_STATES


def test_parts_hold_all_tasks_of_their_cities_in_the_order_of_tasks(monkeypatch):
    monkeypatch.setattr(cities, "AT_ONCE", 2)
    of = dict(zip("12345678", "aabcabde", strict=True))
    found = Cities(of, {})
    assert found.parts("1x2y34z5678") == [["1", "x", "2", "y", "3", "5", "6"], ["4", "z", "7"], ["8"]]
    assert found.parts("xyz") == [["x", "y", "z"]]
    assert found.parts("") == []


def test_few_cities_settle_before_all_runs_and_each_has_its_own_progress(two_at_once):
    show, told = shown()
    found = {}
    run_placed(run, placed("a1", "b1", "-", "a2"), Local(1), lambda *one: found.update([one[:2]]), show)
    assert DONE == ["settle a", "settle b", "run a1", "run b1", "run -", "run a2"]
    assert told == [["cities", 2, 2], ["runs", 4, 4]]
    assert found == {name: name for name in ("a1", "b1", "-", "a2")}


def test_of_many_cities_the_next_settle_when_the_runs_of_the_last_are_over_in_one_progress(two_at_once):
    show, told = shown()
    run_placed(run, placed("a1", "b1", "c1", "-", "a2", "d1", "e1"), Local(1), lambda *_: None, show)
    assert DONE == [
        "settle a", "settle b", "run a1", "run b1", "run a2",
        "settle c", "settle d", "run c1", "run -", "run d1",
        "settle e", "run e1",
    ]  # fmt: skip
    assert told == [["cities and runs", 12, 12]]


def test_cities_that_are_there_are_counted_and_kept_on(two_at_once):
    (two_at_once / "settled" / "c").touch()
    before = (two_at_once / "settled" / "c").stat().st_mtime_ns
    show, told = shown()
    run_placed(run, placed("a1", "b1", "c1"), Local(1), lambda *_: None, show)
    assert DONE == ["settle a", "settle b", "run a1", "run b1", "run c1"]
    assert told == [["cities and runs", 6, 6]]
    assert (two_at_once / "settled" / "c").stat().st_mtime_ns > before


def test_one_process_does_what_is_not_to_be_trusted_after_all_parts_of_the_rest(two_at_once):
    tasks = placed("a own", "a1", "b1", "c1", "c own")
    run_placed(
        run, tasks, Local(1), lambda *_: None, apart=lambda task: ("own",) if task["name"].endswith("own") else ()
    )
    runs = [one.removeprefix("run ") for one in DONE if one.startswith("run ")]
    assert runs == ["a1", "b1", "c1", "a own", "c own"]


def test_a_city_whose_runs_another_command_has_done_does_not_settle(two_at_once, tmp_path, monkeypatch):
    def by_name(function, tasks):
        names = [task["name"] for task in tasks]
        return names, dict(zip(names, store_keys(function, tasks), strict=True))

    monkeypatch.setattr("experiments.runs.cases.named", by_name)
    of = {
        "strategy": {"name": "reactive", "deployment": None},
        "programmes": {},
        "city": {**dict.fromkeys(FILES), "seed": 1},
    }
    tasks = {
        name: [{"name": name, "scenario": {**of, "seed": seed}}] for seed, name in enumerate(("a1", "b1", "c1", "d1"))
    }
    store = tmp_path / "store"

    def measured(task):
        DONE.append(f"run {task['name']}")
        if task["name"] == "b1":  # meanwhile
            with open_store(str(store)) as other:
                (key,) = other.take(store_keys(measured, tasks["c1"][:1]))
                other.add(row_of(key, tasks["c1"][0]["scenario"], Run({"x": 3}, {})))
        return Run({"x": 1}, {})

    show, told = shown()
    with open_store(str(store)) as one:
        found = run_cases(measured, tasks, Local(1), show, kept=Kept(one, (Run,)))
    assert DONE == ["settle a", "settle b", "run a1", "run b1", "settle d", "run d1"]
    assert [of_case[0].indicators["x"] for of_case in found.values()] == [1, 1, 3, 1]
    assert told == [["cities and runs", 8, 8]]


def test_a_city_that_another_command_is_at_comes_last(two_at_once):
    with alone(two_at_once / "settling" / "a.lock", 60.0):
        over = []
        let_settle({city: {"city": city} for city in "abc"}, Local(1), over.append)
    assert DONE == ["settle b", "settle c", "settle a"]
    assert over == ["b", "c", "a"]


def test_replications_have_the_cities_that_each_has_by_itself():
    from sim.scenario import Scenario

    scenarios = [
        bl.scenario(city="town", days=2, warmup_days=warmup, strategy=strategy, shortage=shortage)
        for warmup, strategy, shortage in ((1, "reactive", "none"), (1, "hotspot", "surge"), (0, "reactive", "none"))
    ]
    tasks = {f"{n} {r}": task for n, one in enumerate(scenarios) for r, task in enumerate(with_seeds(one, 3))}
    found = cities_of(tasks)
    alone = {name: settling.name_of(Scenario.model_validate(task)) for name, task in tasks.items()}
    assert found.of == {name: city for name, city in alone.items() if city is not None}
    parts = {"whole": tasks["0 0"], "no seed": {"warmup_days": 1}, "named": {"warmup_days": 1, "city": {"seed": 7}}}
    assert cities_of(parts).of == {
        name: settling.name_of(Scenario.model_validate(task)) for name, task in parts.items()
    }, "a scenario of a pattern of one's own may leave out what is usual"
    assert len({*found.of.values()}) == 3, "strategies and shortages begin where the same city has settled"
