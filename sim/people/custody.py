"""Custody: who is in it, for how long, and what an arrest does to an offender."""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.kernels import inner_kernel, kernel, row
from sim.people.offenders import ASSOCIATES, BeliefRule, learn
from sim.randomness import uniform


@kernel
def in_custody(offenders: Array, resident: int, now_min: float) -> bool:
    """Whether a resident is an offender who is in custody."""
    held = False
    for i in range(len(offenders)):
        held |= offenders[i].resident_id == resident and now_min < offenders[i].custody_until_min
    return held


@kernel
def custody_time(u: float, mean_min: float, most_min: float) -> float:
    """Return how long somebody is held, never longer than the law allows.

    With u uniform it is `most · (1 − u^(mean / (most − mean)))`: uniform for a mean of half of the most, exponential
    for a most that is infinite.
    """
    if most_min == np.inf:
        return -math.log(u) * mean_min
    return float(most_min * (1.0 - u ** (mean_min / (most_min - mean_min))))


@inner_kernel
def take_into_custody(
    seed: int, offenders: Array, i: int, cell: int, until_min: float, n_cols: int, rule: BeliefRule, desist: float
) -> None:
    """Arrest an offender: away until `until_min`, wiser around the place of arrest, as are associates.

    Some never offend again.
    """
    me = offenders[i]
    me.custody_until_min = until_min
    earlier_arrests = row(me.arrests)
    me.arrests += 1
    learn(offenders, i, cell, 1.0, rule.own_arrest, n_cols, rule)
    for a in range(ASSOCIATES):
        if me.associate[a] >= 0:
            learn(offenders, me.associate[a], cell, 1.0, rule.known_arrest, n_cols, rule)
    if uniform(seed, Draw.DESISTANCE + earlier_arrests, i, me.generation) < desist:
        me.desist_min = min(me.desist_min, until_min)
