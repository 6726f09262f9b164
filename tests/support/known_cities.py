"""Three made-up cities whose truth is known, with the files that their police would give away, from runs of the model.

They differ in size, crime, streets and in how many officers there are for a resident. Of each there are `crimes.csv`,
what police records say after a year, and `calls.csv`, its calls with the times of their stages. Both are written from
one run with reactive policing: the status quo of the city, and nothing in them tells the truth behind the records.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.place_on_earth import PlaceOnEarth
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.scenario import Scenario

START = np.datetime64("2021-03-01T00:00")  # a Monday, as the first day of a run is
PLACE = PlaceOnEarth(31.3, 120.6)
RECORDED = {"burglary": "BURGLARY", "theft": "THEFT", "robbery": "ROBBERY", "assault": "ASSAULT", "fraud": "FRAUD",
            "school_violence": "SCHOOL VIOLENCE"}  # fmt: skip
CALLED = {**RECORDED, "dispute": "FAMILY DISPUTE", "traffic": "TRAFFIC ACCIDENT", "service": "ASSIST CITIZEN",
          "alarm": "ALARM", "disorder": "DISORDERLY CONDUCT"}  # fmt: skip
DAYS = 364  # whole weeks
OFFICERS_PER_1000 = {"short of police": 0.8, "as usual": 1.6, "many police": 3.2}
CITIES: dict[str, dict[str, Any]] = {
    "short of police": {"residents": 20_000, "area_km2": 12.0, "beats": 3, "districts": 1, "centres": 2, "seed": 11},
    "as usual": {"residents": 30_000, "area_km2": 19.0, "beats": 4, "districts": 2, "centres": 2, "seed": 12},
    "many police": {"residents": 15_000, "area_km2": 8.0, "beats": 2, "districts": 1, "centres": 1, "seed": 13},
}

TRUE_RATES = {  # of place crimes per 1,000 residents a year: enough that a file of a year tells its rates
    "short of police": {"burglary": 10.0, "pickpocketing": 30.0, "shoplifting": 20.0, "vehicle_theft": 12.0,
                        "robbery": 2.0, "snatching": 2.0, "brawl": 30.0},
    "as usual": {"burglary": 16.0, "pickpocketing": 15.0, "shoplifting": 30.0, "vehicle_theft": 20.0,
                 "robbery": 1.0, "snatching": 1.5, "brawl": 20.0},
    "many police": {"burglary": 25.0, "pickpocketing": 40.0, "shoplifting": 40.0, "vehicle_theft": 30.0,
                    "robbery": 4.0, "snatching": 4.0, "brawl": 50.0},
}  # fmt: skip


class KnownCity(NamedTuple):
    """A city whose truth is known, and its files."""

    scenario: Scenario  # that ran
    results: Results
    from_files: CityParameters  # the same city, as its files describe it


def known_city(name: str, folder: Path, days: int = DAYS) -> KnownCity:
    """Run one of the cities under its status quo and write its files.

    Parameters
    ----------
    name : str
        One of `CITIES`.
    folder : Path
        An existing folder; `crimes.csv` and `calls.csv` are written into it.
    days : int
        That the files cover.
    """
    place = CityParameters(name=name, **CITIES[name])
    officers = max(round(OFFICERS_PER_1000[name] * place.residents / 1000), 12) if place.residents else None
    demand = {kind: {"rate_per_1000": rate} for kind, rate in TRUE_RATES[name].items()}
    force = {"officers": officers}
    scenario = Scenario(city=place, demand=demand, force=force, days=days, seed=7)
    model = CityModel(scenario)
    model.run()
    results = model.results()
    _write(folder / "crimes.csv", _crimes(results, place))
    _write(folder / "calls.csv", _calls(results, place))
    from_files = CityParameters(
        name=name, kind="from_data", residents=place.residents, beats=place.beats, districts=place.districts,
        incidents_csv=str(folder / "crimes.csv"), calls_csv=str(folder / "calls.csv"), complete=True,
    )  # fmt: skip
    return KnownCity(scenario, results, from_files)


def _crimes(results: Results, place: CityParameters) -> dict[str, Any]:
    """Return what police records say: what, when as far as they know, and where."""
    table = results.tables["recorded"]
    return {
        "report_number": table["record_id"],
        "date": _clock(table["said_time_min"]),
        "offense": [RECORDED[str(kind)] for kind in table["type"]],
        **_degrees(table["cell"], place),
    }


def _calls(results: Results, place: CityParameters) -> dict[str, Any]:
    """Return the calls, with what officers came upon among them, as a dispatch system has them."""
    table = results.tables["calls"]
    stages = {"received": "CallReceived", "dispatched": "Dispatched", "arrived": "Arrived", "cleared": "Cleared"}
    return {
        "call_id": table["call_id"],
        "call_type": [CALLED[str(kind)] for kind in table["type"]],
        "call_source": ["OFFICER" if str(by) == "patrol" else "PHONE" for by in table["discovered_by"]],
        "priority": table["priority"],
        **{column: _clock(table[f"{stage}_min"]) for stage, column in stages.items()},
        **_degrees(table["cell"], place),
    }


def _clock(minutes: Any) -> list[str]:
    """Write minutes since the end of the warm-up as a date and clock, nothing where they are absent."""
    known = ~np.ma.getmaskarray(minutes)
    seconds = np.where(known, 60 * np.nan_to_num(np.ma.getdata(minutes)), 0).astype("timedelta64[s]")
    return [str(t).replace("T", " ") if there else "" for t, there in zip(START + seconds, known, strict=True)]


def _degrees(cell: Any, place: CityParameters) -> dict[str, list[str]]:
    """Return places within cells, spread evenly over each as addresses are; an absent cell has none."""
    grid, known = build_city(place).grid, ~np.ma.getmaskarray(cell)
    at = np.where(known, np.ma.getdata(cell), 0)
    rng = np.random.default_rng(5)
    x, y = (middle[at] + rng.uniform(-0.49, 0.49, len(at)) * grid.cell_m for middle in (grid.x_m, grid.y_m))
    longitude, latitude = PLACE.to_degrees(x, y)
    return {
        name: [f"{value:.6f}" if there else "" for value, there in zip(values, known, strict=True)]
        for name, values in (("latitude", latitude), ("longitude", longitude))
    }


def _write(path: Path, table: Mapping[str, Any]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
