"""The days and the cells of a run add up to its indicators."""

from __future__ import annotations

from functools import cache

import pytest
from small_runs import MUCH_CRIME, after, in_town

from sim.incident_types import CRIME_NAMES
from sim.outcomes.results import Results

ADDED_UP = (
    "crimes_total",
    *(f"crimes_{name}" for name in CRIME_NAMES),
    "harm_total",
    "recorded_total",
    "calls_total",
    "arrests",
    "fraud_loss",
)


@cache
def fortnight() -> Results:
    demand = {**MUCH_CRIME, "fraud": {"engaging_probability": 0.02}, "disorder": {"unreported_per_1000_year": 10_000.0}}
    return after(in_town(days=14, warmup_days=7, demand=demand, strategy={"name": "random_patrol"}))


@pytest.mark.parametrize("name", ADDED_UP)
def test_days_add_up(name: str) -> None:
    found = fortnight()
    assert len(found.tables["daily"][name]) == 14
    assert found.tables["daily"][name].sum() == pytest.approx(found.indicators[name], rel=1e-5)


@pytest.mark.parametrize("name", CRIME_NAMES)
def test_cells_add_up(name: str) -> None:
    found = fortnight()
    assert found.tables["cells"][f"crimes_{name}"].sum() == found.indicators[f"crimes_{name}"]


def test_everything_that_is_added_up_happened() -> None:
    found = fortnight().indicators
    assert [
        name
        for name in ("crimes_total", "recorded_total", "calls_total", "arrests", "fraud_loss", "harm_total")
        if not found[name]
    ] == []
    assert (fortnight().tables["calls"]["discovered_by"] == "patrol").any()


def test_columns_have_the_same_type_in_a_quiet_run_as_in_a_busy_one() -> None:
    """Files of many runs are read as one table."""
    quiet = after(
        in_town(
            days=1,
            demand={name: {"rate_per_1000": 0.0} for name in MUCH_CRIME}
            | {"fraud": {"contacts_per_resident_month": 0.0}},
        )
    )
    assert quiet.indicators["fraud_loss"] == 0
    for table, columns in fortnight().tables.items():
        for name, column in columns.items():
            assert quiet.tables[table][name].dtype.kind == column.dtype.kind, f"{table}.{name}"
