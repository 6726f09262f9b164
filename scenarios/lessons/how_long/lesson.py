"""Short, middling and long stops at the same hot spots, with the same cars (after Koper 1995)."""

from __future__ import annotations

from scenarios.lessons.parts import TOWN, Knob, Promise, indicators, with_strategy
from sim.outcomes.results import Results
from sim.scenario import Scenario

PLACE = TOWN
KNOBS = {"stay_min": Knob(12, (5, 8, 12, 16, 25))}
REPLICATIONS = 4
ANSWER = 1
PROMISES = (
    Promise("crimes", "stay", "one_minute", -18, -1),
    Promise("crimes", "stay", "an_hour", -18, -1),
    Promise("stops", "one_minute", "stay", 100, 600),
    Promise("stops", "an_hour", "stay", -90, -50),
)


def arms(scenario: Scenario, stay_min: float) -> dict[str, Scenario]:
    """Stop for a minute, for so many minutes, for an hour."""
    return {
        "one_minute": with_strategy(scenario, "hotspot", dwell_min=1),
        "stay": with_strategy(scenario, "hotspot", dwell_min=stay_min),
        "an_hour": with_strategy(scenario, "hotspot", dwell_min=60),
    }


def measures(results: Results) -> dict[str, float]:
    """Return crimes at places, and stops a day."""
    stops = len(results.tables["visits"]["cell"]) / len(results.tables["daily"]["day"])
    return {**indicators(results, crimes="crimes_place"), "stops": stops}
