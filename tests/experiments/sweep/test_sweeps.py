"""Sweeps: Hydra's grammar, each point once, failures named and left, the same whatever happens on the way."""

import os
import time

import numpy as np
import polars as pl
import pytest

from experiments.runs.engines.local import Local
from experiments.runs.store.store import open_store
from experiments.runs.work import Patience, work_through
from experiments.settings.request import Request
from experiments.settings.sweeps import Factor, read_sweep
from experiments.sweep.__main__ import main
from experiments.sweep.design import COMMAND, design
from experiments.sweep.numbers import by_point, differences_of, gain_of_pairing
from experiments.sweep.points import points_of, read_points
from experiments.sweep.runs import lacking_of, wanted
from sim.parameters import BadInput

STANDBY = "indicator=officer_hours_standby"
SHORT = ("city=town", "days=1", "warmup_days=0", "replications=2", "workers=1")


@pytest.mark.parametrize(
    ("word", "levels"),
    [
        ("strategy=reactive,hotspot", ("reactive", "hotspot")),
        ("strategy.dwell_min=range(5,25,5)", (5, 10, 15, 20)),
        ("strategy.dwell_min=choice(5,15)", (5, 15)),
        ("demand.fraud.rate=1.5,2.5", (1.5, 2.5)),
        ("shortage=glob(uniform*,exclude=uniform4*)", ("uniform", "uniform10", "uniform20", "uniform30", "uniform50")),
    ],
)
def test_hydras_grammar_makes_levels(word, levels):
    choices, values, (factor,) = read_sweep([word, "seed=3"])
    assert (choices, values) == ({}, {"seed": 3})
    assert factor == Factor(word.partition("=")[0], levels)


def test_an_interval_is_a_range_of_whole_or_of_other_numbers():
    _, _, (whole, other) = read_sweep(["a.b=interval(5,8)", "c.d=interval(0.5,1.5)"])
    assert {whole.at(share) for share in np.linspace(0, 0.999, 50)} == {5, 6, 7, 8}
    assert other.at(0.5) == 1.0
    with pytest.raises(BadInput, match="design=lhs"):
        points_of([whole], "full", 4, 1)


def test_what_is_given_last_counts():
    _, values, factors = read_sweep(["days=1,2", "days=3"])
    assert (values, factors) == ({"days": 3}, ())
    _, values, factors = read_sweep(["days=3", "days=1,2"])
    assert (values, factors) == ({}, (Factor("days", (1, 2)),))


@pytest.mark.parametrize(
    "word", ["strategy=range(1,1,1)", "a.b=[1,2],[3]", "a.b=interval(2,1)", "seed=glob(*)", "city=glob(z*)"]
)
def test_sweeps_over_nothing_are_refused(word):
    with pytest.raises(BadInput):
        read_sweep([word])


def test_a_full_design_has_every_combination_and_a_sample_so_many_points():
    factors = [Factor("a", (1, 2, 3)), Factor("b", ("x", "y"))]
    assert len({tuple(point.items()) for point in points_of(factors, "full", 0, 1)}) == 6
    for sample in ("lhs", "sobol"):
        points = points_of([*factors, Factor("c", (), 0.0, 1.0)], sample, 32, 1)
        assert len(points) == 32
        assert points == points_of([*factors, Factor("c", (), 0.0, 1.0)], sample, 32, 1)
        counts = np.bincount([point["a"] for point in points])[1:]
        assert counts.min() >= 10
    with pytest.raises(BadInput, match="at most"):
        points_of([Factor(name, tuple(range(1000))) for name in "abc"], "full", 0, 1)


