"""The need of an offender who was put off: he looks again sooner, in more places, and accepts more, until it works.

What is blocked then moves in place, time or type (each search is for a type of his preferences), or does not.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.arrays import Array
from sim.kernels import kernel
from sim.people.offenders import search_gap

LEAST_HURRY, NEWTON_STEPS = 1e-3, 6  # below it a gap is as usual; to within a second


class NeedRule(NamedTuple):
    """The parameters for the kernels, declared in `sim.incidents.search`."""

    look_on: float
    try_again: float
    need_min: float  # decay time
    need_pace: float
    need_boldness: float


@kernel
def need(offenders: Array, i: int, now_min: float, rule: NeedRule) -> float:
    """Return the need of an offender: 1 when he was put off and still wants to, fading since; an offence ends it.

    Only who would have offended but for the risk is put off: most searches find nothing that appeals, and that is no
    blow to anybody.
    """
    return math.exp(-(now_min - offenders[i].deterred_min) / rule.need_min)


@kernel
def looks_on(offenders: Array, i: int, now_min: float, put_off: bool, u: float, rule: NeedRule) -> bool:
    """Whether an offender who refused a place looks at another.

    Who was put off still wants to with probability `try_again`; if not, he goes home. Who found no appeal looks on with
    probability `look_on`, and for certain in full need: `look_on + (1 − look_on) · need`.
    """
    if put_off:
        if u < rule.try_again:
            offenders[i].deterred_min = now_min
        return bool(u < rule.try_again)
    return bool(u < rule.look_on + (1.0 - rule.look_on) * need(offenders, i, now_min, rule))


@kernel
def next_search(offenders: Array, i: int, now_min: float, seed: int, rule: NeedRule) -> float:
    """Return when an offender searches next: at a rate of (1 + pace · need) times the usual one, as the need fades.

    The t at which `rate · (t + pace · need · τ · (1 − exp(−t / τ)))` reaches the exponential gap of this offender and
    number, by Newton's steps, which come from below.
    """
    gap = search_gap(offenders, i, seed) / offenders[i].rate_per_min
    more = rule.need_pace * need(offenders, i, now_min, rule)
    if more < LEAST_HURRY:
        return float(now_min + gap)
    after = gap / (1.0 + more)
    for _ in range(NEWTON_STEPS):
        left = math.exp(-after / rule.need_min)
        after += (gap - after - more * rule.need_min * (1.0 - left)) / (1.0 + more * left)
    return float(now_min + after)
