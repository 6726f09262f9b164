"""How many replications an effect takes: against published tables, against simulation, and from a comparison."""

import json

import numpy as np
import polars as pl
import pytest
import yaml

from experiments.estimates.power import deviation_factors, power, replications_for
from experiments.power.__main__ import main
from experiments.power.numbers import measured
from sim.parameters import BadInput


@pytest.mark.parametrize(("effect", "wanted", "pairs"), [(0.5, 0.8, 34), (0.2, 0.8, 199), (0.8, 0.95, 23)])
def test_replications_are_those_of_published_tables(effect, wanted, pairs):
    """Paired t test, two-sided, 5 %: the examples that G*Power and Cohen give."""
    assert replications_for(effect, 1.0, wanted) == pairs
    assert power(effect, 1.0, pairs) >= wanted > power(effect, 1.0, pairs - 1)


def test_limits():
    assert power(0.0, 1.0, 10) == pytest.approx(0.05)
    assert power(1.0, 0.0, 10) == 1.0
    assert replications_for(1e-4, 1.0, 0.8) is None
    low, high = deviation_factors(5)
    assert (low, high) == (pytest.approx(0.599, abs=1e-3), pytest.approx(2.874, abs=1e-3))


@pytest.fixture
def folder(tmp_path):
    """A comparison of two strategies over 40 replications: differences of −3 crimes a year, their deviation 2."""
    rng = np.random.default_rng(3)
    common, own = rng.normal(100, 10, 40), rng.normal(-3, 2, 40)
    rows = [("none", "reactive", r, common[r]) for r in range(40)]
    rows += [("none", "hotspot", r, common[r] + own[r]) for r in range(40)]
    summary = pl.DataFrame(rows, schema=["shortage", "strategy", "replication", "crimes_total"], orient="row")
    summary = summary.with_columns(residents=pl.lit(1000.0), days=pl.lit(365.0), seed=pl.col("replication") + 1)
    quarters = pl.concat(
        summary.select(
            "shortage", "strategy", "replication", pl.lit(q).alias("quarter"), pl.lit(91 + (q == 3)).alias("days"),
            pl.lit(value=False).alias("ended"), pl.col("crimes_total") / 4,
        )
        for q in range(4)
    )  # fmt: skip
    summary.write_parquet(tmp_path / "summary.parquet")
    quarters.write_parquet(tmp_path / "quarters.parquet")
    (tmp_path / "scenario.yaml").write_text(yaml.safe_dump({"compare": {"baseline": "reactive"}}))
    files = ["summary.parquet", "quarters.parquet", "scenario.yaml", "provenance.json"]
    (tmp_path / "provenance.json").write_text(json.dumps({"program": "beatlab", "files": files}))
    return tmp_path, own


def test_a_comparison_tells_what_the_next_one_takes(folder, capsys):
    place, own = folder
    *shorter, year = measured(str(place), "crimes_total")
    assert [one.days for one in shorter] == [91, 182, 273]
    assert year.days == 365
    assert year.deviation == pytest.approx(own.std(ddof=1))
    assert year.baseline == pytest.approx(100, abs=5)
    assert shorter[0].deviation == pytest.approx(own.std(ddof=1) / 4 * 365 / 91), "measured, not scaled"
    assert year.gain is not None
    assert 20 < year.gain < 100
    of_one_percent, *_, of_twenty = year.replications(0.8)
    assert of_one_percent is not None
    assert of_twenty is not None
    assert 20 < of_one_percent < 50
    assert of_twenty < 5
    assert main([str(place)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "power of 80 %" in told
    assert "hotspot" in told
    assert main([str(place), "power=0.9", "indicator=crimes_total"]) == 0


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("nowhere",), "folder"),
        ((".", "indicator=beauty"), "indicator"),
        ((".", "power=1.5"), "power"),
        ((".", "effect=1"), "effect"),
    ],
)
def test_what_cannot_be_is_one_line(words, field, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder[0])
    assert main(words) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {field}")
    assert told.count("\n") == 1


def test_too_few_replications_are_refused(folder):
    place, _ = folder
    few = pl.read_parquet(place / "summary.parquet").filter(pl.col("replication") < 2)
    few.write_parquet(place / "summary.parquet")
    with pytest.raises(BadInput, match="at least 3"):
        measured(str(place), "crimes_total")