def test_points_of_a_file(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("strategy,strategy.dwell_min\nreactive,\nhotspot,15\n", encoding="utf-8")
    assert read_points(str(file)) == [{"strategy": "reactive"}, {"strategy": "hotspot", "strategy.dwell_min": 15}]
    for text in ("", "a,a\n1,2\n", "a,b\n1\n", "a,\n1,2\n"):
        file.write_text(text)
        with pytest.raises(BadInput):
            read_points(str(file))


def sweep(folder, *words, **keys):
    given = {"store": folder / "store", "out": folder / "out", **keys}
    assert main([*SHORT, *words, *(f"{name}={value}" for name, value in given.items())]) == 0
    return pl.read_parquet(given["out"] / "runs.parquet")


def test_a_point_that_means_nothing_is_run_once_and_every_factor_is_a_column(tmp_path):
    runs = sweep(tmp_path, "strategy=reactive,hotspot", "shortage=none,uniform30", "strategy.dwell_min=10,15")
    assert runs.height == 2 * (2 * 1 + 2 * 2)
    assert runs.filter(pl.col("strategy") == "reactive")["strategy.dwell_min"].null_count() == 4
    assert {"strategy", "shortage", "strategy.dwell_min", "crimes_total"} <= {*runs.columns}
    effects = pl.read_parquet(tmp_path / "out" / "effects.parquet")
    assert effects["strategy"].unique().to_list() == ["hotspot"], "the baseline is not compared with itself"
    with open_store(str(tmp_path / "store")) as store:
        assert store.runs == 12
    again = sweep(tmp_path, "strategy=reactive,hotspot", "shortage=none,uniform30", "strategy.dwell_min=10,15")
    assert again.equals(runs)


def test_parts_make_the_whole(tmp_path, capsys):
    words = ("strategy=reactive,hotspot", "strategy.dwell_min=10,15")
    whole = sweep(tmp_path, *words)
    capsys.readouterr()
    for k, left in ((1, "4 are"), (2, "2 are"), (3, "the same command without --part")):
        keys = (f"store={tmp_path / 'parts'}", f"out={tmp_path / 'out2'}")
        assert main([*SHORT, *words, *keys, "--part", f"{k}/3"]) == 0
        assert left in capsys.readouterr().out
        assert not (tmp_path / "out2").exists(), "parts may be at work at once: none of them reports"
    gathered = sweep(tmp_path, *words, "--status", store=tmp_path / "parts", out=tmp_path / "out2")
    assert gathered.equals(whole)


def test_each_part_has_runs_that_follow_each_other_so_that_few_share_a_city(tmp_path):
    words = ["strategy=reactive,hotspot", "shortage=none,uniform30", "replications=6", f"store={tmp_path / 's'}"]
    choices, values, factors = read_sweep(words)
    plan, points, twins = design(Request(COMMAND, words, choices, values, False, factors=factors))
    runs = [*wanted(points, plan), *wanted(twins, plan)]
    with open_store(str(tmp_path / "s")) as store:
        lacking = [lacking_of(runs, {**plan, "part": (number, 3)}, store) for number in (1, 2, 3)]
    found = [{name: run.replication for name, run in part.items()} for part in lacking]
    assert [set(part.values()) for part in found] == [{0, 1}, {2, 3}, {4, 5}]
    assert sum(map(len, found)) == len(set().union(*found)) == len({run.key for run in runs})


def test_a_run_that_fails_is_a_row_with_its_error_and_the_others_go_on(tmp_path, monkeypatch):
    from sim.model import CityModel

    run = CityModel.run

    def fail(self, *arguments, **keywords):
        if self.scenario.seed == 2:
            raise ValueError("it rains")
        return run(self, *arguments, **keywords)

    monkeypatch.setattr(CityModel, "run", fail)

    def in_this_process(function, tasks, _engine, finished, _patience, _own, _mine):
        for name, task in tasks.items():
            finished(name, function(task))

    monkeypatch.setattr("experiments.runs.placed.work_through", in_this_process)
    runs = sweep(tmp_path, "strategy=reactive")
    assert runs.sort("seed")["error"].to_list() == [None, "ValueError: it rains"]


def test_what_there_is_of_a_sweep_can_be_told(tmp_path, capsys):
    words = ("strategy=reactive,hotspot",)
    assert main([*SHORT, *words, "--status", f"store={tmp_path / 's'}", f"out={tmp_path / 'o'}"]) == 2
    assert "no run of this sweep" in capsys.readouterr().err
    keys = (f"store={tmp_path / 'store'}", f"out={tmp_path / 'out'}")
    assert main([*SHORT, *words, *keys, "--part", "1/2"]) == 0
    assert main([*SHORT, *words, *keys, "--status"]) == 0
    assert "2 are still to be run, this is a part" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("strategy.dwell_min=5,10",), "strategy.dwell_min"),
        (("strategy=reactive,nobody",), "strategy"),
        (("no.such.key=1,2",), "no.such.key"),
        (("store=null",), "store"),
        (("design=maze",), "design"),
        (("part=4/3",), "part"),
        (("force.officers=range(1,1000)", "days=range(1,1000)"), "sweep"),
        (("seed=1,2",), "seed"),
        (("--part", ""), "part"),
        (("store=/proc/store",), "store"),
        (("points_csv=unclosed.csv",), "points_csv"),
        (
            ("strategy=hotspot", "strategy.dwell_min=interval(25,5)", "design=lhs"),
            "strategy.dwell_min: 'interval(25,5)' is not allowed: an",
        ),
        (("strategy=reactive,hotspot", "points_csv=x.csv"), "strategy"),
        (("points_csv=nowhere.csv",), "points_csv"),
        (("strategy=hotspot", "precision=1"), "precision"),
        (("strategy=reactive,hotspot", "precision=1", "part=1/2"), "precision"),
        (("strategy=reactive,hotspot", "precision=-1"), "precision"),
        (("precision=1", "most_replications=1"), "most_replications"),
    ],
)
def test_bad_sweeps_are_one_line_and_nothing_is_written(words, field, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "unclosed.csv").write_text('strategy\n"reactive\nhotspot\n')
    assert main([*SHORT, *words]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {field}")
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "unclosed.csv"]


