"""Shows what a course did where: hot spots in district 1 from day 60, in all districts from day 120, against none.

    nice python -m tests.course.study [--seeds 8] [--figure FILE.png]

Counties of the default preset, a year of warm-up, the course of `experiment=pilot` for 180 days. Printed are crimes at
places a day with the course less those without it, paired by seed, in the pilot and in the other districts, with 95 %
intervals of t. The figure has stops a day, the share carried out, and the cumulative difference of crimes at places.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

import beatlab as bl

DAYS, WARMUP_DAYS, PILOT, PILOT_DAY, ALL_DAY = 180, 364, 1, 60, 120
STEP = 6  # days, over which stops are averaged
LINES = ("-", "--", "-.", ":")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000")
COURSE = {
    "phases": [
        {"start_day": PILOT_DAY, "districts": [PILOT]},
        {"start_day": ALL_DAY, "handing_down": {"station_share": 0.7, "half_life_days": 30}},
    ]
}
NONE = {"phases": [{"strategy": {"name": "reactive"}}]}


def by_district(seed: int, course: dict[str, Any]) -> dict[str, np.ndarray]:
    """Run a county; return the columns of its table `course`, shape [days, districts]."""
    settings = {"strategy_course": course}
    scenario = bl.scenario(strategy="hotspot", days=DAYS, warmup_days=WARMUP_DAYS, seed=seed, settings=settings)
    model = bl.CityModel(scenario)
    model.run()
    table = model.results().tables["course"]
    return {name: np.asarray(table[name]).reshape(DAYS, -1) for name in ("visits", "carried_out", "crimes_at_places")}


def interval(differences: np.ndarray) -> str:
    """Return a mean with its 95 % interval of t."""
    half = stats.t.ppf(0.975, len(differences) - 1) * stats.sem(differences)
    return f"{differences.mean():+.2f} ± {half:.2f}"


def apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Return heights for labels in the order of the lines, as near as may be, at least a gap apart from one another."""
    found, order = heights.astype(float), np.argsort(heights, kind="stable")
    for _ in range(200):
        for low, high in pairwise(order):
            missing = gap - (found[high] - found[low])
            if missing > 0:
                found[low] -= missing / 2
                found[high] += missing / 2
    return found


def draw(course: dict[str, np.ndarray], fewer: np.ndarray, file: Path) -> None:
    """Draw means over seeds by district; lines differ in style and colour, and bear their names."""
    from matplotlib.figure import Figure

    stops = course["visits"].reshape(DAYS // STEP, STEP, -1).mean(axis=1)
    panels = (
        ("stops of patrol per day", np.arange(DAYS // STEP) * STEP + STEP / 2, stops),
        ("share carried out", np.arange(DAYS), course["carried_out"]),
        ("crimes at places,\ncourse − none, cumulative", np.arange(DAYS), fewer),
    )
    figure = Figure(figsize=(9, 9), layout="constrained")
    axes = figure.subplots(3, 1, sharex=True)
    for axis, (label, days, values) in zip(axes, panels, strict=True):
        low, high = float(values.min()), float(values.max())
        margin = 0.08 * (high - low)
        axis.set(ylabel=label, ylim=(low - margin, high + margin), xlim=(0, DAYS * 1.16))
        heights = apart(values[-1], margin)
        for d in range(values.shape[1]):
            axis.plot(days, values[:, d], LINES[d], color=COLOURS[d], lw=1.8)
            name = f"district {d}{' (pilot)' if d == PILOT else ''}"
            end = (days[-1], values[-1, d])
            arrow = {"arrowstyle": "-", "color": COLOURS[d], "lw": 0.8, "ls": LINES[d]}
            axis.annotate(
                name, end, (DAYS + 3, heights[d]), color=COLOURS[d], va="center", fontsize=9, arrowprops=arrow
            )
        for day in (PILOT_DAY, ALL_DAY):
            axis.axvline(day, color="grey", lw=0.8)
    axes[-1].set_xlabel("measured day")
    axes[-1].set_xticks(range(0, DAYS + 1, 30))
    figure.savefig(file, dpi=110)


def main() -> None:
    """Print the differences, and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    runs = [(by_district(seed, COURSE), by_district(seed, NONE)) for seed in range(1, given.seeds + 1)]
    changed = np.array([one["crimes_at_places"] - none["crimes_at_places"] for one, none in runs])
    others = np.arange(changed.shape[2]) != PILOT
    pilot = slice(PILOT_DAY, ALL_DAY)
    for name, days, districts in (
        ("pilot, its district", pilot, ~others),
        ("pilot, the others together", pilot, others),
        ("after it, the others together", slice(ALL_DAY, DAYS), others),
    ):
        base = np.mean([none["crimes_at_places"][days, districts].sum(axis=1).mean() for _, none in runs])
        differences = changed[:, days, districts].sum(axis=2).mean(axis=1)
        print(f"{name}: {interval(differences)} crimes at places a day, base {base:.1f}")
    if given.figure is not None:
        means = {name: np.mean([one[name] for one, _ in runs], axis=0) for name in runs[0][0]}
        draw(means, changed.mean(axis=0).cumsum(axis=0), given.figure)


if __name__ == "__main__":
    main()
