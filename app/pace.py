"""How long runs take on this machine, learnt from those that it has carried out, so that the page can say it before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.keep import write_whole
from app.situations import usual

PER_PERSON_DAY_S = 5.2e-8  # of a run, measured on two cores in November 2026: 1.9 s for a county and a year
SETTLING = 0.9  # seconds for a person and a day of the warm-up, relative to a run, measured likewise
AT_LEAST_S = 0.15  # of any run: assumption
NEW = 0.2  # weight of the latest run
RESIDENTS = {"county_china": 100_000, "city_china": 150_000, "city_western": 100_000}  # of a preset's city
OF_CITY = {"town": 10_000, "county": 100_000, "metropolis": 1_000_000, **RESIDENTS}
WARMUP_DAYS = 728


class Pace:
    """Seconds for a person and a day, kept in a file.

    Parameters
    ----------
    path : Path
        Of the file, which need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.per_person_day_s = float(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self.per_person_day_s = PER_PERSON_DAY_S

    def learn(self, residents: float | None, days: int, seconds: float) -> None:
        """Learn from a run."""
        if residents:
            now = max(seconds - AT_LEAST_S, 0.0) / (residents * days)
            self.per_person_day_s += NEW * (now - self.per_person_day_s)
            write_whole(self.path, json.dumps(self.per_person_day_s))

    def seconds(self, tree: Mapping[str, Any], runs: int, cities: int, workers: int) -> float:
        """Return how long a situation takes.

        Parameters
        ----------
        tree : mapping
            The situation.
        runs, cities : int
            How many runs, and how many cities have to settle before.
        workers : int
            Processes that share them.
        """
        people, days, before = (
            residents(tree),
            float(usual(tree, "days")),
            float(tree.get("warmup_days", WARMUP_DAYS)),
        )
        run = AT_LEAST_S + self.per_person_day_s * people * days
        city = AT_LEAST_S + SETTLING * self.per_person_day_s * people * before
        return (runs * run + cities * city) / workers


def residents(tree: Mapping[str, Any]) -> float:
    """Return about how many people live in the city of a situation."""
    city = tree.get("city")
    if isinstance(city, Mapping) and isinstance(city.get("residents"), int | float):
        return float(city["residents"])
    named = OF_CITY.get(city) if isinstance(city, str) else None
    return float(named or RESIDENTS.get(str(tree.get("preset")), 100_000))
