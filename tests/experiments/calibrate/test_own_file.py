"""A calibration to the user's own file: fitted to its first part, held against its last one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from experiments.calibrate.__main__ import main
from experiments.calibrate.design import COMMAND, design
from experiments.calibrate.own_file import laid_out
from experiments.calibrate.records import Records, enough, measure
from experiments.settings.keywords import request_of

ASKED = {
    "city": {"kind": "from_data", "incidents_csv": "mine.csv", "residents": 3000, "beats": 1, "districts": 1},
    "parameters": "opportunity.guardianship", "days": 30, "warmup_days": 0, "workers": 1, "points": 40,
}  # fmt: skip


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A file of 200 days: thefts by day, burglaries by night, and twice as many thefts in the last fifty days."""
    pytest.importorskip("shapely")
    monkeypatch.chdir(tmp_path)
    draws = np.random.default_rng(1)
    days = [0, 199, *draws.integers(0, 200, 198), *draws.integers(0, 200, 300), *draws.integers(150, 200, 75)]
    hours = [*draws.integers(0, 6, 200), *draws.integers(8, 18, 375)]
    start = np.datetime64("2024-01-01T00:30")
    pl.DataFrame(
        {
            "time": [
                str(start + np.timedelta64(int(day * 24 + hour), "h")) for day, hour in zip(days, hours, strict=True)
            ],
            "type": ["burglary"] * 200 + ["theft"] * 375,
            "latitude": 30 + draws.normal(0, 0.004, 575).round(5),
            "longitude": 114 + draws.normal(0, 0.004, 575).round(5),
        }
    ).write_csv("mine.csv")
    return tmp_path


def test_records_are_counted_in_a_file_as_in_a_run():
    records = Records(
        73.0, {"burglary": 30, "theft": 10}, np.bincount([2] * 30 + [13] * 10, minlength=24), np.array([20, 10, 5, 5])
    )
    assert measure("recorded_burglary", records, 2000) == pytest.approx(30 / 2 * 5)
    assert measure("hours_00_to_06", records, 2000) == 75.0
    assert measure("cells_with_half", records, 2000) == pytest.approx(100 / 40)
    assert [enough(f"recorded_{name}", [records]) for name in ("burglary", "theft")] == [True, False]
    assert np.isnan(measure("hours_00_to_06", Records(1.0, {}, np.zeros(24, int), np.zeros(0, int)), 2000))


def test_nothing_of_the_last_part_is_fitted(in_folder):
    _, problem = design(request_of(COMMAND, {**ASKED, "holdout": 0.25}))
    own = problem.own
    assert own.windows == (5, 1)
    first, last = ({one.name: one.aim for one in part} for part in (own.targets, own.held_out))
    assert set(first) == {
        "recorded_burglary",
        "recorded_theft",
        "hours_00_to_06",
        "hours_06_to_12",
        "hours_12_to_18",
        "cells_with_half",
    }
    assert last["recorded_theft"] > 1.5 * first["recorded_theft"]
    assert all(one.observed_runs == 5 for one in problem.targets)
    with laid_out(own, problem.tree) as inside:
        rows = pl.read_csv(inside["city"]["incidents_csv"])
    assert rows["time"].max() < str(own.cut)
    assert rows.height == int((own.rows.stamp < own.cut).sum())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"days": 90}, "holdout: 0.25 is not allowed: a share that leaves both parts as long as a run"),
        ({"patterns": ["recorded_robbery"]}, "one that the file has enough rows for: recorded_burglary"),
        ({"holdout": 0.95}, "holdout: 0.95"),
    ],
)
def test_a_file_that_is_too_short_and_a_pattern_that_it_does_not_show_are_refused(in_folder, words, said):
    from sim.parameters import BadInput

    with pytest.raises(BadInput) as error:
        design(request_of(COMMAND, {**ASKED, **words}))
    assert said in str(error.value)


def test_the_fit_is_shown_on_both_parts(in_folder, capsys):
    words = [
        "city=from_data", "city.incidents_csv=mine.csv", "city.residents=3000", "city.beats=1", "city.districts=1",
        "parameters=opportunity.guardianship", "days=30", "warmup_days=0", "workers=1", "points=8", "waves=0",
        "screen=2", "search=0", "replications=2", "fresh=5", "out=mine", "store=null",
        "patterns=[recorded_burglary,hours_00_to_06]",
    ]  # fmt: skip
    assert main(words) == 0
    assert "Last part" in " ".join(capsys.readouterr().out.split())
    patterns = pl.read_parquet("mine/patterns.parquet")
    assert patterns["held_out"].is_not_null().all()
    assert pl.read_csv("mine/sets.csv").columns == ["opportunity.guardianship", "weight"]
