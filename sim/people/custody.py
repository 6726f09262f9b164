"""Custody: who is in it, for how long, and what an arrest does to an offender."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.kernels import inner_kernel, kernel, row
from sim.people.beliefs import learn_together
from sim.people.offenders import BeliefRule
from sim.randomness import uniform

NO_CRIME = -np.inf  # when the crime was of which nobody knew before the arrest for it


class Arrest(NamedTuple):
    """An arrest."""

    cell: int  # of the crime
    crime_min: float  # when that was
    now_min: float
    until_min: float  # end of custody


def rows_of_offenders(offenders: Array, residents: int) -> Array:
    """Return for each resident the row of the offender that it is at present, −1 for none, int32 [residents].

    Careers end and begin, so that it is looked up anew each day.
    """
    found = np.full(residents, -1, dtype=np.int32)
    found[offenders["resident_id"]] = np.arange(len(offenders))
    return found


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
    seed: int, offenders: Array, i: int, arrest: Arrest, n_cols: int, rule: BeliefRule, desist: float
) -> None:
    """Arrest an offender: away for a while, wiser around the place of the crime, as are associates.

    The crime counts anew as one that ended in an arrest, and no longer as the unpunished one that it was up to now,
    which has faded by exp(−age / evidence_min). Some never offend again.
    """
    me = offenders[i]
    me.custody_until_min = arrest.until_min
    earlier_arrests = row(me.arrests)
    me.arrests += 1
    taken_for_unpunished = math.exp(-(arrest.now_min - arrest.crime_min) / rule.evidence_min)
    learn_together(offenders, i, arrest.cell, arrest.now_min, 1.0 - taken_for_unpunished, 1.0, n_cols, rule)
    if uniform(seed, Draw.DESISTANCE + earlier_arrests, i, me.generation) < desist:
        me.desist_min = min(me.desist_min, arrest.until_min)
