"""Asks what becomes of crime, and of what strategies prevent, over five years.

    nice python -m tests.horizon.study [--seeds 5] [--days 1820] [--presets county_china city_western] [--figure FILE]

Printed are, for each preset, the trend of crimes while units wait for calls (slope of a straight line through the
quarters of each seed, per cent of the mean a year, with its 95 % interval over the seeds); crimes by year and strategy,
paired with waiting for calls, per cent; and the order of the strategies in each quarter, where it changes. The figure
has the differences by quarter, with 95 % bands.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import numpy as np

from sim.model import CityModel
from tests.support.studies import Case, Runs, arguments, half_width, interval, run_cases, table

BASE, STRATEGIES = "reactive", ("hotspot", "co_governance", "integrated")
COLOURS, LINES = ("#D55E00", "#0072B2", "#000000"), ("-", "--", "-.")
COUNTED = {"crimes_total": "all crimes", "crimes_place": "crimes at places"}
A_YEAR = 4  # quarters of 91 days


def by_quarter(model: CityModel) -> dict[str, np.ndarray]:
    """Return the crimes of each quarter."""
    quarters = model.results().tables["quarters"]
    return {name: np.asarray(quarters[name]) for name in COUNTED}


def slope_percent(crimes: np.ndarray) -> np.ndarray:
    """Return the slope of each seed, per cent of its mean a year; `crimes` has the shape [seeds, quarters]."""
    years = np.arange(crimes.shape[1]) / A_YEAR
    slopes: np.ndarray = 100 * np.polyfit(years, crimes.T, 1)[0] / crimes.mean(axis=1)
    return slopes


def changed_percent(runs: Runs, strategy: str, name: str, quarters: int) -> np.ndarray:
    """Return the paired difference to waiting for calls, per cent of its mean, in spans of quarters, [seeds, spans]."""
    one, none = (runs.values[case][name].reshape(runs.seeds, -1, quarters).sum(axis=2) for case in (strategy, BASE))
    changed: np.ndarray = 100 * (one - none) / none.mean(axis=0)
    return changed


def order(changed: Mapping[str, np.ndarray]) -> list[str]:
    """Return the order of the strategies by their means in each quarter, and from which quarter on it holds."""
    names = np.array(list(changed))
    best = names[np.argsort([values.mean(axis=0) for values in changed.values()], axis=0, kind="stable").T]
    told, first = [], 1
    for which, group in groupby(" < ".join(row) for row in best):
        n = len(list(group))
        told.append(f"{first}" + (f" to {first + n - 1}" if n > 1 else "") + f": {which}")
        first += n
    return told


def draw(paths: Mapping[str, Mapping[str, np.ndarray]], file: Path) -> None:
    """Draw paired differences by quarter, a panel for each preset; lines differ in style and colour."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    panels = figure.subplots(1, len(paths), sharey=True, squeeze=False)[0]
    for panel, (preset, changed) in zip(panels, paths.items(), strict=True):
        for (name, values), colour, line in zip(changed.items(), COLOURS, LINES, strict=True):
            quarter, mean = np.arange(1, values.shape[1] + 1), values.mean(axis=0)
            half = np.array([half_width(column) for column in values.T])
            panel.fill_between(quarter, mean - half, mean + half, color=colour, alpha=0.13, lw=0)
            panel.plot(quarter, mean, line, color=colour, lw=1.8, label=name)
        panel.axhline(0, color="grey", lw=0.8)
        panel.set(title=preset, xlabel="quarter of 91 days", xticks=range(A_YEAR, len(quarter) + 1, A_YEAR))
    panels[0].set_ylabel("crimes, difference to\nwaiting for calls, %")
    panels[-1].legend(frameon=False)
    figure.savefig(file, dpi=110)


def main() -> None:
    """Print the tables, and draw the figure."""
    parser = arguments(__doc__, seeds=5, days=1820)
    parser.add_argument("--presets", nargs="+", default=["county_china", "city_western"])
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    paths = {}
    for preset in given.presets:
        cases: dict[str, Case] = {
            name: {"preset": preset, "strategy": name, "days": given.days} for name in (BASE, *STRATEGIES)
        }
        runs = run_cases(by_quarter, cases, given.seeds)
        print(f"## {preset}\n")
        for name, words in COUNTED.items():
            slope = interval(slope_percent(runs.values[BASE][name]), 1, "+")
            print(f"trend of {words} while units wait for calls: {slope} % a year")
        for name, words in COUNTED.items():
            rows = []
            for case in STRATEGIES:
                changed = changed_percent(runs, case, name, A_YEAR)
                drift = interval(changed[:, -1] - changed[:, 0], 1, "+")
                rows.append([case, *(interval(year, 1, "+") for year in changed.T), drift])
            head = [f"{words}, %", *(f"year {year}" for year in range(1, changed.shape[1] + 1)), "last less first"]
            print("\n" + table(head, rows))
        paths[preset] = {case: changed_percent(runs, case, "crimes_total", 1) for case in STRATEGIES}
        print("\norder by all crimes, in quarters " + "; ".join(order(paths[preset])))
        print(f"\n{preset}: {runs}, {given.days} days\n", flush=True)
    if given.figure is not None:
        draw(paths, given.figure)


if __name__ == "__main__":
    main()
