"""Asks whether what hot spots prevent hangs on the size of a cell, or on the city.

    nice python -m tests.cells.study [--seeds 8] [--days 364] [--cities 8] [--seeds-per-city 3] [--preset NAME]

The first table has crimes at places that hot spots prevent, in per cent of those while units wait for calls, on cells
of 50, 100, 150 and 200 m, on the same seeds, each in a city of its own: the effect, and its paired difference to that
on 100 m. The second has several seeds in each of some cities on 100 m, and says which part of the variance of the
effect of one run lies between cities (one-way random effects, exact interval of the F distribution).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.estimates.components import components
from sim.model import CityModel
from tests.support.studies import Case, Runs, arguments, interval, number, run_cases, table

SIZES_M = (50, 100, 150, 200)
STRATEGIES = ("reactive", "hotspot")
PLACE = "crimes_place"


def prevented(runs: Runs, of: str) -> np.ndarray:
    """Return crimes at places that hot spots prevent on each seed, in per cent."""
    before, after = (runs.values[f"{strategy} {of}"][PLACE] for strategy in STRATEGIES)
    share: np.ndarray = 100 * (1 - after / before)
    return share


def cases(preset: str, days: int, values: Mapping[str, tuple[str, float]]) -> dict[str, Case]:
    """Return both strategies for each value of a setting; `values` has name → (setting, value)."""
    return {
        f"{strategy} {name}": {"preset": preset, "strategy": strategy, "days": days, "settings": {setting: value}}
        for name, (setting, value) in values.items()
        for strategy in STRATEGIES
    }


def counted(model: CityModel) -> dict[str, float]:
    """Return the crimes at places of a run."""
    return number(model, (PLACE,))


def main() -> None:
    """Print both tables."""
    parser = arguments(__doc__, seeds=8, days=364)
    parser.add_argument("--cities", type=int, default=8)
    parser.add_argument("--seeds-per-city", type=int, default=3)
    parser.add_argument("--preset", default="county_china")
    given = parser.parse_args()

    sizes = {f"{size} m": ("city.cell_m", float(size)) for size in SIZES_M}
    runs = run_cases(counted, cases(given.preset, given.days, sizes), given.seeds)
    rows = []
    for size in sizes:
        effect, usual = prevented(runs, size), prevented(runs, "100 m")
        crimes = runs.values[f"reactive {size}"][PLACE].mean()
        rows.append(
            [size, f"{crimes:,.0f}", interval(effect), "" if size == "100 m" else interval(effect - usual, 1, "+")]
        )
    print(table(["cells", "crimes at places", "prevented, %", "less that on 100 m, points"], rows))
    print(f"\n{given.preset}: {runs}, {given.days} days\n", flush=True)

    cities = {f"in city {city}": ("city.seed", float(city)) for city in range(1, given.cities + 1)}
    runs = run_cases(counted, cases(given.preset, given.days, cities), given.seeds_per_city)
    effects = np.array([prevented(runs, city) for city in cities])
    print(table(["city", *(name.removeprefix("in city ") for name in cities)],
                [["prevented, %, mean", *(f"{effect.mean():.1f}" for effect in effects)]]))  # fmt: skip
    parts = components(effects)
    print(f"\nmean of the cities {interval(effects.mean(axis=1))} %; standard deviation between cities "
          f"{parts.between_sd:.1f}, within {parts.within_sd:.1f} points; share of the variance between cities "
          f"{parts.share:.2f} ({parts.low:.2f} to {parts.high:.2f})")  # fmt: skip
    print(f"{given.preset}: {given.seeds_per_city} seeds in each city; {runs}, {given.days} days")


if __name__ == "__main__":
    main()