def test_the_days_that_are_measured_may_vary(tmp_path):
    runs = sweep(tmp_path, "days=1,2", "replications=3")
    assert runs["days"].to_list() == ["1", "2"] * 3
    points = pl.read_parquet(tmp_path / "out" / "points.parquet")
    for row in points.iter_rows(named=True):
        of_point = runs.filter(pl.col("point") == row["point"])
        per_year = of_point["crimes_total"].mean() * 365 / int(row["days"]) * 1000 / of_point["residents"][0]
        assert row["mean"] == pytest.approx(per_year)


def end_the_process_of(name):
    if name == "bad":
        os._exit(1)
    time.sleep(0.05)
    return name


def hang(name):
    if name == "bad":
        time.sleep(600)
    return name


@pytest.mark.parametrize(("function", "limit_s", "why"), [(end_the_process_of, None, "3 times"), (hang, 2.0, "longer")])
def test_a_task_that_kills_its_worker_or_hangs_is_named_and_left(function, limit_s, why):
    found, told = {}, {}
    names = {name: name for name in ("a", "bad", "b", "c", "d")}
    work_through(function, names, Local(2), found.__setitem__, Patience(told.__setitem__, limit_s))
    assert found == {name: name for name in names if name != "bad"}
    assert list(told) == ["bad"]
    assert why in told["bad"]


def test_points_and_effects_are_in_the_unit_that_is_told(tmp_path):
    runs = sweep(tmp_path, "strategy=reactive,hotspot", "city.residents=2000,4000", "replications=3")
    for row in pl.read_parquet(tmp_path / "out" / "points.parquet").iter_rows(named=True):
        crimes = runs.filter(pl.col("point") == row["point"])["crimes_total"].mean()
        assert row["mean"] == pytest.approx(crimes * 1000 / float(row["city.residents"]) * 365)


def test_differences_are_paired_on_the_seed_and_pairing_is_measured():
    generator = np.random.default_rng(4)
    common, noise = generator.normal(0, 10, 50), generator.normal(0, 1, 50)
    runs = pl.DataFrame({
        "run": [f"r{i}" for i in range(50)], "point": 0, "replication": range(50), "seed": range(50),
        "strategy": "s", "crimes": common + 3 + noise,
    })  # fmt: skip
    twins = runs.with_columns(pl.Series("crimes", common), pl.Series("run", [f"t{i}" for i in range(50)]))
    differences = differences_of(runs, twins, "crimes")
    assert differences["difference"].to_numpy() == pytest.approx(3 + noise)
    (row,) = by_point(differences, "difference", ["strategy"]).iter_rows(named=True)
    assert row["low"] < 3 < row["high"]
    assert gain_of_pairing(differences, "crimes") == pytest.approx(2 * 100 / 1, rel=0.5)
    assert differences_of(runs, runs, "crimes").height == 0


def test_replications_are_added_until_differences_are_precise_and_the_store_has_them_all(tmp_path, capsys):
    words = ("strategy=reactive,random_patrol", "most_replications=22", "precision=1e9", STANDBY)
    runs = sweep(tmp_path, *words)
    assert runs.height == 2 * 22, "20 at first, and as many of the 5 more as may be"
    assert "± 1e+09 was reached" in " ".join(capsys.readouterr().out.split())
    effects = pl.read_parquet(tmp_path / "out" / "effects.parquet")
    assert effects["replications"].to_list() == [22]
    narrow = sweep(tmp_path, *words, "precision=1e-9")
    assert narrow.equals(runs), "to the largest number at once"
    told = " ".join(capsys.readouterr().out.split())
    assert "as many as may be, 22" in told


def test_a_precise_sweep_can_be_looked_at_before_it_is_whole(tmp_path, capsys):
    words = ("strategy=reactive,hotspot", "precision=1e9")
    sweep(tmp_path, "strategy=reactive,hotspot", "replications=3")
    capsys.readouterr()
    runs = sweep(tmp_path, *words, "--status")
    assert runs.height == 6
    assert "6 of 40 runs" in capsys.readouterr().out


def test_what_is_kept_of_runs_is_a_choice_and_their_days_are_exported(tmp_path, capsys):
    from experiments.store.__main__ import main as look

    export = ("export", "--table", "daily", "--csv", str(tmp_path / "daily.csv"), f"store={tmp_path / 'store'}")
    sweep(tmp_path, "strategy=reactive", "days=3")
    assert look(export) == 2
    assert "none keeps any" in capsys.readouterr().err
    sweep(tmp_path, "strategy=reactive", "days=3", "keep=daily")
    assert look(export) == 0
    daily = pl.read_csv(tmp_path / "daily.csv")
    assert daily.height == 2 * 3
    assert sorted(daily["seed"].unique()) == [1, 2]
    assert look((*export[:2], "visits", *export[3:])) == 2
    assert "daily, force" in capsys.readouterr().err
    sweep(tmp_path, "strategy=reactive", "days=3", "keep=tables")
    assert look((*export[:2], "visits", *export[3:])) == 0
