"""`beatlab replay` does runs of a result again and writes one page, whose totals are those of the result."""

import base64
import re

import polars as pl
import pytest
import yaml
from small_commands import SMALL_TOWN

from app.replay.columns import unpack
from beatlab.__main__ import main

SHORT = ("city=town", *SMALL_TOWN, "days=2", "warmup_days=0", "workers=1")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed") / "compare"
    assert main([
        "compare", *SHORT, "strategies=[reactive,hotspot,random_patrol]", "shortages=[none,uniform30]",
        "replications=2", f"out={folder}", "store=null", "formats=[]",
    ]) == 0  # fmt: skip
    return folder


def replay(capfd, *words):
    status = main(["replay", *map(str, words)])
    told = capfd.readouterr()
    return status, told.out.splitlines(), told.err.splitlines()


def data_of(page):
    letters = re.search(r'id="data">([A-Za-z0-9+/=]+)<', page.read_text(encoding="utf-8"))
    return unpack(base64.b64decode(letters[1]))


def test_the_page_has_the_runs_of_the_result_and_its_totals(result, tmp_path, capfd):
    out = tmp_path / "two.html"
    status, told, errors = replay(
        capfd, result, "strategies=[reactive,random_patrol]", "shortage=uniform30", "workers=1", f"out={out}"
    )
    assert (status, errors) == (0, [])
    assert told[0].endswith("4 runs")
    told_in = data_of(out)
    assert [len(pair["runs"]) for pair in told_in["pairs"]] == [2, 2]
    summary = pl.read_parquet(result / "summary.parquet").filter(pl.col("shortage") == "uniform30")
    for pair in told_in["pairs"]:
        for strategy, run in zip(("reactive", "random_patrol"), pair["runs"], strict=True):
            row = summary.filter((pl.col("strategy") == strategy) & (pl.col("replication") == pair["replication"])).row(
                0, named=True
            )
            assert len(run["incidents"]["time"]) == row["crimes_total"]
            assert len(run["recorded"]["time"]) == row["recorded_total"]
            assert run["calls"]["caller"].sum() == row["calls_total"]
            assert (run["incidents"]["arrest"] >= 0).sum() == row["arrests"]
            assert run["indicators"]["crimes_total"] == row["crimes_total"]
            assert len(run["tracks"]["start"]) > 10
    assert summary["calls_total"].sum() > 0
    reactive, patrols = (run["tracks"]["start"] for run in told_in["pairs"][0]["runs"])
    assert len(reactive) < len(patrols)


def test_fewer_days_of_one_strategy_and_another_replication_first(result, tmp_path, capfd):
    out = tmp_path / "one.html"
    words = (
        "strategies=[hotspot]",
        "days=1",
        "replication=1",
        "replications=1",
        "language=zh",
        f"out={out}",
        "workers=1",
    )
    status, told, _ = replay(capfd, result, *words)
    assert status == 0
    assert told[0].startswith("回放：")
    assert len(told) == 2
    found = data_of(out)
    assert (found["days"], [pair["replication"] for pair in found["pairs"]]) == (1, [1])


def test_a_result_of_other_code_is_refused_in_one_line_and_nothing_is_written(result, tmp_path, capfd):
    changed = tmp_path / "changed"
    changed.mkdir()
    for path in result.glob("*.*"):
        (changed / path.name).write_bytes(path.read_bytes())
    table = pl.read_parquet(result / "summary.parquet")
    table.with_columns(calls_total=pl.col("calls_total") + 1).write_parquet(changed / "summary.parquet")
    status, _, errors = replay(capfd, changed, "replications=1", "workers=1", f"out={tmp_path / 'no.html'}")
    assert status == 2
    assert len(errors) == 1
    assert "calls_total" in errors[0]
    assert list(tmp_path.glob("*.html*")) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nowhere"], "nowhere"),
        (["FOLDER", "strategies=[nobody]"], "reactive, hotspot, random_patrol"),
        (["FOLDER", "strategies=[reactive,hotspot,random_patrol]"], "one or two"),
        (["FOLDER", "shortage=surge"], "none, uniform30"),
        (["FOLDER", "replication=2"], "0 to 1"),
        (["FOLDER", "days=3"], "1 to 2"),
        (["FOLDER", "days=all"], "a whole number from 1 on"),
        (["FOLDER", "out=page.txt"], "ends in .html"),
        (["FOLDER", "out=FOLDER/scenario.yaml/page.html"], "cannot be written"),
        (["FOLDER", "city=town"], "what this command takes"),
        (["FOLDER", "FOLDER", "FOLDER"], "one or two folders"),
    ],
)
def test_what_cannot_be_is_one_line(result, tmp_path, monkeypatch, capfd, words, why):
    monkeypatch.chdir(tmp_path)
    status, _, errors = replay(capfd, *(word.replace("FOLDER", str(result)) for word in words))
    assert status == 2
    assert len(errors) == 1
    assert why in errors[0]
    assert list(tmp_path.rglob("*.html*")) == []


def test_two_runs_are_the_two_sides_and_runs_of_two_cities_are_refused(tmp_path, capfd):
    places = {}
    for name, more in {"a": ["strategy=reactive"], "b": ["strategy=random_patrol"], "c": ["city.seed=9"]}.items():
        places[name] = tmp_path / name
        assert main(["run", *SMALL_TOWN, "days=1", "warmup_days=0", *more, f"out={places[name]}"]) == 0
    capfd.readouterr()
    status, _, errors = replay(capfd, places["a"], places["b"], "workers=1", f"out={tmp_path / 'ab.html'}")
    assert (status, errors) == (0, [])
    (pair,) = data_of(tmp_path / "ab.html")["pairs"]
    assert [run["label"]["en"] for run in pair["runs"]] == ["reactive policing", "random patrol"]
    status, _, errors = replay(capfd, places["a"], places["c"], "workers=1", f"out={tmp_path / 'ac.html'}")
    assert (status, len(errors)) == (2, 1)
    assert "another city" in errors[0]


def test_the_settings_of_a_run_of_a_comparison_are_those_that_it_had(result):
    from app.replay.folders import read_folder

    folder = read_folder(str(result))
    first, second = (folder.run("hotspot", "uniform30", replication).scenario for replication in (0, 1))
    assert (second.seed, second.city.seed) == (first.seed + 1, first.city.seed + 1)
    assert first.strategy.name == "hotspot"
    assert first.shortage_name == "uniform30"
    changes = yaml.safe_load((result / "scenario.yaml").read_text())["shortages"]["uniform30"]["changes"]
    assert first.model_dump(mode="json")["force"]["changes"] == changes["force"]["changes"]
