"""What the three example strategies of the docs do in the default county, and the loop of finds, shown and avoided.

    nice python -m tests.plans.study [--seeds 8] [--days 364] [--loop-seeds 6]

The strategies are read from `docs/authors/three-strategies.md`. The first table has their lines of code, and their
results paired with waiting for calls, each seed in a city of its own. The second has the same city on every seed, whose
beats are cut into squares of 400 m: where a force patrols, finds disorder, and where disorder truly is. Calls of the
county are those that get a unit, and finds are few; there is forty times the disorder in it that nobody calls about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

import beatlab as bl
from sim.incident_types import IncidentType
from sim.incidents.log import CALLS
from sim.model import CityModel
from sim.outcomes.indicators import at_places
from tests.support.studies import Case, Runs, arguments, interval, model_of, number, run_cases, table

PAGE = Path(__file__).parents[2] / "docs" / "authors" / "three-strategies.md"
STRATEGIES: dict[str, Case] = {
    "waiting": {"strategy": "reactive"},
    "hotspot": {"strategy": "hotspot"},
    "by_neglect": {"strategy": "by_neglect"},
    "by_the_hour": {"strategy": "by_the_hour"},
    "by_the_hour, cars as rostered": {"strategy": "by_the_hour", "settings": {"strategy.move_cars": False}},
    "own_finds": {"strategy": "own_finds"},
}
UNSEEN_PER_1000 = 120.0  # disorder a year that nobody calls about, where all calls count and not only those with a unit
COUNTED: dict[str, Case] = {
    name: {
        "strategy": "own_finds",
        "settings": {"strategy.counts": name, "demand.disorder.unreported_per_1000_year": UNSEEN_PER_1000},
    }
    for name in ("finds", "finds_per_hour", "calls")
}
MEASURES = {  # measure → digits
    "crimes at places": 0,
    "of these from 16 to 24 h": 0,
    "violence at schools": 1,
    "crime harm, sentence-days": 0,
    "P1, median, min": 2,
    "P1, P90, min": 1,
    "P1 from 16 to 24 h, mean, min": 2,
    "P3, median, min": 2,
    "finds of disorder": 0,
    "hours of patrol at stops": 0,
    "perceived safety, 0 to 100": 2,
}
AREA_M = 400.0


def lines_of_code() -> dict[str, int]:
    """Register the strategies of the page; return how many lines each has."""
    found = {}
    for code in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        page: dict[str, Any] = {"__name__": "page"}
        if "(bl.Strategy)" in code:
            exec(compile(code, str(PAGE), "exec"), page)
            kind = next(v for v in page.values() if isinstance(v, type) and issubclass(v, bl.Strategy))
            found[bl.register(kind).name] = len(code.splitlines())
    return found


def effects(model: CityModel) -> Mapping[str, float]:
    """Return the measures of a run."""
    tables = model.results().tables
    crimes, calls = tables["incidents"], tables["calls"]
    place, hour = np.asarray(at_places(crimes)), np.asarray(crimes["time_min"]) // 60 % 24
    wait_min = np.ma.filled(calls["arrived_min"] - calls["received_min"], np.nan)
    late = (np.asarray(calls["priority"]) == 1) & (np.asarray(calls["received_min"]) // 60 % 24 >= 16)
    told = number(model, ("harm_total", "response_p1_median_min", "response_p1_p90_min", "response_p3_median_min",
                          "perceived_safety"))  # fmt: skip
    values = (
        place.sum(), (place & (hour >= 16)).sum(), (np.asarray(crimes["type"]) == "school_violence").sum(),
        told["harm_total"], told["response_p1_median_min"], told["response_p1_p90_min"], np.nanmean(wait_min[late]),
        told["response_p3_median_min"], (np.asarray(calls["discovered_by"]) == "patrol").sum(),
        np.asarray(tables["visits"]["dwell_min"]).sum() / 60, 100 * told["perceived_safety"],
    )  # fmt: skip
    return dict(zip(MEASURES, map(float, values), strict=True))


def loop(counted: str, seed: int, days: int) -> tuple[list[float], np.ndarray]:
    """Run one way of counting; return the columns of the second table, and patrol by square less that of its beat."""
    model = model_of({**COUNTED[counted], "days": days}, seed, one_city=True)
    tables, grid = model.results().tables, model.city.grid
    _, square = np.unique(grid.y_m // AREA_M * 1000 + grid.x_m // AREA_M, return_inverse=True)
    n = int(square.max()) + 1
    beat = np.array([np.bincount(1 + model.city.beats.beat[square == a]).argmax() for a in range(n)])

    def within(values: np.ndarray) -> np.ndarray:
        less: np.ndarray = values - (np.bincount(beat, values) / np.bincount(beat).clip(1))[beat]
        return less

    visits, calls = tables["visits"], tables["calls"]
    patrol = np.bincount(square[visits["cell"]], np.asarray(visits["dwell_min"]), n)
    log = model.world.logs.calls[: model.world.logs.used[CALLS]]
    true = log[(log["true_type"] == IncidentType.DISORDER) & (log["occurred_min"] >= 1440 * model.first_day)]
    truth = np.bincount(square[true["cell"]], minlength=n).astype(float)
    found = (np.asarray(calls["discovered_by"]) == "patrol") & (np.asarray(calls["type"]) == "disorder")
    finds = np.bincount(square[np.asarray(calls["cell"])[found]], minlength=n)
    busiest = np.argsort(-patrol, kind="stable")[: n // 10]
    shares = [100 * values[busiest].sum() / values.sum() for values in (patrol, finds, truth)]
    agrees = np.corrcoef(within(patrol), within(truth))[0, 1]
    crimes = float(np.asarray(at_places(tables["incidents"])).sum())
    return [float(found.sum()), *shares, 100 * (patrol > 0).mean(), agrees, crimes], within(patrol)


def told_of_effects(runs: Runs, lines: Mapping[str, int]) -> str:
    """Return the first table."""
    others = list(STRATEGIES)[1:]
    code = ["lines of code", "", *(str(lines.get(name.partition(",")[0], "")) for name in others)]
    rows = [code]
    for name, digits in MEASURES.items():
        differences = [runs.difference(case, "waiting", name, digits) for case in others]
        rows.append([name, runs.mean("waiting", name, digits), *differences])
    against = ["", *(runs.difference(case, "hotspot", "crimes at places", 0) for case in others[1:])]
    rows.append(["crimes at places, less `hotspot`", "", *against])
    return table(["", "waiting", *others], rows)


def main() -> None:
    """Print both tables."""
    parser = arguments(__doc__, seeds=8, days=364)
    parser.add_argument("--loop-seeds", type=int, default=6)
    given = parser.parse_args()
    lines = lines_of_code()
    cases: dict[str, Case] = {name: {**case, "days": given.days} for name, case in STRATEGIES.items()}
    runs = run_cases(effects, cases, given.seeds)
    print(told_of_effects(runs, lines), f"\n\n{runs}, {given.days} days\n", flush=True)
    rows = []
    for name in COUNTED:
        done = [loop(name, seed, given.days) for seed in range(1, given.loop_seeds + 1)]
        columns = np.array([numbers for numbers, _ in done]).T
        alike = np.mean([np.corrcoef(a, b)[0, 1] for (_, a), (_, b) in combinations(done, 2)])
        digits = (0, 0, 0, 0, 0, 2, 0)
        rows.append([name, *(interval(c, d) for c, d in zip(columns, digits, strict=True)), f"{alike:.2f}"])
    head = ["counted", "finds", "patrol in the busiest tenth, %", "finds there, %", "disorder there, %",
            "squares patrolled, %", "patrol and disorder, r in beats", "crimes at places", "two seeds, r"]  # fmt: skip
    print(table(head, rows), f"\n\none city, seeds 1 to {given.loop_seeds}, {given.days} days")


if __name__ == "__main__":
    main()
