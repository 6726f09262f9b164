"""Claims about what the desk Study shows of sensitivity studies that are kept."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from app.desks.study_sensitivity import chart, label, scale
from app.sensitivities import Looked, Moved, kept
from experiments.languages.speech import speaking
from experiments.sensitivity.design import Target
from experiments.sensitivity.tables import INDICES

USUAL = Target("crimes_total", "reactive")
PAIRED = Target("crimes_total", "hotspot", "reactive")


def table(path: Path, *rows: dict[str, object]) -> None:
    """Write the table of a study as `beatlab sensitivity` has it."""
    path.parent.mkdir(parents=True)
    pl.DataFrame([{**dict.fromkeys(INDICES), **row} for row in rows], schema=INDICES).write_parquet(path)


def screened(parameter: str, size: float, chance: float | None = 1.0, *, matters: bool = True) -> dict[str, object]:
    return {
        "method": "morris", "outcome": "crimes_total", "strategy": "reactive", "parameter": parameter, "size": size,
        "size_low": size - 1, "size_high": size + 1, "chance": chance, "matters": matters,
    }  # fmt: skip


def sampled(parameter: str, total: float) -> dict[str, object]:
    return {
        "method": "sobol", "outcome": "crimes_total", "strategy": "hotspot", "baseline": "reactive",
        "parameter": parameter, "total": total, "total_low": total - 0.1, "total_high": total + 0.1, "matters": True,
    }  # fmt: skip


def test_studies_are_listed_the_latest_first_and_parameters_the_largest_first(tmp_path: Path) -> None:
    table(tmp_path / "old/sensitivity.parquet", screened("a.b", 2.0), screened("a.c", 5.0))
    table(tmp_path / "new/sensitivity.parquet", screened("a.b", 2.0), sampled("a.b", 0.2), sampled("a.d", 0.7))
    os.utime(tmp_path / "old/sensitivity.parquet", (0, 0))
    new, old = kept(str(tmp_path))
    assert (new.folder, old.folder, old.written) == (f"{tmp_path}/new", f"{tmp_path}/old", "1970-01-01 00:00")
    assert list(new.moved) == [Looked("sobol", PAIRED), Looked("morris", USUAL)]
    assert [one.parameter for one in old.moved[Looked("morris", USUAL)]] == ["a.c", "a.b"]
    assert new.moved[Looked("sobol", PAIRED)][0] == Moved(
        "a.d", 0.7, pytest.approx(0.6), pytest.approx(0.8), None, True
    )


def test_what_is_no_table_of_a_study_is_left_out(tmp_path: Path) -> None:
    assert kept(str(tmp_path / "nowhere")) == []
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/sensitivity.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "other").mkdir()
    pl.DataFrame({"method": ["sobol"]}).write_parquet(tmp_path / "other/sensitivity.parquet")
    table(tmp_path / "empty/sensitivity.parquet")
    assert kept(str(tmp_path)) == []


def test_the_figure_fills_what_does_more_than_chance_and_marks_the_chance() -> None:
    moved = [Moved("x.a.b", 0.7, 0.6, 0.8, 0.1, True), Moved("x.c", 0.1, 0.0, 0.2, None, False)]
    options = chart(moved, Looked("sobol", PAIRED))
    bars, first, second, marks = options["series"]
    assert options["yAxis"][0]["data"] == ["a.b", "x.c"]
    assert [bar["value"] for bar in bars["data"]] == pytest.approx([70, 10])
    assert [bar["itemStyle"]["color"] for bar in bars["data"]] == ["#8fb8de", "#fff"]
    assert (first["data"], second["data"]) == ([[60, 0], [80, 0]], [[0, 1], [20, 1]])
    assert marks["data"] == [[10, 0]]


def test_units_and_names_are_those_of_the_report_in_both_languages() -> None:
    assert scale(Looked("sobol", PAIRED)) == ("total index, % of the variance", 100)
    with speaking("zh"):
        assert scale(Looked("sobol", PAIRED))[0] == "总效应指数，占方差的 %"
        assert label(Looked("morris", USUAL)).endswith(" – μ*")
        assert "reactive" not in label(Looked("sobol", PAIRED))
