"""Claims about the desk Study: which runs are paired, and which settings are offered."""

from __future__ import annotations

import polars as pl
import pytest

from app import studying
from app.desks.study import GRID
from experiments.languages.speech import say, speaking

ROWS = [
    ("reactive", "1", "2", "{}", None, 100.0), ("reactive", "2", "2", "{}", None, 120.0),
    ("hotspot", "1", "2", "{}", None, 90.0), ("hotspot", "2", "2", "{}", None, 100.0),
    ("community", "1", "2", None, "8", 96.0), ("community", "2", "2", None, "8", 118.0),
    ("community", "1", "4", None, "8", 50.0),
]  # fmt: skip


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("strategy", "seed", "city.beats", "programmes", "programmes.visits.hours", "crimes_total")
    frame = pl.DataFrame(ROWS, schema=columns, orient="row").with_columns(
        residents=pl.lit(2000.0), days=pl.lit(365), seconds=pl.lit(1.0), finished_utc=pl.lit("2026-11-28T01:39:00")
    )
    monkeypatch.setattr(studying, "_runs", lambda _place: frame)


def test_a_strategy_that_brings_programmes_along_is_compared_as_well() -> None:
    found = {one.strategy: (one.pairs, one.mean) for one in studying.effects("", "crimes_total", "reactive", None)}
    assert found == {"hotspot": (2, pytest.approx(-7.5)), "community": (2, pytest.approx(-1.5))}


def test_what_was_measured_is_listed_in_the_units_of_tables() -> None:
    listed = {row["seed"]: row["crimes_total"] for row in studying.contents("").rows if row["strategy"] == "hotspot"}
    assert listed == {"1": pytest.approx(45), "2": pytest.approx(50)}


def test_only_settings_in_which_runs_of_a_strategy_differ_are_offered() -> None:
    found = studying.contents("")
    assert found.factors == ["city.beats"]
    assert list(found.rows[0]) == ["strategy", "seed", "seconds", "finished_utc", "city.beats", "crimes_total"]


def test_the_list_of_runs_is_sorted_out_in_the_language_of_the_page() -> None:
    with speaking("zh"):
        assert [words for words in GRID.values() if words.isascii() and words != "/" and say(words) == words] == []
