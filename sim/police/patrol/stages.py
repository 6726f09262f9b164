"""The stages of a call on either side of the drive and the work on scene.

How long it takes until the dispatcher has it, until a unit moves, and what goes on at the station afterwards.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from sim.arrays import Array
from sim.city.city import City
from sim.draws import Draw
from sim.incidents.log import Discoverer, Logs
from sim.incidents.profiles import DemandRule
from sim.kernels import inner_kernel
from sim.parameters import Parameters, parameter, rule_of
from sim.police.patrol.units import is_about
from sim.randomness import lognormal, uniform

Stage = Annotated[float, Field(ge=0, le=120)]
AT_ONCE = "assumption: at once; the presets of `calls` have values with sources"


class StageParameters(Parameters):
    """How long the stages of every call take besides the drive; each is lognormal, and none where its mean is 0.

    What calls of one type ask for, on scene and at the station, stands with the type, such as
    `demand.burglary.follow_up_min`.
    """

    taking_min: tuple[Stage, Stage, Stage] = parameter(
        (0.0, 0.0, 0.0), unit="min", source=AT_ONCE,
        doc=(
            "Mean time from the ring of the telephone until the dispatcher has the call, by priority. "
            "What a unit sees itself needs none."
        ),
    )  # fmt: skip
    taking_cv: float = parameter(
        0.6, unit="1", ge=0.01, le=10, source="assumption",
        doc="Standard deviation of the time of call-taking relative to its mean.",
    )  # fmt: skip
    turn_out_station_min: float = parameter(
        0.0, unit="min", ge=0, le=60, source=AT_ONCE,
        doc="Mean time from the order until a unit that waits at its station is on the way.",
    )  # fmt: skip
    turn_out_road_min: float = parameter(
        0.0, unit="min", ge=0, le=60, source=AT_ONCE, doc="The same of a unit that is on the road."
    )
    turn_out_cv: float = parameter(
        0.6, unit="1", ge=0.01, le=10, source="assumption",
        doc="Standard deviation of the turn-out relative to its mean.",
    )  # fmt: skip
    follow_up_cv: float = parameter(
        0.8, unit="1", ge=0.01, le=10, source="assumption",
        doc="Standard deviation of the time of a follow-up at the station relative to its mean.",
    )  # fmt: skip


class StageRule(NamedTuple):
    """The parameters for the kernels."""

    taking_min: Array  # [priorities]
    taking_cv: float
    turn_out_station_min: float
    turn_out_road_min: float
    turn_out_cv: float
    follow_up_cv: float


def stage_rule(parameters: StageParameters, city: City) -> StageRule:
    """Return the parameters as kernels take them, turn-outs as the city's file of calls has them, if it does.

    A file does not say where a unit was when it was sent, so that both turn-outs have its mean; one whose mean is 0 in
    the settings stays off. Call-taking is that of the settings: a file has it only together with the wait for a unit,
    which the model brings about itself.
    """
    found = rule_of(StageRule, parameters)
    if city.turn_out is None:
        return found
    station, road = found.turn_out_station_min, found.turn_out_road_min
    return found._replace(
        turn_out_station_min=city.turn_out.mean_min if station else station,
        turn_out_road_min=city.turn_out.mean_min if road else road,
        turn_out_cv=city.turn_out.cv,
    )


@inner_kernel
def taking_min(seed: int, c: int, rule: StageRule, logs: Logs) -> float:
    """Return how long call-taking lasts; a unit that saw the crime itself tells the dispatcher at once, by radio."""
    call = logs.calls[c]
    mean_min = rule.taking_min[call.priority - 1]
    if mean_min <= 0.0 or (
        call.incident_id >= 0 and logs.incidents[call.incident_id].discovered_by == Discoverer.PATROL
    ):
        return 0.0
    return float(mean_min * lognormal(rule.taking_cv, seed, Draw.CALL_TAKING, call.key_entity, call.key_time))


@inner_kernel
def turn_out_min(seed: int, draw: int, u: int, here: int, c: int, units: Array, rule: StageRule, logs: Logs) -> float:
    """Return how long it takes until a unit that is sent from a cell moves: longer from its station than by car."""
    at_station = here == units[u].station_cell and not is_about(units[u].activity)
    mean_min = rule.turn_out_station_min if at_station else rule.turn_out_road_min
    if mean_min <= 0.0:
        return 0.0
    call = logs.calls[c]
    return float(mean_min * lognormal(rule.turn_out_cv, seed, draw, call.key_entity, call.key_time))


@inner_kernel
def follow_up_min(seed: int, c: int, demand: DemandRule, rule: StageRule, logs: Logs) -> float:
    """Return how long those concerned by a call keep its unit at the station; mostly they do not, and it is 0."""
    call = logs.calls[c]
    chance = demand.follow_up_probability[call.true_type]
    if chance <= 0.0 or uniform(seed, Draw.FOLLOW_UP, call.key_entity, call.key_time) >= chance:
        return 0.0
    spread = lognormal(rule.follow_up_cv, seed, Draw.FOLLOW_UP_TIME, call.key_entity, call.key_time)
    return float(demand.follow_up_min[call.true_type] * spread)
