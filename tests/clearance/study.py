"""Estimates what response time does to clearance, by type, and by the published design at the borders of districts.

    nice python -m tests.clearance.study [--seeds 8] [--days 728]

Recorded crimes to which a unit was sent after a call, in the default county, units wait for calls; seeds in cities of
their own, pooled. Least squares of cleared (0 or 1) on the log of minutes from call to arrival, each type of each city
round its own means; and two-stage least squares among crimes within 500 m of a border of two districts, where the log
of the drive from the own station is the instrument, with effects of type and pair of districts (after Blanes i Vidal &
Kirchmaier 2018). Slopes are percentage points for 10 % more minutes; intervals are robust to unequal variance, those of
two stages over cities (jackknife).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from sim.city.streets import drive_minutes
from sim.model import CityModel
from tests.support.studies import Case, arguments, run_cases, table

BORDER_M = 500.0
POINTS = 100 * math.log(1.1)  # of a slope on the log
COLUMNS = ("type", "priority", "log_response", "log_drive", "cleared", "district", "other")


class Slope(NamedTuple):
    """A slope with its 95 % interval."""

    points: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.points:+.2f} ({self.low:+.2f} to {self.high:+.2f})"


def across_the_border(model: CityModel) -> tuple[np.ndarray, np.ndarray]:
    """Return the district of each cell, and the other one whose border is within reach, −1 for none."""
    grid, beats = model.city.grid, model.city.beats
    district = np.where(beats.beat >= 0, beats.district[beats.beat], -1)
    here = np.column_stack([grid.x_m, grid.y_m])
    other, nearest = np.full(len(district), -1), np.full(len(district), np.inf)
    from scipy.spatial import cKDTree

    for one in range(int(district.max()) + 1):
        apart = cKDTree(here[district == one]).query(here)[0]
        near = (district >= 0) & (district != one) & (apart <= BORDER_M) & (apart < nearest)
        other[near], nearest[near] = one, apart[near]
    return district, other


def crimes_of(model: CityModel) -> dict[str, np.ndarray]:
    """Return the recorded crimes of a run to which a unit came after a call, one array for each of `COLUMNS`."""
    tables = model.results().tables
    crimes, calls = tables["incidents"], tables["calls"]
    used = (calls["outcome"] == "served") & (calls["discovered_by"] == "caller")
    used = np.ma.filled(used, False) & ~np.ma.getmaskarray(calls["incident_id"])
    order = np.argsort(crimes["incident_id"])
    row = order[np.searchsorted(crimes["incident_id"], np.ma.getdata(calls["incident_id"])[used], sorter=order)]
    response = np.ma.filled(calls["arrived_min"] - calls["received_min"], np.nan)[used]
    known = ~np.ma.getmaskarray(crimes["recorded_time_min"])[row] & (response > 0)
    row, response, priority = row[known], response[known], np.asarray(calls["priority"])[used][known]
    cell = np.asarray(crimes["cell"])[row].astype(int)
    district, other = across_the_border(model)
    station = model.city.beats.station_cell[district[cell]]
    drive = [drive_minutes(model.city.travel, int(a), int(b)) for a, b in zip(station, cell, strict=True)]
    columns = (
        np.asarray(crimes["type"], str)[row], priority, np.log(response), np.log(np.maximum(drive, 0.2)),
        np.asarray(crimes["cleared"], float)[row], district[cell], other[cell],
    )  # fmt: skip
    found = np.empty(len(COLUMNS), object)  # one of a length of its own for each seed
    found[:] = columns
    return {"columns": found}


def within(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return values less the mean of their group."""
    less: np.ndarray = values - (np.bincount(group, values) / np.bincount(group))[group]
    return less


def least_squares(x: np.ndarray, y: np.ndarray, group: np.ndarray) -> Slope:
    """Return the slope round the means of groups (White 1980)."""
    x, y = within(x, group), within(y, group)
    slope = x @ y / (x @ x)
    half = 1.96 * math.sqrt(float(x**2 @ (y - slope * x) ** 2)) / (x @ x)
    return Slope(*(POINTS * value for value in (slope, slope - half, slope + half)))


def two_stages(crimes: dict[str, np.ndarray], city: np.ndarray) -> tuple[Slope, float, int]:
    """Return the slope at borders, the coefficient of the first stage, and the number of crimes."""
    at = crimes["other"] >= 0
    low, high = (np.where(way, crimes["district"], crimes["other"])[at] for way in (
        crimes["district"] < crimes["other"], crimes["district"] > crimes["other"]))  # fmt: skip
    keys = np.column_stack([city[at], low, high, np.unique(crimes["type"][at], return_inverse=True)[1]])
    group = np.unique(keys, axis=0, return_inverse=True)[1].ravel()
    x, y, z = (within(crimes[name][at], group) for name in ("log_response", "cleared", "log_drive"))
    cities = np.unique(city)
    whole = z @ y / (z @ x)
    left = np.array([z[city[at] != c] @ y[city[at] != c] / (z[city[at] != c] @ x[city[at] != c]) for c in cities])
    n = len(cities)
    error = math.sqrt((n - 1) / n * float(((left - left.mean()) ** 2).sum()))
    half = float(stats.t.ppf(0.975, n - 1)) * error
    return (
        Slope(*(POINTS * value for value in (whole, whole - half, whole + half))),
        float(z @ x / (z @ z)),
        int(at.sum()),
    )


def main() -> None:
    """Print the slopes."""
    given = arguments(__doc__, seeds=8, days=728).parse_args()
    cases: dict[str, Case] = {"county": {"strategy": "reactive", "days": given.days}}
    runs = run_cases(crimes_of, cases, given.seeds)
    of_seeds = runs.values["county"]["columns"]
    city = np.repeat(np.arange(given.seeds), [len(columns[0]) for columns in of_seeds])
    crimes = {name: np.concatenate(list(of_seeds[:, place])) for place, name in enumerate(COLUMNS)}
    kinds, kind = np.unique(crimes["type"], return_inverse=True)
    rows = []
    of = {"all": np.ones(len(city), bool), **{str(name): crimes["type"] == name for name in kinds}}
    of |= {f"priority {p}": crimes["priority"] == p for p in (1, 2, 3)}
    for name, which in of.items():
        group = np.unique(city[which] * len(kinds) + kind[which], return_inverse=True)[1]
        slope = least_squares(crimes["log_response"][which], crimes["cleared"][which], group)
        rows.append([name, f"{which.sum():,}", f"{100 * crimes['cleared'][which].mean():.1f}", str(slope)])
    slope, first, n = two_stages(crimes, city)
    rows.append([f"two stages, at borders (first stage {first:.2f})", f"{n:,}", "", str(slope)])
    print(
        table(["crimes", "number", "cleared, %", "points for 10 % more minutes"], rows),
        f"\n\n{runs}, {given.days} days",
    )


if __name__ == "__main__":
    main()
