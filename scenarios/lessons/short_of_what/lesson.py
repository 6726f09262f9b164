"""Four ways of being short (of heads, hours at night, specialists, trust), each of which shows in another figure."""

from __future__ import annotations

import numpy as np

from scenarios.lessons.parts import TOWN, Knob, Promise, indicators
from scenarios.shortages import night_gap, specialists, uniform
from sim.arrays import Array
from sim.outcomes.results import Results
from sim.scenario import Scenario

PLACE = {
    **TOWN,
    "force.patrol_units": 5,  # twice the county's and a half
    "demand.burglary.rate_per_1000": 8,  # twice the county's, as the next four
    "demand.pickpocketing.rate_per_1000": 12,
    "demand.shoplifting.rate_per_1000": 12,
    "demand.vehicle_theft.rate_per_1000": 18,
    "demand.brawl.rate_per_1000": 18,
    "demand.service.per_1000_year": 220,  # as the county's: cars have work
}
KNOBS = {"missing": Knob(30, (15, 30, 45))}
REPLICATIONS = 4
ANSWER = 3
LATE_MIN, NIGHT_ENDS_HOUR = 15, 8
LITTLE_TRUST = 0.3  # half of the usual mean
PROMISES = (
    Promise("late_day", "heads", "all", 3, 25, percent=False),
    Promise("cleared", "heads", "all", -7, -1.5, percent=False),
    Promise("late_night", "night", "all", 12, 48, percent=False),
    Promise("late_day", "night", "all", -2, 3, percent=False),
    Promise("cleared", "specialists", "all", -7, -1.5, percent=False),
    Promise("late_day", "specialists", "all", -2, 2, percent=False),
    Promise("known", "trust", "all", -14, -4, percent=False),
    Promise("late_day", "trust", "all", -3, 2, percent=False),
)


def arms(scenario: Scenario, missing: float) -> dict[str, Scenario]:
    """Have everybody; miss so many of a hundred everywhere; gaps at night; too few specialists; little trust."""
    people = scenario.people
    residents = people.residents.model_copy(update={"trust_mean": LITTLE_TRUST})
    wary = {**dict(scenario), "people": people.model_copy(update={"residents": residents})}
    return {
        "all": scenario,
        "heads": uniform(scenario, fraction=missing / 100),
        "night": night_gap(scenario),
        "specialists": specialists(scenario),
        "trust": Scenario.model_validate(wary),
    }


def measures(results: Results) -> dict[str, float]:
    """Return % of urgent calls reached late by day and by night, % of records cleared, and of crimes that are known."""
    calls = results.tables["calls"]
    urgent = (calls["priority"] == 1) & (calls["discovered_by"] == "caller")
    arrived_min: Array = np.ma.filled(np.ma.asarray(calls["arrived_min"], float), np.inf)
    late = (arrived_min - calls["received_min"])[urgent] > LATE_MIN
    at_night = (calls["received_min"] / 60 % 24)[urgent] < NIGHT_ENDS_HOUR
    unknown = np.ma.getmaskarray(results.tables["incidents"]["discovered_by"])
    return {
        "late_day": 100 * float(np.mean(late[~at_night])),
        "late_night": 100 * float(np.mean(late[at_night])),
        "cleared": 100 * indicators(results, cleared="clearance_rate")["cleared"],
        "known": 100 * float(np.mean(~unknown)),
    }
