"""Who suffers how often, over one and three years, by type; and at which hours and weekdays burglaries are.

    nice python -m tests.victims.study [--seeds 5] [--presets county_china city_western]

Settled cities of their own, units wait for calls. Printed are residents (homes, shops) with one, two, and more crimes
per 10,000 of them, and those with two and more as a multiple of what Poisson with the same mean would have; then the
share of burglaries from midnight to four, of those of homes by day (8 to 18 h), a day of the weekend against a weekday;
and how many repeats, of three years, follow within a month, and how many of these are by the same offender. Means with
95 % intervals over the seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model import CityModel
from sim.outcomes.indicators import at_places
from sim.outcomes.victims import HOMES, burglary_hours, share_between, weekend_ratio
from tests.support.studies import Case, Runs, arguments, run_cases, table

YEARS, MONTH_DAYS = (1, 3), 30.0
TIMES = ("burglaries from 0 to 4 h", "of homes, from 8 to 18 h", "day of the weekend / weekday")
REPEATED = {
    "burglary of homes": ("repeats on a home within a month", "of these by the same burglar"),
    "crimes at places, persons": ("repeats on a person within a month", "of these by the same offender"),
}
OF = {  # type → whom
    "crimes at places, persons": "victim_id",
    "theft from persons": "victim_id",
    "robbery and snatching": "victim_id",
    "brawls": "victim_id",
    "violence at schools": "victim_id",
    "burglary of homes": "dwelling",
    "burglary of shops": "shop_id",
    "shoplifting": "shop_id",
}


def which(crimes: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return which crimes are of each type of the table, shape [crimes], bool."""
    kind, subtype = np.asarray(crimes["type"], str), np.ma.filled(crimes["subtype"], "").astype(str)
    homes = np.isin(np.ma.filled(crimes["target"], ""), HOMES)
    burglary, lifting = kind == "burglary", subtype == "shoplifting"
    return {
        "crimes at places, persons": np.asarray(at_places(crimes)) & ~burglary & ~lifting,
        "theft from persons": (kind == "theft") & ~lifting,
        "robbery and snatching": kind == "robbery",
        "brawls": subtype == "brawl",
        "violence at schools": kind == "school_violence",
        "burglary of homes": burglary & homes,
        "burglary of shops": burglary & ~homes,
        "shoplifting": lifting,
    }


def repeats(crimes: dict[str, Any], these: np.ndarray, who: np.ndarray) -> tuple[float, float]:
    """Return the share of repeats on somebody that follow within a month, and of these by the same offender.

    Parameters
    ----------
    crimes : dict
        Columns of `incidents`.
    these : array [crimes]
        Which are looked at, bool.
    who : array [crimes]
        On whom they were, −1 for nobody.
    """
    known = np.flatnonzero(these & (who >= 0))
    order = known[np.lexsort((np.asarray(crimes["time_min"])[known], who[known]))]
    again = who[order[1:]] == who[order[:-1]]
    days = np.diff(np.asarray(crimes["time_min"])[order])[again] / 1440
    offender = np.ma.filled(crimes["offender_id"], -1)[order]
    same = (offender[1:] == offender[:-1])[again]
    soon = days <= MONTH_DAYS
    return float(soon.mean()), float(same[soon].mean())


def measure(model: CityModel) -> dict[str, float]:
    """Return the rows of both tables of a run."""
    crimes, society = model.results().tables["incidents"], model.world.society
    found: dict[str, float] = {}
    here, residents = which(crimes), society.residents
    for name, whom in OF.items():
        column = "shop_id" if whom == "shop_id" else "victim_id"
        who = np.ma.filled(crimes[column], -1).astype(int)
        n = len(society.shops) if whom == "shop_id" else len(residents)
        if whom == "dwelling":
            who, n = np.where(who >= 0, residents["dwelling"][who], -1), len(society.dwellings)
        for years in YEARS:
            these = who[here[name] & (np.asarray(crimes["time_min"]) < years * 364 * 1440) & (who >= 0)]
            times = np.bincount(these, minlength=n)
            mean = times.mean()
            chance = 1 - np.exp(-mean) * (1 + mean)
            counts = [1e4 * (times == 1).mean(), 1e4 * (times == 2).mean(), 1e4 * (times >= 3).mean()]
            for key, value in zip(
                ("1", "2", "3+", "times chance"), (*counts, (times >= 2).mean() / chance), strict=True
            ):
                found[f"{name}|{years}|{key}"] = float(value) if mean else np.nan
        if name in REPEATED:
            found |= dict(zip(REPEATED[name], repeats(crimes, here[name], who), strict=True))
    hours = burglary_hours(crimes, 0)
    every, homes = np.sum(list(hours.values()), axis=0), np.sum([hours[name] for name in HOMES], axis=0)
    told = share_between(every, 0, 4), share_between(homes, 8, 18), weekend_ratio(every)
    found |= dict(zip(TIMES, (np.nan if value is None else value for value in told), strict=True))
    return found


def rows_of(runs: Runs, preset: str) -> list[list[str]]:
    """Return the rows of the table of counts."""
    keys = ("1", "2", "3+", "times chance")
    digits = {"times chance": 1}
    return [
        [name, str(years), *(runs.level(preset, f"{name}|{years}|{key}", digits.get(key, 2)) for key in keys)]
        for name in OF
        for years in YEARS
    ]


def main() -> None:
    """Print both tables for each preset."""
    parser = arguments(__doc__, seeds=5, days=364 * YEARS[-1])
    parser.add_argument("--presets", nargs="+", default=["county_china", "city_western"])
    given = parser.parse_args()
    for preset in given.presets:
        cases: dict[str, Case] = {preset: {"preset": preset, "strategy": "reactive", "days": given.days}}
        runs = run_cases(measure, cases, given.seeds)
        print(
            f"## {preset}\n\n"
            + table(["per 10,000", "years", "one", "two", "more", "two and more, times chance"], rows_of(runs, preset))
        )
        names = (*TIMES, *(name for two in REPEATED.values() for name in two))
        times = ", ".join(f"{name}: {runs.level(preset, name, 2)}" for name in names)
        print(f"\n{times}\n\n{runs}, {given.days} days\n", flush=True)


if __name__ == "__main__":
    main()
