"""What residents make of the police's work.

Callers judge how long they waited and how they were treated, victims an arrest and whether anybody told them what
became of the case, neighbours the patrols and the disorder that they see.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, window
from sim.draws import Draw
from sim.incidents.log import CALLS, INCIDENTS, NEVER, VISITS, CallState
from sim.incidents.town import Town
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.people.feelings import Feeling, FeelingRule, Feelings, add_to_city, shift_feelings, tell_of_police, treatment
from sim.randomness import uniform

FULL_STOP_MIN = 10.0  # assumption: a stop so long is seen by everybody who is there
MOST_REASSURANCE = 0.2  # assumption: more patrols than that make nobody feel safer, and more disorder nobody less safe


def nothing_judged() -> Array:
    """Return the first call, the first visit and the first crime that nobody has judged yet."""
    return np.zeros(3, dtype=np.int64)


@kernel
def update_opinions(
    seed: int, now_min: float, judged: Array, diversion_trust_loss: Array, units: Array, town: Town
) -> None:
    """Let people judge what has ended since the last time; done once a day (assumption: opinions form overnight).

    A caller who was diverted to another agency loses the trust that this costs by the type of call, shape [types]. Who
    was served judges the wait and the treatment by the unit, which is the worse the more tired and the busier its crew
    is, and the better the more of it is trained in fair treatment.
    """
    society, feelings, ground, logs = town
    rule, waiting = feelings.rule, True
    for c in range(judged[0], logs.used[CALLS]):
        call = logs.calls[c]
        if call.state >= CallState.SERVED and not call.judged:
            call.judged = True
            if call.state == CallState.UNNOTICED:
                _reassure(row(call.cell), -rule.disorder_safety_loss, now_min, ground, feelings)
            change = 0.0
            if call.state == CallState.DIVERTED:
                change = -diversion_trust_loss[call.type]
            elif call.state == CallState.SERVED:
                change = _wait(call.priority, call.arrived_min - call.received_min, rule)
                u_fair = uniform(seed, Draw.TREATMENT, row(call.key_entity), row(call.key_time))
                mistakes = units[call.unit_id].mistakes if call.unit_id >= 0 else 0.0
                trained = units[call.unit_id].trained if call.unit_id >= 0 else 0.0
                change += treatment(u_fair, mistakes, call.crew_busy, trained, rule)
            elif call.state != CallState.AT_DESK:
                change = -rule.no_response_loss
            if call.caller_id >= 0 and change != 0.0:
                tell_of_police(row(call.caller_id), now_min, change, society, feelings, ground)
            if call.incident_id >= 0:
                crime = logs.incidents[call.incident_id]
                if crime.cleared and crime.victim_id >= 0:
                    victim = row(crime.victim_id)
                    shift_feelings(society.residents, victim, now_min, rule.arrest_gain, 0.0, 0.0, feelings, ground)
        waiting = waiting and call.judged
        if waiting:
            judged[0] = c + 1
    for v in range(judged[1], logs.used[VISITS]):
        visit = logs.visits[v]
        rise = rule.patrol_reassurance * min(visit.dwell_min / FULL_STOP_MIN, 1.0)
        _reassure(row(visit.cell), rise, now_min, ground, feelings)
    judged[1] = logs.used[VISITS]
    _give_up(now_min, judged, town)


@inner_kernel
def _wait(priority: int, waited_min: float, rule: FeelingRule) -> float:
    """Return the change of trust of a caller by how long the police took."""
    if waited_min <= rule.quick_min[priority - 1]:
        return rule.quick_response_gain
    return -rule.slow_response_loss if waited_min >= rule.slow_min[priority - 1] else 0.0


@inlined
def _give_up(now_min: float, judged: Array, town: Town) -> None:
    """Let victims who reported a crime and have heard nothing for long give up, which costs trust."""
    society, feelings, ground, logs = town
    patience_min = feelings.rule.unheard_days * 1440.0
    while judged[2] < logs.used[INCIDENTS] and logs.incidents[judged[2]].time_min + patience_min < now_min:
        crime = logs.incidents[judged[2]]
        judged[2] += 1
        if crime.victim_id >= 0 and crime.recorded_time_min != NEVER and not (crime.told or crime.cleared):
            tell_of_police(row(crime.victim_id), now_min, -feelings.rule.unheard_loss, society, feelings, ground)


@inner_kernel
def _reassure(cell: int, change: float, now_min: float, ground: Ground, feelings: Feelings) -> None:
    """Let residents feel safer or less safe by what they have in view of their home, and with them the city."""
    first, end, west, east = window(cell, ground)
    north, to_east = len(ground.in_view) // 2 - cell // ground.n_cols, len(ground.in_view) // 2 - cell % ground.n_cols
    for r in range(first, end):
        for c in range(west, east):
            here = ground.cells[r * ground.n_cols + c]
            if here.residents > 0:
                before = here.reassurance
                if before != 0.0 and here.reassured_min != now_min:
                    before *= math.exp(-(now_min - here.reassured_min) / feelings.rule.decay_min[Feeling.SAFETY])
                felt = before + change * ground.in_view[r + north, c + to_east]
                here.reassurance = max(-MOST_REASSURANCE, min(felt, MOST_REASSURANCE))
                here.reassured_min = now_min
                add_to_city(feelings, Feeling.SAFETY, (here.reassurance - before) * here.residents, now_min)
