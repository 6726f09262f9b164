"""What a lesson is made of: the town of the class, knobs that it turns, promises that tests keep, changes to a city.

A lesson is a folder. Its `lesson.py` says:

- `PLACE`: settings of the city as `beatlab run` takes them, dotted name → value; it settles once and is kept;
- `KNOBS`: name → `Knob`, one or two;
- `arms(scenario, **knobs)`: name → scenario, what is compared; a pure function, the first arm is the baseline;
- `measures(results)`: name → number, what is looked at in each run; a pure function too;
- `PROMISES`: what is seen with the knobs as they stand, with tolerances; and
- `REPLICATIONS`: runs of each arm, paired by seed; `ANSWER`: which prediction comes true, from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from scenarios.parts import period, with_heads
from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.outcomes.indicators import at_places
from sim.outcomes.results import Results
from sim.scenario import Scenario

TOWN = {  # assumptions, all of them: in a county as it is such effects drown in chance within a lesson
    "preset": "county_china",
    "city.name": "lesson_town",
    "city.layouts": "one",  # one town for all seeds, so that a class gets to know it
    "city.residents": 40_000,
    "city.area_km2": 16,
    "city.beats": 4,
    "city.districts": 1,
    "force.patrol_units": 6,  # three times the county's
    "demand.burglary.rate_per_1000": 16,  # four times the county's, as the next four
    "demand.pickpocketing.rate_per_1000": 24,
    "demand.shoplifting.rate_per_1000": 24,
    "demand.vehicle_theft.rate_per_1000": 36,
    "demand.brawl.rate_per_1000": 36,
    "demand.service.per_1000_year": 60,  # a quarter of the county's, as the next two: units have time
    "demand.traffic.per_1000_year": 20,
    "demand.alarm.per_1000_year": 10,
    "days": 182,
    "warmup_days": 182,
}


class Knob(NamedTuple):
    """Something that a class changes.

    Attributes
    ----------
    default : float
        As it stands when the lesson begins.
    allowed : tuple of float
        Its values, few enough for a class to try them all.
    """

    default: float
    allowed: tuple[float, ...]


class Promise(NamedTuple):
    """What the sheet promises: by how much a measure of an arm differs from that of another.

    Attributes
    ----------
    measure, arm, against : str
        Names of the lesson.
    at_least, at_most : float
        Bounds of the difference of the means over the replications.
    percent : bool
        Whether the bounds are in % of `against`; otherwise in the unit of the measure.
    """

    measure: str
    arm: str
    against: str
    at_least: float
    at_most: float
    percent: bool = True


def with_strategy(
    scenario: Scenario, name: str, programmes: Sequence[str] | None = None, **parameters: Any
) -> Scenario:
    """Return a scenario with another strategy.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    name : str
        Of the strategy.
    programmes : sequence of str, optional
        In place of its own.
    **parameters
        Of the strategy, such as `dwell_min=12`.

    Raises
    ------
    ValidationError, BadInput
        For a strategy or a parameter that does not exist.
    """
    chosen = {"name": name, "programmes": programmes, **parameters}
    return Scenario.model_validate({**dict(scenario), "strategy": chosen, "programmes": {}})


def with_personnel(scenario: Scenario, posts: Sequence[str], times: float) -> Scenario:
    """Return a scenario with so many times the personnel, officers and auxiliaries, of some posts at full strength."""
    if times == 1:
        return scenario
    changes = [{"post": post, "factor": times, "auxiliaries": which} for post in posts for which in (False, True)]
    return with_heads(scenario, period("lesson", 0, None, 0), changes)


def place_crime_days(results: Results) -> Array:
    """Return the day of each crime at a place, as a fraction, shape [crimes]."""
    incidents = results.tables["incidents"]
    return np.asarray(incidents["time_min"])[at_places(incidents)] / MINUTES_PER_DAY


def indicators(results: Results, **names: str) -> dict[str, float]:
    """Return some indicators under names of the lesson; an absent one is not a number."""
    found = {name: results.indicators[indicator] for name, indicator in names.items()}
    return {name: np.nan if value is None else float(value) for name, value in found.items()}
