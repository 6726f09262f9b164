"""One campaign of some weeks, and the three months after it."""

from __future__ import annotations

import numpy as np

from scenarios.lessons.parts import TOWN, Knob, Promise, place_crime_days
from sim.outcomes.results import Results
from sim.scenario import Scenario

PLACE = {**TOWN, "days": 119}
KNOBS = {"weeks": Knob(4, (2, 4))}
REPLICATIONS = 4
ANSWER = 2
DURING_DAYS, AFTER_DAY = 28, 56  # the months before and after, whatever the length of the campaign
PROMISES = (
    Promise("during", "campaign", "none", -40, -12),
    Promise("after", "campaign", "none", -10, 10),
    Promise("trust", "campaign", "none", -4, -1.2, percent=False),
    Promise("fatigue", "campaign", "none", 5, 16, percent=False),
)


def arms(scenario: Scenario, weeks: float) -> dict[str, Scenario]:
    """Let nothing happen; hold one campaign from the first day on."""
    programme = {"first_day": 0, "length_days": int(7 * weeks), "at_most": 1}
    held = {"strategy": {"name": "campaign"}, "programmes": {"campaign": programme}}
    return {"none": scenario, "campaign": Scenario.model_validate({**dict(scenario), **held})}


def measures(results: Results) -> dict[str, float]:
    """Return crimes at places a day in the month of the campaign and from two months on, trust, and fatigue."""
    day, daily, force = place_crime_days(results), results.tables["daily"], results.tables["force"]
    after = np.count_nonzero(day >= AFTER_DAY) / (len(daily["day"]) - AFTER_DAY)
    return {
        "during": np.count_nonzero(day < DURING_DAYS) / DURING_DAYS,
        "after": float(after),
        "trust": 100 * float(daily["trust"][-1]),
        "fatigue": 100 * float(np.max(force["fatigue_mean"][:DURING_DAYS])),
    }
