"""Arrests of who did it: on scene, by the first unit that arrives."""

from __future__ import annotations

import math

from sim.arrays import Array
from sim.city.state import Ground
from sim.draws import Draw
from sim.incidents.log import Logs
from sim.kernels import inlined, inner_kernel, row
from sim.people.custody import Arrest, custody_time, take_into_custody
from sim.police.patrol.free_time import Police
from sim.police.patrol.queue import Desk
from sim.randomness import uniform


@inner_kernel
def _is_active(i: int, resident: int, offenders: Array) -> bool:
    """Whether a resident is the offender of row i still, and has not made room for another."""
    return bool(i >= 0 and offenders[i].resident_id == resident)


@inlined
def try_arrest(
    seed: int, u: int, now_min: float, desk: Desk, police: Police, offenders: Array, ground: Ground, logs: Logs
) -> None:
    """Arrest who did it on scene, and who joined in, but for those in custody: whoever of them is still free.

    The chance is `p · exp(−minutes since the offence / decay) · (1 − mistakes of the unit)`, and 1 if those who caught
    him hold him. Who was caught in flight already is not arrested again.
    """
    call = logs.calls[police.units[u].call_id]
    crime = logs.incidents[call.incident_id]
    demand = desk.demand
    chance = demand.arrest_probability[crime.type] * math.exp(
        -(now_min - call.occurred_min) / desk.rule.arrest_decay_min
    )
    chance *= 1.0 - police.units[u].mistakes
    if call.held:
        chance = 1.0
    if crime.culprit_id < 0 or crime.cleared or uniform(seed, Draw.ARREST, call.key_entity, call.key_time) >= chance:
        return
    if arrest(seed, police.units[u].call_id, now_min, desk, offenders, ground, logs):
        police.units[u].arrests += 1


@inner_kernel
def arrest(seed: int, c: int, now_min: float, desk: Desk, offenders: Array, ground: Ground, logs: Logs) -> bool:
    """Arrest who did what a call is about, and who joined in; return whether one of them was still free.

    The crime is cleared by it.
    """
    call, demand = logs.calls[c], desk.demand
    crime = logs.incidents[call.incident_id]
    i, k = crime.offender_id, crime.co_offender_id
    held = _is_active(i, crime.culprit_id, offenders) and now_min < offenders[i].custody_until_min
    joined = _is_active(k, crime.co_culprit_id, offenders) and now_min >= offenders[k].custody_until_min
    if held and not joined:
        return False
    crime.cleared = True
    crime.arrest_time_min = now_min
    u_custody = uniform(seed, Draw.ARREST_CUSTODY, call.key_entity, call.key_time)
    until_min = now_min + custody_time(u_custody, demand.custody_min[crime.type], demand.custody_most_min[crime.type])
    made = Arrest(row(crime.cell), crime.time_min, now_min, until_min)
    n_cols, desist = ground.n_cols, desk.career.desist_at_arrest
    if _is_active(i, crime.culprit_id, offenders) and not held:
        take_into_custody(seed, offenders, i, made, n_cols, desk.belief, desist)
    if joined:
        take_into_custody(seed, offenders, k, made, n_cols, desk.belief, desist)
    return True
