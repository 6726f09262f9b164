"""Cars at hot spots, and community and anti-fraud officers who talk with people: each reaches other crimes."""

from __future__ import annotations

from scenarios.lessons.parts import TOWN, Knob, Promise, indicators, with_personnel, with_strategy
from sim.outcomes.results import Results
from sim.scenario import Scenario

PLACE = {
    **TOWN,
    "demand.burglary.rate_per_1000": 8,  # twice the county's, as the next four
    "demand.pickpocketing.rate_per_1000": 12,
    "demand.shoplifting.rate_per_1000": 12,
    "demand.vehicle_theft.rate_per_1000": 18,
    "demand.brawl.rate_per_1000": 18,
    "demand.fraud.engaging_probability": 0.002,  # four times
    "demand.disputes.per_1000_year": 40,  # twice
}
KNOBS = {"officers": Knob(2, (1, 2, 3))}
REPLICATIONS = 4
ANSWER = 1
PROMISES = (
    Promise("place_crimes", "patrol", "waiting", -38, -14),
    Promise("frauds", "patrol", "waiting", -0.5, 0.5),
    Promise("assaults", "patrol", "waiting", -4, 4),
    Promise("place_crimes", "people", "waiting", -6, 4),
    Promise("frauds", "people", "waiting", -30, -6),
    Promise("assaults", "people", "waiting", -40, -8),
)
PROGRAMMES = ("anti_fraud", "education", "mediation")


def arms(scenario: Scenario, officers: float) -> dict[str, Scenario]:
    """Wait for calls; patrol hot spots; talk with people, with so many times the officers for it, while cars wait."""
    talk = with_strategy(scenario, "reactive", PROGRAMMES)
    return {
        "waiting": scenario,
        "patrol": with_strategy(scenario, "hotspot"),
        "people": with_personnel(talk, ["community", "anti_fraud"], officers),
    }


def measures(results: Results) -> dict[str, float]:
    """Return crimes at places, frauds, and assaults that arise from disputes."""
    return indicators(results, place_crimes="crimes_place", frauds="crimes_fraud", assaults="disputes_escalated")
