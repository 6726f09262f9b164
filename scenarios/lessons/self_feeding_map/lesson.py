"""The same hot-spot patrol where people tell the police, and where few do: what its map shows, and what there is."""

from __future__ import annotations

import numpy as np

from scenarios.lessons.parts import TOWN, Knob, Promise, with_strategy
from sim.outcomes.results import Results
from sim.scenario import Scenario

PLACE = TOWN
KNOBS = {"telling": Knob(0.1, (0.3, 0.1, 0.03))}
REPLICATIONS = 4
ANSWER = 1
IN_STREETS = ("pickpocketing", "vehicle_theft", "robbery", "snatching", "brawl")  # what a passing patrol can see
PROMISES = (
    Promise("found", "few_tell", "people_tell", 6, 22, percent=False),
    Promise("bent", "few_tell", "people_tell", 5, 22, percent=False),
)


def arms(scenario: Scenario, telling: float) -> dict[str, Scenario]:
    """Patrol hot spots of police records: as many victims and witnesses tell as do; only that share of them does."""
    patrolled = with_strategy(scenario, "hotspot")
    told = {kind: getattr(patrolled.demand, kind) for kind in ("burglary", "shoplifting", *IN_STREETS)}
    fewer = {
        kind: crime.model_copy(
            update={
                "report_probability": telling * crime.report_probability,
                "witness_probability": telling * crime.witness_probability,
            }
        )
        for kind, crime in told.items()
    }
    few = {**dict(patrolled), "demand": patrolled.demand.model_copy(update=fewer)}
    return {"people_tell": patrolled, "few_tell": Scenario.model_validate(few)}


def measures(results: Results) -> dict[str, float]:
    """Return % of records that patrol found, % where it stops, on the map and in truth, and the gap; in the street."""
    incidents = results.tables["incidents"]
    in_streets = np.isin(np.ma.filled(incidents["subtype"], ""), IN_STREETS)
    who = np.ma.filled(incidents["discovered_by"], "nobody")[in_streets]
    patrolled = np.isin(incidents["cell"][in_streets], results.tables["visits"]["cell"])
    known = who != "nobody"
    on_map, in_truth = 100 * float(np.mean(patrolled[known])), 100 * float(np.mean(patrolled))
    return {
        "found": 100 * float(np.mean(who[known] == "patrol")),
        "on_map": on_map,
        "in_truth": in_truth,
        "bent": on_map - in_truth,
    }
