"""Made-up files of incidents and calls for the claims about cities from files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from sim.city.city import City, CityParameters, ColumnNames
from sim.city.from_data import build_from_data
from sim.city.read_rows import INCIDENTS, Rows, check_enough, read_rows
from sim.city.tables import read_table
from sim.city.type_columns import TypeSettings
from sim.city.type_tables import shipped_tables

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
CHICAGO, MILWAUKEE = DATA / "chicago_2016_sample.csv", DATA / "milwaukee_calls_2018_05_01_14.csv"
FOUR_TYPES = ("BURGLARY", "THEFT", "ROBBERY", "ASSAULT")

Table = dict[str, list[str]]


def made_up(
    n: int = 240, latitude: float = 41.8, longitude: float = -87.6, seed: int = 3, types: tuple[str, ...] = FOUR_TYPES
) -> Table:
    """Return n rows on about 2 × 2 km in the year 2016, under names that belong to no portal."""
    rng = np.random.default_rng(seed)
    stamp = np.datetime64("2016-01-01T00:00") + rng.integers(0, 366 * 1440, n).astype("timedelta64[m]")
    return {
        "number": [f"N{i}" for i in range(n)],
        "Date": [str(t).replace("T", " ") + ":00" for t in stamp],
        "Offense": [types[i % len(types)] for i in range(n)],
        "Latitude": [f"{latitude + v:.6f}" for v in rng.uniform(-0.009, 0.009, n)],
        "Longitude": [f"{longitude + v:.6f}" for v in rng.uniform(-0.012, 0.012, n)],
    }


def save(path: Path, table: Table) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    return path


def rows_of(path: Path, field: str = INCIDENTS, **names: str) -> Rows:
    said = TypeSettings(shipped_tables())
    rows = read_rows(read_table(str(path), field), str(path), field, ColumnNames(**names), said)
    check_enough(rows)
    return rows


def city_of(incidents: Path | None = None, calls: Path | None = None, **changes: object) -> City:
    given = {
        "incidents_csv": incidents and str(incidents),
        "calls_csv": calls and str(calls),
        "cell_m": 200.0,
        "districts": 1,
        **({} if "beats_file" in changes else {"beats": 2}),
    }
    return build_from_data(CityParameters(kind="from_data", **(given | changes)))


def reasons(rows: Rows) -> dict[int, str]:
    return dict(rows.report.rejected)
