"""What four ways of being short do to the default county: a surge, a heavy headquarters, specialists, a gap at night.

    nice python -m tests.shortages.study [--seeds 8] [--days 182]

Paired differences to full strength, each seed in a city of its own, with 95 % intervals; units wait for calls, and in
the last row of crimes they go to hot spots. The surge, half as many calls again, lasts all the time.
"""

from __future__ import annotations

from sim.model import CityModel
from tests.support.studies import Case, arguments, number, run_cases, table

FULL = "full strength"
SHORT: dict[str, Case] = {
    FULL: {},
    "surge": {"shortage": "surge", "settings": {"shortage.days": None}},
    "headquarters heavy": {"shortage": "headquarters_heavy"},
    "specialists missing": {"shortage": "specialists"},
    "gap at night": {"shortage": "night_gap"},
}
ROWS = {  # indicator → row, digits, factor
    "utilisation": ("patrol busy, %", 1, 100),
    "response_p1_median_min": ("P1, median, min", 1, 1),
    "response_p1_p90_min": ("P1, P90, min", 0, 1),
    "response_p2_median_min": ("P2, median, min", 1, 1),
    "response_p3_median_min": ("P3, median, min", 1, 1),
    "response_p3_p90_min": ("P3, P90, min", 0, 1),
    "calls_unserved_share": ("calls not served, %", 2, 100),
    "crimes_total": ("crimes", 0, 1),
    "clearance_rate": ("cleared, %", 1, 100),
    "backlog": ("cases open at the end", 0, 1),
    "fatigue_mean": ("fatigue, 0 to 100", 1, 100),
    "desk_oldest_days": ("oldest work at the desks, days", 0, 1),
}


def measure(model: CityModel) -> dict[str, float]:
    """Return the rows of a run."""
    return number(model, ROWS)


def main() -> None:
    """Print the table."""
    given = arguments(__doc__, seeds=8, days=182).parse_args()
    cases: dict[str, Case] = {
        f"{strategy}, {name}": {**short, "strategy": strategy, "days": given.days}
        for strategy in ("reactive", "hotspot")
        for name, short in SHORT.items()
    }
    runs = run_cases(measure, cases, given.seeds)
    rows = []
    for key, (words, digits, factor) in ROWS.items():
        for strategy in ("reactive", "hotspot") if key == "crimes_total" else ("reactive",):
            full = f"{strategy}, {FULL}"
            row = [f"{words}, {strategy}" if key == "crimes_total" else words, runs.mean(full, key, digits, factor)]
            for name in list(SHORT)[1:]:
                if key == "crimes_total":
                    row.append(runs.percent(f"{strategy}, {name}", full, key) + " %")
                else:
                    row.append(runs.difference(f"{strategy}, {name}", full, key, digits, factor))
            rows.append(row)
    print(table(["default county", *SHORT], rows), f"\n\n{runs}, {given.days} days")


if __name__ == "__main__":
    main()
