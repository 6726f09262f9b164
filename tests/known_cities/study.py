"""Asks whether a run in a city from files has the recorded rates that its files say.

    nice python -m tests.known_cities.study FOLDER [--days 364] [--replications 10]

Of each city of `tests/support/known_cities.py`, which are written into FOLDER if they are not there, the status quo is
run again as its files describe it, with the same force. Printed are recorded crimes by type, and calls about disputes,
over those of the file, with the 95 % interval of the mean over replications (Student's t), in which the chance of the
file's own counts (Poisson) is included: a ratio whose interval does not hold 1 is wrong. Below stands how counts by
hour of the day, and by squares of some 500 m, go together with those of the file (Pearson's r).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from known_cities import CITIES, PLACE, KnownCity, known_city

from sim.city.build import build_city
from sim.city.city import CRIME_EVIDENCE, CityParameters
from sim.model import CityModel
from sim.outcomes.results import Results

SQUARE_DEGREES = 0.005
KINDS = (*CRIME_EVIDENCE, "fraud", "school_violence", "dispute")


def recorded(results: Results) -> np.ndarray:
    """Return recorded crimes by type of `KINDS`, and calls about disputes."""
    kinds = np.asarray(results.tables["recorded"]["type"], dtype=str)
    calls = results.tables["calls"]
    about = np.asarray(calls["type"], dtype=str)[np.asarray(calls["discovered_by"], dtype=str) == "caller"]
    return np.array([((about if name == "dispute" else kinds) == name).sum() for name in KINDS])


def again(known: KnownCity, seed: int) -> Results:
    """Run the status quo of a city as its files describe it, with its own force."""
    scenario = known.scenario.model_copy(update={"city": known.from_files, "seed": seed})
    model = CityModel(scenario)
    model.run()
    return model.results()


def by_hour(results: Results) -> np.ndarray:
    """Return recorded crimes by the hour of the day at which they are said to have happened."""
    minutes = np.ma.compressed(results.tables["recorded"]["said_time_min"])
    return np.bincount((minutes // 60 % 24).astype(int), minlength=24)


def by_square(results: Results, city: CityParameters) -> Counter[tuple[int, int]]:
    """Return recorded crimes by squares in degrees."""
    built = build_city(city)
    cell = np.ma.compressed(results.tables["recorded"]["cell"]).astype(int)
    place = built.place or PLACE
    longitude, latitude = place.to_degrees(built.grid.x_m[cell], built.grid.y_m[cell])
    squares = np.floor(np.column_stack([longitude, latitude]) / SQUARE_DEGREES).astype(int)
    return Counter((int(x), int(y)) for x, y in squares)


def together(file: Counter[tuple[int, int]], runs: Counter[tuple[int, int]]) -> float:
    """Return the correlation of counts over all squares that have any."""
    squares = sorted(set(file) | set(runs))
    return float(np.corrcoef([file[at] for at in squares], [runs[at] for at in squares])[0, 1])


def main() -> None:
    """Print the ratios of all cities."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=364)
    parser.add_argument("--replications", type=int, default=10)
    given = parser.parse_args()
    for name in CITIES:
        folder = given.folder / name.replace(" ", "_")
        folder.mkdir(parents=True, exist_ok=True)
        known = known_city(name, folder, given.days)
        file = recorded(known.results)
        repeated = [again(known, 1000 + seed) for seed in range(given.replications)]
        runs = [recorded(results) for results in repeated]
        for place, kind in enumerate(KINDS):
            counts = np.array([run[place] for run in runs], dtype=float)
            ratio = counts.mean() / max(file[place], 1)
            spread = np.hypot(counts.std(ddof=1) / np.sqrt(len(counts)) / max(counts.mean(), 1e-9),
                              1 / np.sqrt(max(file[place], 1)))  # fmt: skip
            half = float(stats.t.ppf(0.975, len(counts) - 1)) * spread * ratio
            held = "holds 1" if ratio - half <= 1 <= ratio + half else "WRONG"
            print(f"{name:<16} {kind:<15} file {file[place]:>6,} ratio {ratio:.2f} "
                  f"({ratio - half:.2f} to {ratio + half:.2f}) {held}")  # fmt: skip
        hours = np.corrcoef(by_hour(known.results), sum(by_hour(results) for results in repeated))[0, 1]
        squares = sum((by_square(results, known.from_files) for results in repeated), Counter())
        places = together(by_square(known.results, known.scenario.city), squares)
        print(f"{name:<16} hours of the day r = {hours:.2f}, squares r = {places:.2f}")


if __name__ == "__main__":
    main()
