"""What residents make of the police's work.

Callers judge how long they waited, victims an arrest, neighbours the patrols and the disorder that they see.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, view_of, window
from sim.incidents.log import CALLS, VISITS, CallState, Logs
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import Feeling, Feelings, add_to_city, judge_response, shift_feelings

FULL_STOP_MIN = 10.0  # assumption: a stop so long is seen by everybody who is there
MOST_REASSURANCE = 0.2  # assumption: more patrols than that make nobody feel safer, and more disorder nobody less safe


def nothing_judged() -> Array:
    """Return the first call and the first visit that nobody has judged yet."""
    return np.zeros(2, dtype=np.int64)


@kernel
def update_opinions(
    now_min: float,
    judged: Array,
    diversion_trust_loss: Array,
    residents: Array,
    ground: Ground,
    logs: Logs,
    feelings: Feelings,
) -> None:
    """Let people judge what has ended since the last time; done once a day (assumption: opinions form overnight).

    A caller who was diverted to another agency loses the trust that this costs by the type of call, shape [types].
    """
    waiting = True
    for c in range(judged[0], logs.used[CALLS]):
        call = logs.calls[c]
        if call.state >= CallState.SERVED and not call.judged:
            call.judged = True
            if call.state == CallState.UNNOTICED:
                _reassure(row(call.cell), -feelings.rule.disorder_safety_loss, now_min, ground, feelings)
            if call.caller_id >= 0 and call.state == CallState.DIVERTED:
                shift_feelings(
                    residents, call.caller_id, now_min, -diversion_trust_loss[call.type], 0.0, 0.0, feelings, ground
                )
            elif call.caller_id >= 0 and call.state != CallState.AT_DESK:
                waited = call.arrived_min - call.received_min if call.state == CallState.SERVED else -1.0
                judge_response(call.caller_id, call.priority, waited, now_min, residents, feelings, ground)
            if call.incident_id >= 0:
                crime = logs.incidents[call.incident_id]
                if crime.cleared and crime.victim_id >= 0:
                    shift_feelings(
                        residents, crime.victim_id, now_min, feelings.rule.arrest_gain, 0.0, 0.0, feelings, ground
                    )
        waiting = waiting and call.judged
        if waiting:
            judged[0] = c + 1
    for v in range(judged[1], logs.used[VISITS]):
        visit = logs.visits[v]
        rise = feelings.rule.patrol_reassurance * min(visit.dwell_min / FULL_STOP_MIN, 1.0)
        _reassure(row(visit.cell), rise, now_min, ground, feelings)
    judged[1] = logs.used[VISITS]


@inner_kernel
def _reassure(cell: int, change: float, now_min: float, ground: Ground, feelings: Feelings) -> None:
    """Let residents feel safer or less safe by what they have in view of their home, and with them the city."""
    first, end, west, east = window(cell, ground)
    for r in range(first, end):
        for c in range(west, east):
            there = r * ground.n_cols + c
            here = ground.cells[there]
            if here.residents > 0:
                since_min = now_min - here.reassured_min
                before = here.reassurance * math.exp(-since_min / feelings.rule.decay_min[Feeling.SAFETY])
                felt = before + change * view_of(cell, there, ground)
                here.reassurance = max(-MOST_REASSURANCE, min(felt, MOST_REASSURANCE))
                here.reassured_min = now_min
                add_to_city(feelings, Feeling.SAFETY, (here.reassurance - before) * here.residents, now_min)
