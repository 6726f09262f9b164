"""Asks how much crime there is with more and fewer officers: heads of patrol alone, of detectives alone, of all.

    nice python -m tests.personnel.study [--seeds 8] [--days 364] [--preset NAME] [--strategies reactive hotspot]

Each assignment is run with 30 % fewer and 30 % more personnel than the preset has, on the same seeds, each in a city
of its own. Printed are elasticities: by how many per cent crime changes where personnel is one per cent more, as the
slope of log counts on log personnel between the two, with its 95 % interval over the seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import CityModel
from tests.support.studies import Case, arguments, interval, number, run_cases, table

FEWER, MORE = 0.7, 1.3
POSTS: dict[str, dict[str, Any]] = {"patrol": {"post": "patrol"}, "detectives": {"post": "detectives"}, "all": {}}
MEASURES = {
    "crimes_total": "all crimes",
    "crimes_place": "crimes at places",
    "crimes_burglary": "burglary",
    "crimes_theft": "theft",
    "crimes_robbery": "robbery",
    "crimes_assault": "assault",
    "crimes_fraud": "fraud",
    "crimes_school_violence": "violence at schools",
    "harm_total": "crime harm",
    "clearance_rate": "clearance",
}


def measure(model: CityModel) -> dict[str, float]:
    """Return the crimes of a run by type."""
    return number(model, MEASURES)


def main() -> None:
    """Print a table for each strategy."""
    parser = arguments(__doc__, seeds=8, days=364)
    parser.add_argument("--preset", default="county_china")
    parser.add_argument("--strategies", nargs="+", default=["reactive", "hotspot"])
    given = parser.parse_args()
    cases: dict[str, Case] = {
        f"{strategy} {post} {factor}": {
            "preset": given.preset, "strategy": strategy, "days": given.days,
            "settings": {"force.changes": [{**which, "factor": factor}]},
        }
        for strategy in given.strategies
        for post, which in POSTS.items()
        for factor in (FEWER, MORE)
    }  # fmt: skip
    runs = run_cases(measure, cases, given.seeds)
    for strategy in given.strategies:
        rows = []
        for name, words in MEASURES.items():
            row = [words, f"{runs.values[f'{strategy} all {FEWER}'][name].mean():,.3g}"]
            for post in POSTS:
                few, many = (runs.values[f"{strategy} {post} {factor}"][name] for factor in (FEWER, MORE))
                row.append(interval(np.log(many / few) / np.log(MORE / FEWER), 3, "+"))
            rows.append(row)
        print(f"{strategy}\n\n" + table(["elasticity to personnel", "with 30 % fewer of all", *POSTS], rows) + "\n")
    print(f"{given.preset}: {runs}, {given.days} days")


if __name__ == "__main__":
    main()
