"""More cars that drive at random, against the same cars at hot spots: the question of Kansas City 1972."""

from __future__ import annotations

from scenarios.lessons.parts import TOWN, Knob, Promise, indicators, with_personnel, with_strategy
from sim.outcomes.results import Results
from sim.scenario import Scenario

PLACE = TOWN
KNOBS = {"cars": Knob(2, (1, 2, 3))}
REPLICATIONS = 4
ANSWER = 2
PROMISES = (
    Promise("crimes", "random", "waiting", -8, 4),
    Promise("crimes", "more_random", "random", -8, 5),
    Promise("crimes", "hot_spots", "random", -28, -8),
    Promise("response", "more_random", "waiting", -45, -20),
)


def arms(scenario: Scenario, cars: float) -> dict[str, Scenario]:
    """Wait at the station; drive at random; the same with more cars; stop at hot spots with the cars there are."""
    random = with_strategy(scenario, "random_patrol")
    return {
        "waiting": scenario,
        "random": random,
        "more_random": with_personnel(random, ["patrol"], cars),
        "hot_spots": with_strategy(scenario, "hotspot"),
    }


def measures(results: Results) -> dict[str, float]:
    """Return crimes at places, and the minutes until an urgent call is reached."""
    return indicators(results, crimes="crimes_place", response="response_p1_median_min")
