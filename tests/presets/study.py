"""What the three presets are beside what is published of such forces, and what they are with personnel missing.

    nice python -m tests.presets.study [--seeds 5] [--days 364] [--presets NAME …] [--missing 0 0.1 0.2 0.3 0.4]

Settled cities of their own, units wait for calls. The first table has each pattern of the load and of the force on the
scoreboard, with its band, and the mean of each preset with its 95 % interval; two stars: outside of the band. The
second has the load of the first preset with shares of all personnel missing, paired by seed.
"""

from __future__ import annotations

import numpy as np

from experiments.patterns.force import Force
from experiments.patterns.load import Load
from experiments.patterns.portrait import portrait_of
from experiments.patterns.published import published
from experiments.patterns.studies import CHINA, WESTERN
from sim.model import CityModel
from tests.support.studies import Case, Runs, arguments, interval, run_cases, table

PATTERNS = [it for it in published() if isinstance(it, Force | Load)]
BANDS = {f"{it.title}, {it.unit}": (it.bands[CHINA], it.bands[WESTERN]) for it in PATTERNS}
LOAD = {  # indicator → row, digits, factor
    "utilisation": ("patrol busy, %", 0, 100),
    "response_p1_median_min": ("P1 until one arrives, median, min", 1, 1),
    "dispatch_p1_median_min": ("… until one is sent", 1, 1),
    "turn_out_p1_median_min": ("… turn-out", 2, 1),
    "drive_p1_median_min": ("… drive", 1, 1),
    "response_p1_p90_min": ("P1, P90, min", 0, 1),
    "dispatch_p1_p90_min": ("… until one is sent, P90", 0, 1),
    "drive_p1_p90_min": ("… drive, P90", 1, 1),
    "response_p3_median_min": ("P3, median, min", 0, 1),
    "calls_unserved_share": ("calls not served, %", 2, 100),
    "clearance_rate": ("cleared, % of recorded crimes", 1, 100),
    "crimes_total": ("crimes", 0, 1),
    "desk_oldest_days": ("oldest work at the desks, days", 0, 1),
    "fatigue_mean": ("fatigue, 0 to 100", 0, 100),
}


def measure(model: CityModel) -> dict[str, float]:
    """Return the facts and the load of a run."""
    results = model.results()
    tables, found = results.tables, results.indicators
    portrait = portrait_of(tables, found, model, knox=False)
    facts = {f"{it.title}, {it.unit}": it.measure(portrait) for it in PATTERNS}
    values = {**facts, **{name: found[name] for name in LOAD}}
    return {name: np.nan if value is None else float(value) for name, value in values.items()}


def beside(runs: Runs, preset: str, name: str) -> list[str]:
    """Return the band of a fact in a preset, and its value; starred outside of it."""
    band, values = BANDS[name][preset == WESTERN], runs.values[preset][name]
    digits = 2 if values.mean() < 3 else 1 if values.mean() < 30 else 0
    told = interval(values, digits)
    if None in band:
        return ["–", told]
    low, high = band
    within = low <= round(values.mean(), digits) <= high
    return [f"{low:g} to {high:g}", told if within else f"**{told}**"]


def main() -> None:
    """Print both tables."""
    parser = arguments(__doc__, seeds=5, days=364)
    parser.add_argument("--presets", nargs="+", default=["county_china", "city_china", WESTERN])
    parser.add_argument("--missing", nargs="*", type=float, default=[0.0, 0.1, 0.2, 0.3, 0.4])
    given = parser.parse_args()
    presets: dict[str, Case] = {
        name: {"preset": name, "strategy": "reactive", "days": given.days} for name in given.presets
    }
    runs = run_cases(measure, presets, given.seeds)
    head = ["fact", *(text for preset in given.presets for text in ("band", f"`{preset}`"))]
    print(table(head, ([name, *(x for preset in given.presets for x in beside(runs, preset, name))] for name in BANDS)))
    print(f"\n{runs}, {given.days} days\n", flush=True)
    if given.missing:
        short: dict[str, Case] = {
            f"{100 * share:.0f} %": {
                **presets[given.presets[0]], "settings": {"force.changes": [{"factor": 1 - share}]} if share else {}
            }
            for share in given.missing
        }  # fmt: skip
        runs = run_cases(measure, short, given.seeds)
        rows = []
        for name, (words, digits, factor) in LOAD.items():
            rows.append([words, *(runs.level(case, name, digits, factor) for case in short)])
        print(table([f"`{given.presets[0]}`, missing", *short], rows), f"\n\n{runs}, {given.days} days")


if __name__ == "__main__":
    main()
