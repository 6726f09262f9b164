"""The dispatcher's desk.

What it is told to do with a call, the calls that wait there, and which units may go to which of them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field

from sim.agenda import put
from sim.arrays import Array
from sim.city.state import Ground
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import MASS_KEYS, CallState, Logs
from sim.incidents.profiles import DemandRule
from sim.kernels import inlined, inner_kernel, row
from sim.parameters import CHOSEN, Parameters, parameter, rule_of
from sim.people.offenders import BeliefRule, CareerRule
from sim.police.patrol.flight import PursuitParameters, PursuitRule
from sim.police.patrol.free_time import CALL_EXPIRES, CALL_REVIEW
from sim.police.patrol.stages import StageRule
from sim.randomness import uniform

PRIORITIES = 3
FOR_EVER_MIN = 1e9  # longer than any run
NEVER_SO_MANY = int(np.iinfo(np.int32).max)  # calls or units
Wait = Annotated[float, Field(ge=0, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1)]


class Pooling(IntEnum):
    """Whose units may be sent to a call at once."""

    BEAT = 0
    DISTRICT = 1
    CITY = 2


class DispatchParameters(Parameters):
    """Who is sent to a call, how fast, and how long a call waits."""

    pooling: Literal["beat", "district", "city"] = parameter(
        "beat", unit="name", source="assumption",
        doc=(
            "The nearest free unit of those that cover the `beat`, those that cover any beat of the `district`, "
            "or all of the `city`, until others may help."
        ),
    )  # fmt: skip
    help_after_min: tuple[Wait, Wait, Wait] = parameter(
        (0.0, 5.0, 20.0),
        unit="min",
        source="assumption",
        doc="With `beat` and `district`: wait by priority after which the nearest unit of the city goes.",
    )
    cover_min: tuple[Wait, Wait, Wait] | None = parameter(
        None, unit="min", source="assumption: units from elsewhere go after the wait for help and in a surge only",
        doc=(
            "Minutes of way, by priority, that the last free unit of an area is worth there, and the n-th part of it "
            "if n are free. Before the wait for help is over, a unit from elsewhere is sent if its way and this are "
            "less than the way of a free unit of the area itself, or than the wait for a busy one; absent: never."
        ),
    )  # fmt: skip
    busy_min: float = parameter(
        40.0, unit="min", ge=0, le=1440, source="assumption: a call as long as those of the default city",
        doc="With `cover_min`: how much longer the dispatcher reckons that a busy unit takes.",
    )  # fmt: skip
    move_up_leaving: int | None = parameter(
        None, unit="units", ge=1, le=1000, source="assumption: units wait for calls of their own beats",
        doc=(
            "When no unit of a district is free, the nearest free one of those districts that keep this many goes "
            "there and stands in; absent: nobody does."
        ),
    )  # fmt: skip
    held_back_share: tuple[Share, Share, Share] = parameter(
        (0.0, 0.0, 0.0), unit="share of units on duty", source="assumption: no unit is held back",
        doc=(
            "Of n units on duty, the whole part of this share of n stays free for calls of another priority, the rule "
            "of Schaack & Larson (1986): a call waits until more are free, or until the wait for help is over."
        ),
    )  # fmt: skip
    surge_help_waiting: int | None = parameter(
        4, unit="calls", ge=1, le=100_000, source="assumption",
        doc=(
            "When this many calls wait in a district, the nearest unit of the city goes there at once, "
            "to the most urgent first; absent: never."
        ),
    )  # fmt: skip
    second_unit_share: tuple[Share, Share, Share] = parameter(
        (0.0, 0.0, 0.0), unit="share of calls", source="assumption: a crew of two is enough but for violence just now",
        doc="Calls by priority to which a second unit goes as well, as with one officer in a car.",
    )  # fmt: skip
    patience_min: tuple[Wait, Wait, Wait] = parameter(
        (240.0, 480.0, 1440.0),
        unit="min",
        source="assumption",
        doc="A call to which nobody was sent within this time is closed unserved, by priority.",
    )
    scene_factor: float = parameter(
        1.0, unit="times", ge=0.01, le=10, source=CHOSEN, doc="Time on scene, relative to that of the incident."
    )
    paperwork_factor: float = parameter(
        1.0,
        unit="times",
        ge=0.01,
        le=10,
        source=CHOSEN,
        doc="Time of paperwork afterwards, relative to that of the incident.",
    )
    urgent_speed: float = parameter(
        1.3, unit="times", ge=1, le=3, source="assumption", doc="Speed to priority-1 calls, relative to the street."
    )
    arrest_decay_min: float = parameter(
        5.0,
        unit="min",
        ge=0.1,
        le=1000,
        source="assumption: scale 4–6 min",
        doc="Decay, with the minutes since the offence, of the probability of an arrest on scene.",
    )
    arrest_processing_min: float = parameter(
        90.0, unit="min", ge=0, le=1440, source="assumption", doc="Mean time a unit needs to process an arrest."
    )
    pursuit: PursuitParameters = PursuitParameters()


class DispatchRule(NamedTuple):
    """The parameters for the kernels."""

    pooling: int
    help_after_min: Array  # [priorities]
    cover_min: Array  # [priorities] infinite where the dispatcher does not weigh
    busy_min: float
    move_up_leaving: int
    held_back_share: Array  # [priorities]
    surge_help_waiting: int
    second_unit_share: Array  # [priorities]
    patience_min: Array  # [priorities]
    scene_factor: float
    paperwork_factor: float
    urgent_speed: float
    arrest_decay_min: float
    arrest_processing_min: float
    pursuit: PursuitRule


def dispatch_rule(parameters: DispatchParameters) -> DispatchRule:
    """Return the parameters as kernels take them."""
    surge, leaving = parameters.surge_help_waiting, parameters.move_up_leaving
    return rule_of(
        DispatchRule,
        parameters,
        pooling=int(Pooling[parameters.pooling.upper()]),
        cover_min=np.array(parameters.cover_min or (np.inf,) * PRIORITIES),
        move_up_leaving=NEVER_SO_MANY if leaving is None else leaving,
        surge_help_waiting=NEVER_SO_MANY if surge is None else surge,
        pursuit=rule_of(PursuitRule, parameters.pursuit),
    )


class Desk(NamedTuple):
    """The desk: its rules, a queue of waiting calls for each priority, and how long a duty is."""

    rule: DispatchRule
    stages: StageRule
    demand: DemandRule
    belief: BeliefRule
    career: CareerRule
    queue: Array  # int32 [priorities, 2]: first and last waiting call, −1 if none
    waiting: Array  # int64 [districts] calls to which nobody has been sent yet
    district: Array  # [beats] district of each; beats of a district are neighbours in number
    diverted: Array  # [types] chance that a call told as this type is handed over to another service today
    shift_min: float
    break_after_min: float
    overtime_share: float  # of the shift, worked after its end


def open_desk(
    parameters: DispatchParameters, stages: StageRule, demand: DemandRule, belief: BeliefRule, career: CareerRule,
    district: Array, shift_min: float, overtime_share: float = 0.0
) -> Desk:  # fmt: skip
    """Return a desk at which no call waits and none is diverted.

    Parameters
    ----------
    parameters : DispatchParameters
        Who is sent, how fast, how long a call waits.
    stages : StageRule
        How long call-taking, turn-out and follow-ups take.
    demand, belief, career
        What calls ask for, and what an arrest does to offenders.
    district : Array
        District of each beat, in rising order, shape [beats].
    shift_min : float
        Length of a shift, infinity if it never ends.
    overtime_share : float
        Ordered overtime, as a share of the shift.
    """
    return Desk(
        rule=dispatch_rule(parameters),
        stages=stages,
        demand=demand,
        belief=belief,
        career=career,
        queue=np.full((PRIORITIES, 2), -1, dtype=np.int32),
        waiting=np.zeros(int(district.max()) + 1, dtype=np.int64),
        district=district.astype(np.int16),
        diverted=np.zeros(len(IncidentType)),
        shift_min=shift_min,
        break_after_min=0.5 * min(shift_min, FOR_EVER_MIN),
        overtime_share=overtime_share,
    )


@inlined
def hand_over(seed: int, c: int, desk: Desk, ground: Ground, logs: Logs) -> bool:
    """Hand a call over to another service (警情分流) with the chance of the type that it is told as.

    Return whether it was. No unit goes, and a crime behind it never enters police records. An alarm without a cause
    needs no unit where an operator looks at the place. The draw is keyed by the call, so that it falls alike whatever
    the police do. A mass incident and a planned post are nobody's but the police's.
    """
    call = logs.calls[c]
    if call.key_entity >= MASS_KEYS:
        return False
    chance = desk.diverted[call.type]
    if call.type == IncidentType.ALARM and call.true_type == IncidentType.ALARM:
        chance = 1.0 - (1.0 - chance) * (1.0 - ground.cells[call.cell].operator)
    u = uniform(seed, Draw.DIVERSION, call.key_entity, call.key_time)
    handed_over = bool(u < chance)
    if handed_over:
        call.state = CallState.DIVERTED
    return handed_over


@inner_kernel
def ask_for_second(seed: int, c: int, desk: Desk, logs: Logs) -> None:
    """Let a call ask for a second unit where one alone is not enough."""
    call = logs.calls[c]
    share = desk.rule.second_unit_share[call.priority - 1]
    if call.needed == 1 and share > 0.0:
        call.needed += uniform(seed, Draw.SECOND_UNIT, call.key_entity, call.key_time) < share


@inlined
def begin_to_wait(c: int, desk: Desk, logs: Logs) -> None:
    """Count a call among those that wait in its district."""
    logs.calls[c].state = CallState.WAITING
    desk.waiting[desk.district[logs.calls[c].beat]] += 1


@inlined
def end_to_wait(c: int, state: int, desk: Desk, logs: Logs) -> None:
    """Count a call no longer, because a unit was sent or its caller gave up."""
    logs.calls[c].state = state
    desk.waiting[desk.district[logs.calls[c].beat]] -= 1


@inlined
def expire(c: int, now_min: float, desk: Desk, logs: Logs) -> None:
    """Close a call that nobody was sent to; a crime reported by it is still written down."""
    end_to_wait(c, CallState.EXPIRED, desk, logs)
    if logs.calls[c].incident_id >= 0:
        logs.incidents[logs.calls[c].incident_id].recorded_time_min = now_min


@inner_kernel
def patience(c: int, desk: Desk, logs: Logs) -> float:
    """Return how long a caller waits for somebody to be sent."""
    return float(desk.rule.patience_min[logs.calls[c].priority - 1])


@inlined
def join_queue(c: int, now_min: float, desk: Desk, logs: Logs) -> None:
    """Queue a call until it has all its units.

    Its caller gives up after a while, and earlier units from elsewhere may help.
    """
    call = logs.calls[c]
    patience_min = patience(c, desk, logs)
    if call.sent == 0 and 0.0 < patience_min < np.inf:
        put(logs.agenda, max(now_min, call.received_min + patience_min), CALL_EXPIRES, c, 0)
    p = call.priority - 1
    holds = desk.rule.held_back_share[p] > 0.0 and now_min < help_comes_min(c, desk, logs)
    if holds or not waited_for_help(c, now_min, desk, logs):
        put(logs.agenda, help_comes_min(c, desk, logs), CALL_REVIEW, c, 0)
    if desk.queue[p, 1] >= 0:
        logs.calls[desk.queue[p, 1]].next_waiting = c
    else:
        desk.queue[p, 0] = c
    desk.queue[p, 1] = c


@inner_kernel
def most_urgent(district: int, desk: Desk, logs: Logs) -> int:
    """Return the waiting call of a district that is next by priority and then by time, −1 if none waits."""
    for p in range(PRIORITIES):
        c = row(desk.queue[p, 0])
        while c >= 0:
            if logs.calls[c].state == CallState.WAITING and desk.district[logs.calls[c].beat] == district:
                return c
            c = row(logs.calls[c].next_waiting)
    return -1


@inner_kernel
def is_home(u: int, beat: int, units: Array) -> bool:
    """Whether a beat is among those that a unit covers."""
    return bool(units[u].beat_first <= beat and beat < units[u].beat_end)


@inner_kernel
def covers(u: int, district: int, units: Array, desk: Desk) -> bool:
    """Whether a unit covers beats of a district at present."""
    first, last = desk.district[units[u].beat_first], desk.district[units[u].beat_end - 1]
    return bool(first <= district and district <= last)


@inner_kernel
def is_near(u: int, beat: int, units: Array, desk: Desk) -> bool:
    """Whether a unit may go to a call in a beat at once.

    With pooling by district it may if it covers any beat of the same district.
    """
    if desk.rule.pooling == Pooling.DISTRICT:
        return covers(u, desk.district[beat], units, desk)
    return is_home(u, beat, units)


@inner_kernel
def help_comes_min(c: int, desk: Desk, logs: Logs) -> float:
    """Return when the wait for help of a call is over."""
    return float(logs.calls[c].taken_min + desk.rule.help_after_min[logs.calls[c].priority - 1])


@inlined
def waited_for_help(c: int, now_min: float, desk: Desk, logs: Logs) -> bool:
    """Whether a call has waited so long that any unit of the city may go."""
    if desk.rule.pooling == Pooling.CITY:
        return True
    return bool(now_min >= help_comes_min(c, desk, logs))


@inlined
def in_surge(c: int, desk: Desk, logs: Logs) -> bool:
    """Whether this many calls wait in the district of a call that any unit of the city may go there."""
    return bool(desk.waiting[desk.district[logs.calls[c].beat]] >= desk.rule.surge_help_waiting)
